"""Background work in the data's own database: enqueued with the change that asks for it, done at least once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from datetime import UTC, datetime, timedelta

import procrastinate
import psycopg
from procrastinate import exceptions
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from skills.database import Database, Statements, libpq_url
from skills.worker import Connector, Handler, JobFailed, Pace, Worker

__all__ = ["Handler", "JobFailed", "Pace", "Periodic", "Queue", "every"]

log = logging.getLogger("fenshen.queue")

Periodic = tuple[float, Callable[[], Awaitable[None]]]  # every so many seconds, in each process that works

LONGEST_ID = 1_000  # characters; a file of DingTalk's is named by 280


class Queue:
    """Jobs of one database."""

    def __init__(self, database_url: str, pace: Pace | None = None, statements: Statements | None = None) -> None:
        self._conninfo, self._pace = libpq_url(database_url), pace or Pace()
        self._database = Database(database_url, size=2, statements=statements)
        self._app = procrastinate.App(connector=Connector(self._conninfo))

    async def defer(
        self,
        connection: AsyncConnection,
        task: str,
        ids: Mapping[str, str | int | None],
        *,
        lock: str | None = None,
        delay: timedelta | None = None,
        once: str | None = None,
    ) -> None:
        """Enqueue a job in the caller's transaction: rolled back, it never was.

        Jobs of one `lock` run one after another, in order. With `once` nothing is added while one of that name waits.
        """
        for value in ids.values():
            short = isinstance(value, str) and len(value) <= LONGEST_ID
            assert value is None or isinstance(value, int) or short, "a job carries ids, never text"
        raw = (await connection.get_raw_connection()).driver_connection
        assert isinstance(raw, psycopg.AsyncConnection)
        at = datetime.now(UTC) + delay if delay else None
        deferrer = self._app.configure_task(task, lock=lock, queueing_lock=once, connection=raw, schedule_at=at)
        with suppress(exceptions.AlreadyEnqueued):
            # a name taken already must not spoil the caller's transaction
            async with connection.begin_nested() if once else nullcontext():
                ours, raw.cursor_factory = raw.cursor_factory, psycopg.AsyncCursor  # the queue names its parameters
                try:
                    await deferrer.defer_async(**ids)
                finally:
                    raw.cursor_factory = ours

    async def work(
        self, handlers: Mapping[str, Handler], *, concurrency: int = 4, periodic: Sequence[Periodic] = ()
    ) -> None:
        """Run jobs until cancelled, whatever happens to the server. A failing job is tried again, later and later."""
        async with asyncio.TaskGroup() as group:
            for seconds, run in periodic:
                group.create_task(every(seconds, run))
            group.create_task(Worker(self._conninfo, handlers, concurrency, self._pace).run())

    async def idle(self) -> bool:
        """Whether no job runs and none is due."""
        async with self._database.transaction() as connection:
            return not await connection.scalar(text(_BUSY))

    async def waiting(self) -> Mapping[str, int]:
        """How many jobs of each name run or are due; names of none are left out."""
        async with self._database.transaction() as connection:
            return {row.task_name: row.many for row in await connection.execute(text(_WAITING))}

    async def due(self) -> tuple[int, float]:
        """How many jobs run or are due, of any kind, and for how many seconds the oldest one is."""
        async with self._database.transaction() as connection:
            row = (await connection.execute(text(_DUE))).one()
        return int(row.many), float(row.oldest)

    async def prune(self) -> None:
        """Delete the jobs that ended, well or not, over a day ago."""
        async with self._database.transaction() as connection:
            await connection.execute(text(_PRUNE))

    async def aclose(self) -> None:
        """Close every connection."""
        await self._database.aclose()


async def every(seconds: float, run: Callable[[], Awaitable[None]]) -> None:
    """Run it, wait, and again, until cancelled; one that raises is logged by class and run again."""
    while True:
        try:
            await run()
        except Exception as error:
            log.error("a periodic task raised %s", type(error).__name__)
        await asyncio.sleep(seconds)


_BUSY = """
SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE status = 'doing')
    OR EXISTS (SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now())
"""
_WAITING = """
SELECT task_name, count(*) AS many FROM procrastinate_jobs
WHERE status = 'doing' OR (status = 'todo' AND coalesce(scheduled_at, now()) <= now())
GROUP BY task_name
"""
_DUE = """
SELECT count(DISTINCT job.id) AS many,
    coalesce(extract(epoch FROM max(now() - coalesce(job.scheduled_at, event.at))), 0) AS oldest
FROM procrastinate_jobs AS job
LEFT JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'deferred'
WHERE job.status = 'doing' OR (job.status = 'todo' AND coalesce(job.scheduled_at, now()) <= now())
"""
_PRUNE = """
DELETE FROM procrastinate_jobs AS job
WHERE status IN ('succeeded', 'failed', 'cancelled', 'aborted') AND NOT EXISTS (
    SELECT 1 FROM procrastinate_events WHERE job_id = job.id AND at > now() - interval '1 day'
)
"""
