"""Exact search by meaning over the passages that the asker and all readers may have, and over nothing else."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, cast, column, exists, func, literal, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Float, Integer, Text

from skills import tables as t
from skills.permission import OWNER, given, opened, sql_covers
from skills.vault import KeyDestroyed, Vault
from skills.withheld import ASKER, shared
from skills.words import Grant, Mode

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
    parts = len(asked.vectors)
    asked_for: dict[str, Any] = {f"v{n}": [rows[n] for _, rows in turned] for n in range(parts)}
    asked_for |= {"keys": [key_id for key_id, _ in turned], "model": asked.model, "most": limit}
    asked_for |= {"dimension": asked.vectors.shape[1], **given(grant, now)}
    rows = (await connection.execute(_search(grant.venue.direct, grant.mode, parts), asked_for)).all()
    found = [Near(row.id, row.at, row.chat, row.cosine) for row in rows]
    return Nearest(found, rows[0].mean) if rows else Nearest()


def written(vectors: "Vectors") -> list[str]:
    """Vectors as PostgreSQL reads them."""
    return ["[" + ",".join(f"{number:.6g}" for number in row) + "]" for row in vectors.tolist()]


@cache  # building a statement costs more than running it
def _search(direct: bool, mode: Mode, parts: int) -> Select[Any]:
    """One statement: who may read, how near is what they may read."""
    readable = opened(direct, mode).cte("covering")
    names = [f"v{n}" for n in range(parts)]
    rows = func.unnest(*(bindparam(name, type_=ARRAY(Text)) for name in ("keys", *names)))
    columns = column("key_id", Text), *(column(name, Text) for name in names)
    question = rows.table_valued(*columns, name="q").render_derived()
    p, m = t.passage.c, t.meaning.c
    mine = and_(m.owner == OWNER, m.model == bindparam("model", type_=Text), m.key_id == question.c.key_id)
    alike = m.dimension == bindparam("dimension", type_=Integer)  # a model may become another one under its name
    near = (
        select(p.id, p.at, p.chat, _nearness([question.c[name] for name in names]).label("cosine"))
        .select_from(question)
        .join(t.meaning, and_(mine, alike))
        .join(t.passage, and_(p.owner == OWNER, p.id == m.passage))
        .where(exists().where(sql_covers(readable)))
        .where(shared(p.owner, p.id, asker=ASKER, direct=direct))
        .cte("near")
    )
    mean = func.avg(near.c.cosine).over().label("mean")
    best = select(near, mean).order_by(near.c.cosine.desc(), near.c.at.desc(), near.c.id)
    return best.limit(bindparam("most", type_=Integer))


def _nearness(vectors: Sequence[ColumnElement[str]]) -> ColumnElement[float]:
    """To the question; of a long one half to the whole, half to the part that comes nearest."""
    products = [type_coerce(t.meaning.c.vector.op("<#>")(cast(v, t.Halfvec)), Float) for v in vectors]
    whole, *parts = (literal(0.0) - product for product in products)  # the operator gives the negative product
    half: ColumnElement[float] = (whole + func.greatest(*parts)) * 0.5 if parts else whole
    return half
