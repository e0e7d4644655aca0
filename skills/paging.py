"""Versions of pages within a transaction: read, written and gone back to; each line is a passage that is there."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, cast, column, delete, exists, func, insert, literal, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Integer, Uuid

from skills import tables as t
from skills import written_tables
from skills.consent import short_id
from skills.page_tables import line, page, version
from skills.page_words import State, Why
from skills.titling import Kind, Title
from skills.withheld import kept_back, reached

KEPT = 30  # versions of a page


@dataclass(frozen=True, slots=True)
class Standing:
    """One version of a page; of what was erased nothing is left in it."""

    page: str
    chat: str
    birth: int
    kind: Kind
    version: int
    state: State
    pinned: bool
    absorbed: tuple[str, ...]
    title: Title | None
    lines: tuple[uuid.UUID, ...]
    written: tuple[uuid.UUID, ...] = ()  # lines of a model's


async def create(
    connection: AsyncConnection, owner: str, chat: str, birth: int, kind: Kind, title: Title, lines: Sequence[uuid.UUID]
) -> Standing:
    """A page that nobody has seen yet, without a version."""
    id_ = short_id(6)
    row = {"owner": owner, "id": id_, "chat": chat, "birth": birth, "kind": kind, "version": 0}
    await connection.execute(insert(page).values(**row))
    return Standing(id_, chat, birth, kind, 0, "new", False, (), title, tuple(lines))


async def find(connection: AsyncConnection, owner: str, id_: str, number: int | None = None) -> Standing | None:
    """A page of an owner's as it stands, or one of its versions."""
    wanted = page.c.version if number is None else literal(number)
    joined = page.join(version, and_(version.c.owner == page.c.owner, version.c.page == page.c.id))
    found = select(page, version.c.version.label("number"), version.c.state, version.c.pinned, version.c.absorbed)
    found = found.select_from(joined).where(page.c.owner == owner, page.c.id == id_, version.c.version == wanted)
    row = (await connection.execute(found)).one_or_none()
    if row is None:
        return None
    mine = and_(line.c.owner == owner, line.c.page == id_, line.c.version == row.number)
    rows = (await connection.execute(select(line).where(mine).order_by(line.c.line))).all()
    title = next((Title(r.passage, r.starts or 0, r.ends) for r in rows if r.line == 0), None)
    lines = tuple(r.passage for r in rows if r.line > 0)
    written = await written_tables.on_version(connection, owner, id_, row.number)
    fixed = (row.chat, row.birth, row.kind, row.number, row.state, row.pinned, tuple(row.absorbed))
    return Standing(id_, *fixed, title, lines, written)


async def write(
    connection: AsyncConnection,
    owner: str,
    what: Standing,
    why: Why,
    now: datetime,
    held: ColumnElement[bool] | None = None,
) -> int:
    """Make this the version that stands; returns its number. The owner's row must be locked.

    A line that is no passage of the page's one source is left out; with `held`, one that this does not hold as well.
    """
    same = and_(version.c.owner == owner, version.c.page == what.page)
    last = (await connection.execute(select(func.max(version.c.version)).where(same))).scalar_one()
    number = int(last or 0) + 1
    key = {"owner": owner, "page": what.page, "version": number}
    row = {**key, "at": now, "why": why, "state": what.state, "pinned": what.pinned, "absorbed": list(what.absorbed)}
    await connection.execute(insert(version).values(**row))
    await lay(connection, key, what, held)
    standing = update(page).where(page.c.owner == owner, page.c.id == what.page).values(version=number)
    await connection.execute(standing)
    await connection.execute(delete(version).where(same, version.c.version <= number - KEPT))
    await hold(connection, owner, what, now)
    return number


async def lay(
    connection: AsyncConnection, key: dict[str, Any], what: Standing, held: ColumnElement[bool] | None
) -> None:
    """Write the lines and the title of a version, as far as their passages are there and held."""
    title = [what.title] if what.title else []
    ids = [*(one.passage for one in title), *what.lines]
    numbers = [*(0 for _ in title), *range(1, len(what.lines) + 1)]
    starts, ends = (
        [*(getattr(one, name) for one in title), *(None for _ in what.lines)] for name in ("starts", "ends")
    )
    arrays = (cast(ids, ARRAY(Uuid)), *(cast(values, ARRAY(Integer)) for values in (numbers, starts, ends)))
    columns = column("id", Uuid), column("line", Integer), column("starts", Integer), column("ends", Integer)
    given, p = func.unnest(*arrays).table_valued(*columns, name="given").render_derived(), t.passage.c
    fixed = (literal(key["owner"]), literal(key["page"]), literal(key["version"]))
    chosen = select(*fixed, given.c.line, p.id, given.c.starts, given.c.ends).select_from(given)
    there = and_(p.owner == key["owner"], p.id == given.c.id, p.chat == what.chat, p.birth == what.birth)
    chosen = chosen.join(t.passage, there).where(true() if held is None else held)
    names = ["owner", "page", "version", "line", "passage", "starts", "ends"]
    await connection.execute(insert(line).from_select(names, chosen))
    await written_tables.carry(connection, key["owner"], key["page"], key["version"], what.written)


