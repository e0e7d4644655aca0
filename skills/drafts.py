"""Drafts that wait for their owner: dropped with whatever they rest on, in the transaction that takes it away."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    LargeBinary,
    Row,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    delete,
    exists,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import owners
from skills import tables as t
from skills.permission import covering, picked, sql_covers
from skills.withheld import shared
from skills.words import Venue

KEPT = timedelta(days=7)  # how long a draft waits

draft = Table(
    "draft",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("at", t.TIME),
    *(Column(name, Text) for name in ("asker", "platform", "chat")),
    Column("direct", Boolean),
    Column("within", JSONB),
    Column("aside", Boolean),
    *(Column(name, Text) for name in ("thread", "asked", "question", "language", "level")),
    Column("passages", Integer),
    Column("state", Text),
    Column("provider", Text),
    Column("own", Boolean),
    Column("key_id", Text),
    Column("sealed", LargeBinary),
    Column("answer", Text),
)
cited = Table(
    "draft_citation",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("draft", Text, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("quote", Integer),
    Column("passage", Uuid),
)
drafted = Table(
    "drafted",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("draft", Text, primary_key=True),
    Column("chat", Text),
    Column("asked", Text),
)


def place(owner: str, id_: str) -> str:
    """Where a draft's sealed words stand."""
    return f"draft:{owner}:{id_}"


async def settle(connection: AsyncConnection, owner: str, now: datetime) -> None:
    """Drop an owner's drafts of which any passage may not be read any more where the answer would stand."""
    d = draft.c
    for direct in (False, True):
        gone = delete(draft).where(d.owner == owner, d.direct.is_(direct), d.id.in_(_dead(owner, direct, now)))
        await connection.execute(gone)


async def settle_all(connection: AsyncConnection, now: datetime) -> None:
    """The same of everybody who has any: after what is ordered for more than one."""
    for owner in await with_drafts(connection):
        await owners.act_for(connection, owner)
        await settle(connection, owner, now)


async def with_drafts(connection: AsyncConnection) -> list[str]:
    """Whoever has drafts; for what is done to all, not to be shown."""
    found = select(drafted.c.owner).distinct().order_by(drafted.c.owner)
    return list((await connection.execute(found)).scalars())


async def drop(connection: AsyncConnection, owner: str) -> None:
    """Drop all drafts of an owner."""
    await connection.execute(delete(draft).where(draft.c.owner == owner))


async def unspoken(connection: AsyncConnection, owner: str) -> None:
    """Drop those that a model worded, whose owner's yes to it has changed."""
    await connection.execute(delete(draft).where(draft.c.owner == owner, draft.c.provider.is_not(None)))


async def taken_back(connection: AsyncConnection, chat: str, message: str) -> None:
    """Drop what was drafted for a question whose asker took it back."""
    d = draft.c
    whose = select(drafted.c.owner).where(drafted.c.chat == chat, drafted.c.asked == message).order_by(drafted.c.owner)
    for owner in (await connection.execute(whose)).scalars().all():
        await owners.act_for(connection, owner)
        await connection.execute(delete(draft).where(d.owner == owner, d.chat == chat, d.asked == message))


async def unask(connection: AsyncConnection, owner: str, asker: str) -> None:
    """Drop what was drafted for somebody who deletes what they asked."""
    await connection.execute(delete(draft).where(draft.c.owner == owner, draft.c.asker == asker))


async def expire(connection: AsyncConnection, now: datetime, before: datetime) -> None:
    """Drop everybody's drafts from before a time, and those whose consent has run out since."""
    for owner in await with_drafts(connection):
        await owners.act_for(connection, owner)
        await connection.execute(delete(draft).where(draft.c.owner == owner, draft.c.at <= before))
        await settle(connection, owner, now)


async def left(connection: AsyncConnection, erasure: Row[Any]) -> int:
    """How many drafts there are of from before an erasure: they went when it was asked for."""
    old = select(func.count()).where(draft.c.owner == erasure.owner, draft.c.at <= erasure.stopped_at)
    return int((await connection.execute(old)).scalar_one())


def _dead(owner: str, direct: bool, now: datetime) -> Select[Any]:
    """Drafts that cite something which neither an answer nor a draft may be made of now."""
    d, c, named = draft.c, cited.c, cited.alias("named").c
    venue = Venue(d.chat, direct, d.within)  # type: ignore[arg-type] # a column: each draft's own
    readable = covering(owner, asker=d.asker, venue=venue, now=now, epoch=None, counted=False, mode="either")
    box = readable.add_columns(d.id.label("draft")).where(d.owner == owner, d.direct.is_(direct)).cte("covering")
    ids = picked(owner, t.passage.c.id.in_(select(named.passage).where(named.owner == owner)))
    here = and_(box.c.draft == c.draft, ids.c.id == c.passage)
    open_ = shared(ids.c.owner, ids.c.id, asker=owner, direct=False)  # a draft is never for its owner's own eyes alone
    covered = exists().where(here, sql_covers(box, ids), open_)
    return select(c.draft).where(c.owner == owner, ~covered)
