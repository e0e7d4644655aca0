"""The connection is never deaf: the vendor's real SDK over real sockets, whatever the platform does."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from adapters.base import Event, Message, Reaction
from adapters.dingtalk.client import DingTalk
from adapters.dingtalk.settings import Settings
from adapters.dingtalk.simulator import DingTalkSimulator
from adapters.serving import served
from adapters.world import BOT, World

OPS = "cidOps=="
Heard = asyncio.Queue[Event]
Joined = Callable[..., AbstractAsyncContextManager[DingTalk]]


async def talk(simulator: DingTalkSimulator, heard: Heard, text: str) -> None:
    """Somebody says this to the bot, it is heard, and acknowledged."""
    message = await simulator.say("staff_wei", OPS, f"@分身 {text}", mentions=(BOT,))
    event = await asyncio.wait_for(heard.get(), 10)
    assert isinstance(event, Message)
    assert (event.id, event.text) == (message, text)
    pushed = await asyncio.wait_for(simulator.acked(message), 10)
    assert pushed.ack
    assert pushed.ack["code"] == 200


async def connected(simulator: DingTalkSimulator, times: int) -> None:
    """Return when a client has connected that many times and still is."""
    stream = simulator.stream
    await asyncio.wait_for(stream.until(lambda: stream.connects >= times and stream.connected > 0), 10)


async def test_wrong_credentials_are_named_and_tried_again(settings: Settings, simulator: DingTalkSimulator) -> None:
    """The state says what the platform said; the client does not give up, nor get in."""

    async def receive(event: Event) -> Reaction | None:
        raise AssertionError("nobody is let in")

    platform = DingTalk(replace(settings, client_secret="wrong"))
    listening = asyncio.create_task(platform.listen(receive))
    await asyncio.wait_for(simulator.stream.until(lambda: simulator.stream.opens >= 3), 10)
    assert "authFailed" in platform.state
    await platform.aclose()
    await listening
    assert simulator.stream.connects == 0


async def test_a_receive_that_never_returns_is_refused_in_time(
    joined: Joined, settings: Settings, simulator: DingTalkSimulator
) -> None:
    """A stuck event is given up with 500, so that the platform need not guess."""

    async def receive(event: Event) -> Reaction | None:
        await asyncio.Event().wait()
        return None

    async with joined(receive, timings=replace(settings.timings, taking=0.1)):
        pushed = await simulator.acked(await simulator.say("staff_wei", "cid_staff_wei", "x"))
    assert pushed.ack
    assert pushed.ack["code"] == 500


@pytest.mark.parametrize("code", [None, 1000, 1011, 1012])
async def test_a_dropped_socket_is_replaced(
    joined: Joined, heard: Heard, simulator: DingTalkSimulator, code: int | None
) -> None:
    """However the socket ends, the next message is heard on another."""
    async with joined() as platform:
        await talk(simulator, heard, "before")
        simulator.stream.drop(code)
        await connected(simulator, 2)
        await talk(simulator, heard, "after")
        assert platform.state == "connected"


async def test_after_system_disconnect_the_client_is_back_at_once(
    joined: Joined, heard: Heard, simulator: DingTalkSimulator, settings: Settings
) -> None:
    """Without any backoff: the old socket hears nothing more, so every second counts."""
    async with joined(timings=replace(settings.timings, backoff=60, backoff_most=60)):
        await talk(simulator, heard, "before")
        await simulator.stream.disconnect()
        await connected(simulator, 2)
        await talk(simulator, heard, "after")


async def test_what_is_being_taken_at_a_disconnect_is_acknowledged_where_it_came_from(
    joined: Joined, simulator: DingTalkSimulator
) -> None:
    """The old socket stays until its frames are acknowledged, though a new one is open."""
    free = asyncio.Event()

    async def receive(event: Event) -> Reaction | None:
        await free.wait()
        return None

    async with joined(receive):
        message = await simulator.say("staff_wei", "cid_staff_wei", "slow")
        await simulator.stream.disconnect()
        await connected(simulator, 2)
        free.set()
        pushed = await asyncio.wait_for(simulator.acked(message), 10)
        assert pushed.ack
        assert pushed.ack["code"] == 200


async def test_a_silent_platform_is_left_for_a_new_connection(
    joined: Joined, heard: Heard, simulator: DingTalkSimulator, settings: Settings
) -> None:
    """A socket without a frame for too long is dead, whatever TCP says."""
    async with joined(timings=replace(settings.timings, idle=0.2)):
        simulator.stream.mute = True
        await connected(simulator, 2)
        simulator.stream.mute = False
        await talk(simulator, heard, "after")


async def test_pings_keep_a_quiet_connection(joined: Joined, world: World, settings: Settings) -> None:
    """The platform's own ping counts as life, and is echoed as it came."""
    simulator = DingTalkSimulator(world, "dingapp", "app-secret", ping_every=0.1)
    async with served(simulator.app) as url:
        platform = DingTalk(replace(settings, endpoint=url, timings=replace(settings.timings, idle=0.25)))
        listening = asyncio.create_task(platform.listen(quiet))
        await connected(simulator, 1)
        pushed = simulator.stream.pushed
        await asyncio.wait_for(simulator.stream.until(lambda: sum(one.ack is not None for one in pushed) >= 3), 10)
        ping = pushed[0]
        assert ping.answer() == json.loads(ping.frame["data"])
        assert simulator.stream.connects == 1
        assert platform.heard_at is not None
        await platform.aclose()
        await listening


