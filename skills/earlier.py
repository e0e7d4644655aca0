"""What was said earlier, as a history or a file tells it: recorded once, under whatever id it comes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import messages, owners, readings, twins
from skills import tables as t
from skills.embedding import Embedding
from skills.owners import Owner
from skills.readings import Reading
from skills.words import IN_PASSING, Said


@dataclass(frozen=True, slots=True)
class Kept:
    """Of earlier messages: how many were recorded, and how many were recorded already."""

    new: int = 0
    known: int = 0


class Earlier(Embedding):
    """Read again, nothing is recorded twice."""

    async def backfill(self, owner: str, chat: str, saids: Sequence[Said]) -> int:
        """Record earlier messages of an owner's own that their consent covers; returns how many were new."""
        return (await self.learn(owner, chat, saids)).new

    async def learn(self, owner: str, chat: str, saids: Sequence[Said], there: Reading | None = None) -> Kept:
        """The same, and how many of them were known; `there`: how far a reading is that brings them, without them."""
        async with self._database.transaction(owner=owner) as connection:
            held = await owners.lock(connection, owner)
            if held is None or held.key_id is None:
                return Kept()
            kept = await self._learned(connection, held, chat, saids) if saids else Kept()
            if there is not None:
                await readings.note(connection, owner, chat, there.and_(kept.new, kept.known), self._clock())
            return kept

    async def _learned(self, connection: AsyncConnection, held: Owner, chat: str, saids: Sequence[Said]) -> Kept:
        owner = held.owner
        known = await _known(connection, held, chat, [said.message for said in saids])
        # what was kept on purpose comes back as that
        passing = [said for said in saids if said.source in IN_PASSING]
        same = await twins.recorded(connection, self._vault, held, chat, passing)
        fresh = [said for said in saids if said.message not in same]
        new = await messages.record(connection, self._vault, owner, chat, fresh, self._clock())
        if new:
            await self._to_be_embedded(connection, owner)
        return Kept(new, len(known | same.keys()))


async def _known(connection: AsyncConnection, owner: Owner, chat: str, ids: Sequence[str]) -> frozenset[str]:
    m = t.message.c
    mine = select(m.message).where(m.owner == owner.owner, m.chat == chat, m.key_id == owner.key_id, m.message.in_(ids))
    return frozenset((await connection.execute(mine)).scalars())
