"""The whole bot among simulated platforms: both real SDKs over real sockets, real PostgreSQL, our own company."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.demo.company import Company, load
from bot.demo.stage import Simulated, simulated
from bot.demo.visiting import Visit, visited
from bot.demo.visitor import Visitor
from bot.preparing import Answerer
from bot.settings import Settings
from skills.database import Statements
from skills.ground import Ground, open_ground

Open = Callable[..., AbstractAsyncContextManager[Visit]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Nothing set but where to keep data."""
    return Settings(data=tmp_path)


@pytest.fixture
def company() -> Company:
    """Our own company, as of now."""
    return load(None, now=datetime.now(UTC))


@pytest.fixture
async def ground(
    settings: Settings, database_url: str, migrate_url: str, statements: Statements
) -> AsyncIterator[Ground]:
    """The store, in a database of the test's own."""
    async with open_ground(
        settings.data, database_url=database_url, migrate_url=migrate_url, statements=statements
    ) as opened:
        yield opened


@pytest.fixture
async def among(settings: Settings, company: Company) -> AsyncIterator[Simulated]:
    """The company's platforms, before any bot has come to them."""
    async with simulated(settings, company) as found:
        yield found


@pytest.fixture
def opened(ground: Ground, among: Simulated) -> Open:
    """Runs a bot among the platforms for the length of a block; with `answerer`, something else than quotes answers."""

    def run(answerer: Callable[[], Answerer] | None = None, on: Ground = ground) -> AbstractAsyncContextManager[Visit]:
        return visited(on, among, answerer)

    return run


@pytest.fixture
async def whole(opened: Open) -> AsyncIterator[Visit]:
    """The whole, with the double that quotes."""
    async with opened() as running:
        yield running


@pytest.fixture
def page(whole: Visit) -> Visitor:
    """The whole's page."""
    return whole.page
