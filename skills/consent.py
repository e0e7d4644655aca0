"""What owners switch on and off: offers, and the append-only events whose fold is the consent that stands."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, and_, delete, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import drafts, ledger, owners
from skills import tables as t
from skills.belonging import belong, read
from skills.decision import KEPT, LIVE, Kind
from skills.keyring import Keyring
from skills.permission import sql_live
from skills.standings import forbidden, last_events, standings
from skills.vault import Vault
from skills.words import DEFAULT, HANDOVER, Audience, Consent, Notice, Offer

LONGEST = 180  # days
WIDENING: tuple[Kind, ...] = ("given", "look_back")  # every other event takes something back
_FROM_NOW = timedelta(minutes=1)  # a consent from earlier than this looks back
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody tapped: to whom their words may be shown, from when, for how long, and what they had read."""

    name: str
    audience: Audience
    since: datetime
    days: int
    notice: Notice


def looks_back(since: datetime, now: datetime) -> bool:
    """Whether a yes is also to what was said before it."""
    return since < now - _FROM_NOW


def sql_kept(events: FromClause) -> ColumnElement[bool]:
    """Not withdrawn, lapsed ones included."""
    return events.c.kind.in_(KEPT)


def short_id(length: int) -> str:
    """An unguessable id that people can read to one another."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


async def join(
    connection: AsyncConnection, vault: Vault, keyring: Keyring, offer: Offer, wish: Wish, now: datetime
) -> bool:
    """Switch an owner's consent on, or over; False when it is so already, or forbidden.

    Looking back is an event of its own.
    """
    days = await allowed(connection, offer.chat, wish.days)
    if days is None:
        return False
    owner = await owners.admit(connection, keyring, offer.person, now)
    assert owner.key_id is not None
    standing = await last(connection, offer.person, offer.chat)
    back = looks_back(wish.since, now)
    if standing is not None and _same(standing, offer, wish, back, now):
        return False
    epoch = await owners.raise_epoch(connection, offer.person)
    birth = await born(connection, offer.person, offer.chat, epoch)
    event = {**_event(offer, wish), "at": now, "until": now + timedelta(days=days), "birth": birth}
    await owners.rename(connection, vault, offer.person, owner.key_id, wish.name)
    note: ledger.Payload = {"chat": offer.chat, "audience": wish.audience, "notice": wish.notice.sha256}
    await append(connection, offer.person, "given", {**event, "since": now if back else wish.since})
    await ledger.append(connection, vault, offer.person, "given", now, note, offer.chat)
    if back:
        await append(connection, offer.person, "look_back", {**event, "since": wish.since})
        note = {"chat": offer.chat, "since": wish.since.isoformat()}
        await ledger.append(connection, vault, offer.person, "look_back", now, note, offer.chat)
    return True


async def end(
    connection: AsyncConnection, events: Sequence[Row[Any]], kind: Kind, now: datetime, *, settled: bool = False
) -> None:
    """Append to each of these last events the one that ends it; `settled`: no draft of theirs is left to look at."""
    for row in events:
        await follow(connection, row, kind, {"at": now}, settled=settled)
        if kind not in LIVE and row.scope == DEFAULT:
            await _end_interview(connection, row.owner, row.chat, erase=kind != "paused")


async def extend(connection: AsyncConnection, row: Row[Any], notice: Notice, days: int, now: datetime) -> None:
    """Append to a last event one that gives the same for so many days from now, as far as an admin allows."""
    most = await allowed(connection, row.chat, days)
    if most is None:
        return
    event = {"notice": notice.version, "notice_sha256": notice.sha256, "language": notice.language, "offer": None}
    await follow(connection, row, "given", event | {"at": now, "until": now + timedelta(days=most)})


async def follow(
    connection: AsyncConnection, row: Row[Any], kind: Kind, changed: Mapping[str, Any], *, settled: bool = False
) -> None:
    """Append to a last event one that says the same but for what has changed."""
    event = {name: value for name, value in row._mapping.items() if name not in ("seq", "id", "owner", "kind")}
    await append(connection, row.owner, kind, {**event, **changed}, settled=settled)


async def last(connection: AsyncConnection, person: str, chat: str) -> Row[Any] | None:
    """How a person's consent to the built-in scope of a chat stands; None: there never was one."""
    events = last_events()
    found = select(events).where(events.c.owner == person, events.c.chat == chat, events.c.scope == DEFAULT)
    return (await connection.execute(found)).one_or_none()


async def born(connection: AsyncConnection, person: str, chat: str, epoch: int) -> int:
    """When what is recorded of a chat began: every consent to it that is kept holds the same words, once."""
    events = last_events()
    found = select(func.max(events.c.birth)).where(events.c.owner == person, events.c.chat == chat)
    birth = (await connection.execute(found.where(events.c.kind.in_(KEPT)))).scalar_one()
    return epoch if birth is None else int(birth)


async def kept(connection: AsyncConnection, person: str) -> Sequence[Row[Any]]:
    """The last events of all that a person has not withdrawn, lapsed ones included."""
    events = last_events()
    found = (
        select(events).where(events.c.owner == person, events.c.kind.in_(KEPT)).order_by(events.c.chat, events.c.scope)
    )
    return (await connection.execute(found)).all()


