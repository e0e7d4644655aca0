"""Promises of a question that goes on from an answer: asked of the same colleague, decided afresh, by ids alone."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from adapters.base import Address, Card, Message, Receive
from skills.database import Database
from skills.store import Store
from skills.words import Claim

Shown = tuple[Address, Card]
Asks = Callable[..., Awaitable[Shown]]
ANA = "lark:t:ana"
NINE, FRIDAY, LUNCH = (
    "the payment gateway restarts at nine on weekdays",
    "the payment gateway restarts at eleven on Friday",
    "lunch is at noon, on Friday in the canteen",
)
FIRST = "ask Ana when the payment gateway restarts on weekdays"


@pytest.fixture
async def ana(joins: Callable[..., Awaitable[None]], receive: Receive, says: Callable[..., Message]) -> None:
    """Ana and Cy have doubles in the group; Ana said something on gateways, Cy on lunch."""
    await joins("ana", "join_today")
    await joins("cy", "join_today")
    for n, said in enumerate((NINE, FRIDAY, LUNCH)):
        await receive(says("ana", said, thread=f"omt_said_{n}"))


def quotes(card: Card) -> list[str]:
    """The words that it quotes."""
    return [quote.text for quote in card.quotes]


async def test_under_an_answer_the_subject_stays(ana: None, asks: Asks, standing: dict[str, Shown]) -> None:
    """As a reply to it, naming nobody: it is asked of Ana, about gateways, and not about lunch."""
    _, first = await asks("bo", FIRST)
    assert quotes(first)[0] == NINE
    (message,) = [id_ for id_, (_, card) in standing.items() if card == first]
    _, card = await asks("bo", "and on Friday?", reply_to=message)
    assert quotes(card)[0] == FRIDAY
    assert card.answer != first.answer
    assert "ask_person" in [b.action for b in card.buttons]


async def test_in_its_thread_the_subject_stays(ana: None, asks: Asks) -> None:
    """For whoever goes on there; in another thread, and in the chat itself, it is a question like any other."""
    await asks("bo", FIRST, thread="omt_1")
    _, card = await asks("cy", "and on Friday?", thread="omt_1")
    assert quotes(card)[0] == FRIDAY
    for where in ({"thread": "omt_2"}, {}):
        _, other = await asks("bo", "and on Friday?", **where)
        assert other.answer is None


async def test_it_is_decided_afresh(ana: None, asks: Asks, store: Store) -> None:
    """Once she pauses, whoever goes on reads what anybody reads who names nobody."""
    await asks("bo", FIRST, thread="omt_1")
    _, before = await asks("bo", "and on Friday?", thread="omt_none")
    assert await store.pause(Claim("lark", "e-pause"), ANA, None)
    _, card = await asks("bo", "and on Friday?", thread="omt_1")
    assert (card.text, card.quotes, card.buttons) == (before.text, (), before.buttons) or "Ana" not in card.text


async def test_what_is_kept_back_since_helps_to_find_nothing(ana: None, asks: Asks, store: Store) -> None:
    """The words of the first answer are read by the grant of the second."""
    await asks("bo", FIRST, thread="omt_1")
    await store.withhold(Claim("lark", "e-withhold"), ANA, ["weekdays"])
    _, card = await asks("bo", "and on Friday?", thread="omt_1")
    assert NINE not in repr(card)


async def test_naming_somebody_else_changes_the_subject(ana: None, asks: Asks) -> None:
    """Cy said nothing of gateways."""
    await asks("bo", FIRST, thread="omt_1")
    _, card = await asks("bo", "ask Cy when the payment gateway restarts", thread="omt_1")
    assert card.quotes == ()


async def test_what_it_says_nothing_of_is_no_answer(ana: None, asks: Asks) -> None:
    """The first answer is not said again to a question about something else."""
    await asks("bo", FIRST, thread="omt_1")
    _, card = await asks("bo", "and the zebras?", thread="omt_1")
    assert card.quotes == ()


async def test_no_question_is_kept_for_it(ana: None, asks: Asks, database: Database) -> None:
    """Where an answer stands, and in which thread: ids."""
    await asks("bo", FIRST, thread="omt_1")
    async with database.transaction() as connection:
        (row,) = (await connection.execute(text("SELECT * FROM place"))).all()
    assert row.thread == "omt_1"
    assert "gateway" not in repr(row)


async def test_what_was_said_otherwise_since_comes_first_here_too(
    ana: None, asks: Asks, receive: Receive, says: Callable[..., Message]
) -> None:
    """Both sides, the newest first, though the older one fits better."""
    since = "that gateway restarts at twelve on Friday, by the new rule of the operators"
    await receive(says("ana", since, thread="omt_said_4", at=datetime.now(UTC) + timedelta(minutes=5)))
    await asks("bo", FIRST, thread="omt_1")
    _, card = await asks("cy", "and on Friday?", thread="omt_1")
    assert quotes(card)[:2] == [since, FRIDAY]
