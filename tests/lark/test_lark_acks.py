"""Acknowledging Lark's events: each taken or given back in time, whatever else is slow, broken or sent twice."""

import asyncio
from typing import Any

from adapters.base import Address, Button, Card, Event, Reaction
from adapters.lark.simulated.frames import CONTROL, DATA, Frame, encode

OPS, ANA = "lark:cli_a1:oc_ops", "lark:cli_a1:ou_ana"
CARD = Card("Title", "text")


async def test_what_was_not_acknowledged_comes_again(company: Any, inbox: Any) -> None:
    """An event whose acknowledgement was lost with the line arrives again, as the same event."""
    hold = asyncio.Event()

    async def wait(event: Event) -> None:
        await hold.wait()

    inbox.answer = wait
    async with company.listening(inbox, ack=30):
        delivery = await company.say("once")
        first = await inbox.next()
        company.simulator.gateway.drop(1011)
        second = await inbox.next()
        assert first == second
        hold.set()
        assert (await delivery.ack).code == 200


async def test_duplicates_are_the_same_event(company: Any, inbox: Any) -> None:
    """A copy at once and a copy long after carry the first one's event id, so that it can be claimed once."""
    async with company.listening(inbox):
        company.simulator.faults.copies = 2
        delivery = await company.say("twice")
        heard = [await inbox.next(), await inbox.next()]
        company.simulator.gateway.again(delivery)
        heard.append(await inbox.next())
        assert heard[0] == heard[1] == heard[2]


async def test_a_slow_rest_api_delays_no_acknowledgement(company: Any, inbox: Any) -> None:
    """While forty requests hang, events are taken and acknowledged in well under a second."""
    async with company.listening(inbox) as lark:
        company.simulator.faults.delays["/im/v1/"] = 3.0
        sends = [asyncio.create_task(lark.members(f"lark:cli_a1:oc_{n}")) for n in range(40)]
        await company.until(lambda: company.simulator.tenant.serving > 8)
        acks = [await (await company.say(f"m{n}")).ack for n in range(10)]
        assert max(ack.seconds for ack in acks) < 1
        for task in sends:
            task.cancel()
        await asyncio.gather(*sends, return_exceptions=True)


async def test_an_event_that_is_not_taken_is_not_acknowledged(company: Any, inbox: Any) -> None:
    """When `receive` fails, the platform is told to send the event again; the next one is heard all the same."""

    async def fail(event: Event) -> None:
        raise RuntimeError("the database is away")

    inbox.answer = fail
    async with company.listening(inbox):
        assert (await (await company.say("one")).ack).code == 500
        inbox.answer = None
        assert (await (await company.say("two")).ack).code == 200


async def test_an_event_that_was_not_taken_comes_again_until_it_is(company: Any, inbox: Any) -> None:
    """Under the same id, as on Lark; so does a tap, by whoever saw nothing happen."""
    company.simulator.faults.redeliver = 0.01
    heard: list[Event] = []

    async def fail_twice(event: Event) -> Reaction | None:
        heard.append(event)
        if len(heard) % 3:
            raise RuntimeError("the database is away")
        return Reaction("done")

    inbox.answer = fail_twice
    async with company.listening(inbox) as lark:
        await company.say("one")
        while company.simulator.busy:
            await asyncio.sleep(0.01)
        assert len(heard) == 3
        assert len({event.event for event in heard}) == 1
        sent = await lark.send(Address(person=ANA), Card("Join?", "", buttons=(Button("join", "Join"),)), "k")
        assert await company.simulator.click("ou_ana", sent.message, "join", {}) == "done"
        assert len({event.event for event in heard[3:]}) == 1


async def test_an_event_that_takes_too_long_is_given_back(company: Any, inbox: Any) -> None:
    """At the deadline `receive` is called off and the event given back, before the platform would give up."""
    called_off = asyncio.Event()

    async def hang(event: Event) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            called_off.set()

    inbox.answer = hang
    async with company.listening(inbox, ack=0.2):
        ack = await (await company.say("slow")).ack
        assert ack.code == 500
        assert 0.15 < ack.seconds < 2.5
        assert called_off.is_set()


async def test_events_are_taken_side_by_side_up_to_a_bound(company: Any, inbox: Any) -> None:
    """A slow event does not hold up the next, and a flood does not open a thousand transactions."""
    now, most, go = 0, 0, asyncio.Event()

    async def busy(event: Event) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await go.wait()
        now -= 1

    inbox.answer = busy
    async with company.listening(inbox, in_flight=4, ack=30):
        deliveries = [await company.say(f"m{n}") for n in range(40)]
        await company.until(lambda: now == 4)
        await asyncio.sleep(0.1)  # time for a fifth, which must not come
        go.set()
        acks = [await d.ack for d in deliveries]
        assert {ack.code for ack in acks} == {200}
        assert most == 4


async def test_nonsense_on_the_socket_harms_nobody(company: Any, inbox: Any) -> None:
    """Garbage, unknown frames, impossible parts and broken JSON are passed over, on the same connection."""
    common = (("type", "event"), ("message_id", "f1"))
    frames = [
        Frame(DATA, (*common, ("sum", "x"), ("seq", "0")), b"{}"),
        Frame(DATA, (*common, ("sum", "2"), ("seq", "7")), b"{}"),
        Frame(DATA, (*common, ("sum", "999999999"), ("seq", "1")), b"{}"),
        Frame(DATA, (*common, ("sum", "-1"), ("seq", "-1")), b"{}"),
        Frame(DATA, (("type", "event"),), b"{}"),
        Frame(DATA, (("type", "hologram"), ("message_id", "f2")), b"{}"),
        Frame(DATA, common, b"not json"),
        Frame(DATA, common, b'"json"'),
        Frame(DATA, common, b"[" * 100_000),
        Frame(CONTROL, (("type", "pong"),), b'{"PingInterval": "soon"}'),
        Frame(CONTROL, (("type", "pong"),), b"not json"),
        Frame(9, common, b"{}"),
    ]
    async with company.listening(inbox):
        gateway = company.simulator.gateway
        for junk in (b"", b"\xff\xff\xff", bytes(range(256)), *map(encode, frames)):
            gateway.raw(junk)
        await company.say("unharmed")
        assert await inbox.text() == "unharmed"
        assert company.simulator.tenant.requests.count("POST /callback/ws/endpoint") == 1


async def test_a_message_beyond_all_measure_costs_one_connection(company: Any, inbox: Any) -> None:
    """10 MB are taken; what is larger than the socket allows ends it, and it is opened again."""
    async with company.listening(inbox):
        delivery = await company.say("x" * 10_000_000)
        assert len(await inbox.text()) == 10_000_000
        assert (await delivery.ack).code == 200
        company.simulator.gateway.raw(b"x" * 17_000_000)
        await company.until(lambda: company.simulator.tenant.requests.count("POST /callback/ws/endpoint") == 2)
        await company.say("back")
        assert await inbox.text() == "back"


async def test_an_event_in_parts_is_heard_whole(company: Any, inbox: Any) -> None:
    """300 kB in three frames are one message."""
    company.simulator.faults.fragments = 3
    async with company.listening(inbox):
        delivery = await company.say("字" * 100_000)
        assert await inbox.text() == "字" * 100_000
        assert (await delivery.ack).code == 200
