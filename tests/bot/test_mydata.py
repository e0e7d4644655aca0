"""Promises of the card My data: all that is stored, to the one it is about, reachable in two taps."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from adapters.base import Address, Card, Click, Message, Receive
from bot.mydata import MOST_CHATS, layout
from bot.sentences import Language, say
from skills.inventory import Held, Holdings
from skills.store import Store

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
Told = Callable[..., Awaitable[Card]]


@pytest.fixture
def told(receive: Receive, settled: Settled, says: Says, sent: list[Shown]) -> Told:
    """Say something to the bot, delivered twice, and take its one private reply."""

    async def tell(person: str, words: str, **more: object) -> Card:
        message = says(person, words, **{"to_bot": True, **more})
        sent.clear()
        await receive(message)
        await receive(message)
        await settled()
        ((to, card),) = sent
        assert to.person == message.sender
        return card

    return tell


async def test_of_a_stranger_nothing_is_stored_and_the_card_says_so(told: Told) -> None:
    """And offers nothing to do about it."""
    card = await told("bo", "my data")
    assert (card.text, card.buttons) == (say("en", "mydata_none"), ())


async def test_two_taps_from_my_double_lead_to_it_and_to_all_that_is_needed_less_often(
    joins: Joins, told: Told, receive: Receive, settled: Settled, taps: Taps, sent: list[Shown], says: Says, asks: Asks
) -> None:
    """My double → More → each; with the credit, which only its owner sees."""
    await joins("ana", "join_today")
    await receive(says("ana", "the launch window is Thursday"))
    assert (await asks("bo", "ask Ana when the launch window is"))[1].quotes
    assert "more" in [b.action for b in (await told("ana", "my double")).buttons]
    more = await told("ana", "more")
    assert more.text == say("en", "more_credit", credit=1)
    assert say("en", "more_text") == (await told("bo", "more")).text
    titles = {}
    for button in more.buttons:
        sent.clear()
        await receive(taps("ana", button.action, button.value))
        await settled()
        ((to, card),) = sent
        assert to.person == "lark:t:ana"
        titles[button.action] = card
    assert titles["withheld"].title == say("en", "withheld_title")
    data = titles["mydata"]
    assert "ops: 1 messages" in data.text
    assert "answered others 1 times" in data.text
    assert [b.action for b in data.buttons] == ["export", "receipt"]


async def test_an_asker_sees_what_waits_and_deletes_it(
    joins: Joins, told: Told, asks: Asks, receive: Receive, settled: Settled, taps: Taps, store: Store
) -> None:
    """The question put to a colleague is withdrawn, in the table and in memory."""
    await joins("ana", "join_today")
    card = (await asks("bo", "ask Ana where the stamp cabinet is"))[1]
    await receive(taps("bo", "ask_person", card.buttons[0].value))
    await settled()
    data = await told("bo", "my data")
    assert data.text == say("en", "mydata_asked", asked=0, questions=0, waiting=1)
    (button,) = data.buttons
    assert button.action == "unask"
    assert (await told("bo", "delete my questions")).text == say("en", "unasked")
    assert (await store.holdings("lark:t:bo")).rows.get("put_question.asker") is None
    reaction = await receive(taps("bo", "ask_person", card.buttons[0].value))
    assert reaction is not None
    assert reaction.toast == say("zh", "stale_question")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_however_many_chats_it_fits_one_screen(language: Language) -> None:
    """Beyond the first few they are counted, and every kind of source has its words."""
    now = datetime(2026, 11, 27, tzinfo=UTC)
    kinds = ("live", "history", "file", "note", "kept")
    messages = [Held(f"lark:t:{n}", kind, 7, now, now) for n in range(9) for kind in kinds]
    held = Holdings(messages, {"posting.owner": 5, "withheld.owner": 2}, 3, 1, now, now, now, now, 4, 0, 2)
    card = layout(language, held, {})
    lines = card.text.splitlines()
    assert len(lines) == MOST_CHATS + 7
    assert say(language, "and_more", left=9 - MOST_CHATS) in lines
