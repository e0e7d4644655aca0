"""The probe of an erasure: samples that it had to find before the deletion, and must not find after."""

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, and_, cast, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import tables as t
from skills.permission import doomed

SAMPLES = 20


async def sample(connection: AsyncConnection, row: Row[Any], of: Select[Any] | None = None) -> None:
    """Choose what the probe will look for, as digests, and see that it can be found while it is there.

    `of`: which passages are going, where that is not whatever no consent holds any more.
    """
    if row.probe is not None:
        return
    doomed_ones = select(t.passage.c.id).where(t.passage.c.owner == row.owner, doomed(row.owner))
    going = (doomed_ones if of is None else of).limit(SAMPLES)
    ours = and_(t.message.c.owner == row.owner, t.message.c.passage.in_(going))
    sealed = await _digests(connection, select(func.sha256(t.message.c.sealed)).where(ours).limit(SAMPLES))
    ours = and_(t.posting.c.owner == row.owner, t.posting.c.passage.in_(going))
    terms = await _digests(connection, select(func.sha256(t.posting.c.term)).where(ours).distinct().limit(SAMPLES))
    ours = and_(t.meaning.c.owner == row.owner, t.meaning.c.passage.in_(going))
    vectors = await _digests(connection, select(_vector()).where(ours).distinct().limit(SAMPLES))
    probe: dict[str, Any] = {"sealed": sealed, "terms": terms, "vectors": vectors}
    found = await look(connection, row.owner, probe)
    probe = {**probe, "sampled": len(sealed) + len(terms) + len(vectors), "found": found}
    await connection.execute(update(t.erasure).where(t.erasure.c.id == row.id).values(probe=probe))


async def look(connection: AsyncConnection, owner: str, probe: dict[str, Any]) -> int:
    """How many of the samples stand anywhere in the owner's rows."""
    samples = ([bytes.fromhex(digest) for digest in probe.get(kind, ())] for kind in ("sealed", "terms", "vectors"))
    sealed, terms, vectors = samples
    digest, term, vector = func.sha256(t.message.c.sealed), func.sha256(t.posting.c.term), _vector()
    in_messages = select(func.count(digest.distinct())).where(t.message.c.owner == owner, digest.in_(sealed))
    in_postings = select(func.count(term.distinct())).where(t.posting.c.owner == owner, term.in_(terms))
    in_meaning = select(func.count(vector.distinct())).where(t.meaning.c.owner == owner, vector.in_(vectors))
    all_ = in_messages.scalar_subquery() + in_postings.scalar_subquery() + in_meaning.scalar_subquery()
    return int((await connection.execute(select(all_))).scalar_one())


def _vector() -> ColumnElement[bytes]:
    """The digest of a stored vector."""
    return func.sha256(func.convert_to(cast(t.meaning.c.vector, Text), "UTF8"))


async def _digests(connection: AsyncConnection, found: Select[Any]) -> list[str]:
    return [digest.hex() for digest in (await connection.execute(found)).scalars()]
