"""When an owner was last reminded of what runs out, and last told of their week; whether they want to be."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Date, Integer, Select, Table, Text, delete, select
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
    Column("drafts_day", Date),
    Column("drafts_told", Integer),
    Column("drafts_since", t.TIME),
)
MOST_DRAFTS = 3  # shown one by one in a day
MORNING, EVENING = 9, 18  # on working days, in the server's time: nobody is written to unasked at night
SATURDAY = 5


def working(now: datetime) -> bool:
    """Whether owners may be written to unasked."""
    here = now.astimezone()
    return here.weekday() < SATURDAY and MORNING <= here.hour < EVENING


async def mark(connection: AsyncConnection, owner: str, **values: Any) -> None:
    """Note that a card was sent, or whether there shall be one."""
    made = upsert(reminder).values(owner=owner, **values)
    await connection.execute(made.on_conflict_do_update(index_elements=["owner"], set_=values))


async def one_more(connection: AsyncConnection, owner: str, now: datetime, *, patient: bool) -> bool:
    """Whether one more draft of today's may be shown by itself, and is counted then; else one waits for the batch.

    `patient`: outside of working hours every one waits.
    """
    found = select(reminder.c.drafts_day, reminder.c.drafts_told, reminder.c.drafts_since)
    row = (await connection.execute(found.where(reminder.c.owner == owner))).one_or_none()
    day = now.astimezone().date()
    told = row.drafts_told or 0 if row is not None and row.drafts_day == day else 0
    if told < MOST_DRAFTS and (working(now) or not patient):
        await mark(connection, owner, drafts_day=day, drafts_told=told + 1)
        return True
    if row is None or row.drafts_since is None:
        await mark(connection, owner, drafts_since=now)
    return False


def to_batch(now: datetime) -> Select[Any]:
    """Owners with drafts from before this morning that they were not shown."""
    morning = now.astimezone().replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return select(reminder.c.owner).where(reminder.c.drafts_since < morning)


async def forget(connection: AsyncConnection, owner: str) -> int:
    """Forget all of it; returns how many rows that were."""
    return (await connection.execute(delete(reminder).where(reminder.c.owner == owner))).rowcount
