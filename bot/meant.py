"""Who is meant by a question, among the owners whose grant covers its readers and nobody else."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from adapters.base import Platform, PlatformError
from adapters.directory import Departments, Nicknames
from bot.names import in_order, matching
from bot.questions import Question
from skills.store import Store
from skills.words import Double, Mode

MOST_OFFERED = 3  # colleagues, where a question names nobody
AT_ONCE = 8


class Meant:
    """Reads names against those who may be asked here; nobody else is ever looked for."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], mode: Mode = "auto") -> None:
        """`mode`: whose answers go out at once, or whose are drafted for their look."""
        self._mode: Mode = mode
        self._store = store
        self._platforms = platforms

    async def by(self, question: Question) -> Sequence[Double]:
        """The owners who may be meant, in the order of their names."""
        doubles = await self._doubles(question)
        if question.person is not None:
            return [d for d in doubles if d.owner == question.person]
        if question.venue.direct and question.name is None:
            return [d for d in doubles if d.owner == question.asker]
        by_owner = {d.owner: d for d in doubles}
        chosen = matching({d.owner: (d.name, *d.also) for d in doubles}, question.name, question.message.text)
        return [by_owner[owner] for owner in chosen]

    async def one(self, question: Question, owner: str) -> Double | None:
        """The owner whom the asker chose, if they may still be asked here."""
        return next((d for d in await self._doubles(question) if d.owner == owner), None)

    async def knowing(self, question: Question) -> Sequence[Double]:
        """Where nobody is named: the first of this chat's owners, by name, who have something on it. No rank."""
        if question.asker is None or question.name or question.person or question.venue.direct:
            return ()
        named = [d for d in await self._doubles(question) if d.name]
        found: list[Double] = []
        ordered = sorted(named, key=lambda d: (in_order(d.name), d.owner))
        for start in range(0, len(ordered), AT_ONCE):
            some = ordered[start : start + AT_ONCE]
            knows = await asyncio.gather(*(self._knows(double, question) for double in some))
            found += [double for double, known in zip(some, knows, strict=True) if known]
            if len(found) >= MOST_OFFERED:
                break
        return found[:MOST_OFFERED]

    async def _knows(self, double: Double, question: Question) -> bool:
        grant = await self._store.grant(double.owner, asker=str(question.asker), venue=question.venue, readers=None)
        return grant is not None and bool(await self._store.recall(grant, question.text, limit=1))

    async def _doubles(self, question: Question) -> Sequence[Double]:
        if question.asker is None:
            return ()
        doubles = await self._store.doubles(asker=question.asker, venue=question.venue, mode=self._mode)
        return [d if d.name else await self._named(d, question) for d in doubles]

    async def _named(self, double: Double, question: Question) -> Double:
        """An owner whose name no tap carried, by the name that the platform has told since."""
        platform = self._platforms[question.message.platform]
        name = await person_name(platform, double.owner, question.message.chat)
        if not name:
            return double
        also = tuple(await also_called(platform, double.owner))
        await self._store.rename(double.owner, name, also)
        return replace(double, name=name, also=also)


async def person_name(platform: Platform, person: str, chat: str) -> str:
    """Somebody's name for display, "" when the platform does not tell it just now."""
    try:
        return await platform.person_name(person, chat)
    except PlatformError:
        return ""


async def also_called(platform: Platform, person: str) -> Sequence[str]:
    """What else the platform's directory calls somebody; nothing where it does not tell just now."""
    try:
        return await platform.also_called(person) if isinstance(platform, Nicknames) else ()
    except PlatformError:
        return ()


async def chat_name(platform: Platform, chat: str) -> str:
    """A chat's name for display, "" when the platform does not tell it just now."""
    try:
        return await platform.chat_name(chat)
    except PlatformError:
        return ""


async def own_chats(store: Store, platform: Platform, owner: str, chats: Iterable[str]) -> Mapping[str, str]:
    """What an owner's chats are called, for their own eyes: as the platform tells now, or as it last told."""
    return await store.chat_names(owner, {chat: await chat_name(platform, chat) for chat in dict.fromkeys(chats)})


async def own_chat(store: Store, platform: Platform, owner: str, chat: str) -> str:
    """What one chat of an owner's is called, for their own eyes."""
    return (await own_chats(store, platform, owner, [chat]))[chat]


async def department_name(platform: Platform, department: str) -> str:
    """A department's name for display, "" when the directory does not tell it just now."""
    try:
        return await platform.department_name(department) if isinstance(platform, Departments) else ""
    except PlatformError:
        return ""
