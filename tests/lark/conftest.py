"""A small simulated company on Lark, its platform on a real socket, and the real SDK's client to it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from adapters.base import Event, Message, Reaction, Receive
from adapters.lark.client import Lark
from adapters.lark.settings import Credentials, Timings
from adapters.lark.simulated.gateway import Delivery
from adapters.lark.simulator import LarkSimulator
from adapters.serving import served
from adapters.world import Chat, Person, World

QUICK = Timings(
    first_wait=0.05,
    longest_wait=0.2,
    rejected_wait=0.2,
    pong_grace=0.3,
    first_retry=0.02,
    members=0.0,
    names=0.0,
    slower=0.2,
)


@dataclass
class Inbox:
    """What a client heard; `answer` is what it replies with."""

    answer: Receive | None = None
    events: "asyncio.Queue[Event]" = field(default_factory=asyncio.Queue)

    async def __call__(self, event: Event) -> Reaction | None:
        self.events.put_nowait(event)
        return await self.answer(event) if self.answer else None

    async def next(self) -> Event:
        """The next event, within what a loaded machine may take."""
        return await asyncio.wait_for(self.events.get(), 20)

    async def text(self) -> str:
        """What was said in the next message."""
        event = await self.next()
        assert isinstance(event, Message)
        return event.text


@dataclass
class Company:
    """The platform's side, and how to reach it."""

    simulator: LarkSimulator
    url: str

    def credentials(self, secret: str = "simulated") -> Credentials:
        """Of the simulated app."""
        return Credentials(self.simulator.tenant.app_id, secret, self.url)

    def webhook(self) -> Lark:
        """A client whose events come by HTTP."""
        return Lark(replace(self.credentials(), mode="webhook"), QUICK)

    async def say(self, text: str) -> Delivery:
        """Ana says something in the group: its delivery."""
        await self.simulator.say("ou_ana", "oc_ops", text)
        return self.simulator.gateway.deliveries[-1]

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait for what must come, as long as a loaded machine may take."""
        async with asyncio.timeout(20):
            while not true():
                await asyncio.sleep(0.01)

    @asynccontextmanager
    async def listening(self, inbox: Receive, **changes: Any) -> AsyncIterator[Lark]:
        """A client that is connected and listening, with these of its timings changed."""
        lark = Lark(self.credentials(), replace(QUICK, **changes))
        listener = asyncio.create_task(lark.listen(inbox))
        try:
            await asyncio.wait_for(self.simulator.gateway.connected.wait(), 20)
            yield lark
        finally:
            await lark.aclose()
            await asyncio.wait_for(listener, 20)


@pytest.fixture
def world() -> World:
    """Three colleagues, a group of all, and Ana's direct chat with the bot."""
    people = [Person("ou_ana", "Ana"), Person("ou_bo", "Bo"), Person("ou_chen", "陈")]
    chats = [Chat("oc_ops", "支付运维", False, ("ou_ana", "ou_bo", "ou_chen")), Chat("oc_ana", "", True, ("ou_ana",))]
    return World("om_", {p.id: p for p in people}, {c.id: c for c in chats})


@pytest.fixture
def simulator(world: World) -> LarkSimulator:
    """Their Lark."""
    return LarkSimulator(world, app_id="cli_a1")


@pytest.fixture
async def company(simulator: LarkSimulator) -> AsyncIterator[Company]:
    """Their Lark, served."""
    async with served(simulator.app) as url:
        yield Company(simulator, url)


@pytest.fixture
def inbox() -> Inbox:
    """Where a client puts what it hears."""
    return Inbox()


@pytest.fixture
async def lark(company: Company) -> AsyncIterator[Lark]:
    """A client for REST alone."""
    client = Lark(company.credentials(), QUICK)
    yield client
    await client.aclose()
