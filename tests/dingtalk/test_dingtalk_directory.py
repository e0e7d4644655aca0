"""Promises of the directory: what the company calls somebody, asked once, and never in anybody's way."""

import asyncio
import logging
from collections import deque
from dataclasses import replace
from typing import Any

import pytest

from adapters.base import Event
from adapters.dingtalk.settings import Settings
from adapters.dingtalk.simulator import DingTalkSimulator
from adapters.directory import Nicknames
from adapters.world import World
from tests.dingtalk.conftest import Joined

PATH, CHAT = "/topapi/v2/user/get", "dingtalk:demo:cidOps=="
LI, WEI = "dingtalk:demo:staff_li", "dingtalk:demo:staff_wei"


def asked(simulator: DingTalkSimulator) -> int:
    """How often the directory was asked."""
    return sum(path == PATH for _, path in simulator.door.requests)


async def test_whom_the_company_does_not_know_has_no_name(joined: Joined, simulator: DingTalkSimulator) -> None:
    """And is not asked for again."""
    async with joined() as platform:
        assert [await platform.person_name("dingtalk:demo:nobody", CHAT) for _ in range(2)] == ["", ""]
        assert asked(simulator) == 1
        assert await platform.person_name(LI, CHAT) == "李娜"


@pytest.mark.parametrize(
    ("status", "answer"),
    [(200, {"errcode": 60011, "errmsg": "no permission"}), (403, {"code": "Forbidden"}), (200, ["?"]), (200, {})],
)
async def test_a_directory_that_is_closed_is_left_alone_for_an_hour(
    joined: Joined, simulator: DingTalkSimulator, status: int, answer: Any
) -> None:
    """Each call is paid for; whoever needs a name goes on without one."""
    simulator.faults.next[PATH] = deque([(status, answer)])
    async with joined() as platform:
        assert await platform.person_name(LI, CHAT) == ""
        assert await platform.person_name(WEI, CHAT) == ""
        assert asked(simulator) == 1


async def test_a_directory_that_is_away_is_asked_again(joined: Joined, simulator: DingTalkSimulator) -> None:
    """A failure of the moment is no refusal."""
    simulator.faults.next[PATH] = deque([(503, {})])
    async with joined() as platform:
        assert [await platform.person_name(LI, CHAT) for _ in range(3)] == ["", "李娜", "李娜"]
        assert asked(simulator) == 2


async def test_a_token_that_ran_out_is_renewed_once(joined: Joined, simulator: DingTalkSimulator) -> None:
    """The older interface says so beside what looks like a success."""
    async with joined() as platform:
        assert await platform.person_name(LI, CHAT) == "李娜"
        simulator.door.tokens.clear()
        assert await platform.person_name(WEI, CHAT) == "王伟"
        assert len(simulator.door.tokens) == 1


async def test_the_name_behind_a_nickname_is_one_that_colleagues_may_ask_by(
    joined: Joined, simulator: DingTalkSimulator, world: World, heard: asyncio.Queue[Event]
) -> None:
    """What a message shows is the name on display; the directory's is known besides, and only where it is another."""
    world.people["staff_wei"] = replace(world.people["staff_wei"], nickname="小伟")
    async with joined() as platform:
        assert isinstance(platform, Nicknames)
        for staff in ("staff_wei", "staff_li"):
            await simulator.say(staff, f"cid_{staff}", "hi")
            await heard.get()
        assert await platform.person_name(WEI, CHAT) == "小伟"
        assert await platform.also_called(WEI) == ("王伟",)
        assert await platform.also_called(LI) == ()


async def test_the_token_in_the_address_stands_in_no_log(
    joined: Joined, simulator: DingTalkSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    """The older interface wants it there."""
    caplog.set_level(logging.DEBUG)
    async with joined() as platform:
        assert await platform.person_name(LI, CHAT) == "李娜"
    assert simulator.door.tokens
    assert not any(token in caplog.text for token in simulator.door.tokens)


def test_the_older_interface_is_beside_the_newer_one_but_at_dingtalk_itself() -> None:
    """A company's own gateway, and the simulator, serve both."""
    assert Settings("a", "b").legacy == "https://oapi.dingtalk.com"
    assert Settings("a", "b", endpoint="https://gateway.example").legacy == "https://gateway.example"
