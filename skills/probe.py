"""The probe of an erasure: samples that it had to find before the deletion, and must not find after."""

from typing import Any

from sqlalchemy import Row, Select, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import tables as t
from skills.permission import doomed

SAMPLES = 20


async def sample(connection: AsyncConnection, row: Row[Any]) -> None:
    """Choose what the probe will look for, as digests, and see that it can be found while it is there."""
    if row.probe is not None:
        return
    going = select(t.passage.c.id).where(t.passage.c.owner == row.owner, doomed(row.owner)).limit(SAMPLES)
    ours = and_(t.message.c.owner == row.owner, t.message.c.passage.in_(going))
    sealed = await _digests(connection, select(func.sha256(t.message.c.sealed)).where(ours).limit(SAMPLES))
    ours = and_(t.posting.c.owner == row.owner, t.posting.c.passage.in_(going))
    terms = await _digests(connection, select(func.sha256(t.posting.c.term)).where(ours).distinct().limit(SAMPLES))
    probe: dict[str, Any] = {"sealed": sealed, "terms": terms}
    found = await look(connection, row.owner, probe)
    probe = {**probe, "sampled": len(sealed) + len(terms), "found": found}
    await connection.execute(update(t.erasure).where(t.erasure.c.id == row.id).values(probe=probe))


async def look(connection: AsyncConnection, owner: str, probe: dict[str, Any]) -> int:
    """How many of the samples stand anywhere in the owner's rows."""
    sealed, terms = ([bytes.fromhex(digest) for digest in probe[kind]] for kind in ("sealed", "terms"))
    digest, term = func.sha256(t.message.c.sealed), func.sha256(t.posting.c.term)
    in_messages = select(func.count(digest.distinct())).where(t.message.c.owner == owner, digest.in_(sealed))
    in_postings = select(func.count(term.distinct())).where(t.posting.c.owner == owner, term.in_(terms))
    both = select(in_messages.scalar_subquery() + in_postings.scalar_subquery())
    return int((await connection.execute(both)).scalar_one())


async def _digests(connection: AsyncConnection, found: Select[Any]) -> list[str]:
    return [digest.hex() for digest in (await connection.execute(found)).scalars()]
