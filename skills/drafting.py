"""Answers that their owner sees before anybody: drafted under consents that ask for it, sent by the owner alone."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, and_, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import answers, consent, errands, messages, owners, reminded
from skills import tables as t
from skills.belonging import plain, read
from skills.consent import short_id
from skills.drafts import KEPT, cited, draft, drafted, place
from skills.onward import turnable
from skills.parts import Parts
from skills.vault import Vault
from skills.words import Grant, Language, Passage, Tell, Venue

MOST_OF_ONE = 3  # drafts for one asker that wait with one owner
MOST = 30  # that wait with one owner


@dataclass(frozen=True, slots=True)
class Asked:
    """The question that a draft is for: where it stands, never a word of it."""

    platform: str
    message: str
    question: str  # its id while it is remembered
    language: Language
    thread: str | None = None
    aside: bool = False  # asked in a group, to be answered to its asker alone
    stands: tuple[str, bool] | None = None  # the bot's one sentence under it, and whether it can be replaced


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as its owner sees it, and as it is sent: its quotes as far as the asker may have them."""

    id: str
    owner: str
    name: str  # by which colleagues know the owner, "" where no tap carried one
    asker: str
    platform: str
    venue: Venue
    thread: str | None
    asked: str
    question: str
    language: Language
    at: datetime
    state: Literal["open", "sent", "declined", "put"]
    quotes: Sequence[Sequence[Passage]]  # what was said in one go together
    said: str  # a model's sentences as they were handed in; or, if `own`, the owner's words
    own: bool
    provider: str | None
    answer: str | None
    aside: bool
    onward: str | None  # the scope that its owner could let answer by itself


class Drafting(Parts):
    """A draft is for its owner's eyes; whether there is one nobody else can tell."""

    async def draft(
        self, grant: Grant, asked: Asked, quotes: Sequence[Sequence[str]], said: str = "", provider: str | None = None
    ) -> str | None:
        """Keep a draft, decided under its owner's lock, and have its owner told; None: there is to be none.

        There is none where anything of it may not be read, the same waits already for this asker, or too much waits.
        """
        now, ids = self._clock(), answers.ids([id_ for quote in quotes for id_ in quote])
        async with self._database.transaction(owner=grant.owner) as connection:
            held = await owners.lock(connection, grant.owner)
            if grant.mode != "review" or not ids or held is None or held.key_id is None:
                return None
            if not await answers.covered(connection, grant, ids, now, provider) or await _enough(
                connection, grant, ids
            ):
                return None
            id_ = await self._insert_draft(connection, grant, asked, quotes, provider)
            if id_ is None:
                return None
            if said:
                await seal(connection, self._vault, grant.owner, id_, said)
            await self._tell_of(connection, grant.owner, id_)
            return id_

    async def drafts(self, owner: str) -> Sequence[Draft]:
        """What waits for an owner's look, the oldest first; for their eyes alone."""
        d = draft.c
        mine = select(draft).where(d.owner == owner, d.state == "open", d.at > self._clock() - KEPT)
        async with self._database.transaction(owner=owner) as connection:
            rows = (await connection.execute(mine.order_by(d.at, d.id))).all()
            return [await self._shape(connection, row) for row in rows]

    async def drafts_waiting(self, owner: str) -> int:
        """How many wait."""
        d = draft.c
        mine = and_(d.owner == owner, d.state == "open", d.at > self._clock() - KEPT)
        async with self._database.transaction(owner=owner) as connection:
            return int((await connection.execute(select(func.count()).where(mine))).scalar_one())

    async def find_draft(self, owner: str, id_: str) -> Draft | None:
        """One of an owner's drafts, whatever became of it; None: there is none, or none any more."""
        async with self._database.transaction(owner=owner) as connection:
            row = await find(connection, owner, id_)
            return None if row is None else await self._shape(connection, row)

    async def _insert_draft(
        self,
        connection: AsyncConnection,
        grant: Grant,
        asked: Asked,
        quotes: Sequence[Sequence[str]],
        provider: str | None,
    ) -> str | None:
        """The new draft's id; None: one was made for this very message before."""
        owner, chat, id_ = grant.owner, grant.venue.chat, short_id(5)
        row = {"owner": owner, "id": id_, "at": self._clock(), "asker": grant.asker, "platform": asked.platform}
        row |= {"chat": chat, "direct": grant.venue.direct, "thread": asked.thread, "asked": asked.message}
        row |= {"within": plain(grant.venue.within), "aside": asked.aside}
        row |= {"question": asked.question, "language": asked.language, "level": grant.level, "provider": provider}
        ids = [(quote, one) for quote, some in enumerate(quotes) for one in answers.ids(some)]
        made = upsert(draft).values(**row, passages=len(ids), state="open", own=False)
        once = made.on_conflict_do_nothing().returning(draft.c.id)
        if (await connection.execute(once)).one_or_none() is None:
            return None
        rows = [{"owner": owner, "draft": id_, "n": n, "quote": q, "passage": one} for n, (q, one) in enumerate(ids)]
        await connection.execute(insert(cited), rows)
        await connection.execute(insert(drafted).values(owner=owner, draft=id_, chat=chat, asked=asked.message))
        if asked.stands is not None:
            message, editable = asked.stands
            stood = {"platform": asked.platform, "chat": chat, "message": message, "editable": editable}
            slot = {"slot": slot_of(owner, id_), "about": owner, "at": self._clock()}
            await connection.execute(insert(t.slot).values(**stood, **slot))
        return id_

    async def _tell_of(self, connection: AsyncConnection, owner: str, id_: str) -> None:
        """The first few of a day are shown one by one; the others, and the night's, wait for one card for them all."""
        if not await reminded.one_more(connection, owner, self._clock(), patient=self._patient):
            return
        language = (await consent.kept(connection, owner))[-1].language
        tell = Tell("draft", owner.partition(":")[0], person=owner, language=language, ids={"draft": id_})
        await errands.enqueue(self._queue, connection, tell)

    async def _shape(self, connection: AsyncConnection, row: Row[Any]) -> Draft:
        said: str | None = ""
        if row.sealed is not None:
            said = await self._vault.unseal(row.key_id, place(row.owner, row.id), row.sealed)
        quotes = await self._quotes(connection, row)
        onward = await turnable(connection, row, await cited_by(connection, row), self._clock())
        name = await owners.name(connection, self._vault, row.owner)
        who = (row.id, row.owner, name, row.asker, row.platform, venue_of(row), row.thread, row.asked)
        more = {"own": row.own, "provider": row.provider, "answer": row.answer, "aside": row.aside}
        return Draft(*who, row.question, row.language, row.at, row.state, quotes, said or "", **more, onward=onward)

    async def _quotes(self, connection: AsyncConnection, row: Row[Any]) -> list[list[Passage]]:
        """What a draft cites, with its words as far as the asker may have them now."""
        c, m, p = cited.c, t.message.c, t.passage.c
        of = select(c.quote, c.n, p.id, p.chat, p.thread, m.message, m.at, m.source, m.key_id, m.sealed)
        of = of.join(t.passage, and_(p.owner == c.owner, p.id == c.passage))
        of = of.join(t.message, and_(m.owner == c.owner, m.passage == c.passage))
        rows = await connection.execute(of.where(c.owner == row.owner, c.draft == row.id).order_by(c.n, m.n))
        found: dict[int, tuple[int, Passage]] = {}
        levels = await answers.levels_now(connection, grant_of(row), self._clock(), await cited_by(connection, row))
        for one in rows.all():
            words = await self._vault.unseal(one.key_id, messages.place(row.owner, one.chat, one.message), one.sealed)
            known = found[one.n][1] if one.n in found else None
            text = "\n".join(part for part in (known.text if known else "", words or "") if part)
            text = text if levels.get(one.id) == "full" else ""
            first = known.message if known else one.message
            passage = Passage(str(one.id), row.owner, one.chat, first, one.thread, one.at, text, 0.0, one.source)
            found[one.n] = one.quote, passage
        quotes: dict[int, list[Passage]] = {}
        for quote, passage in found.values():
            quotes.setdefault(quote, []).append(passage)
        return list(quotes.values())


