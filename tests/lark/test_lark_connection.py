"""Lark's long connection, through the real SDK: never deaf, never late, never telling, and gone when told to go."""

import asyncio
import threading
from typing import Any

import pytest

from adapters.base import Card, Event
from adapters.lark.client import Lark
from adapters.lark.settings import Credentials, Timings

OPS = "lark:cli_a1:oc_ops"
CARD = Card("Title", "text")


def threads() -> list[str]:
    """Our threads that still run."""
    return [t.name for t in threading.enumerate() if t.name.startswith("lark-")]


async def test_a_refused_endpoint_is_asked_again(company: Any, inbox: Any) -> None:
    """A connection limit, or any other no, is told by its code and does not make the client deaf."""
    company.simulator.faults.lookup = (1000040350, "the number of connections exceeded the limit")
    lark = Lark(company.credentials(), Timings(first_wait=0.05, rejected_wait=0.1, longest_wait=0.2))
    listener = asyncio.create_task(lark.listen(inbox))
    await company.until(lambda: lark.state == "lost: ClientException 1000040350")
    company.simulator.faults.lookup = None
    await company.say("after all")
    assert await inbox.text() == "after all"
    await lark.aclose()
    await listener


async def test_a_refused_handshake_is_asked_again(company: Any, inbox: Any) -> None:
    """A socket refused with the platform's own reason is tried again."""
    company.simulator.faults.handshake = (514, "exceeded", 1000040350)
    lark = Lark(company.credentials(), Timings(first_wait=0.05, rejected_wait=0.1, longest_wait=0.2))
    listener = asyncio.create_task(lark.listen(inbox))
    await company.until(lambda: lark.state == "lost: ClientException 514")
    company.simulator.faults.handshake = None
    await asyncio.wait_for(company.simulator.gateway.connected.wait(), 20)
    await lark.aclose()
    await listener


async def test_a_wrong_secret_is_told_without_it(company: Any, inbox: Any) -> None:
    """The state names what is wrong, and no secret."""
    company.simulator.tenant.app_id = "cli_secret"
    lark = Lark(Credentials("cli_secret", "hunter2", company.url), Timings(first_wait=0.05, longest_wait=0.1))
    listener = asyncio.create_task(lark.listen(inbox))
    await company.until(lambda: lark.state.startswith("lost"))
    assert "hunter2" not in lark.state + repr(company.credentials("hunter2"))
    listener.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listener


@pytest.mark.parametrize("code", [1000, 1011, None])
async def test_a_dropped_socket_is_opened_again(company: Any, inbox: Any, code: int | None) -> None:
    """However the line goes, what is said afterwards is heard."""
    async with company.listening(inbox):
        gateway = company.simulator.gateway
        gateway.drop(code)
        await company.until(lambda: gateway.connections == 0)
        await company.say("still there?")
        assert await inbox.text() == "still there?"


async def test_a_mute_platform_is_left(company: Any, inbox: Any) -> None:
    """A socket that is open but answers no ping is dead: another one is opened."""
    company.simulator.faults.ping_interval = 0.1
    async with company.listening(inbox, pong_grace=0.3):
        gateway = company.simulator.gateway
        lookups = company.simulator.tenant.requests.count("POST /callback/ws/endpoint")
        await company.until(lambda: gateway.pings > 2)
        assert company.simulator.tenant.requests.count("POST /callback/ws/endpoint") == lookups
        company.simulator.faults.mute = True
        await company.until(lambda: company.simulator.tenant.requests.count("POST /callback/ws/endpoint") > lookups)
        company.simulator.faults.mute = False
        await company.say("hello")
        assert await inbox.text() == "hello"


async def test_nothing_is_left_behind(company: Any, inbox: Any) -> None:
    """Closing takes less than a second and leaves no task, thread or socket, even with an event in hand."""

    async def hang(event: Event) -> None:
        await asyncio.Event().wait()

    inbox.answer = hang
    before = asyncio.all_tasks()
    lark = Lark(company.credentials(), Timings(ack=60))
    listener = asyncio.create_task(lark.listen(inbox))
    await asyncio.wait_for(company.simulator.gateway.connected.wait(), 20)
    await company.say("in hand")
    await inbox.next()
    clock = asyncio.get_running_loop().time
    started = clock()
    await lark.aclose()
    await listener
    assert clock() - started < 1
    assert lark.state == "stopped"
    await company.until(lambda: company.simulator.gateway.connections == 0 and not threads())
    await company.until(lambda: asyncio.all_tasks() <= before)


async def test_closing_does_not_wait_for_the_platform(company: Any, inbox: Any) -> None:
    """Closing is as quick while looking the endpoint up, before connecting, and twice."""
    company.simulator.faults.delays["/bot/v3/info"] = 3.0
    lark = Lark(company.credentials())
    listener = asyncio.create_task(lark.listen(inbox))
    await company.until(lambda: company.simulator.tenant.serving > 0)
    clock = asyncio.get_running_loop().time
    started = clock()
    await lark.aclose()
    await lark.aclose()
    await listener
    assert clock() - started < 1


async def test_a_refusal_is_not_hammered(company: Any, inbox: Any) -> None:
    """Where the platform says no, the next attempt keeps its distance."""
    company.simulator.faults.lookup = (1000040350, "the number of connections exceeded the limit")
    lark = Lark(company.credentials(), Timings(first_wait=0.01, rejected_wait=60))
    listener = asyncio.create_task(lark.listen(inbox))
    await company.until(lambda: lark.state.startswith("lost"))
    await asyncio.sleep(0.2)  # time for another attempt, which must not come
    assert company.simulator.tenant.requests.count("POST /callback/ws/endpoint") == 1
    await lark.aclose()
    await listener


async def test_a_connection_that_held_is_soon_replaced(company: Any, inbox: Any) -> None:
    """Only failures in a row lengthen the wait: thirteen drops of a healthy line are each mended at once."""
    async with company.listening(inbox, first_wait=0.02, longest_wait=60, stable=0):
        gateway = company.simulator.gateway
        for n in range(13):
            gateway.drop(1011)
            await company.until(lambda n=n: len(gateway.issued) == 2 * (n + 2) and gateway.connections == 1)


async def test_a_senseless_ping_interval_is_not_kept(company: Any, inbox: Any) -> None:
    """A configuration that makes no sense does not cost the connection."""
    company.simulator.faults.ping_interval = "soon"
    async with company.listening(inbox):
        await company.until(lambda: company.simulator.gateway.pings > 0)
        await company.say("hello")
        assert await inbox.text() == "hello"
        assert company.simulator.tenant.requests.count("POST /callback/ws/endpoint") == 1
