"""What one double would say on a question under a grant, before anything is decided at the door or shown to anybody."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from bot.asked import page_named
from bot.floor import Floor
from bot.following import Following
from bot.grounding import Quoted, in_one_go
from bot.names import without_name
from bot.questions import Question
from bot.support.told import Told
from bot.wording import Grown, Wording
from skills.answers import Earlier
from skills.store import Store
from skills.words import Double, Grant, Mode, Passage

MOST_LINES = 6  # of a page, on one screen


Telling = Callable[[Grown], Awaitable[Sequence[Told]]]


@dataclass(frozen=True, slots=True)
class Ready:
    """What one double would say, before the decision at the door."""

    question: Question
    double: Double
    grant: Grant
    quoted: Sequence[Quoted]
    told: Sequence[Told] = ()  # what a model says, where it may; the quotes stand in for it
    telling: Telling | None = None  # what a model will say, to be looked on while it writes

    @property
    def gist(self) -> Sequence[str]:
        """What makes two answers the same."""
        return [self.double.owner, str(self.grant.epoch), *(id_ for q in self.quoted for id_ in q.cited)]


class Answerer(Protocol):
    """Whatever answers as one owner, out of one grant."""

    async def answer(self, grant: Grant, question: str) -> Sequence[Quoted]:
        """The owner's words on it; empty when there are none."""


class Preparing:
    """The same for an answer and for a draft: only what they are made of differs, and that the grant decides."""

    def __init__(
        self, store: Store, answerer: Callable[[], Awaitable[Answerer]], floor: Floor, wording: Wording
    ) -> None:
        self._store = store
        self._answerer = answerer
        self._following = Following(store)
        self._floor = floor
        self._wording = wording

    async def ready(
        self, question: Question, double: Double, mode: Mode = "auto", *, telling: bool = False
    ) -> Ready | Grant | None:
        """What this double says on it; the grant alone where it finds nothing, None where it may say nothing.

        `telling`: what a model says is not waited for.
        """
        asker = str(question.asker)
        readers = frozenset({asker}) if question.venue.direct else None
        asks = {"asker": asker, "venue": question.venue, "readers": readers}
        grant = await self._store.grant(double.owner, **asks, mode=mode)  # type: ignore[arg-type]
        if grant is None:
            return None
        asked = without_name((double.name, *double.also), question.text)
        page = await self._page(grant, asked)
        earlier = question.earlier
        found = page or await self._found(grant, asked, earlier)
        quoted = [q for q in found if not any(map(self._floor.bars, {q.text, q.passage.text}))]  # a tap shows it whole
        if quoted:
            quoted = list(in_one_go(quoted, await self._together(grant, quoted)))
        if not quoted:
            return grant
        searched = await self._following.widened(grant, earlier, asked) if earlier else None
        if page:
            return Ready(question, double, grant, quoted)
        tell = partial(self._wording.told, grant, double, question.language, asked, searched)
        if telling:
            return Ready(question, double, grant, quoted, telling=tell)
        return Ready(question, double, grant, quoted, await tell())

    async def _found(self, grant: Grant, asked: str, earlier: Earlier | None) -> Sequence[Quoted]:
        """What the owner said on it; on a question that goes on from an answer, with that one's help."""
        if earlier is not None:
            return await self._following.found(grant, earlier, asked)
        return await (await self._answerer()).answer(grant, asked)

    async def _page(self, grant: Grant, asked: str) -> Sequence[Quoted]:
        """The lines of a page that is asked for by its title, as far as the grant covers them; else nothing."""
        named = page_named(asked)
        opened = await self._store.open_page(grant, named) if named else None
        return [Quoted(line.text, line) for line in opened.lines[:MOST_LINES]] if opened else ()

    async def _together(self, grant: Grant, quoted: Sequence[Quoted]) -> Mapping[str, Sequence[Passage]]:
        """What was said in one go with each quote, but for what no double says whatever stands beside it."""
        joined = await self._store.joined(grant, [q.passage.id for q in quoted])
        return {id_: [p for p in run if not self._floor.bars(p.text)] for id_, run in joined.items()}
