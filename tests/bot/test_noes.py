"""Promises of when a no goes out: at whole steps after the question, whatever was looked for until then."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from adapters.base import Address, Card, Message, Receive
from bot.app import NO_STEP
from bot.grounding import Quoted
from bot.preparing import Answerer
from skills.words import Grant
from tests.bot.conftest import Company

Shown = tuple[Address, Card]
Says = Callable[..., Message]
Joins = Callable[..., Awaitable[None]]
STEP, SLACK = 0.8, 0.4  # seconds; what a loaded machine takes beside
NOES = {
    "nobody of that name": "ask Zoe when the gateway restarts",
    "never came": "ask Bo when the gateway restarts",
    "nothing found": "ask Ana which colour zebras have",
    "searched for long": "ask Ana slowly",
    "the floor": "ask Ana what her salary is",
    "nobody named": "who knows which colour zebras have",
}


class Slow:
    """A double that thinks for a while, and then has nothing."""

    async def answer(self, grant: Grant, question: str) -> Sequence[Quoted]:
        """Nothing, sooner or later."""
        await asyncio.sleep(STEP * ("slowly" in question) * (1.2 if "very" in question else 0.3))
        return []


@pytest.fixture
def answerer() -> Callable[[], Answerer]:
    """It has nothing."""
    return Slow


@pytest.fixture(autouse=True)  # before the bot is made
def stepping(company: Company) -> None:
    """Steps that are longer than any search here."""
    company.step = STEP


@pytest.fixture
def timed(
    receive: Receive, settled: Callable[[], Awaitable[None]], says: Says, company: Company
) -> Callable[..., Awaitable[float]]:
    """Seconds from a question to its card."""

    async def ask(text: str, **where: object) -> float:
        left = list[float]()

        async def leaves(_: Address, __: Card) -> None:
            left.append(asyncio.get_running_loop().time())

        company.hooks[:] = [leaves]
        began = asyncio.get_running_loop().time()
        await receive(says("cy", text, to_bot=True, **where))
        await settled()
        return left[0] - began

    return ask


async def test_every_no_goes_out_at_a_step(joins: Joins, timed: Callable[..., Awaitable[float]]) -> None:
    """Whether nobody was found or a double had been searched for long: none tells by its time which no it was."""
    await joins("ana", "join_today")
    took = {kind: await timed(question) for kind, question in NOES.items()}
    assert {kind: seconds for kind, seconds in took.items() if seconds < STEP or seconds % STEP > SLACK} == {}
    assert NO_STEP >= 0.5


async def test_what_takes_longer_than_a_step_waits_for_the_next(
    joins: Joins, timed: Callable[..., Awaitable[float]]
) -> None:
    """Not for a moment in between, which would tell how long was searched."""
    await joins("ana", "join_today")
    took = await timed("ask Ana very slowly")
    assert took >= 2 * STEP
    assert took % STEP < SLACK
