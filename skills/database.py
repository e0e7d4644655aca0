"""The data database: transactions that know whose rows they may see, and the migrations that build its tables."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from importlib.util import find_spec
from typing import Any
from weakref import WeakValueDictionary

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import AsyncRawCursor, sql
from psycopg.pq import Format
from psycopg.rows import AsyncRowFactory
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.util import LRUCache

MIGRATING = 4_702_911_358_117_241_602  # the advisory lock that migrations of one database take in turn

LONG_ENOUGH = 0.25  # seconds for which others let what stops a double go first
RESERVED = 2  # connections for what stops a double, so that it never waits behind those who ask


class LoginTooPowerful(Exception):
    """The serving login could step around row-level security: it is a superuser, bypasses it, or owns tables."""


class Way:
    """The right of way of what stops a double, before all that only asks it, in one process."""

    def __init__(self) -> None:
        self._under_way = 0
        self._clear = asyncio.Event()
        self._clear.set()

    @asynccontextmanager
    async def first(self) -> AsyncIterator[None]:
        """Until this ends, whoever asks whether the way is clear waits."""
        self._under_way += 1
        self._clear.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._clear.set()

    async def clear(self) -> None:
        """Wait until nothing has the right of way, or long enough."""
        if not self._clear.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(LONG_ENOUGH):
                    await self._clear.wait()


class Statements(LRUCache[tuple[Any, ...], Any]):
    """Statements as they were compiled, once for all pools that are handed it, as long as their servers are alike.

    SQLAlchemy compiles anew for each pool, since its key begins with the pool's own dialect: half of the time of
    whoever opens a pool for a few statements, and of whoever is the first to leave.
    """

    def __init__(self) -> None:
        super().__init__(1_000)

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        """What was compiled for this key on any pool."""
        return super().get(key[1:], default)

    def __setitem__(self, key: tuple[Any, ...], value: Any) -> None:
        super().__setitem__(key[1:], value)


class Database:
    """One PostgreSQL database through a pool of connections that survives the server's restart."""

    def __init__(
        self,
        url: str,
        *,
        size: int = 10,
        patience: float = 10.0,
        statement_seconds: float = 30.0,
        statements: Statements | None = None,
    ) -> None:
        """`patience`: seconds for which a transaction waits for a server that does not answer before it raises."""
        self._patience = patience
        compiled = Statements() if statements is None else statements
        self._engine = _engine(url, size, statement_seconds, compiled)
        self._reserved = _engine(url, RESERVED, statement_seconds, compiled)
        self._turns = WeakValueDictionary[str, asyncio.Lock]()  # of owners for whom somebody waits
        self._way = Way()

    @asynccontextmanager
    async def transaction(
        self, *, owner: str | None = None, first: bool = False, in_turn: bool = False, planned: bool = False
    ) -> AsyncIterator[AsyncConnection]:
        """All or nothing. Row-level security shows the rows of `owner` alone, and without one no owned row at all.

        What must come `first` has connections of its own and the right of way: in this process nothing else begins
        meanwhile, for a moment. Of those `in_turn` one at a time is begun for each owner, so that none of them queues
        for the owner's lock ahead of what must come first. What is `planned` has one plan for all owners. Raises
        OperationalError when the server stays away or goes away under way: nothing was committed then, unless it went
        away during the commit itself.
        """
        async with self._turn(owner or "") if in_turn else nullcontext(), self._way.first() if first else nullcontext():
            if not first:
                await self._way.clear()
            engine, beginning = self._reserved if first else self._engine, _PLANNED if planned else _AS_OWNER
            connection = await _begin(engine, beginning.format(owner or ""), self._patience)
            try:
                async with connection.begin():
                    yield connection
            finally:
                await asyncio.shield(connection.close())

    def _turn(self, owner: str) -> asyncio.Lock:
        return self._turns.setdefault(owner, asyncio.Lock())

    async def ping(self) -> bool:
        """Whether the database answers now."""
        try:
            async with asyncio.timeout(5):
                connection = await _begin(self._engine, _AS_OWNER.format(""), 0.0)
                await asyncio.shield(connection.close())
        except (DBAPIError, PoolTimeout, TimeoutError, OSError):
            return False
        return True

    async def check_login(self) -> None:
        """Raises LoginTooPowerful when row-level security would not hold this login."""
        async with self.transaction() as connection:
            powerful = await connection.scalar(text(_POWERFUL))
        if powerful:
            raise LoginTooPowerful(LoginTooPowerful.__doc__)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._engine.dispose()
        await self._reserved.dispose()


async def _begin(engine: AsyncEngine, beginning: sql.Composed, patience: float) -> AsyncConnection:
    """A connection whose transaction has begun; those that went unseen with their server make way for new ones."""
    deadline, wait = time.monotonic() + patience, 0.02
    while True:
        try:
            connection = await engine.connect()
        except OperationalError:
            if time.monotonic() + wait > deadline:
                raise
            await asyncio.sleep(wait)
            wait = min(wait * 2, 0.5)
        else:
            if await _begun(connection, beginning):
                return connection


