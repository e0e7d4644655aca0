"""A database for each test, built by the migrations, and a network that ends at this machine."""

import asyncio
import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio
from psycopg import sql
from sqlalchemy import make_url

from skills.database import Database, Statements, libpq_url, migrate
from skills.keyring import DirectoryKeyring, check
from skills.postgres import embedded
from skills.queue import Handler, Pace, Queue
from skills.vault import Vault
from tests.near import close_network
from tests.room import roomiest

# tests that run side by side may share one server
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
TEMPLATE = f"fenshen_template_{WORKER}"


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server to make databases on: by the login that owns them, for the login that serves."""

    serve_url: str
    migrate_url: str

    def create(self, name: str, template: str = "template1") -> None:
        """Make a database as a copy of another."""
        words = sql.Identifier(name), sql.Identifier(template)
        self._maker.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(*words))

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self._maker.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def close(self) -> None:
        """Let go of what makes and removes them."""
        self._maker.close()

    @cached_property
    def _maker(self) -> psycopg.Connection:
        """One connection for all of them, beside them: to begin one for each took longer than most statements do."""
        return psycopg.connect(libpq_url(self.migrate_url), autocommit=True)

    def url(self, name: str, *, owner: bool = False) -> str:
        """The URL of one of its databases."""
        base = self.migrate_url if owner else self.serve_url
        return make_url(base).set(database=name).render_as_string(hide_password=False)


def pytest_configure(config: pytest.Config) -> None:
    """Say what the marks mean, and close the network; what is imported now stays, so nobody looks through it."""
    gc.disable()
    config.addinivalue_line(
        "markers", "embedded: needs the wheel's own server, so has no second run against another one"
    )
    config.addinivalue_line(
        "markers", "once: thousands of random worlds, or a browser; says the same on any server, and takes its time"
    )
    close_network()


def pytest_collection_finish() -> None:
    """From here on only what the tests make themselves is looked through for what nobody holds any more."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what waits the most, so that others work beside it and nobody is left with it at the end.

    On a second server, leave out what touches no server: it has been run, and would say the same.
    """
    items.sort(key=lambda item: "whole" not in item.path.parts)
    if "FENSHEN_TEST_DATABASE_URL" not in os.environ:
        return
    without = [item for item in items if "server" not in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=without)
    items[:] = [item for item in items if item not in set(without)]


@pytest.fixture
def working() -> Callable[..., AbstractAsyncContextManager[None]]:
    """Runs a worker with these handlers for as long as a block lasts."""

    @asynccontextmanager
    async def work(queue: Queue, **handlers: Handler) -> AsyncIterator[None]:
        worker = asyncio.create_task(queue.work(handlers))
        try:
            yield
        finally:
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)

    return work


@pytest.fixture
def settled() -> Callable[[Queue], Awaitable[None]]:
    """Waits until nothing is left to do."""

    async def wait(queue: Queue) -> None:
        async with asyncio.timeout(15):
            while not await queue.idle():
                await asyncio.sleep(0.02)

    return wait


@pytest.fixture(scope="session")
def short_directory() -> Iterator[Path]:
    """A directory with a short name that the database's system user can reach."""
    path = Path(tempfile.mkdtemp(prefix="fenshen-", dir=roomiest()))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server(short_directory: Path) -> AsyncIterator[Server]:
    """The server that FENSHEN_TEST_DATABASE_URL and FENSHEN_TEST_MIGRATE_URL name, else an embedded one."""
    serve_url = os.environ.get("FENSHEN_TEST_DATABASE_URL")
    if serve_url:
        server = Server(serve_url, os.environ["FENSHEN_TEST_MIGRATE_URL"])
        await _build_template(server)
        yield server
        server.drop(TEMPLATE)
        server.close()
        return
    settings = {"fsync": "off", "max_connections": "100", "max_wal_size": "256MB"}
    async with embedded(short_directory / "data", settings) as running:
        with psycopg.connect(libpq_url(running.admin_url), autocommit=True) as connection:
            connection.execute("ALTER ROLE fenshen_owner CREATEDB")
            connection.execute("GRANT pg_signal_backend TO fenshen_owner")
        template = make_url(running.admin_url).set(database="template1").render_as_string(hide_password=False)
        with psycopg.connect(libpq_url(template), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION vector")  # only a superuser may
        server = Server(running.serve_url, running.migrate_url)
        await _build_template(server)
        yield server
        server.close()


async def _build_template(server: Server) -> None:
    server.drop(TEMPLATE)
    server.create(TEMPLATE)
    await migrate(server.url(TEMPLATE, owner=True), make_url(server.serve_url).username or "")


@pytest.fixture(scope="session")
def names() -> Callable[[], str]:
    """Names for databases, each once."""
    numbers = count(1)
    return lambda: f"fenshen_test_{WORKER}_{next(numbers)}"


@pytest.fixture
def database_name(server: Server, names: Callable[[], str]) -> Iterator[str]:
    """A fresh database with every migration applied, this test's alone."""
    name = names()
    server.create(name, TEMPLATE)
    yield name
    server.drop(name)


@pytest.fixture
def empty_database(server: Server, names: Callable[[], str]) -> Iterator[str]:
    """The name of a database with nothing in it."""
    name = names()
    server.create(name)
    yield name
    server.drop(name)


@pytest.fixture
def database_url(server: Server, database_name: str) -> str:
    """The test's database for the serving login."""
    return server.url(database_name)


@pytest.fixture
def migrate_url(server: Server, database_name: str) -> str:
    """The test's database for the login that owns the schema."""
    return server.url(database_name, owner=True)


@pytest.fixture(scope="session")
def statements() -> Statements:
    """What is compiled once for all databases of the tests."""
    return Statements()


@pytest_asyncio.fixture
async def database(database_url: str, statements: Statements) -> AsyncIterator[Database]:
    """The test's database, as the serving login."""
    database = Database(database_url, statements=statements)
    yield database
    await database.aclose()


@pytest_asyncio.fixture
async def keyring(tmp_path: Path, database: Database) -> DirectoryKeyring:
    """A keyring that the test's database knows."""
    keyring = DirectoryKeyring(tmp_path / "keyring")
    await check(database, keyring)
    return keyring


@pytest.fixture
def vault(keyring: DirectoryKeyring) -> Vault:
    """A vault on the test's keyring."""
    return Vault(keyring)


@pytest_asyncio.fixture
async def queue(database_url: str, statements: Statements) -> AsyncIterator[Queue]:
    """The test's queue; nobody works it unless the test does."""
    queue = Queue(database_url, Pace(backoff=0.05), statements)
    yield queue
    await queue.aclose()
