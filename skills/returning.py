"""Pages that come back from an export: laid over the messages that came back, every version as it was."""

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import and_, delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import distilling, kept_along, ledger, messages, owners, page_tables, paging
from skills import tables as t
from skills.distilling import MOST_PAGES, consented
from skills.kept_along import Key
from skills.page_tables import TITLE, line, page, seen, version
from skills.page_words import State, Why
from skills.paging import KEPT, Standing
from skills.parts import Parts
from skills.titling import Kind, Title
from skills.words import Passage, Said

Places = Mapping[str, uuid.UUID]  # message → passage, of one source


@dataclass(frozen=True, slots=True)
class PastTitle:
    """Where in which message a title stood, and what it said."""

    message: str
    starts: int
    ends: int | None
    words: str


@dataclass(frozen=True, slots=True)
class PastVersion:
    """One version of a page, its lines by their messages."""

    version: int
    at: datetime
    why: Why
    state: State
    pinned: bool
    absorbed: tuple[str, ...]
    title: PastTitle | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PastPage:
    """A page as an export holds it."""

    id: str
    chat: str
    kind: Kind
    version: int  # the one that stood
    versions: tuple[PastVersion, ...]


def past_page(row: Mapping[str, Any]) -> PastPage | None:
    """A row of `pages.jsonl`; None: it is none."""
    try:
        versions = tuple(_past_version(one) for one in row["versions"])[-KEPT:]
        there = PastPage(str(row["id"]), str(row["chat"]), row["kind"], int(row["version"]), versions)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    known = there.kind in get_args(Kind) and there.version in {one.version for one in versions}
    return there if known and all(one.state in get_args(State) for one in versions) else None


def _past_version(row: Mapping[str, Any]) -> PastVersion:
    place, absorbed = row["titled"], tuple(map(str, row["absorbed"]))
    title = None
    if place is not None:
        title = PastTitle(str(place["id"]), int(place["starts"]), place["ends"], str(row["title"]))
    at, lines = datetime.fromisoformat(row["at"]), tuple(map(str, row["lines"]))
    return PastVersion(int(row["version"]), at, row["why"], row["state"], bool(row["pinned"]), absorbed, title, lines)


class Returning(Parts):
    """Only what a consent holds now is on a page that comes back: what did not come back is in no version of it."""

    async def bring_back(
        self,
        owner: str,
        pages: Sequence[PastPage],
        titles: Sequence[Said],
        looked_at: Collection[Key],
        on_pages: Collection[Key] = (),
    ) -> int:
        """Lay an owner's pages over what is recorded of them; returns how many came back, each once however often.

        `titles`: those that the owner gave, to be recorded like anything they say; `looked_at`: (chat, message) of
        what had been looked at for pages. What was gathered of the same meanwhile, untouched by its owner, gives way.
        `on_pages`: what is kept back by itself until a page does it again.
        """
        now = self._clock()
        async with self._database.transaction(owner=owner) as connection:
            held = await owners.lock(connection, owner)
            if held is None or held.key_id is None:
                return 0
            there = set((await connection.execute(select(page.c.id).where(page.c.owner == owner))).scalars())
            new = [one for one in pages if one.id not in there][:MOST_PAGES]
            for chat in sorted({one.chat for one in new}):
                given = [said for said in titles if said.chat == chat and said.source == TITLE]
                await messages.record(connection, self._vault, owner, chat, given, now)
                of_it = [one for one in new if one.chat == chat]
                await self._lay(connection, owner, chat, of_it, {m for c, m in looked_at if c == chat}, now)
            await page_tables.sweep(connection, owner)
            await kept_along.leave_to_pages(connection, owner, on_pages)
            back = select(page.c.id).where(page.c.owner == owner, page.c.id.in_([one.id for one in new]))
            came = len((await connection.execute(back)).all())
            if came:
                await owners.raise_epoch(connection, owner)
                note: ledger.Payload = {"pages": came, "why": "returned"}
                await ledger.append(connection, self._vault, owner, "page", now, note, None)
            return came

    async def _lay(
        self,
        connection: AsyncConnection,
        owner: str,
        chat: str,
        pages: Sequence[PastPage],
        looked_at: Collection[str],
        now: datetime,
    ) -> None:
        m, p = t.message.c, t.passage.c
        joined = t.message.join(t.passage, and_(p.owner == m.owner, p.id == m.passage))
        found = select(m.message, m.passage, m.birth).select_from(joined)
        rows = (await connection.execute(found.where(m.owner == owner, m.chat == chat, consented(owner, now)))).all()
        await _mark(connection, owner, [row.passage for row in rows if row.message in looked_at])
        on_them = {message for one in pages for message in _said_on(one)}
        await _give_way(connection, owner, [row.passage for row in rows if row.message in on_them])
        for one in pages:
            birth, places = _source(one, rows)
            said = await distilling.passages(connection, self._vault, owner, _titles(one, places))
            row = {"owner": owner, "id": one.id, "chat": chat, "birth": birth, "kind": one.kind, "version": one.version}
            await connection.execute(insert(page).values(**row))
            for past in one.versions:
                await _version(connection, owner, one, past, (birth, places), said)
            standing = await paging.find(connection, owner, one.id)
            if standing is not None:
                await paging.hold(connection, owner, standing, now)


