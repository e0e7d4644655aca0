"""The decision as SQL, the same as `decision` makes as a pure function: in the WHERE of every statement that reads."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    Subquery,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Integer, TypeEngine

from skills import quota
from skills.decision import KEPT, LIVE
from skills.halting import sql_halted
from skills.rules import sql_forbidden
from skills.scope_words import sql_says
from skills.tables import TIME, consent_event, owner, passage, scope
from skills.words import DEFAULT, Grant, Mode, Venue

OWNER, ASKER, LATER = bindparam("owner", type_=Text()), bindparam("asker", type_=Text()), bindparam("now", type_=TIME)
_OVERRIDDEN = ("since", "words", "quota", "level", "mode", "speech")  # each under what admins allow of it now


def _last_versions(default: bool) -> Subquery:
    """The last version of each scope that is there: the ceilings over the built-in one, or those to be joined."""
    names = or_(scope.c.name == DEFAULT, scope.c.name.like(f"{DEFAULT}-%"))
    later = scope.alias("later")
    last = select(func.max(later.c.version)).where(later.c.name == scope.c.name).scalar_subquery()
    found = select(scope.c.name, scope.c.document).where(names if default else ~names)
    return found.where(scope.c.version == last, ~scope.c.deleted).subquery("ceiling" if default else "named")


def _limits(chat: ColumnElement[str], of: ColumnElement[str]) -> Any:
    """All ceilings over one chat taken together. One that names words or an audience without this chat forbids it."""
    document = _last_versions(default=True).c.document
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
            func.min(ceiling["quota"].astext.cast(Integer)).label("least"),
        )
        .where(of == DEFAULT, or_(named(chats) == 0, chats.has_key(chat)))
        .lateral("limits")
    )


def forbidden(chat: str) -> Select[tuple[bool, int | None]]:
    """Whether an admin forbids the default scope in a chat, and the most days allowed there."""
    limits = _limits(literal(chat), literal(DEFAULT))
    return select(limits.c.withheld, limits.c.days)


@cache
def last_events() -> Subquery:
    """The fold of all consent events: the last of each (owner, chat, scope)."""
    event, later = consent_event, consent_event.alias("later")
    same = and_(later.c.owner == event.c.owner, later.c.chat == event.c.chat, later.c.scope == event.c.scope)
    last = select(func.max(later.c.seq)).where(same).scalar_subquery()
    return select(event).where(event.c.seq == last).subquery("last_event")


@cache  # building a statement costs more than running it
def standings() -> Subquery:
    """Every `Standing`, `under` what admins allow, as a row, with its owner's epoch and key; `ends`: its real end."""
    last, named = last_events(), _last_versions(default=False)
    limits, document = _limits(last.c.chat, last.c.scope), named.c.document
    ceiling, sources, in_force = document["ceiling"], document["sources"], last.c.scope != DEFAULT
    days = func.least(limits.c.days, ceiling["days"].astext.cast(Integer))
    joined = last.join(owner, owner.c.owner == last.c.owner).join(limits, true())
    return (
        select(
            *(column for column in last.c if column.name not in _OVERRIDDEN),
            func.greatest(last.c.since, sources["since"].astext.cast(TIME)).label("since"),
            func.least(last.c.until, last.c.at + func.make_interval(0, 0, 0, days)).label("ends"),
            _words(last, sources["words"]).label("words"),
            func.least(last.c.quota, limits.c.least, ceiling["quota"].astext.cast(Integer)).label("quota"),
            or_(last.c.level == "withheld", limits.c.withheld, and_(in_force, _forbids(last, document))).label(
                "withheld"
            ),
            or_(last.c.mode == "review", limits.c.review, _is(ceiling["mode"], "review")).label("review"),
            or_(last.c.level == "outline", limits.c.outline, _is(ceiling["level"], "outline")).label("outline"),
            and_(_or_not(last.c.speech == "model"), _is(ceiling["words"], "model")).label("modelled"),
            document["audience"].label("allowed"),
            owner.c.epoch,
            owner.c.key_id.label("owner_key_id"),
            owner.c.name.label("owner_name"),
        )
        .select_from(joined.outerjoin(named, and_(in_force, named.c.name == last.c.scope)))
        .subquery("standing")
    )


