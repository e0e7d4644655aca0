"""Lark's long connection, through the real SDK: never deaf, never late, never telling, and gone when told to go."""

import asyncio
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from adapters.base import Address, Card, Event, Message
from adapters.lark.client import Lark, load_sdk, redact
from adapters.lark.fragments import Fragments
from adapters.lark.settings import Credentials, Timings
from adapters.lark.simulated.frames import CONTROL, DATA, Frame, decode, encode
from adapters.lark.threads import Threads

OPS = "lark:cli_a1:oc_ops"
CARD = Card("Title", "text")


async def until(true: Callable[[], bool]) -> None:
    """Wait for what must come, as long as a loaded machine may take."""
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)


async def say(company: Any, text: str) -> Any:
    """Ana says something in the group; its delivery."""
    await company.simulator.say("ou_ana", "oc_ops", text)
    return company.simulator.gateway.deliveries[-1]


async def next_text(inbox: Any) -> str:
    """What was heard next."""
    event = await inbox.next()
    assert isinstance(event, Message)
    return event.text


def threads() -> list[str]:
    """Our threads that still run."""
    return [t.name for t in threading.enumerate() if t.name.startswith("lark-")]


async def test_a_refused_endpoint_is_asked_again(company: Any, inbox: Any) -> None:
    """A connection limit, or any other no, is told by its code and does not make the client deaf."""
    company.simulator.faults.lookup = (1000040350, "the number of connections exceeded the limit")
    lark = Lark(company.credentials(), Timings(first_wait=0.05, rejected_wait=0.1, longest_wait=0.2))
    listener = asyncio.create_task(lark.listen(inbox))
    await until(lambda: lark.state == "lost: ClientException 1000040350")
    company.simulator.faults.lookup = None
    await say(company, "after all")
    assert await next_text(inbox) == "after all"
    await lark.aclose()
    await listener


async def test_a_refused_handshake_is_asked_again(company: Any, inbox: Any) -> None:
    """A socket refused with the platform's own reason is tried again."""
    company.simulator.faults.handshake = (514, "exceeded", 1000040350)
    lark = Lark(company.credentials(), Timings(first_wait=0.05, rejected_wait=0.1, longest_wait=0.2))
    listener = asyncio.create_task(lark.listen(inbox))
    await until(lambda: lark.state == "lost: ClientException 514")
    company.simulator.faults.handshake = None
    await asyncio.wait_for(company.simulator.gateway.connected.wait(), 20)
    await lark.aclose()
    await listener


async def test_a_wrong_secret_is_told_without_it(company: Any, inbox: Any) -> None:
    """The state names what is wrong, and no secret."""
    company.simulator.tenant.app_id = "cli_secret"
    lark = Lark(Credentials("cli_secret", "hunter2", company.url), Timings(first_wait=0.05, longest_wait=0.1))
    listener = asyncio.create_task(lark.listen(inbox))
    await until(lambda: lark.state.startswith("lost"))
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
        await until(lambda: gateway.connections == 0)
        await say(company, "still there?")
        assert await next_text(inbox) == "still there?"


async def test_what_was_not_acknowledged_comes_again(company: Any, inbox: Any) -> None:
    """An event whose acknowledgement was lost with the line arrives again, as the same event."""
    hold = asyncio.Event()

    async def wait(event: Event) -> None:
        await hold.wait()

    inbox.answer = wait
    async with company.listening(inbox, ack=30):
        delivery = await say(company, "once")
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
        delivery = await say(company, "twice")
        heard = [await inbox.next(), await inbox.next()]
        company.simulator.gateway.again(delivery)
        heard.append(await inbox.next())
        assert heard[0] == heard[1] == heard[2]


async def test_an_event_in_parts_is_heard_whole(company: Any, inbox: Any) -> None:
    """300 kB in three frames are one message."""
    company.simulator.faults.fragments = 3
    async with company.listening(inbox):
        delivery = await say(company, "字" * 100_000)
        assert await next_text(inbox) == "字" * 100_000
        assert (await delivery.ack).code == 200


async def test_a_mute_platform_is_left(company: Any, inbox: Any) -> None:
    """A socket that is open but answers no ping is dead: another one is opened."""
    company.simulator.faults.ping_interval = 0.1
    async with company.listening(inbox, pong_grace=0.3):
        gateway = company.simulator.gateway
        lookups = company.simulator.tenant.requests.count("POST /callback/ws/endpoint")
        await until(lambda: gateway.pings > 2)
        assert company.simulator.tenant.requests.count("POST /callback/ws/endpoint") == lookups
        company.simulator.faults.mute = True
        await until(lambda: company.simulator.tenant.requests.count("POST /callback/ws/endpoint") > lookups)
        company.simulator.faults.mute = False
        await say(company, "hello")
        assert await next_text(inbox) == "hello"


