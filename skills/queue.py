"""Background work in the data's own database: enqueued with the change that asks for it, done at least once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import procrastinate
import psycopg
from procrastinate import exceptions, jobs
from procrastinate.connector import Notify
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.worker import Worker
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from skills.database import Database, libpq_url

log = logging.getLogger("fenshen.queue")

Handler = Callable[[Mapping[str, Any]], Awaitable[None]]
Periodic = tuple[float, Callable[[], Awaitable[None]]]  # every so many seconds, in each process that works

LONGEST_ID = 200


class JobFailed(Exception):
    """A job raised; only the class of what it raised is told, for a message may hold words."""


class _Backoff(BaseRetryStrategy):
    def __init__(self, first: float, attempts: int) -> None:
        self._first, self._attempts = first, attempts

    def get_retry_decision(self, *, exception: BaseException, job: jobs.Job) -> RetryDecision | None:
        """At once after a shutdown; else after twice as long each time, until there were enough attempts."""
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_at=datetime.now(UTC))
        if job.attempts + 1 >= self._attempts:
            return None
        return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=min(self._first * 2**job.attempts, 600)))


class _Listener(procrastinate.PsycopgConnector):
    """Procrastinate forgets a notification that comes while it fetches, so each is repeated a moment later."""

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        """Pass notifications on, and their echoes."""
        heard: asyncio.Queue[tuple[str, str]] = asyncio.Queue(1)

        async def hear(*, channel: str, payload: str) -> None:
            await on_notification(channel=channel, payload=payload)
            with suppress(asyncio.QueueFull):
                heard.put_nowait((channel, payload))

        async def echo() -> None:
            while True:
                channel, payload = await heard.get()
                for seconds in (0.03, 0.2):
                    await asyncio.sleep(seconds)
                    await on_notification(channel=channel, payload=payload)

        echoing = asyncio.create_task(echo())
        try:
            await super().listen_notify(hear, channels)
        finally:
            echoing.cancel()


class Queue:
    """Jobs of one database. `stalled`: seconds without a heartbeat after which a worker's jobs are taken by others."""

    def __init__(self, database_url: str, *, stalled: float = 15.0, backoff: float = 1.0, attempts: int = 10) -> None:
        self._stalled, self._backoff = stalled, _Backoff(backoff, attempts)
        self._conninfo = libpq_url(database_url)
        self._database = Database(database_url, size=2)
        self._app = self._new_app()

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
        at = datetime.now(UTC) + delay if delay else None
        deferrer = self._app.configure_task(task, lock=lock, queueing_lock=once, connection=raw, schedule_at=at)
        with suppress(exceptions.AlreadyEnqueued):
            async with connection.begin_nested():  # a name taken already must not spoil the caller's transaction
                await deferrer.defer_async(**ids)

    async def work(
        self, handlers: Mapping[str, Handler], *, concurrency: int = 4, periodic: Sequence[Periodic] = ()
    ) -> None:
        """Run jobs until cancelled, whatever happens to the server. A failing job is tried again, later and later."""
        async with asyncio.TaskGroup() as group:
            for seconds, run in periodic:
                group.create_task(every(seconds, run))
            group.create_task(self._keep_working(handlers, concurrency))

    async def idle(self) -> bool:
        """Whether no job runs and none is due."""
        async with self._database.transaction() as connection:
            return not await connection.scalar(text(_BUSY))

    async def prune(self) -> None:
        """Delete the jobs that ended, well or not, over a day ago."""
        async with self._database.transaction() as connection:
            await connection.execute(text(_PRUNE))

    async def aclose(self) -> None:
        """Close every connection."""
        await self._database.aclose()

    def _new_app(self) -> procrastinate.App:
        return procrastinate.App(connector=_Listener(conninfo=self._conninfo, min_size=1, max_size=4, timeout=5))

    async def _keep_working(self, handlers: Mapping[str, Handler], concurrency: int) -> None:
        """One worker after another: each lives until it loses the server, and its successor takes up its jobs."""
        before: list[int] = []
        while True:
            try:
                await self._worker(handlers, concurrency, before)
            except (exceptions.ProcrastinateException, psycopg.Error, OSError, TimeoutError) as error:
                log.warning("the worker lost the database: %s", type(error).__name__)
            await asyncio.sleep(0.5)

    async def _worker(self, handlers: Mapping[str, Handler], concurrency: int, before: list[int]) -> None:
        app = self._new_app()
        for name, handler in handlers.items():
            app.task(name=name, retry=self._backoff, pass_context=True)(_guarded(name, handler))
        async with app.open_async():
            worker = Worker(
                app,
                concurrency=concurrency,
                fetch_job_polling_interval=1.0,
                update_heartbeat_interval=self._stalled / 5,
                stalled_worker_timeout=self._stalled,
                shutdown_graceful_timeout=0.3,
                install_signal_handlers=False,
            )
            rescue = asyncio.create_task(self._rescue(app, before))
            try:
                await worker.run()  # type: ignore[no-untyped-call]
            finally:
                if worker.worker_id is not None:
                    before.append(worker.worker_id)
                rescue.cancel()
                with suppress(asyncio.CancelledError):
                    await rescue

    async def _rescue(self, app: procrastinate.App, before: list[int]) -> None:
        """Put the jobs of dead workers back: of our former selves at once, of others when their heartbeat is old."""
        while True:
            try:
                while before:
                    await app.job_manager.unregister_worker(before[-1])
                    before.pop()
                for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self._stalled):
                    log.warning("job %s of a dead worker is taken up again", job.id)
                    await app.job_manager.retry_job(job)
            except (exceptions.ProcrastinateException, psycopg.Error):
                log.debug("could not look for stalled jobs")
            await asyncio.sleep(self._stalled / 5)


async def every(seconds: float, run: Callable[[], Awaitable[None]]) -> None:
    """Run it, wait, and again, until cancelled; one that raises is logged by class and run again."""
    while True:
        try:
            await run()
        except Exception as error:
            log.error("a periodic task raised %s", type(error).__name__)
        await asyncio.sleep(seconds)


def _guarded(name: str, handler: Handler) -> Callable[..., Awaitable[None]]:
    async def run(context: procrastinate.JobContext, /, **ids: Any) -> None:
        try:
            await handler(ids)
        except Exception as error:
            log.warning("job %s (%s) raised %s", context.job.id, name, type(error).__name__)
            raise JobFailed(type(error).__name__) from None

    return run


_BUSY = """
SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE status = 'doing')
    OR EXISTS (SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now())
"""
_PRUNE = """
DELETE FROM procrastinate_jobs AS job
WHERE status IN ('succeeded', 'failed', 'cancelled', 'aborted') AND NOT EXISTS (
    SELECT 1 FROM procrastinate_events WHERE job_id = job.id AND at > now() - interval '1 day'
)
"""
