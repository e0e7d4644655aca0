"""Run the bot and its pages in one event loop, until a signal or a failure ends it."""

import asyncio
import signal
import sys
from collections.abc import Coroutine
from typing import Any

from fastapi import FastAPI

from adapters.serving import served
from bot.app import Fenshen
from bot.settings import Settings


async def run_until_stopped(app: FastAPI, fenshen: Fenshen, settings: Settings, *, wait: bool) -> int:
    """Serve until SIGINT or SIGTERM; prints `ready URL` once the page answers.

    With `wait`, not before every platform is connected: `serve` must answer health checks while one is not.
    """
    try:
        async with served(app, settings.port, settings.host) as url:
            outcome = await until_stopped(fenshen.run(), _announce(fenshen, url, wait=wait))
    except OSError as error:
        print(f"cannot serve on {settings.host}:{settings.port}: {error.strerror}", file=sys.stderr)
        return 1
    if outcome is not None:
        raise outcome
    return 0


async def until_stopped(run: Coroutine[Any, Any, None], beside: Coroutine[Any, Any, None]) -> Exception | None:
    """Run both until SIGINT, SIGTERM or the end of `run`; returns what ended it, if that was a failure."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    running, stopping, aside = (asyncio.create_task(one) for one in (run, _true(stop), beside))
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    for task in (running, stopping, aside):
        task.cancel()
    outcome, *_ = await asyncio.gather(running, stopping, aside, return_exceptions=True)
    return outcome if isinstance(outcome, Exception) else None


async def _announce(fenshen: Fenshen, url: str, *, wait: bool) -> None:
    while wait and any(platform.state != "connected" for platform in fenshen.platforms.values()):
        await asyncio.sleep(0.02)
    await say_ready(url)


async def say_ready(what: str) -> None:
    """Tell whoever started us that we are ready, and for what."""
    print(f"ready {what}", flush=True)


async def _true(stop: asyncio.Event) -> None:
    await stop.wait()
