"""A handover within a transaction: asleep while its owner is here, and awake from when they leave."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import consent
from skills.decision import LIVE
from skills.standings import standings
from skills.words import DEFAULT, HANDOVER

_COARSER = ("full", "outline", "withheld")


async def wake(
    connection: AsyncConnection, person: str, going: Sequence[Row[Any]], now: datetime
) -> Sequence[Row[Any]]:
    """Begin what was handed over of the chats in which the double answered until now; returns what was not.

    It gives no more than the double gave there when its owner left: not earlier words, not finer ones.
    """
    s = standings().c
    found = await connection.execute(select(s.seq, s.ends).where(s.owner == person, now < s.ends))
    ends = {row.seq: row.ends for row in found}
    answering = {row.chat: row for row in going if row.seq in ends and _answers(row)}
    woken = [row for row in going if row.kind == "signed" and row.seq in ends and row.chat in answering]
    for row in woken:
        least = {"at": now, "until": ends[row.seq], **_least(row, answering[row.chat])}
        await consent.follow(connection, row, "handed", least)
    return [row for row in going if row not in woken]


async def sleep(connection: AsyncConnection, frozen: Sequence[Row[Any]], now: datetime) -> Sequence[Row[Any]]:
    """Let a handover wait again for its owner to leave, to its old end; returns the consents beside it."""
    handed = [row for row in frozen if row.scope == HANDOVER]
    await consent.end(connection, handed, "signed", now)
    return [row for row in frozen if row not in handed]


def beside(kept: Sequence[Row[Any]], going: Sequence[Row[Any]]) -> list[Row[Any]]:
    """What sleeps beside consents that end: there is nothing left that it could hand over."""
    ended = {row.chat for row in going if row.scope == DEFAULT}
    return [row for row in kept if row.kind == "signed" and row.chat in ended and row not in going]


def _answers(row: Row[Any]) -> bool:
    """Whether this is a consent by which a chat's own words are answered in that chat."""
    return bool(row.scope == DEFAULT and row.kind in LIVE and row.audience == "chat")


def _least(signed: Row[Any], answering: Row[Any]) -> dict[str, Any]:
    levels = (signed.level, answering.level)
    mode = "review" if "review" in (signed.mode, answering.mode) else "auto"
    return {"since": max(signed.since, answering.since), "level": max(levels, key=_COARSER.index), "mode": mode}
