"""Manners outlive the process: turns to send are taken in the database, and calls stay counted."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from skills.database import Database
from skills.keyring import Keyring
from skills.manners import Calls
from skills.queue import Queue
from skills.store import Store
from skills.vault import Vault

if TYPE_CHECKING:
    from tests.store.conftest import Company


async def test_beyond_a_keys_rate_the_next_turn_is_a_second_after_the_first(company: "Company") -> None:
    """Each key by itself."""
    waits = [await company.store.turn("oc_ops", 3) for _ in range(7)]
    assert waits[:3] == [0.0, 0.0, 0.0]
    assert 0 < waits[3] <= 1.0
    assert 1.0 < waits[6] <= 2.0
    assert await company.store.turn("oc_dev", 3) == 0.0


async def test_a_restart_or_another_replica_waits_for_the_turns_already_taken(
    company: "Company", database_url: str, keyring: Keyring, vault: Vault, queue: Queue
) -> None:
    """Nothing of it is in memory."""
    for _ in range(6):
        await company.store.turn("oc_ops", 3)
    another = Database(database_url)
    restarted = Store(another, vault, keyring, queue, lambda: company.now)
    assert await restarted.turn("oc_ops", 3) > 1.0
    await another.aclose()


async def test_calls_are_counted_by_platform_by_day_and_by_month_as_in_china(company: "Company") -> None:
    """A month ends where the platforms count, eight hours before it does by universal time."""
    store = company.store
    company.now = datetime(2026, 3, 31, 12, tzinfo=UTC)
    for calls in (5, 2):
        await store.count_calls("dingtalk", calls)
    await store.count_calls("lark", 1)
    assert list(await store.calls()) == [Calls("dingtalk", 7, 7), Calls("lark", 1, 1)]
    company.now = datetime(2026, 3, 31, 17, tzinfo=UTC)
    assert list(await store.calls()) == []
    await store.count_calls("dingtalk", 4)
    company.later(days=1)
    assert list(await store.calls()) == [Calls("dingtalk", 0, 4)]


async def test_turns_long_past_are_forgotten(company: "Company") -> None:
    """No list grows of where the bot has spoken; what is still ahead is kept."""
    await company.store.turn("oc_now", 1)
    await company.store.turn("oc_ops", 1)
    company.alter("UPDATE turn SET taken = ARRAY[now() - interval '2 hours'] WHERE key = 'oc_ops'")
    await company.store.prune()
    assert [row.key for row in await company.rows("SELECT key FROM turn")] == ["oc_now"]


async def test_which_message_a_platforms_key_means_is_known_to_every_process_for_a_month(
    company: "Company", database_url: str, keyring: Keyring, vault: Vault, queue: Queue
) -> None:
    """In the chat that it was sent to and no other; a key that comes again means the first."""
    await company.store.carry("dingtalk:demo:cid_ops", "key1", "track1")
    await company.store.carry("dingtalk:demo:cid_ops", "key1", "track2")
    another = Database(database_url)
    restarted = Store(another, vault, keyring, queue, lambda: company.now)
    for chat, key, known in (("cid_ops", "key1", "track1"), ("cid_dev", "key1", None), ("cid_ops", "key2", None)):
        assert await restarted.carried(f"dingtalk:demo:{chat}", key) == known
    await another.aclose()
    for days, known in ((29, "track1"), (2, None)):
        company.later(days=days)
        await company.store.prune()
        assert await company.store.carried("dingtalk:demo:cid_ops", "key1") == known
