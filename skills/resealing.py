"""Leaving in part: what stays is sealed, blinded and rotated anew, before the key it was under is destroyed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CompoundSelect, Row, and_, bindparam, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import by_passage, forgotten, ledger, messages, owners, vectors, withheld
from skills import tables as t
from skills.decision import KEPT
from skills.permission import doomed
from skills.standings import last_events
from skills.vault import Vault

BATCH = 500


async def reseal(connection: AsyncConnection, vault: Vault, owner: str, epoch: int) -> int:
    """Seal a batch of what stays under the owner's present key; returns how many, 0 when all is done."""
    locked = await owners.lock(connection, owner)
    keys = await owners.old_keys(connection, owner, epoch)
    if locked is None or locked.key_id is None or not keys:
        return 0
    passages = await _reseal_passages(connection, vault, owner, keys, locked.key_id)
    topics = await withheld.reseal(connection, vault, owner, locked.key_id)
    marks = await forgotten.reseal(connection, vault, owner, keys, locked.key_id, _left(owner))
    return passages + topics + marks + await _reseal_notes(connection, vault, owner, keys, locked.key_id)


async def _reseal_passages(
    connection: AsyncConnection, vault: Vault, owner: str, keys: Sequence[str], key_id: str
) -> int:
    staying = and_(t.passage.c.owner == owner, t.passage.c.key_id.in_(keys), ~doomed(owner))
    ids = list((await connection.execute(select(t.passage.c.id).where(staying).limit(BATCH))).scalars())
    if not ids:
        return 0
    ours, m = by_passage.found(t.message, owner, ids)
    rows = (await connection.execute(ours.order_by(m.c.passage, m.c.n))).all()
    words = {row: await vault.unseal(row.key_id, _place(row), row.sealed) for row in rows}
    said = {row: text for row, text in words.items() if text is not None}
    await _replace(connection, vault, key_id, said)
    whole = {id_: "\n".join(text for row, text in said.items() if row.passage == id_) for id_ in ids}
    await messages.reblind(connection, vault, owner, key_id, whole)
    await vectors.turn(connection, vault, owner, key_id, ids)
    mine = and_(t.passage.c.owner == owner, t.passage.c.id.in_(ids))
    await connection.execute(update(t.passage).where(mine).values(key_id=key_id))
    return len(ids)


async def _replace(connection: AsyncConnection, vault: Vault, key_id: str, said: dict[Row[Any], str]) -> None:
    if not said:
        return
    sealed = await vault.seal_many(key_id, [(_place(row), text) for row, text in said.items()])
    m = t.message.c
    same = and_(
        m.owner == bindparam("o"), m.chat == bindparam("c"), m.message == bindparam("m"), m.birth == bindparam("b")
    )
    changed = update(t.message).where(same).values(key_id=key_id, sealed=bindparam("s"))
    rows = [
        {"o": row.owner, "c": row.chat, "m": row.message, "b": row.birth, "s": new}
        for row, new in zip(said, sealed, strict=True)
    ]
    await connection.execute(changed, rows)


async def _reseal_notes(connection: AsyncConnection, vault: Vault, owner: str, keys: Sequence[str], key_id: str) -> int:
    """The ledger's contents that stay: those about chats which the owner has not left."""
    p = t.ledger_payload.c
    here = or_(p.chat.is_(None), p.chat.not_in(_left(owner)))
    staying = select(t.ledger_payload).where(p.owner == owner, p.key_id.in_(keys), here).limit(BATCH)
    rows = (await connection.execute(staying)).all()
    for row in rows:
        place = ledger.place(owner, row.seq)
        words = await vault.unseal(row.key_id, place, row.sealed)
        mine = and_(p.owner == owner, p.seq == row.seq)
        if words is None:
            await connection.execute(delete(t.ledger_payload).where(mine))
            continue
        changed = {"key_id": key_id, "sealed": await vault.seal(key_id, place, words)}
        await connection.execute(update(t.ledger_payload).where(mine).values(**changed))
    return len(rows)


def _left(owner: str) -> CompoundSelect[tuple[str | None]]:
    """The chats which an owner has left."""
    events = last_events()
    ended = select(events.c.chat).where(events.c.owner == owner)
    return ended.where(events.c.kind.not_in(KEPT)).except_(ended.where(events.c.kind.in_(KEPT)))


def _place(row: Row[Any]) -> str:
    return messages.place(row.owner, row.chat, row.message)
