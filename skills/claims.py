"""What was claimed once stays claimed: events, messages, replay keys, and messages taken back before they came."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import tables as t
from skills.words import Claim

KEPT = timedelta(days=3)
_FOR_GOOD = timedelta(days=365 * 1000)
_REPLAY = "replay"


async def take(connection: AsyncConnection, claim: Claim, now: datetime) -> bool:
    """Claim a delivery; False when its event or its message was claimed before. A rival's claim is waited for."""
    keys = [f"event:{claim.event}"] + ([f"message:{claim.message}"] if claim.message else [])
    return await _insert(connection, claim.platform, keys, now + KEPT) == len(keys)


async def bar(connection: AsyncConnection, claim: Claim, chat: str, message: str, now: datetime) -> None:
    """Make sure that a message which was taken back can neither arrive late nor be found in the history."""
    await _insert(connection, claim.platform, [f"message:{message}"], now + KEPT)
    await _insert(connection, chat, [f"recalled:{message}"], now + _FOR_GOOD)


async def barred(connection: AsyncConnection, chat: str, messages: list[str]) -> frozenset[str]:
    """Those of the messages that were taken back."""
    keys = [f"recalled:{message}" for message in messages]
    found = select(t.claim.c.key).where(t.claim.c.platform == chat, t.claim.c.key.in_(keys))
    return frozenset(key.removeprefix("recalled:") for key in (await connection.execute(found)).scalars())


async def first(connection: AsyncConnection, key: str, until: datetime, now: datetime) -> bool:
    """Remember a replay key until then; False if it is known."""
    stale = delete(t.claim).where(t.claim.c.platform == _REPLAY, t.claim.c.key == key, t.claim.c.until < now)
    await connection.execute(stale)
    return await _insert(connection, _REPLAY, [key], until) == 1


async def announced(connection: AsyncConnection, chat: str, now: datetime) -> bool:
    """True once for each chat and for good: when it is to be announced there that doubles are learned from it."""
    return await _insert(connection, chat, ["announced"], now + _FOR_GOOD) == 1


async def prune(connection: AsyncConnection, now: datetime) -> None:
    """Drop what need not be known any more."""
    await connection.execute(delete(t.claim).where(t.claim.c.until < now))


async def _insert(connection: AsyncConnection, platform: str, keys: list[str], until: datetime) -> int:
    rows = [{"platform": platform, "key": key, "until": until} for key in keys]
    made = insert(t.claim).values(rows).on_conflict_do_nothing().returning(t.claim.c.key)
    return len((await connection.execute(made)).all())
