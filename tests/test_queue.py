"""Promises of the queue: with the change or not at all, in order, at least once, whoever dies."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from sqlalchemy import text

from skills.database import Database, libpq_url
from skills.queue import Pace, Queue, every
from skills.worker import Connector

Working = Callable[..., AbstractAsyncContextManager[None]]
Settled = Callable[[Queue], Awaitable[None]]

WORKER = """
import asyncio, sys
from skills.queue import Pace, Queue

async def tell(ids):
    print("begun", flush=True)
    await asyncio.Event().wait()

asyncio.run(Queue(sys.argv[1], Pace(stalled=1)).work({"tell": tell}))
"""


class Diary:
    """A handler that writes down what it was given, and lets others wait until it was given enough."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        self._more = asyncio.Condition()

    async def __call__(self, ids: Mapping[str, Any]) -> None:
        """Write it down."""
        async with self._more:
            self.seen.append(ids["n"])
            self._more.notify_all()

    async def until(self, count: int) -> list[Any]:
        """The first `count` entries, once they are there."""
        async with asyncio.timeout(15), self._more:
            await self._more.wait_for(lambda: len(self.seen) >= count)
            return self.seen


async def put(database: Database, queue: Queue, *numbers: int, **options: Any) -> None:
    """Enqueue a job "tell" for each number, in one transaction."""
    async with database.transaction() as connection:
        for number in numbers:
            await queue.defer(connection, "tell", {"n": number}, **options)


async def test_a_job_of_a_rolled_back_transaction_never_runs(
    database: Database, queue: Queue, working: Working, settled: Settled
) -> None:
    """It is enqueued with the change or not at all."""
    diary = Diary()

    async def fail() -> None:
        async with database.transaction() as connection:
            await queue.defer(connection, "tell", {"n": 1})
            raise ZeroDivisionError

    async with working(queue, tell=diary):
        with pytest.raises(ZeroDivisionError):
            await fail()
        await put(database, queue, 2)
        assert await diary.until(1) == [2]
        await settled(queue)
    assert diary.seen == [2]


@pytest.mark.parametrize("ids", [{"n": "回滚支付" * 260}, {"n": 1.5}, {"n": ["a"]}])
async def test_a_job_carries_ids_and_never_text(database: Database, queue: Queue, ids: dict[str, Any]) -> None:
    """What is too long for an id, or is none, is refused."""
    with pytest.raises(AssertionError):
        async with database.transaction() as connection:
            await queue.defer(connection, "tell", ids)


async def test_what_waits_is_not_enqueued_twice_under_one_name(
    database: Database, queue: Queue, working: Working, settled: Settled
) -> None:
    """And the transaction that tried goes on unspoilt."""
    await put(database, queue, 1, once="tell:a")
    await put(database, queue, 2, 2, once="tell:a")
    await put(database, queue, 3, 4)
    diary = Diary()
    async with working(queue, tell=diary):
        assert sorted(await diary.until(3)) == [1, 3, 4]
        await settled(queue)
    assert len(diary.seen) == 3


async def test_jobs_of_one_lock_run_in_order(
    database: Database, queue: Queue, working: Working, settled: Settled
) -> None:
    """One after another, though four might run at once, and a failing one holds back those behind it."""
    seen: list[int] = []
    failed = False

    async def tell(ids: Mapping[str, Any]) -> None:
        nonlocal failed
        if ids["n"] == 3 and not failed:
            failed = True
            raise ZeroDivisionError
        seen.append(ids["n"])

    await put(database, queue, *range(8), lock="slot:a")
    async with working(queue, tell=tell):
        await settled(queue)
        while len(seen) < 8:
            await asyncio.sleep(0.02)
    assert seen == list(range(8))


