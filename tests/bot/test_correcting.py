"""Promises of a correction: by the owner alone, as a reply to what was said wrong, and right for the next asker."""

from collections.abc import Awaitable, Callable
from itertools import cycle

import pytest

from adapters.base import Address, Card, Message, Receive
from bot.sentences import say

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
Told = Callable[..., Awaitable[Card]]
OLD, NEW = "the launch window is Thursday afternoon", "the launch window is Friday morning"
QUESTION = "ask Ana when the launch window is"


@pytest.fixture
def told(receive: Receive, settled: Settled, says: Says, sent: list[Shown]) -> Told:
    """Say something to the bot, twice delivered, and take its one private reply."""

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
def found(asks: Asks) -> Callable[..., Awaitable[list[str]]]:
    """What a colleague is told of the launch window."""

    askers = cycle(("cy", "bo"))  # the same question of one person at once is answered once

    async def ask(**where: str) -> list[str]:
        return [quote.text for quote in (await asks(next(askers), QUESTION, **where))[1].quotes]

    return ask


def _last(standing: dict[str, Shown]) -> str:
    """The message of the newest answer."""
    return [message for message, (_, card) in standing.items() if card.answer][-1]


async def test_nobody_else_corrects_an_answer_and_none_is_corrected_without_saying_which(
    told: Told, found: Callable[..., Awaitable[list[str]]], joins: Joins, standing: dict[str, Shown]
) -> None:
    """Bo's word about Ana's double, Ana's word about nothing, a word with nothing after it: all stays as it was."""
    await joins("ana", "join_today")
    await told("ana", f"remember: {OLD}")
    assert await found() == [OLD]
    card = _last(standing)
    for person, words, reply in (
        ("bo", f"correct: {NEW}", card),
        ("ana", f"correct: {NEW}", None),
        ("ana", "correct", card),
    ):
        assert (await told(person, words, reply_to=reply)).text == say("en", "correct_what")
    assert await found() == [OLD]


@pytest.mark.parametrize(
    ("platform", "words"), [("lark", "correct: {}"), ("dingtalk", "更正：{}"), ("lark", "/correct {}")]
)
async def test_a_reply_to_the_doubles_answer_puts_it_right(
    told: Told,
    found: Callable[..., Awaitable[list[str]]],
    joins: Joins,
    standing: dict[str, Shown],
    platform: str,
    words: str,
) -> None:
    """The next asker is told the new words and nothing of the old; one tap undoes it."""
    await joins("ana", "join_today", platform=platform)
    await told("ana", f"remember: {OLD}", platform=platform)
    assert await found(platform=platform) == [OLD]
    card = await told("ana", words.format(NEW), platform=platform, reply_to=_last(standing))
    assert [button.action for button in card.buttons] == ["drop"]
    assert await found(platform=platform) == [NEW]


async def test_where_no_id_tells_which_answer_the_latest_is_meant(
    told: Told, found: Callable[..., Awaitable[list[str]]], joins: Joins
) -> None:
    """As on DingTalk, whose quotes name no card: that it is the bot's is enough."""
    await joins("ana", "join_today", platform="dingtalk")
    await told("ana", f"remember: {OLD}", platform="dingtalk")
    assert await found(platform="dingtalk") == [OLD]
    more = {"platform": "dingtalk", "reply_to": "msg_unknown"}
    assert (await told("ana", f"correct: {NEW}", **more)).text.startswith("Correct what")
    await told("ana", f"correct: {NEW}", **more, reply_to_bot=True)
    assert await found(platform="dingtalk") == [NEW]


@pytest.mark.parametrize("direct", [True, False])
async def test_a_reply_to_ones_own_kept_words_replaces_them(
    told: Told, found: Callable[..., Awaitable[list[str]]], joins: Joins, says: Says, direct: bool
) -> None:
    """A note to the bot as well as words said in the group; corrected once more, the newest stand."""
    await joins("ana", "join_today")
    await told("ana", f"remember: {OLD}", direct=direct, id="om_first")
    await told("ana", f"correct: {NEW}", direct=direct, id="om_second", reply_to="om_first")
    assert await found() == [NEW]
    await told("ana", "correct: the launch window is Monday", direct=direct, reply_to="om_second")
    assert await found() == ["the launch window is Monday"]
