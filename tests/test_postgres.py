"""Promises of the embedded server: private, shared by its user's processes, alive again at once, and nothing lost."""

import asyncio
import getpass
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from skills.database import Database, libpq_url, migrate
from skills.postgres import Embedded, ServerFailed, WrongVersion, embedded
from skills.queue import Pace, Queue
from skills.wheel import ROOTS_DATA, system_user

Working = Callable[..., AbstractAsyncContextManager[None]]
Settled = Callable[[Queue], Awaitable[None]]

pytestmark = pytest.mark.embedded

FAST = {"fsync": "off"}
ROOT = os.geteuid() == 0
USER = """
import asyncio, sys
from pathlib import Path
from skills.postgres import embedded

async def main():
    async with embedded(Path(sys.argv[1]), {"fsync": "off"}) as server:
        print(server.pid, flush=True)
        await asyncio.to_thread(sys.stdin.readline)

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def data(short_directory: Path) -> Path:
    """A data directory that the tests here use one after another."""
    return short_directory / "shared"


@pytest.fixture
def fresh(short_directory: Path, names: Callable[[], str]) -> Path:
    """A data directory that nobody used yet."""
    return short_directory / names()


async def another(data: Path) -> tuple[asyncio.subprocess.Process, int]:
    """Another process that uses the server, and the server's process id as it sees it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", USER, data, cwd=Path(__file__).parents[1], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    return process, int(await process.stdout.readline())


def alive(pid: int) -> bool:
    """Whether a process is there and not only waiting to be buried."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


async def back(server: Embedded, dead: int) -> int:
    """The new process id, once the server is up again."""
    async with asyncio.timeout(30):
        while (pid := server.pid) in (None, dead):
            await asyncio.sleep(0.02)
    assert pid is not None
    return pid


@pytest.fixture
def private(short_directory: Path, names: Callable[[], str]) -> Iterator[Path]:
    """A directory that only its owner may enter."""
    path = short_directory / names()
    path.mkdir(mode=0o700)
    yield path
    path.chmod(0o700)


@pytest.mark.skipif(not ROOT, reason="only root's server runs as somebody else")
async def test_as_root_a_private_parent_is_left_as_it_is(private: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The server's files go elsewhere, the log says where, and no mode is changed to get through."""
    async with embedded(private / "data", FAST) as server, asyncio.timeout(30):
        assert server.pid is not None
        home = Path(f"/proc/{server.pid}/cwd").readlink().parent
    assert home.parent == ROOTS_DATA
    assert str(home) in caplog.text
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    shutil.rmtree(home)


@pytest.mark.skipif(not ROOT, reason="only root can be somebody else")
async def test_another_local_user_cannot_connect(data: Path) -> None:
    """Not even where the socket's directory stands open: the kernel says who asks."""
    async with embedded(data, {**FAST, "unix_socket_permissions": "0777"}) as server:
        (data / "postgres" / "run").chmod(0o755)
        for url in (server.admin_url, server.migrate_url, server.serve_url):
            script = f"import psycopg; psycopg.connect({libpq_url(url)!r})"
            result = await asyncio.to_thread(
                subprocess.run, [sys.executable, "-I", "-c", as_nobody(script)], capture_output=True, text=True
            )
            assert "Peer authentication failed" in result.stderr


def as_nobody(script: str) -> str:
    """The script, run as the least of users once everything is imported."""
    return f"import os, psycopg, encodings.idna; os.setgroups([]); os.setgid(65534); os.setuid(65534)\n{script}"


async def test_a_role_that_is_not_ours_cannot_connect(data: Path) -> None:
    """The system user may be one of three in the database, and nobody else."""
    async with embedded(data, FAST) as server:
        await execute(server.admin_url, f'CREATE ROLE "{getpass.getuser()}" LOGIN')
        with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
            await execute(server.admin_url.replace("postgres@", f"{getpass.getuser()}@"), "SELECT 1")


