"""Sentences that a model writes with an owner's yes, each held against what it cites; quotes stand in for all else."""

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from bot.floor import Floor
from bot.grounding import MOST_QUOTES, Draft
from bot.metrics import Recorder
from bot.page_prompt import Lines
from bot.prompt import evidence
from bot.support.told import Told, both_sides, hold
from skills.page_words import Told as PageLine
from skills.store import Store
from skills.titling import Kind
from skills.words import Double, Grant, Language, Passage

log = logging.getLogger("fenshen.wording")


Grown = Callable[[Sequence[Told]], None]  # what is checked so far


class Writer(Protocol):
    """Whatever proposes sentences."""

    async def draft(
        self,
        name: str,
        asked: str,
        language: Language,
        given: Mapping[str, Passage],
        grown: Callable[[Draft], None] | None = None,
    ) -> Draft | None:
        """A draft out of these passages; None where there is none. `grown`: told of it so far, sentence by sentence."""

    async def lines(
        self, name: str, kind: Kind, language: Language, given: Mapping[str, Passage], there: Sequence[PageLine]
    ) -> tuple[Lines | None, tuple[int, int]]:
        """Lines for a page out of these passages, None where there are none to be had; and the tokens it took."""


class Wording:
    """Asks a model where the store lets it; of what it writes only what code finds in the passages is left."""

    def __init__(
        self,
        store: Store,
        floor: Floor,
        provider: str | None,
        make: Callable[[], Writer] | None,
        recorder: Recorder | None = None,
    ) -> None:
        """`provider`: to whom words would go, as owners say yes to it. `make` loads the model, at the first need."""
        self.provider = provider
        self._store = store
        self._floor = floor
        self._make = make
        self._recorder = recorder
        self._loaded: asyncio.Task[Writer] | None = None

    async def told(
        self,
        grant: Grant,
        double: Double,
        language: Language,
        asked: str,
        searched: str | None = None,
        grown: Grown | None = None,
    ) -> Sequence[Told]:
        """What a model may say on it; nothing where it may not, cannot or does not, and quotes are given instead.

        `searched`: by which words passages are looked for, where the question's own are not enough. `grown`: told of
        what is checked so far, while the model still writes.
        """
        if self.provider is None or self._make is None:
            return ()
        try:
            found = [p for p in await self._store.recall(grant, searched or asked) if not self._floor.bars(p.text)]
            given = evidence(await self._store.outside(grant, found, self.provider))
            return await self._told(double, language, asked, found, given, self._make, grown) if given else ()
        except Exception as error:
            # the class is enough: its text may quote what was sent
            log.warning("no model words this: %s", type(error).__name__)
            return ()

    async def _told(
        self,
        double: Double,
        language: Language,
        asked: str,
        found: Sequence[Passage],
        given: Mapping[str, Passage],
        make: Callable[[], Writer],
        grown: Grown | None,
    ) -> Sequence[Told]:
        names = [name for name in (double.name, *double.also) if name]

        def seen(draft: Draft) -> None:
            if grown is not None:
                grown(self._checked(draft, found, given, names)[0])

        writer = await self._writer(make)
        draft = await writer.draft(double.name, asked, language, given, seen if grown else None)
        if draft is None:
            return ()
        told, dropped = self._checked(draft, found, given, names)
        if dropped:
            log.info("sentences dropped: %s", ", ".join(f"{why} {n}" for why, n in sorted(dropped.items())))
        if self._recorder is not None:
            self._recorder.dropped(dropped)
        return told

    def _checked(
        self, draft: Draft, found: Sequence[Passage], given: Mapping[str, Passage], names: Sequence[str]
    ) -> tuple[Sequence[Told], Mapping[str, int]]:
        """What of a draft may be said, and how many sentences fell, by why: of half a draft half of the same."""
        held = hold(draft, given, known=names)
        said = [one for one in held.told if not self._barred(one.text, names)]
        agreed = both_sides(said, found, list(given.values()))
        few = _few(agreed)
        more = Counter(floor=len(held.told) - len(said), older=len(said) - len(agreed), room=len(agreed) - len(few))
        return few, {**held.dropped, **+more}

    def _barred(self, text: str, names: Sequence[str]) -> bool:
        """Whether the floor forbids it, of a colleague by name as well as in the first person: "Ana promises"."""
        said = [text]
        for name in names:
            written = re.escape(name)
            said.append(re.sub(rf"{written}\s*(?:会|将|已经?)?\s*", "我", text))
            said.append(re.sub(rf"\b{written} (?:will |has |would )?(\w+?)(?:d|s)?\b", r"I \1", text))
        return any(self._floor.said(one) is not None for one in said)

    async def _writer(self, make: Callable[[], Writer]) -> Writer:
        if self._loaded is None:
            self._loaded = asyncio.create_task(asyncio.to_thread(make))  # its imports take a second
        return await asyncio.shield(self._loaded)


def sources(told: Sequence[Told]) -> Sequence[Passage]:
    """The passages that sentences stand in, each once, in their order."""
    return list({p.id: p for one in told for p in one.passages}.values())


def _few(told: Sequence[Told]) -> Sequence[Told]:
    """As many of the first sentences as stand in no more passages than a card shows."""
    kept: list[Told] = []
    for one in told:
        if len(sources([*kept, one])) <= MOST_QUOTES:
            kept.append(one)
    return kept
