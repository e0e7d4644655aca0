"""What is stored about one person, counted for their eyes alone; and their own questions, which they delete."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import claims, drafts, errands, feedback, owners
from skills import tables as t
from skills.errands import Errand
from skills.parts import Parts
from skills.words import Claim

PERSONAL = ("owner", "person", "asker", "about")  # the columns that name somebody


@dataclass(frozen=True, slots=True)
class Held:
    """How much of one chat is recorded, and how it came."""

    chat: str
    source: str
    messages: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that is stored about a person; `rows` counts every row that names them, by table and column."""

    messages: Sequence[Held]
    rows: Mapping[str, int]
    answered: int  # answers of their double to others
    retracted: int
    first_answer: datetime | None
    last_answer: datetime | None
    first_entry: datetime | None  # of the ledger
    last_entry: datetime | None
    asked: int  # answers of other doubles to them
    questions: int  # of those, the ones whose words are kept
    said: int  # of those, the ones that they said something of


class Inventory(Parts):
    """Counted afresh from the tables themselves: a table that names people is counted from its first day."""

    async def holdings(self, person: str) -> Holdings:
        """What is stored about a person, whether they have a double or only ever asked one."""
        async with self._database.transaction(owner=person) as connection:
            held = await _held(connection, person)
            rows = await _rows(connection, person)
            a, entry = t.answer.c, t.ledger.c
            own = select(func.count().label("answered"), func.count(a.retracted_at).label("retracted"))
            own = own.add_columns(func.min(a.at).label("first_answer"), func.max(a.at).label("last_answer"))
            given = (await connection.execute(own.where(a.owner == person, a.asker != person))).one()
            chain = select(func.min(entry.at).label("first_entry"), func.max(entry.at).label("last_entry"))
            chain = chain.where(entry.owner == person)
            ledger = (await connection.execute(chain)).one()
            asked, questions, said = await _asked(connection, person)
        answers, entries = given._mapping, ledger._mapping
        return Holdings(held, rows, **answers, **entries, asked=asked, questions=questions, said=said)

    async def delete_questions(self, claim: Claim, person: str, *then: Errand) -> bool:
        """Delete what a person asked, answered or waiting, and what they said of answers; the answers stay.

        False, and nothing done, when claimed before.
        """
        a, put = t.answer.c, t.put_question.c
        async with self._database.transaction() as connection:
            if not await claims.take(connection, claim, self._clock()):
                return False
            await connection.execute(delete(t.put_question).where(put.asker == person))
            everybody = await _owners(connection)
            await feedback.forget(connection, person, everybody)
            for owner in everybody:
                await owners.act_for(connection, owner)
                theirs = and_(a.owner == owner, a.asker == person, a.question.is_not(None))
                gone = update(t.answer).where(theirs).values(question=None, question_key_id=None)
                await connection.execute(gone)
                await drafts.unask(connection, owner, person)
            await errands.enqueue(self._queue, connection, *then)
            return True


async def _held(connection: AsyncConnection, person: str) -> list[Held]:
    m = t.message.c
    counted = select(m.chat, m.source, func.count(), func.min(m.at), func.max(m.at)).where(m.owner == person)
    rows = await connection.execute(counted.group_by(m.chat, m.source).order_by(m.chat, m.source))
    return [Held(*row) for row in rows.all()]


async def _rows(connection: AsyncConnection, person: str) -> dict[str, int]:
    """Of every table, how many rows name the person in which column."""
    counts: dict[str, int] = {}
    for table in t.tables.sorted_tables:
        for name in PERSONAL:
            if name in table.c:
                named: ColumnElement[bool] = table.c[name] == person
                counted = await connection.execute(select(func.count()).select_from(table).where(named))
                if count := int(counted.scalar_one()):
                    counts[f"{table.name}.{name}"] = count
    return counts


async def _asked(connection: AsyncConnection, person: str) -> tuple[int, int, int]:
    """Each owner's answers are seen under their own name alone, so they are gone through one by one."""
    a, f, answers, questions, said = t.answer.c, feedback.feedback.c, 0, 0, 0
    for owner in await _owners(connection):
        if owner != person:
            await owners.act_for(connection, owner)
            theirs = select(func.count(), func.count(a.question)).where(a.owner == owner, a.asker == person)
            row = (await connection.execute(theirs)).one()
            answers, questions = answers + row[0], questions + row[1]
            spoken = select(func.count()).where(f.owner == owner, f.asker == person)
            said += int((await connection.execute(spoken)).scalar_one())
    return answers, questions, said


async def _owners(connection: AsyncConnection) -> list[str]:
    return list((await connection.execute(select(t.owner.c.owner).order_by(t.owner.c.owner))).scalars())
