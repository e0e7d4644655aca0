"""What a double could not answer: a count for its owner's eyes, without a word and without an asker."""

from datetime import timedelta

from sqlalchemy import delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert as upsert

from skills import tables as t
from skills.parts import Parts
from skills.permission import covering
from skills.words import Grant

KEPT = timedelta(days=30)


class Unanswered(Parts):
    """Only what somebody else may ask is counted: a question that consent does not cover leaves no trace at all."""

    async def could_not(self, grant: Grant) -> None:
        """Count a question on which nothing was found; one's own, and one no longer covered, are not counted."""
        u, now = t.unanswered.c, self._clock()
        if grant.asker == grant.owner:
            return
        readable = covering(grant.owner, asker=grant.asker, venue=grant.venue, now=now, epoch=None)
        row = literal(grant.owner), literal(grant.venue.chat), literal(now.date()), literal(1)
        covered = select(row[0], row[1], row[2], row[3]).where(readable.exists())
        made = upsert(t.unanswered).from_select(["owner", "chat", "day", "questions"], covered)
        again = made.on_conflict_do_update(index_elements=["owner", "chat", "day"], set_={"questions": u.questions + 1})
        async with self._database.transaction(owner=grant.owner) as connection:
            old = u.day < (now - KEPT).date()
            await connection.execute(delete(t.unanswered).where(u.owner == grant.owner, old))
            await connection.execute(again)

    async def unanswered(self, owner: str, days: int) -> int:
        """How many questions of others an owner's double could not answer in the last days."""
        u, since = t.unanswered.c, (self._clock() - timedelta(days=days)).date()
        counted = select(func.coalesce(func.sum(u.questions), 0)).where(u.owner == owner, u.day > since)
        async with self._database.transaction(owner=owner) as connection:
            return int((await connection.execute(counted)).scalar_one())
