"""What an admin's change means for those whom it touches: whether a scope narrowed, widened or ended, or a ceiling."""

from collections.abc import Collection, Sequence

from sqlalchemy import select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from skills.decision import KEPT
from skills.scopes import Scope, ScopeDocument, is_default
from skills.standings import last_events
from skills.words import DEFAULT, Tell

LEVELS = ("withheld", "outline", "full")


def wider(new: ScopeDocument, old: ScopeDocument) -> bool:
    """Whether anything is in one document that is not in the other; the other way round, it is narrower."""
    here, there = new.ceiling, old.ceiling
    more = (
        not set(new.sources.chats) <= set(old.sources.chats),
        not set(new.audience.chats) <= set(old.audience.chats),
        not set(new.audience.people) <= set(old.audience.people),
        not set(new.audience.departments) <= set(old.audience.departments),
        bool(old.sources.words) and not (new.sources.words and set(new.sources.words) <= set(old.sources.words)),
        old.sources.since is not None and (new.sources.since is None or new.sources.since < old.sources.since),
        LEVELS.index(here.level) > LEVELS.index(there.level),
        here.mode != "review" and there.mode == "review",
        here.words == "model" and there.words == "quotes",
        there.days is not None and (here.days is None or here.days > there.days),
        there.quota is not None and (here.quota is None or here.quota > there.quota),
    )
    return any(more)


async def of_change(
    connection: AsyncConnection, name: str, before: Scope | None, after: Scope | None, event: str
) -> Sequence[Tell]:
    """One private card for each who joined it, once for each change that is one; None after: the scope is gone."""
    if before is None and after is None:
        return []
    if is_default(name):
        return await _of_ceiling(connection, before, after, event)
    what: list[str] = []
    if after is None:
        what = ["gone"]
    elif before is None:
        what = ["widened"]  # it was gone: who had joined it says yes anew or leaves it
    else:
        what += ["narrowed"] if wider(before.document, after.document) else []
        # words where there were none silence it until a new yes
        silenced = bool(after.document.sources.words) and not before.document.sources.words
        what += ["widened"] if silenced or wider(after.document, before.document) else []
    if not what:
        return []
    events = last_events()
    joined = select(events.c.owner, events.c.language).where(events.c.scope == name, events.c.kind.in_(KEPT))
    rows = (await connection.execute(joined.order_by(events.c.owner, events.c.seq))).all()
    ids = {"scope": name, "what": " ".join(what), "event": event}
    languages = {row.owner: row.language for row in rows}
    return [
        Tell("scope_changed", owner.partition(":")[0], person=owner, language=language, ids=ids)
        for owner, language in languages.items()
    ]


async def of_chats(
    connection: AsyncConnection, chats: Collection[str] | None, event: str, *, built_in: bool = False
) -> Sequence[Tell]:
    """One private card for each whose consent to one of these chats, or to any, is under what an admin changed."""
    events = last_events()
    here = true() if chats is None else events.c.chat.in_(chats)
    mine = select(events.c.owner, events.c.language).where(here, events.c.kind.in_(KEPT), events.c.kind != "departed")
    mine = mine.where(events.c.scope == DEFAULT) if built_in else mine
    rows = (await connection.execute(mine.order_by(events.c.owner, events.c.seq))).all()
    languages = {row.owner: row.language for row in rows}
    return [
        Tell("ceiling_changed", owner.partition(":")[0], person=owner, language=language, ids={"event": event})
        for owner, language in languages.items()
    ]


async def _of_ceiling(
    connection: AsyncConnection, before: Scope | None, after: Scope | None, event: str
) -> Sequence[Tell]:
    """Of a ceiling over the built-in scope, in the chats that either of its versions names."""
    documents = [scope.document for scope in (before, after) if scope is not None]
    if len(documents) == 2 and documents[0] == documents[1]:
        return []
    everywhere = not all(document.sources.chats for document in documents)
    chats = None if everywhere else {chat for document in documents for chat in document.sources.chats}
    return await of_chats(connection, chats, event, built_in=True)
