"""A chat's history read to its end, from where a reading of it broke off; other people's words are dropped."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from adapters.base import Message, Recalled
from adapters.history import Gaps, History, Reached
from bot.objecting import Objections, mentioned
from bot.passing import Passed
from skills.earlier import Kept
from skills.readings import Reading
from skills.store import Store
from skills.words import Claim, Said

Progress = Callable[[Passed], Awaitable[None]]  # told how far it is

MOST = 2_000  # of an owner's own that wait for the end of a page and its threads
BATCH = 200
NOTED_SECONDS = 1.0  # between two notes of how far it is: each is a transaction


class Histories:
    """What is recorded and how far that is are one transaction: nothing is counted twice, wherever it breaks off."""

    def __init__(self, store: Store, objections: Objections, pause: float = NOTED_SECONDS) -> None:
        """`pause`: seconds between two notes of how far a reading is, if there is not much to record."""
        self._store = store
        self._objections = objections
        self._pause = pause

    async def passed(self, owner: str, reading: str) -> Mapping[str, Passed]:
        """How far a reading has come in each of its chats."""
        there, now = await self._store.readings(owner, reading), self._store.now()
        return {chat: Passed.going_on(owner, one, now) for chat, one in there.items()}

    async def through(
        self, owner: str, chat: str, history: History, since: datetime, reading: str, progress: Progress
    ) -> Passed:
        """Keep the owner's own words of a chat, as their consents say now.

        Raises Refused or Unreachable where the history is closed, and notes that it is.
        """
        there = (await self._store.readings(owner, reading)).get(chat)
        if there is None or there.since != since:
            there = Reading(reading, since)
        passed = Passed.going_on(owner, there, self._store.now())
        passed.closed = False
        gaps, noted, told = passed.gaps - _gaps(history), 0.0, False
        batch: list[Message] = []
        async for seen in history.history(chat, since=since, after=passed.reached):
            if isinstance(seen, Recalled):
                await self._store.forget(Claim(seen.platform, seen.event), seen.chat, seen.message)
                continue
            if told := isinstance(seen, Reached):
                passed.reached, passed.gaps = seen.at, gaps + _gaps(history)
            elif passed.take(seen):
                batch.append(seen)
            due = told and (len(batch) >= BATCH or time.monotonic() - noted >= self._pause)
            if due or len(batch) >= MOST:
                passed.add(await self._kept(owner, chat, batch, passed.reading(reading) if told else None))
                batch, noted = [], time.monotonic()
            await progress(passed)
        if not told:  # the history tells of nothing at its end, as where there is nothing
            passed.reached = passed.now
        passed.add(await self._kept(owner, chat, batch, passed.reading(reading)))
        return passed

    async def closed(self, owner: str, chat: str, since: datetime, reading: str) -> Passed:
        """Note that a chat may not be read, or no further; what was read of it before."""
        there = (await self._store.readings(owner, reading)).get(chat) or Reading(reading, since)
        passed = Passed.going_on(owner, there, self._store.now())
        passed.closed = True
        await self._store.stands(owner, chat, passed.reading(reading))
        return passed

    async def _kept(self, owner: str, chat: str, batch: Sequence[Message], stands: Reading | None) -> Kept:
        saids = [_said(message, owner) for message in batch]
        saids = await self._objections.about(chat, saids, {m.id: mentioned(m) for m in batch})
        for message, said in zip(batch, saids, strict=True):
            if message.edited:
                await self._store.follow(said)
        return await self._store.learn(owner, chat, saids, stands)


def _gaps(history: History) -> int:
    return history.gaps if isinstance(history, Gaps) else 0


def _said(message: Message, owner: str) -> Said:
    return Said(owner, message.chat, message.id, message.at, message.text, message.thread, source="history")
