"""Interviews: questions that owners answer for one of their chats; their words are kept, the state is ids alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import claims, consent, errands, ledger, messages, owners
from skills import tables as t
from skills.embedding import Embedding
from skills.errands import Errand
from skills.words import Claim, Interview, Language, Said

PATIENCE = timedelta(hours=1)  # how long after its question a message is still taken for the answer
Outcome = Literal["kept", "added", "refused", "closed"]


def expects(interview: Interview, at: datetime) -> bool:
    """Whether a message of that time can be an answer: the question was shown before it, not long before.

    One written before the next question is shown belongs to the last answer.
    """
    if not interview.open:
        return False
    if interview.asked_at is not None and at >= interview.asked_at:
        return at < interview.asked_at + PATIENCE
    return bool(interview.given) and at < interview.at + PATIENCE


class Interviews(Embedding):
    """Answers are recorded under the consent for the chat that they are for, like everything else of the owner's."""

    async def interview(self, owner: str, chat: str | None = None) -> Interview | None:
        """The interview of an owner for a chat, or the one that is open; None: there is none."""
        async with self._database.transaction(owner=owner) as connection:
            return await _find(connection, owner, chat)

    async def begin_interview(
        self, claim: Claim, owner: str, chat: str, language: Language, questions: Sequence[str], *then: Errand
    ) -> bool | None:
        """Open an owner's interview for a chat: where it was left, or with these questions when it was through.

        Any other of theirs is closed. None when claimed before; False, and nothing opened, without a consent there.
        """
        i, now = t.interview.c, self._clock()
        async with self._database.transaction(owner=owner) as connection:
            if not await claims.take(connection, claim, now):
                return None
            await owners.lock(connection, owner)
            if chat not in await consent.sources(connection, owner, now):
                return False
            await connection.execute(update(t.interview).where(i.owner == owner, i.open).values(open=False))
            before = await _find(connection, owner, chat)
            state: dict[str, Any] = {"open": True, "asked_at": None, "at": now, "language": language}
            if before is None or not before.ahead:
                state |= {"ahead": list(questions), "given": []}
                key = {"owner": owner, "chat": chat}
                made = upsert(t.interview).values(**key, **state)
                await connection.execute(made.on_conflict_do_update(index_elements=list(key), set_=state))
            else:
                await _set(connection, before, state)
            await errands.enqueue(self._queue, connection, *then)
            return True

    async def asked_in_interview(self, interview: Interview) -> None:
        """Note that the question which is up is being shown now; what comes from now on answers it."""
        i, ahead = t.interview.c, list(interview.ahead)
        same = (i.owner == interview.owner) & (i.chat == interview.chat) & (i.ahead == ahead)
        async with self._database.transaction(owner=interview.owner) as connection:
            shown = update(t.interview).where(same, i.open, i.asked_at.is_(None))
            await connection.execute(shown.values(asked_at=self._clock()))

    async def answer_interview(
        self, claim: Claim, said: Said, *then: Errand, refused: Sequence[Errand] = ()
    ) -> Outcome | None:
        """Keep an answer to the question that is up, and go on to the next, in one transaction.

        None when claimed before. "added": it belongs to the answer before, as the next question was not shown yet.
        "refused": no consent covers it, or it names somebody who objects. "closed": no answer is expected any more,
        and nothing is claimed.
        """
        now, person = self._clock(), said.person
        async with self._database.transaction(owner=person) as connection:
            await owners.lock(connection, person)
            standing = await _find(connection, person, said.chat)
            if standing is None or not expects(standing, said.at):
                return "closed"
            if not await claims.take(connection, claim, now):
                return None
            if not await messages.record(connection, self._vault, person, said.chat, [said], now):
                await errands.enqueue(self._queue, connection, *refused)
                return "refused"
            note: ledger.Payload = {"message": said.message, "why": said.source}
            await ledger.append(connection, self._vault, person, "kept", now, note, said.chat)
            await self._to_be_embedded(connection, person)
            if standing.asked_at is None or said.at < standing.asked_at:
                last, _ = standing.given[-1]
                await _set(connection, standing, {"given": [*standing.given, (last, said.message)]})
                return "added"
            question, *ahead = standing.ahead
            given = [*standing.given, (question, said.message)]
            await _set(connection, standing, _at(ahead, now) | {"given": given})
            await errands.enqueue(self._queue, connection, *then)
            return "kept"

    async def skip_in_interview(self, claim: Claim, owner: str, question: str | None, *then: Errand) -> bool | None:
        """Leave out the question that is up; None when claimed before, False: it is not up any more."""
        now = self._clock()
        async with self._database.transaction(owner=owner) as connection:
            if not await claims.take(connection, claim, now):
                return None
            await owners.lock(connection, owner)
            standing = await _find(connection, owner, None)
            if standing is None or question not in (None, standing.ahead[0]):
                return False
            await _set(connection, standing, _at(standing.ahead[1:], now))
            await errands.enqueue(self._queue, connection, *then)
            return True

    async def stop_interview(self, claim: Claim, owner: str, *then: Errand) -> bool | None:
        """Close the interview that is open; it can be gone on with. None when claimed before, False: none is open."""
        now = self._clock()
        async with self._database.transaction(owner=owner) as connection:
            if not await claims.take(connection, claim, now):
                return None
            await owners.lock(connection, owner)
            standing = await _find(connection, owner, None)
            if standing is None:
                return False
            await _set(connection, standing, {"open": False, "at": now})
            await errands.enqueue(self._queue, connection, *then)
            return True

    async def undo_answer(self, claim: Claim, owner: str, chat: str, message: str, *then: Errand) -> bool | None:
        """Erase an answer and ask its question again; None when claimed before, False: it is no answer any more."""
        now, i = self._clock(), t.interview.c
        async with self._database.transaction(owner=owner) as connection:
            if not await claims.take(connection, claim, now):
                return None
            await owners.lock(connection, owner)
            standing = await _find(connection, owner, chat)
            question = {m: q for q, m in standing.given}.get(message) if standing else None
            if standing is None or question is None:
                return False
            gone = [m for q, m in standing.given if q == question]
            for each in gone:
                if await messages.forget(connection, self._vault, owner, chat, each):
                    await ledger.append(connection, self._vault, owner, "forgotten", now, {"message": each}, chat)
            alive = chat in await consent.sources(connection, owner, now)
            await connection.execute(update(t.interview).where(i.owner == owner, i.open).values(open=False))
            ahead = [question, *(q for q in standing.ahead if q != question)]
            given = [pair for pair in standing.given if pair[0] != question]
            await _set(connection, standing, _at(ahead, now) | {"given": given, "open": alive})
            await errands.enqueue_taking_down(self._queue, connection, owner)
            await errands.enqueue(self._queue, connection, *then)
            return True


def _at(ahead: Sequence[str], now: datetime) -> dict[str, Any]:
    """The next question is up and not shown yet; with none left, the interview is through."""
    return {"ahead": list(ahead), "open": bool(ahead), "asked_at": None, "at": now}


async def _set(connection: AsyncConnection, interview: Interview, values: Mapping[str, Any]) -> None:
    i = t.interview.c
    this = (i.owner == interview.owner) & (i.chat == interview.chat)
    await connection.execute(update(t.interview).where(this).values(**values))


async def _find(connection: AsyncConnection, owner: str, chat: str | None) -> Interview | None:
    """An interview as it stands, with those of its answers that are still recorded."""
    i, m = t.interview.c, t.message.c
    mine = select(t.interview).where(i.owner == owner)
    row = (await connection.execute(mine.where(i.open if chat is None else i.chat == chat))).one_or_none()
    if row is None:
        return None
    there = select(m.message).where(m.owner == owner, m.chat == row.chat, m.message.in_([m for _, m in row.given]))
    kept = set((await connection.execute(there)).scalars())
    given = tuple((question, message) for question, message in row.given if message in kept)
    return Interview(row.owner, row.chat, row.language, tuple(row.ahead), given, row.open, row.asked_at, row.at)
