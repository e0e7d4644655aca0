"""Promises of erasing some days of one's own: seen before it is done, done by one tap, and nobody else's."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.base import Address, Card, Click, Message, Receive
from bot.sentences import say
from skills.store import Store

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
Told = Callable[..., Awaitable[Card]]
OLD, NEW = "the stamp cabinet is on the second shelf", "the stamp cabinet is at the front desk"
QUESTION = "ask Ana where the stamp cabinet is"


@pytest.fixture
def told(receive: Receive, settled: Settled, says: Says, sent: list[Shown]) -> Told:
    """Say something to the bot, delivered twice, and take its one private reply."""

    async def tell(person: str, text: str, **more: object) -> Card:
        message = says(person, text, **{"to_bot": True, **more})
        sent.clear()
        await receive(message)
        await receive(message)
        await settled()
        ((to, card),) = sent
        assert to.person == message.sender
        return card

    return tell


@pytest.fixture
async def days(joins: Joins, receive: Receive, says: Says, store: Store) -> str:
    """Ana spoke of the stamp cabinet in two chats ten days ago, and today in one; the former day."""
    then = store.now() - timedelta(days=10)
    for chat in ("ops", "dev"):
        await joins("ana", "join_here", chat=chat)
        await receive(says("ana", OLD, chat=chat, at=then))
    await receive(says("ana", NEW))
    return then.astimezone().date().isoformat()


@pytest.fixture
def found(asks: Asks) -> Callable[..., Awaitable[list[str]]]:
    """What a new asker is told each time."""
    askers = iter(f"asker{n}" for n in range(100))

    async def find(chat: str = "ops") -> list[str]:
        _, card = await asks(next(askers), QUESTION, chat=chat)
        return sorted(quote.text for quote in card.quotes)

    return find


def stands(standing: dict[str, Shown], card: Card) -> str:
    """The message in which a card stands."""
    return next(message for message, (_, there) in standing.items() if there == card)


@pytest.mark.parametrize("words", ["erase", "/erase", "删除", "/erase everything", "erase 2026-02-30"])
async def test_without_days_nothing_is_erased_and_it_is_said_how_they_are_named(
    days: str, told: Told, found: Callable[..., Awaitable[list[str]]], words: str
) -> None:
    """With the days that are asked for most, each with a twin to type."""
    card = await told("ana", words, direct=True)
    assert card.text in (say("en", "erase_what"), say("zh", "erase_what"))
    assert [button.action for button in card.buttons] == ["erase_days"] * 3
    assert await found() == sorted([OLD, NEW])


async def test_nobody_erases_anybody_elses_words(
    days: str,
    told: Told,
    found: Callable[..., Awaitable[list[str]]],
    receive: Receive,
    settled: Settled,
    taps: Taps,
    sent: list[Shown],
) -> None:
    """Neither by saying her days nor by her very button."""
    assert (await told("bo", f"erase {days}")).text == say("en", "erase_none")
    (button,) = (await told("ana", f"erase {days}", direct=True)).buttons
    sent.clear()
    await receive(taps("bo", "erase", button.value))
    await settled()
    assert [card.text for _, card in sent] == [say("en", "erase_none")]
    assert await found() == sorted([OLD, NEW])


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"since": "yesterday", "until": "x"},
        {"since": "2026-03-02T00:00:00+00:00", "until": "1"},
        {"since": "2020-01-01", "until": "2040-01-01"},
    ],
)
async def test_a_button_of_nobodys_making_erases_nothing(
    days: str,
    found: Callable[..., Awaitable[list[str]]],
    receive: Receive,
    settled: Settled,
    taps: Taps,
    value: dict[str, str],
) -> None:
    """Nor does it raise."""
    await receive(taps("ana", "erase", {**value, "language": "en"}))
    await receive(taps("ana", "erase_days", {"days": "-3"}))
    await settled()
    assert await found() == sorted([OLD, NEW])


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_what_is_erased_is_shown_first_and_then_gone_by_one_tap(
    days: str,
    told: Told,
    found: Callable[..., Awaitable[list[str]]],
    receive: Receive,
    settled: Settled,
    taps: Taps,
    standing: dict[str, Shown],
    language: str,
) -> None:
    """In every chat; the card becomes the receipt, answers that quoted it are taken down, other days stay."""
    assert await found() == sorted([OLD, NEW])
    card = await told("ana", f"erase {days}" if language == "en" else f"删除 {days}", direct=True)
    (button,) = card.buttons
    assert "2" in button.label
    message = stands(standing, card)
    tap = replace(taps("ana", "erase", button.value), message=message)
    for _ in range(2):
        await receive(tap)
    await settled()
    receipt = standing[message][1]
    assert receipt.title == say("en" if language == "en" else "zh", "erased_title")
    assert days in receipt.text
    assert not any(OLD in repr(card.quotes) for _, card in standing.values())
    assert (await found(), await found("dev")) == ([NEW], [])


async def test_in_a_group_that_chat_alone_is_meant(
    days: str, told: Told, found: Callable[..., Awaitable[list[str]]]
) -> None:
    """The twin is typed where the card was asked for, or alone with the bot; another code shows the card again."""
    (button,) = (await told("ana", f"erase {days}")).buttons
    assert button.command
    shown = await told("ana", f"/erase {days} {days} zzzz", direct=True)
    assert shown.title == say("en", "erase_title")
    assert await found("dev") == [OLD]
    await told("ana", button.command, direct=True)
    assert (await found(), await found("dev")) == ([NEW], [OLD])


async def test_the_last_days_are_shown_by_a_tap(
    days: str,
    told: Told,
    found: Callable[..., Awaitable[list[str]]],
    receive: Receive,
    settled: Settled,
    taps: Taps,
    standing: dict[str, Shown],
) -> None:
    """Nothing is erased before the second one."""
    card = await told("ana", "erase", direct=True)
    message = stands(standing, card)
    await receive(replace(taps("ana", "erase_days", card.buttons[1].value), message=message))
    await settled()
    (erase,) = standing[message][1].buttons
    assert await found() == sorted([OLD, NEW])
    await receive(taps("ana", "erase", erase.value))
    await settled()
    assert await found() == [OLD]