async def _version(
    connection: AsyncConnection,
    owner: str,
    one: PastPage,
    past: PastVersion,
    source: tuple[int, Places],
    said: Mapping[uuid.UUID, Passage],
) -> None:
    birth, places = source
    key = {"owner": owner, "page": one.id, "version": past.version}
    row = {"at": past.at, "why": past.why, "state": past.state, "pinned": past.pinned, "absorbed": list(past.absorbed)}
    await connection.execute(insert(version).values(**key, **row))
    lines = tuple(places[line_] for line_ in past.lines if line_ in places)
    fixed = (past.version, past.state, past.pinned, past.absorbed)
    what = Standing(one.id, one.chat, birth, one.kind, *fixed, _title(past.title, places, said), lines)
    await paging.lay(connection, key, what, None)


def _title(past: PastTitle | None, places: Places, said: Mapping[uuid.UUID, Passage]) -> Title | None:
    """A title is a place in words that are there, and says what it said."""
    if past is None or past.message not in places:
        return None
    id_ = places[past.message]
    there = id_ in said and said[id_].text[past.starts : past.ends] == past.words
    return Title(id_, past.starts, past.ends) if there else None


def _source(one: PastPage, rows: Sequence[Any]) -> tuple[int, Places]:
    """Since when the chat is a source, as far as most of the page came back; and where its messages lie."""
    births = Counter(row.birth for row in rows if row.message in _said_on(one))
    birth = max(sorted(births), key=lambda each: births[each], default=0)
    return birth, {row.message: row.passage for row in rows if row.birth == birth}


def _said_on(one: PastPage) -> set[str]:
    return {message for past in one.versions for message in past.lines}


def _titles(one: PastPage, places: Places) -> list[uuid.UUID]:
    named = {past.title.message for past in one.versions if past.title is not None}
    return sorted(places[message] for message in named if message in places)


async def _mark(connection: AsyncConnection, owner: str, ids: Sequence[uuid.UUID]) -> None:
    """What had been looked at for pages is not looked at again."""
    known = set((await connection.execute(select(seen.c.passage).where(seen.c.owner == owner))).scalars())
    if rows := [{"owner": owner, "passage": id_} for id_ in dict.fromkeys(ids) if id_ not in known]:
        await connection.execute(insert(seen), rows)


async def _give_way(connection: AsyncConnection, owner: str, ids: Sequence[uuid.UUID]) -> None:
    """Pages that were gathered of these passages by themselves, and that nobody has touched."""
    touched = version.alias("touched")
    by_hand = exists().where(
        touched.c.owner == page.c.owner, touched.c.page == page.c.id, touched.c.why.not_in(("built", "grown"))
    )
    ours = select(line.c.page).where(line.c.owner == owner, line.c.passage.in_(ids))
    mine = and_(page.c.owner == owner, page.c.id.in_(ours), ~by_hand)
    await connection.execute(delete(page).where(mine))
