"""Exact search by meaning over the passages that the asker and all readers may have, and over nothing else."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, cast, column, exists, func, literal, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Float, Text

from skills import tables as t
from skills.permission import covering, sql_covers
from skills.vault import KeyDestroyed, Vault
from skills.withheld import shared
from skills.words import Grant

if TYPE_CHECKING:
    from skills.rotation import Vectors


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's vectors, of the whole and of its parts, a row each, and the model that made them."""

    model: str
    vectors: "Vectors"
    usual: float = 0.0  # how near it comes to notes of anybody's


@dataclass(frozen=True, slots=True)
class Near:
    """A passage and how near it is in meaning."""

    id: uuid.UUID
    at: datetime
    chat: str
    cosine: float


@dataclass(frozen=True, slots=True)
class Nearest:
    """What a search by meaning found, nearest first; the mean is of all permitted passages."""

    found: Sequence[Near] = ()
    mean: float = 0.0


async def search(
    connection: AsyncConnection,
    vault: Vault,
    grant: Grant,
    keys: Sequence[str],
    asked: Asked,
    limit: int,
    now: datetime,
) -> Nearest:
    """The nearest passages that have a vector of the question's model."""
    turned: list[tuple[str, list[str]]] = []
    for key_id in keys:
        try:
            turned.append((key_id, written(await vault.rotate(key_id, asked.vectors))))
        except KeyDestroyed:
            continue
    if not turned:
        return Nearest()
    rows = (await connection.execute(_search(grant, asked.model, turned, limit, now))).all()
    found = [Near(row.id, row.at, row.chat, row.cosine) for row in rows]
    return Nearest(found, rows[0].mean) if rows else Nearest()


def written(vectors: "Vectors") -> list[str]:
    """Vectors as PostgreSQL reads them."""
    return ["[" + ",".join(f"{number:.6g}" for number in row) + "]" for row in vectors.tolist()]


def _search(
    grant: Grant, model: str, turned: Sequence[tuple[str, list[str]]], limit: int, now: datetime
) -> Select[Any]:
    """One statement: who may read, how near is what they may read."""
    asks: dict[str, Any] = {"asker": grant.asker, "venue": grant.venue, "now": now, "epoch": grant.epoch}
    readable = covering(grant.owner, **asks, mode=grant.mode).cte("covering")
    names = [f"v{n}" for n in range(len(turned[0][1]))]
    arrays = [cast([rows[n] for _, rows in turned], ARRAY(Text)) for n in range(len(names))]
    rows = func.unnest(cast([key_id for key_id, _ in turned], ARRAY(Text)), *arrays)
    columns = column("key_id", Text), *(column(name, Text) for name in names)
    question = rows.table_valued(*columns, name="q").render_derived()
    p, m = t.passage.c, t.meaning.c
    mine = and_(m.owner == grant.owner, m.model == model, m.key_id == question.c.key_id)
    near = (
        select(p.id, p.at, p.chat, _nearness([question.c[name] for name in names]).label("cosine"))
        .select_from(question)
        .join(t.meaning, mine)
        .join(t.passage, and_(p.owner == grant.owner, p.id == m.passage))
        .where(exists().where(sql_covers(readable)))
        .where(shared(p.owner, p.id, asker=grant.asker, direct=grant.venue.direct))
        .cte("near")
    )
    mean = func.avg(near.c.cosine).over().label("mean")
    return select(near, mean).order_by(near.c.cosine.desc(), near.c.at.desc(), near.c.id).limit(limit)


def _nearness(vectors: Sequence[ColumnElement[str]]) -> ColumnElement[float]:
    """To the question; of a long one half to the whole, half to the part that comes nearest."""
    products = [type_coerce(t.meaning.c.vector.op("<#>")(cast(v, t.Halfvec)), Float) for v in vectors]
    whole, *parts = (literal(0.0) - product for product in products)  # the operator gives the negative product
    half: ColumnElement[float] = (whole + func.greatest(*parts)) * 0.5 if parts else whole
    return half
