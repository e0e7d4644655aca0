"""From passages to pages, in the background: batch by batch, and only what no batch has looked at yet."""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Uuid, and_, any_, cast, exists, func, insert, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import errands, messages, owners, page_tables, paging, vectors
from skills import tables as t
from skills.gathering import MOST, TELLING, Piece, gather, shown
from skills.page_tables import line, page, seen, version
from skills.parts import Parts
from skills.permission import doomed, sql_live, sql_within
from skills.standings import standings
from skills.titling import kind_of, title_of
from skills.vault import Vault
from skills.withheld import reached
from skills.words import Language, Passage, Tell

BATCH = 400  # passages looked at in one transaction
POOL = 400  # earlier ones that came to no page, and may with new ones
WAITING = 8  # passages, before which it is not worth looking
MOST_PAGES = 200  # of one owner
LISTED = 20_000  # passages that are found to be new at once
PURPOSE = ("note", "kept", "interview")
_LOOKED_AT = exists().where(seen.c.owner == t.passage.c.owner, seen.c.passage == t.passage.c.id)
_Source = tuple[str, int]  # the chat, and the consent under which it was said there


@dataclass(frozen=True, slots=True)
class _Work:
    """What one batch looks at; the epoch says whether it may still be written."""

    epoch: int
    chat: str
    birth: int
    batch: Sequence[uuid.UUID]
    earlier: Sequence[uuid.UUID]
    pieces: Sequence[Piece]
    vectors: Mapping[uuid.UUID, Sequence[float]]


