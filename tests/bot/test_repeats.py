"""Promises of repeated questions: the same by the same person within a minute is answered once, anything else anew."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from adapters.base import Address, Card, Message, Receive
from bot.questions import Question
from bot.repeats import SECONDS, Repeats
from skills.store import Store

Shown = tuple[Address, Card]
Says = Callable[..., Message]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
Settled = Callable[[], Awaitable[None]]
ASKED = "ask Ana when the gateway restarts"


@pytest.fixture
async def ana(joins: Joins, receive: Receive, says: Says) -> None:
    """Ana has a double in the group and has spoken of the gateway."""
    await joins("ana", "join_today")
    await receive(says("ana", "the gateway restarts at nine"))


def question(text: str, person: str = "bo", chat: str = "ops") -> Question:
    """A question that somebody asks somewhere."""
    ids = ("lark", "e", "m", f"lark:t:{chat}", False, f"lark:t:{person}", person)
    return Question(Message(*ids, datetime.now(UTC), text, to_bot=True), text, None, None, "en")


async def test_the_same_question_at_once_is_answered_once(
    ana: None, asks: Asks, receive: Receive, says: Says, settled: Settled, sent: list[Shown], store: Store
) -> None:
    """In other case and spacing too: one message, one credit."""
    await asks("bo", ASKED)
    sent.clear()
    await receive(says("bo", f" {ASKED.replace('gateway', ' Gateway')} ? ", to_bot=True))
    await settled()
    assert sent == []
    assert await store.answered("lark:t:ana", 7) == 1


async def test_after_a_change_it_is_answered_anew(
    ana: None, asks: Asks, receive: Receive, says: Says, joins: Joins, sent: list[Shown]
) -> None:
    """A newer word, a pause: what was told before is not what would be told now."""
    first = (await asks("bo", ASKED))[1]
    await receive(says("ana", "from today the gateway restarts at ten"))
    second = (await asks("bo", ASKED))[1]
    assert {q.text for q in first.quotes} != {q.text for q in second.quotes}
    await receive(says("ana", "/pause", to_bot=True))
    assert (await asks("bo", ASKED))[1].quotes == ()


async def test_the_one_sentence_is_said_as_often_as_somebody_asks(ana: None, asks: Asks) -> None:
    """It is no answer, and silence would puzzle whoever asks."""
    for _ in range(2):
        assert (await asks("bo", "ask Ana for the wifi password"))[1].quotes == ()


async def test_another_person_is_answered(ana: None, asks: Asks) -> None:
    """Each asker has a message of their own."""
    for person in ("bo", "cy"):
        assert (await asks(person, ASKED))[1].quotes


def test_another_person_chat_or_question_is_no_repetition() -> None:
    """Nor is the same after a minute."""
    now = [0.0]
    repeats = Repeats(lambda: now[0])
    said = [question(ASKED), question(ASKED, "cy"), question(ASKED, chat="dev"), question(f"{ASKED} tonight")]
    assert [repeats.again(one, [["ana", "p1"]]) for one in said] == [False] * 4
    assert repeats.again(said[0], [["ana", "p1"]])
    assert not repeats.again(said[0], [["ana", "p1", "p2"]])
    now[0] += SECONDS
    assert not repeats.again(said[0], [["ana", "p1", "p2"]])


def test_what_did_not_arrive_is_told_when_asked_again() -> None:
    """A lost message is no answer."""
    repeats = Repeats(lambda: 0.0)
    assert not repeats.again(question(ASKED), [[]])
    repeats.forget(question(ASKED))
    assert not repeats.again(question(ASKED), [[]])
