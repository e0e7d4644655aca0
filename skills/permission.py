"""The decision: who may read what, once as a small pure function and once, the same, as SQL."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    FromClause,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.types import Integer, TypeEngine

from skills.halting import sql_halted
from skills.rules import sql_forbidden
from skills.tables import consent_event, owner, passage, scope
from skills.words import Audience, Grant, Level, Venue

Kind = Literal["given", "look_back", "paused", "withdrawn", "departed", "expired"]
LIVE: tuple[Kind, ...] = ("given", "look_back")
KEPT: tuple[Kind, ...] = (*LIVE, "paused", "departed")  # not live, but not to be erased yet


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one owner's consent for one chat stands: the last of its events, under the admin's ceilings there."""

    owner: str
    chat: str
    kind: Kind
    audience: Audience
    birth: int
    at: datetime
    since: datetime
    until: datetime
    withheld: bool = False
    review: bool = False
    outline: bool = False
    days: int | None = None


def ends(standing: Standing) -> datetime:
    """When this consent lapses: the owner's own end, or the ceiling's if that is earlier."""
    if standing.days is None:
        return standing.until
    return min(standing.until, standing.at + timedelta(days=standing.days))


def live(standing: Standing, now: datetime) -> bool:
    """Given, not withdrawn, not yet over (half-open), and not forbidden by an admin."""
    return standing.kind in LIVE and now < ends(standing) and not standing.withheld


def learns(standing: Standing, *, at: datetime, now: datetime) -> bool:
    """Whether words said at `at` may be recorded now."""
    return live(standing, now) and standing.since <= at < ends(standing)


def level(standing: Standing, *, asker: str, venue: Venue, now: datetime) -> Level | None:
    """How much of this consent's words the readers in `venue` may have; None: nothing.

    Words for a chat are read in that chat; an owner reads all of their own alone with the bot.
    """
    there = standing.audience == "chat" and not venue.direct and venue.chat == standing.chat
    alone = asker == standing.owner and venue.direct
    if not live(standing, now) or standing.review or not (there or alone):
        return None
    return "outline" if standing.outline else "full"


def covers(standing: Standing, *, chat: str, birth: int, at: datetime) -> bool:
    """Whether a passage was said under this consent; what was said under one since withdrawn is not."""
    return standing.chat == chat and standing.birth == birth and standing.since <= at < ends(standing)


def _ceilings() -> Subquery:
    """The last version of each admin's ceiling over the default scope."""
    names = or_(scope.c.name == "default", scope.c.name.like("default-%"))
    later = scope.alias("later")
    last = select(func.max(later.c.version)).where(later.c.name == scope.c.name).scalar_subquery()
    return select(scope.c.document).where(names, scope.c.version == last, ~scope.c.deleted).subquery("ceiling")


def _limits(chat: ColumnElement[str]) -> Any:
    """All ceilings over one chat taken together. One that names words or an audience without this chat forbids it."""
    document = _ceilings().c.document
    chats, words = document["sources"]["chats"], document["sources"]["words"]
    audience, ceiling = document["audience"], document["ceiling"]
    named = func.jsonb_array_length
    limited = named(audience["chats"]) + named(audience["people"]) + named(audience["departments"]) > 0
    forbids = or_(
        ceiling["level"].astext == "withheld",
        named(words) > 0,
        and_(limited, ~audience["chats"].has_key(chat)),
    )
    return (
        select(
            func.coalesce(func.bool_or(forbids), False).label("withheld"),
            func.coalesce(func.bool_or(ceiling["mode"].astext == "review"), False).label("review"),
            func.coalesce(func.bool_or(ceiling["level"].astext == "outline"), False).label("outline"),
            func.min(ceiling["days"].astext.cast(Integer)).label("days"),
        )
        .where(or_(named(chats) == 0, chats.has_key(chat)))
        .lateral("limits")
    )


def forbidden(chat: str) -> Select[tuple[bool, int | None]]:
    """Whether an admin forbids the default scope in a chat, and the most days allowed there."""
    limits = _limits(literal(chat))
    return select(limits.c.withheld, limits.c.days)