async def quiet(event: Event) -> Reaction | None:
    """Receive without a reaction."""
    return None


async def test_a_restarted_platform_finds_the_client_again(world: World, settings: Settings, heard: Heard) -> None:
    """A gateway that was away is tried until it is back."""
    first, second = (DingTalkSimulator(world, "dingapp", "app-secret") for _ in range(2))

    async def receive(event: Event) -> Reaction | None:
        heard.put_nowait(event)
        return None

    async with served(first.app) as url:
        platform = DingTalk(replace(settings, endpoint=url))
        listening = asyncio.create_task(platform.listen(receive))
        await connected(first, 1)
    async with served(second.app, urlsplit(url).port or 0):
        await connected(second, 1)
        await talk(second, heard, "after")
        await platform.aclose()
        await listening


async def test_nonsense_frames_do_not_cost_the_connection(
    joined: Joined, heard: Heard, simulator: DingTalkSimulator
) -> None:
    """No JSON, deep JSON, JSON without headers, unknown types and topics: the next message is heard."""
    async with joined():
        for raw in ("{", "[]", "null", "7", "[" * 100_000, b"\xff\xfe", '{"type":"CALLBACK"}', '{"type":"EVENT"}'):
            await simulator.stream.push_raw(raw)
        for raw in ('{"type":"CALLBACK","headers":3}', '{"type":"SYSTEM","headers":{"time":"x"}}', '{"type":[]}'):
            await simulator.stream.push_raw(raw)
        unknown = await simulator.stream.push("CALLBACK", "/v1.0/unknown", {"text": "x"})
        await asyncio.wait_for(unknown.done.wait(), 10)
        assert unknown.ack
        assert unknown.ack["code"] == 404
        await talk(simulator, heard, "after")
        assert simulator.stream.connects == 1


async def test_a_message_of_ten_megabytes_is_heard(joined: Joined, heard: Heard, simulator: DingTalkSimulator) -> None:
    """The libraries' limit of one would cost the connection, and the message with it."""
    async with joined():
        await talk(simulator, heard, "长" * 1_700_000)
        assert simulator.stream.connects == 1


async def test_the_platforms_pings_are_answered_when_every_place_is_taken(
    joined: Joined, simulator: DingTalkSimulator, settings: Settings
) -> None:
    """A slow `receive` holds up messages, not the connection's life."""
    free = asyncio.Event()

    async def receive(event: Event) -> Reaction | None:
        await free.wait()
        return None

    async with joined(receive, timings=replace(settings.timings, in_flight=1)):
        message = await simulator.say("staff_wei", "cid_staff_wei", "slow")
        await simulator.stream.ping()
        await asyncio.wait_for(simulator.stream.pushed[-1].done.wait(), 10)
        free.set()
        assert (await asyncio.wait_for(simulator.acked(message), 10)).ack


async def test_no_more_is_taken_at_once_than_there_are_places(
    joined: Joined, heard: Heard, simulator: DingTalkSimulator, settings: Settings
) -> None:
    """A flood waits in the socket, not in memory; nothing of it is lost."""
    free, at_once, most = asyncio.Event(), 0, 0

    async def receive(event: Event) -> Reaction | None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await free.wait()
        at_once -= 1
        return None

    async with joined(receive, timings=replace(settings.timings, in_flight=2)):
        said = [await simulator.say("staff_wei", "cid_staff_wei", str(n)) for n in range(6)]
        for _ in range(2):
            await asyncio.wait_for(heard.get(), 10)
        free.set()
        assert all([(await asyncio.wait_for(simulator.acked(one), 10)).ack for one in said])
    assert most == 2
