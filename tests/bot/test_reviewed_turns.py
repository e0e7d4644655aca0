"""Promises of drafts beside answers: however long they take, nobody who asks has to wait for one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from adapters.base import Click, Message, Receive
from bot.grounding import Quoted
from bot.preparing import Answerer
from skills.store import Store
from skills.words import Grant
from tests.bot.conftest import PATIENCE, Company
from tests.bot.reviewed import DEV, OPS, QUESTION, Desk


class Slow:
    """Answers at once with nothing, and thinks about a draft until it is let go."""

    def __init__(self) -> None:
        self.drafting, self.go = 0, asyncio.Event()

    async def answer(self, grant: Grant, question: str) -> Sequence[Quoted]:
        """Nothing, sooner or later."""
        if grant.mode == "review":
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
