"""Exact BM25 over the passages that the asker and all readers may have, and over nothing else."""

import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Float, Integer, LargeBinary, Text

from skills import sizes
from skills import tables as t
from skills.permission import given, opened
from skills.scope_words import sql_says
from skills.terms import identifies
from skills.vault import Vault
from skills.withheld import ASKER, reached, shared
from skills.words import Grant, Mode

K1, B = 1.5, 0.75
EXACT = literal(1e9, Float)  # the digits of a score that count
WORD = 62  # bits of a number
OWNER = bindparam("owner", type_=Text)


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
    asked_for = {"numbers": numbers, "terms": terms, "count": len(wanted), "most": limit}
    said = _search(grant.venue.direct, grant.mode, _words_of(len(wanted)))
    rows = (await connection.execute(said, given(grant, now) | asked_for)).all()
    found = [_matched(row, frozenset(telling)) for row in rows]
    return Lexical(found, math.fsum(rows[0].idf), rows[0].unheard) if rows else Lexical(())


def _matched(row: Row[Any], telling: frozenset[int]) -> Matched:
    said = [n for n, idf in enumerate(row.idf) if row.said[n // WORD] >> n % WORD & 1]
    return Matched(row.id, row.at, row.score, math.fsum(row.idf[n] for n in said), not telling.isdisjoint(said))


def _words_of(count: int) -> int:
    """How many words of bits tell which of so many terms a passage says."""
    return -(-count // WORD)


@cache  # building a statement costs more than running it
def _search(direct: bool, mode: Mode, words: int) -> Select[Any]:
    """One statement: who may read, how often each term occurs in what they may read, the scores."""
    readable = opened(direct, mode).cte("covering")
    size, hit = sizes.permitted(readable, direct), _hits(readable, direct)
    return _scores(hit, size, _rarities(hit, size), words)


def _hits(readable: CTE, direct: bool) -> CTE:
    """Every permitted posting of a term asked for. A term blinded under one key meets no term under another.

    The postings of each term are looked up by the term, whatever the planner takes them to be; what is asked of every
    single one is put so that it need not be asked where no consent is limited to words and nothing is kept back.
    """
    rows = func.unnest(bindparam("numbers", type_=ARRAY(Integer)), bindparam("terms", type_=ARRAY(LargeBinary)))
    columns = column("n", Integer), column("term", LargeBinary)
    asked_for = rows.table_valued(*columns, name="q").render_derived()
    o, boxes = t.posting.c, sizes.boxes(readable)
    box, times = boxes.c, sizes.spans(boxes).c
    worded = exists(select(box.hold).where(box.words.is_not(None)))
    within = exists().where(o.hold == box.hold, o.at >= box.since, o.at < box.ends, sql_says(boxes, o.passage))
    kept_back = exists(select(reached.c.owner).where(reached.c.owner == OWNER))
    there = and_(o.owner == OWNER, o.term == asked_for.c.term, o.hold == times.hold, o.at >= times.since)
    one = (
        select(o.passage.label("id"), o.at, o.length, o.tf)
        .where(there, o.at < times.ends, or_(~times.gaps, times.times.op("@>", is_comparison=True)(o.at)))
        .where(o.length > 0, or_(~worded, within))
        .where(or_(~kept_back, shared(o.owner, o.passage, asker=ASKER, direct=direct)))
        .offset(0)
        .lateral("one")
    )
    found = select(one.c.id, one.c.at, one.c.length, asked_for.c.n, one.c.tf)
    return found.select_from(asked_for.join(times.hold.table, literal(True)).join(one, literal(True))).cte("hit")


def _rarities(hit: CTE, size: CTE) -> CTE:
    """Each term's weight, also of those that were never said: they weigh most in what a question asks for."""
    last = bindparam("count", type_=Integer) - 1
    numbers = func.generate_series(0, last).table_valued(column("n", Integer), name="number").render_derived()
    often = select(hit.c.n, func.count().label("df")).group_by(hit.c.n).cte("often")
    df = func.coalesce(often.c.df, 0)
    joined = numbers.outerjoin(often, often.c.n == numbers.c.n).join(size, literal(True))
    idf = func.array_agg(aggregate_order_by(_idf(size, df), numbers.c.n), type_=ARRAY(Float))
    return select(idf.label("idf")).select_from(joined).cte("term")


def _idf(size: CTE, df: ColumnElement[int] | int) -> ColumnElement[float]:
    return func.ln(1 + (size.c.n - df + 0.5) / (df + 0.5)).cast(Float)


def _scores(hit: CTE, size: CTE, term: CTE, words: int) -> Select[Any]:
    """What is told of the best alone is put together for them alone."""
    idf, unheard = select(term.c.idf).scalar_subquery(), select(_idf(size, 0)).scalar_subquery()
    by_length = select(K1 * B / size.c.length.cast(Float)).scalar_subquery()
    weight = hit.c.tf / (hit.c.tf + (literal(K1 * (1 - B), Float) + by_length * hit.c.length))
    whole = func.round(func.sum(idf[hit.c.n + 1] * weight) * EXACT)  # whatever order the sum was made in
    score, at = whole.label("score"), func.min(hit.c.at).label("at")
    bits = [_said(hit, word, words).label(f"bits{word}") for word in range(words)]
    scored = select(hit.c.id, at, score, *bits).group_by(hit.c.id)
    best = scored.order_by(score.desc(), at.desc(), hit.c.id).limit(bindparam("most", type_=Integer)).subquery("best")
    said = postgresql.array([best.c[bit.name] for bit in bits]).label("said")
    found = select(best.c.id, best.c.at, (best.c.score / EXACT).label("score"), said)
    found = found.add_columns(idf.label("idf"), unheard.label("unheard"))
    return found.order_by(best.c.score.desc(), best.c.at.desc(), best.c.id)


def _said(hit: CTE, word: int, words: int) -> ColumnElement[int]:
    """Which of the terms a passage says, as bits: to add up what they weigh is left for those that are found."""
    one = cast(1, BigInteger).op("<<")(hit.c.n % WORD if words > 1 else hit.c.n)
    return func.bit_or(one if words == 1 else case((hit.c.n // WORD == word, one), else_=cast(0, BigInteger)))
