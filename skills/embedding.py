"""Vectors for what owners said, made in the background; search goes on by words alone until they are there."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import errands, owners, vectors
from skills import tables as t
from skills.parts import Parts

BATCH = 16  # passages; small, so that little is lost when the work is broken off
LISTED = 20 * BATCH  # passages that are found at once; what is said meanwhile waits for no more than these


class Embedding(Parts):
    """What the store does so that passages are found by meaning; nothing at all where no model is."""

    async def embed(self, owner: str) -> int:
        """Give a vector to each of an owner's passages that has none of the present model; returns how many got one.

        Raises what the model raises, so that the job is tried again later.
        """
        done = 0
        while (new := await self._lacking(owner, LISTED)) and (made := await self._embed_some(owner, new)):
            done += made
        async with self._database.transaction(owner=owner) as connection:
            await errands.enqueue_distilling(self._queue, connection, owner)
        return done

    async def catch_up(self) -> int:
        """Load the model, then enqueue whoever lacks vectors: after a first start, or of another model than before.

        Returns how many owners; none where the model cannot be loaded.
        """
        if self._meaning is None or not await self._meaning.warm():
            return 0
        async with self._database.transaction() as connection:
            living = list(
                (await connection.execute(select(t.owner.c.owner).where(t.owner.c.key_id.is_not(None)))).scalars()
            )
        behind = 0
        for owner in living:
            async with self._database.transaction(owner=owner) as connection:
                await vectors.drop_unlike(connection, owner, self._meaning.model, self._meaning.dimension)
            if await self._lacking(owner, 1):
                behind += 1
                async with self._database.transaction(owner=owner) as connection:
                    await errands.enqueue_embedding(self._queue, connection, owner)
        return behind

    async def embedded(self) -> tuple[int, int]:
        """How many passages have a vector of the present model, and how many there are; over all owners together.

        Those under live consent: of others no vector is made, and they are not found.
        """
        if self._meaning is None:
            return 0, 0
        async with self._database.transaction() as connection:
            everybody = list((await connection.execute(select(t.owner.c.owner))).scalars())
        total = [0, 0]
        for owner in everybody:
            async with self._database.transaction(owner=owner) as connection:
                for n, counted in enumerate(await vectors.count(connection, owner, self._meaning.model, self._clock())):
                    total[n] += counted
        return total[0], total[1]

    async def _to_be_embedded(self, connection: AsyncConnection, owner: str) -> None:
        """Pages are made when the vectors are there, or at once where none will be."""
        if self._meaning is not None:
            await errands.enqueue_embedding(self._queue, connection, owner)
        else:
            await errands.enqueue_distilling(self._queue, connection, owner)

    async def _lacking(self, owner: str, limit: int) -> Sequence[uuid.UUID]:
        if self._meaning is None:
            return ()
        async with self._database.transaction(owner=owner) as connection:
            return await vectors.lacking(connection, owner, self._meaning.model, limit, self._clock())

    async def _embed_some(self, owner: str, new: Sequence[uuid.UUID]) -> int:
        return sum([await self._embed_batch(owner, new[n : n + BATCH]) for n in range(0, len(new), BATCH)])

    async def _embed_batch(self, owner: str, ids: Sequence[uuid.UUID]) -> int:
        """The model works between two transactions: nothing is locked meanwhile, and what went is not stored."""
        if self._meaning is None:
            return 0
        model = self._meaning.model
        async with self._database.transaction(owner=owner) as connection:
            words = await vectors.texts(connection, self._vault, owner, model, ids, self._clock())
        if not words:
            return 0
        made = (await self._meaning.of_passages(list(words.values()))).tolist()
        async with self._database.transaction(owner=owner) as connection:
            await owners.lock(connection, owner)
            return await vectors.keep(connection, self._vault, owner, model, list(zip(words, made, strict=True)))
