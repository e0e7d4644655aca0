"""How far the reading of a chat's history has come, in a time and counts, so that it goes on where it broke off."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from sqlalchemy import Boolean, Column, Integer, Table, Text, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import owners
from skills import tables as t
from skills.consent import sources
from skills.parts import Parts

KEPT = timedelta(days=3)  # from the last step of a reading, for as long as it may go on


@dataclass(frozen=True, slots=True)
class Reading:
    """What passed in one chat before `at`; counts alone, of nobody by name."""

    id: str  # of the reading, which may go through several chats
    since: datetime
    at: datetime | None = None  # what was begun before it is behind; None: nothing is yet
    read: int = 0
    others: int = 0
    to_bot: int = 0
    empty: int = 0
    kept: int = 0
    known: int = 0
    gaps: int = 0
    closed: bool = False  # the chat may not be read

    def and_(self, kept: int, known: int) -> "Reading":
        """The same with what became of some more."""
        return replace(self, kept=self.kept + kept, known=self.known + known)


COUNTS = tuple(field.name for field in fields(Reading) if field.type in (int, "int"))

reading = Table(
    "reading",
    t.tables,
    *(Column(name, Text, primary_key=True) for name in ("owner", "id", "chat")),
    Column("since", t.TIME),
    Column("at", t.TIME),
    *(Column(name, Integer) for name in COUNTS),
    Column("closed", Boolean),
    Column("moved_at", t.TIME),
)


class Readings(Parts):
    """An owner's own, gone with their consent for the chat."""

    async def readings(self, owner: str, id_: str) -> Mapping[str, Reading]:
        """How far a reading has come in each of its chats; nothing of one that stood still for long."""
        r, old = reading.c, self._clock() - KEPT
        mine = select(reading).where(r.owner == owner, r.id == id_, r.moved_at > old).order_by(r.chat)
        async with self._database.transaction(owner=owner) as connection:
            rows = (await connection.execute(mine)).all()
        return {row.chat: Reading(*(getattr(row, field.name) for field in fields(Reading))) for row in rows}

    async def stands(self, owner: str, chat: str, there: Reading) -> None:
        """Note how far a reading is, where nothing is recorded with it."""
        async with self._database.transaction(owner=owner) as connection:
            if await owners.lock(connection, owner) is not None:
                await note(connection, owner, chat, there, self._clock())

    async def read_through(self, owner: str, id_: str) -> None:
        """A reading is at its end, and nothing of it needs to be known any more."""
        r = reading.c
        async with self._database.transaction(owner=owner) as connection:
            await connection.execute(delete(reading).where(r.owner == owner, r.id == id_))


async def note(connection: AsyncConnection, owner: str, chat: str, there: Reading, now: datetime) -> None:
    """Write down how far a reading is, in the transaction that records what it found; only while consent holds."""
    r = reading.c
    await connection.execute(delete(reading).where(r.owner == owner, r.moved_at <= now - KEPT))
    if chat not in await sources(connection, owner, now):
        return
    values = {field.name: getattr(there, field.name) for field in fields(Reading)} | {"moved_at": now}
    made = upsert(reading).values(owner=owner, chat=chat, **values)
    changed = {name: value for name, value in values.items() if name != "id"}
    await connection.execute(made.on_conflict_do_update(index_elements=["owner", "id", "chat"], set_=changed))


async def leave(connection: AsyncConnection, owner: str, chats: set[str]) -> None:
    """What was read of chats that are left is forgotten with them; what still runs there notes nothing more."""
    await connection.execute(delete(reading).where(reading.c.owner == owner, reading.c.chat.in_(chats)))
