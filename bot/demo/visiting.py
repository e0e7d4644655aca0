"""A stage opened for a script: the whole bot among its simulators, ready, with a visitor's hands on its page."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from adapters.serving import served
from bot.app import Fenshen
from bot.demo.stage import Simulated, staged
from bot.demo.visitor import Visitor
from bot.preparing import Answerer
from skills.ground import Ground


@dataclass(frozen=True, slots=True)
class Visit:
    """Everything, running: its page in a visitor's hands, its simulated platforms, its store."""

    page: Visitor
    among: Simulated
    ground: Ground
    fenshen: Fenshen

    async def quiet(self) -> None:
        """Return when nothing is under way anywhere, however long that takes."""
        while self.among.lark.busy or self.among.dingtalk.busy or not await self.fenshen.idle():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def visited(
    ground: Ground, among: Simulated, answerer: Callable[[], Answerer] | None = None
) -> AsyncIterator[Visit]:
    """Runs a bot among the platforms for the length of a block; both platforms are heard when it begins."""
    stage = staged(ground, among, answerer)
    async with served(stage.app) as url:
        running = asyncio.create_task(stage.fenshen.run())
        try:
            await _connected(stage.fenshen, running)
            async with httpx.AsyncClient(base_url=url, timeout=60) as http:
                yield Visit(Visitor(http), among, ground, stage.fenshen)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def _connected(fenshen: Fenshen, running: asyncio.Task[None]) -> None:
    async with asyncio.timeout(30):
        while any(platform.state != "connected" for platform in fenshen.platforms.values()):
            if running.done():
                running.result()
            await asyncio.sleep(0.01)
