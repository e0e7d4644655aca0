"""Promises of the database's transactions: what stops a double waits for nobody who only asks it."""

import asyncio
from contextlib import AbstractAsyncContextManager

import psycopg
import pytest
from sqlalchemy import literal, select, text

from skills.database import LONG_ENOUGH, Database, Statements, Way, libpq_url

ANA, BO = "lark:t:ana", "lark:t:bo"


class Held:
    """A transaction that begins when it may, and ends when it is let go."""

    def __init__(self, transaction: AbstractAsyncContextManager[object]) -> None:
        """Not begun yet."""
        self.begun, self._go = asyncio.Event(), asyncio.Event()
        self._task = asyncio.create_task(self._run(transaction))

    async def _run(self, transaction: AbstractAsyncContextManager[object]) -> None:
        async with transaction:
            self.begun.set()
            await self._go.wait()

    async def end(self) -> None:
        """Let it go, and wait until it has ended."""
        self._go.set()
        await self._task


async def _begins(held: Held, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await held.begun.wait()
    except TimeoutError:
        return False
    return True


async def test_nothing_begins_beside_what_stops_a_double(database: Database) -> None:
    """It has the right of way, and all others go on when it has ended."""
    stops = Held(database.transaction(owner=ANA, first=True))
    await stops.begun.wait()
    asks = Held(database.transaction(owner=BO))
    assert not await _begins(asks, LONG_ENOUGH / 3)
    await stops.end()
    assert await _begins(asks, 10)
    await asks.end()


async def test_two_that_stop_doubles_do_not_wait_for_each_other(database: Database) -> None:
    """One of them ended is not the way clear."""
    one, other = (Held(database.transaction(owner=who, first=True)) for who in (ANA, BO))
    await one.begun.wait()
    assert await _begins(other, 10)
    await one.end()
    asks = Held(database.transaction(owner=ANA))
    assert not await _begins(asks, LONG_ENOUGH / 3)
    await other.end()
    await asks.end()


async def test_a_stop_that_hangs_holds_up_nobody_for_long(database: Database) -> None:
    """Whatever it waits for itself."""
    stops = Held(database.transaction(owner=ANA, first=True))
    await stops.begun.wait()
    asks = Held(database.transaction(owner=BO))
    assert await _begins(asks, 10)
    await asks.end()
    await stops.end()


async def test_a_stop_that_fails_gives_the_way_back() -> None:
    """As one that succeeds does."""
    way = Way()
    with pytest.raises(ZeroDivisionError):
        async with way.first():
            raise ZeroDivisionError
    async with asyncio.timeout(LONG_ENOUGH / 2):
        await way.clear()


async def test_of_those_who_wait_for_one_owner_one_at_a_time_takes_a_connection(database: Database) -> None:
    """Others' owners, and what stops this one, begin beside it."""
    first, second = (Held(database.transaction(owner=ANA, in_turn=True)) for _ in range(2))
    await first.begun.wait()
    elsewhere = Held(database.transaction(owner=BO, in_turn=True))
    assert await _begins(elsewhere, 10)
    assert not second.begun.is_set()
    stops = Held(database.transaction(owner=ANA, first=True))
    assert await _begins(stops, 10)
    assert not second.begun.is_set()
    await stops.end()
    await first.end()
    assert await _begins(second, 10)
    await second.end()
    await elsewhere.end()


async def test_a_cancelled_turn_is_given_on(database: Database) -> None:
    """Whoever gives up waiting, or is cancelled at work, holds up nobody."""
    async with database.transaction(owner=ANA, in_turn=True):
        waiting = asyncio.create_task(_count(database))
        await asyncio.sleep(0)
        waiting.cancel()
    assert await _count(database) == 1


async def _count(database: Database) -> int:
    async with database.transaction(owner=ANA, in_turn=True) as connection:
        return int(await connection.scalar(text("SELECT 1")) or 0)


class Counted(Statements):
    """Tells how often something had to be compiled."""

    compiled = 0

    def __setitem__(self, key: tuple[object, ...], value: object) -> None:
        self.compiled += 1
        super().__setitem__(key, value)


async def _answer(database: Database, number: int, *, first: bool = False) -> object:
    async with database.transaction(owner=ANA, first=first) as connection:
        return await connection.scalar(select(literal(number)))


async def test_a_statement_is_compiled_once_for_all_pools_that_are_handed_what_was_compiled(database_url: str) -> None:
    """Whoever is the first to leave does not wait for it either, and each still gets what was asked on it."""
    statements = Counted()
    one, other = (Database(database_url, statements=statements) for _ in range(2))
    assert await _answer(one, 1) == 1
    compiled = statements.compiled
    assert compiled
    assert [await _answer(one, 2, first=True), await _answer(other, 3), await _answer(other, 4, first=True)] == [
        2,
        3,
        4,
    ]
    assert statements.compiled == compiled
    await one.aclose()
    await other.aclose()


async def test_connections_that_ended_unseen_are_met_by_nobody(database: Database, migrate_url: str) -> None:
    """As after the server's restart: whoever comes next is served, and whoever asks hears that it answers."""
    for _ in range(2):
        together = [Held(database.transaction(owner=who)) for who in (ANA, BO, ANA)]
        for one in together:
            await one.begun.wait()
        for one in together:
            await one.end()
        with psycopg.connect(libpq_url(migrate_url), autocommit=True) as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'fenshen'"
            ).fetchall()
        assert len(ended) >= 3
        assert await database.ping()


@pytest.mark.parametrize("owner", ["o'brien", "back\\slash", "'; SELECT 1; --", "$1 {} %s :x", "梅"])
async def test_whoever_it_is_their_name_is_taken_as_it_is(database: Database, owner: str) -> None:
    """It is sent in the words that begin the transaction, and never read as some of them."""
    async with database.transaction(owner=owner) as connection:
        assert await connection.scalar(text("SELECT current_setting('fenshen.owner')")) == owner