class Distilling(Parts):
    """No model, and nothing worded anew: pages are the owner's passages in an order, under a few words of theirs."""

    async def distil(self, owner: str) -> int:
        """Look at what is new of an owner's, if it is enough; returns how many pages came of it. Safe to break off.

        Nothing is read or written but what a consent holds at that moment, and nothing that is kept back.
        """
        made = 0
        while len(new := await self._not_looked_at(owner)) >= WAITING:
            earlier: dict[_Source, Sequence[uuid.UUID]] = {}  # what may go with the next batch of the same source
            for source, batch in _batches(new):
                work = await self._to_distil(owner, source, batch, earlier.get(source))
                if work is not None:
                    made += await self._distilled(owner, work)
                    earlier[source] = [*work.earlier, *work.batch]
        async with self._database.transaction(owner=owner) as connection:
            await errands.enqueue_writing(self._queue, connection, owner)
        return made

    async def _distilled(self, owner: str, work: _Work) -> int:
        """Write what a batch comes to, unless anything has changed since it was read."""
        gathered = await asyncio.to_thread(gather, work.pieces, work.vectors)
        async with self._database.transaction(owner=owner) as connection:
            held = await owners.lock(connection, owner)
            if held is None or held.epoch != work.epoch or not await self._looked_at(connection, owner, work):
                return 0
            return await self._write(connection, owner, work, gathered.grown, gathered.fresh)

    async def _not_looked_at(self, owner: str) -> Sequence[tuple[uuid.UUID, _Source]]:
        """The oldest passages that were not looked at, with their sources; all at once, so that each is found once."""
        p = t.passage.c
        async with self._database.transaction(owner=owner) as connection:
            await page_tables.sweep(connection, owner)
            new = _open(owner, self._clock()).where(~_LOOKED_AT, p.length > 0).order_by(p.at, p.id).limit(LISTED)
            return [(row.id, (row.chat, row.birth)) for row in await connection.execute(new)]

    async def _to_distil(
        self, owner: str, source: _Source, batch: Sequence[uuid.UUID], earlier: Sequence[uuid.UUID] | None
    ) -> _Work | None:
        """What is still open of a batch, with what it may go with: of these earlier ones, or of all; None: nothing."""
        async with self._database.transaction(owner=owner) as connection:
            held = await owners.lock(connection, owner)
            if held is None or held.key_id is None:
                return None
            now, p = self._clock(), t.passage.c
            still = _open(owner, now).where(p.id == _among(batch), ~_LOOKED_AT)
            batch = [row.id for row in await connection.execute(still.order_by(p.at, p.id))]
            if not batch:
                return None
            loose = _open(owner, now).where(_LOOKED_AT, p.length >= TELLING, ~paging.on_some_page(p.owner, p.id))
            of_source = and_(p.chat == source[0], p.birth == source[1])
            pool = loose.where(of_source if earlier is None else p.id == _among(earlier))
            pool = pool.order_by(p.at.desc(), p.id).limit(POOL)
            before = [row.id for row in await connection.execute(pool)]
            standing = await _standing(connection, owner, *source)
            pieces = await read(connection, self._vault, owner, [*batch, *before, *standing])
            placed = [replace(piece, page=standing.get(piece.id)) for piece in pieces.values()]
            meant = await self._vectors(connection, owner, held.key_id, list(pieces))
            return _Work(held.epoch, *source, batch, before, placed, meant)

    async def _vectors(
        self, connection: AsyncConnection, owner: str, key_id: str, ids: Sequence[uuid.UUID]
    ) -> Mapping[uuid.UUID, Sequence[float]]:
        """As they lie there: what is turned by one key is as near to one another as before."""
        if self._meaning is None:
            return {}
        m = t.meaning.c
        mine = and_(m.owner == owner, m.model == self._meaning.model, m.key_id == key_id)
        rows = (await connection.execute(select(m.passage, m.vector).where(mine, m.passage == _among(ids)))).all()
        return dict(zip((row.passage for row in rows), vectors.read(rows), strict=True)) if rows else {}

    async def _looked_at(self, connection: AsyncConnection, owner: str, work: _Work) -> bool:
        """Mark the batch; False: somebody else has, since."""
        p = t.passage.c
        again = select(func.count()).where(seen.c.owner == owner, seen.c.passage == _among(work.batch))
        if (await connection.execute(again)).scalar_one():
            return False
        there = select(p.owner, p.id).where(p.owner == owner, p.id == _among(work.batch))
        await connection.execute(insert(seen).from_select(["owner", "passage"], there))
        return True

    async def _write(
        self,
        connection: AsyncConnection,
        owner: str,
        work: _Work,
        grown: Mapping[str, Sequence[Piece]],
        fresh: Sequence[Sequence[Piece]],
    ) -> int:
        now, pieces = self._clock(), {piece.id: piece for piece in work.pieces}
        held = t.passage.c.id.in_(_open(owner, now).with_only_columns(t.passage.c.id))
        for id_, new in grown.items():
            there = await paging.find(connection, owner, id_)
            if there is not None:
                all_ = shown([*(pieces[one] for one in there.lines if one in pieces), *new])
                lines = tuple(piece.id for piece in all_[: max(MOST, len(there.lines))])
                await paging.write(connection, owner, replace(there, lines=lines), "grown", now, held)
        counted = select(func.count()).select_from(page).where(page.c.owner == owner)
        room = MOST_PAGES - int((await connection.execute(counted)).scalar_one())
        for some in fresh[: max(room, 0)]:
            title, kind = title_of(some, work.pieces), kind_of(some)
            ids = [piece.id for piece in some]
            there = await paging.create(connection, owner, work.chat, work.birth, kind, title, ids)
            await paging.write(connection, owner, there, "built", now, held)
        if made := len(fresh[: max(room, 0)]):
            await page_tables.sweep(connection, owner)  # what the consents do not hold any more is no page
            await errands.enqueue_once(self._queue, connection, await _told(connection, owner))
        return made


