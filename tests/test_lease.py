"""Promises of the lease: one at a time, and soon another when the holder dies."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from skills.database import Database
from skills.lease import Lease

HOLDER = """
import asyncio, sys
from skills.database import Database
from skills.lease import Lease

async def run():
    print("held", flush=True)
    await asyncio.Event().wait()

asyncio.run(Lease(Database(sys.argv[1]), "lark:a", "first", seconds=1).hold(run))
"""


def held(event: asyncio.Event) -> Callable[[], Awaitable[None]]:
    """Something to run that says when it started and stays."""

    async def run() -> None:
        event.set()
        await asyncio.Event().wait()

    return run


async def test_two_replicas_never_hold_it_together(database: Database) -> None:
    """Of five that want it, one at a time has it, and each has it in the end."""
    holders: list[int] = []
    done: set[int] = set()

    async def turn(number: int) -> None:
        async def run() -> None:
            holders.append(number)
            assert holders == [number]
            await asyncio.sleep(0.02)
            holders.remove(number)
            done.add(number)

        await Lease(database, "lark:a", str(number), seconds=1).hold(run)

    async with asyncio.timeout(20):
        await asyncio.gather(*(turn(number) for number in range(5)))
    assert done == set(range(5))


async def test_another_takes_over_when_the_holder_is_killed(database: Database, database_url: str) -> None:
    """A holder that died without a word loses it when its time is up."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, database_url, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"held\n"
    taken = asyncio.Event()
    waiting = asyncio.create_task(Lease(database, "lark:a", "second", seconds=1).hold(held(taken)))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(taken.wait(), 1.6)  # longer than it lasts: renewing is what keeps it
    process.kill()
    await process.wait()
    await asyncio.wait_for(taken.wait(), 10)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_a_holder_stops_before_another_may_start(database: Database, database_url: str) -> None:
    """Cut off from the database it lets go while the lease is still its own."""
    cut = Database(database_url, patience=0)
    started, stopped = asyncio.Event(), asyncio.Event()

    async def run() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    holding = asyncio.create_task(Lease(cut, "lark:a", "first", seconds=2).hold(run))
    await asyncio.wait_for(started.wait(), 5)
    async with database.transaction() as connection:
        await connection.execute(text("LOCK TABLE lease IN ACCESS EXCLUSIVE MODE"))
        await asyncio.wait_for(stopped.wait(), 5)
        left = await connection.scalar(text("SELECT extract(epoch FROM until - clock_timestamp()) FROM lease"))
    assert left > 0
    holding.cancel()
    await asyncio.gather(holding, return_exceptions=True)
    await cut.aclose()


async def test_a_lease_taken_away_cancels_its_holder(database: Database) -> None:
    """When the row says somebody else, the holder stops and waits again."""
    started, stopped = asyncio.Event(), asyncio.Event()

    async def run() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    holding = asyncio.create_task(Lease(database, "lark:a", "first", seconds=1).hold(run))
    await asyncio.wait_for(started.wait(), 5)
    async with database.transaction() as connection:
        await connection.execute(text("UPDATE lease SET holder = 'other', until = now() + interval '1 minute'"))
    await asyncio.wait_for(stopped.wait(), 5)
    holding.cancel()
    await asyncio.gather(holding, return_exceptions=True)


async def test_a_lease_given_back_is_free_at_once(database: Database) -> None:
    """A clean shutdown makes nobody wait for the time to run out."""
    first, second = asyncio.Event(), asyncio.Event()
    holding = asyncio.create_task(Lease(database, "lark:a", "first", seconds=60).hold(held(first)))
    await asyncio.wait_for(first.wait(), 5)
    holding.cancel()
    await asyncio.gather(holding, return_exceptions=True)
    waiting = asyncio.create_task(Lease(database, "lark:a", "second", seconds=60).hold(held(second)))
    await asyncio.wait_for(second.wait(), 5)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_what_the_holder_raises_is_raised(database: Database) -> None:
    """And the lease is given back."""

    async def run() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Lease(database, "lark:a", "first").hold(run)
    async with database.transaction() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM lease")) == 0
