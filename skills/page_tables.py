"""Where pages lie: versions of lines, each a place in one passage; no word of anybody's stands here."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, Table, Text, Uuid, and_, delete, exists, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import tables as t
from skills import written_tables

TITLE = "title"  # the source of a message that is nothing but a title which an owner gave

page = Table(
    "page",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("chat", Text),
    Column("birth", BigInteger),
    Column("kind", Text),
    Column("version", Integer),
)
version = Table(
    "page_version",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("page", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", t.TIME),
    Column("why", Text),
    Column("state", Text),
    Column("pinned", Boolean),
    Column("absorbed", ARRAY(Text)),
)
line = Table(
    "page_line",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("page", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("passage", Uuid),
    Column("starts", Integer),
    Column("ends", Integer),
)
seen = Table(
    "page_seen",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("passage", Uuid, primary_key=True),
)


async def sweep(connection: AsyncConnection, owner: str) -> None:
    """Delete what is left of pages that have lost all their evidence, and titles that no page has any more."""
    lines = exists().where(line.c.owner == page.c.owner, line.c.page == page.c.id, line.c.line > 0)
    await connection.execute(delete(page).where(page.c.owner == owner, ~lines))
    m, p = t.message.c, t.passage.c
    cited = exists().where(line.c.owner == m.owner, line.c.passage == m.passage)
    idle = select(m.passage).where(m.owner == owner, m.source == TITLE, ~cited)
    await connection.execute(delete(t.passage).where(and_(p.owner == owner, p.id.in_(idle))))
    await written_tables.sweep(connection, owner)
