"""What askers say of answers: one word each, changed as they like, for the owner of the answer alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Column, ForeignKeyConstraint, Table, Text, and_, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import answers, claims, errands, owners
from skills import tables as t
from skills.errands import Errand
from skills.parts import Parts
from skills.words import Claim

Said = Literal["useful", "useless", "wrong", "outdated", "beside", "misplaced"]
COMPLAINTS_DAYS = 30  # for which an answer is held up to its owner

feedback = Table(
    "feedback",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("answer", Text, primary_key=True),
    Column("asker", Text, primary_key=True),
    Column("said", Text),
    Column("at", t.TIME),
    ForeignKeyConstraint(["owner", "answer"], ["answer.owner", "answer.id"], ondelete="CASCADE"),
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that an asker found wrong with an answer which still stands."""

    answer: str
    said: Said
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What the owner of a double is told of its answers: how often one was useful, and each that was not."""

    useful: int
    complaints: Sequence[Complaint]


class Feedback(Parts):
    """Said by whoever asked and nobody else, and told to nobody but the owner."""

    async def say_of(self, claim: Claim, person: str, answer: str, said: Said, *then: Errand) -> bool | None:
        """Keep what the asker of an answer says of it, in place of what they said before; None: claimed before.

        False, and nothing kept: no such answer, not theirs, of their own double, or taken back.
        """
        a, now = t.answer.c, self._clock()
        owner = await self._whose(answer)
        async with self._database.transaction(owner=owner) as connection:
            if not await claims.take(connection, claim, now):
                return None
            if owner is None:
                return False
            theirs = and_(a.owner == owner, a.id == answer, a.asker == person, a.asker != a.owner)
            found = select(a.owner, a.id, a.asker, literal(said), literal(now)).where(theirs, a.retracted_at.is_(None))
            kept = insert(feedback).from_select(["owner", "answer", "asker", "said", "at"], found)
            changed = kept.on_conflict_do_update(
                index_elements=["owner", "answer", "asker"], set_={"said": said, "at": now}
            )
            if (await connection.execute(changed.returning(feedback.c.answer))).one_or_none() is None:
                return False
            await errands.enqueue(self._queue, connection, *then)
            return True

    async def said_of(self, person: str, answer: str) -> Said | None:
        """What this asker said of an answer, for their own eyes."""
        f, owner = feedback.c, await self._whose(answer)
        mine = select(f.said).where(f.owner == owner, f.answer == answer, f.asker == person)
        async with self._database.transaction(owner=owner) as connection:
            found: Said | None = (await connection.execute(mine)).scalar_one_or_none()
            return found

    async def feedback(self, owner: str, *, days: int) -> Told:
        """What was said of an owner's answers: how often useful of late, and what stands that was found wrong."""
        f, a, c, now = feedback.c, t.answer.c, t.citation.c, self._clock()
        useful = select(func.count()).where(f.owner == owner, f.said == "useful", f.at > now - timedelta(days=days))
        cited = select(func.count()).where(c.owner == a.owner, c.answer == a.id).scalar_subquery()
        # taken back, or with its source replaced, it needs no second look
        stands = and_(a.retracted_at.is_(None), cited == a.passages)
        wrong = select(f.answer, f.said, f.at).join(t.answer, and_(a.owner == f.owner, a.id == f.answer))
        wrong = wrong.where(f.owner == owner, f.said != "useful", f.at > now - timedelta(days=COMPLAINTS_DAYS), stands)
        async with self._database.transaction(owner=owner) as connection:
            times = int((await connection.execute(useful)).scalar_one())
            rows = (await connection.execute(wrong.order_by(f.at.desc(), f.answer))).all()
        return Told(times, [Complaint(row.answer, row.said, row.at) for row in rows])

    async def _whose(self, answer: str) -> str | None:
        async with self._database.transaction() as connection:
            return await answers.owner_of_answer(connection, answer)


async def forget(connection: AsyncConnection, asker: str, of: Sequence[str]) -> int:
    """Delete what somebody said of these owners' answers; returns how much it was. Leaves the connection acting for
    the last of them."""
    gone = 0
    for owner in of:
        await owners.act_for(connection, owner)
        theirs = delete(feedback).where(feedback.c.owner == owner, feedback.c.asker == asker)
        gone += (await connection.execute(theirs)).rowcount
    return gone
