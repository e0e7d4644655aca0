"""The owner's row: the one lock of all that depends on their consent, with their epoch and their key."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import tables as t
from skills.keyring import Keyring
from skills.ledger import START
from skills.vault import Vault
from skills.words import Language


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner's row as it stands under lock; without a key nothing of theirs may be recorded."""

    owner: str
    epoch: int
    key_id: str | None
    name: bytes | None


async def lock(connection: AsyncConnection, person: str, *, read: bool = False) -> Owner | None:
    """Hold the owner's row until the transaction ends, shared when only `read`; None: never was an owner."""
    o = t.owner.c
    found = select(o.owner, o.epoch, o.key_id, o.name).where(o.owner == person).with_for_update(read=read)
    row = (await connection.execute(found)).one_or_none()
    return None if row is None else Owner(row.owner, row.epoch, row.key_id, row.name)


async def admit(connection: AsyncConnection, keyring: Keyring, person: str, now: datetime) -> Owner:
    """Lock the row of somebody who becomes or stays an owner, and see that they have a key."""
    made = upsert(t.owner).values(owner=person, epoch=0, ledger_seq=0, ledger_head=START)
    await connection.execute(made.on_conflict_do_nothing())
    owner = await lock(connection, person)
    assert owner is not None
    if owner.key_id is not None:
        return owner
    key_id = await mint(connection, keyring, person, now)
    await connection.execute(update(t.owner).where(t.owner.c.owner == person).values(key_id=key_id))
    return Owner(person, owner.epoch, key_id, None)


async def mint(connection: AsyncConnection, keyring: Keyring, person: str, now: datetime) -> str:
    """A new key for an owner, known to be theirs."""
    key_id = await keyring.create()
    await connection.execute(insert(t.owner_key).values(owner=person, key_id=key_id, minted_at=now))
    return key_id


async def raise_epoch(connection: AsyncConnection, person: str) -> int:
    """Make every grant so far stale; returns the new epoch."""
    raised = (
        update(t.owner).where(t.owner.c.owner == person).values(epoch=t.owner.c.epoch + 1).returning(t.owner.c.epoch)
    )
    return int((await connection.execute(raised)).scalar_one())


async def rename(connection: AsyncConnection, vault: Vault, owner: str, key_id: str, *names: str) -> None:
    """Seal the names by which colleagues know the owner, the one on display first."""
    lines = "\n".join(" ".join(name.split()) for name in names)
    sealed = await vault.seal(key_id, name_place(owner), lines)
    await connection.execute(update(t.owner).where(t.owner.c.owner == owner).values(name=sealed))


async def retire_keys(connection: AsyncConnection, owner: str, epoch: int) -> None:
    """From this epoch on, nothing is sealed under the keys the owner has had so far."""
    mine = update(t.owner_key).where(t.owner_key.c.owner == owner, t.owner_key.c.retired_epoch.is_(None))
    await connection.execute(mine.values(retired_epoch=epoch))


async def use_key(connection: AsyncConnection, owner: str, key_id: str | None) -> None:
    """What comes next is sealed under this key; None: nothing comes next, and name and language go too."""
    values = {"key_id": key_id} if key_id else {"key_id": None, "name": None, "language": None}
    await connection.execute(update(t.owner).where(t.owner.c.owner == owner).values(values))


async def keys(connection: AsyncConnection, owner: str) -> list[str]:
    """The keys under which words of the owner may still be sealed."""
    alive = select(t.owner_key.c.key_id).where(t.owner_key.c.owner == owner, t.owner_key.c.destroyed_at.is_(None))
    return list((await connection.execute(alive.order_by(t.owner_key.c.key_id))).scalars())


async def old_keys(connection: AsyncConnection, owner: str, epoch: int) -> list[str]:
    """The owner's keys that were retired by an epoch and are not known to be destroyed."""
    k = t.owner_key.c
    retired = select(k.key_id).where(k.owner == owner, k.retired_epoch <= epoch, k.destroyed_at.is_(None))
    return list((await connection.execute(retired)).scalars())


async def touched(connection: AsyncConnection, chats: list[str], scope: str | None = None) -> list[str]:
    """Lock, in order, who ever consented in one of these chats or to this scope; all, if no chat is named."""
    events = select(t.consent_event.c.owner)
    if chats:
        events = events.where(or_(t.consent_event.c.chat.in_(chats), t.consent_event.c.scope == scope))
    locked = select(t.owner.c.owner).where(t.owner.c.owner.in_(events)).order_by(t.owner.c.owner).with_for_update()
    return list((await connection.execute(locked)).scalars())


async def act_for(connection: AsyncConnection, owner: str) -> None:
    """Let the rest of the transaction see this owner's rows instead of another's."""
    await connection.execute(select(func.set_config("fenshen.owner", owner, True)))


async def name(connection: AsyncConnection, vault: Vault, owner: str) -> str:
    """The name by which colleagues know the owner, the one on display; "" where none is known."""
    o = t.owner.c
    row = (await connection.execute(select(o.key_id, o.name).where(o.owner == owner))).one_or_none()
    if row is None or row.key_id is None or row.name is None:
        return ""
    return (await vault.unseal(row.key_id, name_place(owner), row.name) or "").split("\n")[0]


async def language(connection: AsyncConnection, owner: str) -> Language | None:
    """In which language they last told the bot anything; None: that is not known."""
    spoken = await connection.execute(select(t.owner.c.language).where(t.owner.c.owner == owner))
    return spoken.scalar_one_or_none()


def name_place(owner: str) -> str:
    """Where a sealed name stands."""
    return f"name:{owner}"
