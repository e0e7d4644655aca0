"""An answer afterwards: why it was given, what of it may still stand, and taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, and_, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import answers, messages, owners, worded
from skills import tables as t
from skills.consent import lets_in
from skills.decision import ANSWERING
from skills.errands import Errand
from skills.withholding import Withholding
from skills.worded import Worded
from skills.words import HANDOVER, Claim, Language, Level, Passage


@dataclass(frozen=True, slots=True)
class Basis:
    """The consent by which something was said: one event of its owner's, as it stood then."""

    record: str  # its id, as on the receipt
    scope: str
    scope_version: int
    chat: str
    audience: str
    level: str
    mode: str
    at: datetime
    since: datetime
    until: datetime
    notice: str


@dataclass(frozen=True, slots=True)
class Why:
    """An answer with what it rests on; to its asker without the words, which they have read already."""

    answer: str
    owner: str
    name: str  # by which colleagues know the owner, "" where no tap carried one
    asker: str
    at: datetime
    chat: str
    direct: bool
    level: Level
    retracted_at: datetime | None
    bases: Sequence[Basis]
    sources: Sequence[Passage]
    worded: Worded | None = None  # by whose model, where it does not only quote


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer stands; without a message it was not sent yet."""

    answer: str
    owner: str
    platform: str | None
    chat: str | None
    message: str | None
    language: Language | None = None  # in which it was said
    at: datetime | None = None  # since when: in a message with several, the first comes first


@dataclass(frozen=True, slots=True)
class Standing:
    """An answer as far as it may stand now, decided afresh."""

    answer: str
    name: str
    passages: Sequence[Passage]
    quotes_alone: bool = True  # nothing in it was worded by a model, or looked at by its owner first
    own: bool = False  # asked by its owner, alone
    handed: datetime | None = None  # its owner has left: until when it was handed over


class Retracting(Withholding):
    """For the owner of an answer, and as far as it concerns them for the one who asked; for nobody else."""

    async def why(self, person: str, answer: str) -> Why | None:
        """By which consents an answer was given, and out of what; None for whoever neither asked nor owns it."""
        owner = await self._owner_of(answer)
        if owner is None:
            return None
        async with self._database.transaction(owner=owner) as connection:
            row = await _answer(connection, owner, answer)
            if row is None or person not in (owner, row.asker):
                return None
            bases = await _bases(connection, row)
            sources = await self._sources(connection, row, words="all" if person == owner else "none")
            name = await owners.name(connection, self._vault, owner)
            by = await worded.read(connection, owner, answer)
        told = (row.at, row.chat, row.direct, row.level, row.retracted_at)
        return Why(answer, owner, name, row.asker, *told, bases, sources, by)

    async def retract(self, claim: Claim, owner: str, answer: str, *then: Errand) -> bool | None:
        """Take an answer of the owner's own back, its credit too, and keep what it cites back; None: claimed before.

        What was asked is not kept any longer. False: there is no such answer, or it was taken back before.
        """
        a = t.answer.c
        async with self._database.transaction(owner=owner) as connection:
            if await self._begun(connection, claim, owner) is None:
                return None
            mine = update(t.answer).where(a.owner == owner, a.id == answer, a.retracted_at.is_(None))
            now = self._clock()
            done = await connection.execute(mine.values(retracted_at=now, question=None, question_key_id=None))
            if done.rowcount == 0:
                return False
            c = t.credit.c
            # of an answer that was never completed there is none
            given = select(c.owner, c.answer, literal(-1), literal(now)).where(c.owner == owner, c.answer == answer)
            await connection.execute(insert(t.credit).from_select(["owner", "answer", "value", "at"], given))
            await self._hold_sources(connection, owner, answer)
            await self._done(connection, owner, "retracted", {"answer": answer}, *then)
            return True

    async def answer_in(self, owner: str, chat: str, message: str | None) -> str | None:
        """The owner's answer that stands in this message, else their latest in this chat; None: there is none."""
        a, p = t.answer.c, t.place.c
        mine = select(a.id).where(a.owner == owner, a.chat == chat, a.retracted_at.is_(None))
        if message is not None:
            mine = mine.join(t.place, p.answer == a.id).where(p.chat == chat, p.message == message)
        async with self._database.transaction(owner=owner) as connection:
            found = await connection.execute(mine.order_by(a.at.desc(), a.id).limit(1))
            return found.scalar_one_or_none()

    async def answer_at(self, chat: str, message: str) -> str | None:
        """An answer that stands in this message, whosever it is; None: there is none."""
        p = t.place.c
        found = select(p.answer).where(p.chat == chat, p.message == message).order_by(p.answer).limit(1)
        async with self._database.transaction() as connection:
            return (await connection.execute(found)).scalar_one_or_none()

    async def places(self, answer: str) -> Sequence[Place]:
        """Where an answer stands, and whatever stands in the same message beside it; itself first."""
        p, other = t.place.c, t.place.alias("other")
        same = and_(other.c.chat == p.chat, other.c.message == p.message, other.c.answer != p.answer)
        async with self._database.transaction() as connection:
            own = (await connection.execute(select(t.place).where(p.answer == answer))).one_or_none()
            beside = select(other).join(t.place, same).where(p.answer == answer)
            rows = (await connection.execute(beside)).all()
        found = [own, *rows] if own else []
        return [Place(r.answer, r.owner, r.platform, r.chat, r.message, r.language, r.at) for r in found]

    async def standing(self, answer: str) -> Standing | None:
        """What of an answer its readers may still be shown; None where it may not stand any more."""
        owner = await self._owner_of(answer)
        if owner is None:
            return None
        now = self._clock()
        async with self._database.transaction(owner=owner) as connection:
            row = await _answer(connection, owner, answer)
            if row is None or not await answers.stands(connection, row, now):
                return None
            sources = await self._sources(connection, row, words="shown")
            name = await owners.name(connection, self._vault, owner)
            alone = not row.reviewed and await worded.read(connection, owner, answer) is None
            ends = [one.until for one in await _bases(connection, row) if one.scope == HANDOVER]
            own, handed = row.direct and row.asker == owner, min(ends, default=None)
            return Standing(answer, name, sources, alone, own, handed)

    async def credit(self, owner: str) -> int:
        """How many answers to others were delivered and not taken back; the owner reads it first, and nobody else."""
        a, c = t.answer.c, t.credit.c
        summed = select(func.coalesce(func.sum(c.value), 0)).join(t.answer, and_(a.owner == c.owner, a.id == c.answer))
        async with self._database.transaction(owner=owner) as connection:
            found = await connection.execute(summed.where(c.owner == owner, a.asker != owner))
            return int(found.scalar_one())

    async def _owner_of(self, answer: str) -> str | None:
        async with self._database.transaction() as connection:
            return await answers.owner_of_answer(connection, answer)

    async def _sources(
        self, connection: AsyncConnection, row: Row[Any], *, words: Literal["all", "shown", "none"]
    ) -> list[Passage]:
        """What an answer cites, in its order, each passage once; with its words, all or as far as they were shown."""
        c, m, p = t.citation.c, t.message.c, t.passage.c
        cited = select(c.n, c.level, p.id, p.chat, p.thread, m.message, m.at, m.source, m.key_id, m.sealed)
        cited = cited.join(t.passage, and_(p.owner == c.owner, p.id == c.passage))
        cited = cited.join(t.message, and_(m.owner == c.owner, m.passage == c.passage))
        rows = await connection.execute(cited.where(c.owner == row.owner, c.answer == row.id).order_by(c.n, m.n))
        found: dict[Any, Passage] = {}
        for one in rows.all():
            said = await self._vault.unseal(one.key_id, messages.place(row.owner, one.chat, one.message), one.sealed)
            known = found.get(one.id)
            told = words == "all" or (words == "shown" and (one.level or row.level) == "full")
            text = "\n".join(part for part in (known.text if known else "", said or "") if part) if told else ""
            first = known.message if known else one.message
            found[one.id] = Passage(str(one.id), row.owner, one.chat, first, one.thread, one.at, text, 0.0, one.source)
        return list(found.values())


async def _answer(connection: AsyncConnection, owner: str, answer: str) -> Row[Any] | None:
    found = select(t.answer).where(t.answer.c.owner == owner, t.answer.c.id == answer)
    return (await connection.execute(found)).one_or_none()


async def _bases(connection: AsyncConnection, row: Row[Any]) -> list[Basis]:
    """Of each consent by which its passages could be read there, the event that stood when the answer was given."""
    e, c, p = t.consent_event.c, t.citation.c, t.passage.c
    cited = select(literal(1)).join(t.passage, and_(p.owner == c.owner, p.id == c.passage))
    cited = cited.where(c.owner == row.owner, c.answer == row.id, p.chat == e.chat, p.birth == e.birth)
    stood = select(t.consent_event).where(e.owner == row.owner, e.at <= row.at, cited.exists())
    rows = (await connection.execute(stood.order_by(e.chat, e.scope, e.seq))).all()
    last = {(r.chat, r.scope): r for r in rows}
    return [
        Basis(r.id, r.scope, r.scope_version, r.chat, r.audience, r.level, r.mode, r.at, r.since, r.until, r.notice)
        for r in last.values()
        if r.kind in ANSWERING and lets_in(r, row)
    ]
