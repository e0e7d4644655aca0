"""What an owner said on a question: two searches over what may be read and nothing else, made one, and weighed."""

import re
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Row,
    Select,
    and_,
    any_,
    bindparam,
    exists,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from skills import evidence, lexical, messages, nearest, owners
from skills import tables as t
from skills.fusing import Fused, beside, fuse
from skills.nearest import Asked, Nearest
from skills.permission import OWNER, covering, given, opened, picked, sql_covers
from skills.pieces import LONG, piece, wanted_in
from skills.terms import asked
from skills.vault import Vault
from skills.withheld import ASKER, shared
from skills.words import IN_PASSING, Grant, Mode, Passage, Recalled, Venue

MOST_ASKED = 160  # terms
CANDIDATES = 100  # of each search
LOOKED_BESIDE = 60  # of those, the best ones whose neighbours are looked for
_MARKS = r"[\s.,;:'\"()\[\]{}!…·。、“”‘’【】《》「」『』—–_`~]+(?!=)"
_TRIFLES = re.compile(rf"(?<![a-z0-9]){_MARKS}|{_MARKS}(?![a-z0-9])")
_BETWEEN = re.compile(rf"(?<=[a-z0-9]){_MARKS}(?=[a-z0-9])")
BESIDE = timedelta(minutes=5)  # between two messages that belong together


@dataclass(frozen=True, slots=True)
class Words:
    passage: Passage  # with its text, whatever the level
    outline: bool
    kept: bool  # on purpose, by a note or a reply, and not only said


async def recall(
    connection: AsyncConnection,
    vault: Vault,
    grant: Grant,
    question: str,
    meant: Asked | None,
    limit: int,
    now: datetime,
) -> Recalled:
    """The best passages for a question, best first, and how sure it is that they answer it."""
    keys, wanted, many = (
        await owners.keys(connection, grant.owner),
        asked(question)[:MOST_ASKED],
        max(CANDIDATES, limit),
    )
    said = await lexical.search(connection, vault, grant, keys, wanted, many, now)
    near = Nearest()
    if meant is not None:
        near = await nearest.search(connection, vault, grant, keys, meant, many, now)
    fused = fuse(said, near)
    if near.found:
        top, rest = fused[:LOOKED_BESIDE], fused[LOOKED_BESIDE:]
        fused = beside(top, await _beside(connection, grant, top, now)) + rest
    words = await _read(connection, vault, grant, fused, limit, now)
    kept_on_purpose = bool(words) and words[0].kept
    first, usual = piece(words[0].passage.text, wanted) if words else "", meant.usual if meant else 0.0
    seen = evidence.weigh(question, _by_pieces(fused, words, wanted), first, kept=kept_on_purpose, usual=usual)
    kept = _once(words)[:limit]
    return Recalled([replace(w.passage, text="") if w.outline else w.passage for w in kept], seen)


async def latest(
    connection: AsyncConnection, vault: Vault, owner: str, chat: str | None, limit: int, now: datetime
) -> list[Passage]:
    """An owner's own latest passages, newest first."""
    readable = covering(owner, asker=owner, venue=Venue("", True), now=now, epoch=None).cte("covering")
    top = readable_once(readable).where(t.passage.c.owner == owner, t.passage.c.length > 0)
    if chat is not None:
        top = top.where(t.passage.c.chat == chat)
    top = top.order_by(t.passage.c.at.desc(), t.passage.c.id).limit(limit)
    found = await unsealed(vault, (await connection.execute(with_words(owner, top))).all())
    return [replace(w.passage, text="") if w.outline else w.passage for w in found]


async def _read(
    connection: AsyncConnection, vault: Vault, grant: Grant, fused: Sequence[Fused], limit: int, now: datetime
) -> list[Words]:
    """As many of what was found as give so many different ones: what was said over and over takes nobody's place."""
    words: list[Words] = []
    at_once = limit + limit // 2
    for start in range(0, len(fused), at_once):
        more = await _said(connection, vault, grant, fused[start : start + at_once], now)
        words += more
        if not more or len(_once(words)) >= limit:
            break
    return words


async def _said(
    connection: AsyncConnection, vault: Vault, grant: Grant, fused: Sequence[Fused], now: datetime
) -> list[Words]:
    """The words of what was found, decided once more where they are read, in the order given."""
    if not fused:
        return []
    scores = {one.id: one.score for one in fused}
    rows = await connection.execute(_top(grant.venue.direct, grant.mode), given(grant, now) | {"ids": list(scores)})
    found = await unsealed(vault, rows.all())
    order = {str(one.id): n for n, one in enumerate(fused)}
    scored = [replace(w, passage=replace(w.passage, score=scores[uuid.UUID(w.passage.id)])) for w in found]
    return sorted(scored, key=lambda w: order[w.passage.id])


