"""Objections: what mentions or names somebody who objects in a chat is not kept there, whoever says it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from skills import claims, errands, ledger, messages, owners
from skills import tables as t
from skills.errands import Errand
from skills.parts import Parts
from skills.words import Claim


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

    async def strike(self, owner: str, chat: str, about: Callable[[str], bool]) -> int:
        """Erase those of an owner's messages in a chat that are about somebody; returns how many. Safe to run again."""
        now = self._clock()
        async with self._database.transaction(owner=owner) as connection:
            if await owners.lock(connection, owner) is None:
                return 0
            m = t.message.c
            kept = select(m.message, m.key_id, m.sealed).where(m.owner == owner, m.chat == chat)
            struck: list[str] = []
            for row in (await connection.execute(kept)).all():
                words = await self._vault.unseal(row.key_id, messages.place(owner, chat, row.message), row.sealed)
                struck += [row.message] if words is not None and about(words) else []
            for message in dict.fromkeys(struck):
                await messages.forget(connection, self._vault, owner, chat, message)
                note: ledger.Payload = {"message": message, "why": "objection"}
                await ledger.append(connection, self._vault, owner, "forgotten", now, note, chat)
            if struck:
                await errands.enqueue_taking_down(self._queue, connection, owner)
            return len(set(struck))
