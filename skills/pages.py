"""Pages in their owner's hands: shown to them alone, and changed by nobody else, each change a version."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import claims, distilling, errands, ledger, messages, owners, page_tables, paging
from skills import tables as t
from skills.distilling import Distilling
from skills.errands import Errand
from skills.gathering import shown
from skills.page_tables import page, version
from skills.page_words import Listed, Page, Turn, Version, Why
from skills.paging import Standing
from skills.titling import Title, beginning
from skills.withheld import reached
from skills.words import Claim, Passage, Said
from skills.written import lines as written_lines

LONGEST = 60  # characters of a title that an owner gives


@dataclass(frozen=True, slots=True)
class Change:
    """What an owner does to a page. `other` is the page merged into it, `number` a line or a version.

    `seen` is the version that they looked at, where what they mean depends on it; 0: any.
    """

    why: Turn
    other: str = ""
    number: int = 0
    seen: int = 0
    line: str = ""  # of a model's, that is taken off


class Pages(Distilling):
    """Every line is read from its passage when it is shown; what was erased is in no version any more."""

    async def pages(self, owner: str) -> Sequence[Listed]:
        """An owner's pages that have lines: pinned ones first, then new ones, then the newest."""
        mine = select(page.c.id).where(page.c.owner == owner).order_by(page.c.id)
        async with self._database.transaction(owner=owner) as connection:
            ids = (await connection.execute(mine)).scalars().all()
            found = [one for id_ in ids if (one := await paging.find(connection, owner, id_)) and one.lines]
            found = [one for one in found if one.state != "merged"]
            said = await self._said(connection, owner, found)
        listed = [_listed(one, said) for one in found if any(id_ in said for id_ in one.lines)]
        return sorted(listed, key=lambda p: (not p.pinned, p.state != "new", -p.newest.timestamp(), p.id))

    async def page(self, owner: str, id_: str) -> Page | None:
        """One page of an owner's as it stands; None: there is none of that name."""
        r = reached.c
        async with self._database.transaction(owner=owner) as connection:
            there = await paging.find(connection, owner, id_)
            if there is None:
                return None
            said = await self._said(connection, owner, [there])
            of_it = select(r.passage).where(r.owner == owner, r.passage.in_(there.lines))
            kept_back = frozenset(map(str, (await connection.execute(of_it)).scalars()))
            written = await written_lines(connection, self._vault, owner, there.written)
        lines = [said[one] for one in there.lines if one in said]
        told = [written[one] for one in there.written if one in written]
        return Page(_listed(there, said), lines, kept_back, there.version, told) if lines else None

    async def page_history(self, owner: str, id_: str) -> Sequence[Version]:
        """What a page was and what each change did to it, the latest first."""
        v = version.c
        numbers = select(v.version, v.at, v.why).where(v.owner == owner, v.page == id_).order_by(v.version)
        async with self._database.transaction(owner=owner) as connection:
            rows = (await connection.execute(numbers)).all()
            each = [await paging.find(connection, owner, id_, row.version) for row in rows]
            stood = [one for one in each if one is not None]
            said = await self._said(connection, owner, stood)
            ids = [id_ for one in stood for id_ in one.written]
            written = await written_lines(connection, self._vault, owner, list(dict.fromkeys(ids)))
        told: list[Version] = []
        before: Sequence[uuid.UUID] = ()
        stood_written: Sequence[uuid.UUID] = ()
        for row, one in zip(rows, stood, strict=True):
            added = [said[line] for line in one.lines if line in said and line not in before]
            removed = [said[line] for line in before if line in said and line not in one.lines]
            wrote = [written[id_] for id_ in one.written if id_ in written and id_ not in stood_written]
            unwrote = [written[id_] for id_ in stood_written if id_ in written and id_ not in one.written]
            of_it = (row.version, row.at, row.why, one.state, _title(one, said), len(one.lines))
            told.append(Version(*of_it, added, removed, wrote, unwrote))
            before, stood_written = one.lines, one.written
        return told[::-1]

    async def change_page(self, claim: Claim, owner: str, id_: str, change: Change, *then: Errand) -> bool | None:
        """Do this to a page of an owner's own, as a new version; None: claimed before.

        False, and nothing changed: there is no such page, it is not what it was, or this cannot be done to it.
        """
        async with self._database.transaction(owner=owner) as connection:
            there = await self._held_page(connection, claim, owner, id_)
            if there is None or isinstance(there, bool):
                return there
            if change.seen not in (0, there.version) or not await self._changed(connection, owner, there, change):
                return False
            await self._page_changed(connection, owner, there, change.why, *then)
            return True

    async def title_page(self, claim: Claim, said: Said, id_: str, *then: Errand) -> bool | None:
        """Give a page a title of its owner's own, which is recorded like anything else they say; None: claimed before.

        False, and nothing changed: no such page, no consent there, or it names somebody who objects.
        """
        owner, now, m = said.person, self._clock(), t.message.c
        async with self._database.transaction(owner=owner) as connection:
            there = await self._held_page(connection, claim, owner, id_)
            if there is None or isinstance(there, bool):
                return there
            words = " ".join(said.text.split())[:LONGEST]
            if there.state not in ("new", "active") or not words:
                return False
            told = replace(said, chat=there.chat, message=f"title:{said.message}", text=words, source="title", at=now)
            await messages.record(connection, self._vault, owner, there.chat, [told], now)
            mine = and_(m.owner == owner, m.chat == there.chat, m.message == told.message, m.birth == there.birth)
            given = (await connection.execute(select(m.passage).where(mine))).scalar_one_or_none()
            if given is None:
                return False
            await paging.write(connection, owner, replace(there, title=Title(given, 0, None)), "titled", now)
            await self._page_changed(connection, owner, there, "titled", *then)
            return True

    async def page_chat(self, owner: str, id_: str) -> str | None:
        """The chat that all lines of a page are from."""
        async with self._database.transaction(owner=owner) as connection:
            found = select(page.c.chat).where(page.c.owner == owner, page.c.id == id_)
            return (await connection.execute(found)).scalar_one_or_none()

    async def _changed(self, connection: AsyncConnection, owner: str, there: Standing, change: Change) -> bool:
        now, state, why = self._clock(), there.state, change.why
        if why == "back":
            return await paging.go_back(connection, owner, there.page, change.number, now)
        if why == "merged":
            return await self._merge(connection, owner, there, change.other)
        new = _after(there, change)
        if new is None or new == there or state == "merged":
            return False
        await paging.write(connection, owner, new, why, now)
        return True

    async def _merge(self, connection: AsyncConnection, owner: str, there: Standing, other_id: str) -> bool:
        """The other's lines stand on this page from now on, and the other is put away; both of one source."""
        other, now = await paging.find(connection, owner, other_id), self._clock()
        if other is None or other.page == there.page or (other.chat, other.birth) != (there.chat, there.birth):
            return False
        if not {there.state, other.state} <= {"new", "active"}:
            return False
        pieces = await distilling.read(connection, self._vault, owner, [*there.lines, *other.lines])
        lines = tuple(piece.id for piece in shown(pieces.values()))
        both = replace(there, lines=lines, absorbed=(*there.absorbed, other.page))
        both = replace(both, written=(*there.written, *other.written))
        await paging.write(connection, owner, replace(other, state="merged"), "into", now)
        await paging.write(connection, owner, both, "merged", now)
        return True

    async def _held_page(
        self, connection: AsyncConnection, claim: Claim, owner: str, id_: str
    ) -> Standing | bool | None:
        """The page under its owner's lock; False: there is none. None: claimed before."""
        if not await claims.take(connection, claim, self._clock()):
            return None
        held = await owners.lock(connection, owner)
        return (await paging.find(connection, owner, id_) if held and held.key_id else None) or False

    async def _page_changed(
        self, connection: AsyncConnection, owner: str, there: Standing, why: Why, *then: Errand
    ) -> None:
        """Grants so far are stale: what is on its way may show the page as it was."""
        await page_tables.sweep(connection, owner)
        await owners.raise_epoch(connection, owner)
        note: ledger.Payload = {"page": there.page, "why": why}
        await ledger.append(connection, self._vault, owner, "page", self._clock(), note, there.chat)
        await errands.enqueue(self._queue, connection, *then)

    async def _said(
        self, connection: AsyncConnection, owner: str, stood: Sequence[Standing]
    ) -> Mapping[uuid.UUID, Passage]:
        """Every passage of these with its words."""
        ids = {id_ for one in stood for id_ in (*one.lines, *([one.title.passage] if one.title else []))}
        return await distilling.passages(connection, self._vault, owner, sorted(ids))


