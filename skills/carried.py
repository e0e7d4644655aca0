"""By which keys of a platform's own the bot's messages in groups are known: ids alone, and of no person."""

from datetime import datetime, timedelta

from sqlalchemy import Column, Table, Text, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills.parts import Parts
from skills.tables import TIME, tables

KEPT = timedelta(days=30)
carried = Table(
    "carried",
    tables,
    *(Column(name, Text, primary_key=True) for name in ("chat", "key")),
    Column("message", Text),
    Column("at", TIME),
)


class Carried(Parts):
    """Shared by all replicas, and still known after a restart."""

    async def carry(self, chat: str, key: str, message: str) -> None:
        """Remember the platform's key of a message that was sent into this chat; the first one stays."""
        made = insert(carried).values(chat=chat, key=key, message=message, at=self._clock())
        async with self._database.transaction() as connection:
            await connection.execute(made.on_conflict_do_nothing())

    async def carried(self, chat: str, key: str) -> str | None:
        """The id of the message; None where no such message is remembered of this chat."""
        c = carried.c
        async with self._database.transaction() as connection:
            found = await connection.execute(select(c.message).where(c.chat == chat, c.key == key))
            return found.scalar_one_or_none()


async def prune(connection: AsyncConnection, now: datetime) -> None:
    """Forget the keys of old messages."""
    await connection.execute(delete(carried).where(carried.c.at < now - KEPT))
