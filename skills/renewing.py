"""What runs out is renewed by its owner alone, who is reminded once; and once a week is told, if anything happened."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import claims, consent, errands, ledger, owners, reminded
from skills import tables as t
from skills.decision import LIVE
from skills.errands import Errand
from skills.parts import Parts
from skills.permission import sql_live
from skills.reminded import reminder
from skills.standings import standings
from skills.words import DEFAULT, Claim, Consent, Notice, Tell

SOON = timedelta(days=7)  # before the end of a consent its owner is reminded
LAPSED = timedelta(days=30)  # after the end of a consent its words wait for a renewal
AGAIN = SOON  # between two reminders, whatever else runs out: the second still comes before its end
WEEK = timedelta(days=7)


class Renewing(Parts):
    """Cards that nobody asked for: two kinds, alone with the owner, in working hours, each at most so often."""

    async def ending(self, person: str) -> Sequence[Consent]:
        """What of a person's ends within a week, or ended within a month: what a renewal renews."""
        async with self._database.transaction(owner=person) as connection:
            rows = await _ending(connection, person, self._clock())
        return [
            Consent(r.owner, r.chat, r.audience, r.since, r.ends, r.notice, receipt=r.id, scope=r.scope) for r in rows
        ]

    async def renew(self, claim: Claim, person: str, notice: Notice, days: int, *then: Errand) -> int | None:
        """Let all that ends soon, or has just ended, go on for so many days from now; returns how many consents.

        None when claimed before. Each is a consent event of its own under the notice shown now, for a scope by name
        under the one that its owner said yes to, and no longer than the admins' ceiling allows.
        """
        now = self._clock()
        async with self._database.transaction(owner=person) as connection:
            if not await claims.take(connection, claim, now):
                return None
            await owners.lock(connection, person)
            ending = {(row.scope, row.chat) for row in await _ending(connection, person, now)}
            rows = [row for row in await consent.kept(connection, person) if (row.scope, row.chat) in ending]
            for row in rows:
                if row.scope == DEFAULT:
                    await consent.extend(connection, row, notice, days, now)
                else:
                    goes_on = {"at": now, "until": now + timedelta(days=days), "offer": None}
                    await consent.follow(connection, row, "given", goes_on)
                note: ledger.Payload = {"chat": row.chat, "notice": notice.sha256}
                await ledger.append(connection, self._vault, person, "renewed", now, note, row.chat)
            if rows:
                await owners.raise_epoch(connection, person)
            await errands.enqueue(self._queue, connection, *then)
        return len(rows)

    async def remind(self) -> None:
        """Have whoever's consent ends within a week reminded, once for all of them; and everybody told of their week.

        Who makes the card of the week makes none of a week in which nothing happened. Drafts that were too many for
        one day, or came up at night, are on one card.
        """
        now = self._clock()
        if not reminded.working(now):
            return
        async with self._database.transaction() as connection:
            ending = [row.owner for row in await connection.execute(_to_remind(now))]
            weekly = [row.owner for row in await connection.execute(_to_tell(now))]
            batched = list((await connection.execute(reminded.to_batch(now))).scalars())
        for owner in ending:
            await self._told(owner, _to_remind(now), "renewal_at", Tell("renewal", ""))
        for owner in weekly:
            await self._told(owner, _to_tell(now), "weekly_at", Tell("weekly", ""))
        for owner in batched:
            await self._told_of_drafts(owner)

    async def weekly(self, claim: Claim, person: str, *, wanted: bool, then: Sequence[Errand]) -> bool:
        """Whether a person wants to be told of their week; False when claimed before."""
        async with self._database.transaction(owner=person) as connection:
            if not await claims.take(connection, claim, self._clock()):
                return False
            await reminded.mark(connection, person, weekly=wanted)
            await errands.enqueue(self._queue, connection, *then)
        return True

    async def _told_of_drafts(self, owner: str) -> None:
        """All drafts that wait on one card: those beyond a day's first few, and those of the night before."""
        now = self._clock()
        async with self._database.transaction(owner=owner) as connection:
            await owners.lock(connection, owner)
            due = reminded.to_batch(now).where(reminder.c.owner == owner)
            kept = await consent.kept(connection, owner)
            if (await connection.execute(due)).one_or_none() is None:
                return
            await reminded.mark(connection, owner, drafts_since=None)
            if kept:
                spoken = await owners.language(connection, owner) or kept[-1].language
                ids = {"day": str(now.date())}
                told = Tell("drafts", owner.partition(":")[0], person=owner, language=spoken, ids=ids)
                await errands.enqueue(self._queue, connection, told)

    async def _told(self, owner: str, due: Select[Any], mark: str, tell: Tell) -> None:
        """Once across replicas: under the owner's lock it is looked at again, and marked with the card's errand."""
        async with self._database.transaction(owner=owner) as connection:
            await owners.lock(connection, owner)
            row = next((r for r in await connection.execute(due) if r.owner == owner), None)
            if row is None:
                return
            await reminded.mark(connection, owner, **{mark: self._clock()})
            spoken = await owners.language(connection, owner) or row.language
            where = {"platform": owner.partition(":")[0], "person": owner}
            ids = {"day": self._clock().date().isoformat()}
            await errands.enqueue(self._queue, connection, replace(tell, **where, language=spoken, ids=ids))


def _renewable(standing: Subquery, now: datetime) -> ColumnElement[bool]:
    """Not withdrawn, paused or forbidden, and near its end on either side of it."""
    near = and_(standing.c.ends > now - LAPSED, standing.c.ends <= now + SOON)
    return and_(standing.c.kind.in_(LIVE), ~standing.c.withheld, near)


async def _ending(connection: AsyncConnection, person: str, now: datetime) -> Sequence[Row[Any]]:
    standing = standings()
    mine = select(standing).where(standing.c.owner == person, _renewable(standing, now))
    return (await connection.execute(mine.order_by(standing.c.ends, standing.c.chat))).all()


def _to_remind(now: datetime) -> Select[Any]:
    """Owners of what ends soon who were not reminded of it, nor of anything else this week."""
    standing, r = standings(), reminder.c
    lately = or_(r.renewal_at > now - AGAIN, r.renewal_at >= standing.c.ends - SOON)
    joined = standing.outerjoin(reminder, r.owner == standing.c.owner)
    due = and_(_renewable(standing, now), ~func.coalesce(lately, false()))
    language = func.max(standing.c.language).label("language")
    return select(standing.c.owner, language).select_from(joined).where(due).group_by(standing.c.owner)


def _to_tell(now: datetime) -> Select[Any]:
    """Owners who were not told of their week for a week, counted from their first consent, and want to be."""
    standing, r, event = standings(), reminder.c, t.consent_event
    first = select(func.min(event.c.at)).where(event.c.owner == standing.c.owner).scalar_subquery()
    joined = standing.outerjoin(reminder, r.owner == standing.c.owner)
    due = and_(func.coalesce(r.weekly, True), func.coalesce(r.weekly_at, first) <= now - WEEK)
    language = func.max(standing.c.language).label("language")
    chosen = select(standing.c.owner, language).select_from(joined).where(due, sql_live(standing, now))
    return chosen.group_by(standing.c.owner)