def _forbids(last: Subquery, document: Any) -> ColumnElement[bool]:
    """Whether a scope of that name is gone, withheld, or no longer about this chat, or about words never asked for."""
    newly_worded = and_(last.c.words.is_(None), func.jsonb_array_length(document["sources"]["words"]) > 0)
    there = document["sources"]["chats"].has_key(last.c.chat)
    return or_(document.is_(None), ~there, _is(document["ceiling"]["level"], "withheld"), newly_worded)


def _words(last: Subquery, allowed: Any) -> ColumnElement[Any]:
    """The words that the owner agreed to and the scope still has; NULL: any passage."""
    word = func.unnest(last.c.words).column_valued("word")
    both = select(func.coalesce(func.array_agg(word), cast([], ARRAY(Text)))).where(allowed.has_key(word))
    none = or_(last.c.words.is_(None), func.coalesce(func.jsonb_array_length(allowed), 0) == 0)
    return case((none, last.c.words), else_=both.scalar_subquery())


def _is(field: Any, value: str) -> ColumnElement[bool]:
    return _or_not(field.astext == value)


def _or_not(found: ColumnElement[bool]) -> ColumnElement[bool]:
    """False where nothing is said."""
    return func.coalesce(found, False)


def sql_live(standing: Subquery, now: ColumnElement[datetime] | datetime) -> ColumnElement[bool]:
    """`live` in SQL."""
    free = ~standing.c.withheld & ~sql_halted(standing.c.owner) & ~sql_forbidden(standing.c.chat)
    return and_(standing.c.kind.in_(LIVE), now < standing.c.ends, free)


def sql_learns(standing: Subquery, *, at: ColumnElement[datetime] | datetime, now: datetime) -> ColumnElement[bool]:
    """`learns` in SQL, but for the words, which nothing recorded says yet."""
    return and_(sql_live(standing, now), standing.c.since <= at, at < standing.c.ends)


def sql_readable(
    standing: Subquery,
    *,
    asker: ColumnElement[str] | str,
    venue: Venue,
    now: ColumnElement[datetime] | datetime,
    counted: bool = True,
    mode: Mode = "auto",
) -> ColumnElement[bool]:
    """`used` is not None, in SQL; not `counted`: whatever the asker had already."""
    c, built_in, chat, person = standing.c, standing.c.scope == DEFAULT, _said(venue.chat), _said(asker)
    listed = and_(~built_in, chat == any_(c.chats), c.allowed["chats"].has_key(chat))
    named = and_(~built_in, person == any_(c.people), c.allowed["people"].has_key(person))
    there = and_(built_in, c.audience == "chat", c.chat == chat)
    covered = or_(listed, named if venue.direct else there)
    if counted:
        left = or_(c.quota.is_(None), c.owner == asker, quota.had(c.owner, asker, now) < c.quota)
        covered = and_(covered, left)
    readable = or_(c.owner == asker, covered) if venue.direct else covered
    return and_(sql_live(standing, now), _in_mode(standing, person, venue, mode), readable)


def _in_mode(standing: Subquery, asker: ColumnElement[str], venue: Venue, mode: Mode) -> ColumnElement[bool]:
    """Whether the answer goes out at once, or waits for its owner: nobody reviews what they ask themselves alone."""
    if mode == "either":
        return true()
    own = asker == standing.c.owner
    at_once = or_(~standing.c.review, own) if venue.direct else ~standing.c.review
    return and_(standing.c.review, ~own) if mode == "review" else at_once


def sql_level(standing: Subquery) -> ColumnElement[str]:
    """The level of a readable standing, in SQL; of several the least by the alphabet is the widest."""
    return case((standing.c.outline, "outline"), else_="full")


def sql_speech(standing: Subquery) -> ColumnElement[str]:
    """Its speech likewise: nothing is said in other words where only where and when may be said."""
    return case((and_(standing.c.modelled, ~standing.c.outline), "model"), else_="quotes")


