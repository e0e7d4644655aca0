"""Promises of drafts and of answers aside: however long they take, nobody who asks has to wait for one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from adapters.base import Click, Message, Receive
from bot.grounding import Quoted
from bot.preparing import Answerer
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources
from skills.store import Store
from skills.words import Grant
from tests.bot.conftest import PATIENCE, Company
from tests.bot.reviewed import ANA, BO, DEV, OPS, QUESTION, Desk


class Slow:
    """Answers at once with nothing, and thinks about a draft, or an answer aside, until it is let go."""

    def __init__(self) -> None:
        self.drafting, self.go = 0, asyncio.Event()

    async def answer(self, grant: Grant, question: str) -> Sequence[Quoted]:
        """Nothing, sooner or later."""
        if grant.mode == "review" or grant.venue.direct:
            self.drafting += 1
            await self.go.wait()
        return ()


@pytest.fixture
def slow() -> Slow:
    """The one who answers."""
    return Slow()


@pytest.fixture
def answerer(slow: Slow) -> Callable[[], Answerer]:
    """Nothing of Fenshen's own answers here."""
    return lambda: slow


async def test_drafts_that_take_long_keep_nobody_waiting(
    receive: Receive,
    settled: Callable[[], Awaitable[None]],
    says: Callable[..., Message],
    taps: Callable[..., Click],
    store: Store,
    company: Company,
    slow: Slow,
) -> None:
    """More than there are turns for answers: the last who asks is told as soon as the first."""
    company.members[DEV] = dict(company.members[OPS])
    desk = Desk(receive, settled, says, taps, store, company.sent, company.standing)
    await desk.joins()
    asked = [says("bo", f"{QUESTION} {n}", chat="dev", to_bot=True) for n in range(20)]
    for question in asked:
        await receive(question)
    async with asyncio.timeout(PATIENCE):
        while {to.reply_to for to, _ in company.sent} < {question.id for question in asked}:
            await asyncio.sleep(0.01)
    assert 0 < slow.drafting <= 2
    slow.go.set()
    await settled()


async def test_answers_aside_that_take_long_keep_nobody_waiting(
    receive: Receive,
    settled: Callable[[], Awaitable[None]],
    says: Callable[..., Message],
    taps: Callable[..., Click],
    store: Store,
    company: Company,
    slow: Slow,
) -> None:
    """What only the asker may have is looked for when everybody has been told the same."""
    document = ScopeDocument(Sources((OPS,)), Readers((), (BO,)), Ceiling(mode="auto"))
    await store.put_scope("to-bo", document, "ada")
    await receive(says("ana", "/join to-bo", direct=True))
    await settled()
    offer = await store.latest_offer(ANA)
    assert offer is not None
    await receive(taps("ana", "join_today", {"offer": offer.id}))
    await settled()
    asked = [says("bo", f"{QUESTION} {n}", chat="dev", to_bot=True) for n in range(20)]
    for question in asked:
        await receive(question)
    async with asyncio.timeout(PATIENCE):
        while {to.reply_to for to, _ in company.sent} < {question.id for question in asked}:
            await asyncio.sleep(0.01)
        while not slow.drafting:
            await asyncio.sleep(0.01)
    assert slow.drafting <= 2
    slow.go.set()
    await settled()
