"""Exact BM25 over the passages that the asker and all readers may have, and over nothing else."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, any_, bindparam, column, exists, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Float, Integer, LargeBinary, Text

from skills import sizes
from skills import tables as t
from skills.permission import given, opened
from skills.scope_words import sql_says
from skills.terms import identifies
from skills.vault import Vault
from skills.withheld import ASKER, shared
from skills.words import Grant, Mode

K1, B = 1.5, 0.75
EXACT = literal(1e9, Float)  # the digits of a score that count


@dataclass(frozen=True, slots=True)
class Matched:
    """A passage that says something of what is asked."""

    id: uuid.UUID
    at: datetime
    score: float  # BM25
    covered: float  # the weight of the terms it says
    named: bool  # whether it says an identifier that was asked for


@dataclass(frozen=True, slots=True)
class Lexical:
    """What a search by words found, best first, and what it is measured by; all of it from permitted rows alone."""

    found: Sequence[Matched]
    asked: float = 0.0  # the weight of all terms of the question
    unheard: float = 0.0  # the weight of one that was never said


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
    telling = [n for n, asked_for in enumerate(wanted) if identifies(asked_for)]
    numbers, terms = [n for n, _ in under], [term for _, term in under]
    asked_for = {"numbers": numbers, "terms": terms, "count": len(wanted), "telling": telling, "most": limit}
    rows = (await connection.execute(_search(grant.venue.direct, grant.mode), given(grant, now) | asked_for)).all()
    found = [Matched(row.id, row.at, row.score, row.covered, row.named) for row in rows]
    return Lexical(found, rows[0].asked, rows[0].unheard) if rows else Lexical(())


@cache  # building a statement costs more than running it
def _search(direct: bool, mode: Mode) -> Select[Any]:
    """One statement: who may read, how often each term occurs in what they may read, the scores."""
    readable = opened(direct, mode).cte("covering")
    size, hit = sizes.permitted(readable, direct), _hits(readable, direct)
    return _scores(hit, size, _rarities(hit, size)).limit(bindparam("most", type_=Integer))


def _hits(readable: CTE, direct: bool) -> CTE:
    """Every permitted posting of a term asked for. A term blinded under one key meets no term under another."""
    rows = func.unnest(bindparam("numbers", type_=ARRAY(Integer)), bindparam("terms", type_=ARRAY(LargeBinary)))
    columns = column("n", Integer), column("term", LargeBinary)
    asked_for = rows.table_valued(*columns, name="q").render_derived()
    o, boxes = t.posting.c, sizes.boxes(readable)
    box = boxes.c
    within = exists().where(
        o.hold == box.hold, o.at >= box.since, o.at < box.ends, ~sizes.sql_cut(boxes, o.at), sql_says(boxes, o.passage)
    )
    return (
        select(o.passage.label("id"), o.at, o.length, asked_for.c.n, o.tf)
        .select_from(asked_for)
        .join(t.posting, and_(o.owner == bindparam("owner", type_=Text), o.term == asked_for.c.term))
        .where(o.length > 0, within, shared(o.owner, o.passage, asker=ASKER, direct=direct))
        .cte("hit")
    )


def _rarities(hit: CTE, size: CTE) -> CTE:
    """Each term's weight, also of those that were never said: they weigh most in what a question asks for."""
    last = bindparam("count", type_=Integer) - 1
    numbers = func.generate_series(0, last).table_valued(column("n", Integer), name="number").render_derived()
    often = select(hit.c.n, func.count().label("df")).group_by(hit.c.n).cte("often")
    df = func.coalesce(often.c.df, 0)
    joined = numbers.outerjoin(often, often.c.n == numbers.c.n)
    return select(numbers.c.n, _idf(size, df).label("idf")).select_from(joined).join(size, literal(True)).cte("term")


def _idf(size: CTE, df: ColumnElement[int] | int) -> ColumnElement[float]:
    return func.ln(1 + (size.c.n - df + 0.5) / (df + 0.5)).cast(Float)


def _scores(hit: CTE, size: CTE, term: CTE) -> Select[Any]:
    weight = hit.c.tf / (hit.c.tf + K1 * (1 - B + B * hit.c.length / size.c.length.cast(Float)))
    score = func.round(func.sum(term.c.idf * weight) * EXACT) / EXACT  # whatever order the sum was made in
    named = func.bool_or(hit.c.n == any_(bindparam("telling", type_=ARRAY(Integer))))
    whole, unheard = select(func.sum(term.c.idf)).scalar_subquery(), select(_idf(size, 0)).scalar_subquery()
    at = func.min(hit.c.at)
    return (
        select(hit.c.id, at.label("at"), score.label("score"), named.label("named"))
        .add_columns(func.sum(term.c.idf).label("covered"), whole.label("asked"), unheard.label("unheard"))
        .join(term, term.c.n == hit.c.n)
        .join(size, literal(True))
        .group_by(hit.c.id)
        .order_by(score.desc(), at.desc(), hit.c.id)
    )
