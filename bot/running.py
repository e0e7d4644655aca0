"""Run the bot and its pages in one event loop, until a signal or a failure ends it."""

import asyncio
import signal
import sys

from fastapi import FastAPI

from adapters.serving import served
from bot.app import Fenshen
from bot.settings import Settings


async def run_until_stopped(app: FastAPI, fenshen: Fenshen, settings: Settings, *, wait: bool) -> int:
    """Serve until SIGINT or SIGTERM; prints `ready URL` once the page answers.

    With `wait`, not before every platform is connected: `serve` must answer health checks while one is not.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        async with served(app, settings.port, settings.host) as url:
            running = asyncio.create_task(fenshen.run())
            stopping = asyncio.create_task(stop.wait())
            announcing = asyncio.create_task(_announce(fenshen, url, wait=wait))
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for task in (running, stopping, announcing):
                task.cancel()
            outcome, *_ = await asyncio.gather(running, stopping, announcing, return_exceptions=True)
    except OSError as error:
        print(f"cannot serve on {settings.host}:{settings.port}: {error.strerror}", file=sys.stderr)
        return 1
    if isinstance(outcome, Exception):
        raise outcome
    return 0


async def _announce(fenshen: Fenshen, url: str, *, wait: bool) -> None:
    while wait and any(platform.state != "connected" for platform in fenshen.platforms.values()):
        await asyncio.sleep(0.02)
    print(f"ready {url}", flush=True)
