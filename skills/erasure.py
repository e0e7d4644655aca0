"""What follows leaving: the old key's end, deletion in batches, and the proof that nothing is left."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import (
    by_passage,
    chat_names,
    consent,
    drafts,
    feedback,
    forgotten,
    ledger,
    owners,
    page_tables,
    placed,
    probe,
    reminded,
    scope_words,
    withheld,
)
from skills import tables as t
from skills.permission import doomed
from skills.vault import Vault
from skills.words import Erasure, Tell

BATCH = 2_000


async def find(connection: AsyncConnection, erasure_id: str) -> Row[Any] | None:
    """An erasure's row."""
    return (await connection.execute(select(t.erasure).where(t.erasure.c.id == erasure_id))).one_or_none()


def shape(row: Row[Any]) -> Erasure:
    """An erasure's row as it crosses the door."""
    return Erasure(
        row.id,
        row.owner,
        row.chat,
        row.stopped_at,
        row.key_destroyed_at,
        row.erased_at,
        row.counts,
        row.residue,
        row.scope,
        row.since,
        row.until,
        row.leftover,
    )


async def latest(connection: AsyncConnection, owner: str) -> Erasure | None:
    """The last erasure of an owner, done or not."""
    mine = select(t.erasure).where(t.erasure.c.owner == owner).order_by(t.erasure.c.epoch.desc()).limit(1)
    row = (await connection.execute(mine)).one_or_none()
    return None if row is None else shape(row)


async def unfinished(connection: AsyncConnection) -> Sequence[tuple[str, str]]:
    """(owner, id) of every erasure that was begun and not proved, oldest first."""
    begun = select(t.erasure).where(t.erasure.c.erased_at.is_(None)).order_by(t.erasure.c.stopped_at, t.erasure.c.epoch)
    return [(row.owner, row.id) for row in await connection.execute(begun)]


async def keys_destroyed(connection: AsyncConnection, row: Row[Any], keys: Sequence[str], now: datetime) -> None:
    """Write down that the keyring has destroyed the old keys."""
    mine = and_(t.owner_key.c.owner == row.owner, t.owner_key.c.key_id.in_(keys))
    await connection.execute(update(t.owner_key).where(mine).values(destroyed_at=now))
    mine = and_(t.erasure.c.id == row.id, t.erasure.c.key_destroyed_at.is_(None))
    await connection.execute(update(t.erasure).where(mine).values(key_destroyed_at=now))


async def delete_batch(connection: AsyncConnection, row: Row[Any]) -> int:
    """Delete a batch of what no consent holds, and count it on the erasure; returns how many, 0 when all is gone."""
    counts = await delete_passages(connection, row.owner, doomed(row.owner))
    if not counts:
        counts = await _delete_rest(connection, row)
    if counts:
        await count(connection, row.id, counts)
    return sum(counts.values())


async def delete_passages(connection: AsyncConnection, owner: str, which: ColumnElement[bool]) -> dict[str, int]:
    """Delete a batch of passages with all that was made of them; returns the counts, empty when there are none."""
    batch = await _ids(connection, owner, which)
    if not batch:
        return {}
    counts = {"passages": len(batch)}
    cited = select(t.citation.c.answer).where(t.citation.c.owner == owner, t.citation.c.passage.in_(batch))
    counts["answers"] = await placed.drop(connection, and_(t.answer.c.owner == owner, t.answer.c.id.in_(cited)))
    for name, table in (("postings", t.posting), ("vectors", t.meaning), ("messages", t.message)):
        counts[name] = await by_passage.delete(connection, table.c.passage, owner, batch)
    await by_passage.delete(connection, t.passage.c.id, owner, batch)
    await page_tables.sweep(connection, owner)
    return counts


async def delete_notes(connection: AsyncConnection, owner: str, keys: Sequence[str]) -> int:
    """Empty the ledger's entries whose content is sealed under these keys; what else is goes, the entries stay."""
    await withheld.delete_under(connection, owner, keys)
    await scope_words.delete_under(connection, owner, keys)
    await forgotten.delete_under(connection, owner, keys)
    await chat_names.delete_under(connection, owner, keys)
    gone = delete(t.ledger_payload).where(t.ledger_payload.c.owner == owner, t.ledger_payload.c.key_id.in_(keys))
    return (await connection.execute(gone)).rowcount


async def prove(connection: AsyncConnection, vault: Vault, row: Row[Any], vacuumed: bool, now: datetime) -> Tell | None:
    """The probe must not find what it found before. Closes the erasure and returns the card that tells of it."""
    residue = await probe.look(connection, row.owner, row.probe) + await drafts.left(connection, row)
    sampled, found = row.probe["sampled"], row.probe["found"]
    counts = {**row.counts, "sampled": sampled, "found_before": found, "vacuumed": int(vacuumed)}
    done = {"residue": residue, "counts": counts, "erased_at": now, "probe": None, "receipt": None}
    await connection.execute(update(t.erasure).where(t.erasure.c.id == row.id).values(**done))
    note = {"erasure": row.id, "residue": residue}
    await ledger.append(connection, vault, row.owner, "erased", now, note, row.chat)
    receipt = None if row.receipt is None else Tell(**row.receipt)
    return None if receipt is None else replace(receipt, ids={**receipt.ids, "erasure": row.id})


