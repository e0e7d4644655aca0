"""Promises of what is left over: its owner is told in plain words, and erases it by one tap."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.base import Address, Button, Card, Click, Message, Receive
from bot.app import Fenshen
from bot.sentences import say
from skills.database import Database
from skills.keyring import DirectoryKeyring
from skills.leftover import Leftover
from skills.queue import Queue
from skills.store import Store
from skills.vault import Vault
from skills.words import Claim, Language, Said
from tests.bot.test_reminders import Clock

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Joins = Callable[..., Awaitable[None]]


@pytest.fixture(params=["lark", "dingtalk"])
def platform(request: pytest.FixtureRequest) -> str:
    """Each platform."""
    return str(request.param)


@pytest.fixture
def clock() -> Clock:
    """The store's clock."""
    return Clock()


@pytest.fixture
def store(database: Database, vault: Vault, keyring: DirectoryKeyring, queue: Queue, clock: Clock) -> Store:
    """The store, by a clock that the test can put forward."""
    return Store(database, vault, keyring, queue, clock)


@pytest.fixture
async def narrowed(joins: Joins, store: Store, says: Says, receive: Receive, settled: Settled, platform: str) -> str:
    """Ana looked back, kept a note of hers, and then tapped "from today"; her id."""
    ana, ops = f"{platform}:t:ana", f"{platform}:t:ops"
    await joins("ana", "join_here", platform=platform)
    now = store.now()
    earlier = [Said(ana, ops, f"om_{n}", now - timedelta(days=n), f"rollback number {n}") for n in (3, 4)]
    assert await store.backfill(ana, ops, earlier) == 2
    note = Said(ana, ops, "note:1", now - timedelta(seconds=1), "the stamp is on the shelf", source="note")
    assert await store.keep(Claim(platform, "e_note"), note)
    await joins("ana", "join_today", platform=platform)
    return ana


def _way(card: Card) -> tuple[Button, ...]:
    return tuple(button for button in card.buttons if button.action == "erase_leftover")


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_receipt_and_the_cards_of_how_things_stand_tell_it_and_erase_it_by_one_tap(
    narrowed: str,
    receive: Receive,
    settled: Settled,
    says: Says,
    taps: Taps,
    store: Store,
    sent: list[Shown],
    standing: dict[str, Shown],
    platform: str,
    language: Language,
) -> None:
    """What was kept on purpose stays; nobody else's tap does anything, and a tap on an old card shows it anew."""
    receipt = next(card for _, card in standing.values() if _way(card))
    assert say("zh", "leftover_line", messages=2) in receipt.text
    assert say("zh", "leftover_kept", kept=1) in receipt.text
    cards: list[Card] = []
    for words in {"zh": ("我的分身", "我的数据"), "en": ("my double", "my data")}[language]:
        sent.clear()
        await receive(says("ana", words, direct=True, platform=platform))
        await settled()
        cards.append(sent[-1][1])
        assert say(language, "leftover_line", messages=2) in cards[-1].text
        assert [button.label for button in _way(cards[-1])] == [
            say(language, "leftover_button", messages=2),
            say(language, "leftover_all_button", messages=3),
        ]
    one, all_ = _way(cards[0])
    await receive(taps("bo", "erase_leftover", one.value, platform=platform))
    await settled()
    assert await store.leftover(narrowed) == Leftover(2, 1)
    tap = taps("ana", "erase_leftover", one.value, platform=platform)
    for _ in range(2):
        await receive(tap)
    await settled()
    assert await store.leftover(narrowed) == Leftover(0, 1)
    assert say(language, "erased_leftover") in list(standing.values())[-1][1].text
    sent.clear()
    await receive(taps("ana", "erase_leftover", all_.value, platform=platform))
    await settled()
    ((_, again),) = sent
    assert (again.text, [button.label for button in _way(again)]) == (
        say(language, "leftover_kept", kept=1),
        [say(language, "leftover_all_button", messages=1)],
    )
    sent.clear()
    await receive(says("ana", str(_way(again)[0].command), direct=True, platform=platform))
    await settled()
    assert await store.leftover(narrowed) == Leftover()


@pytest.mark.parametrize("words", ["/erase leftover", "删除 剩下的", "/erase leftover zzzz"])
async def test_in_words_it_is_shown_first(
    narrowed: str,
    receive: Receive,
    settled: Settled,
    says: Says,
    store: Store,
    sent: list[Shown],
    platform: str,
    words: str,
) -> None:
    """And the code on the card's own line erases it."""
    sent.clear()
    await receive(says("ana", words, direct=True, platform=platform))
    await settled()
    ((_, card),) = sent
    assert card.title in (say("zh", "leftover_title"), say("en", "leftover_title"))
    assert await store.leftover(narrowed) == Leftover(2, 1)
    sent.clear()
    await receive(replace(says("ana", str(_way(card)[0].command), direct=True, platform=platform)))
    await settled()
    assert await store.leftover(narrowed) == Leftover(0, 1)


async def test_whoever_taps_nothing_finds_it_gone_after_thirty_days(
    narrowed: str, composed: Fenshen, clock: Clock, store: Store, settled: Settled
) -> None:
    """The hourly sweep erases it, and not a day before; what was kept on purpose stays."""
    for days, left in ((29, Leftover(2, 1)), (31, Leftover(0, 1))):
        clock.ahead = timedelta(days=days)
        await composed.sweep()
        await settled()
        assert await store.leftover(narrowed) == left
