"""What owners keep by their own word: a note, a message of theirs, a reply with a title; and dropping it again."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import claims, errands, forgotten, ledger, messages, owners, paging, twins
from skills import tables as t
from skills.embedding import Embedding
from skills.errands import Errand
from skills.masking import masked
from skills.words import Claim, Said


class Notes(Embedding):
    """Kept under the consent for the chat that it is kept for, like everything else of the owner's."""

    async def keep(self, claim: Claim, said: Said, *then: Errand) -> bool | None:
        """Keep an owner's own words in place of what was recorded of that message; None when claimed before.

        A message that they had forgotten is remembered again by this.
        False, and nothing kept, without a consent of theirs that covers the chat and the time.
        """
        now = self._clock()
        async with self._database.transaction(owner=said.person) as connection:
            if not await claims.take(connection, claim, now):
                return None
            await owners.lock(connection, said.person)
            kept = await self._in_place(connection, said)
            if kept:
                note: ledger.Payload = {"message": said.message, "why": said.source}
                await ledger.append(connection, self._vault, said.person, "kept", now, note, said.chat)
                await self._to_be_embedded(connection, said.person)
                await errands.enqueue(self._queue, connection, *then)
            return kept

    async def drop(self, claim: Claim, owner: str, chat: str | None, message: str, *then: Errand) -> bool | None:
        """Erase one message of an owner's at their own word, in any chat when none is named; None: claimed before.

        It is not recorded again unless they have it kept. False: nothing of it is recorded, nor will be.
        """
        now, m = self._clock(), t.message.c
        async with self._database.transaction(owner=owner) as connection:
            if not await claims.take(connection, claim, now):
                return None
            held = await owners.lock(connection, owner)
            mine = select(m.chat).where(m.owner == owner, m.message == message).distinct()
            found = list((await connection.execute(mine if chat is None else mine.where(m.chat == chat))).scalars())
            for where in found:
                await messages.forget(connection, self._vault, owner, where, message)
                note: ledger.Payload = {"message": message}
                await ledger.append(connection, self._vault, owner, "forgotten", now, note, where)
            if found:
                await errands.enqueue_taking_down(self._queue, connection, owner)
                await errands.enqueue(self._queue, connection, *then)
            elif held is not None and chat is not None:  # a reading that is under way may not have come to it yet
                unseen = Said(owner, chat, message, now, "")
                await forgotten.mark(connection, self._vault, held, chat, [unseen])
            return bool(found)

    async def correct(self, claim: Claim, owner: str, old: str, said: Said, *then: Errand) -> bool | None:
        """Put an owner's own new words in place of a message of theirs in the same chat; None when claimed before.

        What they had kept under a heading stays under it. False, and nothing changed, where nothing is recorded of the
        old message, or no consent of theirs covers the new words.
        """
        now = self._clock()
        async with self._database.transaction(owner=owner) as connection:
            if not await claims.take(connection, claim, now):
                return None
            await owners.lock(connection, owner)
            before = next(iter(await messages.recorded(connection, self._vault, owner, said.chat, old)), None)
            if before is None or not before.text or said.person != owner:
                return False
            if not await self._put_right(connection, before, said):
                return False
            await errands.enqueue(self._queue, connection, *then)
            return True

    async def follow(self, said: Said) -> bool:
        """Put a message as its author edited it in place of its words before; False where it has no others.

        Its old words go in any case, though no consent covers the new ones. Done again, nothing is changed.
        """
        now, owner = self._clock(), said.person
        async with self._database.transaction(owner=owner) as connection:
            await owners.lock(connection, owner)
            before = next(iter(await messages.recorded(connection, self._vault, owner, said.chat, said.message)), None)
            if before is None or not before.text or _same(before, said):
                return False
            if not await self._put_right(connection, before, replace(said, source=before.source)):
                await messages.forget(connection, self._vault, owner, said.chat, said.message)
                note: ledger.Payload = {"message": said.message}
                await ledger.append(connection, self._vault, owner, "forgotten", now, note, said.chat)
                await errands.enqueue_taking_down(self._queue, connection, owner)
            return True

    async def _put_right(self, connection: AsyncConnection, before: Said, said: Said) -> bool:
        """New words stand where the old ones stood, and whatever quoted these is taken down; False: not covered."""
        owner, now = said.person, self._clock()
        pages = await paging.stands_on(connection, owner, said.chat, before.message)
        heading, under, _ = before.text.partition("\n")
        kept = titled(replace(said, source=before.source), heading) if before.source == "kept" and under else said
        if not await self._in_place(connection, kept, before.message, said.message):
            return False
        await paging.put_right(connection, owner, pages, said.chat, said.message, now)
        note: ledger.Payload = {"message": before.message, "by": said.message}
        await ledger.append(connection, self._vault, owner, "corrected", now, note, said.chat)
        await self._to_be_embedded(connection, owner)
        await errands.enqueue_taking_down(self._queue, connection, owner)
        return True

    async def _in_place(self, connection: AsyncConnection, said: Said, *old: str) -> bool:
        """Record a message in place of itself and for good of these; False, and nothing changed, without a consent."""
        attempt = await connection.begin_nested()
        for message in old:
            await messages.forget(connection, self._vault, said.person, said.chat, message)
        for message in (said.message, *await self._elsewhere(connection, said)):
            await messages.supersede(connection, said.person, said.chat, message)
        await forgotten.lift(connection, self._vault, said)
        kept = await messages.record(connection, self._vault, said.person, said.chat, [said], self._clock())
        await (attempt.commit() if kept else attempt.rollback())
        return kept > 0

    async def _elsewhere(self, connection: AsyncConnection, said: Said) -> Sequence[str]:
        """The other ids under which a message is recorded."""
        held = await owners.lock(connection, said.person)
        same = {} if held is None else await twins.recorded(connection, self._vault, held, said.chat, [said])
        return [one.message for one in same.get(said.message, ())]

    async def kept_in(self, owner: str, message: str, chat: str | None = None) -> str | None:
        """The chat for which a message of an owner's is recorded, or this one alone; None: it is not."""
        m = t.message.c
        mine = select(m.chat).where(m.owner == owner, m.message == message).order_by(m.chat).limit(1)
        async with self._database.transaction(owner=owner) as connection:
            found = await connection.execute(mine if chat is None else mine.where(m.chat == chat))
            return found.scalar_one_or_none()

    async def quoted_in(self, owner: str, chat: str, answer: str | None) -> str | None:
        """The message that an owner's answer, standing in this message or the latest in the chat, quotes first."""
        a, c, m, p = t.answer.c, t.citation.c, t.message.c, t.place.c
        mine = select(m.message).join(t.citation, and_(c.owner == m.owner, c.passage == m.passage))
        mine = mine.join(t.answer, and_(a.owner == c.owner, a.id == c.answer))
        mine = mine.where(m.owner == owner, a.chat == chat, m.chat == chat, a.direct.is_(False))
        if answer is not None:
            mine = mine.join(t.place, p.answer == a.id).where(p.chat == chat, p.message == answer)
        async with self._database.transaction(owner=owner) as connection:
            found = await connection.execute(mine.order_by(a.at.desc(), a.id, c.n, m.n).limit(1))
            return found.scalar_one_or_none()


def _same(before: Said, said: Said) -> bool:
    """Whether what is recorded of a message is what it says now, under a heading or not."""
    words = before.text.partition("\n")[2] if before.source == "kept" else before.text
    return masked(said.text).split() in (words.split(), before.text.split())


def titled(said: Said, title: str) -> Said:
    """The same words under a heading that their author gave them."""
    heading = " ".join(title.split())
    return replace(said, text=f"{heading}\n{said.text}") if heading else said