async def over(connection: AsyncConnection, before: datetime) -> Sequence[tuple[str, str, str]]:
    """(owner, chat, scope) of every consent that expired, or froze by departure, before a time and still has words."""
    events = last_events()
    frozen = and_(events.c.kind == "departed", events.c.at < before)
    lapsed = and_(events.c.kind.in_(KEPT), events.c.until < before)
    e = events.c
    found = select(e.owner, e.chat, e.scope).where(frozen | lapsed).order_by(e.owner, e.chat, e.scope)
    return [(row.owner, row.chat, row.scope) for row in await connection.execute(found)]


async def live(connection: AsyncConnection, person: str, now: datetime) -> list[Consent]:
    """The consents of one person to the built-in scope that stand now, each with how many messages it let in."""
    standing = standings()
    m = t.message.c
    there = and_(m.owner == person, m.chat == standing.c.chat, m.birth == standing.c.birth)
    counted = select(func.count()).where(there, m.at >= standing.c.since).scalar_subquery()
    built_in = and_(standing.c.owner == person, standing.c.scope == DEFAULT)
    found = select(standing, counted.label("messages")).where(built_in, sql_live(standing, now))
    rows = await connection.execute(found.order_by(standing.c.at, standing.c.chat))
    names = ("owner", "chat", "audience", "since", "ends", "notice", "messages", "id", "scope", "outline", "review")
    return [Consent(*(getattr(row, name) for name in names)) for row in rows]


async def sources(connection: AsyncConnection, person: str, now: datetime) -> list[str]:
    """The chats of which anything of a person's is recorded now, by whichever scope; the longest consented to first."""
    chat, since = standings().c.chat, func.min(standings().c.at)
    mine = select(chat).where(standings().c.owner == person, sql_live(standings(), now)).group_by(chat)
    return list((await connection.execute(mine.order_by(since, chat))).scalars())


async def owns(connection: AsyncConnection, person: str, now: datetime) -> bool:
    """Whether a person has a consent that stands now."""
    standing = standings()
    found = select(literal(1)).where(standing.c.owner == person, sql_live(standing, now)).limit(1)
    return (await connection.execute(found)).one_or_none() is not None


async def make_offer(connection: AsyncConnection, offer: Offer, now: datetime) -> None:
    """Keep an offer until it is taken, declined or a week old."""
    row: dict[str, Any] = {"id": offer.id, "person": offer.person, "chat": offer.chat, "language": offer.language}
    version = None if offer.scope is None else offer.version
    handed = {"chats": list(offer.chats), "people": list(offer.people)} if offer.scope == HANDOVER else {}
    row |= {"scope": offer.scope, "until": offer.until, **handed}
    made = insert(t.offer).values(**row, at=now, taken=False, scope_version=version)
    await connection.execute(made)


async def find_offer(connection: AsyncConnection, chosen: Select[Any]) -> Offer | None:
    """The offer that a select from the offer table finds."""
    row = (await connection.execute(chosen)).one_or_none()
    if row is None:
        return None
    about = (row.scope, row.scope_version or 0, tuple(row.chats or ()), tuple(row.people or ()), row.until)
    return Offer(row.id, row.person, row.chat, row.language, row.taken, *about)


def _event(offer: Offer, wish: Wish) -> dict[str, Any]:
    """What the default scope and the owner's tap say; the rest is decided by the store."""
    scope = {"scope": DEFAULT, "scope_version": 0, "level": "full", "mode": "auto"}
    notice = {"notice": wish.notice.version, "notice_sha256": wish.notice.sha256, "language": wish.notice.language}
    return {**scope, **notice, "chat": offer.chat, "audience": wish.audience, "offer": offer.id}


def _same(standing: Row[Any], offer: Offer, wish: Wish, back: bool, now: datetime) -> bool:
    """Whether the same button of the same card was tapped again."""
    same = (standing.offer, standing.audience, standing.kind) == (
        offer.id,
        wish.audience,
        "look_back" if back else "given",
    )
    return bool(same and now < standing.until)


async def allowed(connection: AsyncConnection, chat: str, wished: int) -> int | None:
    """How long a consent may last there; None: an admin forbids it."""
    limits = (await connection.execute(forbidden(chat))).one()
    return None if limits.withheld else min(wished, LONGEST, limits.days or LONGEST)


async def _end_interview(connection: AsyncConnection, owner: str, chat: str, *, erase: bool) -> None:
    """An interview ends with the consent that it is for; after a pause it can be gone on with."""
    i = t.interview.c
    this = and_(i.owner == owner, i.chat == chat)
    closed = update(t.interview).where(this).values(open=False)
    await connection.execute(delete(t.interview).where(this) if erase else closed)


async def append(
    connection: AsyncConnection, person: str, kind: Kind, event: Mapping[str, Any], *, settled: bool = False
) -> None:
    """Write one event, the next of its owner's; drafts that rest on what it takes back go, unless all have gone."""
    seq = select(func.coalesce(func.max(t.consent_event.c.seq), 0) + 1).where(t.consent_event.c.owner == person)
    named = {**event, "owner": person, "id": short_id(10), "kind": kind, "seq": seq.scalar_subquery()}
    await connection.execute(insert(t.consent_event).values(**named))
    if kind not in WIDENING and not settled:
        await drafts.settle(connection, person, event["at"])


def lets_in(event: Row[Any], answer: Row[*tuple[Any, ...]]) -> bool:
    """Whether a consent is to those who read where an answer was given."""
    if answer.direct and answer.asker == answer.owner:
        return True
    if event.scope == DEFAULT:
        return bool(event.chat == answer.chat and not answer.direct)
    named = answer.direct and answer.asker in event.people
    return answer.chat in event.chats or named or belong(read(answer.within), set(event.departments or ()))
