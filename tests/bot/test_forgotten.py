"""Promises of the process: when a double is erased, nothing that still lives in the bot holds a word of its owner."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from adapters.base import Address, Card, Click, Message, Receive
from bot.sentences import say
from skills.store import Store
from tests.bot.conftest import Company
from tests.scanned import living

Shown = tuple[Address, Card]
Says = Callable[..., Message]
Settled = Callable[[], Awaitable[None]]
ANA = "lark:t:ana"
REVERSED = f"avyzzyz{secrets.token_hex(6)}"  # so that the test itself does not hold the word


async def _lived(receive: Receive, settled: Settled, says: Says, taps: Callable[..., Click], company: Company) -> None:
    """Ana shares, is asked, is asked for more, looks at what is kept, and leaves."""
    word = REVERSED[::-1]
    long = f"the {word} is restarted by the night shift. " * 30
    for text in (long, f"a {word} needs a backup first", f"after the {word} restarted, tell the desk"):
        await receive(says("ana", text))
    await receive(says("bo", "ask Ana how it is restarted by the night shift", to_bot=True))
    await settled()
    answer = next(card.answer for _, card in company.sent if card.answer)
    for who, words in (
        ("bo", f"/why {answer}"),
        ("bo", "ask Ana and Bo what needs a backup"),
        ("ana", "/preview what needs a backup"),
        ("ana", f"/withhold {word} desk"),
        ("ana", "/pages"),
        ("ana", "/mydata"),
        ("ana", f"/remember {word} is a beetle"),
        ("ana", "/export"),
    ):
        await receive(says(who, words, to_bot=True))
        await settled()
    assert any(word in repr(card) for _, card in company.sent)
    assert any(word in line for line in living(word))
    await receive(says("ana", "/optout", direct=True))
    await settled()


async def test_when_all_is_erased_no_living_thing_in_the_bot_holds_a_word(
    fenshen: Any,
    joins: Callable[..., Awaitable[None]],
    receive: Receive,
    settled: Settled,
    says: Says,
    taps: Callable[..., Click],
    company: Company,
    store: Store,
) -> None:
    """No cache, no question, no frame, no draft: of all that the process can still reach, after the whole of a life."""
    await joins("ana", "join_today")
    await _lived(receive, settled, says, taps, company)
    erased = [card for _, card in company.standing.values() if card.title in _erased()]
    assert erased
    for kept in (company.sent, company.announced, company.standing, company.files, company.given):
        kept.clear()
    assert living(REVERSED[::-1]) == []


def _erased() -> set[str]:
    return {say(language, "erased_title") for language in ("zh", "en")}
