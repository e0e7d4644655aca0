"""Objections: what mentions or names somebody who objects in a chat is not kept there, whoever says it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import claims, erasure, errands, leaving, ledger, messages, owners, probe
from skills import tables as t
from skills.consent import short_id
from skills.errands import Errand
from skills.owners import Owner
from skills.parts import Parts
from skills.words import Claim, Erasure, Strike

OBJECTION = "(objection)"  # in the place of a scope: no admin can give one that name


class Objecting(Parts):
    """Who objects where is known to the store alone: no list of them leaves it but to keep their names out."""

    async def object(self, claim: Claim, person: str, chat: str, *then: Errand) -> bool:
        """Keep what mentions or names a person out of a chat from now on; False when claimed before."""
        now: datetime = self._clock()
        row = {"chat": chat, "person": person, "at": now}
        async with self._database.transaction() as connection:
            if not await claims.take(connection, claim, now):
                return False
            await owners.touched(connection, [chat])  # what is being recorded there now is struck as well
            await connection.execute(upsert(t.objection).values(**row).on_conflict_do_nothing())
            await errands.enqueue(self._queue, connection, *then)
            return True

    async def withdraw_objection(self, claim: Claim, person: str, chat: str, *then: Errand) -> bool:
        """Let it be as if there had been none; what was struck does not come back. False when claimed before."""
        async with self._database.transaction() as connection:
            if not await claims.take(connection, claim, self._clock()):
                return False
            mine = delete(t.objection).where(t.objection.c.chat == chat, t.objection.c.person == person)
            await connection.execute(mine)
            await errands.enqueue(self._queue, connection, *then)
            return True

    async def objectors(self, chat: str) -> frozenset[str]:
        """Those whose names are to be kept out of a chat; never to be shown to anybody."""
        found = select(t.objection.c.person).where(t.objection.c.chat == chat)
        async with self._database.transaction() as connection:
            return frozenset((await connection.execute(found)).scalars())

    async def objected_chats(self) -> list[str]:
        """The chats in which somebody objects, without saying who or how many."""
        found = select(t.objection.c.chat).distinct().order_by(t.objection.c.chat)
        async with self._database.transaction() as connection:
            return list((await connection.execute(found)).scalars())

    async def owners_there(self, chat: str) -> list[str]:
        """Everybody who ever consented in a chat: for the work of striking, not to be shown."""
        async with self._database.transaction() as connection:
            return await messages.owners_in(connection, chat)

    async def strike_later(self, work: Strike) -> None:
        """Look soon for what may have been recorded about somebody while their names were not told."""
        async with self._database.transaction() as connection:
            await errands.enqueue_strike(self._queue, connection, work)

    async def strike(self, owner: str, chat: str, about: Callable[[str], bool]) -> int:
        """Delete those of an owner's messages in a chat that are about somebody, and begin to prove that they are gone.

        What stays is sealed under a new key. Returns how many they are. Safe to run again.
        """
        async with self._database.transaction(owner=owner) as connection:
            held = await owners.lock(connection, owner)
            struck = [] if held is None else await self._about(connection, held, chat, about)
            if held is None or not struck:
                return 0
            part = Erasure(short_id(10), owner, None, self._clock(), None, None, {}, None, OBJECTION)
            why: ledger.Payload = {"why": "objection", "messages": len(struck)}
            await leaving.begin_part(connection, self._vault, self._keyring, held, part, why)
            await self._forget(connection, part, chat, struck)
            await errands.enqueue_taking_down(self._queue, connection, owner)
            await errands.enqueue_erasure(self._queue, connection, owner, part.id)
        await self._keys_changed()
        return len(struck)

    async def _about(
        self, connection: AsyncConnection, owner: Owner, chat: str, about: Callable[[str], bool]
    ) -> list[str]:
        """The messages, by id, that are about somebody."""
        m = t.message.c
        kept = select(m.message, m.key_id, m.sealed).where(m.owner == owner.owner, m.chat == chat)
        found: list[str] = []
        for row in (await connection.execute(kept)).all():
            place = messages.place(owner.owner, chat, row.message)
            words = await self._vault.unseal(row.key_id, place, row.sealed)
            found += [row.message] if words is not None and about(words) else []
        return list(dict.fromkeys(found))

    async def _forget(self, connection: AsyncConnection, part: Erasure, chat: str, struck: Sequence[str]) -> None:
        """Delete the messages at once, when the probe has found samples of them; that they are gone is proved later."""
        m = t.message.c
        of = select(m.passage).where(m.owner == part.owner, m.chat == chat, m.message.in_(struck))
        if (row := await erasure.find(connection, part.id)) is not None:
            await probe.sample(connection, row, of)
        for message in struck:
            await messages.forget(connection, self._vault, part.owner, chat, message)
        await erasure.count(connection, part.id, {"messages": len(struck)})
