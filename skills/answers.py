"""Answers as they go out: decided again, recorded with citations, credit and ledger entry, or not given at all."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, Uuid, and_, any_, bindparam, func, insert, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import ledger, owners, worded
from skills import tables as t
from skills.belonging import plain, read
from skills.consent import short_id
from skills.permission import ASKER, OWNER, given, lasting, left, picked, sql_covers
from skills.speaking import may_be_spoken
from skills.vault import Vault
from skills.withheld import shared
from skills.words import Answered, Grant, Level, Mode, Venue

Levels = Mapping[uuid.UUID, Level]


async def holds(connection: AsyncConnection, grant: Grant, now: datetime) -> bool:
    """Whether what was granted would be granted again, with nothing changed in between."""
    _, again = left(grant.venue.direct, grant.mode)
    return (await connection.execute(again, given(grant, now))).first() is not None


async def deliver(
    connection: AsyncConnection,
    vault: Vault,
    grant: Grant,
    passages: Sequence[str],
    now: datetime,
    provider: str | None = None,
    sentences: tuple[int, int] = (0, 0),
    *,
    reviewed: bool = False,
) -> Answered | None:
    """Record an answer as sent; None, and nothing recorded, unless every passage may be read there now.

    One that a `provider`'s model wrote needs its owner's yes to that as well, for every passage. What a consent lets
    out only after its owner has looked at it needs that the owner has: `reviewed`.
    The owner's lock makes the quota exact: of many answers at once no more are recorded than it holds.
    """
    levels = await decided(connection, grant, ids(passages), now, provider, reviewed=reviewed)
    if levels is None:
        return None
    answer = await make(connection, grant, levels, now, reviewed=reviewed)
    by = None if provider is None else worded.Worded(provider, *sentences)
    await give(connection, vault, grant, answer, len(levels), now, by, reviewed=reviewed)
    return Answered(answer, grant.owner)


async def decided(
    connection: AsyncConnection,
    grant: Grant,
    cited: Sequence[uuid.UUID],
    now: datetime,
    provider: str | None = None,
    *,
    reviewed: bool = False,
) -> Levels | None:
    """How much of each passage the readers may have, under the owner's lock; None unless they may have all of them."""
    if not cited or (grant.mode != "auto" and not reviewed) or await owners.lock(connection, grant.owner) is None:
        return None
    levels = await _levels(connection, grant, cited, now, provider)
    return {id_: levels[id_] for id_ in cited} if len(levels) == len(cited) else None


async def make(
    connection: AsyncConnection, grant: Grant, levels: Levels, now: datetime, *, reviewed: bool = False
) -> str:
    """An answer with what it cites, by its id; not given yet."""
    answer = await _insert_answer(connection, grant, len(levels), now, reviewed)
    await cite(connection, grant.owner, answer, levels)
    return answer


async def cite(connection: AsyncConnection, owner: str, answer: str, levels: Levels) -> None:
    """Have an answer cite passages, in this order."""
    rows = [
        {"owner": owner, "answer": answer, "n": n, "passage": id_, "level": level}
        for n, (id_, level) in enumerate(levels.items())
    ]
    await connection.execute(insert(t.citation), rows)


async def give(
    connection: AsyncConnection,
    vault: Vault,
    grant: Grant,
    answer: str,
    passages: int,
    now: datetime,
    by: worded.Worded | None,
    *,
    reviewed: bool = False,
) -> None:
    """Record an answer as given: its credit, who worded it, and the ledger's entry."""
    await connection.execute(insert(t.credit).values(owner=grant.owner, answer=answer, value=1, at=now))
    note: ledger.Payload = {"answer": answer, "asker": grant.asker, "chat": grant.venue.chat, "passages": passages}
    if by is not None:
        note = {**note, "words": "model", "provider": by.provider}
        await worded.keep(connection, grant.owner, answer, by)
    if reviewed:
        note = {**note, "mode": "review"}
    await ledger.append(connection, vault, grant.owner, "answered", now, note, grant.venue.chat)


async def shown(
    connection: AsyncConnection, owner: str, answer: str, where: Mapping[str, object], now: datetime
) -> bool:
    """Remember where an answer stands; False when what it quotes may not be read there any more."""
    await owners.lock(connection, owner, read=True)
    await connection.execute(update(t.place).where(t.place.c.answer == answer).values(**where))
    row = (await connection.execute(select(t.answer).where(t.answer.c.id == answer))).one_or_none()
    return row is not None and await stands(connection, row, now)


