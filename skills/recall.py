"""Search: exact BM25 over the passages that the asker and all readers may have, and over nothing else."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Row, Select, and_, cast, column, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Float, Integer, LargeBinary, Numeric, Text

from skills import messages, owners
from skills import tables as t
from skills.permission import covering, sql_covers
from skills.terms import asked, identifies
from skills.vault import KeyDestroyed, Vault
from skills.words import Grant, Passage, Venue

K1, B = 1.5, 0.75
MOST_ASKED = 64


async def recall(
    connection: AsyncConnection, vault: Vault, grant: Grant, question: str, limit: int, now: datetime
) -> list[Passage]:
    """The best passages for a question, best first; nothing where too little of what it asks for was ever said."""
    wanted = asked(question)[:MOST_ASKED]
    blinded = await _blinded(connection, vault, grant.owner, wanted)
    if not blinded:
        return []
    found = await connection.execute(_search(grant, wanted, blinded, limit, now))
    return await _unsealed(vault, found.all())


async def latest(
    connection: AsyncConnection, vault: Vault, owner: str, chat: str | None, limit: int, now: datetime
) -> list[Passage]:
    """An owner's own latest passages, newest first."""
    readable = covering(owner, asker=owner, venue=Venue("", True), now=now, epoch=None).cte("covering")
    top = select(t.passage.c.id, t.passage.c.at, readable.c.level, literal(0.0).label("score"))
    top = top.join(readable, sql_covers(readable))
    top = top.where(t.passage.c.length > 0)
    if chat is not None:
        top = top.where(t.passage.c.chat == chat)
    top = top.order_by(t.passage.c.at.desc(), t.passage.c.id).limit(limit)
    return await _unsealed(vault, (await connection.execute(_with_words(owner, top))).all())


async def _blinded(
    connection: AsyncConnection, vault: Vault, owner: str, wanted: Sequence[str]
) -> list[tuple[int, str, bytes]]:
    """Every term asked for, under every key that the owner's words may be sealed with."""
    found: list[tuple[int, str, bytes]] = []
    for key_id in await owners.keys(connection, owner) if wanted else []:
        try:
            found += [(n, key_id, term) for n, term in enumerate(await vault.blind(key_id, wanted))]
        except KeyDestroyed:
            continue
    return found


def _search(
    grant: Grant, wanted: Sequence[str], blinded: Sequence[tuple[int, str, bytes]], limit: int, now: datetime
) -> Select[Any]:
    """One statement: who may read, how often each term occurs in what they may read, the scores, the words."""
    readable = covering(grant.owner, asker=grant.asker, venue=grant.venue, now=now, epoch=grant.epoch).cte("covering")
    size = (
        select(func.count().label("n"), func.avg(t.passage.c.length).label("length"))
        .select_from(t.passage)
        .join(readable, sql_covers(readable))
        .where(t.passage.c.length > 0)
        .cte("size")
    )
    hit = _hits(grant.owner, blinded, readable)
    term = _rarities(len(wanted), hit, size)
    top = _scores(wanted, hit, size, term).limit(limit)
    return _with_words(grant.owner, top)


def _hits(owner: str, blinded: Sequence[tuple[int, str, bytes]], readable: CTE) -> CTE:
    numbers, keys, terms = ([*part] for part in zip(*blinded, strict=True))
    rows = func.unnest(cast(numbers, ARRAY(Integer)), cast(keys, ARRAY(Text)), cast(terms, ARRAY(LargeBinary)))
    columns = column("n", Integer), column("key_id", Text), column("term", LargeBinary)
    asked_for = rows.table_valued(*columns, name="q").render_derived()
    p = t.passage.c
    found = and_(t.posting.c.owner == owner, t.posting.c.term == asked_for.c.term)
    same = and_(
        t.passage.c.owner == owner, t.passage.c.id == t.posting.c.passage, t.passage.c.key_id == asked_for.c.key_id
    )
    return (
        select(p.id, p.at, p.length, readable.c.level, asked_for.c.n, t.posting.c.tf)
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
    """The passages that say enough of what is asked, best first.

    Enough is half of the question by weight, or as much as one word weighs that was never said, or an identifier.
    """
    weight = hit.c.tf / (hit.c.tf + K1 * (1 - B + B * hit.c.length / size.c.length.cast(Float)))
    score = func.round(func.sum(term.c.idf * weight).cast(Numeric), 9).cast(Float)
    named = func.bool_or(hit.c.n.in_([n for n, asked_for in enumerate(wanted) if identifies(asked_for)]))
    half, unheard = select(func.sum(term.c.idf) / 2).scalar_subquery(), select(_idf(size, 0)).scalar_subquery()
    enough = or_(named, func.sum(term.c.idf) >= func.least(half, unheard))
    return (
        select(hit.c.id, hit.c.at, hit.c.level, score.label("score"))
        .join(term, term.c.n == hit.c.n)
        .join(size, literal(True))
        .group_by(hit.c.id, hit.c.at, hit.c.level)
        .having(enough)
        .order_by(score.desc(), hit.c.at.desc(), hit.c.id)
    )


def _with_words(owner: str, top: Select[Any]) -> Select[Any]:
    best, p, m = top.cte("best"), t.passage.c, t.message.c
    return (
        select(p.id, p.owner, p.chat, p.thread, p.at, best.c.level, best.c.score)
        .add_columns(m.message, m.key_id.label("message_key"), m.sealed)
        .select_from(best)
        .join(t.passage, and_(p.owner == owner, p.id == best.c.id))
        .join(t.message, and_(m.owner == owner, m.passage == best.c.id))
        .order_by(best.c.score.desc(), best.c.at.desc(), best.c.id, m.n)
    )


async def _unsealed(vault: Vault, rows: Sequence[Row[Any]]) -> list[Passage]:
    """Passages in the order of their rows; one whose key was destroyed meanwhile is gone."""
    words: dict[Any, list[str | None]] = {}
    first: dict[Any, Row[Any]] = {}
    for row in rows:
        first.setdefault(row.id, row)
        said = await vault.unseal(row.message_key, messages.place(row.owner, row.chat, row.message), row.sealed)
        words.setdefault(row.id, []).append(said)
    return [_passage(first[id_], said) for id_, said in words.items() if None not in said]


def _passage(row: Row[Any], said: Sequence[str | None]) -> Passage:
    whole = "" if row.level == "outline" else "\n".join(part for part in said if part)
    return Passage(str(row.id), row.owner, row.chat, row.message, row.thread, row.at, whole, row.score)
