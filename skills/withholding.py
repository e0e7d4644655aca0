"""What owners keep to themselves and share again: at their own word, and never visible to anybody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import claims, drafts, errands, ledger, owners, paging, withheld
from skills import tables as t
from skills.consent import short_id
from skills.errands import Errand
from skills.kept_along import PastWithheld
from skills.parts import Parts
from skills.withheld import kept_back, reached
from skills.words import Claim

LONGEST = 200  # characters of a topic
MOST = 200  # topics of one owner


@dataclass(frozen=True, slots=True)
class Withheld:
    """One thing that an owner keeps to themselves, for their own eyes."""

    id: str
    kind: Literal["topic", "message", "answer", "page"]
    at: datetime
    words: str  # of a topic
    chat: str | None  # of a message
    answer: str | None  # whose sources they are
    passages: int  # it reaches so far


class Withholding(Parts):
    """From the commit on, what is kept back is recalled for its owner alone, and delivered to nobody else."""

    async def withhold(self, claim: Claim, owner: str, topics: Sequence[str], *then: Errand) -> bool | None:
        """Keep back what has all the words of one of these topics, recorded before or later; None: claimed before.

        False, and nothing kept back: no double, no word that tells anything, or too many.
        """
        told = list(dict.fromkeys(" ".join(words.split()) for words in topics))
        async with self._database.transaction(owner=owner) as connection:
            key_id = await self._begun(connection, claim, owner)
            if key_id is None:
                return None
            known = await self._topics(connection, owner)
            told = [words for words in told if words.casefold() not in known]
            usable = all(withheld.wanted(words) and len(words) <= LONGEST for words in told)
            if not key_id or not usable or len(known) + len(told) > MOST:
                return False
            await self._hold_topics(connection, owner, key_id, told)
            await self._done(connection, owner, "withheld", {"topics": len(told)}, *then)
            return True

    async def withhold_message(self, claim: Claim, owner: str, message: str, *then: Errand) -> bool | None:
        """Keep back one message, wherever it is recorded; None: claimed before. False: nothing of it is recorded."""
        m = t.message.c
        async with self._database.transaction(owner=owner) as connection:
            key_id = await self._begun(connection, claim, owner)
            if key_id is None:
                return None
            where = select(m.chat).where(m.owner == owner, m.message == message).distinct().order_by(m.chat)
            chats = list((await connection.execute(where)).scalars())
            if not key_id or not chats:
                return False
            await self._hold_messages(connection, owner, [(chat, message) for chat in chats])
            await self._done(connection, owner, "withheld", {"message": message}, *then)
            return True

    async def withhold_answer(self, claim: Claim, owner: str, answer: str, *then: Errand) -> bool | None:
        """Keep back what an answer of the owner's own cites; None: claimed before. False: there is no such answer."""
        a = t.answer.c
        async with self._database.transaction(owner=owner) as connection:
            key_id = await self._begun(connection, claim, owner)
            if key_id is None:
                return None
            mine = select(a.id).where(a.owner == owner, a.id == answer)
            if not key_id or (await connection.execute(mine)).one_or_none() is None:
                return False
            await self._hold_sources(connection, owner, answer)
            await self._done(connection, owner, "withheld", {"answer": answer}, *then)
            return True

    async def hold_back(self, owner: str, past: PastWithheld) -> int:
        """Keep back anew what an owner kept back when they took it along, recorded by now or not; returns how much.

        What is kept back already counts as nothing. Whoever has no double keeps nothing back.
        """
        w = kept_back.c
        async with self._database.transaction(owner=owner) as connection:
            held = await owners.lock(connection, owner)
            if held is None or held.key_id is None:
                return 0
            known = await self._topics(connection, owner)
            topics = [words for words in past.topics if words.casefold() not in known]
            single = select(w.chat, w.message).where(w.owner == owner, w.kind == "message")
            there = {(row.chat, row.message) for row in await connection.execute(single)}
            messages = sorted((past.messages | past.on_pages) - there)
            if not topics and not messages:
                return 0
            await self._hold_topics(connection, owner, held.key_id, topics)
            await self._hold_messages(connection, owner, messages)
            note: ledger.Payload = {"topics": len(topics), "messages": len(messages), "why": "returned"}
            await self._done(connection, owner, "withheld", note)
            return len(topics) + len(messages)

    async def allow(self, claim: Claim, owner: str, id_: str, *then: Errand) -> bool | None:
        """Share again what was kept back, within the consents that stand; None: claimed before. False: nothing was."""
        w = kept_back.c
        async with self._database.transaction(owner=owner) as connection:
            if await self._begun(connection, claim, owner) is None:
                return None
            gone = delete(kept_back).where(w.owner == owner, w.id == id_).returning(w.kind)
            kind = (await connection.execute(gone)).scalar_one_or_none()
            if kind is None:
                return False
            if kind == "page":
                await paging.share(connection, owner, id_, self._clock())
            await self._done(connection, owner, "allowed", {"withheld": id_}, *then)
            return True

    async def withheld(self, owner: str) -> Sequence[Withheld]:
        """What an owner keeps to themselves, the newest first; for their eyes alone."""
        w, p = kept_back.c, reached.c
        counted = select(func.count()).where(p.owner == w.owner, p.withheld == w.id).scalar_subquery()
        found = select(kept_back, counted.label("passages")).where(w.owner == owner).order_by(w.at.desc(), w.id)
        async with self._database.transaction(owner=owner) as connection:
            rows = (await connection.execute(found)).all()
        listed: list[Withheld] = []
        for row in rows:
            words: str | None = ""
            if row.kind == "topic":
                words = await self._vault.unseal(row.key_id, withheld.place(owner, row.id), row.sealed)
            if words is not None:
                listed.append(Withheld(row.id, row.kind, row.at, words, row.chat, row.answer, row.passages))
        return listed

    async def _begun(self, connection: AsyncConnection, claim: Claim, owner: str) -> str | None:
        """The owner's key under lock, "" for whoever has none; None: claimed before."""
        if not await claims.take(connection, claim, self._clock()):
            return None
        held = await owners.lock(connection, owner)
        return (held.key_id or "") if held else ""

    async def _done(
        self, connection: AsyncConnection, owner: str, kind: str, note: ledger.Payload, *then: Errand
    ) -> None:
        """Grants so far are stale, and what is on its way is looked at again where it is about to stand."""
        await owners.raise_epoch(connection, owner)
        await drafts.settle(connection, owner, self._clock())
        await ledger.append(connection, self._vault, owner, kind, self._clock(), note, None)
        await errands.enqueue(self._queue, connection, *then)

    async def _hold_sources(self, connection: AsyncConnection, owner: str, answer: str) -> None:
        w = kept_back.c
        again = select(w.id).where(w.owner == owner, w.answer == answer)
        if (id_ := (await connection.execute(again.limit(1))).scalar_one_or_none()) is None:
            id_ = short_id(6)
            await self._insert(connection, owner, id_, "answer", answer=answer)
        await withheld.reach_answer(connection, owner, id_)

    async def _hold_topics(self, connection: AsyncConnection, owner: str, key_id: str, topics: Sequence[str]) -> None:
        for words in topics:
            id_ = short_id(6)
            values = await withheld.sealed(self._vault, owner, key_id, id_, words)
            await self._insert(connection, owner, id_, "topic", **values)
            await withheld.reach_topic(connection, self._vault, owner, id_, words)

    async def _hold_messages(
        self, connection: AsyncConnection, owner: str, messages: Sequence[tuple[str, str]]
    ) -> None:
        ids = [short_id(6) for _ in messages]
        for id_, (chat, message) in zip(ids, messages, strict=True):
            await self._insert(connection, owner, id_, "message", chat=chat, message=message)
        await withheld.reach_messages(connection, owner, ids)

    async def _insert(self, connection: AsyncConnection, owner: str, id_: str, kind: str, **values: object) -> None:
        row = {"owner": owner, "id": id_, "at": self._clock(), "kind": kind, **values}
        await connection.execute(insert(kept_back).values(**row))

    async def _topics(self, connection: AsyncConnection, owner: str) -> set[str]:
        w = kept_back.c
        kept = select(w.id, w.key_id, w.sealed).where(w.owner == owner, w.kind == "topic")
        rows = (await connection.execute(kept)).all()
        words = [await self._vault.unseal(r.key_id, withheld.place(owner, r.id), r.sealed) for r in rows]
        return {known.casefold() for known in words if known is not None}