def _batches(
    new: Sequence[tuple[uuid.UUID, _Source]],
) -> Iterator[tuple[_Source, Sequence[uuid.UUID]]]:
    """The oldest of one source, as many as are looked at in one go, again and again until too few are left."""
    left = list(new)
    while len(left) >= WAITING:
        source = left[0][1]
        batch = [id_ for id_, of in left if of == source][:BATCH]
        yield source, batch
        taken = set(batch)
        left = [one for one in left if one[0] not in taken]


async def read(
    connection: AsyncConnection, vault: Vault, owner: str, ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, Piece]:
    """Passages of an owner's as they are gathered."""
    found = await passages(connection, vault, owner, ids)
    return {id_: Piece(id_, p.at, p.text, p.thread, None, p.source in PURPOSE) for id_, p in found.items()}


async def passages(
    connection: AsyncConnection, vault: Vault, owner: str, ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, Passage]:
    """Passages of an owner's with their words, in no order; none that was left, or whose key was destroyed."""
    p, m = t.passage.c, t.message.c
    joined = t.passage.join(t.message, and_(m.owner == p.owner, m.passage == p.id))
    found = select(p.id, p.thread, p.at, m.chat, m.message, m.source, m.key_id, m.sealed).select_from(joined)
    rows = (
        await connection.execute(found.where(p.owner == owner, p.id == _among(ids), ~doomed(owner)).order_by(p.id, m.n))
    ).all()
    by_key: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_key[row.key_id].append(row)
    read_: dict[uuid.UUID, Passage] = {}
    for key_id, some in by_key.items():
        places = [(messages.place(owner, row.chat, row.message), row.sealed) for row in some]
        for row, words in zip(some, await vault.unseal_many(key_id, places), strict=True):
            if words is not None:
                where = (str(row.id), owner, row.chat, row.message, row.thread)
                read_[row.id] = Passage(*where, row.at, words, 0.0, row.source)
    return read_


def _open(owner: str, now: datetime) -> Select[Any]:
    """Passages that a consent holds now and that are not kept back."""
    p = t.passage.c
    kept_back = exists().where(reached.c.owner == p.owner, reached.c.passage == p.id)
    return select(p.id, p.chat, p.birth, p.at).where(p.owner == owner, consented(owner, now), ~kept_back)


def consented(owner: str, now: datetime) -> ColumnElement[bool]:
    """Whether a consent holds a passage now, for the passage table, in SQL."""
    standing = standings()
    return exists().where(standing.c.owner == owner, sql_live(standing, now), sql_within(standing))


async def _standing(connection: AsyncConnection, owner: str, chat: str, birth: int) -> dict[uuid.UUID, str]:
    """Which passages stand on which page of a source that may grow by itself."""
    of_it = and_(line.c.owner == page.c.owner, line.c.page == page.c.id, line.c.version == page.c.version)
    as_it = and_(version.c.owner == page.c.owner, version.c.page == page.c.id, version.c.version == page.c.version)
    found = select(line.c.passage, page.c.id).select_from(page.join(line, of_it).join(version, as_it))
    growing = and_(version.c.state.in_(("new", "active")), ~version.c.pinned, line.c.line > 0)
    mine = and_(page.c.owner == owner, page.c.chat == chat, page.c.birth == birth)
    rows = await connection.execute(found.where(mine, growing).order_by(page.c.id))
    return {row.passage: row.id for row in rows}


async def _told(connection: AsyncConnection, owner: str) -> Tell:
    """The one card about new pages, to their owner alone, in their language, or that of their last consent."""
    e = t.consent_event.c
    last = select(e.language).where(e.owner == owner).order_by(e.seq.desc()).limit(1)
    language = (await connection.execute(last)).scalar_one_or_none()
    spoken: Language = await owners.language(connection, owner) or ("en" if language == "en" else "zh")
    return Tell("pages_new", owner.partition(":")[0], person=owner, slot=f"pages:{owner}", language=spoken)


def _among(ids: Sequence[uuid.UUID]) -> ColumnElement[Any]:
    return any_(cast(list(ids), ARRAY(Uuid)))
