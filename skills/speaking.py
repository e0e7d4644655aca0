"""Whether a model may write with an owner's words: their yes to one provider, and the predicate that asks for it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Exists,
    FromClause,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import claims, consent, drafts, errands, ledger, owners, written_tables
from skills import tables as t
from skills.errands import Errand
from skills.parts import Parts
from skills.permission import ASKER, OWNER, given, opened, picked, sql_covers
from skills.withheld import shared
from skills.words import Claim, Grant, Language, Mode, Passage

Kind = Literal["given", "withdrawn"]

speaking = Table(
    "speaking",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("id", Text),
    Column("at", t.TIME),
    Column("kind", Text),
    Column("provider", Text),
    Column("sha256", Text),
    Column("language", Text),
    Column("others", Boolean),
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """An owner's yes that stands: to which provider, since when, under which words."""

    id: str
    provider: str
    at: datetime
    others: bool  # also for drafts to others, of which a yes says so since they exist


class Speaking(Parts):
    """A consent of its own: off until its owner says so, for the provider that was named, and as easily withdrawn."""

    async def let_speak(
        self, claim: Claim, owner: str, provider: str, sha256: str, language: Language, *then: Errand
    ) -> bool | None:
        """Let this provider's model write with an owner's words; None: claimed before. False: there is no double."""
        now = self._clock()
        async with self._database.transaction(owner=owner) as connection:
            if not await claims.take(connection, claim, now):
                return None
            if await owners.lock(connection, owner) is None or not await consent.owns(connection, owner, now):
                return False
            await _append(connection, owner, "given", provider, sha256, language, now)
            note: ledger.Payload = {"words": "model", "provider": provider, "notice": sha256}
            await ledger.append(connection, self._vault, owner, "speaking", now, note, None)
            await owners.raise_epoch(connection, owner)
            await errands.enqueue_writing(self._queue, connection, owner)
            await errands.enqueue(self._queue, connection, *then)
            return True

    async def quote_only(self, claim: Claim, owner: str, *then: Errand) -> bool | None:
        """Let nothing but quotes be given from now on; None: claimed before. False: it was so already."""
        now = self._clock()
        async with self._database.transaction(owner=owner) as connection:
            if not await claims.take(connection, claim, now):
                return None
            if await owners.lock(connection, owner) is None or not await silence(connection, owner, now):
                return False
            await ledger.append(connection, self._vault, owner, "speaking", now, {"words": "quotes"}, None)
            await owners.raise_epoch(connection, owner)
            await errands.enqueue(self._queue, connection, *then)
            return True

    async def spoken(self, owner: str) -> Spoken | None:
        """The yes that stands; None: quotes alone."""
        async with self._database.transaction(owner=owner) as connection:
            row = (await connection.execute(_last(owner))).one_or_none()
        return Spoken(row.id, row.provider, row.at, row.others) if row is not None and row.kind == "given" else None

    async def outside(self, grant: Grant, passages: Sequence[Passage], provider: str) -> Sequence[Passage]:
        """Those of recalled passages that may be shown to this provider's model, decided in SQL; most often none."""
        asked = {"cited": [uuid.UUID(passage.id) for passage in passages], "provider": provider}
        async with self._database.transaction(owner=grant.owner) as connection:
            outside = _outside(grant.venue.direct, grant.mode)
            spoken = await connection.execute(outside, given(grant, self._clock()) | asked)
            allowed = {str(id_) for id_ in spoken.scalars()}
        return [passage for passage in passages if passage.id in allowed]


@cache  # building a statement costs more than running it
def _outside(direct: bool, mode: Mode) -> Select[Any]:
    """The passages `cited` that the `provider`'s model may be shown under a grant."""
    readable, p = opened(direct, mode).cte("covering"), t.passage.c
    ids = picked(OWNER, p.id == any_(bindparam("cited", type_=ARRAY(Uuid))))
    there = ids.join(t.passage, and_(p.owner == ids.c.owner, p.id == ids.c.id))
    found = select(p.id).select_from(there.join(readable, sql_covers(readable, ids)))
    return found.where(may_be_spoken(direct, mode, readable))


def may_be_spoken(direct: bool, mode: Mode, covers: FromClause) -> ColumnElement[bool]:
    """Whether a model of the `provider` may write with a passage, for the passage table, in SQL: run with `given`.

    At once it writes for the owner alone, in the direct chat; and only where no admin's ceiling over the passage's chat
    says quotes, which is what a ceiling says that says nothing of it. For anybody else it writes what the owner sees
    first, out of what `covers` with a consent that lets a model say it. What its owner keeps to themselves goes to no
    provider either.
    """
    p, yes = t.passage.c, _given(bindparam("provider", type_=Text()))
    alone = and_(literal(direct), p.owner == ASKER, ~_quotes_alone())
    nothing_kept_back = shared(p.owner, p.id, asker=ASKER, direct=False)
    for_others = and_(covers.c.speech == "model", yes.where(speaking.c.others))
    return and_(and_(alone, yes) if mode == "auto" else for_others, nothing_kept_back)


def may_be_worded(provider: str) -> ColumnElement[bool]:
    """Whether a model of this provider may word a passage for its owner's own eyes, for the passage table, in SQL."""
    return and_(_given(provider), ~_quotes_alone())


def _given(provider: ColumnElement[str] | str) -> Exists:
    """The owner's yes to this provider, if it stands."""
    p, s, later = t.passage.c, speaking.c, speaking.alias("later")
    last = select(func.max(later.c.seq)).where(later.c.owner == s.owner).scalar_subquery()
    return exists().where(s.owner == p.owner, s.seq == last, s.kind == "given", s.provider == provider)


def _quotes_alone() -> ColumnElement[bool]:
    """Whether an admin's ceiling keeps a passage's chat to quotes."""
    scope, newer = t.scope, t.scope.alias("newer")
    last = select(func.max(newer.c.version)).where(newer.c.name == scope.c.name).scalar_subquery()
    chats = scope.c.document["sources"]["chats"]
    return exists().where(
        or_(scope.c.name == "default", scope.c.name.like("default-%")),
        scope.c.version == last,
        ~scope.c.deleted,
        scope.c.document["ceiling"]["words"].astext == "quotes",
        or_(func.jsonb_array_length(chats) == 0, chats.has_key(t.passage.c.chat)),
    )


async def silence(connection: AsyncConnection, owner: str, now: datetime) -> bool:
    """Append the withdrawal of the yes that stands; False: there is none."""
    row = (await connection.execute(_last(owner))).one_or_none()
    if row is None or row.kind != "given":
        return False
    await _append(connection, owner, "withdrawn", row.provider, row.sha256, row.language, now)
    return True


def _last(owner: str) -> Select[Any]:
    return select(speaking).where(speaking.c.owner == owner).order_by(speaking.c.seq.desc()).limit(1)


async def _append(
    connection: AsyncConnection, owner: str, kind: Kind, provider: str, sha256: str, language: str, now: datetime
) -> None:
    seq = select(func.coalesce(func.max(speaking.c.seq), 0) + 1).where(speaking.c.owner == owner).scalar_subquery()
    row = {"owner": owner, "id": consent.short_id(10), "at": now, "kind": kind, "provider": provider}
    await connection.execute(insert(speaking).values(**row, seq=seq, sha256=sha256, language=language, others=True))
    await drafts.unspoken(connection, owner)
    await written_tables.unspoken(connection, owner)
