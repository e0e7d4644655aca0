"""The append-only record of what happened: a hash chain per owner that commits to content without holding it."""

import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import tables as t
from skills.vault import Tampered, Vault

START = bytes(32)
Payload = Mapping[str, str | int | None]


async def append(
    connection: AsyncConnection, vault: Vault, owner: str, kind: str, now: datetime, payload: Payload, chat: str | None
) -> None:
    """Add an entry to the owner's chain. What it commits to is kept, sealed, while the owner has a key."""
    head = select(t.owner.c.ledger_seq, t.owner.c.ledger_head, t.owner.c.key_id).where(t.owner.c.owner == owner)
    row = (await connection.execute(head.with_for_update())).one()
    seq, salt, plain = row.ledger_seq + 1, secrets.token_bytes(32), _canonical(payload)
    committed = _commit(salt, plain)
    hashed = _hash(row.ledger_head, seq, now, kind, committed)
    await connection.execute(
        insert(t.ledger).values(owner=owner, seq=seq, at=now, kind=kind, commit=committed, hash=hashed)
    )
    await connection.execute(update(t.owner).where(t.owner.c.owner == owner).values(ledger_seq=seq, ledger_head=hashed))
    if row.key_id is not None:
        sealed = await vault.seal(row.key_id, place(owner, seq), plain)
        kept = {"owner": owner, "seq": seq, "chat": chat, "salt": salt, "key_id": row.key_id, "sealed": sealed}
        await connection.execute(insert(t.ledger_payload).values(kept))


async def verify(connection: AsyncConnection, vault: Vault, owner: str) -> int | None:
    """The first entry that was changed, removed or cut off, by its number; None when the chain is whole.

    Erased content breaks nothing; content that does not match its commitment does.
    """
    joined = t.ledger.outerjoin(
        t.ledger_payload,
        (t.ledger_payload.c.owner == t.ledger.c.owner) & (t.ledger_payload.c.seq == t.ledger.c.seq),
    )
    entries = select(t.ledger, t.ledger_payload.c.salt, t.ledger_payload.c.key_id, t.ledger_payload.c.sealed)
    entries = entries.select_from(joined).where(t.ledger.c.owner == owner).order_by(t.ledger.c.seq)
    head, seq = START, 0
    for entry in await connection.execute(entries):
        seq += 1
        if entry.seq != seq or entry.hash != _hash(head, seq, entry.at, entry.kind, entry.commit):
            return seq
        if entry.sealed is not None:
            try:
                plain = await vault.unseal(entry.key_id, place(owner, seq), entry.sealed)
            except Tampered:
                return seq
            if plain is not None and _commit(entry.salt, plain) != entry.commit:
                return seq
        head = entry.hash
    row = (await connection.execute(select(t.owner).where(t.owner.c.owner == owner))).one_or_none()
    whole = row is None or (row.ledger_seq, row.ledger_head) == (seq, head)
    return None if whole else seq + 1


def place(owner: str, seq: int) -> str:
    """Where a sealed payload stands."""
    return f"ledger:{owner}:{seq}"


def _canonical(payload: Payload) -> str:
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _commit(salt: bytes, plain: str) -> bytes:
    return sha256(b"\x00" + salt + plain.encode()).digest()


def _hash(prev: bytes, seq: int, at: datetime, kind: str, committed: bytes) -> bytes:
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return sha256(b"\x01" + prev + seq.to_bytes(8, "big") + moment.encode() + kind.encode() + committed).digest()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is given away; without salt and content where these are erased, or name somebody else."""

    seq: int
    at: datetime
    kind: str
    commit: bytes
    hash: bytes
    salt: bytes | None = None
    plain: str | None = None


async def entries(connection: AsyncConnection, vault: Vault, owner: str, *, but: Collection[str]) -> list[Entry]:
    """An owner's whole chain, with what it commits to where that can still be read and is not of the kinds `but`."""
    payload = t.ledger_payload.c
    joined = t.ledger.outerjoin(t.ledger_payload, (payload.owner == t.ledger.c.owner) & (payload.seq == t.ledger.c.seq))
    chain = select(t.ledger, payload.salt, payload.key_id, payload.sealed).select_from(joined)
    given: list[Entry] = []
    for row in await connection.execute(chain.where(t.ledger.c.owner == owner).order_by(t.ledger.c.seq)):
        known = row.sealed is not None and row.kind not in but
        plain = await vault.unseal(row.key_id, place(owner, row.seq), row.sealed) if known else None
        salt = None if plain is None else bytes(row.salt)
        given.append(Entry(row.seq, row.at, row.kind, bytes(row.commit), bytes(row.hash), salt, plain))
    return given


def broken(given: Iterable[Entry], head: bytes) -> int | None:
    """The first entry that was changed, removed or cut off, by its number; None: it is whole and ends in `head`."""
    last, seq = START, 0
    for entry in given:
        seq += 1
        if entry.seq != seq or entry.hash != _hash(last, seq, entry.at, entry.kind, entry.commit):
            return seq
        if entry.salt is not None and entry.plain is not None and _commit(entry.salt, entry.plain) != entry.commit:
            return seq
        last = entry.hash
    return None if last == head else seq + 1