def slot_of(owner: str, id_: str) -> str:
    """Where the answer takes the place of the one sentence."""
    return f"reviewed:{owner}:{id_}"


def grant_of(row: Row[Any], epoch: int = 0) -> Grant:
    """For what its owner sends, it matters no longer whether the consent would have asked them first."""
    return Grant(row.owner, row.asker, venue_of(row), epoch, row.level, "either")


def venue_of(row: Row[Any]) -> Venue:
    """Where the answer will stand, and where its readers belonged when it was drafted, or was last looked at."""
    return Venue(row.chat, row.direct, read(row.within))


async def find(connection: AsyncConnection, owner: str, id_: str) -> Row[Any] | None:
    """A draft's row."""
    found = select(draft).where(draft.c.owner == owner, draft.c.id == id_)
    return (await connection.execute(found)).one_or_none()


async def cited_by(connection: AsyncConnection, row: Row[Any]) -> list[uuid.UUID]:
    """The passages of a draft, in their order."""
    c = cited.c
    found = select(c.passage).where(c.owner == row.owner, c.draft == row.id).order_by(c.n)
    return list((await connection.execute(found)).scalars())


async def seal(
    connection: AsyncConnection, vault: Vault, owner: str, id_: str, words: str, *, own: bool = False
) -> None:
    """Seal what a model, or the owner, would have said, under the owner's key."""
    held = await owners.lock(connection, owner)
    assert held is not None
    assert held.key_id is not None
    sealed = await vault.seal(held.key_id, place(owner, id_), words)
    mine = update(draft).where(draft.c.owner == owner, draft.c.id == id_)
    await connection.execute(mine.values(key_id=held.key_id, sealed=sealed, own=own))


async def mark(connection: AsyncConnection, row: Row[Any], **values: Any) -> None:
    """Change a draft."""
    mine = update(draft).where(draft.c.owner == row.owner, draft.c.id == row.id)
    await connection.execute(mine.values(**values))


async def _enough(connection: AsyncConnection, grant: Grant, ids: Sequence[uuid.UUID]) -> bool:
    """Whether the same waits for this asker already, or as much as one asker, or everybody, may have waiting."""
    d, c = draft.c, cited.c
    waits = and_(d.owner == grant.owner, d.state == "open")
    found = select(d.id, d.asker, d.chat, func.array_agg(c.passage).label("cites"))
    found = found.join(cited, and_(c.owner == d.owner, c.draft == d.id)).where(waits).group_by(d.id, d.asker, d.chat)
    rows = (await connection.execute(found)).all()
    theirs = [row for row in rows if row.asker == grant.asker]
    same = any(row.chat == grant.venue.chat and set(row.cites) == set(ids) for row in theirs)
    return same or len(theirs) >= MOST_OF_ONE or len(rows) >= MOST
