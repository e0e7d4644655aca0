"""Who does the queue's jobs: one Procrastinate worker after another, each taking up what a dead one left."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import procrastinate
import psycopg
from procrastinate import exceptions, jobs
from procrastinate import worker as procrastination
from procrastinate.connector import Notify
from procrastinate.retry import BaseRetryStrategy, RetryDecision

log = logging.getLogger("fenshen.worker")

Handler = Callable[[Mapping[str, Any]], Awaitable[None]]

LONGEST_WAIT = 600.0  # seconds between two attempts


class JobFailed(Exception):
    """A job raised; only the class of what it raised is told, for a message may hold words."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient the work is; all times in seconds."""

    stalled: float = 15.0  # without a heartbeat after which a worker's jobs are taken by others
    backoff: float = 1.0  # before the second attempt; doubled for each one more
    attempts: int = 30  # after which a failing job is left, more than three hours later
    poll: float = 1.0  # between two looks for jobs whose time has come; of others the database tells at once
    patience: float = 5.0  # for which a server that is away is waited for before the worker starts afresh


class Worker:
    """Runs jobs by name."""

    def __init__(self, conninfo: str, handlers: Mapping[str, Handler], concurrency: int, pace: Pace) -> None:
        self._conninfo, self._handlers, self._concurrency, self._pace = conninfo, handlers, concurrency, pace
        self._former: list[int] = []  # the ids of our own workers that lost the server

    async def run(self) -> None:
        """Until cancelled, whatever happens to the server."""
        while True:
            try:
                await self._live()
            except (exceptions.ProcrastinateException, psycopg.Error, OSError, TimeoutError) as error:
                log.warning("the worker lost the database: %s", type(error).__name__)
            await asyncio.sleep(0.5)

    async def _live(self) -> None:
        """One worker's life, until it loses the server."""
        connector = Connector(self._conninfo, self._pace.patience)
        app = procrastinate.App(connector=connector)
        for name, handler in self._handlers.items():
            app.task(name=name, retry=_Backoff(self._pace), pass_context=True)(_guarded(name, handler))
        async with app.open_async():
            worker = procrastination.Worker(
                app,
                concurrency=self._concurrency,
                fetch_job_polling_interval=self._pace.poll,
                update_heartbeat_interval=self._pace.stalled / 5,
                stalled_worker_timeout=self._pace.stalled,
                shutdown_graceful_timeout=0.3,
                install_signal_handlers=False,
            )
            aside = [asyncio.create_task(self._rescue(app)), asyncio.create_task(_stop_when_lost(worker, connector))]
            try:
                await worker.run()  # type: ignore[no-untyped-call]
            finally:
                if worker.worker_id is not None:
                    self._former.append(worker.worker_id)
                for task in aside:
                    task.cancel()
                await asyncio.gather(*aside, return_exceptions=True)

    async def _rescue(self, app: procrastinate.App) -> None:
        """Put the jobs of dead workers back: of our former selves at once, of others when their heartbeat is old."""
        while True:
            try:
                while self._former:
                    await app.job_manager.unregister_worker(self._former[-1])
                    self._former.pop()
                for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self._pace.stalled):
                    log.warning("job %s of a dead worker is taken up again", job.id)
                    await app.job_manager.retry_job(job)
            except (exceptions.ProcrastinateException, psycopg.Error) as error:
                log.debug("no stalled job taken up: %s", type(error).__name__)  # another replica may have been first
            await asyncio.sleep(self._pace.stalled / 5)


class Connector(procrastinate.PsycopgConnector):
    """Procrastinate's, without two gaps: it may miss a notification, and the end of a job while the server is away."""

    def __init__(self, conninfo: str, patience: float = 5.0) -> None:
        super().__init__(conninfo=conninfo, min_size=1, max_size=4, timeout=patience, configure=_one_by_one)
        self._patience = patience
        self.lost = asyncio.Event()  # set when something could not be written: the worker must not go on

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        """Pass notifications on, and again a moment later: one that comes while a worker fetches is lost on it."""
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

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        """Write, trying again while the server is away: what a job came to must not be forgotten."""
        deadline, again = time.monotonic() + 2 * self._patience, False
        while True:
            try:
                await super().execute_query_async(query, **arguments)
            except exceptions.ConnectorException as error:
                if again and isinstance(error.__cause__, psycopg.errors.RaiseException):
                    return  # it had been written; only the answer was lost
                if not isinstance(error.__cause__, psycopg.OperationalError):
                    raise
                if time.monotonic() > deadline:
                    self.lost.set()
                    raise
            else:
                return
            again = True
            await asyncio.sleep(0.1)


class _Backoff(BaseRetryStrategy):
    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    def get_retry_decision(self, *, exception: BaseException, job: jobs.Job) -> RetryDecision | None:
        """At once after a shutdown; else after twice as long each time, until there were enough attempts."""
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_at=datetime.now(UTC))
        if job.attempts + 1 >= self._pace.attempts:
            return None
        seconds = min(self._pace.backoff * 2**job.attempts, LONGEST_WAIT)
        return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=seconds))


async def _one_by_one(connection: psycopg.AsyncConnection) -> None:
    """Each of the queue's statements stands for itself: beginning and committing them were two trips more for each."""
    await connection.set_autocommit(True)


async def _stop_when_lost(worker: procrastination.Worker, connector: Connector) -> None:
    await connector.lost.wait()
    worker.stop()  # type: ignore[no-untyped-call]


def _guarded(name: str, handler: Handler) -> Callable[..., Awaitable[None]]:
    async def run(context: procrastinate.JobContext, /, **ids: Any) -> None:
        try:
            await handler(ids)
        except Exception as error:
            log.warning("job %s (%s) raised %s", context.job.id, name, type(error).__name__)
            raise JobFailed(type(error).__name__) from None

    return run