@cache  # building a statement costs more than running it
def _top(direct: bool, mode: Mode) -> Select[Any]:
    readable, p, owner = opened(direct, mode).cte("covering"), t.passage.c, OWNER
    ids = picked(owner, p.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    top = readable_once(readable, ids).where(shared(ids.c.owner, ids.c.id, asker=ASKER, direct=direct))
    return with_words(owner, top)


async def _beside(
    connection: AsyncConnection, grant: Grant, fused: Sequence[Fused], now: datetime
) -> Sequence[tuple[uuid.UUID, uuid.UUID]]:
    """Which of these passages stand right next to each other in one chat and thread."""
    if len(fused) < 2:
        return ()
    asks = given(grant, now) | {"ids": [one.id for one in fused]}
    rows = await connection.execute(_pairs(grant.venue.direct, grant.mode), asks)
    return [(row.id, row.before) for row in rows]


@cache  # building a statement costs more than running it
def _pairs(direct: bool, mode: Mode) -> Select[Any]:
    """Each passage with the one before it, among those alone that may be read: what may not stands between none."""
    readable, owner = opened(direct, mode).cte("covering"), OWNER
    p, before = t.passage.c, t.passage.alias("before")
    b, these = before.c, picked(owner, p.id == any_(bindparam("ids", type_=ARRAY(Uuid))), "these")
    same = and_(b.owner == owner, b.chat == these.c.chat, b.birth == these.c.birth)
    thread = b.thread.is_not_distinct_from(these.c.thread)
    earlier = and_(same, thread, b.at < these.c.at, b.at >= these.c.at - BESIDE, b.length > 0)
    open_ = and_(exists().where(sql_covers(readable, before)), shared(b.owner, b.id, asker=ASKER, direct=direct))
    last = select(b.id).where(earlier, open_).order_by(b.at.desc(), b.id).limit(1).lateral("last")
    return select(these.c.id, last.c.id.label("before")).select_from(these.join(last, literal(True)))


def _by_pieces(fused: Sequence[Fused], words: Sequence[Words], wanted: Sequence[str]) -> Sequence[Fused]:
    """A long message says of the question what its best part says: all of it together says a little of everything."""
    shares: dict[uuid.UUID, float] = {}
    for one in words:
        if len(text := one.passage.text) > LONG:
            whole = wanted_in(text, wanted)
            shares[uuid.UUID(one.passage.id)] = len(wanted_in(piece(text, wanted), whole)) / max(len(whole), 1)
    return [replace(f, covered=f.covered * shares.get(f.id, 1.0)) for f in fused] if shares else fused


def _once(words: Sequence[Words]) -> list[Words]:
    """Of passages that say the same, the latest, where the first of them stood."""
    kept: dict[str, Words] = {}
    for one in words:
        same = _plainly(one.passage.text)
        before = kept.get(same)
        kept[same] = one if before is None or one.passage.at > before.passage.at else before
    return list(kept.values())


def _plainly(text: str) -> str:
    """Without what never makes a difference: 1.5 is not 15, C++ not C#, a question no answer, and ❌ no ✅."""
    return _TRIFLES.sub("", _BETWEEN.sub(" ", unicodedata.normalize("NFKC", text).lower()))


def readable_once(readable: CTE, of: FromClause = t.passage) -> Select[Any]:
    """Each passage that a consent covers, once, with the widest that any gives: the least by the alphabet."""
    p, widest = of.c, (func.min(readable.c[name]).label(name) for name in ("level", "speech"))
    top = select(p.id, p.at, *widest, literal(0.0).label("score"))
    return top.select_from(of.join(readable, sql_covers(readable, of))).group_by(p.id, p.at)


def with_words(owner: ColumnElement[str] | str, top: Select[Any]) -> Select[Any]:
    best, p, m = top.cte("best"), t.passage.c, t.message.c
    return (
        select(p.id, p.owner, p.chat, p.thread, p.at, best.c.level, best.c.speech, best.c.score)
        .add_columns(m.message, m.key_id.label("message_key"), m.sealed, m.source)
        .select_from(best)
        .join(t.passage, and_(p.owner == owner, p.id == best.c.id))
        .join(t.message, and_(m.owner == owner, m.passage == best.c.id))
        .order_by(best.c.score.desc(), best.c.at.desc(), best.c.id, m.n)
    )


async def unsealed(vault: Vault, rows: Sequence[Row[Any]]) -> list[Words]:
    """Passages in the order of their rows; one whose key was destroyed meanwhile is gone."""
    words: dict[Any, list[str | None]] = {}
    first: dict[Any, Row[Any]] = {}
    for row in rows:
        first.setdefault(row.id, row)
        said = await vault.unseal(row.message_key, messages.place(row.owner, row.chat, row.message), row.sealed)
        words.setdefault(row.id, []).append(said)
    return [_passage(first[id_], said) for id_, said in words.items() if None not in said]


def _passage(row: Row[Any], said: Sequence[str | None]) -> Words:
    whole = "\n".join(part for part in said if part)
    where = (row.owner, row.chat, row.message, row.thread)
    passage = Passage(str(row.id), *where, row.at, whole, row.score, row.source, row.speech)
    return Words(passage, row.level == "outline", row.source not in IN_PASSING)
