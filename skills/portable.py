"""What an owner takes along: consents, words, answers and ledger, gathered in one transaction that records it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import drafts, feedback, kept_along, ledger, messages, owners, pages_along, speaking, worded
from skills import tables as t
from skills.consent import short_id
from skills.page_tables import TITLE, seen
from skills.parts import Parts

OTHERS = ("answered",)  # the ledger's entries whose content names somebody else: who asked
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Portable:
    """Everything of one owner's, as plain values; of other people nothing, not even who asked."""

    id: str
    person: str
    name: str  # by which colleagues know them, "" where none is known
    at: datetime
    consents: Sequence[Row]
    messages: Sequence[Row]  # as `fenshen import` reads them
    answers: Sequence[Row]
    withheld: Sequence[Row]
    pages: Sequence[Row]
    drafts: Sequence[Row]
    speaking: Sequence[Row]  # each yes and no to a model that writes
    ledger: Sequence[ledger.Entry]
    head: bytes


class Portability(Parts):
    """Each taking-along is an entry of the ledger, so that an owner who leaves knows which copies there are."""

    async def portable(self, person: str) -> Portable | None:
        """All that is to be exported; None for whoever is no owner."""
        now, id_ = self._clock(), short_id(10)
        async with self._database.transaction(owner=person) as connection:
            held = await owners.lock(connection, person)
            if held is None or held.key_id is None:
                return None
            said = await self._messages(connection, person)
            note: ledger.Payload = {"export": id_, "messages": len(said)}
            await ledger.append(connection, self._vault, person, "exported", now, note, None)
            chain = await ledger.entries(connection, self._vault, person, but=OTHERS)
            consents = await _consents(connection, person)
            answers = await _answers(connection, person)
            kept_back = await kept_along.rows(connection, self._vault, person)
            along = await pages_along.rows(connection, self._vault, person)
            drafted = await self._drafts(connection, person)
            spoken = await _spoken(connection, person)
            name = await owners.name(connection, self._vault, person)
        told = (consents, said, answers, kept_back, along, drafted, spoken)
        return Portable(id_, person, name, now, *told, chain, chain[-1].hash)

    async def exports(self, person: str) -> Sequence[datetime]:
        """When an owner's data was exported: the times stay in the ledger whatever is erased."""
        entry = t.ledger.c
        times = select(entry.at).where(entry.owner == person, entry.kind == "exported").order_by(entry.seq)
        async with self._database.transaction(owner=person) as connection:
            return list((await connection.execute(times)).scalars())

    async def _messages(self, connection: AsyncConnection, person: str) -> list[Row]:
        """The owner's words; what is sealed under a key that was destroyed meanwhile is gone."""
        m, p = t.message.c, t.passage.c
        looked_at = exists().where(seen.c.owner == p.owner, seen.c.passage == p.id).label("looked_at")
        all_ = select(m.chat, m.message, m.at, m.source, m.key_id, m.sealed, p.thread, kept_along.by, looked_at)
        all_ = all_.join(t.passage, and_(p.owner == m.owner, p.id == m.passage)).where(
            m.owner == person, m.source != TITLE
        )
        rows = (await connection.execute(all_.order_by(m.chat, m.at, m.message, m.birth))).all()
        found: list[Row] = []
        for row in rows:
            words = await self._vault.unseal(row.key_id, messages.place(person, row.chat, row.message), row.sealed)
            if words is not None:
                line = {"id": row.message, "chat": row.chat, "sender": person, "text": words, "at": row.at.isoformat()}
                by = row.withheld_by or []
                more = {"withheld": bool(by), "withheld_by": by, "looked_at": row.looked_at}
                found.append({**line, "thread": row.thread, "source": row.source, **more})
        return found

    async def _drafts(self, connection: AsyncConnection, person: str) -> list[Row]:
        """What waits or was sent, without who asked: its words are the owner's own or made of theirs."""
        d, c, m = drafts.draft.c, drafts.cited.c, t.message.c
        cites = select(func.array_agg(aggregate_order_by(m.message, c.n, m.n)))
        cites = cites.select_from(drafts.cited.join(t.message, and_(m.owner == c.owner, m.passage == c.passage)))
        cites = cites.where(c.owner == d.owner, c.draft == d.id)
        found = select(drafts.draft, cites.scalar_subquery().label("cites")).where(d.owner == person)
        rows = (await connection.execute(found.order_by(d.at, d.id))).all()
        kept = ("id", "at", "chat", "state", "provider", "own", "answer", "cites")
        plain: list[Row] = []
        for row in rows:
            place, words = drafts.place(person, row.id), None
            if row.sealed is not None:
                words = await self._vault.unseal(row.key_id, place, row.sealed)
            plain.append(_plain({name: row._mapping[name] for name in kept} | {"words": words}))
        return plain


async def _consents(connection: AsyncConnection, person: str) -> list[Row]:
    e = t.consent_event.c
    rows = await connection.execute(select(t.consent_event).where(e.owner == person).order_by(e.seq))
    left_out = ("owner", "key_id", "sealed", "birth", "offer", "people")
    return [_plain({n: v for n, v in row._mapping.items() if n not in left_out}) for row in rows.all()]


async def _spoken(connection: AsyncConnection, person: str) -> list[Row]:
    s = speaking.speaking.c
    chosen = select(s.id, s.at, s.kind, s.provider, s.sha256, s.language).where(s.owner == person).order_by(s.seq)
    return [_plain(dict(row._mapping)) for row in (await connection.execute(chosen)).all()]


async def _answers(connection: AsyncConnection, person: str) -> list[Row]:
    """Answers without who asked: when and where, what they cite and earned, and what whoever asked said of them."""
    a, c, m, credit = t.answer.c, t.citation.c, t.message.c, t.credit.c
    cited = select(func.array_agg(aggregate_order_by(m.message, c.n, m.n)))
    cited = cited.select_from(t.citation.join(t.message, and_(m.owner == c.owner, m.passage == c.passage)))
    cites = cited.where(c.owner == a.owner, c.answer == a.id).scalar_subquery()
    earned = select(func.coalesce(func.sum(credit.value), 0)).where(credit.owner == a.owner, credit.answer == a.id)
    f = feedback.feedback.c
    said = select(func.max(f.said)).where(f.owner == a.owner, f.answer == a.id).scalar_subquery()
    w = worded.worded.c
    by = select(w.provider).where(w.owner == a.owner, w.answer == a.id).scalar_subquery()
    own = (a.asker == a.owner).label("asked_by_yourself")
    chosen = select(a.id, a.at, a.chat, a.level, own, a.retracted_at, earned.scalar_subquery().label("credit"))
    rows = await connection.execute(
        chosen.add_columns(cites.label("cites"), said.label("said"), by.label("worded_by"))
        .where(a.owner == person)
        .order_by(a.at, a.id)
    )
    return [_plain(dict(row._mapping)) for row in rows.all()]


def _plain(row: Mapping[str, Any]) -> Row:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
