"""Totals of the whole company: of closed months alone, of five people or more, in fives, and never told otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Column, Date, Integer, Table, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import owners
from skills import tables as t
from skills.parts import Parts

FEWEST = 5  # people on either side of a number
STEP = 5
MONTHS = 12  # that are told

total_table = Table(
    "total",
    t.tables,
    Column("month", Date, primary_key=True),
    Column("at", t.TIME),
    Column("answers", Integer),
    Column("put", Integer),
)


@dataclass(frozen=True, slots=True)
class Total:
    """One month; None: too few people asked or were asked for a number that is nobody's."""

    month: date
    answers: int | None  # that doubles gave to others
    put: int | None  # questions that were put to the persons themselves


class Totals(Parts):
    """One group, the whole company, so that there are no two to be subtracted from one another."""

    async def totals(self) -> Sequence[Total]:
        """The last months that are over, newest first; each as it was when it was closed."""
        await self.close_month()
        found = select(total_table).order_by(total_table.c.month.desc()).limit(MONTHS)
        async with self._database.transaction() as connection:
            return [Total(row.month, row.answers, row.put) for row in await connection.execute(found)]

    async def close_month(self) -> bool:
        """Write the numbers of the month before this one, if nobody has; whoever leaves later changes none of them."""
        now = self._clock()
        until = datetime(now.year, now.month, 1, tzinfo=UTC)
        since = (until - timedelta(days=1)).replace(day=1)
        month = total_table.c.month
        async with self._database.transaction() as connection:
            if (await connection.execute(select(month).where(month == since.date()))).one_or_none():
                return False
            given, put = await _given(connection, since, until), await _put(connection, since, until)
            row = {"month": since.date(), "at": now, "answers": _told(given), "put": _told(put)}
            made = upsert(total_table).values(row).on_conflict_do_nothing().returning(month)
            return (await connection.execute(made)).one_or_none() is not None


def _told(pairs: Sequence[tuple[str, str]]) -> int | None:
    """How many, in whole fives; None unless they are of enough people on both sides."""
    sides = zip(*pairs, strict=True)
    enough = bool(pairs) and all(len(set(side)) >= FEWEST for side in sides)
    return len(pairs) - len(pairs) % STEP if enough else None


async def _given(connection: AsyncConnection, since: datetime, until: datetime) -> list[tuple[str, str]]:
    """(owner, asker) of every answer to somebody else; each owner's are seen under their own name alone."""
    everybody = select(t.owner.c.owner).order_by(t.owner.c.owner)
    a, found = t.answer.c, []
    for owner in list((await connection.execute(everybody)).scalars()):
        await owners.act_for(connection, owner)
        theirs = select(a.asker).where(a.owner == owner, a.asker != owner, a.at >= since, a.at < until)
        found += [(owner, asker) for asker in (await connection.execute(theirs)).scalars()]
    return found


async def _put(connection: AsyncConnection, since: datetime, until: datetime) -> list[tuple[str, str]]:
    """(person, asker) of every question that was put to somebody known by an id."""
    p = t.put_question.c
    found = select(p.person, p.asker).where(p.person.is_not(None), p.at >= since, p.at < until)
    return [(row.person, row.asker) for row in await connection.execute(found)]
