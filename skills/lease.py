"""A lease in the database: of all replicas one at a time does a thing, and another takes over when it dies."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from skills.database import Database

log = logging.getLogger("fenshen.lease")


class Lease:
    """The right to do `name`, for `holder` (one id a replica), lasting `seconds` unless renewed."""

    def __init__(self, database: Database, name: str, holder: str, seconds: float = 15) -> None:
        self._database, self._seconds = database, seconds
        self._ids = {"name": name, "holder": holder, "seconds": seconds}

    async def hold(self, run: Callable[[], Awaitable[None]]) -> None:
        """Wait for the lease and run under it; cancelled before it can pass to another, run again when it is back.

        Returns when `run` does; raises what `run` raises.
        """
        while True:
            until = await self._take()
            if until is None:
                await asyncio.sleep(self._seconds / 10)
                continue
            if await self._run(run, until):
                return
            log.warning("lost the lease %s", self._ids["name"])

    async def _run(self, run: Callable[[], Awaitable[None]], until: float) -> bool:
        """Whether `run` came to its own end."""
        task = asyncio.ensure_future(run())
        try:
            while True:
                await asyncio.wait({task}, timeout=self._seconds / 5)
                if task.done():
                    await task
                    return True
                until = await self._take() or until
                if time.monotonic() > until:
                    return False
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task
            with suppress(SQLAlchemyError, OSError):
                await self._give()

    async def _take(self) -> float | None:
        """Take or renew it; the moment (monotonic) to let go, well before others may take it. None: not ours."""
        now = time.monotonic()
        try:
            async with asyncio.timeout(self._seconds / 5), self._database.transaction() as connection:
                if await connection.scalar(text(_TAKE), self._ids):
                    return now + self._seconds * 0.6
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("could not renew the lease %s: %s", self._ids["name"], type(error).__name__)
        return None

    async def _give(self) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(text("DELETE FROM lease WHERE name = :name AND holder = :holder"), self._ids)


_TAKE = """
INSERT INTO lease (name, holder, until)
VALUES (:name, :holder, clock_timestamp() + make_interval(secs => :seconds))
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE lease.holder = excluded.holder OR lease.until < clock_timestamp()
RETURNING true
"""
