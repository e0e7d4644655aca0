"""Promises of the preview: word for word what others would get, for its owner's eyes alone, and nothing comes of it."""

from collections.abc import Awaitable, Callable

import pytest

from adapters.base import Address, Card, Click, Message, Receive
from bot.sentences import say
from skills.database import Database
from skills.store import Store

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
Told = Callable[..., Awaitable[list[Shown]]]
ANA = "lark:t:ana"
WORDS = "the stamp cabinet is on the second shelf"
QUESTION = "where is the stamp cabinet"


@pytest.fixture
def told(receive: Receive, says: Says, settled: Settled, sent: list[Shown]) -> Told:
    """Say something, and take whatever the bot sent then."""

    async def tell(person: str, text: str, **more: object) -> list[Shown]:
        sent.clear()
        await receive(says(person, text, **more))
        await settled()
        return list(sent)

    return tell


async def test_without_anybody_who_may_ask_there_is_nothing_to_see(told: Told, joins: Joins) -> None:
    """Never joined, or for oneself alone."""
    for _ in range(2):
        ((to, card),) = await told("ana", f"preview: {QUESTION}", direct=True)
        assert (to.person, card.text) == (ANA, say("en", "preview_nobody"))
        await joins("ana", "join_me")


async def test_a_question_is_wanted(told: Told) -> None:
    """The word alone says how."""
    ((_, card),) = await told("ana", "/preview", direct=True)
    assert card.text in (say("zh", "preview_what"), say("en", "preview_what"))


async def test_my_double_leads_to_it_in_two_taps(
    told: Told, joins: Joins, receive: Receive, taps: Taps, settled: Settled, sent: list[Shown]
) -> None:
    """By More, which says how to ask."""
    await joins("ana", "join_today")
    for action in ("more", "preview_what"):
        sent.clear()
        await receive(taps("ana", action, {"language": "en"}))
        await settled()
    ((to, card),) = sent
    assert (to.person, card.text) == (ANA, say("en", "preview_what"))


async def test_it_shows_for_each_chat_what_is_answered_there(told: Told, joins: Joins, asks: Asks) -> None:
    """The same words, sources and label as a colleague then gets; where nothing was said, the one sentence."""
    await joins("ana", "join_today")
    await joins("ana", "join_today", chat="dev")
    await told("ana", WORDS)
    ((to, card),) = await told("ana", f"preview: {QUESTION}", direct=True)
    assert (to.person, to.chat) == (ANA, None)
    parts = {part.title: part for part in card.parts}
    ops, dev = (parts[say("en", "preview_chat", chat=chat)] for chat in ("ops", "dev"))
    _, answer = await asks("bo", f"ask Ana {QUESTION}")
    assert ops.quotes == answer.quotes
    assert [quote.text for quote in answer.quotes] == [WORDS]
    assert (ops.text, dev.text) == (answer.text, say("en", "nothing_named", name="Ana"))
    assert ops.label == say("en", "answer_label", name="Ana", answer=say("en", "preview_id"))


async def test_what_is_withheld_or_of_the_floor_is_seen_to_be_kept_back(told: Told, joins: Joins) -> None:
    """Though she reads it herself alone with the bot."""
    await joins("ana", "join_today")
    for words in (WORDS, "the salary import of the gateway runs at nine"):
        await told("ana", words)
    ((_, card),) = await told("ana", "preview: what is Ana's salary of the gateway import", direct=True)
    assert [part.quotes for part in card.parts] == [()]
    ((_, card),) = await told("ana", f"preview: {QUESTION}", direct=True)
    assert [len(part.quotes) for part in card.parts] == [1]
    await told("ana", "withhold: stamp cabinet", direct=True)
    ((_, card),) = await told("ana", f"preview: {QUESTION}", direct=True)
    assert [part.quotes for part in card.parts] == [()]


async def test_nothing_is_recorded_counted_or_sent_to_anybody_else(
    told: Told, joins: Joins, store: Store, database: Database
) -> None:
    """No answer, no credit, no entry of the ledger, no count of what could not be answered."""
    await joins("ana", "join_today")
    await told("ana", WORDS)
    before = await store.holdings(ANA)
    for question in (QUESTION, "what is the wifi password of the guest room"):
        assert [to.person for to, _ in await told("ana", f"preview: {question}", direct=True)] == [ANA]
    assert await store.holdings(ANA) == before
    assert (await store.credit(ANA), await store.unanswered(ANA, days=7)) == (0, 0)
