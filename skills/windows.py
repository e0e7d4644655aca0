"""Erasing what was said within some days: that part goes for good, and nothing said then is recorded again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import claims, erasure, errands, leaving, ledger, owners
from skills import tables as t
from skills.consent import short_id
from skills.errands import Errand
from skills.owners import Owner
from skills.parts import Parts
from skills.words import Claim, Erasure, Said, Tell


@dataclass(frozen=True, slots=True)
class Window:
    """From `since` on and before `until`, in one chat or in all."""

    since: datetime
    until: datetime
    chat: str | None = None


class Windows(Parts):
    """Leaving in part, by time: what stays is sealed anew before the key that it was under is destroyed."""

    async def said_within(self, owner: str, window: Window) -> int:
        """How many messages of an owner's are recorded from then."""
        async with self._database.transaction(owner=owner) as connection:
            counted = select(func.count()).select_from(t.message).where(t.message.c.owner == owner)
            within = select(t.passage.c.id).where(_within(owner, window))
            return int((await connection.execute(counted.where(t.message.c.passage.in_(within)))).scalar_one())

    async def erase_window(
        self, claim: Claim, owner: str, window: Window, *, receipt: Tell | None = None, then: Iterable[Errand] = ()
    ) -> Erasure | None:
        """When this returns, nothing said within the window is answered any more, and its erasure is begun.

        It ends now at the latest: what is said later today is not meant. None: nothing is recorded from then.
        Delivered again, it returns the erasure there is. `receipt` is sent when all is erased; every Tell gets the
        erasure's id as `erasure`.
        """
        now = self._clock()
        until = min(window.until, now)
        async with self._database.transaction(owner=owner, first=True) as connection:
            if not await claims.take(connection, claim, now):
                return await erasure.latest(connection, owner)
            held = await owners.lock(connection, owner)
            meant = Window(window.since, until, window.chat)
            if held is None or not await _set_apart(connection, owner, meant):
                return None
            done = await self._window_begun(connection, held, meant, receipt)
            await errands.enqueue_erasure(self._queue, connection, owner, done.id)
            await errands.enqueue(self._queue, connection, *then, erasure=done.id)
        await self._keys_changed()
        return done

    async def _window_begun(
        self, connection: AsyncConnection, owner: Owner, window: Window, receipt: Tell | None
    ) -> Erasure:
        """The old key ends here, and what stays comes under a new one."""
        since, until = window.since, window.until
        part = Erasure(short_id(10), owner.owner, window.chat, self._clock(), None, None, {}, None, None, since, until)
        why: ledger.Payload = {"why": "window", "since": since.isoformat(), "until": until.isoformat()}
        await leaving.begin_part(connection, self._vault, self._keyring, owner, part, why, receipt)
        return part


async def outside(connection: AsyncConnection, owner: str, said: Mapping[str, Said]) -> dict[str, Said]:
    """Those messages that were not said within a window that their owner has erased."""
    e = t.erasure.c
    found = select(e.chat, e.since, e.until).where(e.owner == owner, e.since.is_not(None))
    erased = [Window(row.since, row.until, row.chat) for row in await connection.execute(found)]
    return {id_: one for id_, one in said.items() if not any(_holds(window, one) for window in erased)}


async def _set_apart(connection: AsyncConnection, owner: str, window: Window) -> bool:
    """Take what was said within a window out of every consent; False: nothing was.

    A birth below zero is no consent's: whatever carries it is read by nobody, and erased. Turned round it says in which
    sum of a day its passage is counted until it is deleted.
    """
    apart = update(t.passage).where(_within(owner, window)).values(birth=-t.passage.c.birth)
    return (await connection.execute(apart)).rowcount > 0


def _within(owner: str, window: Window) -> ColumnElement[bool]:
    p = t.passage.c
    then = and_(p.owner == owner, p.at >= window.since, p.at < window.until, p.birth > 0)
    return then if window.chat is None else and_(then, p.chat == window.chat)


def _holds(window: Window, said: Said) -> bool:
    return window.chat in (None, said.chat) and window.since <= said.at < window.until
