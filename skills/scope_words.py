"""The words that scopes are limited to, blinded under each owner's key, and which passages say one of them."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    LargeBinary,
    Select,
    Table,
    Text,
    and_,
    any_,
    delete,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import tables as t
from skills.terms import needed
from skills.vault import Vault

scope_word = Table(
    "scope_word",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("word", Text, primary_key=True),
    Column("key_id", Text, primary_key=True),
    Column("terms", ARRAY(LargeBinary)),
)


def parts(word: str) -> list[str]:
    """The terms that all have to be in what says a word; none: nothing says it."""
    return needed(word)


def said(words: Iterable[str], terms: Collection[str]) -> frozenset[str]:
    """Those of the words that a message with these terms says."""
    return frozenset(word for word in words if (wanted := parts(word)) and all(term in terms for term in wanted))


def sql_says(box: FromClause, passage: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a passage is among those that a consent is limited to by words, if it is. The box has `seq`, `words`."""
    return or_(box.c.words.is_(None), tuple_(box.c.seq, passage).in_(_said(box)))


async def of(connection: AsyncConnection, owner: str, chat: str) -> frozenset[str]:
    """The words that an owner's consents for a chat were ever limited to."""
    e = t.consent_event.c
    found = select(func.unnest(e.words)).where(e.owner == owner, e.chat == chat, e.words.is_not(None)).distinct()
    return frozenset((await connection.execute(found)).scalars())


async def blind(connection: AsyncConnection, vault: Vault, owner: str, key_id: str, words: Iterable[str]) -> None:
    """Make words findable among what is sealed under a key. Raises KeyDestroyed."""
    for word in sorted(set(words)):
        row = {"owner": owner, "word": word, "key_id": key_id, "terms": await vault.blind(key_id, parts(word))}
        await connection.execute(upsert(scope_word).values(**row).on_conflict_do_nothing())


async def delete_under(connection: AsyncConnection, owner: str, keys: Collection[str]) -> int:
    """Delete what is blinded under these keys."""
    gone = delete(scope_word).where(scope_word.c.owner == owner, scope_word.c.key_id.in_(keys))
    return (await connection.execute(gone)).rowcount


def _said(box: FromClause) -> Select[Any]:
    """Every passage with all terms of a word, beside the consent that is limited to it."""
    b, w, worded = box.c, scope_word.c, t.posting.alias("worded")
    o = worded.c
    of_word = and_(w.owner == b.owner, w.word == any_(b.words))
    terms = and_(o.owner == b.owner, o.term == any_(w.terms))
    found = select(b.seq, o.passage).select_from(box.join(scope_word, of_word).join(worded, terms))
    grouped = found.group_by(b.seq, w.word, w.key_id, w.terms, o.passage)
    return grouped.having(func.count(o.term.distinct()) == func.cardinality(w.terms)).correlate(None)