@cache
def last_events() -> Subquery:
    """The fold of all consent events: the last of each (owner, chat)."""
    event, later = consent_event, consent_event.alias("later")
    same = and_(later.c.owner == event.c.owner, later.c.chat == event.c.chat)
    last = select(func.max(later.c.seq)).where(same).scalar_subquery()
    return select(event).where(event.c.seq == last).subquery("last_event")


@cache  # building a statement costs more than running it
def standings() -> Subquery:
    """Every `Standing` as a row, with its owner's epoch and key; `ends` is the effective end."""
    last = last_events()
    limits = _limits(last.c.chat)
    days = func.make_interval(0, 0, 0, limits.c.days)
    return (
        select(
            last,
            limits,
            func.least(last.c.until, last.c.at + days).label("ends"),
            owner.c.epoch,
            owner.c.key_id.label("owner_key_id"),
            owner.c.name.label("owner_name"),
        )
        .select_from(last.join(owner, owner.c.owner == last.c.owner).join(limits, true()))
        .subquery("standing")
    )


def sql_live(standing: Subquery, now: datetime) -> ColumnElement[bool]:
    """`live` in SQL."""
    free = ~standing.c.withheld & ~sql_halted(standing.c.owner) & ~sql_forbidden(standing.c.chat)
    return and_(standing.c.kind.in_(LIVE), now < standing.c.ends, free)


def sql_learns(standing: Subquery, *, at: ColumnElement[datetime] | datetime, now: datetime) -> ColumnElement[bool]:
    """`learns` in SQL."""
    return and_(sql_live(standing, now), standing.c.since <= at, at < standing.c.ends)


def sql_readable(standing: Subquery, *, asker: str, venue: Venue, now: datetime) -> ColumnElement[bool]:
    """`level` is not None, in SQL."""
    there = and_(standing.c.audience == "chat", standing.c.chat == venue.chat)
    alone = standing.c.owner == asker
    return and_(sql_live(standing, now), ~standing.c.review, alone if venue.direct else there)


def sql_level(standing: Subquery) -> ColumnElement[str]:
    """The level of a readable standing, in SQL."""
    return case((standing.c.outline, "outline"), else_="full")


def sql_covers(standing: FromClause) -> ColumnElement[bool]:
    """`covers` in SQL, for the passage table."""
    return and_(
        passage.c.owner == standing.c.owner,
        passage.c.chat == standing.c.chat,
        passage.c.birth == standing.c.birth,
        passage.c.at >= standing.c.since,
        passage.c.at < standing.c.ends,
    )


def covering(of: str, *, asker: str, venue: Venue, now: datetime, epoch: int | None) -> Select[Any]:
    """The consents of one owner that let `asker` read in `venue` now; with an epoch, only if nothing changed since."""
    standing = standings()
    chosen = select(
        standing.c.owner,
        standing.c.chat,
        standing.c.birth,
        standing.c.since,
        standing.c.ends,
        standing.c.epoch,
        sql_level(standing).label("level"),
    ).where(standing.c.owner == of, sql_readable(standing, asker=asker, venue=venue, now=now))
    return chosen if epoch is None else chosen.where(standing.c.epoch == epoch)


@cache
def opened(direct: bool) -> Select[Any]:
    """The consents by which some grant, in a direct chat or not, would be given again: run with `given`."""
    venue = Venue(_to_come("venue", Text()), direct)
    of, asker, now = _to_come("owner", Text()), _to_come("asker", Text()), _to_come("now", DateTime(timezone=True))
    return covering(of, asker=asker, venue=venue, now=now, epoch=_to_come("epoch", BigInteger()))


def given(grant: Grant, now: datetime) -> dict[str, Any]:
    """What `opened` asks for."""
    return {"owner": grant.owner, "asker": grant.asker, "venue": grant.venue.chat, "epoch": grant.epoch, "now": now}


def _to_come(name: str, kind: TypeEngine[Any]) -> Any:
    return bindparam(name, type_=kind)


def doomed(owner: str) -> ColumnElement[bool]:
    """A passage that no consent of the owner's holds any more, lapsed ones included."""
    events = last_events()
    holds = exists().where(
        events.c.owner == owner,
        events.c.chat == passage.c.chat,
        events.c.birth == passage.c.birth,
        events.c.kind.in_(KEPT),
    )
    return ~holds
