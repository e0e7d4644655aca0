"""What owners keep by their own word: a note, a message of theirs, a reply with a title; and dropping it again."""

from dataclasses import replace

from sqlalchemy import select

from skills import claims, consent, errands, ledger, messages, owners
from skills import tables as t
from skills.embedding import Embedding
from skills.errands import Errand
from skills.words import Claim, Said


class Notes(Embedding):
    """Kept under the consent for the chat that it is kept for, like everything else of the owner's."""

    async def keep(self, claim: Claim, said: Said, *then: Errand) -> bool | None:
        """Keep an owner's own words in place of what was recorded of that message; None when claimed before.

        False, and nothing kept, without a consent of theirs that covers the chat and the time.
        """
        now = self._clock()
        async with self._database.transaction(owner=said.person) as connection:
            if not await claims.take(connection, claim, now):
                return None
            await owners.lock(connection, said.person)
            standing = await consent.live(connection, said.person, now)
            if not any(c.chat == said.chat and c.since <= said.at < c.until for c in standing):
                return False
            await messages.forget(connection, said.person, said.chat, said.message)
            kept = await messages.record(connection, self._vault, said.person, said.chat, [said], now)
            if kept:
                note: ledger.Payload = {"message": said.message, "why": said.source}
                await ledger.append(connection, self._vault, said.person, "kept", now, note, said.chat)
                await self._to_be_embedded(connection, said.person)
                await errands.enqueue(self._queue, connection, *then)
            return bool(kept)

    async def drop(self, claim: Claim, owner: str, chat: str | None, message: str, *then: Errand) -> bool | None:
        """Erase one message of an owner's at their own word, in any chat when none is named; None: claimed before.

        False: nothing of it is recorded.
        """
        now, m = self._clock(), t.message.c
        async with self._database.transaction(owner=owner) as connection:
            if not await claims.take(connection, claim, now):
                return None
            mine = select(m.chat).where(m.owner == owner, m.message == message).distinct()
            found = list((await connection.execute(mine if chat is None else mine.where(m.chat == chat))).scalars())
            for where in found:
                await messages.forget(connection, owner, where, message)
                note: ledger.Payload = {"message": message}
                await ledger.append(connection, self._vault, owner, "forgotten", now, note, where)
            if found:
                await errands.enqueue(self._queue, connection, *then)
            return bool(found)


def titled(said: Said, title: str) -> Said:
    """The same words under a heading that their author gave them."""
    heading = " ".join(title.split())
    return replace(said, text=f"{heading}\n{said.text}") if heading else said
