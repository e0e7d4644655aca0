"""What an owner's chats are called, sealed beside the consents that name them: not every platform tells it again."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, LargeBinary, Row, Table, Text, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import consent, owners
from skills import tables as t
from skills.parts import Parts
from skills.vault import Vault

LONGEST = 200  # characters

chat_name = Table(
    "chat_name",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("chat", Text, primary_key=True),
    Column("key_id", Text),
    Column("sealed", LargeBinary),
)


class ChatNames(Parts):
    """For the owner's own cards; a chat that no consent of theirs names has no name here."""

    async def chat_names(self, owner: str, told: Mapping[str, str]) -> Mapping[str, str]:
        """The names that a platform tells now, each kept if it is new; where it tells none, the last one kept or ""."""
        names = {chat: " ".join(name.split())[:LONGEST] for chat, name in told.items()}
        async with self._database.transaction(owner=owner) as connection:
            kept = await _unsealed(connection, self._vault, owner, names)
            new = {chat: name for chat, name in names.items() if name and kept.get(chat) != name}
            held = await owners.lock(connection, owner) if new else None
            if held is not None and held.key_id is not None:
                theirs = _named(await consent.kept(connection, owner))
                await _keep(connection, self._vault, owner, held.key_id, {c: n for c, n in new.items() if c in theirs})
        return {chat: name or kept.get(chat, "") for chat, name in names.items()}


async def stay(
    connection: AsyncConnection, vault: Vault, owner: str, key_id: str | None, staying: Sequence[Row[Any]]
) -> None:
    """Seal the names that some consents name under another key; the others go, and without a key all of them."""
    kept = await _unsealed(connection, vault, owner, _named(staying)) if key_id else {}
    await connection.execute(delete(chat_name).where(chat_name.c.owner == owner))
    if key_id:
        await _keep(connection, vault, owner, key_id, kept)


async def delete_under(connection: AsyncConnection, owner: str, keys: Collection[str]) -> int:
    """Delete what is sealed under these keys."""
    gone = delete(chat_name).where(chat_name.c.owner == owner, chat_name.c.key_id.in_(keys))
    return (await connection.execute(gone)).rowcount


async def _unsealed(connection: AsyncConnection, vault: Vault, owner: str, chats: Collection[str]) -> dict[str, str]:
    mine = select(chat_name).where(chat_name.c.owner == owner, chat_name.c.chat.in_(list(chats)))
    rows = (await connection.execute(mine)).all()
    names = {row.chat: await vault.unseal(row.key_id, _place(owner, row.chat), row.sealed) for row in rows}
    return {chat: name for chat, name in names.items() if name is not None}


async def _keep(connection: AsyncConnection, vault: Vault, owner: str, key_id: str, names: Mapping[str, str]) -> None:
    for chat, name in sorted(names.items()):
        sealed = await vault.seal(key_id, _place(owner, chat), name)
        made = upsert(chat_name).values(owner=owner, chat=chat, key_id=key_id, sealed=sealed)
        changed = {"key_id": key_id, "sealed": sealed}
        await connection.execute(made.on_conflict_do_update(index_elements=["owner", "chat"], set_=changed))


def _named(events: Sequence[Row[Any]]) -> set[str]:
    """The chats of some consents: where the words are from, and who may ask."""
    return {chat for event in events for chat in (event.chat, *(event.chats or ()))}


def _place(owner: str, chat: str) -> str:
    return f"chat:{owner}:{chat}"
