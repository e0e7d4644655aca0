"""What admins order by signed events: each carried out once, and answered the same however often it comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Column, LargeBinary, Table, Text, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import drafts, errands, news, scopes
from skills import tables as t
from skills.admins import Signed
from skills.parts import Parts
from skills.queue import Queue
from skills.scopes import ScopeDocument
from skills.vault import Vault

event_table = Table(
    "admin_event",
    t.tables,
    Column("id", Text, primary_key=True),
    Column("at", t.TIME),
    Column("by", Text),
    Column("type", Text),
    Column("digest", LargeBinary),
    Column("answer", JSONB),
)
Answer = Mapping[str, Any]


class AnotherBody(Exception):
    """This id was used before, with another body."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What an order is carried out with, inside its one transaction."""

    connection: AsyncConnection
    vault: Vault
    queue: Queue
    by: str
    event: str
    now: datetime


class Order(Protocol):
    """Something that an admin may order: it narrows, freezes or forbids, and opts nobody in."""

    async def carry_out(self, hands: Hands) -> Answer:
        """Do it; the answer tells nothing of anybody's consent."""
        ...


@dataclass(frozen=True, slots=True)
class PutScope:
    """The next version of a scope."""

    name: str
    document: ScopeDocument

    async def carry_out(self, hands: Hands) -> Answer:
        """Whoever joined it is told privately what it means for them. Raises BadScope."""
        before = await scopes.find(hands.connection, self.name)
        scope = await scopes.put(hands.connection, self.name, self.document, hands.by, hands.now)
        await drafts.settle_all(hands.connection, hands.now)
        for tell in await news.of_change(hands.connection, self.name, before, scope, hands.event):
            await errands.enqueue(hands.queue, hands.connection, tell)
        return {"version": scope.version}


@dataclass(frozen=True, slots=True)
class DeleteScope:
    """A scope's end."""

    name: str

    async def carry_out(self, hands: Hands) -> Answer:
        """Its versions stay on record; whoever joined it is told."""
        before = await scopes.find(hands.connection, self.name)
        found = await scopes.remove(hands.connection, self.name, hands.by, hands.now)
        await drafts.settle_all(hands.connection, hands.now)
        for tell in await news.of_change(hands.connection, self.name, before, None, hands.event):
            await errands.enqueue(hands.queue, hands.connection, tell)
        return {"found": found}


class Ordering(Parts):
    """The one way in for whatever admins change."""

    async def order(self, signed: Signed, kind: str, order: Order) -> Answer:
        """Carry an order out, and remember it with its answer in the same transaction.

        The same event again gets the same answer and has no second effect. Raises AnotherBody, and what the order
        raises; then nothing has changed.
        """
        now, event = self._clock(), event_table.c
        row = {"id": signed.id, "at": now, "by": signed.by, "type": kind, "digest": signed.digest}
        async with self._database.transaction() as connection:
            made = upsert(event_table).values(row).on_conflict_do_nothing().returning(event.id)
            if (await connection.execute(made)).one_or_none() is None:
                return await _known(connection, signed)
            hands = Hands(connection, self._vault, self._queue, signed.by, signed.id, now)
            answer = {"type": kind, **await order.carry_out(hands)}
            await connection.execute(update(event_table).where(event.id == signed.id).values(answer=answer))
            return answer


async def _known(connection: AsyncConnection, signed: Signed) -> Answer:
    """What was answered before."""
    found = select(event_table.c.digest, event_table.c.answer).where(event_table.c.id == signed.id)
    row = (await connection.execute(found)).one()
    if bytes(row.digest) != signed.digest:
        raise AnotherBody(AnotherBody.__doc__)
    answer: Answer = row.answer
    return answer