async def seen_at_work(database: Database, what: str) -> None:
    """Wait until one of the test's connections is seen doing it."""
    question = f"SELECT count(*) FROM pg_stat_activity WHERE {what} AND datname = current_database()"
    async with asyncio.timeout(15):
        while True:
            async with database.transaction() as connection:
                if await connection.scalar(text(question)):
                    return
            await asyncio.sleep(0.02)


@pytest_asyncio.fixture
async def deaf(database_url: str) -> AsyncIterator[Queue]:
    """A queue whose worker hardly ever looks by itself: what it does, it was told."""
    queue = Queue(database_url, Pace(poll=300))
    yield queue
    await queue.aclose()


async def test_a_freed_lock_wakes_the_next_job_at_once(
    database: Database, deaf: Queue, working: Working, settled: Settled
) -> None:
    """The second card of a slot does not wait until somebody looks."""
    diary = Diary()

    async def slow(ids: Mapping[str, Any]) -> None:
        await asyncio.sleep(0.4)
        await diary(ids)

    async with working(deaf, tell=slow):
        await seen_at_work(database, "query LIKE 'LISTEN%'")
        await put(database, deaf, *range(4), lock="slot:a")
        assert await diary.until(4) == [0, 1, 2, 3]
        await settled(deaf)


async def test_no_job_is_missed_while_the_worker_is_busy_looking(
    database: Database, deaf: Queue, working: Working, settled: Settled
) -> None:
    """Quick jobs in a row are all done at once, however the news of one falls into the search for another."""
    diary = Diary()
    async with working(deaf, tell=diary):
        await seen_at_work(database, "query LIKE 'LISTEN%'")
        await put(database, deaf, *range(20), lock="slot:a")
        await diary.until(20)
        for number in range(20, 40):
            await put(database, deaf, number)
            await diary.until(number + 1)
        await settled(deaf)


async def test_a_write_that_is_cut_off_is_made_again(database: Database, database_url: str, migrate_url: str) -> None:
    """What a job came to is not forgotten when the connection ends just then."""
    connector = Connector(libpq_url(database_url))
    await connector.open_async()
    slow = "INSERT INTO lease SELECT 'a' || pg_backend_pid(), '', now() FROM (SELECT pg_sleep(1)) AS slept"
    writing = asyncio.create_task(connector.execute_query_async(slow))
    await seen_at_work(database, "wait_event = 'PgSleep'")
    cut_all(migrate_url)
    await writing
    await connector.close_async()
    async with database.transaction() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM lease")) == 1


async def test_a_delayed_job_is_not_due(database: Database, queue: Queue, working: Working, settled: Settled) -> None:
    """Neither run nor counted as work until then."""
    await put(database, queue, 1, delay=timedelta(hours=1))
    assert await queue.idle()
    await put(database, queue, 2)
    assert not await queue.idle()
    diary = Diary()
    async with working(queue, tell=diary):
        await diary.until(1)
        await settled(queue)
    assert diary.seen == [2]


async def test_what_waits_is_counted_by_kind(
    database: Database, queue: Queue, working: Working, settled: Settled
) -> None:
    """What is delayed does not wait, and what is done does not either."""
    await put(database, queue, 1, 2, 3)
    await put(database, queue, 4, delay=timedelta(hours=1))
    assert await queue.waiting() == {"tell": 3}
    diary = Diary()
    async with working(queue, tell=diary):
        await diary.until(3)
        await settled(queue)
    assert await queue.waiting() == {}


async def test_a_failing_job_is_tried_again_and_at_last_left(
    database: Database, database_url: str, caplog: pytest.LogCaptureFixture, working: Working, settled: Settled
) -> None:
    """Later each time, then never; the log names the job and the class, not what was said."""
    queue = Queue(database_url, Pace(backoff=0.01, attempts=3))
    diary = Diary()

    async def tell(ids: Mapping[str, Any]) -> None:
        await diary(ids)
        raise ValueError("回滚支付")

    await put(database, queue, 1)
    async with working(queue, tell=tell):
        await diary.until(3)
        await settled(queue)
    await queue.aclose()
    assert diary.seen == [1, 1, 1]
    assert "ValueError" in caplog.text
    assert "回滚支付" not in caplog.text
    async with database.transaction() as connection:
        assert await connection.scalar(text("SELECT status::text FROM procrastinate_jobs")) == "failed"


