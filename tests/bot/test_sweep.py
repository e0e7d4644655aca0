"""Promises of the hourly sweep: it begins with the bot, and does what the rules of the house ask for."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from bot.app import Fenshen
from skills.admins import Signed
from skills.database import Database
from skills.keyfiles import DirectoryKeyring
from skills.queue import Queue
from skills.rules import Rules
from skills.ruling import SetRules
from skills.store import Store
from skills.vault import Vault
from skills.words import Claim, Notice, Said
from tests.bot.conftest import PATIENCE

ANA, BO, OPS = "lark:t:ana", "lark:t:bo", "lark:t:ops"


async def test_a_bot_that_starts_deletes_what_is_too_old_and_closes_the_month(
    store: Store, database: Database, vault: Vault, keyring: DirectoryKeyring, queue: Queue, composed: Fenshen
) -> None:
    """Nobody has to ask for it; nor for what has been left over for a month."""
    await _narrowed(Store(database, vault, keyring, queue, lambda: store.now() - timedelta(days=31)))
    now = store.now()
    offer = await store.offer(Claim("lark", "e1"), ANA, OPS, "zh")
    assert offer is not None
    wish = {"audience": "chat", "since": now - timedelta(days=60), "notice": Notice("1", "zh", "ab" * 32)}
    await store.join(Claim("lark", "e2"), offer.id, person=ANA, name="Ana", **wish)  # type: ignore[arg-type]
    for days in (2, 40):
        await store.record(Claim("lark", f"e3{days}"), Said(ANA, OPS, f"om_{days}", now - timedelta(days=days), "said"))
    await store.order(Signed("evt_1", b"d", "secret-1"), "rules.set", SetRules(Rules(retention_days=30)))
    assert sum(held.messages for held in (await store.holdings(ANA)).messages) == 2
    running = asyncio.create_task(composed.run())
    try:
        async with asyncio.timeout(PATIENCE):
            while not await _closed(database) or (await store.holdings(BO)).messages:
                await asyncio.sleep(0.02)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    assert sum(held.messages for held in (await store.holdings(ANA)).messages) == 1


async def _narrowed(then: Store) -> None:
    """Bo looked back, and then said "from today"."""
    for n, days in enumerate((60, 0)):
        offer = await then.offer(Claim("lark", f"bo{n}"), BO, OPS, "zh")
        assert offer is not None
        wish = {"audience": "chat", "since": then.now() - timedelta(days=days), "notice": Notice("1", "zh", "ab" * 32)}
        await then.join(Claim("lark", f"bo_yes{n}"), offer.id, person=BO, name="Bo", **wish)  # type: ignore[arg-type]
        await then.backfill(BO, OPS, [Said(BO, OPS, "om_bo", then.now() - timedelta(days=1), "said")])


async def _closed(database: Database) -> bool:
    """Whether the month before this one is closed, without closing it."""
    async with database.transaction() as connection:
        return bool((await connection.exec_driver_sql("SELECT count(*) FROM total")).scalar_one())