async def test_a_slow_rest_api_delays_no_acknowledgement(company: Any, inbox: Any) -> None:
    """While forty requests hang, events are taken and acknowledged in well under a second."""
    async with company.listening(inbox) as lark:
        company.simulator.faults.delays["/im/v1/"] = 3.0
        sends = [asyncio.create_task(lark.members(f"lark:cli_a1:oc_{n}")) for n in range(40)]
        await until(lambda: company.simulator.tenant.serving > 8)
        acks = [await (await say(company, f"m{n}")).ack for n in range(10)]
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
        assert (await (await say(company, "one")).ack).code == 500
        inbox.answer = None
        assert (await (await say(company, "two")).ack).code == 200


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
        ack = await (await say(company, "slow")).ack
        assert ack.code == 500
        assert 0.15 < ack.seconds < 2.5
        assert called_off.is_set()


async def test_events_are_taken_side_by_side_up_to_a_bound(company: Any, inbox: Any) -> None:
    """A slow event does not hold up the next, and a flood does not open a thousand transactions."""
    now, most, full = 0, 0, asyncio.Event()

    async def busy(event: Event) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        if now == 4:
            full.set()
        await full.wait()
        now -= 1

    inbox.answer = busy
    async with company.listening(inbox, in_flight=4, ack=30):
        deliveries = [await say(company, f"m{n}") for n in range(40)]
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
        await say(company, "unharmed")
        assert await next_text(inbox) == "unharmed"
        assert company.simulator.tenant.requests.count("POST /callback/ws/endpoint") == 1


async def test_a_message_beyond_all_measure_costs_one_connection(company: Any, inbox: Any) -> None:
    """10 MB are taken; what is larger than the socket allows ends it, and it is opened again."""
    async with company.listening(inbox):
        delivery = await say(company, "x" * 10_000_000)
        assert len(await next_text(inbox)) == 10_000_000
        assert (await delivery.ack).code == 200
        company.simulator.gateway.raw(b"x" * 17_000_000)
        await until(lambda: company.simulator.tenant.requests.count("POST /callback/ws/endpoint") == 2)
        await say(company, "back")
        assert await next_text(inbox) == "back"


async def test_nothing_is_left_behind(company: Any, inbox: Any) -> None:
    """Closing takes less than a second and leaves no task, thread or socket, even with an event in hand."""

    async def hang(event: Event) -> None:
        await asyncio.Event().wait()

    inbox.answer = hang
    before = asyncio.all_tasks()
    lark = Lark(company.credentials())
    listener = asyncio.create_task(lark.listen(inbox))
    await asyncio.wait_for(company.simulator.gateway.connected.wait(), 20)
    await say(company, "in hand")
    await inbox.next()
    clock = asyncio.get_running_loop().time
    started = clock()
    await lark.aclose()
    await listener
    assert clock() - started < 1
    assert lark.state == "stopped"
    await until(lambda: company.simulator.gateway.connections == 0 and not threads())
    ours = [t for t in asyncio.all_tasks() - before if "lark/c" in str(t.get_coro())]
    assert ours == []


async def test_closing_does_not_wait_for_the_platform(company: Any, inbox: Any) -> None:
    """Closing is as quick while looking the endpoint up, before connecting, and twice."""
    company.simulator.faults.delays["/bot/v3/info"] = 3.0
    lark = Lark(company.credentials())
    listener = asyncio.create_task(lark.listen(inbox))
    await until(lambda: company.simulator.tenant.serving > 0)
    clock = asyncio.get_running_loop().time
    started = clock()
    await lark.aclose()
    await lark.aclose()
    await listener
    assert clock() - started < 1


