"""A page opened by its title, under a grant: of every line the words only if the grant covers its passage now."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, and_, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from skills import recall
from skills import tables as t
from skills.page_tables import line, page, version
from skills.page_words import Opened
from skills.pages import Pages
from skills.permission import OWNER, given, opened, picked
from skills.terms import asked
from skills.titling import beginning
from skills.withheld import ASKER, shared
from skills.words import Grant, Mode, Passage


class Opening(Pages):
    """Consent stands in the WHERE of each statement; a title that it does not cover is not even compared."""

    async def open_page(self, grant: Grant, words: str) -> Opened | None:
        """The one active page whose title has all these words, with what of it may be read; None: there is no such.

        A stale or made-up grant opens nothing.
        """
        wanted = set(asked(words))
        if not wanted:
            return None
        async with self._database.transaction(owner=grant.owner) as connection:
            found = await self._titled(connection, grant, wanted)
            if found is None:
                return None
            title, ids = found
            read = await self._read(connection, grant, ids)
        lines = [read[id_] for id_ in ids if id_ in read]
        return Opened(title, lines) if lines else None

    async def _titled(
        self, connection: AsyncConnection, grant: Grant, wanted: set[str]
    ) -> tuple[str, Sequence[uuid.UUID]] | None:
        """The title and the readable lines of the page that says most of little else; none of two alike."""
        rows = (await connection.execute(_covered(grant.venue.direct, grant.mode), given(grant, self._clock()))).all()
        pages: dict[str, list[Row[Any]]] = defaultdict(list)
        for row in rows:
            pages[row.page].append(row)
        heads = {id_: lines[0] for id_, lines in pages.items() if any(one.line > 0 for one in lines)}
        read = await self._read(connection, grant, [head.passage for head in heads.values()])
        fits: list[tuple[int, str, str]] = []
        for id_, head in heads.items():
            text = read[head.passage].text if head.passage in read else ""
            title = beginning(text) if head.line else text[head.starts : head.ends]
            terms = set(asked(title))
            if wanted <= terms:
                fits.append((len(terms - wanted), id_, title))
        fits.sort()
        if not fits or (len(fits) > 1 and fits[0][0] == fits[1][0]):
            return None
        _, id_, title = fits[0]
        return title, [row.passage for row in pages[id_] if row.line > 0]

    async def _read(
        self, connection: AsyncConnection, grant: Grant, ids: Sequence[uuid.UUID]
    ) -> dict[uuid.UUID, Passage]:
        rows = await connection.execute(
            _words(grant.venue.direct, grant.mode), given(grant, self._clock()) | {"ids": list(ids)}
        )
        found = await recall.unsealed(self._vault, rows.all())
        return {uuid.UUID(one.passage.id): one.passage for one in found if not one.outline}


@cache  # building a statement costs more than running it
def _covered(direct: bool, mode: Mode) -> Select[Any]:
    """Every line of active pages that the grant covers, titles first; ids and places alone."""
    readable, p, owner = opened(direct, mode).cte("covering"), t.passage.c, OWNER
    once = recall.readable_once(readable).where(p.owner == owner, shared(p.owner, p.id, asker=ASKER, direct=direct))
    may = once.subquery("may")
    now_it = and_(line.c.owner == page.c.owner, line.c.page == page.c.id, line.c.version == page.c.version)
    as_it = and_(version.c.owner == page.c.owner, version.c.page == page.c.id, version.c.version == page.c.version)
    joined = page.join(line, now_it).join(version, as_it).join(may, may.c.id == line.c.passage)
    found = select(line.c.page, line.c.line, line.c.passage, line.c.starts, line.c.ends).select_from(joined)
    mine = and_(page.c.owner == owner, version.c.state == "active", may.c.level == "full")
    return found.where(mine).order_by(line.c.page, line.c.line)


@cache
def _words(direct: bool, mode: Mode) -> Select[Any]:
    readable, p, owner = opened(direct, mode).cte("covering"), t.passage.c, OWNER
    ids = picked(owner, p.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    top = recall.readable_once(readable, ids).where(shared(ids.c.owner, ids.c.id, asker=ASKER, direct=direct))
    return recall.with_words(owner, top)
