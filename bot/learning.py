"""Earlier words, on the owner's own tap or from the owner's own file; other people's are dropped as they pass."""

import asyncio
import logging
import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.base import File, Platform, PlatformError, Refused, Unavailable, Unreachable
from adapters.history import History
from bot.coming_back import brought, is_export
from bot.histories import NOTED_SECONDS, Histories, Progress
from bot.meant import chat_name, person_name
from bot.objecting import Objections
from bot.passing import Passed, far_in, summary
from bot.tells import Tells
from skills.imports import Lines, NotReadable, Whose, read_file
from skills.kept_along import PastWithheld
from skills.store import Store
from skills.words import Backfill, Import, Tell

log = logging.getLogger("fenshen.learning")

BATCH = 200
PROGRESS_SECONDS = 3.0
MOST_BYTES = 50 * 2**20


def paced(tell: Progress, seconds: float) -> Progress:
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
        pause: float = PROGRESS_SECONDS,
    ) -> None:
        """`pause`: seconds between two updates of the card of a reading, and at most between two notes of it."""
        self._pause = pause
        self._store = store
        self._platforms = platforms
        self._histories = histories
        self._tells = tells
        self._objections = objections
        self._read_through = Histories(store, objections, min(pause, NOTED_SECONDS))

    async def backfill(self, work: Backfill) -> None:
        """List a chat from the consent's beginning and keep the owner's own words; broken off, it goes on from there.

        Of a scope's chats the card tells over all that were read so far.
        """
        since = await self._store.learns_since(work.owner, work.chat)
        if since is None:
            return
        before = await self._read_through.passed(work.owner, work.slot)
        chats = [passed for chat, passed in before.items() if chat != work.chat]
        ids = {"chat": work.chat} if work.scope is None else {"scope": work.scope, "new": "yes", "of": work.chat}
        card = "found" if work.scope is None else "scope"
        tell = Tell(card, work.platform, person=work.owner, slot=work.slot, language=work.language, ids=ids)
        try:
            chats.append(await self._listed(work, since, chats, tell))
        except (Refused, Unreachable):
            log.warning("the history of a chat on %s may not be read", work.platform)
            chats.append(await self._read_through.closed(work.owner, work.chat, since, work.slot))
        # in its slot's turn: never before the card that says it is being read
        await self._store.defer(replace(tell, ids={**tell.ids, **summary(chats)}))
        if work.scope is None:
            await self._store.read_through(work.owner, work.slot)

    async def _listed(self, work: Backfill, since: datetime, before: Sequence[Passed], tell: Tell) -> Passed:
        async def progress(passed: Passed) -> None:
            card = "joined" if work.scope is None else tell.card
            await self._tells.tell(replace(tell, card=card, ids={**tell.ids, **far_in([*before, passed])}))

        history, told = self._histories[work.platform], paced(progress, self._pause)
        return await self._read_through.through(work.owner, work.chat, history, since, work.slot, told)

    async def through(self, owner: str, chat: str, history: History, reading: str, progress: Progress) -> Passed | None:
        """Keep the owner's own words of a chat, as their consents say now; None where none learns from it.

        `reading`: by what one is known that broke off. Raises Refused or Unreachable where the history is closed.
        """
        since = await self._store.learns_since(owner, chat)
        if since is None:
            return None
        return await self._read_through.through(owner, chat, history, since, reading, progress)

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
