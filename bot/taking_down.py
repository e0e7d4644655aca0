"""After leaving: answers are replaced by a notice where they stand, and where they stay is told to whoever left."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence

from adapters.base import Address, Card, Platform, PlatformError, Sent, Unavailable
from bot.meant import chat_name
from bot.retracting import Retracting
from bot.sentences import Language, say
from skills.retracting import Place
from skills.store import Store
from skills.words import TakeDown

log = logging.getLogger("fenshen.taking_down")

MOST_SHOWN = 20  # answers named of one chat


class TakingDown:
    """Works from places alone; what others said in the same message stays."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], retracting: Retracting) -> None:
        self._store = store
        self._platforms = platforms
        self._retracting = retracting

    async def take_down(self, work: TakeDown) -> None:
        """Replace what can be replaced, one after the other; then say once what could not. Raises Unavailable."""
        platform = self._platforms.get(work.platform)
        if platform is None:
            log.warning("answers wait on %s, which is not set up", work.platform)
            return
        for place in await self._store.placed(work.owner):
            language = place.language or work.language or "zh"
            await self._store.taken_down(place, stays=not await self._replaced(platform, place, language))
        standing = await self._store.placed(work.owner, refused=True)
        if standing and work.language:
            card = await self._told(platform, standing, work.language)
            key = f"standing:{work.owner}:{standing[-1].answer}"
            try:
                await platform.send(Address(person=work.owner), card, key=key)
            except PlatformError as error:
                log.info("a card could not be sent: %s", type(error).__name__)

    async def _replaced(self, platform: Platform, place: Place, language: Language) -> bool:
        card = await self._retracting.left(platform, place, await self._store.beside(place), language)
        try:
            await platform.update(Sent(platform.name, str(place.chat), str(place.message), editable=True), card)
        except Unavailable:
            raise  # another try may help
        except PlatformError:
            return False
        return True

    async def _told(self, platform: Platform, standing: Sequence[Place], language: Language) -> Card:
        chats = defaultdict[str, list[str]](list)
        for place in standing:
            chats[str(place.chat)].append(place.answer)
        lines = [say(language, "standing_text", times=len(standing))]
        for chat, answers in chats.items():
            named = ", ".join(answers[:MOST_SHOWN]) + (" …" if len(answers) > MOST_SHOWN else "")
            name = await chat_name(platform, chat) or say(language, "this_chat")
            lines.append(say(language, "standing_line", chat=name, answers=named))
        return Card(say(language, "standing_title"), "\n".join(lines), note=say(language, "standing_note"))
