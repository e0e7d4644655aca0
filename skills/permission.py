"""The decision as SQL, the same as `decision` makes as a pure function: in the WHERE of every statement that reads."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
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
    column,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from skills import quota
from skills.belonging import plain
from skills.decision import KEPT, LIVE
from skills.halting import sql_halted
from skills.rules import sql_forbidden
from skills.scope_words import sql_says
from skills.standings import last_events, last_versions, standings
from skills.tables import TIME, passage
from skills.withheld import kept_from_nobody
from skills.words import DEFAULT, HANDOVER, Grant, Mode, Venue

OWNER, ASKER, LATER = bindparam("owner", type_=Text()), bindparam("asker", type_=Text()), bindparam("now", type_=TIME)


def sql_live(standing: Subquery, now: ColumnElement[datetime] | datetime) -> ColumnElement[bool]:
    """`live` in SQL."""
    return and_(standing.c.kind.in_(LIVE), _free(standing, now))


def sql_answers(standing: Subquery, now: ColumnElement[datetime] | datetime) -> ColumnElement[bool]:
    """`answers` in SQL."""
    begun = and_(standing.c.kind == "handed", ~standing.c.review)
    return and_(or_(standing.c.kind.in_(LIVE), begun), _free(standing, now))


def _free(standing: Subquery, now: ColumnElement[datetime] | datetime) -> ColumnElement[bool]:
    """Not yet over, and not forbidden by an admin."""
    free = ~standing.c.withheld & ~sql_halted(standing.c.owner) & ~sql_forbidden(standing.c.chat)
    return and_(now < standing.c.ends, free)


def sql_learns(
    standing: Subquery, *, at: ColumnElement[datetime] | datetime, now: ColumnElement[datetime] | datetime
) -> ColumnElement[bool]:
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
    joined = _belong(_within(venue), _rows(func.unnest(c.departments)), c.allowed["departments"].has_key)
    within = and_(~built_in, joined)
    there = and_(built_in, c.audience == "chat", c.chat == chat)
    covered = or_(listed, named if venue.direct else there, within)
    if counted:
        left = or_(c.quota.is_(None), c.owner == asker, quota.had(c.owner, asker, now) < c.quota)
        covered = and_(covered, left)
    own = and_(c.owner == asker, c.scope != HANDOVER)
    readable = or_(own, covered) if venue.direct else covered
    return and_(sql_answers(standing, now), _in_mode(standing, person, venue, mode), readable)


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


def sql_within(standing: FromClause, of: FromClause = passage) -> ColumnElement[bool]:
    """`holds` in SQL, for the passage table or for some `of` it, but for the words."""
    p = of.c
    same = and_(p.owner == standing.c.owner, p.chat == standing.c.chat, p.birth == standing.c.birth)
    return and_(same, p.at >= standing.c.since, p.at < standing.c.ends)


def sql_covers(standing: FromClause, of: FromClause = passage) -> ColumnElement[bool]:
    """`holds` in SQL. Several consents may cover one passage."""
    return and_(sql_within(standing, of), sql_says(standing, of.c.id))


def picked(owner: ColumnElement[str] | str, ids: ColumnElement[bool], name: str = "picked") -> CTE:
    """Passages of an owner that are known by `ids`, looked up before anything is asked of them.

    Otherwise the planner takes all that a consent covers to be fewer than a handful of ids, and reads all of it.
    """
    p = passage.c
    columns = (p.owner, p.id, p.chat, p.thread, p.birth, p.at)
    return select(*columns).where(p.owner == owner, ids).cte(name).prefix_with("MATERIALIZED")


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
    readable = select(
        *(standing.c[name] for name in ("owner", "chat", "birth", "since", "ends", "epoch", "seq", "words")),
        sql_level(standing).label("level"),
        sql_speech(standing).label("speech"),
        (standing.c.kind == "handed").label("handed"),
    ).where(
        standing.c.owner == of,
        sql_readable(standing, asker=asker, venue=venue, now=now, counted=counted, mode=mode),
    )
    return readable if epoch is None else readable.where(standing.c.epoch == epoch)


@cache
def opened(direct: bool, mode: Mode) -> Select[Any]:
    """The consents by which some grant, in a direct chat or not, would be given again: run with `given`."""
    return openable(direct, mode).where(standings().c.epoch == _to_come("epoch", BigInteger()))


@cache
def openable(direct: bool, mode: Mode) -> Select[Any]:
    """The consents by which one may be given at all."""
    return covering(OWNER, asker=ASKER, venue=_somewhere(direct), now=LATER, epoch=None, mode=mode)


@cache
def lasting(direct: bool, mode: Mode) -> Select[Any]:
    """The consents by which what was given may stay, whatever changed and however much the asker had since."""
    return covering(OWNER, asker=ASKER, venue=_somewhere(direct), now=LATER, epoch=None, counted=False, mode=mode)


@cache
def left(direct: bool, mode: Mode) -> tuple[Select[Any], Select[Any]]:
    """`openable` and `opened`, as long as there are answers left to the asker today."""
    some = quota.left(OWNER, ASKER, LATER)
    return openable(direct, mode).where(some), opened(direct, mode).where(some)


@cache
def askable(direct: bool, mode: Mode) -> CompoundSelect[Any]:
    """Whoever's consent covers these readers: run with what `asks` gives."""
    standing, venue = standings(), _somewhere(direct)
    c, audience = standing.c, last_versions(default=False)
    readers, chat = audience.c.document["audience"], _said(venue.chat)
    departments = _rows(func.jsonb_array_elements_text(readers["departments"]))
    within = _belong(venue.within, departments, lambda _: true())
    listed = or_(readers["chats"].has_key(chat), readers["people"].has_key(ASKER) if direct else false(), within)
    named = select(audience.c.name).where(listed)
    readable = sql_readable(standing, asker=ASKER, venue=venue, now=LATER, mode=mode)
    found = select(c.owner, c.owner_key_id, c.owner_name).where(readable)
    # questions that an index answers, each by itself
    near = found.where(c.owner == ASKER if direct else c.chat == chat)
    handed = [found.where(c.scope == HANDOVER)] if direct else []
    return union(near, found.where(c.scope.in_(named)), *handed)


