"""Long answers as they were laid out, without the words they quote: those are read anew when one is shown whole."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from adapters.base import Card, Part, Quote, Sent
from adapters.folding import first_screen
from bot.sentences import Language, say
from skills.retracting import Standing

Cited = Mapping[str, Sequence[Sequence[str]]]  # of each quote of each answer, the passages

MOST_KEPT = 1_000
KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Frame:
    """A card whose quotes are empty, what stood in each, where it was sent, and in which language."""

    card: Card
    cited: Cited
    sent: Sent
    language: Language

    def filled(self, standing: Mapping[str, Standing | None]) -> Card:
        """The card with all the words that may stand now; a notice in place of an answer that may not."""
        if not self.card.parts:
            shown = next(iter(standing.values()))
            return replace(self.card, quotes=self._quotes(self.card.quotes, shown))
        return replace(self.card, parts=tuple(self._part(p, standing) for p in self.card.parts))

    def _part(self, part: Part, standing: Mapping[str, Standing | None]) -> Part:
        if part.answer is None:
            return part
        shown = standing.get(part.answer)
        if shown is None:
            return Part(part.title, say(self.language, "withdrawn_text"))
        return replace(part, quotes=self._quotes(part.quotes, shown))

    def _quotes(self, quotes: Sequence[Quote], shown: Standing | None) -> tuple[Quote, ...]:
        found = {p.id: p for p in shown.passages} if shown else {}
        cited = self.cited[shown.answer] if shown else ()
        together = [sorted((found[id_] for id_ in ids), key=lambda p: (p.at, p.id)) for ids in cited]
        texts = ["\n".join(p.text for p in run if p.text) for run in together]
        return tuple(replace(quote, text=text) for quote, text in zip(quotes, texts, strict=True))


class Frames:
    """The latest of them by answer, in memory alone, bounded in number and age."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, tuple[datetime, Frame]] = OrderedDict()

    def keep(self, card: Card, cited: Cited, sent: Sent, language: Language) -> None:
        """Keep how a card was laid out, if it is one that folds."""
        if first_screen(card) == replace(card, unfold=None):
            return
        bare = replace(
            card, quotes=_bare(card.quotes), parts=tuple(replace(p, quotes=_bare(p.quotes)) for p in card.parts)
        )
        for answer in cited:
            self._kept[answer] = (self._clock(), Frame(replace(bare, unfold=None), cited, sent, language))
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    def find(self, answer: str) -> Frame | None:
        """How this answer was laid out, while it is kept."""
        since, frame = self._kept.get(answer, (None, None))
        return frame if since and self._clock() - since < KEPT else None


def _bare(quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    return tuple(replace(quote, text="") for quote in quotes)
