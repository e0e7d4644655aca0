"""What is left over: recorded under a consent that was wider then, read by nobody now, and erased."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import claims, erasure, errands, leaving, owners
from skills import tables as t
from skills.consent import short_id
from skills.decision import KEPT
from skills.errands import Errand
from skills.page_tables import TITLE
from skills.parts import Parts
from skills.scope_words import sql_says
from skills.standings import last_events
from skills.words import IN_PASSING, Claim, Erasure, Tell

LONGEST = timedelta(days=30)  # from when nothing covers it any more until it goes by itself


@dataclass(frozen=True, slots=True)
class Leftover:
    """How many messages are left over; `kept`: noted, answered or kept by their owner on purpose, beside the others."""

    messages: int = 0
    kept: int = 0


class Leftovers(Parts):
    """Whoever says "from today" after "90 days back" leaves earlier words behind that nobody may read any more."""

    async def leftover(self, owner: str, chat: str | None = None) -> Leftover:
        """What is left over of an owner's, in one chat or in all; for their eyes alone."""
        async with self._database.transaction(owner=owner) as connection:
            chats = await _narrowed(connection, owner, chat)
            return await _count(connection, owner, chats, self._clock()) if chats else Leftover()

    async def erase_leftover(
        self,
        claim: Claim,
        owner: str,
        chat: str | None,
        *,
        kept: bool = False,
        receipt: Tell | None = None,
        then: Iterable[Errand] = (),
    ) -> Erasure | None:
        """Erase what is left over, in the three steps of every erasure; with `kept`, what was kept on purpose as well.

        None: there is nothing. Delivered again, it returns the erasure there is. `receipt` is sent when all is erased;
        every Tell gets the erasure's id as `erasure`.
        """
        now = self._clock()
        async with self._database.transaction(owner=owner, first=True) as connection:
            if not await claims.take(connection, claim, now):
                return await erasure.latest(connection, owner)
            done = await self._leftover_begun(connection, owner, chat, now, kept=kept, receipt=receipt)
            if done is not None:
                await errands.enqueue(self._queue, connection, *then, erasure=done.id)
        await self._keys_changed()
        return done

    async def outlast(self) -> None:
        """Erase by itself what has been left over for 30 days, but for what its owner kept on purpose."""
        async with self._database.transaction() as connection:
            theirs = _narrowings().with_only_columns(t.consent_event.c.owner).distinct()
            found = sorted((await connection.execute(theirs)).scalars())
        for owner in found:
            async with self._database.transaction(owner=owner) as connection:
                await self._leftover_begun(connection, owner, None, self._clock() - LONGEST)
            await self._keys_changed()

    async def _leftover_begun(
        self,
        connection: AsyncConnection,
        owner: str,
        chat: str | None,
        before: datetime,
        *,
        kept: bool = False,
        receipt: Tell | None = None,
    ) -> Erasure | None:
        """What nothing has covered since `before` is taken out, and its key ends here; None: there is nothing."""
        held, chats = await owners.lock(connection, owner), await _narrowed(connection, owner, chat)
        if held is None or not chats or not await _set_apart(connection, owner, chats, before, kept):
            return None
        part = Erasure(short_id(10), owner, chat, self._clock(), None, None, {}, None, leftover=True)
        hands = (connection, self._vault, self._keyring, held)
        await leaving.begin_part(*hands, part, {"why": "leftover"}, receipt)
        await errands.enqueue_erasure(self._queue, connection, owner, part.id)
        return part


def _narrowings() -> Select[tuple[str, str]]:
    """(owner, chat) of which more was consented to once than is now, in a consent that stands."""
    e, last = t.consent_event.c, last_events()
    same = and_(last.c.owner == e.owner, last.c.chat == e.chat, last.c.birth == e.birth, last.c.kind.in_(KEPT))
    found = select(e.owner, e.chat).join(last, same).group_by(e.owner, e.chat)
    return found.having(or_(func.min(e.since) < func.min(last.c.since), func.bool_or(last.c.words.is_not(None))))


async def _narrowed(connection: AsyncConnection, owner: str, chat: str | None) -> Sequence[str]:
    e = t.consent_event.c
    mine = _narrowings().where(e.owner == owner)
    mine = mine if chat is None else mine.where(e.chat == chat)
    return [row.chat for row in await connection.execute(mine)]


def _uncovered(owner: str, chats: Sequence[str], before: datetime) -> ColumnElement[bool]:
    """A passage that no consent covers, and none did since `before`; what is being erased already is none of them."""
    event, later, p = t.consent_event.alias("event"), t.consent_event.alias("later"), t.passage.c
    e, r = event.c, later.c
    replaced = exists().where(r.owner == e.owner, r.chat == e.chat, r.scope == e.scope, r.seq > e.seq, r.at <= before)
    given = and_(e.owner == owner, e.chat == p.chat, e.birth == p.birth, e.kind.in_(KEPT))
    covers = exists().where(given, e.since <= p.at, sql_says(event, p.id), ~replaced.correlate(event))
    return and_(p.owner == owner, p.chat.in_(chats), p.birth > 0, ~covers)


def _said(sources: ColumnElement[bool]) -> ColumnElement[bool]:
    """A passage of these sources. Titles are none: they go with their page."""
    m = t.message.c
    return exists().where(m.owner == t.passage.c.owner, m.passage == t.passage.c.id, m.source != TITLE, sources)


async def _count(connection: AsyncConnection, owner: str, chats: Sequence[str], before: datetime) -> Leftover:
    m, p = t.message.c, t.passage.c
    passing = m.source.in_(IN_PASSING)
    counted = select(func.count().filter(passing), func.count().filter(~passing)).select_from(t.message)
    counted = counted.join(t.passage, and_(p.owner == m.owner, p.id == m.passage))
    row = (await connection.execute(counted.where(_uncovered(owner, chats, before), m.source != TITLE))).one()
    return Leftover(*row)


async def _set_apart(
    connection: AsyncConnection, owner: str, chats: Sequence[str], before: datetime, kept: bool
) -> bool:
    """Turn the birth round, as of a window; of messages too, so that a later look back reads them anew."""
    passing, m, p = t.message.c.source.in_(IN_PASSING), t.message.c, t.passage.c
    meant = _said(passing) if not kept else or_(_said(passing), _said(~passing))
    apart = update(t.passage).where(_uncovered(owner, chats, before), meant).values(birth=-p.birth)
    if not (await connection.execute(apart)).rowcount:
        return False
    going = select(p.id).where(p.owner == owner, p.birth < 0)
    turned = update(t.message).where(m.owner == owner, m.birth > 0, m.passage.in_(going)).values(birth=-m.birth)
    await connection.execute(turned)
    return True
