"""A question that was asked alone, put to an owner alone; whoever has no double is not written to."""

import logging
from collections.abc import Mapping, Sequence

from adapters.base import Address, Platform, PlatformError
from bot.meant import person_name
from bot.names import matching
from bot.questions import Question
from bot.relaying import Relay
from bot.waits import Waits, form
from skills.store import Store
from skills.words import PutQuestion, Reach

log = logging.getLogger("fenshen.reaching")


class Reaching:
    """Finds the one owner who is called, among those whom the asker meets in a chat that they may be asked in."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], relay: Relay) -> None:
        self._store = store
        self._platforms = platforms
        self._relay = relay

    async def put(self, question: Question) -> None:
        """Put a question to the owner whom it calls; to nobody where it calls none, or more than one."""
        message, platform = question.message, self._platforms[question.message.platform]
        owners = await self._called(platform, question)
        if len(owners) != 1:
            log.info("a private question on %s calls nobody who can be reached", message.platform)
            return
        ids = (message.platform, message.chat, str(question.asker), owners[0], message.id, question.id)
        put = await self._store.put_privately(PutQuestion("", *ids, question.language, private=True))
        if put is None:
            return
        asker = message.name or await person_name(platform, put.asker, put.chat)
        waits = Waits(put.id, asker, put.at or self._store.now(), " ".join(question.text.split()), private=True)
        card = form(question.language, waits, chat="", keep=await self._relay.keepable(owners[0], put))
        sent = await platform.send(Address(person=owners[0]), card, key=f"ask:{question.id}")
        await self._store.put_stands(put.id, sent.message, sent.chat)

    async def _called(self, platform: Platform, question: Question) -> Sequence[str]:
        """The owners by the mention's id or by name whom the asker meets; oneself is not reached."""
        asker, reach = str(question.asker), await self._store.reachable(platform.name)
        if question.person is not None:
            called = [one for one in reach if one.double.owner == question.person]
        elif question.name is not None:
            names = {one.double.owner: (one.double.name, *one.double.also) for one in reach}
            found = matching(names, question.name, question.message.text)
            called = [one for one in reach if one.double.owner in found]
        else:
            called = []
        met = [one.double.owner for one in called if await self._meets(platform, one, asker)]
        return [owner for owner in met if owner != asker]

    async def _meets(self, platform: Platform, reach: Reach, asker: str) -> bool:
        """Whether the asker is in one of the owner's chats; where the platform lists no members, colleagues meet."""
        for chat in reach.chats:
            try:
                members = await platform.members(chat)
            except PlatformError:
                continue
            if members is None or asker in members:
                return True
        return False
