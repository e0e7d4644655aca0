"""Promises of remember and forget: one's own words alone, for a chat one switched on, and undone with one word."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from adapters.base import Address, Card, Click, Message, Recalled, Receive
from bot.app import Fenshen
from bot.sentences import say
from skills.words import Backfill

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
Told = Callable[..., Awaitable[Card]]
ANA = "lark:t:ana"
WINDOW = "the launch window is Thursday afternoon"


@pytest.fixture
def told(receive: Receive, settled: Settled, says: Says, sent: list[Shown], readable: dict[str, Message]) -> Told:
    """Say something to the bot, and take its one private reply."""

    async def tell(person: str, text: str, **more: object) -> Card:
        message = says(person, text, **{"to_bot": True, **more})
        readable[message.id] = message
        sent.clear()
        await receive(message)
        await receive(message)
        await settled()
        ((to, card),) = sent
        assert to.person == message.sender
        return card

    return tell


async def found(asks: Asks, person: str = "cy", **where: object) -> list[str]:
    """What somebody is told of the launch window."""
    return [q.text for q in (await asks(person, "ask Ana when the launch window is", **where))[1].quotes]


@pytest.mark.parametrize("where", [{"direct": True}, {"direct": False}])
async def test_who_has_no_double_is_told_how_to_join_and_nothing_is_kept(
    told: Told, asks: Asks, joins: Joins, where: dict[str, bool]
) -> None:
    """Joining later brings no earlier note to light."""
    assert (await told("ana", f"remember: {WINDOW}", **where)).text == say("en", "remember_no_consent")
    await joins("ana", "join_today")
    assert await found(asks) == []


@pytest.mark.parametrize("platform", ["lark", "dingtalk"])
async def test_a_note_in_a_group_is_kept_for_that_group(told: Told, asks: Asks, joins: Joins, platform: str) -> None:
    """Found there, and told to its author alone."""
    await joins("ana", "join_today", platform=platform)
    await told("ana", f"remember: {WINDOW}", platform=platform)
    assert await found(asks, platform=platform) == [WINDOW]


@pytest.mark.parametrize(
    ("keep", "drop"), [("remember: {}", "forget: {}"), ("记住：{}", "忘记：{}"), ("/remember {}", "/forget {}")]
)
async def test_a_note_to_the_bot_goes_to_the_one_chat_and_is_undone_with_its_words(
    told: Told, asks: Asks, joins: Joins, keep: str, drop: str
) -> None:
    """In Chinese, in English and after a slash alike."""
    await joins("ana", "join_today")
    card = await told("ana", keep.format(WINDOW), direct=True)
    assert [b.action for b in card.buttons] == ["drop"]
    assert await found(asks) == [WINDOW]
    await told("ana", drop.format(WINDOW), direct=True)
    assert await found(asks) == []


async def test_with_several_chats_its_author_chooses_and_nobody_else(
    told: Told, asks: Asks, joins: Joins, receive: Receive, taps: Taps
) -> None:
    """Nothing is kept before the tap; then for that chat alone."""
    for chat in ("ops", "dev"):
        await joins("ana", "join_today", chat=chat)
    await joins("bo", "join_today")
    card = await told("ana", f"remember: {WINDOW}", direct=True)
    assert await found(asks) == []
    values = {b.label: b.value for b in card.buttons}
    refused = await receive(taps("bo", "remember_in", values["dev"]))
    assert refused is not None
    assert refused.toast == say("en", "not_yours")
    await receive(taps("ana", "remember_in", values["dev"]))
    assert await found(asks, "di") == []
    assert await found(asks, chat="dev") == [WINDOW]


async def test_a_reply_remembers_ones_own_message_and_forgets_it(
    told: Told, asks: Asks, joins: Joins, receive: Receive, says: Says, readable: dict[str, Message]
) -> None:
    """On DingTalk, where the bot does not hear what is said to colleagues, it is the way to be quoted."""
    await joins("ana", "join_today", platform="dingtalk")
    hers = says("ana", WINDOW, platform="dingtalk")
    readable[hers.id] = hers
    await told("ana", "记住", platform="dingtalk", reply_to=hers.id)
    assert await found(asks, platform="dingtalk") == [WINDOW]
    await told("ana", "忘记", platform="dingtalk", reply_to=hers.id)
    assert await found(asks, platform="dingtalk") == []


async def test_nobody_remembers_or_forgets_for_somebody_else(
    told: Told, asks: Asks, joins: Joins, receive: Receive, says: Says, readable: dict[str, Message]
) -> None:
    """Bo's word about Ana's message changes neither double."""
    for person in ("ana", "bo"):
        await joins(person, "join_today")
    hers = says("ana", WINDOW)
    readable[hers.id] = hers
    assert (await told("bo", "remember", reply_to=hers.id)).text == say("en", "remember_own")
    assert (await asks("cy", "ask Bo when the launch window is"))[1].quotes == ()
    await receive(hers)
    assert (await told("bo", "forget", reply_to=hers.id)).text == say("en", "forget_nothing")
    assert (await told("bo", f"forget: {WINDOW}")).text == say("en", "forget_nothing")
    assert await found(asks) == [WINDOW]


async def test_what_to_remember_has_to_be_said(told: Told, joins: Joins) -> None:
    """The word alone is met with an example; so is a reply to what cannot be read."""
    await joins("ana", "join_today")
    assert (await told("ana", "remember")).text == say("en", "remember_what")
    assert (await told("ana", "remember", reply_to="om_gone")).text == say("en", "remember_what")


async def test_a_note_taken_back_in_the_direct_chat_is_gone_from_the_group(
    told: Told, asks: Asks, joins: Joins, receive: Receive, settled: Settled
) -> None:
    """A recalled message is erased, wherever it was kept."""
    await joins("ana", "join_today")
    await told("ana", f"remember: {WINDOW}", direct=True, id="om_note")
    assert await found(asks) == [WINDOW]
    await receive(Recalled("lark", "r1", "lark:t:direct-ana", "om_note"))
    await settled()
    assert await found(asks) == []


async def test_a_reading_of_the_chat_brings_back_nothing_that_was_forgotten_or_put_right(
    told: Told, asks: Asks, joins: Joins, says: Says, history: list[Message], fenshen: Fenshen, settled: Settled
) -> None:
    """Nor a file; until its author has it remembered again."""
    hers = says("ana", WINDOW, at=datetime.now(UTC) - timedelta(days=2))
    wrong = says("ana", "the gateway restarts at nine", at=datetime.now(UTC) - timedelta(days=3))
    history += [hers, wrong]
    await joins("ana", "join_here")
    assert await found(asks) == [WINDOW]
    assert (await told("ana", "forget", reply_to=hers.id)).text == say("en", "forgotten")
    assert (await told("ana", "correct: the gateway restarts at ten", reply_to=wrong.id)).text
    file = "".join(f"{at:%Y-%m-%d %H:%M} Ana：{words}\n" for at, words in ((m.at, m.text) for m in history))
    await fenshen.learning.backfill(Backfill("lark", ANA, "lark:t:ops", "slot", "en"))
    await settled()
    assert (await fenshen.learning.take_in(ANA, file.encode(), "lark:t:ops"))[1]["kept"] == "0"
    assert await found(asks, "bo") == []
    gateway = (await asks("cy", "ask Ana when the gateway restarts"))[1]
    assert [q.text for q in gateway.quotes] == ["the gateway restarts at ten"]
    await told("ana", f"remember: {WINDOW}")
    assert await found(asks, "di") == [WINDOW]
