"""What a model may write pages of, and what of it is kept: no model is known here, only whose yes it needs."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, any_, cast, exists, func, insert, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from skills import distilling, errands, ledger, owners, page_tables, paging, written_tables
from skills import tables as t
from skills.distilling import consented
from skills.page_tables import TITLE, line, page, version
from skills.page_words import Part, Spent, Told
from skills.parts import Parts
from skills.speaking import may_be_worded
from skills.titling import Kind
from skills.vault import Vault
from skills.withheld import reached
from skills.words import Passage

AT_ONCE = 12  # passages that a model is given for one page
PARTS: tuple[Part, ...] = (
    *("situation", "options", "choice", "reason"),
    *("when", "step", "pitfall", "fact", "owner", "answer"),
)


@dataclass(frozen=True, slots=True)
class ToWrite:
    """A page with what of it no model was given yet; the epoch and the version say whether that still holds."""

    epoch: int
    page: str
    version: int
    chat: str
    kind: Kind
    passages: Sequence[Passage]
    told: Sequence[Told]  # what stands on it already


@dataclass(frozen=True, slots=True)
class Proposed:
    """A line that was held against the passages which it cites, by their ids."""

    part: Part
    text: str
    cites: tuple[str, ...]


class Written(Parts):
    """Only with the owner's yes to this provider, of what a consent holds, and never of what is kept back."""

    async def to_write(self, owner: str, provider: str) -> ToWrite | None:
        """The next page of an owner's that has something to be written of; None: there is none, or no yes to it.

        A page that is pinned or withheld stays as it is.
        """
        async with self._database.transaction(owner=owner) as connection:
            held = await owners.lock(connection, owner)
            if held is None or held.key_id is None:
                return None
            await page_tables.sweep(connection, owner)
            now_it = and_(line.c.owner == page.c.owner, line.c.page == page.c.id, line.c.version == page.c.version)
            as_it = and_(version.c.owner == page.c.owner, version.c.page == page.c.id)
            as_it = and_(as_it, version.c.version == page.c.version)
            p = t.passage.c
            joined = page.join(line, now_it).join(version, as_it).join(t.passage, and_(p.owner == line.c.owner))
            new = select(page.c.id, p.id.label("passage")).select_from(joined)
            open_ = and_(p.id == line.c.passage, line.c.line > 0, version.c.state.in_(("new", "active")))
            new = new.where(page.c.owner == owner, open_, ~version.c.pinned, ~_was_read(), self._may(owner, provider))
            rows = (await connection.execute(new.order_by(page.c.id, line.c.line))).all()
            of_it = [row.passage for row in rows if row.id == rows[0].id][:AT_ONCE]
            there = await paging.find(connection, owner, rows[0].id) if rows else None
            if there is None:
                return None
            said = await distilling.passages(connection, self._vault, owner, of_it)
            told = await lines(connection, self._vault, owner, there.written)
            texts = [told[id_] for id_ in there.written if id_ in told]
            passages = [said[id_] for id_ in of_it if id_ in said]
            return ToWrite(held.epoch, there.page, there.version, there.chat, there.kind, passages, texts)

    async def write(
        self, owner: str, work: ToWrite, proposed: Sequence[Proposed], provider: str, tokens: tuple[int, int]
    ) -> bool:
        """Keep what a model wrote as a new version of the page, if nothing has changed since; and what it cost.

        False: it has, and nothing is kept. A line goes whose evidence may not be worded any more.
        """
        async with self._database.transaction(owner=owner) as connection:
            held = await owners.lock(connection, owner)
            if held is None or held.key_id is None:
                return False
            there = await paging.find(connection, owner, work.page)
            if held.epoch != work.epoch or there is None or there.version != work.version:
                return False
            await self._spend(connection, owner, provider, tokens)
            p, ids = t.passage.c, [uuid.UUID(passage.id) for passage in work.passages]
            mine = and_(p.owner == owner, p.id == any_(cast(ids, ARRAY(Uuid))), self._may(owner, provider))
            may = {str(id_) for id_ in (await connection.execute(select(p.id).where(mine))).scalars()}
            given = select(p.owner, p.id).where(p.owner == owner, p.id == any_(cast(ids, ARRAY(Uuid))), ~_was_read())
            await connection.execute(insert(written_tables.read).from_select(["owner", "passage"], given))
            kept = [one for one in proposed if one.cites and may.issuperset(one.cites)]
            if kept:
                new = [await self._keep(connection, owner, held.key_id, work.page, one, provider) for one in kept]
                what = replace(there, written=await self._ordered(connection, owner, (*there.written, *new)))
                await paging.write(connection, owner, what, "written", self._clock())
                note: ledger.Payload = {"page": work.page, "why": "written", "provider": provider}
                await ledger.append(connection, self._vault, owner, "page", self._clock(), note, there.chat)
            return True

    async def page_spent(self, owner: str) -> Spent | None:
        """How far a model has come with an owner's pages and what that cost; None: none has begun."""
        s, r = written_tables.spent.c, written_tables.read.c
        now_it = and_(line.c.owner == page.c.owner, line.c.page == page.c.id, line.c.version == page.c.version)
        on_pages = select(func.count(line.c.passage.distinct())).select_from(page.join(line, now_it))
        on_pages = on_pages.where(page.c.owner == owner, line.c.line > 0)
        read = on_pages.where(exists().where(r.owner == line.c.owner, r.passage == line.c.passage))
        async with self._database.transaction(owner=owner) as connection:
            row = (await connection.execute(select(written_tables.spent).where(s.owner == owner))).one_or_none()
            if row is None:
                return None
            counts = [int((await connection.execute(one)).scalar_one()) for one in (read, on_pages)]
            w = written_tables.written.c
            kept = select(func.count()).where(w.owner == owner)
            of_it = int((await connection.execute(kept)).scalar_one())
        return Spent(row.provider, of_it, counts[0], counts[1], row.tokens_in, row.tokens_out)

    async def write_on(self) -> None:
        """Enqueue the writing of pages for everybody: a job that finds no yes, or nothing new, does nothing."""
        async with self._database.transaction() as connection:
            living = select(t.owner.c.owner).where(t.owner.c.key_id.is_not(None)).order_by(t.owner.c.owner)
            for owner in (await connection.execute(living)).scalars().all():
                await errands.enqueue_writing(self._queue, connection, owner)

    def _may(self, owner: str, provider: str) -> ColumnElement[bool]:
        """Whether a passage may be worded for its owner by this provider's model, in SQL."""
        p, m = t.passage.c, t.message.c
        kept_back = exists().where(reached.c.owner == p.owner, reached.c.passage == p.id)
        titled = exists().where(m.owner == p.owner, m.passage == p.id, m.source == TITLE)
        return and_(consented(owner, self._clock()), ~kept_back, ~titled, may_be_worded(provider))

    async def _keep(
        self, connection: AsyncConnection, owner: str, key_id: str, page_: str, one: Proposed, provider: str
    ) -> uuid.UUID:
        id_ = uuid.uuid4()
        sealed = await self._vault.seal(key_id, written_tables.place(owner, id_), one.text)
        row = {"owner": owner, "id": id_, "page": page_, "part": one.part, "provider": provider, "key_id": key_id}
        await connection.execute(insert(written_tables.written).values(**row, sealed=sealed))
        cites = [{"owner": owner, "written": id_, "passage": uuid.UUID(cited)} for cited in dict.fromkeys(one.cites)]
        await connection.execute(insert(written_tables.cite), cites)
        return id_

    async def _ordered(
        self, connection: AsyncConnection, owner: str, ids: Sequence[uuid.UUID]
    ) -> tuple[uuid.UUID, ...]:
        """By parts, as a page is read; within a part in the order in which they were written."""
        w = written_tables.written.c
        rows = await connection.execute(select(w.id, w.part).where(w.owner == owner, w.id.in_(ids)))
        parts = {row.id: PARTS.index(row.part) for row in rows}
        return tuple(sorted((id_ for id_ in ids if id_ in parts), key=lambda id_: parts[id_]))

    async def _spend(self, connection: AsyncConnection, owner: str, provider: str, tokens: tuple[int, int]) -> None:
        table, s = written_tables.spent, written_tables.spent.c
        row = {"owner": owner, "provider": provider, "calls": 1, "tokens_in": tokens[0], "tokens_out": tokens[1]}
        more = {"calls": s.calls + 1, "tokens_in": s.tokens_in + tokens[0], "tokens_out": s.tokens_out + tokens[1]}
        changed = upsert(table).values(**row).on_conflict_do_update(index_elements=["owner"], set_=more)
        await connection.execute(changed)


async def lines(
    connection: AsyncConnection, vault: Vault, owner: str, ids: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, Told]:
    """A model's lines with their words and what they cite; none that was left, or whose key was destroyed."""
    w, c, p = written_tables.written.c, written_tables.cite.c, t.passage.c
    rows = (await connection.execute(select(written_tables.written).where(w.owner == owner, w.id.in_(ids)))).all()
    joined = written_tables.cite.join(t.passage, and_(p.owner == c.owner, p.id == c.passage))
    chosen = select(c.written, c.passage, p.at).select_from(joined).where(c.owner == owner, c.written.in_(ids))
    cites: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in await connection.execute(chosen.order_by(p.at, p.id)):
        cites[row.written].append(row)
    found: dict[uuid.UUID, Told] = {}
    for row in rows:
        words = await vault.unseal(row.key_id, written_tables.place(owner, row.id), row.sealed)
        if words is not None and cites[row.id]:
            cited = tuple(str(one.passage) for one in cites[row.id])
            found[row.id] = Told(str(row.id), row.part, words, row.provider, cites[row.id][-1].at, cited)
    return found


def _was_read() -> ColumnElement[bool]:
    r, p = written_tables.read.c, t.passage.c
    return exists().where(r.owner == p.owner, r.passage == p.id)
