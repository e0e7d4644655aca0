"""Pages by a model, where the owner's yes lets one: batch by batch, each line held against the passage it cites."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from adapters.base import Platform
from bot.floor import Floor
from bot.grounding import Draft, Sentence
from bot.meant import person_name
from bot.metrics import Recorder
from bot.others import Others, others_in
from bot.page_prompt import MOST_LINES, Lines
from bot.prompt import evidence
from bot.sentences import Language, language_of
from bot.support.told import hold
from bot.wording import Writer
from skills.store import Store
from skills.words import Passage
from skills.written import Proposed, ToWrite

log = logging.getLogger("fenshen.page_writing")

AGAIN = 3  # tries in a row of which nothing was kept, because something changed meanwhile


class PageWriting:
    """The pages as they were gathered stay as they are; what a model says of them stands above, and may be nothing."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        floor: Floor,
        provider: str | None,
        make: Callable[[], Writer] | None,
        recorder: Recorder | None = None,
    ) -> None:
        """`provider`: to whom words would go, as owners say yes to it. `make` loads the model, at the first need."""
        self._store = store
        self._platforms = platforms
        self._floor = floor
        self._provider = provider
        self._make = make
        self._recorder = recorder
        self._writer: Writer | None = None

    async def write(self, owner: str) -> None:
        """Write what there is to be written of an owner's pages; broken off, the next run goes on where this one was.

        Where the model is spent, resting, late or broken, it ends; what was gathered is on the pages all the same.
        """
        lost = 0
        while self._provider is not None and lost < AGAIN:
            work = await self._store.to_write(owner, self._provider)
            if work is None:
                return
            proposed = await self._proposed(owner, work)
            if proposed is None:
                return
            lines, tokens = proposed
            lost = 0 if await self._store.write(owner, work, lines, self._provider, tokens) else lost + 1

    async def _proposed(self, owner: str, work: ToWrite) -> tuple[Sequence[Proposed], tuple[int, int]] | None:
        """The lines that hold, and what they cost; None: the model is not to be had now."""
        given = evidence([passage for passage in work.passages if not self._floor.bars(passage.text)])
        if not given:
            return (), (0, 0)
        platform = self._platforms.get(owner.partition(":")[0])
        name = await person_name(platform, owner, work.chat) if platform else ""
        language = language_of(*(passage.text for passage in given.values()))
        drafted, tokens = await (await self._model()).lines(name, work.kind, language, given, work.told)
        if drafted is None:
            return None
        others = await others_in(platform, owner, work.chat, name)
        there = {one.text.casefold() for one in work.told}
        return self._held(drafted, given, [name] if name else [], others, there, language), tokens

    def _held(
        self,
        drafted: Lines,
        given: Mapping[str, Passage],
        names: Sequence[str],
        others: Others,
        there: set[str],
        language: Language,
    ) -> list[Proposed]:
        """Each line as a paraphrase of what it cites; what does not hold, or stands there already, is left out."""
        kept: list[Proposed] = []
        for line in drafted.lines:
            sentence = Sentence(kind="paraphrase", text=line.text, passages=line.passages)
            held = hold(Draft(sentences=[sentence]), given, known=names)
            for told in held.told:
                text = others.masked(told.text, language)
                barred = self._floor.bars(told.text) or self._floor.said(told.text) is not None
                if not barred and text.casefold() not in there and len(kept) < MOST_LINES:
                    there.add(text.casefold())
                    kept.append(Proposed(line.part, text, tuple(passage.id for passage in told.passages)))
        fell = len(drafted.lines) - len(kept)
        if fell and self._recorder is not None:
            self._recorder.dropped({"page": fell})
        log.info("lines of a page: %d kept, %d dropped", len(kept), fell)
        return kept

    async def _model(self) -> Writer:
        if self._writer is None:
            assert self._make is not None  # there is a provider
            self._writer = await asyncio.to_thread(self._make)  # its imports take a second
        return self._writer
