"""A small company on a simulated DingTalk, and clients of it that use the vendor's real SDK."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from adapters.base import Event, Reaction, Receive
from adapters.dingtalk.client import DingTalk
from adapters.dingtalk.settings import Settings, Timings
from adapters.dingtalk.simulator import DingTalkSimulator
from adapters.serving import served
from adapters.world import Chat, Person, World

FAST = Timings(backoff=0.02, backoff_most=0.1, qps_pause=0.02, idle=30, taking=10)
Joined = Callable[..., AbstractAsyncContextManager[DingTalk]]


@pytest.fixture
def world() -> World:
    """Three people, a group of two of them, and everybody's direct chat."""
    made = World("msg")
    for staff, name in (("staff_wei", "王伟"), ("staff_ana", "Ana"), ("staff_li", "李娜")):
        made.people[staff] = Person(staff, name)
        made.chats[f"cid_{staff}"] = Chat(f"cid_{staff}", name, True, (staff,))
    made.chats["cidOps=="] = Chat("cidOps==", "支付运维", False, ("staff_wei", "staff_ana"))
    return made


@pytest.fixture
def simulator(world: World) -> DingTalkSimulator:
    """The platform; `settings` serves it."""
    return DingTalkSimulator(world, "dingapp", "app-secret")


@pytest.fixture
async def settings(simulator: DingTalkSimulator) -> AsyncIterator[Settings]:
    """Settings with which an app finds the platform, which is up."""
    async with served(simulator.app) as url:
        yield Settings("dingapp", "app-secret", corp="demo", endpoint=url, timings=FAST)


@pytest.fixture
async def heard() -> asyncio.Queue[Event]:
    """What clients received, in order."""
    return asyncio.Queue()


@pytest.fixture
def joined(simulator: DingTalkSimulator, settings: Settings, heard: asyncio.Queue[Event]) -> Joined:
    """Connects a client, with some settings changed; it keeps what it hears and then calls `receive`, if given."""

    @asynccontextmanager
    async def joining(receive: Receive | None = None, **changes: Any) -> AsyncIterator[DingTalk]:
        async def hear(event: Event) -> Reaction | None:
            heard.put_nowait(event)
            return await receive(event) if receive else None

        platform = DingTalk(replace(settings, **changes))
        listening = asyncio.create_task(platform.listen(hear))
        try:
            await asyncio.wait_for(simulator.stream.until(lambda: simulator.stream.connected > 0), 10)
            yield platform
        finally:
            await platform.aclose()
            await asyncio.wait_for(listening, 5)

    return joining