async def _delete_rest(connection: AsyncConnection, row: Row[Any]) -> dict[str, int]:
    """What is left when the passages are gone: the ledger's old contents, and for a full erasure answers and cards."""
    part = row.since is not None or row.leftover
    whole = row.chat is None and row.scope is None and not part
    of, keys = row.owner, select(t.owner_key.c.key_id).where(t.owner_key.c.retired_epoch <= row.epoch)
    mine = keys.where(t.owner_key.c.owner == of)
    notes = delete(t.ledger_payload).where(t.ledger_payload.c.owner == of, t.ledger_payload.c.key_id.in_(mine))
    counts = {"notes": (await connection.execute(notes)).rowcount}
    counts["withheld"] = await withheld.delete_old(connection, row)
    old_words = delete(scope_words.scope_word).where(scope_words.scope_word.c.owner == of)
    await connection.execute(old_words.where(scope_words.scope_word.c.key_id.in_(mine)))
    counts["forgotten"] = await forgotten.delete_under(connection, of, mine)
    if not part:
        missed = and_(t.unanswered.c.owner == of, or_(literal(whole), t.unanswered.c.chat == row.chat))
        counts["unanswered"] = (await connection.execute(delete(t.unanswered).where(missed))).rowcount
    if whole:
        old = and_(t.answer.c.owner == of, t.answer.c.epoch < row.epoch)
        counts["answers"] = await placed.drop(connection, old)
        keep = (row.receipt or {}).get("slot")
        cards = delete(t.slot).where(t.slot.c.about == of, or_(literal(keep is None), t.slot.c.slot != keep))
        counts["cards"] = (await connection.execute(cards.where(t.slot.c.at <= row.stopped_at))).rowcount
        offers = delete(t.offer).where(t.offer.c.person == of, t.offer.c.at <= row.stopped_at)
        counts["offers"] = (await connection.execute(offers)).rowcount
        counts["reminders"] = await reminded.forget(connection, of)
        counts["feedback"] = await _unsaid(connection, of)
    elif not part:
        nobodys = await _let_nobody_in(connection, of)
        counts["answers"] = await placed.drop(connection, and_(t.answer.c.owner == of, t.answer.c.id.in_(nobodys)))
    return {name: count for name, count in counts.items() if count}


async def _let_nobody_in(connection: AsyncConnection, owner: str) -> set[str]:
    """Answers that cite what no consent that is kept lets their readers have: the one by which they could was left."""
    a, c, p = t.answer.c, t.citation.c, t.passage.c
    cited = select(a.id, a.owner, a.asker, a.chat, a.direct, a.within, p.chat.label("said_in"), p.birth)
    cited = cited.join(t.citation, and_(c.owner == a.owner, c.answer == a.id))
    cited = cited.join(t.passage, and_(p.owner == c.owner, p.id == c.passage)).where(a.owner == owner)
    kept = await consent.kept(connection, owner)
    held = {(e.chat, e.birth): [one for one in kept if (one.chat, one.birth) == (e.chat, e.birth)] for e in kept}
    rows = await connection.execute(cited)
    return {r.id for r in rows if not any(consent.lets_in(event, r) for event in held.get((r.said_in, r.birth), ()))}


async def _unsaid(connection: AsyncConnection, person: str) -> int:
    """What they said of others' answers goes with them; what was said of theirs went with the answers."""
    others = select(t.owner.c.owner).where(t.owner.c.owner != person).order_by(t.owner.c.owner)
    gone = await feedback.forget(connection, person, list((await connection.execute(others)).scalars()))
    await owners.act_for(connection, person)
    return gone


async def _ids(connection: AsyncConnection, owner: str, which: ColumnElement[bool]) -> list[uuid.UUID]:
    chosen = select(t.passage.c.id).where(t.passage.c.owner == owner, which).limit(BATCH)
    return list((await connection.execute(chosen)).scalars())


async def count(connection: AsyncConnection, erasure_id: str, counts: dict[str, int]) -> None:
    """Add to what an erasure has deleted so far."""
    row = (await connection.execute(select(t.erasure.c.counts).where(t.erasure.c.id == erasure_id))).one()
    total = {name: row.counts.get(name, 0) + counts.get(name, 0) for name in {*row.counts, *counts}}
    mine = t.erasure.c.id == erasure_id
    await connection.execute(update(t.erasure).where(mine).values(counts=total))