def _after(there: Standing, change: Change) -> Standing | None:
    """The page after a change by its owner; None: it cannot be done."""
    match change.why:
        case "used":
            return replace(there, state="active") if there.state == "new" else None
        case "withheld":
            return replace(there, state="withheld")
        case "shared":
            return replace(there, state="active") if there.state == "withheld" else None
        case "pinned" | "unpinned":
            return replace(there, pinned=change.why == "pinned")
        case "dropped" if change.line:
            return replace(there, written=tuple(one for one in there.written if str(one) != change.line))
        case "dropped" if 0 < change.number <= len(there.lines):
            gone = there.lines[change.number - 1]
            lines = tuple(one for one in there.lines if one != gone)
            # a title out of the words that were taken off would show them still
            return replace(
                there, lines=lines, title=None if there.title and there.title.passage == gone else there.title
            )
        case _:
            return None


def _listed(one: Standing, said: Mapping[uuid.UUID, Passage]) -> Listed:
    there = [said[id_] for id_ in one.lines if id_ in said]
    newest = max((passage.at for passage in there), default=datetime.min.replace(tzinfo=UTC))
    return Listed(one.page, one.chat, one.kind, one.state, one.pinned, _title(one, said), len(there), newest)


def _title(one: Standing, said: Mapping[uuid.UUID, Passage]) -> str:
    if one.title and one.title.passage in said:
        return said[one.title.passage].text[one.title.starts : one.title.ends]
    return next((beginning(said[id_].text) for id_ in one.lines if id_ in said), "")
