"""Sentences held against the passages they cite: what is not there word for word is not said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from bot.support.differing import against
from skills.words import Passage

MOST_QUOTES = 3


class Sentence(BaseModel):
    """One sentence of a draft, with the passages it rests on."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: str
    text: str
    passages: list[str]


class Draft(BaseModel):
    """What a model proposes to say; nothing of it is shown before it is grounded."""

    model_config = ConfigDict(extra="forbid", strict=True)

    sentences: list[Sentence]


@dataclass(frozen=True, slots=True)
class Quoted:
    """One grounded quote: the words to show, and the passage in which they stand."""

    text: str
    passage: Passage
    beside: tuple[str, ...] = ()  # the ids of the other passages that are shown with it, as said in one go

    @property
    def cited(self) -> tuple[str, ...]:
        """Every passage whose words are shown."""
        return (self.passage.id, *self.beside)


def read_draft(said: str) -> Draft:
    """The draft in a model's last message; an empty one where it cannot be read."""
    try:
        return Draft.model_validate_json(said)
    except ValueError:
        return Draft(sentences=[])


def ground(draft: Draft, recalled: Mapping[str, Passage]) -> Sequence[Quoted]:
    """The draft's quotes that stand word for word in a recalled passage, at most three, no passage twice.

    Whatever else a model said is dropped: the default scope is for the owner's own words alone.
    """
    kept: dict[str, Quoted] = {}
    said: set[str] = set()  # what stands in a file and was heard as well is one quote
    for sentence in draft.sentences:
        if sentence.kind != "quote":
            continue
        for cited in sentence.passages:
            passage = recalled.get(cited)
            if passage is None or sentence.text not in passage.text or cited in kept:
                continue
            text = sentence.text.strip()
            if text not in said if text else not passage.text:
                kept[cited] = Quoted(sentence.text, passage)
                said.add(text)
            break
    return tuple(kept.values())[:MOST_QUOTES]


def both_sides(quoted: Sequence[Quoted], recalled: Iterable[Passage]) -> Sequence[Quoted]:
    """Where two of them do not agree, the newest first; and the newest that contradicts the best, if none does yet.

    What agrees keeps its place, but for the last, which gives way where there is no room.
    """
    if not quoted:
        return quoted
    said = {words.strip() for one in quoted for words in (one.text, one.passage.text)}
    others = [Quoted(p.text, p) for p in recalled if p.text and p.text.strip() not in said]
    everything = [*quoted, *others]
    apart = against([one.text for one in everything])
    kept = list(range(len(quoted)))
    newest = max(apart[0], key=lambda n: everything[n].passage.at, default=0)
    if newest not in kept and (apart[0].isdisjoint(kept) or everything[newest].passage.at > quoted[0].passage.at):
        kept = [0, newest, *kept[1:]][:MOST_QUOTES]
    places = [place for place, n in enumerate(kept) if apart[n] & set(kept)]
    in_order = sorted((kept[place] for place in places), key=lambda n: everything[n].passage.at, reverse=True)
    for place, n in zip(places, in_order, strict=True):
        kept[place] = n
    return [everything[n] for n in kept]


def in_one_go(quoted: Sequence[Quoted], joined: Mapping[str, Sequence[Passage]]) -> Sequence[Quoted]:
    """Each quote of a whole passage with what was said in one go with it, and nothing said twice.

    A quote of a part of a passage stays as it is: whoever chose the part left the rest out on purpose.
    """
    shown: set[str] = set()
    kept: list[Quoted] = []
    for one in quoted:
        if one.passage.id in shown:
            continue
        whole = one.text == one.passage.text
        run = [p for p in joined.get(one.passage.id, ()) if p.id == one.passage.id or p.id not in shown]
        if whole and len(run) > 1:
            beside = tuple(p.id for p in run if p.id != one.passage.id)
            one = Quoted("\n".join(p.text for p in run), one.passage, beside)
        shown.update(one.cited)
        kept.append(one)
    return kept
