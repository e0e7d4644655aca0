"""How fast events are taken in: claimed, recorded where consented, committed, and only then acknowledged.

Three processes: the simulated platform, which pushes and times the acknowledgements; the bot on real PostgreSQL with
the real SDK's transport; and, for comparison in the same run, the SDK's own client with its own dispatcher and an
empty handler, which keeps nothing. First 50 events a second, then as fast as they are acknowledged.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

from pydantic import SecretStr

from adapters.lark.simulator import LarkSimulator
from adapters.serving import served
from adapters.world import Chat, Person, World
from bot.app import Fenshen
from bot.platforms import make_platforms
from bot.settings import Settings
from skills.ground import open_ground
from skills.words import Claim, Notice

APP, SECRET, CHAT = "bench", "made-up", "oc_bench"
PEOPLE = [f"ou_{n}" for n in range(5)]  # the first is an owner: one message in five is recorded
RATE, SECONDS, WINDOW = 50, 20, 64


def world() -> World:
    """Five people in one group."""
    company = World("om_")
    company.people = {p: Person(p, p) for p in PEOPLE}
    company.chats = {CHAT: Chat(CHAT, "bench", False, tuple(PEOPLE))}
    return company


async def platform(count: int) -> None:
    """The platform's process: commands come in on standard input, figures go out on standard output."""
    simulator = LarkSimulator(world(), app_id=APP, app_secret=SECRET)
    loop = asyncio.get_running_loop()
    async with served(simulator.app) as url:
        print(json.dumps({"url": url}), flush=True)
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            await simulator.gateway.connected.wait()
            figures = await (paced(simulator) if line.strip() == "paced" else flood(simulator, count))
            print(json.dumps(figures), flush=True)


async def say(simulator: LarkSimulator, number: int) -> float:
    """Push one message; returns the seconds until it was acknowledged."""
    person = PEOPLE[number % len(PEOPLE)]
    await simulator.say(person, CHAT, f"第 {number} 条：网关 2.3.{number} 已发布，回滚用 payctl rollback {number}")
    ack = await simulator.gateway.deliveries[-1].ack
    assert ack.code == 200, "an event was refused"
    return float(ack.seconds)


async def paced(simulator: LarkSimulator) -> Mapping[str, float]:
    """Fifty a second, whatever becomes of them."""
    tasks, began = [], time.monotonic()
    for number in range(RATE * SECONDS):
        await asyncio.sleep(max(0.0, began + number / RATE - time.monotonic()))
        tasks.append(asyncio.create_task(say(simulator, number)))
    seconds = sorted(await asyncio.gather(*tasks))
    cuts = quantiles(seconds, n=100)
    return {"ack_p50_ms": cuts[49] * 1000, "ack_p99_ms": cuts[98] * 1000}


async def flood(simulator: LarkSimulator, count: int) -> Mapping[str, float]:
    """As many as are acknowledged, with a bounded number on their way."""
    places, began = asyncio.Semaphore(WINDOW), time.monotonic()

    async def one(number: int) -> None:
        async with places:
            await say(simulator, number)

    await asyncio.gather(*(one(number) for number in range(count)))
    return {"events_per_s": count / (time.monotonic() - began)}


def sdk_alone(url: str) -> None:
    """The SDK as its own documentation uses it; never returns."""
    import lark_oapi as lark

    handler = lark.EventDispatcherHandler.builder("", "").register_p2_im_message_receive_v1(lambda _: None).build()
    lark.ws.Client(APP, SECRET, event_handler=handler, domain=url, log_level=lark.LogLevel.ERROR).start()


async def child(*arguments: str) -> asyncio.subprocess.Process:
    """This file in another process."""
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(sys.executable, __file__, *arguments, stdin=pipe, stdout=pipe)


async def told(process: asyncio.subprocess.Process, command: str | None = None) -> Mapping[str, float]:
    """What a process answers to a command."""
    assert process.stdin is not None
    assert process.stdout is not None
    if command:
        process.stdin.write(f"{command}\n".encode())
        await process.stdin.drain()
    answer: Mapping[str, float] = json.loads(await process.stdout.readline())
    return answer


async def with_bot(simulated: asyncio.subprocess.Process, url: str, data: Path) -> dict[str, float]:
    """The bot's figures, with one of five people an owner."""
    settings = Settings(data=data, lark_app_id=APP, lark_app_secret=SecretStr(SECRET), lark_domain=url)
    async with open_ground(data) as ground:
        owner, chat, now = f"lark:{APP}:{PEOPLE[0]}", f"lark:{APP}:{CHAT}", datetime.now(UTC)
        offer = await ground.store.offer(Claim("lark", "offer"), owner, chat, "zh")
        assert offer is not None
        await ground.store.join(
            Claim("lark", "join"),
            offer.id,
            person=owner,
            name="Ana",
            audience="chat",
            since=now - timedelta(days=1),
            notice=Notice("1", "zh", "0" * 64),
        )
        connected = make_platforms(settings)
        fenshen = Fenshen(ground, connected.platforms, connected.histories, settings)
        running = asyncio.create_task(fenshen.run())
        try:
            await asyncio.sleep(5)  # connected, and everything loaded
            figures = {**await told(simulated, "paced"), **await told(simulated, "flood")}
            recorded = (await ground.store.consents(owner))[0].messages
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    return {**figures, "recorded": float(recorded)}


async def measure(count: int) -> dict[str, float]:
    """Both, one after the other, against the same platform."""
    simulated = await child("--platform", "--count", str(count))
    url = str((await told(simulated))["url"])
    with tempfile.TemporaryDirectory(prefix="events", dir="/var/tmp") as data:
        Path(data).chmod(0o755)
        figures = await with_bot(simulated, url, Path(data) / "d")
    alone = await child("--sdk", url)
    try:
        figures["sdk_events_per_s"] = (await told(simulated, "flood"))["events_per_s"]
    finally:
        alone.kill()
        simulated.kill()
    return {name: round(value, 2) for name, value in figures.items()}


def main() -> None:
    """Print the figures, as one JSON object on the last line with --json."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true", help="one JSON object on the last line")
    arguments.add_argument("--count", type=int, default=2000, help="events of the second part")
    arguments.add_argument("--platform", action="store_true", help=argparse.SUPPRESS)
    arguments.add_argument("--sdk", metavar="URL", help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.platform:
        asyncio.run(platform(chosen.count))
    elif chosen.sdk:
        sdk_alone(chosen.sdk)
    else:
        figures = asyncio.run(measure(chosen.count))
        print(json.dumps(figures) if chosen.json else "\n".join(f"{k:20}{v}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
