"""Scopes that admins define, version by version; a ceiling can only narrow."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import owners
from skills import tables as t
from skills.words import DEFAULT

LONGEST = 180  # days
MOST = 20  # answers to one asker in a day, as of any double
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class BadScope(ValueError):
    """This is no scope.

    A name of lower-case letters, digits and hyphens is wanted, 1 to 180 days, a time with its zone, a quota of 1 to 20.
    """


@dataclass(frozen=True, slots=True)
class Sources:
    """What may be learned from; empty: as far as the consent goes."""

    chats: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    since: datetime | None = None  # what was said before is left out


@dataclass(frozen=True, slots=True)
class Readers:
    """Who may be answered; all empty: as far as the consent goes."""

    chats: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that an owner may switch on; `withheld` forbids. `days` None: no shorter than the owner's own.

    `mode` None: a scope to be joined begins with the owner's look at each answer, and the owner may do without it.
    `quota`: how many answers one asker may have of one owner's double in a day; None: as many as of any.
    """

    level: Literal["full", "outline", "withheld"] = "full"
    mode: Literal["auto", "review"] | None = None
    words: Literal["quotes", "model"] = "quotes"
    days: int | None = None
    quota: int | None = None


@dataclass(frozen=True, slots=True)
class ScopeDocument:
    """What an admin says about a scope.

    Named `default` or `default-…` it is a ceiling over the built-in default scope, in the chats listed or, when
    none is, everywhere. All such ceilings apply together. One that names words, or an audience which a chat is
    not among, leaves nothing there.

    Named otherwise it is a scope that owners may join. It is about the chats and the readers that it lists: without
    either it is about nothing. A department covers those who belong to it or to one under it, as the directory tells.
    """

    sources: Sources = field(default_factory=Sources)
    audience: Readers = field(default_factory=Readers)
    ceiling: Ceiling = field(default_factory=Ceiling)


@dataclass(frozen=True, slots=True)
class Scope:
    """One version of a scope; `by` names the secret that signed it."""

    name: str
    version: int
    at: datetime
    by: str
    document: ScopeDocument


def is_default(name: str) -> bool:
    """Whether a scope of this name is a ceiling over the built-in one, rather than one to be joined."""
    return name == DEFAULT or name.startswith(f"{DEFAULT}-")


async def put(connection: AsyncConnection, name: str, document: ScopeDocument, by: str, now: datetime) -> Scope:
    """Add a version; whoever it touches needs a fresh grant: `stale`. Raises BadScope."""
    days, quota, since = document.ceiling.days, document.ceiling.quota, document.sources.since
    lasts = days is None or 1 <= days <= LONGEST
    counts = quota is None or 1 <= quota <= MOST
    if not (_NAME.fullmatch(name) and lasts and counts and (since is None or _tellable(since))):
        raise BadScope(BadScope.__doc__)
    version = await _append(connection, name, document, by, now, deleted=False)
    return Scope(name, version, now, by, document)


def _tellable(since: datetime) -> bool:
    """Whether a time has a zone, and is none of a year that nobody can read back."""
    return since.tzinfo is not None and 1970 <= since.year < 9999


async def remove(connection: AsyncConnection, name: str, by: str, now: datetime) -> int | None:
    """Delete a scope by a last version, whose number it returns; None if there is none."""
    scope = await find(connection, name)
    return None if scope is None else await _append(connection, name, scope.document, by, now, deleted=True)


async def find(connection: AsyncConnection, name: str) -> Scope | None:
    """The last version of a scope; None when there is none or it was deleted."""
    return next((scope for scope in await every(connection) if scope.name == name), None)


async def at(connection: AsyncConnection, name: str, version: int) -> Scope | None:
    """One version of a scope; None for its end, and where there is none."""
    found = select(t.scope).where(t.scope.c.name == name, t.scope.c.version == version, ~t.scope.c.deleted)
    row = (await connection.execute(found)).one_or_none()
    return None if row is None else _scope(row)


async def stale(connection: AsyncConnection, name: str, version: int) -> None:
    """Whoever a version touches, or the one before it did, needs a fresh grant."""
    s = t.scope.c
    found = select(s.document).where(s.name == name, s.version.in_((version - 1, version)))
    documents = (await connection.execute(found)).scalars().all()
    reach = [document["sources"]["chats"] for document in documents]
    chats = sorted({chat for listed in reach for chat in listed}) if all(reach) else []
    touched = await owners.touched(connection, chats, name)
    raised = update(t.owner).where(t.owner.c.owner.in_(touched)).values(epoch=t.owner.c.epoch + 1)
    await connection.execute(raised)


async def every(connection: AsyncConnection) -> Sequence[Scope]:
    """The last version of every scope, by name."""
    later = t.scope.alias("later")
    last = select(func.max(later.c.version)).where(later.c.name == t.scope.c.name).scalar_subquery()
    found = select(t.scope).where(t.scope.c.version == last, ~t.scope.c.deleted).order_by(t.scope.c.name)
    return [_scope(row) for row in await connection.execute(found)]


async def _append(
    connection: AsyncConnection, name: str, document: ScopeDocument, by: str, now: datetime, *, deleted: bool
) -> int:
    await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"scope:{name}", 0))))
    last = select(func.coalesce(func.max(t.scope.c.version), 0) + 1).where(t.scope.c.name == name).scalar_subquery()
    row = {"name": name, "version": last, "at": now, "by": by, "deleted": deleted, "document": plain(document)}
    return int((await connection.execute(insert(t.scope).values(**row).returning(t.scope.c.version))).scalar_one())


def plain(document: ScopeDocument) -> dict[str, Any]:
    """As JSON holds it."""
    sources, readers, most = document.sources, document.audience, document.ceiling
    since = None if sources.since is None else sources.since.isoformat()
    audience = {"chats": readers.chats, "people": readers.people, "departments": readers.departments}
    ceiling = {"level": most.level, "mode": most.mode, "words": most.words, "days": most.days, "quota": most.quota}
    chats = {"chats": sources.chats, "words": sources.words, "since": since}
    return {"sources": chats, "audience": audience, "ceiling": ceiling}


def _scope(row: Row[Any]) -> Scope:
    said = row.document
    chats, words, since = (said["sources"].get(name) for name in ("chats", "words", "since"))
    sources = Sources(tuple(chats), tuple(words), None if since is None else datetime.fromisoformat(since))
    audience = Readers(**{name: tuple(listed) for name, listed in said["audience"].items()})
    return Scope(row.name, row.version, row.at, row.by, ScopeDocument(sources, audience, Ceiling(**said["ceiling"])))
