"""The first step of every removal: one transaction after which nothing is answered, recorded or recalled any more."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import (
    chat_names,
    consent,
    drafts,
    handover,
    ledger,
    owners,
    readings,
    scope_words,
    speaking,
    written_tables,
)
from skills import tables as t
from skills.consent import short_id
from skills.decision import Kind
from skills.keyring import Keyring
from skills.owners import Owner
from skills.vault import Vault
from skills.words import Erasure, Tell


async def leave(
    connection: AsyncConnection,
    vault: Vault,
    keyring: Keyring,
    person: str,
    now: datetime,
    *,
    chat: str | None,
    kind: Kind,
    scope: str | None = None,
    receipt: Tell | None = None,
) -> Erasure | None:
    """End a person's consent, for one chat or for all, and record what is to be erased; None: nothing to end.

    With a scope, only the consent to that one; else every scope that has the chat as a source.
    """
    owner = await owners.lock(connection, person)
    kept = await consent.kept(connection, person) if owner else []
    going = [row for row in kept if chat in (None, row.chat) and scope in (None, row.scope)]
    if owner is None or not going:
        return None
    going += handover.beside(kept, going)
    partial = len(going) < len(kept)
    await readings.leave(connection, person, {row.chat for row in going})
    await drafts.drop(connection, person)  # those of what stays too: they are sealed under the key that ends here
    await consent.end(connection, going, kind, now, settled=True)
    if not partial:
        await speaking.silence(connection, person, now)
    await written_tables.unspoken(connection, person)
    epoch = await owners.raise_epoch(connection, person)
    staying = [row for row in kept if row not in going]
    await change_key(connection, vault, keyring, owner, epoch, now, staying)
    named = scope if partial and chat is None else None
    erasure = Erasure(short_id(10), person, chat if partial else None, now, None, None, {}, None, named)
    await begin(connection, erasure, epoch, receipt)
    note = {"erasure": erasure.id, "chat": erasure.chat, "why": kind}
    await ledger.append(connection, vault, person, "stopped", now, note, erasure.chat)
    return erasure


async def begin(connection: AsyncConnection, erasure: Erasure, epoch: int, receipt: Tell | None) -> None:
    """Record what is to be erased; the receipt is sent when it is."""
    names = ("owner", "id", "chat", "scope", "stopped_at", "since", "until", "leftover")
    row = {name: getattr(erasure, name) for name in names}
    told = asdict(receipt) if receipt else None
    await connection.execute(insert(t.erasure).values(**row, epoch=epoch, counts={}, receipt=told))


async def begin_part(
    connection: AsyncConnection,
    vault: Vault,
    keyring: Keyring,
    owner: Owner,
    part: Erasure,
    why: ledger.Payload,
    receipt: Tell | None = None,
) -> None:
    """Begin to erase what was taken out of every consent before: the old key ends here, what stays gets a new one."""
    person, now = part.owner, part.stopped_at
    staying = await consent.kept(connection, person)
    epoch = await owners.raise_epoch(connection, person)
    # those of what stays too: they are sealed under the key that ends here
    await drafts.drop(connection, person)
    await written_tables.unspoken(connection, person)
    await change_key(connection, vault, keyring, owner, epoch, now, staying)
    await begin(connection, part, epoch, receipt)
    await ledger.append(connection, vault, person, "stopped", now, {"erasure": part.id, **why}, part.chat)


async def depart(connection: AsyncConnection, vault: Vault, person: str, now: datetime) -> None:
    """Freeze everything of a person who left the company; the words are erased later, unless they come back.

    What they have handed over goes on for those whom they named, and for nobody else.
    """
    if await owners.lock(connection, person) is None:
        return
    going = [row for row in await consent.kept(connection, person) if row.kind not in ("departed", "handed")]
    if going:
        await _freeze(connection, vault, person, going, now)


async def come_back(connection: AsyncConnection, vault: Vault, person: str, now: datetime) -> bool:
    """Pause what departure froze, so that it is not erased; only its owner lets it go on. False: nothing is frozen."""
    if await owners.lock(connection, person) is None:
        return False
    frozen = [row for row in await consent.kept(connection, person) if row.kind in ("departed", "handed")]
    if frozen:
        await consent.end(connection, await handover.sleep(connection, frozen, now), "paused", now)
        await owners.raise_epoch(connection, person)
        await ledger.append(connection, vault, person, "returned", now, {"consents": len(frozen)}, None)
    return bool(frozen)


async def _freeze(
    connection: AsyncConnection, vault: Vault, person: str, going: Sequence[Row[Any]], now: datetime
) -> None:
    frozen = await handover.wake(connection, person, going, now)
    await consent.end(connection, frozen, "departed", now)
    await owners.raise_epoch(connection, person)
    note: ledger.Payload = {"consents": len(frozen)}
    if len(frozen) < len(going):
        note = {**note, "handed": len(going) - len(frozen)}
    await ledger.append(connection, vault, person, "departed", now, note, None)


async def change_key(
    connection: AsyncConnection,
    vault: Vault,
    keyring: Keyring,
    owner: Owner,
    epoch: int,
    now: datetime,
    staying: Sequence[Row[Any]],
) -> None:
    """The old key ends here; where something stays, what comes next is sealed under a new one from now on."""
    await owners.retire_keys(connection, owner.owner, epoch)
    if not staying or owner.key_id is None:
        await chat_names.stay(connection, vault, owner.owner, None, ())
        await owners.use_key(connection, owner.owner, None)
        return
    name = await vault.unseal(owner.key_id, owners.name_place(owner.owner), owner.name) if owner.name else None
    key_id = await owners.mint(connection, keyring, owner.owner, now)
    await owners.use_key(connection, owner.owner, key_id)
    await chat_names.stay(connection, vault, owner.owner, key_id, staying)
    words = [word for row in staying for word in row.words or ()]
    await scope_words.blind(connection, vault, owner.owner, key_id, words)
    if name is not None:
        await owners.rename(connection, vault, owner.owner, key_id, *name.split("\n"))
