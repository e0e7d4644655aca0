"""The embedded PostgreSQL server: started from the wheel, shared by every process on one data directory, kept alive.

Who may connect: only the system user that started it, by peer authentication over a socket in a private directory.
There are no passwords to keep or to lose, and no other local user can become anybody in the database.
"""

import asyncio
import fcntl
import hashlib
import logging
import os
import subprocess
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL

from skills.postmaster import ClosedDirectory, Cluster, WrongVersion
from skills.wheel import ROOTS_DATA, ROOTS_USER, ServerFailed, open_to, system_user

__all__ = ["ClosedDirectory", "Embedded", "ServerFailed", "WrongVersion", "embedded"]

log = logging.getLogger("fenshen.postgres")

DATABASE, OWNER, SERVE = "fenshen", "fenshen_owner", "fenshen_serve"
LONGEST_SOCKET = 100  # bytes of a socket's path that every system takes
START_ATTEMPTS = 4
START_SECONDS = 120.0  # a long crash recovery is no failure


class Embedded:
    """A running server. Its URLs are for SQLAlchemy (`postgresql+psycopg://`) and stay good when it is restarted."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    @property
    def serve_url(self) -> str:
        """For the serving login, which owns nothing and is held by row-level security."""
        return self._url(SERVE)

    @property
    def migrate_url(self) -> str:
        """For the login that owns the schema; no superuser either."""
        return self._url(OWNER)

    @property
    def admin_url(self) -> str:
        """For the superuser: tests and repairs, never the bot."""
        return self._url("postgres")

    @property
    def pid(self) -> int | None:
        """The postmaster's process id; None while it is down."""
        return self._cluster.pid()

    def _url(self, role: str) -> str:
        url = URL.create(
            "postgresql+psycopg", username=role, database=DATABASE, query={"host": str(self._cluster.sockets)}
        )
        return url.render_as_string(hide_password=False)


@asynccontextmanager
async def embedded(data: Path, settings: Mapping[str, str] | None = None) -> AsyncIterator[Embedded]:
    """A server in `data`/postgres: started by its first user, restarted when it dies, stopped by its last.

    Where root's `data` lies under a private directory, the server's files lie in /var/lib/fenshen instead.
    Raises ClosedDirectory, WrongVersion or ServerFailed.
    """
    home = _home(data)
    with _lock_file(home / "users.lock") as users:
        cluster = Cluster(home, _sockets(home), system_user())
        try:
            await asyncio.to_thread(_enter, cluster, users.fileno(), settings or {})
            watch = asyncio.create_task(_keep_alive(cluster, settings or {}), name="postgres")
            try:
                yield Embedded(cluster)
            finally:
                watch.cancel()
                with suppress(asyncio.CancelledError):
                    await watch
        finally:
            await asyncio.shield(asyncio.to_thread(_leave, cluster, users.fileno()))


def _home(data: Path) -> Path:
    """The server's directory. As root it must be reachable for another user: that is checked, never brought about."""
    data = data.resolve()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid():
        home = data / "postgres"
    elif (closed := open_to(system_user(), data)) is None:
        data.chmod(data.stat().st_mode | 0o011)  # ours: others may pass through it, not list it
        home = data / "postgres"
    else:
        home = _elsewhere(data)
        log.warning("%s is closed to %s, as whom root runs PostgreSQL: its files lie in %s", closed, ROOTS_USER, home)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700 if os.geteuid() else 0o711)
    return home


def _elsewhere(data: Path) -> Path:
    """Where root's server keeps its files when their own directory lies under a private one; the same every time."""
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    ROOTS_DATA.mkdir(mode=0o711, parents=True, exist_ok=True)
    ROOTS_DATA.chmod(ROOTS_DATA.stat().st_mode | 0o011)
    return ROOTS_DATA / f"postgres-{name}"


def _sockets(home: Path) -> Path:
    """A private directory whose name is short enough for a socket; the same for every process, whatever its TMPDIR."""
    near = home / "run"
    if len(os.fsencode(near / ".s.PGSQL.5432.lock")) < LONGEST_SOCKET:
        return near
    return Path("/tmp") / f"fenshen-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"  # noqa: S108 - owner checked


def _lock_file(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "rb+")


@contextmanager
def _alone(cluster: Cluster) -> Iterator[None]:
    """Only one process at a time makes, starts or stops the server."""
    with _lock_file(cluster.home / "start.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _enter(cluster: Cluster, users: int, settings: Mapping[str, str]) -> None:
    with _alone(cluster):
        fcntl.flock(users, fcntl.LOCK_SH)  # a killed user's lock goes with it: no list of process ids to grow stale
        _ensure(cluster, settings)


def _leave(cluster: Cluster, users: int) -> None:
    with _alone(cluster):
        fcntl.flock(users, fcntl.LOCK_UN)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        if cluster.answers():
            cluster.stop()


def _ensure(cluster: Cluster, settings: Mapping[str, str]) -> None:
    """Start the server unless it answers, wait until it serves, and see to the logins and the database."""
    cluster.make()
    deadline, failures = time.monotonic() + START_SECONDS, 0
    while True:
        try:
            if not cluster.answers():
                cluster.settle(settings)
                cluster.start()
            return _furnish(cluster)
        except ServerFailed:
            failures += 1
            if failures == START_ATTEMPTS:
                raise
        except psycopg.OperationalError as error:  # still recovering, or gone again
            if time.monotonic() > deadline:
                raise ServerFailed(f"PostgreSQL does not serve; see {cluster.home / 'log'}") from error
        time.sleep(0.1)


def _furnish(cluster: Cluster) -> None:
    """Make the logins and the database that are missing; nobody else may even connect."""
    with psycopg.connect(_where(cluster, "postgres", "postgres"), autocommit=True, connect_timeout=5) as connection:
        roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role in {OWNER, SERVE} - roles:
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE").format(
                    sql.Identifier(role)
                )
            )
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone() is None:
            name, owner, serve = sql.Identifier(DATABASE), sql.Identifier(OWNER), sql.Identifier(SERVE)
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
            connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, serve))
    with psycopg.connect(_where(cluster, "postgres", DATABASE), autocommit=True, connect_timeout=5) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")  # only a superuser may


def _where(cluster: Cluster, role: str, database: str) -> str:
    return make_conninfo(host=str(cluster.sockets), user=role, dbname=database)


async def _keep_alive(cluster: Cluster, settings: Mapping[str, str]) -> None:
    """Restart the server whenever it is gone. A connection kept open tells at once: it ends with the postmaster."""
    while True:
        with suppress(OSError, psycopg.Error):
            await _until_gone(cluster)
        log.warning("the PostgreSQL server went away; starting it again")
        try:
            await asyncio.to_thread(_revive, cluster, settings)
        except (OSError, psycopg.Error, ServerFailed, subprocess.SubprocessError) as error:
            log.error("the PostgreSQL server is not back yet: %s", type(error).__name__)
            await asyncio.sleep(0.5)


def _revive(cluster: Cluster, settings: Mapping[str, str]) -> None:
    with _alone(cluster):
        _ensure(cluster, settings)


async def _until_gone(cluster: Cluster) -> None:
    where = _where(cluster, SERVE, DATABASE)
    async with await psycopg.AsyncConnection.connect(where, autocommit=True, connect_timeout=5) as connection:
        gone = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(connection.fileno(), gone.set)
        try:
            await gone.wait()
        finally:
            loop.remove_reader(connection.fileno())
