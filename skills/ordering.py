"""What admins order by signed events: each in force at once, and answered the same however often it comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Column, LargeBinary, Table, Text, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import errands, scopes
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
    """What an order is carried out with, inside one transaction."""

    connection: AsyncConnection
    vault: Vault
    queue: Queue
    by: str
    event: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """What is answered, which tells nothing of anybody's consent, and what is left to do about those it touches."""

    answer: Answer
    then: Mapping[str, str] | None = None  # ids alone, and `what` is to be done


class Order(Protocol):
    """Something that an admin may order: it narrows, freezes or forbids, and opts nobody in."""

    async def take(self, hands: Hands) -> Taken:
        """Put it in force; that takes the same time whomever it touches, and however much they have."""
        ...


@dataclass(frozen=True, slots=True)
class PutScope:
    """The next version of a scope."""

    name: str
    document: ScopeDocument

    async def take(self, hands: Hands) -> Taken:
        """Whoever joined it is told privately what it means for them. Raises BadScope."""
        scope = await scopes.put(hands.connection, self.name, self.document, hands.by, hands.now)
        return Taken({"version": scope.version}, changed(self.name, scope.version))


@dataclass(frozen=True, slots=True)
class DeleteScope:
    """A scope's end."""

    name: str

    async def take(self, hands: Hands) -> Taken:
        """Its versions stay on record; whoever joined it is told."""
        version = await scopes.remove(hands.connection, self.name, hands.by, hands.now)
        then = None if version is None else changed(self.name, version)
        return Taken({"found": version is not None}, then)


class Ordering(Parts):
    """The one way in for whatever admins change."""

    async def order(self, signed: Signed, kind: str, order: Order) -> Answer:
        """Put an order in force, and remember it with its answer and what is left to do in the same transaction.

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
            taken = await order.take(hands)
            answer = {"type": kind, **taken.answer}
            await connection.execute(update(event_table).where(event.id == signed.id).values(answer=answer))
            if taken.then is not None:
                await errands.enqueue_order(self._queue, connection, signed.id, taken.then)
            return answer


def changed(name: str, version: int) -> Mapping[str, str]:
    """What is left to do about a scope's new version, its last one included."""
    return {"what": "scope", "scope": name, "version": str(version)}


async def _known(connection: AsyncConnection, signed: Signed) -> Answer:
    """What was answered before."""
    found = select(event_table.c.digest, event_table.c.answer).where(event_table.c.id == signed.id)
    row = (await connection.execute(found)).one()
    if bytes(row.digest) != signed.digest:
        raise AnotherBody(AnotherBody.__doc__)
    answer: Answer = row.answer
    return answer
