"""Exact BM25 over the passages that the asker and all readers may have, and over nothing else."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Float, Integer, LargeBinary, Numeric, Text

from skills import tables as t
from skills.permission import covering, sql_covers
from skills.terms import identifies
from skills.vault import KeyDestroyed, Vault
from skills.words import Grant

K1, B = 1.5, 0.75


@dataclass(frozen=True, slots=True)
class Matched:
    """A passage that says something of what is asked."""

    id: uuid.UUID
    at: datetime
    chat: str
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
    blinded = await _blinded(vault, keys, wanted)
    if not blinded:
        return Lexical(())
    rows = (await connection.execute(_search(grant, wanted, blinded, limit, now))).all()
    found = [Matched(row.id, row.at, row.chat, row.score, row.covered, row.named) for row in rows]
    return Lexical(found, rows[0].asked, rows[0].unheard) if rows else Lexical(())


async def _blinded(vault: Vault, keys: Sequence[str], wanted: Sequence[str]) -> list[tuple[int, str, bytes]]:
    """Every term asked for, under every key that the owner's words may be sealed with."""
    found: list[tuple[int, str, bytes]] = []
    for key_id in keys if wanted else []:
        try:
            found += [(n, key_id, term) for n, term in enumerate(await vault.blind(key_id, wanted))]
        except KeyDestroyed:
            continue
    return found


def _search(
    grant: Grant, wanted: Sequence[str], blinded: Sequence[tuple[int, str, bytes]], limit: int, now: datetime
) -> Select[Any]:
    """One statement: who may read, how often each term occurs in what they may read, the scores."""
    readable = covering(grant.owner, asker=grant.asker, venue=grant.venue, now=now, epoch=grant.epoch).cte("covering")
    size = (
        select(func.count().label("n"), func.avg(t.passage.c.length).label("length"))
        .select_from(t.passage)
        .join(readable, sql_covers(readable))
        .where(t.passage.c.length > 0)
        .cte("size")
    )
    hit = _hits(grant.owner, blinded, readable)
    return _scores(wanted, hit, size, _rarities(len(wanted), hit, size)).limit(limit)


def _hits(owner: str, blinded: Sequence[tuple[int, str, bytes]], readable: CTE) -> CTE:
    numbers, keys, terms = ([*part] for part in zip(*blinded, strict=True))
    rows = func.unnest(cast(numbers, ARRAY(Integer)), cast(keys, ARRAY(Text)), cast(terms, ARRAY(LargeBinary)))
    columns = column("n", Integer), column("key_id", Text), column("term", LargeBinary)
    asked_for = rows.table_valued(*columns, name="q").render_derived()
    p = t.passage.c
    found = and_(t.posting.c.owner == owner, t.posting.c.term == asked_for.c.term)
    same = and_(p.owner == owner, p.id == t.posting.c.passage, p.key_id == asked_for.c.key_id)
    return (
        select(p.id, p.at, p.chat, p.length, asked_for.c.n, t.posting.c.tf)
        .select_from(asked_for)
        .join(t.posting, found)
        .join(t.passage, same)
        .join(readable, sql_covers(readable))
        .cte("hit")
    )


def _rarities(count: int, hit: CTE, size: CTE) -> CTE:
    """Each term's weight, also of those that were never said: they weigh most in what a question asks for."""
    numbers = func.generate_series(0, count - 1).table_valued(column("n", Integer), name="number").render_derived()
    often = select(hit.c.n, func.count().label("df")).group_by(hit.c.n).cte("often")
    df = func.coalesce(often.c.df, 0)
    joined = numbers.outerjoin(often, often.c.n == numbers.c.n)
    return select(numbers.c.n, _idf(size, df).label("idf")).select_from(joined).join(size, literal(True)).cte("term")


def _idf(size: CTE, df: ColumnElement[int] | int) -> ColumnElement[float]:
    return func.ln(1 + (size.c.n - df + 0.5) / (df + 0.5)).cast(Float)


def _scores(wanted: Sequence[str], hit: CTE, size: CTE, term: CTE) -> Select[Any]:
    weight = hit.c.tf / (hit.c.tf + K1 * (1 - B + B * hit.c.length / size.c.length.cast(Float)))
    score = func.round(func.sum(term.c.idf * weight).cast(Numeric), 9).cast(Float)
    named = func.bool_or(hit.c.n.in_([n for n, asked_for in enumerate(wanted) if identifies(asked_for)]))
    whole, unheard = select(func.sum(term.c.idf)).scalar_subquery(), select(_idf(size, 0)).scalar_subquery()
    return (
        select(hit.c.id, hit.c.at, hit.c.chat, score.label("score"), named.label("named"))
        .add_columns(func.sum(term.c.idf).label("covered"), whole.label("asked"), unheard.label("unheard"))
        .join(term, term.c.n == hit.c.n)
        .join(size, literal(True))
        .group_by(hit.c.id, hit.c.at, hit.c.chat)
        .order_by(score.desc(), hit.c.at.desc(), hit.c.id)
    )
