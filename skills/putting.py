"""Questions put to a person in a chat: which posted message belongs to which asker, across restarts and replicas."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import tables as t
from skills.asking import unsealed
from skills.consent import short_id
from skills.parts import Parts
from skills.permission import sql_live
from skills.standings import standings
from skills.words import PutQuestion, Reach

KEPT = timedelta(days=30)
MOST = 100  # questions that are looked at for one person
OPEN = timedelta(days=3)  # how long a reply without the question's id is still taken for its answer
MOST_ALONE = 3  # unanswered questions that one asker may have with one owner, alone


class Putting(Parts):
    """Records in ids alone: what was asked and replied stays where it was said."""

    async def put_question(self, put: PutQuestion) -> PutQuestion:
        """Keep who asks whom, under a new id; those a month old are forgotten."""
        async with self._database.transaction() as connection:
            return await keep(connection, put, self._clock())

    async def put_privately(self, put: PutQuestion) -> PutQuestion | None:
        """Keep a question that goes to an owner alone; None, and nothing kept, where it must not go there.

        It must not to anybody whose double nobody may ask, nor to whom this asker has three without an answer.
        """
        p, o, now = t.put_question.c, t.owner.c, self._clock()
        standing = standings()
        asked = exists().where(standing.c.owner == put.person, standing.c.audience == "chat", sql_live(standing, now))
        theirs = and_(p.private, p.person == put.person, p.asker == put.asker, p.reply.is_(None), p.at > now - KEPT)
        left = select(func.count()).select_from(t.put_question).where(theirs).scalar_subquery() < MOST_ALONE
        allowed = select(o.owner).where(o.owner == put.person, asked, left).with_for_update()
        async with self._database.transaction() as connection:
            if (await connection.execute(allowed)).one_or_none() is None:
                return None
            return await keep(connection, put, self._clock())

    async def reachable(self, platform: str) -> Sequence[Reach]:
        """The owners on a platform whose doubles colleagues may ask, to find the one who is called by name."""
        standing, now = standings(), self._clock()
        chats = func.array_agg(standing.c.chat).label("chats")
        key, name = standing.c.owner_key_id, standing.c.owner_name
        here = func.starts_with(standing.c.owner, f"{platform}:")
        live = and_(here, standing.c.audience == "chat", sql_live(standing, now))
        found = select(standing.c.owner, key, name, chats).where(live).group_by(standing.c.owner, key, name)
        async with self._database.transaction() as connection:
            rows = (await connection.execute(found)).all()
        doubles = {double.owner: double for double in await unsealed(self._vault, rows)}
        return [Reach(doubles[row.owner], tuple(sorted(row.chats))) for row in rows if row.owner in doubles]

    async def put_stands(self, put_id: str, message: str, chat: str | None = None) -> None:
        """Remember the message in which a question was put; `chat` where that is not the chat it was asked in."""
        p = t.put_question
        async with self._database.transaction() as connection:
            await connection.execute(update(p).where(p.c.id == put_id).values(message=message, stands=chat))

    async def find_put(self, put_id: str) -> PutQuestion | None:
        """A question by the id that its message shows; None: unknown or a month old."""
        return await self._put(t.put_question.c.id == put_id)

    async def put_in(self, chat: str, message: str) -> PutQuestion | None:
        """The question that stands in this message of the bot's; None: it is no such message."""
        p = t.put_question.c
        return await self._put(and_(func.coalesce(p.stands, p.chat) == chat, p.message == message))

    async def open_puts(self, chat: str, person: str) -> Sequence[PutQuestion]:
        """The questions of the last days in a chat that wait for this person's reply, or for one without an id."""
        p = t.put_question.c
        theirs = or_(p.person == person, p.person.is_(None) & (p.asker != person)) & ~p.private
        recent: datetime = self._clock() - OPEN
        found = select(t.put_question).where(p.chat == chat, theirs, p.reply.is_(None), p.at > recent)
        async with self._database.transaction() as connection:
            return [_shape(row) for row in await connection.execute(found.order_by(p.at.desc(), p.id))]

    async def waiting(self, person: str, chats: Sequence[str]) -> Sequence[PutQuestion]:
        """The questions of a month that wait for this person, and in these chats for one without an id; newest first.

        For the eyes of the person alone.
        """
        p = t.put_question.c
        nameless = p.person.is_(None) & (p.asker != person) & p.chat.in_(chats)
        since: datetime = self._clock() - KEPT
        found = select(t.put_question).where(or_(p.person == person, nameless), p.reply.is_(None), p.at > since)
        async with self._database.transaction() as connection:
            return [_shape(row) for row in await connection.execute(found.order_by(p.at.desc(), p.id).limit(MOST))]

    async def reply_to_put(self, put_id: str, message: str) -> bool:
        """Note which message answers a question; False, and nothing noted, when one did before."""
        p = t.put_question
        first = update(p).where(p.c.id == put_id, p.c.reply.is_(None)).values(reply=message).returning(p.c.id)
        async with self._database.transaction() as connection:
            return (await connection.execute(first)).one_or_none() is not None

    async def _put(self, which: ColumnElement[bool]) -> PutQuestion | None:
        async with self._database.transaction() as connection:
            row = (await connection.execute(select(t.put_question).where(which).limit(1))).one_or_none()
        return None if row is None else _shape(row)


async def keep(connection: AsyncConnection, put: PutQuestion, now: datetime) -> PutQuestion:
    """Keep who asks whom, under a new id; those a month old are forgotten."""
    p = t.put_question
    row = {"platform": put.platform, "chat": put.chat, "thread": put.thread, "asker": put.asker}
    row |= {"person": put.person, "asked": put.asked, "question": put.question, "language": put.language}
    await connection.execute(delete(p).where(p.c.at < now - KEPT))
    while True:
        values = {**row, "id": short_id(4), "at": now, "private": put.private}
        made = upsert(p).values(**values).on_conflict_do_nothing().returning(p)
        kept = (await connection.execute(made)).one_or_none()
        if kept is not None:
            return _shape(kept)


def _shape(row: Row[Any]) -> PutQuestion:
    ids = (row.id, row.platform, row.chat, row.asker, row.person, row.asked, row.question)
    rest = {"language": row.language, "thread": row.thread, "reply": row.reply, "at": row.at}
    return PutQuestion(*ids, **rest, private=row.private)