async def hold(connection: AsyncConnection, owner: str, what: Standing, now: datetime) -> None:
    """What stands on a withheld page, or stood there while it was, is told to nobody else until it is shared again."""
    w, v = kept_back.c, version.c
    if what.state != "withheld":
        await connection.execute(delete(kept_back).where(w.owner == owner, w.id == what.page, w.kind == "page"))
        return
    row = {"owner": owner, "id": what.page, "at": now, "kind": "page", "chat": what.chat}
    await connection.execute(upsert(kept_back).values(**row).on_conflict_do_nothing())
    stood = and_(v.owner == line.c.owner, v.page == line.c.page, v.version == line.c.version, v.state == "withheld")
    standing = select(line.c.owner, line.c.passage, literal(what.page)).join(version, stood).distinct()
    standing = standing.where(line.c.owner == owner, line.c.page == what.page)
    names = [reached.c.owner, reached.c.passage, reached.c.withheld]
    await connection.execute(upsert(reached).from_select(names, standing).on_conflict_do_nothing())


async def go_back(connection: AsyncConnection, owner: str, id_: str, number: int, now: datetime) -> bool:
    """Make a version of what an earlier one is, with the pages merged into it as they were; False: there is none."""
    now_stands, then = await find(connection, owner, id_), await find(connection, owner, id_, number)
    if now_stands is None or then is None:
        return False
    for other in sorted({*now_stands.absorbed} ^ {*then.absorbed}):
        if other in then.absorbed:
            await _absorb(connection, owner, other, now)
        else:
            await release(connection, owner, other, now)
    await write(connection, owner, then, "back", now)
    return True


async def _absorb(connection: AsyncConnection, owner: str, id_: str, now: datetime) -> None:
    there = await find(connection, owner, id_)
    if there is not None and there.state != "merged":
        await write(connection, owner, replace(there, state="merged"), "into", now)


async def release(connection: AsyncConnection, owner: str, id_: str, now: datetime) -> None:
    """A page that had been merged into another, as it was before."""
    v = version.c
    before = select(func.max(v.version)).where(v.owner == owner, v.page == id_, v.state != "merged")
    there, number = await find(connection, owner, id_), (await connection.execute(before)).scalar_one()
    if there is None or there.state != "merged" or number is None:
        return
    then = await find(connection, owner, id_, int(number))
    if then is not None:
        await write(connection, owner, then, "back", now)


async def share(connection: AsyncConnection, owner: str, id_: str, now: datetime) -> None:
    """A page that was withheld may be used again."""
    there = await find(connection, owner, id_)
    if there is not None and there.state == "withheld":
        await write(connection, owner, replace(there, state="active"), "shared", now)


async def stands_on(connection: AsyncConnection, owner: str, chat: str, message: str) -> list[str]:
    """The pages on which a message stands now."""
    m = t.message.c
    said = select(m.passage).where(m.owner == owner, m.chat == chat, m.message == message)
    joined = page.join(line, and_(line.c.owner == page.c.owner, line.c.page == page.c.id))
    here = and_(line.c.version == page.c.version, line.c.line > 0, line.c.passage.in_(said))
    found = select(page.c.id).select_from(joined).where(page.c.owner == owner, here).distinct().order_by(page.c.id)
    return list((await connection.execute(found)).scalars())


async def put_right(
    connection: AsyncConnection, owner: str, pages: Sequence[str], chat: str, message: str, now: datetime
) -> None:
    """A correction stands first on the pages on which what it corrects stood."""
    m = t.message.c
    for id_ in pages:
        there = await find(connection, owner, id_)
        if there is None or there.chat != chat:
            continue
        said = select(m.passage).where(m.owner == owner, m.chat == chat, m.message == message, m.birth == there.birth)
        new = list((await connection.execute(said)).scalars())
        await write(connection, owner, replace(there, lines=(*new, *there.lines)), "corrected", now)


def on_some_page(owner: ColumnElement[str], passage: ColumnElement[uuid.UUID]) -> ColumnElement[bool]:
    """Whether a passage stands, or ever stood, on a page, in SQL."""
    return exists().where(line.c.owner == owner, line.c.passage == passage)