async def execute(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Do one thing in the database."""
    async with await psycopg.AsyncConnection.connect(libpq_url(url), autocommit=True) as connection:
        cursor = await connection.execute(statement.encode())
        return await cursor.fetchall() if cursor.description else []


async def test_neither_login_is_powerful(data: Path) -> None:
    """Serving or owning, neither is a superuser, steps around row-level security, or makes roles."""
    async with embedded(data, FAST) as server:
        query = "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = user"
        assert await execute(server.serve_url, query) == [(False,)]
        assert await execute(server.migrate_url, query) == [(False,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await execute(server.serve_url, "CREATE TABLE mine (id int)")


async def test_the_directories_are_private(data: Path) -> None:
    """Data, logs and socket belong to the server's user alone; the locks to ours."""
    async with embedded(data, FAST):
        home = data / "postgres"
        modes = {name: stat.S_IMODE((home / name).stat().st_mode) for name in ("data", "log", "run", "start.lock")}
        assert modes == {"data": 0o700, "log": 0o700, "run": 0o700, "start.lock": 0o600}
        assert not stat.S_IMODE(home.stat().st_mode) & 0o066


async def test_a_killed_server_is_back_and_nothing_acknowledged_is_lost(data: Path) -> None:
    """Killed twice with -9 under load: writers go on by themselves, and every committed row is there."""
    async with embedded(data, FAST) as server:
        await migrate(server.migrate_url, "fenshen_serve")
        database = Database(server.serve_url)
        acknowledged: list[str] = []
        writers = [asyncio.create_task(write(database, name, acknowledged)) for name in "abcd"]
        for _ in range(2):
            wanted = len(acknowledged) + 40
            while len(acknowledged) < wanted:
                await asyncio.sleep(0.01)
            dead = server.pid
            assert dead is not None
            os.kill(dead, signal.SIGKILL)
            await back(server, dead)
        wanted = len(acknowledged) + 40
        while len(acknowledged) < wanted:
            await asyncio.sleep(0.01)
        for writer in writers:
            writer.cancel()
        await asyncio.gather(*writers, return_exceptions=True)
        async with database.transaction() as connection:
            kept = set(await connection.scalars(text("SELECT name FROM lease")))
        assert set(acknowledged) <= kept
        await database.aclose()


async def write(database: Database, name: str, acknowledged: list[str]) -> None:
    """Write rows for ever, noting each that was committed; a broken one is simply not acknowledged."""
    number = 0
    while True:
        number += 1
        try:
            async with database.transaction() as connection:
                await connection.execute(text(f"INSERT INTO lease VALUES ('{name}{number}', '', now())"))
        except DBAPIError:
            continue
        acknowledged.append(f"{name}{number}")


async def test_a_job_that_ends_while_the_server_is_down_has_ended(
    data: Path, working: Working, settled: Settled
) -> None:
    """Its end is written when the server is back, and what waited behind it goes on."""
    async with embedded(data, FAST) as server:
        await migrate(server.migrate_url, "fenshen_serve")
        queue = Queue(server.serve_url)
        begun, down, done = asyncio.Event(), asyncio.Event(), asyncio.Event()
        seen: list[int] = []

        async def tell(ids: Mapping[str, Any]) -> None:
            begun.set()
            await down.wait()
            seen.append(ids["n"])
            if len(seen) == 3:
                done.set()

        await put(server.serve_url, queue, 0, 1, 2)
        async with working(queue, tell=tell):
            await asyncio.wait_for(begun.wait(), 10)
            os.kill(server.pid or 0, signal.SIGKILL)
            down.set()
            await asyncio.wait_for(done.wait(), 20)
            await settled(queue)
        assert seen == [0, 1, 2]
        await queue.aclose()


async def put(url: str, queue: Queue, *numbers: int) -> None:
    """Enqueue jobs that must run in order."""
    database = Database(url)
    async with database.transaction() as connection:
        for number in numbers:
            await queue.defer(connection, "tell", {"n": number}, lock="slot:a")
    await database.aclose()


async def test_work_goes_on_after_a_long_absence_of_the_server(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The worker gives up its patience, not its jobs: its successor takes up what it had begun."""
    caplog.set_level("WARNING")
    begun, done = asyncio.Event(), asyncio.Event()

    async def tell(ids: Mapping[str, Any]) -> None:
        if not begun.is_set():
            begun.set()
            await asyncio.Event().wait()
        done.set()

    async with embedded(data, FAST) as server:
        await migrate(server.migrate_url, "fenshen_serve")
        queue = Queue(server.serve_url, Pace(patience=0.3, stalled=300))
        await put(server.serve_url, queue, 0)
        worker = asyncio.create_task(queue.work({"tell": tell}))
        await asyncio.wait_for(begun.wait(), 10)
    async with asyncio.timeout(20):
        while "the worker lost the database" not in caplog.text:
            await asyncio.sleep(0.05)
    async with embedded(data, FAST):
        await asyncio.wait_for(done.wait(), 20)
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        await queue.aclose()


async def test_two_processes_share_one_server_and_the_last_stops_it(data: Path) -> None:
    """Whoever leaves first, even killed, takes nothing away from the other."""
    first, pid = await another(data)
    async with embedded(data, FAST) as server:
        assert server.pid == pid
        first.kill()
        await first.wait()
        assert await execute(server.serve_url, "SELECT 1") == [(1,)]
        second, same = await another(data)
        assert same == pid
        await second.communicate(b"\n")
        assert alive(pid)
    assert not alive(pid)


async def test_a_server_that_outlived_its_last_user_is_taken_over(data: Path) -> None:
    """Killed with -9, a process leaves its server running; the next one uses it, and stops it."""
    process, pid = await another(data)
    process.kill()
    await process.wait()
    assert alive(pid)
    async with embedded(data, FAST) as server:
        assert server.pid == pid
    assert not alive(pid)


async def test_two_processes_that_start_together_start_one_server(fresh: Path) -> None:
    """One of them makes and starts it, the other waits."""
    (first, pid), (second, same) = await asyncio.gather(another(fresh), another(fresh))
    assert pid == same
    await asyncio.gather(first.communicate(b"\n"), second.communicate(b"\n"))
    assert not alive(pid)


async def test_a_pid_file_that_names_somebody_else_stops_nothing(data: Path) -> None:
    """After a power cut the old process id may be any living process; it is neither waited for nor killed."""
    async with embedded(data, FAST):
        pass
    whom = {"user": system_user().pw_uid} if ROOT else {}
    with subprocess.Popen(["sleep", "60"], **whom) as stranger:  # type: ignore[call-overload]
        for stale in (data / "postgres/data/postmaster.pid", data / "postgres/run/.s.PGSQL.5432.lock"):
            stale.write_text(f"{stranger.pid}\n{data}/postgres/data\n1\n5432\n{data}/postgres/run\n\n  1 1\nready\n")
            stale.chmod(0o644)
        try:
            async with embedded(data, FAST) as server:
                assert await execute(server.serve_url, "SELECT 1") == [(1,)]
            assert stranger.poll() is None
        finally:
            stranger.kill()


async def test_an_interrupted_first_start_is_begun_again(fresh: Path) -> None:
    """A half-made cluster does not count."""
    (fresh / "postgres" / "data.draft" / "base").mkdir(parents=True)
    fresh.chmod(0o711)
    async with embedded(fresh, FAST) as server:
        assert await execute(server.serve_url, "SELECT 1") == [(1,)]


async def test_a_long_path_gets_a_short_socket(fresh: Path) -> None:
    """The socket moves to a private directory with a short name; the data stays."""
    deep = fresh / ("deep" * 30)
    deep.mkdir(parents=True)
    for directory in (fresh, deep):
        directory.chmod(0o711)
    async with embedded(deep, FAST) as server:
        assert await execute(server.serve_url, "SELECT 1") == [(1,)]
        sockets = Path(server.serve_url.split("host=")[1].replace("%2F", "/"))
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert (deep / "postgres" / "data" / "PG_VERSION").exists()
    assert not sockets.exists()


async def test_another_major_version_is_refused(data: Path) -> None:
    """Neither started nor touched."""
    async with embedded(data, FAST):
        pass
    version = data / "postgres" / "data" / "PG_VERSION"
    version.write_text("16\n")
    with pytest.raises(WrongVersion):
        async with embedded(data, FAST):
            pass
    version.write_text("18\n")


async def test_a_server_that_cannot_start_says_where_to_look(data: Path) -> None:
    """It is tried a few times, then raised with the log's place."""
    with pytest.raises(ServerFailed):
        async with embedded(data, {"shared_buffers": "a lot"}):
            pass


async def test_the_servers_log_holds_no_words(data: Path) -> None:
    """Neither of a failing statement, nor of its parameters, nor of the row that stood in the way."""
    async with embedded(data, FAST) as server:
        await execute(server.migrate_url, "CREATE TABLE said (words text PRIMARY KEY)")
        await execute(server.migrate_url, "INSERT INTO said VALUES ('回滚支付')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            await execute(server.migrate_url, "INSERT INTO said VALUES ('回滚支付')")
    written = b"".join(path.read_bytes() for path in (data / "postgres" / "log").iterdir()).decode()
    assert "duplicate key" in written
    assert "回滚支付" not in written