async def stands(connection: AsyncConnection, row: Row[Any], now: datetime) -> bool:
    """Whether an answer was not taken back, and all that it cites may still be read where it was given."""
    if row.retracted_at is not None:
        return False
    c, venue = t.citation.c, Venue(row.chat, row.direct, read(row.within))
    cited = select(c.passage, c.level).where(c.owner == row.owner, c.answer == row.id)
    shown_as = {one.passage: one.level or row.level for one in await connection.execute(cited)}
    mode: Mode = "either" if row.reviewed else "auto"
    grant = Grant(row.owner, row.asker, venue, row.epoch, row.level, mode)
    levels = await levels_now(connection, grant, now, list(shown_as))
    own = venue.direct and row.asker == row.owner
    finer = (own or level == "outline" or levels.get(id_) == "full" for id_, level in shown_as.items())
    return row.passages == len(shown_as) == len(levels) and all(finer)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An answer that a question goes on from: whose, and what it cites."""

    owner: str
    passages: Sequence[str]


async def last_there(
    connection: AsyncConnection, chat: str, thread: str | None, message: str | None
) -> tuple[str, str] | None:
    """(owner, answer) that stands in this message, else last in this thread; None: there is none, or of several."""
    p = t.place.c
    for there in (p.message == message if message else None, p.thread == thread if thread else None):
        if there is not None:
            found = select(p.owner, p.answer, p.message).where(p.chat == chat, p.message.is_not(None), there)
            rows = (await connection.execute(found.order_by(p.at.desc().nulls_last(), p.answer).limit(8))).all()
            same = [row for row in rows if row.message == rows[0].message]
            if same:
                return (same[0].owner, same[0].answer) if len(same) == 1 else None
    return None


async def cited(connection: AsyncConnection, owner: str, answer: str) -> Sequence[str]:
    """The passages that an answer cites, in its order."""
    c = t.citation.c
    found = select(c.passage).where(c.owner == owner, c.answer == answer).order_by(c.n)
    return [str(id_) for id_ in (await connection.execute(found)).scalars()]


async def owner_of_answer(connection: AsyncConnection, answer: str) -> str | None:
    """Whose double gave this answer."""
    found = await connection.execute(select(t.place.c.owner).where(t.place.c.answer == answer))
    return found.scalar_one_or_none()


async def owner_of(connection: AsyncConnection, chat: str, message: str) -> str | None:
    """Whose double gave the answer that stands in this message."""
    found = select(t.place.c.owner).where(t.place.c.chat == chat, t.place.c.message == message).limit(1)
    return (await connection.execute(found)).scalar_one_or_none()


async def covered(
    connection: AsyncConnection, grant: Grant, cited: Sequence[uuid.UUID], now: datetime, provider: str | None = None
) -> bool:
    """Whether every one of these passages may be used under a grant now, by that provider's model too if one wrote."""
    return len(await _levels(connection, grant, cited, now, provider)) == len(cited)


async def levels_now(
    connection: AsyncConnection, grant: Grant, now: datetime, cited: Sequence[uuid.UUID]
) -> dict[uuid.UUID, Level]:
    """How much of passages the readers may have now, whatever was granted when, and however much they had since."""
    there = _there(grant.venue.direct, grant.mode, since=False, spoken=False)
    rows = await connection.execute(there, given(grant, now) | {"cited": cited})
    return {row.id: row.level for row in rows}


async def _levels(
    connection: AsyncConnection,
    grant: Grant,
    cited: Sequence[uuid.UUID],
    now: datetime,
    provider: str | None = None,
) -> dict[uuid.UUID, Level]:
    """How much of each of these passages the readers may have; those of which they may have nothing are left out."""
    there = _there(grant.venue.direct, grant.mode, since=True, spoken=provider is not None)
    rows = await connection.execute(there, given(grant, now) | {"cited": cited, "provider": provider})
    return {row.id: row.level for row in rows}


@cache  # building a statement costs more than running it
def _there(direct: bool, mode: Mode, *, since: bool, spoken: bool) -> Select[Any]:
    """The level of each passage `cited` that the readers may have; `spoken`: and the `provider`'s model may write with.

    `since`: only if nothing changed since it was granted, and answers are left to the asker today.
    """
    readable, p = (left(direct, mode)[1] if since else lasting(direct, mode)).cte("covering"), t.passage.c
    ids = picked(OWNER, p.id == any_(bindparam("cited", type_=ARRAY(Uuid))))
    joined = ids.join(t.passage, and_(p.owner == ids.c.owner, p.id == ids.c.id)).join(
        readable, sql_covers(readable, ids)
    )
    may = may_be_spoken(direct, mode, readable) if spoken else true()
    mine = select(p.id, func.min(readable.c.level).label("level")).select_from(joined).where(may).group_by(p.id)
    return mine.where(shared(p.owner, p.id, asker=ASKER, direct=direct))


async def _insert_answer(
    connection: AsyncConnection, grant: Grant, passages: int, now: datetime, reviewed: bool
) -> str:
    while True:
        answer = short_id(6)
        made = upsert(t.place).values(answer=answer, owner=grant.owner).on_conflict_do_nothing()
        if (await connection.execute(made.returning(t.place.c.answer))).one_or_none() is not None:
            break
    row = {"owner": grant.owner, "id": answer, "at": now, "asker": grant.asker, "chat": grant.venue.chat}
    more = {"direct": grant.venue.direct, "level": grant.level, "epoch": grant.epoch, "passages": passages}
    row |= {"within": plain(grant.venue.within), "reviewed": reviewed}
    await connection.execute(insert(t.answer).values(**row, **more))
    return answer


def ids(passages: Sequence[str]) -> list[uuid.UUID]:
    """The passages as ids, each once; none at all when one is not an id."""
    try:
        return list(dict.fromkeys(uuid.UUID(passage) for passage in passages))
    except ValueError:
        return []
