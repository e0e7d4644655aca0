"""Answers that are shown while they are written: opened before their first sentence, completed once, or ended."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import answers, errands, ledger, owners, worded
from skills import tables as t
from skills.parts import Parts
from skills.words import Answered, Finish, Grant


class Streamed(Parts):
    """An answer without its credit is one that was never completed; it is decided again at every step."""

    async def open_answer(
        self, grant: Grant, passages: Sequence[str], provider: str, finish: Finish, after: timedelta
    ) -> Answered | None:
        """Open an answer with what its first sentences cite: None, and nothing is to be shown, unless it may be.

        `finish` is done after so long, whoever is then still there: what was not completed by then never is.
        """
        now, cited = self._clock(), answers.ids(passages)
        async with self._database.transaction(owner=grant.owner, in_turn=True) as connection:
            levels = await answers.decided(connection, grant, cited, now, provider)
            if levels is None:
                return None
            answer = await answers.make(connection, grant, levels, now)
            note = {"answer": answer, "chat": grant.venue.chat, "words": "model", "provider": provider}
            await ledger.append(connection, self._vault, grant.owner, "opened", now, note, grant.venue.chat)
            await errands.enqueue_finish(self._queue, connection, finish, answer, after)
        return Answered(answer, grant.owner)

    async def grow_answer(self, grant: Grant, answer: str, passages: Sequence[str], provider: str) -> bool:
        """Whether an open answer may be shown with all that it cites by now; False: it is to be taken away."""
        async with self._database.transaction(owner=grant.owner, in_turn=True) as connection:
            levels = await answers.decided(connection, grant, answers.ids(passages), self._clock(), provider)
            return levels is not None and await _recite(connection, grant, answer, levels)

    async def complete_answer(
        self,
        grant: Grant,
        answer: str,
        passages: Sequence[str],
        provider: str | None,
        sentences: tuple[int, int] = (0, 0),
    ) -> bool:
        """Record an open answer as given, with its credit; once. False: it is to be taken away.

        `provider` None: a model began it, and it quotes after all.
        """
        now = self._clock()
        async with self._database.transaction(owner=grant.owner, in_turn=True) as connection:
            levels = await answers.decided(connection, grant, answers.ids(passages), now, provider)
            if levels is None or not await _recite(connection, grant, answer, levels):
                return False
            by = None if provider is None else worded.Worded(provider, *sentences)
            await answers.give(connection, self._vault, grant, answer, len(levels), now, by)
            return True

    async def end_answer(self, owner: str, answer: str) -> bool:
        """End an answer that was opened and not completed; True as long as something of it may still be shown."""
        a, p = t.answer.c, t.place.c
        mine = and_(a.owner == owner, a.id == answer, _open())
        async with self._database.transaction(owner=owner) as connection:
            if await owners.lock(connection, owner) is None:
                return False
            now = self._clock()
            ended = await connection.execute(update(t.answer).where(mine).values(retracted_at=now))
            if ended.rowcount:
                await ledger.append(connection, self._vault, owner, "ended", now, {"answer": answer}, None)
            stands = select(p.platform, p.message).join(t.answer, p.answer == a.id)
            never = and_(a.owner == owner, a.id == answer, ~_credited())
            row = (await connection.execute(stands.where(never))).one_or_none()
            return row is not None and (row.platform is None or row.message is not None)


def _credited() -> ColumnElement[bool]:
    c, a = t.credit.c, t.answer.c
    return exists().where(c.owner == a.owner, c.answer == a.id, c.value == 1)


def _open() -> ColumnElement[bool]:
    return and_(t.answer.c.retracted_at.is_(None), ~_credited())


async def _recite(connection: AsyncConnection, grant: Grant, answer: str, levels: answers.Levels) -> bool:
    """Have an open answer cite these, and nothing else; False where it is not open any more."""
    a, c = t.answer.c, t.citation.c
    mine = update(t.answer).where(a.owner == grant.owner, a.id == answer, _open())
    if not (await connection.execute(mine.values(passages=len(levels)))).rowcount:
        return False
    await connection.execute(delete(t.citation).where(c.owner == grant.owner, c.answer == answer))
    await answers.cite(connection, grant.owner, answer, levels)
    return True
