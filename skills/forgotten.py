"""What its owner has forgotten stays so: marks that tell nothing without their key, held against what comes again."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import Column, CompoundSelect, LargeBinary, Select, Table, Text, and_, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import owners
from skills import tables as t
from skills.masking import masked
from skills.owners import Owner
from skills.rows import UNNAMED
from skills.vault import Vault
from skills.words import IN_PASSING, Said

forgotten = Table(
    "forgotten",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("mark", LargeBinary, primary_key=True),
    Column("chat", Text),
    Column("key_id", Text),
    Column("sealed", LargeBinary),
)
_AROUND = (timedelta(days=-1), timedelta(), timedelta(days=1))  # a file may tell the day of another time zone
_READ_AGAIN = ("history", "file")


async def mark(connection: AsyncConnection, vault: Vault, owner: Owner, chat: str, saids: Iterable[Said]) -> None:
    """Let none of these messages be recorded again, by its id or, where a file tells none, by its day and words."""
    if owner.key_id is None:
        return
    signs = sorted({sign for said in saids for sign in _signs(said)})
    await _insert(connection, vault, owner.owner, chat, owner.key_id, signs)


async def lift(connection: AsyncConnection, vault: Vault, said: Said) -> None:
    """Let this very message be recorded again, for its owner says so."""
    signs = {*_signs(said), *_asked(said)}
    blinded = await vault.blind_under(await owners.keys(connection, said.person), [_of(said.chat, s) for s in signs])
    f = forgotten.c
    mine = and_(f.owner == said.person, f.mark.in_([marked for _, marked in blinded]))
    await connection.execute(delete(forgotten).where(mine))


async def barred(
    connection: AsyncConnection, vault: Vault, owner: str, chat: str, saids: Sequence[Said]
) -> frozenset[str]:
    """The ids of those messages that their owner has forgotten."""
    f = forgotten.c
    keys = select(f.key_id).where(f.owner == owner, f.chat == chat).distinct().order_by(f.key_id)
    held = list((await connection.execute(keys)).scalars())
    if not held or not saids:
        return frozenset()
    asked = [(said.message, _of(chat, sign)) for said in saids for sign in _asked(said)]
    blinded = await vault.blind_under(held, [sign for _, sign in asked])
    found = select(f.mark).where(f.owner == owner, f.mark.in_([marked for _, marked in blinded]))
    there = {bytes(marked) for marked in (await connection.execute(found)).scalars()}
    return frozenset(asked[n][0] for n, marked in blinded if marked in there)


async def reseal(
    connection: AsyncConnection,
    vault: Vault,
    owner: str,
    keys: Collection[str],
    key_id: str,
    left: CompoundSelect[tuple[str | None]],
) -> int:
    """Bring the marks of the chats that were not left under another key; returns how many."""
    f = forgotten.c
    staying = select(forgotten).where(f.owner == owner, f.key_id.in_(keys), f.chat.not_in(left))
    rows = (await connection.execute(staying)).all()
    for row in rows:
        sign = await vault.unseal(row.key_id, _place(owner, row.chat), row.sealed)
        await connection.execute(delete(forgotten).where(f.owner == owner, f.mark == row.mark))
        if sign is not None:
            await _insert(connection, vault, owner, row.chat, key_id, [sign])
    return len(rows)


async def delete_under(connection: AsyncConnection, owner: str, keys: Collection[str] | Select[tuple[str]]) -> int:
    """Delete what is blinded under these keys."""
    gone = delete(forgotten).where(forgotten.c.owner == owner, forgotten.c.key_id.in_(keys))
    return (await connection.execute(gone)).rowcount


async def _insert(
    connection: AsyncConnection, vault: Vault, owner: str, chat: str, key_id: str, signs: Sequence[str]
) -> None:
    if not signs:
        return
    marks = await vault.blind(key_id, [_of(chat, sign) for sign in signs])
    sealed = await vault.seal_many(key_id, [(_place(owner, chat), sign) for sign in signs])
    fixed = {"owner": owner, "chat": chat, "key_id": key_id}
    rows = [{**fixed, "mark": one, "sealed": box} for one, box in zip(marks, sealed, strict=True)]
    await connection.execute(upsert(forgotten).values(rows).on_conflict_do_nothing())


def _signs(said: Said) -> list[str]:
    """By what a message that is forgotten will be known: its id, and its day with a digest of its words.

    Never the words: what is sealed could be read as long as the key is there.
    """
    # what was told to the bot may stand in the chat under another id
    elsewhere = _nameless(said) or said.source not in IN_PASSING
    kinds = ("line", "message") if elsewhere else ("line",)
    return [f"id:{said.message}", *(_worded(kind, said.at, words) for kind in kinds for words in _words(said))]


def _asked(said: Said) -> list[str]:
    """By what a message that comes is looked for: words count only where it or the forgotten one has no id."""
    kind = "line" if _nameless(said) else "message"
    days = _AROUND if kind == "line" or said.source in _READ_AGAIN else ()
    return [f"id:{said.message}", *(_worded(kind, said.at + day, said.text) for day in days)]


def _words(said: Said) -> list[str]:
    """What was said, and without the heading under which it was kept."""
    under = said.text.partition("\n")[2] if said.source == "kept" else ""
    return [words for words in (said.text, under) if words.strip()]


def _worded(kind: str, at: datetime, words: str) -> str:
    same = " ".join(masked(words).split())
    return f"{kind}:{at.astimezone(UTC):%Y-%m-%d}:{sha256(same.encode()).hexdigest()}"


def _nameless(said: Said) -> bool:
    return said.message.startswith(UNNAMED)


def _of(chat: str, sign: str) -> str:
    return f"forgotten\x1f{chat}\x1f{sign}"


def _place(owner: str, chat: str) -> str:
    """Where a sealed sign stands."""
    return f"forgotten:{owner}:{chat}"
