"""Exact BM25 over the passages that the asker and all readers may have, and over nothing else."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import CTE, BigInteger, Select, and_, bindparam, cast, column, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Integer, LargeBinary

from skills import sizes
from skills import tables as t
from skills.bm25 import LENGTH, Lexical, Postings, ranked, weights
from skills.permission import OWNER, given, opened
from skills.scope_words import sql_says
from skills.terms import identifies
from skills.vault import Vault
from skills.withheld import ASKER, reached, shared
from skills.words import Grant, Mode

MANY = 5_000  # postings: from here on they are added up beside the loop


async def search(
    connection: AsyncConnection,
    vault: Vault,
    grant: Grant,
    keys: Sequence[str],
    wanted: Sequence[str],
    limit: int,
    now: datetime,
) -> Lexical:
    """The passages with any of the terms, by score; the newer first where scores are equal."""
    under = await vault.blind_under(keys, wanted)
    if not under:
        return Lexical(())
    telling = frozenset(n for n, asked_for in enumerate(wanted) if identifies(asked_for))
    asked_for = {"numbers": [n for n, _ in under], "terms": [term for _, term in under]}
    rows = (await connection.execute(_search(grant.venue.direct, grant.mode), given(grant, now) | asked_for)).all()
    said = [Postings(row.n, row.passages, row.told, row.at) for row in rows if row.passages is not None]
    if not said:
        return Lexical(())
    weigh = weights(said, len(wanted), rows[0].size, float(rows[0].length))
    if sum(one.count for one in said) < MANY:
        return ranked(said, weigh, telling, limit)
    return await asyncio.to_thread(ranked, said, weigh, telling, limit)


@cache  # building a statement costs more than running it
def _search(direct: bool, mode: Mode) -> Select[Any]:
    """One statement: who may read, what they may read of each term, and how much there is of it all."""
    readable = opened(direct, mode).cte("covering")
    size = sizes.permitted(readable, direct)
    there, length = select(size.c.n).scalar_subquery(), select(size.c.length).scalar_subquery()
    return _postings(readable, direct).add_columns(there.label("size"), length.label("length"))


def _postings(readable: CTE, direct: bool) -> Select[Any]:
    """Every permitted posting of each term asked for, in arrays. A term blinded under one key meets none under another.

    The postings of each term are looked up by the term, whatever the planner takes them to be; what is asked of every
    single one is put so that it need not be asked where no consent is limited to words and nothing is kept back.
    """
    rows = func.unnest(bindparam("numbers", type_=ARRAY(Integer)), bindparam("terms", type_=ARRAY(LargeBinary)))
    columns = column("n", Integer), column("term", LargeBinary)
    asked_for = rows.table_valued(*columns, name="q").render_derived()
    o, boxes = t.posting.c, sizes.boxes(readable)
    spans = sizes.spans(boxes)
    box, times = boxes.c, spans.c
    worded = exists(select(box.hold).where(box.words.is_not(None)))
    within = exists().where(o.hold == box.hold, o.at >= box.since, o.at < box.ends, sql_says(boxes, o.passage))
    kept_back = exists(select(reached.c.owner).where(reached.c.owner == OWNER))
    there = and_(o.owner == OWNER, o.term == asked_for.c.term, o.hold == times.hold, o.at >= times.since)
    one = (
        select(o.passage, o.at, o.length, o.tf)
        .where(there, o.at < times.ends, or_(~times.gaps, times.times.op("@>", is_comparison=True)(o.at)))
        .where(o.length > 0, or_(~worded, within))
        .where(or_(~kept_back, shared(o.owner, o.passage, asker=ASKER, direct=direct)))
        .offset(0)
        .correlate(asked_for, spans)
        .lateral("one")
    )
    told = cast(one.c.tf, BigInteger) * literal(1 << LENGTH, BigInteger) + one.c.length
    each = {"passages": one.c.passage, "told": told, "at": one.c.at}
    arrays = [func.array_send(func.array_agg(value), type_=LargeBinary).label(name) for name, value in each.items()]
    said = select(*arrays).select_from(spans.join(one, literal(True))).lateral("said")
    return select(asked_for.c.n, *said.c).select_from(asked_for.join(said, literal(True)))
