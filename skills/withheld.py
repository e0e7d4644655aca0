"""What an owner keeps to themselves: which passages it reaches, and the one predicate that keeps them from others."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    Row,
    Table,
    Text,
    Uuid,
    and_,
    bindparam,
    delete,
    exists,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import owners
from skills import tables as t
from skills.terms import needed
from skills.vault import Vault

kept_back = Table(
    "withheld",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("at", t.TIME),
    Column("kind", Text),
    Column("chat", Text),
    Column("message", Text),
    Column("answer", Text),
    Column("key_id", Text),
    Column("sealed", LargeBinary),
    Column("terms", ARRAY(LargeBinary)),
)
reached = Table(
    "withheld_passage",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("passage", Uuid, primary_key=True),
    Column("withheld", Text, primary_key=True),
)
ASKER = bindparam("asker", type_=Text)  # as `permission.given` names them


def shared(
    owner: ColumnElement[str], passage: ColumnElement[uuid.UUID], *, asker: ColumnElement[str] | str, direct: bool
) -> ColumnElement[bool]:
    """A passage that its owner keeps from nobody, or the owner's own question alone with the bot, in SQL."""
    open_ = kept_from_nobody(owner, passage)
    return or_(literal(asker) == owner if isinstance(asker, str) else asker == owner, open_) if direct else open_


def kept_from_nobody(owner: ColumnElement[str], passage: ColumnElement[uuid.UUID]) -> ColumnElement[bool]:
    """A passage that its owner shares with whomever a consent names, in SQL."""
    return ~exists().where(reached.c.owner == owner, reached.c.passage == passage).correlate_except(reached)


def wanted(words: str) -> list[str]:
    """The terms that all have to be in what a topic keeps back; none for words that every sentence has."""
    return needed(words)


async def reach_topic(connection: AsyncConnection, vault: Vault, owner: str, id_: str, words: str) -> int:
    """Keep back what was recorded with all of a topic's terms, under whichever key; returns how many passages."""
    terms = wanted(words)
    blinded = await vault.blind_under(await owners.keys(connection, owner), terms)
    given = {"owner": owner, "id": id_, "numbers": [n for n, _ in blinded], "terms": [term for _, term in blinded]}
    return (await connection.execute(_TOPIC, {**given, "count": len(terms)})).rowcount


async def reach_messages(connection: AsyncConnection, owner: str, ids: Sequence[str]) -> int:
    """Keep back what is recorded of single messages; returns how many passages."""
    return (await connection.execute(_MESSAGES, {"owner": owner, "ids": list(ids)})).rowcount


async def reach_answer(connection: AsyncConnection, owner: str, id_: str) -> int:
    """Keep back what one answer cites; returns how many passages."""
    return (await connection.execute(_ANSWER, {"owner": owner, "id": id_})).rowcount


async def reach_new(
    connection: AsyncConnection, vault: Vault, owner: str, key_id: str, passages: Sequence[uuid.UUID]
) -> None:
    """Keep back those of the passages recorded just now, under this key, that a topic or a message reaches."""
    await reseal(connection, vault, owner, key_id)
    given = {"owner": owner, "ids": list(passages)}
    await connection.execute(_NEW_BY_TOPIC, given)
    await connection.execute(_NEW_BY_MESSAGE, given)


async def reseal(connection: AsyncConnection, vault: Vault, owner: str, key_id: str) -> int:
    """Bring an owner's topics under their present key; what an erasure has made unreadable is dropped."""
    w = kept_back.c
    old = select(w.id, w.key_id, w.sealed).where(w.owner == owner, w.kind == "topic", w.key_id != key_id)
    rows = (await connection.execute(old)).all()
    for row in rows:
        mine = and_(w.owner == owner, w.id == row.id)
        words = await vault.unseal(row.key_id, place(owner, row.id), row.sealed)
        if words is None:
            await connection.execute(delete(kept_back).where(mine))
        else:
            values = await sealed(vault, owner, key_id, row.id, words)
            await connection.execute(update(kept_back).where(mine).values(**values))
    return len(rows)


