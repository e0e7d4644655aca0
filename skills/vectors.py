"""Vectors of passages as they lie in the database: rotated under the key of their passage, one for each model."""

import uuid
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, exists, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import by_passage, messages
from skills import tables as t
from skills.nearest import written
from skills.permission import sql_live, sql_within
from skills.standings import standings
from skills.vault import KeyDestroyed, Vault
from skills.words import IN_PASSING

if TYPE_CHECKING:
    from datetime import datetime

    from skills.rotation import Vectors

_HEADER = 4  # bytes before the numbers of a vector as pgvector sends it: how many they are, and two that mean nothing


async def lacking(
    connection: AsyncConnection, owner: str, model: str, limit: int, now: "datetime"
) -> Sequence[uuid.UUID]:
    """Passages under live consent that have no vector of this model yet, the newest first."""
    p = t.passage.c
    chosen = _without(owner, model, now).order_by(p.at.desc(), p.id).limit(limit)
    return list((await connection.execute(chosen)).scalars())


async def texts(
    connection: AsyncConnection, vault: Vault, owner: str, model: str, ids: Sequence[uuid.UUID], now: "datetime"
) -> dict[uuid.UUID, Sequence[str]]:
    """Of these passages those that have no vector yet, each with the texts that it is near by.

    Those are its words; of what was kept under a heading also the heading, and what stands under it, by themselves.
    """
    ours, m = by_passage.found(t.message, owner, ids)
    still = _without(owner, model, now).where(t.passage.c.id.in_(ids))
    words: dict[uuid.UUID, list[str]] = {}
    on_purpose: set[uuid.UUID] = set()
    for row in (await connection.execute(ours.where(m.c.passage.in_(still)).order_by(m.c.passage, m.c.n))).all():
        said = await vault.unseal(row.key_id, messages.place(row.owner, row.chat, row.message), row.sealed)
        if said is not None:
            words.setdefault(row.passage, []).append(said)
            if row.source not in IN_PASSING:
                on_purpose.add(row.passage)
    return {id_: _near_by("\n".join(said), headed=id_ in on_purpose) for id_, said in words.items()}


async def count(connection: AsyncConnection, owner: str, model: str, now: "datetime") -> tuple[int, int]:
    """How many of an owner's passages under live consent have a vector of this model, and how many there are."""
    p = t.passage.c
    own = select(_lacks(model).label("lacks")).where(p.owner == owner, p.length > 0, _held(owner, now)).subquery()
    counted = select(func.count().filter(~own.c.lacks), func.count()).select_from(own)
    with_one, all_ = (await connection.execute(counted)).one()
    return with_one, all_


async def keep(
    connection: AsyncConnection, vault: Vault, owner: str, model: str, made: Sequence[tuple[uuid.UUID, Sequence[float]]]
) -> int:
    """Store vectors of passages that are still there, in place of another model's; the owner's row must be locked."""
    import numpy as np

    plain = dict(made)
    mine = select(t.passage.c.id, t.passage.c.key_id).where(t.passage.c.owner == owner, t.passage.c.id.in_(list(plain)))
    rows = (await connection.execute(mine)).all()
    for key_id in {row.key_id for row in rows}:
        ids = [row.id for row in rows if row.key_id == key_id]
        try:
            turned = await vault.rotate(key_id, np.asarray([plain[id_] for id_ in ids], dtype=np.float32))
        except KeyDestroyed:
            continue
        await _insert(connection, owner, model, key_id, ids, turned)
    old = and_(t.meaning.c.owner == owner, t.meaning.c.model != model, t.meaning.c.passage.in_(list(plain)))
    await connection.execute(delete(t.meaning).where(old))
    return len(rows)


async def turn(connection: AsyncConnection, vault: Vault, owner: str, key_id: str, ids: Sequence[uuid.UUID]) -> None:
    """Turn the vectors of these passages into the frame of another key, before the old one is destroyed."""
    m = t.meaning.c
    ours = select(t.meaning).where(m.owner == owner, m.passage.in_(ids), m.key_id != key_id)
    rows = (await connection.execute(ours)).all()
    same = and_(m.owner == owner, m.model == bindparam("of"), m.passage == bindparam("it"))
    changed = update(t.meaning).where(same).values(key_id=key_id, vector=bindparam("turned"))
    for old, model in {(row.key_id, row.model) for row in rows}:
        these = [row for row in rows if (row.key_id, row.model) == (old, model)]
        turned = await vault.rotate(key_id, await vault.unrotate(old, read(these)))
        given = [{"of": model, "it": r.passage, "turned": v} for r, v in zip(these, written(turned), strict=True)]
        await connection.execute(changed, given)


async def drop_unlike(connection: AsyncConnection, owner: str, model: str, dimension: int) -> int:
    """Delete vectors that bear the model's name and are not of its kind: it became another one under the same name."""
    m = t.meaning.c
    unlike = delete(t.meaning).where(m.owner == owner, m.model == model, m.dimension != dimension)
    return (await connection.execute(unlike)).rowcount


def _near_by(words: str, *, headed: bool) -> Sequence[str]:
    heading, _, under = words.partition("\n")
    return (words, heading, under) if headed and heading.strip() and under.strip() else (words,)


def _lacks(model: str) -> ColumnElement[bool]:
    """Vectors under a key that the passage no longer has are of no use."""
    m, p = t.meaning.c, t.passage.c
    same = and_(m.owner == p.owner, m.passage == p.id, m.model == model, m.key_id == p.key_id)
    return ~exists().where(same)


def _without(owner: str, model: str, now: "datetime") -> Select[Any]:
    p = t.passage.c
    return select(p.id).where(p.owner == owner, p.length > 0, _lacks(model), _held(owner, now))


def _held(owner: str, now: "datetime") -> ColumnElement[bool]:
    standing = standings()
    return exists().where(standing.c.owner == owner, sql_live(standing, now), sql_within(standing))


_INSERT = text(
    "INSERT INTO meaning (owner, model, passage, dimension, key_id, vector) "
    "SELECT :owner, :model, id, :dimension, :key_id, cast(vector AS halfvec) "
    "FROM unnest(cast(:ids AS uuid[]), cast(:vectors AS text[])) AS made (id, vector) "
    "ON CONFLICT (owner, model, passage) "
    "DO UPDATE SET dimension = excluded.dimension, key_id = excluded.key_id, vector = excluded.vector"
)


async def _insert(
    connection: AsyncConnection, owner: str, model: str, key_id: str, ids: Sequence[uuid.UUID], turned: "Vectors"
) -> None:
    given = {"owner": owner, "model": model, "dimension": turned.shape[1], "key_id": key_id}
    await connection.execute(_INSERT, {**given, "ids": list(ids), "vectors": written(turned)})


def read(rows: Iterable[Any]) -> "Vectors":
    """Stored vectors as numbers, in the order of their rows."""
    import numpy as np

    return np.asarray([np.frombuffer(row.vector, ">f2", offset=_HEADER) for row in rows], dtype=np.float32)
