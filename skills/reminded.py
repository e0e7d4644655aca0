"""When an owner was last reminded of what runs out, and last told of their week; whether they want to be."""

from typing import Any

from sqlalchemy import Boolean, Column, Table, Text, delete
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import tables as t

reminder = Table(
    "reminder",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("renewal_at", t.TIME),
    Column("weekly_at", t.TIME),
    Column("weekly", Boolean),
)


async def mark(connection: AsyncConnection, owner: str, **values: Any) -> None:
    """Note that a card was sent, or whether there shall be one."""
    made = upsert(reminder).values(owner=owner, **values)
    await connection.execute(made.on_conflict_do_update(index_elements=["owner"], set_=values))


async def forget(connection: AsyncConnection, owner: str) -> int:
    """Forget all of it; returns how many rows that were."""
    return (await connection.execute(delete(reminder).where(reminder.c.owner == owner))).rowcount
