"""Pause and resume: nothing is answered or recorded meanwhile, and nothing is erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import claims, consent, errands, ledger, owners
from skills.decision import LIVE, Kind
from skills.errands import Errand
from skills.parts import Parts
from skills.rules import sql_forbidden
from skills.standings import standings
from skills.words import DEFAULT, Claim


@dataclass(frozen=True, slots=True)
class Asleep:
    """A consent to a chat that was not withdrawn, and yet answers and records nothing; its words are still there."""

    chat: str
    why: Literal["over", "forbidden", "left"]
    ended: datetime


class Pausing(Parts):
    """Consent events like any other: each raises the epoch, so that no earlier grant opens anything."""

    async def pause(self, claim: Claim, person: str, chat: str | None, *then: Errand) -> bool | None:
        """Stop an owner's double in one chat, or everywhere; None when claimed before, False: nothing to pause."""
        return await self._switch(claim, person, chat, "paused", then)

    async def resume(self, claim: Claim, person: str, chat: str | None, *then: Errand) -> bool | None:
        """Let what was paused go on as it was, to its old end; None when claimed before, False: nothing paused."""
        return await self._switch(claim, person, chat, "given", then)

    async def paused(self, person: str) -> Sequence[str]:
        """The chats in which a person's double is paused and could go on."""
        async with self._database.transaction(owner=person) as connection:
            rows = await self._changing(connection, person, None, "given")
            return list(dict.fromkeys(row.chat for row in rows))  # once, however many scopes it is a source of

    async def asleep(self, person: str) -> Sequence[Asleep]:
        """A person's consents to chats that have lapsed, are frozen, or that an admin or the agreement forbids."""
        c = standings().c
        over, forbidden = c.ends <= self._clock(), or_(c.withheld, sql_forbidden(c.chat))
        given = and_(c.kind.in_(LIVE), or_(over, forbidden))
        left = c.kind == "departed"
        found = select(c.chat, left.label("left"), c.at, over.label("over"), c.ends)
        found = found.where(c.owner == person, c.scope == DEFAULT)
        found = found.where(or_(given, left, and_(c.kind == "paused", c.until <= self._clock())))
        async with self._database.transaction(owner=person) as connection:
            rows = (await connection.execute(found.order_by(c.chat))).all()
        return [Asleep(row.chat, "left", row.at) if row.left else Asleep(row.chat, _why(row), row.ends) for row in rows]

    async def _switch(
        self, claim: Claim, person: str, chat: str | None, kind: Kind, then: Sequence[Errand]
    ) -> bool | None:
        now = self._clock()
        async with self._database.transaction(owner=person, first=True) as connection:
            if not await claims.take(connection, claim, now):
                return None
            await owners.lock(connection, person)
            changing = await self._changing(connection, person, chat, kind)
            if not changing:
                return False
            await consent.end(connection, changing, kind, now)
            await owners.raise_epoch(connection, person)
            word = "paused" if kind == "paused" else "resumed"
            for row in changing:
                await ledger.append(connection, self._vault, person, word, now, {"chat": row.chat}, row.chat)
            await errands.enqueue(self._queue, connection, *then)
            return True

    async def _changing(
        self, connection: AsyncConnection, person: str, chat: str | None, kind: Kind
    ) -> Sequence[Row[Any]]:
        """The last events that a pause, or the end of one, would follow."""
        before: tuple[Kind, ...] = LIVE if kind == "paused" else ("paused",)
        rows = await consent.kept(connection, person)
        return [r for r in rows if r.kind in before and chat in (None, r.chat) and self._clock() < r.until]


def _why(row: Row[Any]) -> Literal["over", "forbidden"]:
    return "over" if row.over else "forbidden"