def sql_within(standing: FromClause) -> ColumnElement[bool]:
    """`holds` in SQL, for the passage table, but for the words."""
    return and_(
        passage.c.owner == standing.c.owner,
        passage.c.chat == standing.c.chat,
        passage.c.birth == standing.c.birth,
        passage.c.at >= standing.c.since,
        passage.c.at < standing.c.ends,
    )


def sql_covers(standing: FromClause) -> ColumnElement[bool]:
    """`holds` in SQL. Several consents may cover one passage."""
    return and_(sql_within(standing), sql_says(standing, passage.c.id))


def covering(
    of: ColumnElement[str] | str,
    *,
    asker: ColumnElement[str] | str,
    venue: Venue,
    now: ColumnElement[datetime] | datetime,
    epoch: int | None,
    counted: bool = True,
    mode: Mode = "auto",
) -> Select[Any]:
    """The consents of one owner that let `asker` read in `venue` now; with an epoch, only if nothing changed since."""
    standing = standings()
    chosen = select(
        *(standing.c[name] for name in ("owner", "chat", "birth", "since", "ends", "epoch", "seq", "words")),
        sql_level(standing).label("level"),
        sql_speech(standing).label("speech"),
    ).where(
        standing.c.owner == of,
        sql_readable(standing, asker=asker, venue=venue, now=now, counted=counted, mode=mode),
    )
    return chosen if epoch is None else chosen.where(standing.c.epoch == epoch)


@cache
def opened(direct: bool, mode: Mode) -> Select[Any]:
    """The consents by which some grant, in a direct chat or not, would be given again: run with `given`."""
    return openable(direct, mode).where(standings().c.epoch == _to_come("epoch", BigInteger()))


@cache
def openable(direct: bool, mode: Mode) -> Select[Any]:
    """The consents by which one may be given at all."""
    venue = Venue(_to_come("venue", Text()), direct)
    return covering(OWNER, asker=ASKER, venue=venue, now=LATER, epoch=None, mode=mode)


@cache
def left(direct: bool, mode: Mode) -> tuple[Select[Any], Select[Any]]:
    """`openable` and `opened`, as long as there are answers left to the asker today."""
    some = quota.left(OWNER, ASKER, LATER)
    return openable(direct, mode).where(some), opened(direct, mode).where(some)


@cache
def askable(direct: bool, mode: Mode) -> CompoundSelect[Any]:
    """Whoever's consent covers these readers: run with `asker`, `venue` and `now`."""
    standing, chat = standings(), _to_come("venue", Text())
    c, audience = standing.c, _last_versions(default=False)
    readers = audience.c.document["audience"]
    listed = or_(readers["chats"].has_key(chat), readers["people"].has_key(ASKER) if direct else false())
    named = select(audience.c.name).where(listed)
    readable = sql_readable(standing, asker=ASKER, venue=Venue(chat, direct), now=LATER, mode=mode)
    found = select(c.owner, c.owner_key_id, c.owner_name).where(readable)
    # two questions, each of which an index answers
    return union(found.where(c.owner == ASKER if direct else c.chat == chat), found.where(c.scope.in_(named)))


def given(grant: Grant, now: datetime) -> dict[str, Any]:
    """What `opened` asks for."""
    return {"owner": grant.owner, "asker": grant.asker, "venue": grant.venue.chat, "epoch": grant.epoch, "now": now}


def _said(value: ColumnElement[str] | str) -> ColumnElement[str]:
    return literal(value, Text()) if isinstance(value, str) else value


def _to_come(name: str, kind: TypeEngine[Any]) -> Any:
    return bindparam(name, type_=kind)


def doomed(owner: str) -> ColumnElement[bool]:
    """A passage that no consent of the owner's holds any more, lapsed ones included.

    A scope that was joined by name holds nothing from before it, and nothing without its words.
    """
    last = last_events()
    events = select(last).where(last.c.owner == owner).subquery("event")
    whole = or_(events.c.scope == DEFAULT, and_(events.c.since <= passage.c.at, sql_says(events, passage.c.id)))
    holds = exists().where(
        events.c.chat == passage.c.chat,
        events.c.birth == passage.c.birth,
        events.c.kind.in_(KEPT),
        whole,
    )
    return ~holds
