"""The whole bot among simulated platforms: both real SDKs over real sockets, real PostgreSQL, our own company."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from adapters.serving import served
from bot.answering import Answerer
from bot.demo.company import Company, load
from bot.demo.stage import Staged, staged
from bot.demo.visitor import Visitor
from bot.settings import Settings
from skills.ground import Ground, open_ground


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything, running: its page in a visitor's hands, its simulators, its store."""

    page: Visitor
    stage: Staged
    ground: Ground


Open = Callable[..., Awaitable[Whole]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Nothing set but where to keep data."""
    return Settings(data=tmp_path)


@pytest.fixture
def company() -> Company:
    """Our own company, as of now."""
    return load(None, now=datetime.now(UTC))


@pytest.fixture
async def opened(settings: Settings, company: Company, database_url: str, migrate_url: str) -> AsyncIterator[Open]:
    """Opens the whole, in a database of its own; with `answerer`, something else answers than the quoting double."""
    async with AsyncExitStack() as stack:

        async def open_whole(answerer: Callable[[], Answerer] | None = None) -> Whole:
            ground = await stack.enter_async_context(
                open_ground(settings.data, database_url=database_url, migrate_url=migrate_url)
            )
            return await stack.enter_async_context(running(ground, settings, company, answerer))

        yield open_whole


@asynccontextmanager
async def running(
    ground: Ground, settings: Settings, company: Company, answerer: Callable[[], Answerer] | None = None
) -> AsyncIterator[Whole]:
    """The bot connected to both platforms, and its page served."""
    async with staged(ground, settings, company, answerer) as stage, served(stage.app) as url:
        run = asyncio.create_task(stage.fenshen.run())
        async with asyncio.timeout(20):
            while any(platform.state != "connected" for platform in stage.fenshen.platforms.values()):
                assert not run.done(), run.exception()
                await asyncio.sleep(0.01)
        try:
            async with httpx.AsyncClient(base_url=url, timeout=30) as http:
                yield Whole(Visitor(http), stage, ground)
        finally:
            run.cancel()
            await asyncio.gather(run, return_exceptions=True)


@pytest.fixture
async def whole(opened: Open) -> Whole:
    """The whole, with the double that quotes."""
    return await opened()


@pytest.fixture
def page(whole: Whole) -> Visitor:
    """The whole's page."""
    return whole.page
