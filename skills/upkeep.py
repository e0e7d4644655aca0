"""What the store does by itself: finish erasures, forget what is old, and honour tombstones after a restore."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, delete, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from skills import (
    carried,
    claims,
    consent,
    drafts,
    erasure,
    errands,
    handing,
    leaving,
    ledger,
    owners,
    placed,
    probe,
    resealing,
)
from skills import tables as t
from skills.database import sqlalchemy_url
from skills.ordering import event_table
from skills.parts import Parts
from skills.words import HANDOVER, Erasure

LAPSED = timedelta(days=30)  # from the end of a consent to the erasure of its words
OFFERED = timedelta(days=7)
_VACUUMED = ("posting", "tally", "meaning", "message", "passage", "citation", "answer", "ledger_payload")


class UnknownErasure(LookupError):
    """There is no such erasure."""


class Upkeep(Parts):
    """Work in the background; every step can be broken off anywhere and done again."""

    async def erase(self, erasure_id: str) -> Erasure:
        """Do the rest of an erasure: the old key's end, the deletion, the proof, the receipt.

        Raises UnknownErasure.
        """
        found = await self._erasure(erasure_id)
        if found is None:
            raise UnknownErasure(UnknownErasure.__doc__)
        if found.erased_at is None:
            await self.destroy_keys(found)
            await self.delete_words(found)
            await self._prove(found)
        done = await self._erasure(erasure_id)
        assert done is not None
        return done

    async def erasure(self, erasure_id: str) -> Erasure | None:
        """How far an erasure has come."""
        return await self._erasure(erasure_id)

    async def destroy_keys(self, of: Erasure) -> None:
        """Step 2: what stays is resealed, then the old keys are destroyed, in the keyring first."""
        async with self._database.transaction(owner=of.owner) as connection:
            row = await erasure.find(connection, of.id)
            keys = await owners.old_keys(connection, of.owner, row.epoch) if row else []
        if row is None or (row.key_destroyed_at and not keys):
            return
        resealed = -1
        while resealed:
            async with self._database.transaction(owner=of.owner) as connection:
                resealed = await resealing.reseal(connection, self._vault, of.owner, row.epoch)
        for key_id in keys:
            await self._vault.destroy(key_id)
        await self._keys_changed()
        async with self._database.transaction(owner=of.owner) as connection:
            await erasure.keys_destroyed(connection, row, keys, self._clock())

    async def delete_words(self, of: Erasure) -> None:
        """Step 3, first half: samples for the probe, then deletion in batches."""
        async with self._database.transaction(owner=of.owner) as connection:
            row = await erasure.find(connection, of.id)
            assert row is not None
            await probe.sample(connection, row)
        deleted = -1
        while deleted:
            async with self._database.transaction(owner=of.owner) as connection:
                deleted = await erasure.delete_batch(connection, row)

    async def replay_tombstones(self) -> int:
        """Before serving: delete what is sealed under destroyed keys, and let whoever's present key is leave again.

        So a restored backup serves nothing of a person who had left, and nothing else of theirs stays in it. Begun
        erasures go on. Returns how many owners had something to be deleted.
        """
        tombstones = sorted(await self._keyring.tombstones())
        mine = select(t.owner_key.c.owner).where(t.owner_key.c.key_id.in_(tombstones)).distinct()
        async with self._database.transaction() as connection:
            found = list((await connection.execute(mine)).scalars())
        cleaned = [owner for owner in found if await self._bury(owner, tombstones)]
        await self._resume()
        return len(cleaned)

    async def prune(self) -> None:
        """Forget claims after 3 days, offers and drafts after 7, cards and admins' events after 30, and words 30 days
        after their consent ended; what was handed over when that ends.
        """
        now = self._clock()
        async with self._database.transaction() as connection:
            await claims.prune(connection, now)
            await placed.prune(connection)
            await drafts.expire(connection, now, now - drafts.KEPT)
            await connection.execute(delete(t.offer).where(t.offer.c.at < now - OFFERED))
            await connection.execute(delete(t.slot).where(t.slot.c.at < now - LAPSED))
            await carried.prune(connection, now)
            await connection.execute(delete(event_table).where(event_table.c.at < now - LAPSED))
            await connection.execute(delete(t.import_code).where(t.import_code.c.until < now))
            await connection.execute(
                text("DELETE FROM turn WHERE taken[cardinality(taken)] < now() - interval '1 hour'")
            )
            handed, lapsed = await handing.over(connection, now), await consent.over(connection, now - LAPSED)
        for owner in handed:
            await self._expire(owner, None, HANDOVER)
        for owner, chat, scope in lapsed:
            await self._expire(owner, chat, scope)
        await self._resume()

    async def take_down(self) -> None:
        """Have every answer that is erased, by whatever way, taken down where it still stands."""
        async with self._database.transaction() as connection:
            for owner in await placed.waiting(connection):
                await errands.enqueue_taking_down(self._queue, connection, owner)

    async def verify(self, owner: str) -> int | None:
        """The number of the first entry of an owner's ledger that is not what was written; None: all are."""
        async with self._database.transaction(owner=owner) as connection:
            return await ledger.verify(connection, self._vault, owner)

    async def _erasure(self, erasure_id: str) -> Erasure | None:
        async with self._database.transaction() as connection:
            row = await erasure.find(connection, erasure_id)
        return None if row is None else erasure.shape(row)

    async def _prove(self, of: Erasure) -> None:
        vacuumed = await self._vacuum()
        async with self._database.transaction(owner=of.owner) as connection:
            await owners.lock(connection, of.owner)  # or two workers would both prove it
            row = await erasure.find(connection, of.id)
            if row is None or row.erased_at is not None:
                return
            told = await erasure.prove(connection, self._vault, row, vacuumed, self._clock())
            await errands.enqueue(self._queue, connection, *([told] if told else []))
            language = told.language if told is not None else None
            await errands.enqueue_taking_down(self._queue, connection, of.owner, language)

    async def _vacuum(self) -> bool:
        """Only the login that owns a table can vacuum it; any other's attempt would do nothing and say nothing."""
        if self._migrate_url is None:
            return False
        engine = create_async_engine(sqlalchemy_url(self._migrate_url), poolclass=NullPool, hide_parameters=True)
        try:
            async with engine.connect() as plain:
                connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
                await connection.execute(text(f"VACUUM {', '.join(_VACUUMED)}"))
        finally:
            await engine.dispose()
        return True

    async def _bury(self, owner: str, tombstones: Sequence[str]) -> bool:
        buried = False
        async with self._database.transaction(owner=owner) as connection:
            locked = await owners.lock(connection, owner)
            if locked is not None and locked.key_id in tombstones:
                buried = True
                hands = (connection, self._vault, self._keyring, owner, self._clock())
                if await leaving.leave(*hands, chat=None, kind="withdrawn") is None:
                    epoch = await owners.raise_epoch(connection, owner)
                    await owners.retire_keys(connection, owner, epoch)
                    await owners.use_key(connection, owner, None)
                await ledger.append(connection, self._vault, owner, "restored", self._clock(), {}, None)
        deleted = -1
        while deleted:
            async with self._database.transaction(owner=owner) as connection:
                unreadable = and_(t.passage.c.owner == owner, t.passage.c.key_id.in_(tombstones))
                counts = await erasure.delete_passages(connection, owner, unreadable)
                deleted = sum(counts.values()) + await erasure.delete_notes(connection, owner, tombstones)
                buried = buried or deleted > 0
        return buried

    async def _expire(self, owner: str, chat: str | None, scope: str) -> None:
        """End one consent; without a chat, a handover, which is one in several chats."""
        async with self._database.transaction(owner=owner) as connection:
            hands = (connection, self._vault, self._keyring, owner, self._clock())
            done: Erasure | bool | None
            if chat is None:
                done = await handing.end(*hands, "expired")
            else:
                done = await leaving.leave(*hands, chat=chat, scope=scope, kind="expired")
            if isinstance(done, Erasure):
                await errands.enqueue_erasure(self._queue, connection, owner, done.id)
        await self._keys_changed()

    async def _resume(self) -> None:
        async with self._database.transaction() as connection:
            for owner, erasure_id in await erasure.unfinished(connection):
                await errands.enqueue_erasure(self._queue, connection, owner, erasure_id)
