"""Earlier words, on the owner's own tap or from the owner's own file; other people's are dropped as they pass."""

import asyncio
import logging
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.base import File, Message, Platform, PlatformError, Recalled, Refused, Unavailable, Unreachable
from adapters.history import History
from bot.coming_back import brought, is_export
from bot.meant import chat_name, person_name
from bot.objecting import Objections, mentioned
from bot.passing import Passed
from bot.tells import Tells
from skills.earlier import Kept
from skills.imports import Lines, NotReadable, Whose, read_file
from skills.kept_along import PastWithheld
from skills.store import Store
from skills.words import Backfill, Claim, Import, Said, Tell

log = logging.getLogger("fenshen.learning")

Progress = Callable[[Passed], Awaitable[None]]  # told how far it is

BATCH = 200
PROGRESS_SECONDS = 3.0
MOST_BYTES = 50 * 2**20


def paced(tell: Progress, seconds: float = PROGRESS_SECONDS) -> Progress:
    """The same, told at most every so many seconds."""
    told = time.monotonic()

    async def progress(passed: Passed) -> None:
        nonlocal told
        if time.monotonic() - told > seconds:
            told = time.monotonic()
            await tell(passed)

    return progress


class Learning:
    """Runs the long work behind a consent, telling the owner how far it has come."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        histories: Mapping[str, History],
        tells: Tells,
        objections: Objections,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._histories = histories
        self._tells = tells
        self._objections = objections

    async def backfill(self, work: Backfill) -> None:
        """List a chat from the consent's beginning and keep the owner's own words; safe to run again."""
        since = await self._store.learns_since(work.owner, work.chat)
        if since is None:
            return
        ids = {"chat": work.chat} if work.scope is None else {"scope": work.scope, "new": "yes", "of": work.chat}
        card = "found" if work.scope is None else "scope"
        tell = Tell(card, work.platform, person=work.owner, slot=work.slot, language=work.language, ids=ids)
        try:
            passed = await self._listed(work, since, tell)
            tell = replace(tell, ids={**tell.ids, **passed.summary})
        except (Refused, Unreachable):
            log.warning("the history of a chat on %s may not be read", work.platform)
            tell = replace(tell, ids={**tell.ids, "why": "history_refused"})
        await self._store.defer(tell)  # in its slot's turn: never before the card that says it is being read

    async def _listed(self, work: Backfill, since: datetime, tell: Tell) -> Passed:
        async def progress(passed: Passed) -> None:
            card = "joined" if work.scope is None else tell.card
            await self._tells.tell(replace(tell, card=card, ids={**tell.ids, **passed.progress}))

        return await self._through(work.owner, work.chat, self._histories[work.platform], since, paced(progress))

    async def through(self, owner: str, chat: str, history: History, progress: Progress) -> Passed | None:
        """Keep the owner's own words of a chat, as their consents say now; None where none learns from it.

        Raises Refused or Unreachable where the history is closed.
        """
        since = await self._store.learns_since(owner, chat)
        return None if since is None else await self._through(owner, chat, history, since, progress)

    async def _through(self, owner: str, chat: str, history: History, since: datetime, progress: Progress) -> Passed:
        batch: list[Message] = []
        passed = Passed(owner, since, self._store.now())
        async for seen in history.history(chat, since=since):
            if isinstance(seen, Recalled):
                await self._store.forget(Claim(seen.platform, seen.event), seen.chat, seen.message)
                continue
            if passed.take(seen):
                batch.append(seen)
            if len(batch) >= BATCH:
                passed.add(await self._kept(owner, chat, batch))
                batch = []
            await progress(passed)
        passed.add(await self._kept(owner, chat, batch))
        return passed

    async def _kept(self, owner: str, chat: str, batch: Sequence[Message]) -> Kept:
        saids = [_said(message, owner) for message in batch]
        saids = await self._objections.about(chat, saids, {m.id: mentioned(m) for m in batch})
        for message, said in zip(batch, saids, strict=True):
            if message.edited:
                await self._store.follow(said)
        return await self._store.learn(owner, chat, saids)

    async def read_file(self, work: Import) -> None:
        """Take the owner's own lines out of a file they sent; whatever is wrong with it is said."""
        tell = Tell(
            "imported",
            work.platform,
            chat=work.chat,
            reply_to=work.message,
            language=work.language,
            ids={"asked": work.message, "owner": work.owner},
        )
        if not await self._store.is_owner(work.owner):
            await self._tells.tell(replace(tell, card="import_no_consent"))
            return
        try:
            data = await self._platforms[work.platform].fetch(File("", work.key), work.message, MOST_BYTES)
        except Unavailable:
            raise
        except Refused:
            limit = {"limit": str(MOST_BYTES // 2**20)}
            await self._tells.tell(replace(tell, card="import_too_large", ids={**tell.ids, **limit}))
            return
        except PlatformError:
            await self._tells.tell(replace(tell, card="import_failed"))
            return
        outcome, counts = await self.take_in(work.owner, data, work.into)
        asked = {"key": work.key, "from": work.chat} if outcome == "import_where" else {}
        await self._tells.tell(replace(tell, card=outcome, ids={**tell.ids, **counts, **asked}))

    async def take_in(self, owner: str, data: bytes, into: str | None = None) -> tuple[str, Mapping[str, str]]:
        """Keep the owner's own words of a file; returns the card to show and its counts.

        Where the file does not say in which chat they were said, the owner is asked first and nothing is kept yet.
        """
        whose = await self._whose(owner, into)
        if not whose.chats:
            return "import_no_consent", {}
        if await asyncio.to_thread(is_export, data):
            return await self._come_back(owner, data, whose)
        try:
            found = await asyncio.to_thread(read_file, data, whose)
        except NotReadable:
            return "import_unreadable", {}
        if found.unplaced:
            return "import_where", {"found": str(found.unplaced), "about": str(found.about)}
        kept_back = frozenset((said.chat, said.message) for said in found.saids if said.withheld)
        return "imported", await self._take(owner, found, whose, PastWithheld(messages=kept_back))

    async def _come_back(self, owner: str, data: bytes, whose: Whose) -> tuple[str, Mapping[str, str]]:
        """The messages of an export, then its pages as they were; nothing of what is not whole, theirs and ours."""
        key = b64encode(await self._store.public_key()).decode()
        back = await asyncio.to_thread(brought, data, owner, key)
        if back is None:
            return "import_not_whole", {}
        try:
            found = await asyncio.to_thread(read_file, back.messages, whose)
        except NotReadable:
            return "import_unreadable", {}
        found = replace(found, saids=tuple(map(back.as_it_was, found.saids)))
        counts = await self._take(owner, found, whose, back.withheld)
        titles = []
        for chat in whose.chats:
            titles += await self._objections.about(chat, back.titles(owner, chat, self._store.now()), {})
        came = await self._store.bring_back(owner, back.pages, titles, back.looked_at, back.withheld.on_pages)
        return "imported", {**counts, "pages": str(came)}

    async def _take(self, owner: str, found: Lines, whose: Whose, past: PastWithheld) -> Mapping[str, str]:
        """What was kept back is so before the first word is there, and stays so where this breaks off."""
        withheld, kept, known = await self._store.hold_back(owner, past), 0, found.repeated
        for chat in whose.chats:
            own = await self._objections.about(chat, [said for said in found.saids if said.chat == chat], {})
            for start in range(0, len(own), BATCH):
                learned = await self._store.learn(owner, chat, own[start : start + BATCH])
                kept, known = kept + learned.new, known + learned.known
        out = max(len(found.saids) + found.repeated - kept - known, 0)
        bad = found.bad + found.undated
        counts = {"kept": kept, "others": found.others, "bad": bad, "known": known, "out": out}
        return {name: str(count) for name, count in {**counts, "withheld": withheld, "pages": 0}.items()}

    async def _whose(self, owner: str, into: str | None) -> Whose:
        """By what the platform calls the owner and their chats now; what it does not tell matches nothing."""
        platform = self._platforms[owner.partition(":")[0]]
        consented = await self._store.sources(owner)
        chats = {chat: await chat_name(platform, chat) for chat in consented}
        names = {await person_name(platform, owner, chat) for chat in chats}
        return Whose(owner, frozenset(names - {""}), chats, self._store.now(), into if into in chats else None)


def _said(message: Message, owner: str) -> Said:
    return Said(owner, message.chat, message.id, message.at, message.text, message.thread, source="history")
