"""The whole bot among simulated platforms: both real SDKs over real sockets, real PostgreSQL, our own company."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from adapters.serving import served
from bot.answering import Answerer
from bot.app import Fenshen
from bot.demo.company import Company, load
from bot.demo.stage import Simulated, simulated, staged
from bot.demo.visitor import Visitor
from bot.settings import Settings
from skills.ground import Ground, open_ground


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything, running: its page in a visitor's hands, its simulated platforms, its store."""

    page: Visitor
    among: Simulated
    ground: Ground
    fenshen: Fenshen


Open = Callable[..., AbstractAsyncContextManager[Whole]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Nothing set but where to keep data."""
    return Settings(data=tmp_path)


@pytest.fixture
def company() -> Company:
    """Our own company, as of now."""
    return load(None, now=datetime.now(UTC))


@pytest.fixture
async def ground(settings: Settings, database_url: str, migrate_url: str) -> AsyncIterator[Ground]:
    """The store, in a database of the test's own."""
    async with open_ground(settings.data, database_url=database_url, migrate_url=migrate_url) as opened:
        yield opened


@pytest.fixture
async def among(settings: Settings, company: Company) -> AsyncIterator[Simulated]:
    """The company's platforms, before any bot has come to them."""
    async with simulated(settings, company) as found:
        yield found


@pytest.fixture
def opened(ground: Ground, among: Simulated) -> Open:
    """Runs a bot among the platforms for the length of a block; with `answerer`, something else than quotes answers."""

    @asynccontextmanager
    async def run(answerer: Callable[[], Answerer] | None = None, on: Ground = ground) -> AsyncIterator[Whole]:
        stage = staged(on, among, answerer)
        async with served(stage.app) as url:
            running = asyncio.create_task(stage.fenshen.run())
            try:
                await connected(stage.fenshen, running)
                async with httpx.AsyncClient(base_url=url, timeout=60) as http:
                    yield Whole(Visitor(http), among, on, stage.fenshen)
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    return run


async def connected(fenshen: Fenshen, running: asyncio.Task[None]) -> None:
    """Wait until both platforms are heard."""
    async with asyncio.timeout(30):
        while any(platform.state != "connected" for platform in fenshen.platforms.values()):
            assert not running.done(), running.exception()
            await asyncio.sleep(0.01)


@pytest.fixture
async def whole(opened: Open) -> AsyncIterator[Whole]:
    """The whole, with the double that quotes."""
    async with opened() as running:
        yield running


@pytest.fixture
def page(whole: Whole) -> Visitor:
    """The whole's page."""
    return whole.page
