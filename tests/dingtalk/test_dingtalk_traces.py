"""What a client leaves behind: no task, thread or socket, and no secret in a log."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import partial

import pytest

from adapters.base import Address, Button, Card, Event, Reaction
from adapters.dingtalk.client import DingTalk
from adapters.dingtalk.settings import Settings
from adapters.dingtalk.simulator import DingTalkSimulator
from adapters.world import BOT

OPS = "cidOps=="
GROUP = Address(chat=f"dingtalk:demo:{OPS}")
ASK = Card("分身", "要加入吗？", buttons=(Button("join", "加入", {"offer": "o1"}, command="/optin"),))
DELIVER = "/v1.0/card/instances/createAndDeliver"
Heard = asyncio.Queue[Event]
Joined = Callable[..., AbstractAsyncContextManager[DingTalk]]


async def fails(event: Event) -> Reaction | None:
    """A bot that is broken, and says what it was told."""
    raise ValueError(getattr(event, "text", ""))


def reached(simulator: DingTalkSimulator, connects: int) -> bool:
    """Whether a client has connected that many times."""
    return simulator.stream.connects == connects


async def test_closing_leaves_nothing_behind(joined: Joined, simulator: DingTalkSimulator) -> None:
    """Within a second, with an event still being taken and a request under way: no task, thread or socket."""

    async def never(event: Event) -> Reaction | None:
        await asyncio.Event().wait()
        return None

    tasks, threads = asyncio.all_tasks(), threading.active_count()
    simulator.faults.slow[DELIVER] = 5.0
    async with joined(never) as platform:
        sending = asyncio.create_task(platform.send(GROUP, ASK, "key"))
        message = await simulator.say("staff_wei", "cid_staff_wei", "x")
        await simulator.stream.disconnect()
        await simulator.stream.until(lambda: simulator.stream.connects == 2)
        sending.cancel()
        began = time.monotonic()
        await platform.aclose()
        assert time.monotonic() - began < 1
        assert platform.state == "stopped"
        await asyncio.wait_for(simulator.acked(message), 5)
    await asyncio.gather(sending, return_exceptions=True)
    await asyncio.wait_for(simulator.stream.until(lambda: simulator.stream.connected == 0), 5)
    mine = {task for task in asyncio.all_tasks() - tasks if "adapters/dingtalk/" in str(task.get_coro())}
    assert not [task for task in mine if "simulator" not in str(task.get_coro())]
    assert threading.active_count() <= threads


async def test_listening_ends_when_it_is_cancelled(settings: Settings, simulator: DingTalkSimulator) -> None:
    """As the composition root ends it: the socket goes with the task, and it may listen again."""
    platform = DingTalk(settings)
    for times in (1, 2):
        listening = asyncio.create_task(platform.listen(fails))
        await asyncio.wait_for(simulator.stream.until(partial(reached, simulator, times)), 10)
        listening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(listening, 5)
        await asyncio.wait_for(simulator.stream.until(lambda: simulator.stream.connected == 0), 5)
    await platform.aclose()


async def test_nothing_secret_is_logged(
    joined: Joined, heard: Heard, simulator: DingTalkSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither tickets, tokens, sessions and the app's secret, nor a word that anybody said, at any level."""
    caplog.set_level(logging.DEBUG)
    async with joined(fails) as platform:
        await platform.send(GROUP, replace(ASK, text="answer-canary"), "key")
        await simulator.say("staff_wei", OPS, "@分身 canary-word", mentions=(BOT,))
        await heard.get()
        sessions = list(simulator.robot.sessions)
        await platform.send(GROUP, Card("t", "answer-canary"), "text")
        simulator.expire_sessions()
        await platform.send(GROUP, Card("t", "answer-canary"), "more")
        await simulator.stream.push("CALLBACK", "/v1.0/unknown", {"text": "canary-word"})
        await simulator.stream.push("OTHER", "x", {"text": "canary-word"})
        await simulator.stream.push_raw("canary-word")
        simulator.stream.drop(1011)
        await simulator.stream.until(lambda: simulator.stream.connects == 2)
        await platform.diagnose()
    said = caplog.text
    assert "connected" in said
    tickets = [ticket.removesuffix("+/=") for ticket in simulator.stream.tickets]
    secrets = [*tickets, *simulator.door.tokens, *sessions, "app-secret", "canary"]
    assert len(secrets) >= 6
    assert not [secret for secret in secrets if secret in said]