async def test_a_job_of_a_killed_worker_is_taken_up_again(
    database: Database, database_url: str, working: Working, settled: Settled
) -> None:
    """A process that dies at work loses nothing that was asked of it."""
    queue = Queue(database_url, Pace(stalled=1))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WORKER, database_url, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]
    )
    assert process.stdout is not None
    await put(database, queue, 1)
    assert await process.stdout.readline() == b"begun\n"
    process.kill()
    await process.wait()
    diary = Diary()
    async with working(queue, tell=diary):
        assert await diary.until(1) == [1]
        await settled(queue)
    await queue.aclose()


async def test_a_job_under_way_at_shutdown_runs_again(
    database: Database, database_url: str, working: Working, settled: Settled
) -> None:
    """It is put back, which is no failed attempt, and shutting down takes under a second."""
    queue, begun = Queue(database_url, Pace(attempts=1)), asyncio.Event()

    async def stuck(ids: Mapping[str, Any]) -> None:
        begun.set()
        await asyncio.Event().wait()

    await put(database, queue, 1)
    loop = asyncio.get_running_loop()
    async with working(queue, tell=stuck):
        await asyncio.wait_for(begun.wait(), 10)
        stopping = loop.time()
    assert loop.time() - stopping < 1
    diary = Diary()
    async with working(queue, tell=diary):
        assert await diary.until(1) == [1]
        await settled(queue)
    await queue.aclose()


async def test_the_worker_outlives_lost_connections(
    database: Database, queue: Queue, migrate_url: str, working: Working, settled: Settled
) -> None:
    """It connects again, hears of new jobs, and ends what it had begun."""
    diary, begun, end = Diary(), asyncio.Event(), asyncio.Event()

    async def tell(ids: Mapping[str, Any]) -> None:
        if ids["n"] == 1:
            begun.set()
            await end.wait()
        await diary(ids)

    async with working(queue, tell=tell):
        await put(database, queue, 1)
        await asyncio.wait_for(begun.wait(), 10)
        cut_all(migrate_url)
        await put(database, queue, 2)
        assert await diary.until(1) == [2]
        end.set()
        await settled(queue)
    assert diary.seen == [2, 1]


def cut_all(migrate_url: str) -> None:
    """End every connection of the test's database but this one."""
    with psycopg.connect(libpq_url(migrate_url), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def test_only_jobs_that_ended_over_a_day_ago_are_pruned(
    database: Database, queue: Queue, working: Working, settled: Settled
) -> None:
    """What waits is never pruned, however old."""
    diary = Diary()
    await put(database, queue, 1, 2)
    async with working(queue, tell=diary):
        await diary.until(2)
        await settled(queue)
    await put(database, queue, 3)
    async with database.transaction() as connection:
        old = "UPDATE procrastinate_events SET at = now() - interval '25 hours' WHERE job_id <> (SELECT min(id) + 1 {})"
        await connection.execute(text(old.format("FROM procrastinate_jobs")))
    await queue.prune()
    async with database.transaction() as connection:
        left = await connection.scalars(text("SELECT args ->> 'n' FROM procrastinate_jobs ORDER BY id"))
        assert left.all() == ["2", "3"]


async def test_a_periodic_task_that_raises_is_run_again() -> None:
    """One failure does not end it."""
    runs, twice = 0, asyncio.Event()

    async def run() -> None:
        nonlocal runs
        runs += 1
        if runs == 2:
            twice.set()
        raise ZeroDivisionError

    task = asyncio.create_task(every(0.001, run))
    await asyncio.wait_for(twice.wait(), 5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