async def test_secrets_and_words_stay_out_of_every_log(
    company: Any, inbox: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """At DEBUG, over a whole session with a reconnect: no ticket, key, token or secret, and nothing that was said."""
    caplog.set_level(logging.DEBUG)
    async with company.listening(inbox) as lark:
        await say(company, "the payroll")
        await inbox.next()
        await lark.send(Address(chat=OPS), Card("t", "the bonus"), "k")
        company.simulator.gateway.drop(1011)
        await until(lambda: len(company.simulator.gateway.issued) == 4)
        await say(company, "the payroll again")
        await inbox.next()
    said = [r.getMessage() for r in caplog.records if not r.name.startswith(("uvicorn", "asyncio"))]
    secrets = [*company.simulator.gateway.issued, *company.simulator.tenant.tokens, "simulated", "payroll", "bonus"]
    assert said
    assert [line for line in said for secret in secrets if secret in line] == []


@pytest.mark.parametrize(
    "line",
    [
        "connected to wss://x/ws?fpid=1&ticket={}&access_key={}",
        '{{"tenant_access_token": "{}"}}',
        "Authorization: Bearer {}",
    ],
)
async def test_what_the_sdk_logs_is_redacted(line: str, caplog: pytest.LogCaptureFixture) -> None:
    """Should the SDK log an address or a header, its secrets are gone before anybody sees it."""
    load_sdk()
    with caplog.at_level(logging.INFO, "Lark"):
        logging.getLogger("Lark").info(line.replace("{}", "s3cr3t").replace("{{", "{").replace("}}", "}"))
    assert "s3cr3t" not in caplog.text
    assert "***" in caplog.text
    assert redact in logging.getLogger("Lark").filters


async def test_the_sdk_is_loaded_without_its_weight() -> None:
    """Of 10,600 modules fewer than 150 are loaded, none of them generated, and no loop is needed for it."""
    script = (
        "import json, sys; from adapters.lark.client import load_sdk; load_sdk();"
        "names = [m for m in sys.modules if m.startswith('lark_oapi')];"
        "generated = [m for m in names if m.startswith('lark_oapi.api')];"
        "print(json.dumps([len(names), generated, 'lark_oapi' in sys.modules]))"
    )
    run = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-c", script, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, err = await run.communicate()
    assert (run.returncode, err) == (0, b"")
    count, generated, whole = json.loads(out)
    assert 20 < count < 150
    assert (generated, whole) == ([], False)


async def test_the_sdk_has_the_shape_we_stand_on() -> None:
    """An update of the SDK that renames what we use fails here, not at night."""
    sdk = load_sdk()
    client = sdk.Client("cli_x", "s", log_level=sdk.LogLevel.WARNING, domain="http://127.0.0.1:9", auto_reconnect=False)
    client._cache._cron.cancel()
    assert callable(client._get_conn_url)
    assert asyncio.iscoroutinefunction(client._handle_control_frame)
    assert client._ping_interval == 120
    assert sdk.connect_options() == {"proxy": None}
    assert isinstance(sdk.TokenManager.cache.cache, dict)
    assert decode(sdk.ping(7).SerializeToString()) == Frame(CONTROL, (("type", "ping"),), service=7)
    for failed in (sdk.ClientException(514, "no"), sdk.ServerException(514, "no"), sdk.TokenException("", 514, "no")):
        assert vars(failed)["code"] == 514
    request = sdk.BaseRequest()
    assert (request.paths, request.queries, request.headers, request.body) == ({}, [], {}, None)


def test_parts_that_never_become_whole_are_forgotten() -> None:
    """Parts come in any order; what stays incomplete takes neither memory nor time."""
    parts = Fragments()
    assert parts.join("a", 3, 2, b"c", 0) is None
    assert parts.join("a", 3, 0, b"a", 0) is None
    assert parts.join("a", 3, 1, b"b", 0) == b"abc"
    assert parts.join("old", 2, 0, b"a", 0) is None
    assert parts.join("new", 2, 0, b"a", 31) is None
    assert parts.join("old", 2, 1, b"b", 31) is None
    for n in range(100):
        parts.join(f"m{n}", 2, 0, b"x", 31)
    assert parts.join("m0", 2, 1, b"y", 31) is None
    for n in range(5):
        parts.join(f"big{n}", 2, 0, b"x" * 16_000_000, 31)
    assert parts.join("big0", 2, 1, b"y", 31) is None


async def test_a_thread_that_hangs_is_waited_for_by_nobody() -> None:
    """No more calls run at once than there are places, and one given up keeps its place until it ends."""
    pool, release, running = Threads("lark-test", 1), threading.Event(), threading.Event()

    def hang() -> bool:
        running.set()
        return release.wait(20)

    hanging = asyncio.create_task(pool.run(hang))
    await until(running.is_set)
    hanging.cancel()
    second = asyncio.create_task(pool.run(lambda: 2))
    done, _ = await asyncio.wait({second}, timeout=0.1)
    assert not done
    release.set()
    assert await asyncio.wait_for(second, 20) == 2
    with pytest.raises(ZeroDivisionError):
        await pool.run(lambda: 1 // 0)
