"""Recording what owners say where they consented, and forgetting what they take back."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    column,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.types import TypeEngine

from skills import (
    by_passage,
    claims,
    forgotten,
    owners,
    page_tables,
    placed,
    rules,
    scope_words,
    twins,
    windows,
    withheld,
)
from skills import tables as t
from skills.masking import masked
from skills.owners import Owner
from skills.page_tables import TITLE
from skills.permission import sql_learns
from skills.standings import standings
from skills.terms import terms
from skills.vault import BLINDED_BYTES, Vault, message_place
from skills.words import Said

_BETWEEN = "\x1f"
LONGEST = 100_000  # characters of a message; nobody's own words are longer
LONG = 64  # terms; what says more is weighed as if it was split, and not as one that says a little of everything
MOST_OFTEN = 0xFFFF  # how often a message says one term, as far as it is counted


@dataclass(frozen=True, slots=True)
class _Kept:
    passage: uuid.UUID
    birth: int
    said: Said
    terms: Counter[str]


async def record(
    connection: AsyncConnection, vault: Vault, person: str, chat: str, saids: Sequence[Said], now: datetime
) -> int:
    """Record those of a person's own words in one chat that their consent covers; returns how many were new.

    The words of anybody else, or said elsewhere, before or after, leave no trace. Personal identifiers are masked.
    """
    owner = await owners.lock(connection, person)
    if owner is None or owner.key_id is None:
        return 0
    own = {s.message: s for s in saids if s.person == person and s.chat == chat and 0 < len(s.text.strip()) <= LONGEST}
    for gone in await claims.barred(connection, chat, list(own)):
        del own[gone]
    for gone in await forgotten.barred(connection, vault, person, chat, list(own.values())):
        del own[gone]
    own = await windows.outside(connection, person, await rules.young_enough(connection, own, now))
    kept_out = await _objectors(connection, chat, own.values())
    own = {id_: said for id_, said in own.items() if kept_out.isdisjoint(said.about)}
    bare = [replace(said, text=masked(said.text)) for said in own.values()]  # before it is sealed, or found by
    kept = await _insert_passages(connection, owner, chat, bare, now)
    await _insert_messages(connection, vault, owner.key_id, kept)
    await _insert_postings(connection, vault, person, owner.key_id, {k.passage: k.terms for k in kept})
    if kept:
        await withheld.reach_new(connection, vault, person, owner.key_id, [k.passage for k in kept])
    return len(kept)


async def forget(connection: AsyncConnection, vault: Vault, owner: str, chat: str, message: str) -> bool:
    """Erase a message for good, and the answers that cite it; False if it was never recorded.

    It goes under other ids, too, and no reading of the chat and no file brings it back.
    """
    await owners.act_for(connection, owner)
    held, others = await owners.lock(connection, owner), list[Said]()
    if held is not None:
        there = await recorded(connection, vault, owner, chat, message)
        same = await twins.recorded(connection, vault, held, chat, there)
        others = [one for found in same.values() for one in found]
        await forgotten.mark(connection, vault, held, chat, [*there, *others])
    ids = [message, *(one.message for one in others)]
    for one in ids:
        said = _passages_of(owner, chat, one)
        cited = select(t.citation.c.answer).where(t.citation.c.owner == owner, t.citation.c.passage.in_(said))
        await placed.drop(connection, and_(t.answer.c.owner == owner, t.answer.c.id.in_(cited)))
    was_there = [await supersede(connection, owner, chat, one) for one in ids]
    return was_there[0]


async def supersede(connection: AsyncConnection, owner: str, chat: str, message: str) -> bool:
    """Erase what is recorded of a message that is recorded anew; answers that cite it stay, for it was said."""
    mine = and_(t.passage.c.owner == owner, t.passage.c.id.in_(_passages_of(owner, chat, message)))
    was_there = bool((await connection.execute(delete(t.passage).where(mine).returning(t.passage.c.id))).all())
    if was_there:
        await page_tables.sweep(connection, owner)
    return was_there


async def recorded(connection: AsyncConnection, vault: Vault, owner: str, chat: str, message: str) -> list[Said]:
    """What is recorded of a message, by every consent, the latest first; "" where its key is gone."""
    m = t.message.c
    mine = select(m.at, m.source, m.key_id, m.sealed).where(m.owner == owner, m.chat == chat, m.message == message)
    rows = (await connection.execute(mine.order_by(m.birth.desc()))).all()
    words = [await vault.unseal(row.key_id, place(owner, chat, message), row.sealed) for row in rows]
    return [
        Said(owner, chat, message, row.at, said or "", None, row.source) for row, said in zip(rows, words, strict=True)
    ]


def _passages_of(owner: str, chat: str, message: str) -> Select[tuple[uuid.UUID]]:
    m = t.message.c
    return select(m.passage).where(m.owner == owner, m.chat == chat, m.message == message)


async def owners_in(connection: AsyncConnection, chat: str) -> list[str]:
    """Everybody who ever consented in a chat."""
    found = select(t.consent_event.c.owner).where(t.consent_event.c.chat == chat).distinct()
    return list((await connection.execute(found.order_by(t.consent_event.c.owner))).scalars())


async def reblind(
    connection: AsyncConnection, vault: Vault, owner: str, key_id: str, whole: Mapping[uuid.UUID, str]
) -> None:
    """Replace the postings of passages, given by id and text, by those under another key."""
    await by_passage.delete(connection, t.posting.c.passage, owner, list(whole))
    await _insert_postings(connection, vault, owner, key_id, {id_: terms(text) for id_, text in whole.items()})


async def _objectors(connection: AsyncConnection, chat: str, saids: Iterable[Said]) -> frozenset[str]:
    """Those whom these messages are about and who object in the chat."""
    about = sorted({person for said in saids for person in said.about})
    if not about:
        return frozenset()
    found = select(t.objection.c.person).where(t.objection.c.chat == chat, t.objection.c.person.in_(about))
    return frozenset((await connection.execute(found)).scalars())


def place(owner: str, chat: str, message: str) -> str:
    """Where a sealed message stands."""
    return message_place(owner, chat, message)


async def _insert_passages(
    connection: AsyncConnection, owner: Owner, chat: str, saids: Iterable[Said], now: datetime
) -> list[_Kept]:
    stems: dict[str, str] = {}
    found = {uuid.uuid4(): (said, terms(said.text, stems)) for said in saids}
    if not found:
        return []
    said = _given(found, await scope_words.of(connection, owner.owner, chat))
    where = {"of": owner.owner, "there": chat, "under": owner.key_id, "now": now}
    rows = await connection.execute(_covered(), said | where)
    return [_Kept(row.id, row.birth, *found[row.id]) for row in rows]


_SAID: Sequence[tuple[str, str, TypeEngine[Any]]] = (  # a column, what it is made of, and its kind
    ("id", "ids", Uuid()),
    ("message", "messages", Text()),
    ("thread", "threads", Text()),
    ("at", "times", DateTime(timezone=True)),
    ("length", "lengths", Integer()),
    ("says", "words", Text()),
)


@cache  # building a statement costs more than running it
def _covered() -> ReturningInsert[tuple[uuid.UUID, int]]:
    """What was said in one chat, as passages under every consent that covers it and has not got it yet."""
    given = func.unnest(*(bindparam(of, type_=ARRAY(kind)) for _, of, kind in _SAID))
    said = given.table_valued(*(column(name, kind) for name, _, kind in _SAID), name="said").render_derived()
    standing, of, chat = standings(), bindparam("of", type_=Text), bindparam("there", type_=Text)
    now = bindparam("now", type_=DateTime(timezone=True))
    m, s, g = t.message.c, said.c, standing.c
    known = exists().where(m.owner == of, m.chat == chat, m.message == s.message, m.birth == g.birth)
    worded = or_(g.words.is_(None), func.string_to_array(s.says, _BETWEEN, type_=ARRAY(Text)).overlap(g.words))
    covered = and_(g.owner == of, g.chat == chat, worded, sql_learns(standing, at=s.at, now=now))
    under = bindparam("under", type_=Text)
    chosen = select(g.owner, s.id, g.chat, s.thread, g.birth, s.at, s.length, under).distinct()
    columns = ["owner", "id", "chat", "thread", "birth", "at", "length", "key_id"]
    made = insert(t.passage).from_select(columns, chosen.where(covered, ~known))
    return made.returning(t.passage.c.id, t.passage.c.birth)


def _given(found: Mapping[uuid.UUID, tuple[Said, Counter[str]]], words: Collection[str]) -> dict[str, Any]:
    """What was said, column by column; `words`: those of the words of scopes that are in it."""
    saids = [said for said, _ in found.values()]
    return {
        "ids": list(found),
        "messages": [said.message for said in saids],
        "threads": [said.thread for said in saids],
        "times": [said.at for said in saids],
        # a title is found by its words when they are kept back, and never recalled
        "lengths": [0 if said.source == TITLE else min(counted.total(), LONG) for said, counted in found.values()],
        "words": [_BETWEEN.join(scope_words.said(words, counted)) for _, counted in found.values()],
    }


async def _insert_messages(connection: AsyncConnection, vault: Vault, key_id: str, kept: Sequence[_Kept]) -> None:
    if not kept:
        return
    saids = [k.said for k in kept]
    sealed = await vault.seal_many(key_id, [(place(s.person, s.chat, s.message), s.text) for s in saids])
    rows = [
        {"owner": s.person, "chat": s.chat, "message": s.message, "birth": k.birth, "passage": k.passage, "n": 0}
        | {"at": s.at, "source": s.source, "key_id": key_id, "sealed": words}
        for k, s, words in zip(kept, saids, sealed, strict=True)
    ]
    await connection.execute(insert(t.message), rows)


_POSTINGS = text(  # a passage that is being deleted meanwhile is waited for, and gets none
    "WITH known AS MATERIALIZED (SELECT p.id, p.at, p.length, hashtextextended(p.chat, p.birth) AS hold, given.packed "
    "FROM unnest(cast(:passages AS uuid[]), cast(:packed AS bytea[])) AS given (passage, packed) "
    "JOIN passage AS p ON p.owner = :owner AND p.id = given.passage FOR KEY SHARE OF p) "
    "INSERT INTO posting (owner, term, passage, tf, at, length, hold) "
    "SELECT :owner, substring(packed FROM place + 3 FOR :wide - 2) AS term, id, "
    "get_byte(packed, place) * 256 + get_byte(packed, place + 1), at, length, hold "
    "FROM known, generate_series(0, octet_length(packed) - 1, :wide) AS place ORDER BY term, hold, at"
).bindparams(bindparam("wide", BLINDED_BYTES + 2, literal_execute=True, type_=Integer))


async def _insert_postings(
    connection: AsyncConnection, vault: Vault, owner: str, key_id: str, found: dict[uuid.UUID, Counter[str]]
) -> None:
    """What a passage says goes there in one piece, each term after how often it occurs: arrays of terms cost more."""
    said = {passage: counted for passage, counted in found.items() if counted}
    if not said:
        return
    blinded = iter(await vault.blind(key_id, [term for counted in said.values() for term in counted]))
    packed = [
        b"".join(min(tf, MOST_OFTEN).to_bytes(2, "big") + next(blinded) for tf in counted.values())
        for counted in said.values()
    ]
    await connection.execute(_POSTINGS, {"owner": owner, "passages": list(said), "packed": packed})