def given(grant: Grant, now: datetime) -> dict[str, Any]:
    """What `opened` asks for."""
    return {"owner": grant.owner, "epoch": grant.epoch, **asks(grant.asker, grant.venue, now)}


def asks(asker: str, venue: Venue, now: datetime) -> dict[str, Any]:
    """Who reads, where and when, as `askable` and `openable` ask."""
    return {"asker": asker, "venue": venue.chat, "within": plain(venue.within), "now": now}


def _belong(within: Any, departments: Any, also: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """`belong` in SQL: `departments` are the rows of one column that are gone through, if they are `also` something."""
    id_ = departments.c.id
    one = func.jsonb_array_elements(within).table_valued(column("within", JSONB()), name="one").render_derived()
    in_one = select(literal(1)).select_from(departments).where(one.c.within.has_key(id_), also(id_))
    nowhere = ~exists(in_one.correlate_except(departments))
    outside = exists(select(literal(1)).select_from(one).where(nowhere).correlate_except(one))
    return and_(func.jsonb_array_length(within) > 0, ~outside)


def _rows(listed: Any) -> Any:
    """What a function of rows gives, as rows of ids."""
    return listed.table_valued(column("id", Text()), name="department").render_derived()


def _within(venue: Venue) -> Any:
    """Where the readers belong: as told, or a column or a parameter that will tell."""
    return literal(plain(venue.within), JSONB()) if isinstance(venue.within, frozenset) else venue.within


def _said(value: ColumnElement[str] | str) -> ColumnElement[str]:
    return literal(value, Text()) if isinstance(value, str) else value


def _somewhere(direct: bool) -> Venue:
    """Where a question will be asked."""
    return Venue(_to_come("venue", Text()), direct, _to_come("within", JSONB()))


def _to_come(name: str, kind: TypeEngine[Any]) -> Any:
    return bindparam(name, type_=kind)


def doomed(owner: str) -> ColumnElement[bool]:
    """A passage that no consent of the owner's holds any more, lapsed ones included.

    A scope that was joined by name holds nothing from before it, and nothing without its words; a handover that has
    begun nothing that its owner keeps to themselves.
    """
    last = last_events()
    events = select(last).where(last.c.owner == owner).subquery("event")
    whole = or_(events.c.scope == DEFAULT, and_(events.c.since <= passage.c.at, sql_says(events, passage.c.id)))
    holds = exists().where(
        events.c.chat == passage.c.chat,
        events.c.birth == passage.c.birth,
        events.c.kind.in_(KEPT),
        or_(events.c.kind != "handed", kept_from_nobody(passage.c.owner, passage.c.id)),
        whole,
    )
    return ~holds
