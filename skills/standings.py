"""How every consent stands, as SQL: the last of its events, under what admins allow and what workers agreed to."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, Text, and_, case, cast, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Integer

from skills import agreement
from skills.tables import TIME, consent_event, owner, scope
from skills.words import BUILT_IN, DEFAULT, HANDOVER

_OVERRIDDEN = ("since", "words", "quota", "level", "mode", "speech")  # each under what admins allow of it now


_NONE = cast(literal("[]", Text()), JSONB)


def last_versions(default: bool) -> Subquery:
    """The last version of each scope that is there: the ceilings over the built-in one, or those to be joined."""
    names = or_(scope.c.name == DEFAULT, scope.c.name.like(f"{DEFAULT}-%"))
    later = scope.alias("later")
    last = select(func.max(later.c.version)).where(later.c.name == scope.c.name).scalar_subquery()
    found = select(scope.c.name, scope.c.document).where(names if default else ~names)
    return found.where(scope.c.version == last, ~scope.c.deleted).subquery("ceiling" if default else "named")


def _limits(chat: ColumnElement[str], of: ColumnElement[str]) -> Any:
    """All ceilings over one chat taken together. One that names words or an audience without this chat forbids it."""
    document = last_versions(default=True).c.document
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
        .where(of.in_(BUILT_IN), or_(named(chats) == 0, chats.has_key(chat)))
        .lateral("limits")
    )


def forbidden(chat: str) -> Select[tuple[bool, int | None]]:
    """Whether the default scope is forbidden in a chat, and the most days allowed there."""
    limits, agreed = _limits(literal(chat), literal(DEFAULT)), agreement.sql_said("level")
    withheld = or_(limits.c.withheld, _or_not(agreed == "withheld"))
    return select(withheld.label("withheld"), func.least(limits.c.days, agreement.sql_most("days")).label("days"))


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
    last, named = last_events(), last_versions(default=False)
    limits, document = _limits(last.c.chat, last.c.scope), named.c.document
    ceiling, sources, in_force = document["ceiling"], document["sources"], last.c.scope.not_in(BUILT_IN)
    days = func.least(limits.c.days, ceiling["days"].astext.cast(Integer), agreement.sql_most("days"))
    level, mode = agreement.sql_said("level"), agreement.sql_said("mode")
    joined = last.join(owner, owner.c.owner == last.c.owner).join(limits, true())
    return (
        select(
            *(column for column in last.c if column.name not in _OVERRIDDEN),
            func.greatest(last.c.since, sources["since"].astext.cast(TIME)).label("since"),
            func.least(last.c.until, last.c.at + func.make_interval(0, 0, 0, days)).label("ends"),
            _words(last, sources["words"]).label("words"),
            func.least(last.c.quota, limits.c.least, ceiling["quota"].astext.cast(Integer)).label("quota"),
            or_(
                last.c.level == "withheld",
                limits.c.withheld,
                and_(in_force, _forbids(last, document)),
                _or_not(level == "withheld"),
            ).label("withheld"),
            or_(
                last.c.mode == "review", limits.c.review, _is(ceiling["mode"], "review"), _or_not(mode == "review")
            ).label("review"),
            or_(
                last.c.level == "outline",
                limits.c.outline,
                _is(ceiling["level"], "outline"),
                _or_not(level == "outline"),
            ).label("outline"),
            and_(_or_not(last.c.speech == "model"), _is(ceiling["words"], "model")).label("modelled"),
            _allowed(last, document["audience"]).label("allowed"),
            owner.c.epoch,
            owner.c.key_id.label("owner_key_id"),
            owner.c.name.label("owner_name"),
        )
        .select_from(joined.outerjoin(named, and_(in_force, named.c.name == last.c.scope)))
        .subquery("standing")
    )


def _allowed(last: Subquery, audience: Any) -> ColumnElement[Any]:
    """Whom an admin's scope lists; of a handover the people that its owner named, and nobody else ever."""
    listed = func.jsonb_build_object("people", func.to_jsonb(last.c.people), "chats", _NONE, "departments", _NONE)
    return case((last.c.scope == HANDOVER, listed), else_=audience)


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