async def _begun(connection: AsyncConnection, beginning: sql.Composed) -> bool:
    """Whether it was alive: asked by the beginning itself, in one trip to the server instead of three."""
    begun = False
    try:
        raw = (await connection.get_raw_connection()).driver_connection
        assert isinstance(raw, psycopg.AsyncConnection)
        await raw.cursor().execute(beginning, prepare=False, binary=False)
        begun = True
    except psycopg.OperationalError:
        await connection.invalidate()
    finally:
        if not begun:
            await asyncio.shield(connection.close())
    return begun


class BinaryCursor(AsyncRawCursor[Any]):
    """Numbered parameters, and rows as the server keeps them: what is sealed comes in half as many bytes.

    What psycopg does not know, as an enum of somebody else's, comes as bytes: it is cast where it is read.
    """

    def __init__(
        self, connection: psycopg.AsyncConnection[Any], *, row_factory: AsyncRowFactory[Any] | None = None
    ) -> None:
        super().__init__(connection, row_factory=row_factory or connection.row_factory)
        self.format = Format.BINARY


def _engine(url: str, size: int, statement_seconds: float, compiled: Statements) -> AsyncEngine:
    return create_async_engine(
        sqlalchemy_url(url),
        pool_size=size,
        max_overflow=0,
        pool_timeout=30,
        isolation_level="AUTOCOMMIT",  # what begins a transaction is sent with whose rows it may see
        use_native_hstore=False,
        hide_parameters=True,
        paramstyle="numeric_dollar",
        execution_options={"compiled_cache": compiled},
        connect_args={
            "cursor_factory": BinaryCursor,
            "connect_timeout": 5,
            "application_name": "fenshen",
            "options": f"-c statement_timeout={int(statement_seconds * 1000)}"
            " -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
            " -c enable_bitmapscan=off",  # it reads the table for what the index alone tells
        },
    )


_AS_OWNER = sql.SQL("BEGIN; SELECT set_config('fenshen.owner', {}, true)")
_PLANNED = sql.SQL(  # and with memory enough for what a huge owner said
    "BEGIN; SELECT set_config('fenshen.owner', {}, true), set_config('plan_cache_mode', 'force_generic_plan', true),"
    " set_config('work_mem', '16MB', true)"
)

_POWERFUL = """
SELECT rolsuper OR rolbypassrls
    OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = pg_roles.oid AND relnamespace = 'public'::regnamespace)
FROM pg_roles WHERE rolname = current_user
"""


def sqlalchemy_url(url: str) -> URL:
    """Any spelling of a PostgreSQL URL, for SQLAlchemy on psycopg."""
    return make_url(url).set(drivername="postgresql+psycopg")


def libpq_url(url: str) -> str:
    """The same for libpq."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


async def migrate(url: str, serve_role: str) -> None:
    """Bring the database to the newest schema, all or nothing, and let `serve_role` use it; harmless to repeat.

    `url` is for the login that owns the schema. Replicas that start together take turns.
    """
    await asyncio.to_thread(_migrate, url, serve_role)


def _migrate(url: str, serve_role: str) -> None:
    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool, hide_parameters=True)
    with engine.connect() as guard, engine.connect() as connection:
        guard.execution_options(isolation_level="AUTOCOMMIT").execute(text(f"SELECT pg_advisory_lock({MIGRATING})"))
        with connection.begin():
            config = Config()
            config.set_main_option("script_location", _migrations().replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            _allow(connection, serve_role)


def _migrations() -> str:
    """Where the migrations lie: beside this package, in a checkout as in an installed wheel."""
    spec = find_spec("migrations")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return next(iter(spec.submodule_search_locations))


def _allow(connection: Connection, serve_role: str) -> None:
    """The serving login may read and write rows, no more. A table whose comment begins with "append-only" takes
    new rows alone; one whose comment begins with "read-only" none.
    """
    quote = connection.dialect.identifier_preparer.quote
    role = quote(serve_role)
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {role}"))
    connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}"))
    for table, comment, held in connection.execute(text(_TABLES), {"role": serve_role}):
        rights = "SELECT, INSERT, UPDATE, DELETE"
        if comment.startswith("append-only"):
            rights = "SELECT, INSERT"
        elif comment.startswith("read-only") or table == "alembic_version":
            rights = "SELECT"
        if sorted(held) != sorted(rights.split(", ")):
            connection.execute(text(f"REVOKE ALL ON TABLE {quote(table)} FROM {role}"))
            connection.execute(text(f"GRANT {rights} ON TABLE {quote(table)} TO {role}"))


_TABLES = """
SELECT relname, coalesce(obj_description(oid, 'pg_class'), ''), ARRAY(
    SELECT privilege_type || CASE WHEN is_grantable THEN ' and grant it' ELSE '' END
    FROM aclexplode(relacl) WHERE grantee = (SELECT oid FROM pg_roles WHERE rolname = :role)
    UNION ALL SELECT 'of a column' FROM pg_attribute WHERE attrelid = pg_class.oid AND attacl IS NOT NULL
) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relowner = current_user::regrole
"""