async def sealed(vault: Vault, owner: str, key_id: str, id_: str, words: str) -> dict[str, object]:
    """A topic's words and terms as they are kept under a key. Raises KeyDestroyed."""
    box, terms = await vault.seal(key_id, place(owner, id_), words), await vault.blind(key_id, wanted(words))
    return {"key_id": key_id, "sealed": box, "terms": terms}


async def delete_under(connection: AsyncConnection, owner: str, keys: Sequence[str]) -> int:
    """Delete the topics that are sealed under these keys."""
    w = kept_back.c
    return (await connection.execute(delete(kept_back).where(w.owner == owner, w.key_id.in_(keys)))).rowcount


async def delete_old(connection: AsyncConnection, erasure: Row[Any]) -> int:
    """Delete what a finished erasure leaves nothing of: everything, or what is of the chat that was left."""
    if erasure.scope is not None or erasure.since is not None or erasure.leftover:
        return 0
    w = kept_back.c
    old = and_(w.owner == erasure.owner, w.at <= erasure.stopped_at)
    if erasure.chat is not None:
        nothing = ~exists().where(reached.c.owner == w.owner, reached.c.withheld == w.id)  # by another scope
        old = and_(old, w.kind.in_(("message", "page")), w.chat == erasure.chat, nothing)
    return (await connection.execute(delete(kept_back).where(old))).rowcount


def place(owner: str, id_: str) -> str:
    """Where a sealed topic stands."""
    return f"withheld:{owner}:{id_}"


_TOPIC = text(
    "INSERT INTO withheld_passage (owner, passage, withheld) SELECT :owner, o.passage, :id "
    "FROM unnest(cast(:numbers AS integer[]), cast(:terms AS bytea[])) AS q (n, term) "
    "JOIN posting AS o ON o.owner = :owner AND o.term = q.term "
    "GROUP BY o.passage HAVING count(DISTINCT q.n) = :count ON CONFLICT DO NOTHING"
)
_MESSAGES = text(
    "INSERT INTO withheld_passage (owner, passage, withheld) SELECT m.owner, m.passage, w.id FROM withheld AS w "
    "JOIN message AS m ON m.owner = w.owner AND m.chat = w.chat AND m.message = w.message "
    "WHERE w.owner = :owner AND w.id = ANY(cast(:ids AS text[])) ON CONFLICT DO NOTHING"
)
_ANSWER = text(
    "INSERT INTO withheld_passage (owner, passage, withheld) SELECT c.owner, c.passage, w.id FROM withheld AS w "
    "JOIN citation AS c ON c.owner = w.owner AND c.answer = w.answer "
    "WHERE w.owner = :owner AND w.id = :id ON CONFLICT DO NOTHING"
)
_NEW_BY_TOPIC = text(
    "INSERT INTO withheld_passage (owner, passage, withheld) SELECT o.owner, o.passage, w.id FROM withheld AS w "
    "JOIN posting AS o ON o.owner = w.owner AND o.passage = ANY(cast(:ids AS uuid[])) AND o.term = ANY(w.terms) "
    "WHERE w.owner = :owner AND w.kind = 'topic' GROUP BY o.owner, o.passage, w.id, w.terms "
    "HAVING count(DISTINCT o.term) = cardinality(w.terms) ON CONFLICT DO NOTHING"
)
_NEW_BY_MESSAGE = text(
    "INSERT INTO withheld_passage (owner, passage, withheld) SELECT m.owner, m.passage, w.id FROM withheld AS w "
    "JOIN message AS m ON m.owner = w.owner AND m.chat = w.chat AND m.message = w.message "
    "WHERE w.owner = :owner AND m.passage = ANY(cast(:ids AS uuid[])) ON CONFLICT DO NOTHING"
)
