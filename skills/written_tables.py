"""Where lines lie that a model wrote on pages, and how each version keeps those whose evidence stands on it."""

import uuid
from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text, Uuid, and_, delete, exists, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import tables as t

written = Table(
    "page_written",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("id", Uuid, primary_key=True),
    *(Column(name, Text) for name in ("page", "part", "provider", "key_id")),
    Column("sealed", LargeBinary),
)
cite = Table(
    "page_cite",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("written", Uuid, primary_key=True),
    Column("passage", Uuid, primary_key=True),
)
told = Table(
    "page_told",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("page", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("written", Uuid),
)
read = Table(
    "page_read",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("passage", Uuid, primary_key=True),
)
spent = Table(
    "page_spent",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("provider", Text),
    Column("calls", Integer),
    Column("tokens_in", BigInteger),
    Column("tokens_out", BigInteger),
)


def place(owner: str, id_: uuid.UUID) -> str:
    """Where the sealed words of a line stand."""
    return f"written:{owner}:{id_}"


async def on_version(connection: AsyncConnection, owner: str, page: str, version: int) -> tuple[uuid.UUID, ...]:
    """The lines of a model's on one version, in their order."""
    mine = and_(told.c.owner == owner, told.c.page == page, told.c.version == version)
    found = select(told.c.written).where(mine).order_by(told.c.line)
    return tuple((await connection.execute(found)).scalars())


async def carry(connection: AsyncConnection, owner: str, page: str, version: int, lines: Sequence[uuid.UUID]) -> None:
    """Put a model's lines on a version, but for any of which not all evidence stands there."""
    if lines:
        await connection.execute(_CARRY, {"owner": owner, "page": page, "version": version, "ids": list(lines)})


async def sweep(connection: AsyncConnection, owner: str) -> None:
    """Delete what stands on no version any more."""
    w = written.c
    somewhere = exists().where(told.c.owner == w.owner, told.c.written == w.id)
    await connection.execute(delete(written).where(w.owner == owner, ~somewhere))


async def unspoken(connection: AsyncConnection, owner: str) -> None:
    """Delete all that a model wrote for an owner, whose yes to it, or whose key, has changed; and what it was given."""
    for table in (written, read, spent):
        await connection.execute(delete(table).where(table.c.owner == owner))


_CARRY = text(
    "INSERT INTO page_told (owner, page, version, line, written) "
    "SELECT w.owner, :page, :version, given.line, w.id "
    "FROM unnest(cast(:ids AS uuid[])) WITH ORDINALITY AS given (id, line) "
    "JOIN page_written AS w ON w.owner = :owner AND w.id = given.id "
    "WHERE NOT EXISTS (SELECT 1 FROM page_cite AS c WHERE c.owner = w.owner AND c.written = w.id AND NOT EXISTS ("
    "SELECT 1 FROM page_line AS l WHERE l.owner = c.owner AND l.page = :page AND l.version = :version "
    "AND l.line > 0 AND l.passage = c.passage))"
)
