"""Vectors for what owners said, made in the background; search goes on by words alone until they are there."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import errands, owners, vectors
from skills import tables as t
from skills.parts import Parts

BATCH = 16  # passages; small, so that little is lost when the work is broken off


class Embedding(Parts):
    """What the store does so that passages are found by meaning; nothing at all where no model is."""

    async def embed(self, owner: str) -> int:
        """Give a vector to each of an owner's passages that has none of the present model; returns how many got one.

        Raises what the model raises, so that the job is tried again later.
        """
        done = 0
        while made := await self._embed_batch(owner):
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
                if await vectors.missing(connection, self._vault, owner, self._meaning.model, 1, self._clock()):
                    behind += 1
                    await errands.enqueue_embedding(self._queue, connection, owner)
        return behind

    async def embedded(self) -> tuple[int, int]:
        """How many passages have a vector of the present model, and how many there are; over all owners together."""
        if self._meaning is None:
            return 0, 0
        async with self._database.transaction() as connection:
            everybody = list((await connection.execute(select(t.owner.c.owner))).scalars())
        total = [0, 0]
        for owner in everybody:
            async with self._database.transaction(owner=owner) as connection:
                for n, counted in enumerate(await vectors.count(connection, owner, self._meaning.model)):
                    total[n] += counted
        return total[0], total[1]

    async def _to_be_embedded(self, connection: AsyncConnection, owner: str) -> None:
        """Pages are made when the vectors are there, or at once where none will be."""
        if self._meaning is not None:
            await errands.enqueue_embedding(self._queue, connection, owner)
        else:
            await errands.enqueue_distilling(self._queue, connection, owner)

    async def _embed_batch(self, owner: str) -> int:
        """The model works between two transactions: nothing is locked meanwhile, and what went is not stored."""
        if self._meaning is None:
            return 0
        model = self._meaning.model
        async with self._database.transaction(owner=owner) as connection:
            words = await vectors.missing(connection, self._vault, owner, model, BATCH, self._clock())
        if not words:
            return 0
        made = (await self._meaning.of_passages(list(words.values()))).tolist()
        async with self._database.transaction(owner=owner) as connection:
            await owners.lock(connection, owner)
            return await vectors.keep(connection, self._vault, owner, model, list(zip(words, made, strict=True)))
