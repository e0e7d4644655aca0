"""Objections: somebody's name and mentions are kept out of a chat's doubles, whoever speaks of them."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from adapters.base import Message, Platform, PlatformError
from bot.names import matching
from skills.store import Store
from skills.words import Said, Strike

log = logging.getLogger("fenshen.objecting")


class Objections:
    """Finds those who object in what is about to be kept, and strikes what was kept before."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform]) -> None:
        self._store = store
        self._platforms = platforms

    async def about(self, chat: str, saids: Sequence[Said], mentions: Mapping[str, Sequence[str]]) -> list[Said]:
        """The same messages, each with those who object here and whom it mentions (ids by message) or names."""
        objectors = await self._store.objectors(chat) if saids else frozenset()
        if not objectors:
            return list(saids)
        names = {person: await self._told(person, chat) for person in objectors}
        return [replace(said, about=_about(said, names, mentions.get(said.message, ()))) for said in saids]

    async def strike(self, work: Strike) -> None:
        """Erase what owners said about somebody who objects, in one chat; done again, it finds nothing more.

        Raises PlatformError while their names are not told: then it is to be done again.
        """
        if work.person not in await self._store.objectors(work.chat):
            return
        names = {work.person: await self._names(work.person, work.chat)}

        def about(text: str) -> bool:
            return bool(matching(names, None, text))

        others = [owner for owner in await self._store.owners_there(work.chat) if owner != work.person]
        struck = [await self._store.strike(owner, work.chat, about) for owner in others]
        log.info("somebody objects in a chat on %s: %d messages struck", work.platform, sum(struck))

    async def _told(self, person: str, chat: str) -> Sequence[str]:
        """What somebody is called; where it is not told just now, what is kept meanwhile is struck when it is."""
        try:
            return await self._names(person, chat)
        except PlatformError:
            log.info("the names of somebody in a chat are not told just now")
            await self._store.strike_later(Strike(chat.partition(":")[0], chat, person))
            return ()

    async def _names(self, person: str, chat: str) -> Sequence[str]:
        """What the platform calls somebody now; their names are kept nowhere. Raises PlatformError."""
        platform = self._platforms[chat.partition(":")[0]]
        names = [await platform.person_name(person, chat), (await platform.members(chat) or {}).get(person, "")]
        return [name for name in dict.fromkeys(names) if name]


def mentioned(message: Message) -> Sequence[str]:
    """Whom a message mentions by id."""
    return [mention.person for mention in message.mentions if mention.person]


def _about(said: Said, names: Mapping[str, Sequence[str]], mentions: Sequence[str]) -> tuple[str, ...]:
    named = {person for person in names if person in mentions} | set(matching(names, None, said.text))
    return tuple(sorted(named - {said.person}))
