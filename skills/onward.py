"""A yes to answers without a look: the consent to one scope, asked for anew, whose mode its owner turns to auto."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import agreement, consent, ledger, owners
from skills import tables as t
from skills.belonging import read
from skills.decision import LIVE
from skills.permission import covering, sql_covers
from skills.standings import last_events, standings
from skills.vault import Vault
from skills.words import Notice, Venue


@dataclass(frozen=True, slots=True)
class Onward:
    """The yes: to which scope, under which words."""

    scope: str
    notice: Notice


async def go_onward(
    connection: AsyncConnection, vault: Vault, row: Row[Any], ids: Sequence[uuid.UUID], onward: Onward, now: datetime
) -> None:
    """A consent event of its own for each chat of the scope; nothing else about it changes, its end neither."""
    notice = onward.notice
    if await turnable(connection, row, ids, now) != onward.scope:
        return
    read = {"notice": notice.version, "notice_sha256": notice.sha256, "language": notice.language}
    ends = await _ends(connection, row.owner, onward.scope)
    for one in await consent.kept(connection, row.owner):
        if one.scope == onward.scope and one.kind in LIVE:
            # a later event must not put off what a ceiling counts from
            changed = {**read, "mode": "auto", "at": now, "until": ends[one.seq]}
            await consent.follow(connection, one, "given", changed)
    await owners.raise_epoch(connection, row.owner)
    note: ledger.Payload = {"scope": onward.scope, "mode": "auto", "notice": notice.sha256}
    await ledger.append(connection, vault, row.owner, "given", now, note, None)


async def _ends(connection: AsyncConnection, owner: str, scope: str) -> dict[int, datetime]:
    """When each of an owner's consents to a scope really ends, by its event."""
    standing = standings().c
    found = select(standing.seq, standing.ends).where(standing.owner == owner, standing.scope == scope)
    return {row.seq: row.ends for row in await connection.execute(found)}


async def turnable(connection: AsyncConnection, row: Row[Any], ids: Sequence[uuid.UUID], now: datetime) -> str | None:
    """The scope whose consent asks for review, though nothing above it does, and covers all that is cited."""
    p, events, s = t.passage.c, last_events(), t.scope.alias("version")
    venue = Venue(row.chat, row.direct, read(row.within))
    asks: dict[str, Any] = {"asker": row.asker, "venue": venue, "now": now, "epoch": None}
    box = covering(row.owner, **asks, counted=False, mode="review").cte("covering")
    each = select(box.c.seq, func.count(p.id).label("n")).select_from(t.passage.join(box, sql_covers(box)))
    covers = each.where(p.owner == row.owner, p.id.in_(ids)).group_by(box.c.seq).subquery("covers")
    last = select(func.max(t.scope.c.version)).where(t.scope.c.name == s.c.name).scalar_subquery()
    asked = events.c.mode == "review"
    ceiling = func.coalesce(agreement.sql_said("mode"), s.c.document["ceiling"]["mode"].astext, "auto")
    allowed = and_(s.c.version == last, ceiling != "review")
    found = select(events.c.scope, func.sum(covers.c.n).label("n"))
    found = found.join(covers, and_(events.c.owner == row.owner, events.c.seq == covers.c.seq))
    found = found.join(s, s.c.name == events.c.scope).where(asked, allowed).group_by(events.c.scope)
    rows = (await connection.execute(found.order_by(events.c.scope))).all()
    return next((str(one.scope) for one in rows if one.n >= len(ids)), None)
