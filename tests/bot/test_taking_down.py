"""Promises of what stands in chats after leaving: replaced where the platform allows, told to who left where not."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from adapters.base import Address, Card, Message, Recalled, Receive
from bot.app import Fenshen
from bot.sentences import say
from skills.admins import Signed
from skills.database import Database
from skills.placed import prune
from skills.rules import Rules
from skills.ruling import SetRules
from skills.store import Store

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
ANA, BO = "lark:t:ana", "lark:t:bo"
WORDS = "the stamp cabinet is on the second shelf"
OTHERS = "the key of the stamp cabinet hangs at the front desk"
QUESTION = "ask Ana where the stamp cabinet is"


@pytest.fixture
async def answered(joins: Joins, receive: Receive, says: Says, settled: Settled, asks: Asks) -> None:
    """Ana's and Bo's doubles have answered in the group."""
    for person, words in (("ana", WORDS), ("bo", OTHERS)):
        await joins(person, "join_today")
        await receive(says(person, words))
    await settled()
    await asks("cy", QUESTION)
    await asks("cy", "ask Bo where the stamp cabinet is")


@pytest.fixture
def leaves(receive: Receive, says: Says, settled: Settled) -> Callable[..., Awaitable[None]]:
    """Leave altogether, or one chat, and wait until all is erased and taken down."""

    async def leave(person: str, **where: object) -> None:
        await receive(says(person, "/optout", **where))
        await settled()

    return leave


def quoting(standing: dict[str, Shown], words: str) -> list[Card]:
    """The cards in chats that show these words."""
    return [card for to, card in standing.values() if to.chat and words in repr(card)]


async def test_after_leaving_no_card_shows_a_word_of_hers_and_others_stay(
    answered: None, leaves: Callable[..., Awaitable[None]], standing: dict[str, Shown], store: Store, sent: list[Shown]
) -> None:
    """A notice stands where her answer stood; nothing of it is left to do, or to tell."""
    assert len(quoting(standing, WORDS)) == 1
    sent.clear()
    await leaves("ana", direct=True)
    assert quoting(standing, WORDS) == []
    notices = [card.text for to, card in standing.values() if to.chat and card.title == say("en", "withdrawn_title")]
    assert notices == [say("en", "withdrawn_text")]  # in the language of the answer
    assert len(quoting(standing, OTHERS)) == 1
    assert await store.placed(ANA) == await store.placed(ANA, refused=True) == []
    assert not [card for _, card in sent if card.title in (say("zh", "standing_title"), say("en", "standing_title"))]


async def test_leaving_one_chat_takes_down_what_quoted_its_words(
    answered: None, joins: Joins, leaves: Callable[..., Awaitable[None]], standing: dict[str, Shown]
) -> None:
    """And nothing else of hers is touched."""
    await joins("ana", "join_today", chat="dev")
    await leaves("ana", to_bot=True)
    assert quoting(standing, WORDS) == []


async def test_what_others_said_in_the_same_message_stays(
    answered: None, asks: Asks, leaves: Callable[..., Awaitable[None]], standing: dict[str, Shown]
) -> None:
    """One card, each in a part of their own: hers becomes the notice."""
    await asks("cy", "ask Ana and Bo where the stamp cabinet is")
    (both,) = [card for _, card in standing.values() if len(card.parts) == 2]
    assert WORDS in repr(both)
    await leaves("ana", direct=True)
    assert quoting(standing, WORDS) == []
    (left,) = [card for _, card in standing.values() if len(card.parts) == 2]
    assert OTHERS in repr(left)


@pytest.mark.parametrize("way", ["recalled", "forgotten", "corrected"])
async def test_once_words_are_taken_back_no_card_shows_them(
    joins: Joins,
    asks: Asks,
    receive: Receive,
    says: Says,
    settled: Settled,
    standing: dict[str, Shown],
    way: str,
) -> None:
    """Recalled, forgotten or put right by their owner: a notice stands where they were quoted."""
    await joins("ana", "join_today")
    hers = says("ana", WORDS)
    await receive(hers)
    await asks("cy", QUESTION)
    assert len(quoting(standing, WORDS)) == 1
    match way:
        case "recalled":
            await receive(Recalled("lark", "r1", hers.chat, hers.id))
        case "forgotten":
            await receive(says("ana", "forget", to_bot=True, reply_to=hers.id))
        case "corrected":
            put_right = says("ana", "correct: it is on the third shelf", to_bot=True, reply_to=hers.id)
            await receive(put_right)
    await settled()
    assert quoting(standing, WORDS) == []
    assert [card.text for to, card in standing.values() if card.title == say("en", "withdrawn_title")]


async def test_words_that_grow_too_old_are_taken_down_within_the_hour(
    joins: Joins,
    asks: Asks,
    receive: Receive,
    says: Says,
    settled: Settled,
    standing: dict[str, Shown],
    store: Store,
    composed: Fenshen,
) -> None:
    """The sweep that deletes them has their answers replaced as well."""
    await joins("ana", "join_here")
    await receive(says("ana", WORDS, at=store.now() - timedelta(days=2)))
    await asks("cy", QUESTION)
    assert len(quoting(standing, WORDS)) == 1
    await store.order(Signed("evt_1", b"d", "secret-1"), "rules.set", SetRules(Rules(retention_days=1)))
    await composed.sweep()
    await settled()
    assert quoting(standing, WORDS) == []


async def test_where_the_platform_does_not_let_it_go_who_left_is_told_where_it_stands(
    answered: None,
    leaves: Callable[..., Awaitable[None]],
    fixed: set[str],
    sent: list[Shown],
    store: Store,
    database: Database,
) -> None:
    """Once, by chat and answer's id; the list is forgotten after a month."""
    fixed.add("lark")
    sent.clear()
    await leaves("ana", direct=True)
    titles = (say("zh", "standing_title"), say("en", "standing_title"))
    ((to, card),) = [(to, card) for to, card in sent if card.title in titles]
    (place,) = await store.placed(ANA, refused=True)
    assert to.person == ANA
    assert place.answer in card.text
    assert "ops" in card.text
    async with database.transaction() as connection:
        await prune(connection)
    assert len(await store.placed(ANA, refused=True)) == 1
