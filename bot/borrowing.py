"""Chats read with their owner's own eyes: they say yes on the platform's page, for one reading, and nothing is kept."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from adapters.base import Address, Button, Card, Platform, PlatformError, Refused, Sent, Unreachable
from adapters.history import History, Lending, Login, NotAllowed
from bot import cards
from bot.learning import Learning, paced
from bot.passing import Passed, read_as, reading_as
from bot.sentences import Language, say
from skills.store import Store
from skills.words import Claim, Tell

log = logging.getLogger("fenshen.borrowing")

READING = "lent"  # one at a time: lent again, one that broke off goes on
MOST = 20  # who are waited for at once, in this process


class Borrowing:
    """Where the bot cannot read, an owner's own login can; it lives in memory until the reading ends."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], learning: Learning) -> None:
        self._store = store
        self._platforms = platforms
        self._learning = learning
        self._tasks: dict[str, asyncio.Task[None]] = {}  # by owner

    async def ask(self, claim: Claim, words: str, tell: Tell) -> None:
        """Send an owner the platform's page; when they have said yes there, read what they named of what they share.

        `words`: a scope or a chat of theirs; "" means all. Whatever cannot be done is said by the card of `tell`.
        """
        platform, owner = self._platforms[tell.platform], str(tell.person)
        chats = await self._chats(owner, words)
        if not isinstance(platform, Lending):
            why = "lend_not_here"
        elif not chats:
            why = "lend_nothing"
        elif owner in self._tasks or len(self._tasks) >= MOST:
            why = "lend_waits"
        else:  # nothing is awaited before it stands there: of two taps at once one begins
            task = asyncio.create_task(self._lend(platform, platform, owner, chats, tell.language, claim))
            self._tasks[owner] = task
            task.add_done_callback(lambda _: self._tasks.pop(owner))
            return
        await self._store.claim(claim, replace(tell, card=why))

    async def aclose(self) -> None:
        """Stop whatever waits or reads; the passes are gone with it."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _chats(self, owner: str, words: str) -> Sequence[str]:
        sources = await self._store.sources(owner)
        if not words or words in sources:
            return [words] if words else sources
        joined = await self._store.joined_scopes(owner)
        return [chat for one in joined if one.scope == words.casefold() for chat in one.sources if chat in sources]

    async def _lend(
        self, platform: Platform, lender: Lending, owner: str, chats: Sequence[str], language: Language, claim: Claim
    ) -> None:
        """From the page to the last message; whatever happens, the owner's card says it."""
        if not await self._store.claim(claim):
            return
        to, event = Address(person=owner), claim.event
        login, sent = None, None
        try:
            login = await lender.ask_login()
            sent = await platform.send(to, _page(language, lender, login), key=f"lend:{event}")
            eyes = await lender.lent(login, owner)
            said = await self._read(platform, sent, lender.lending_pause, eyes, owner, chats, language)
        except Exception as error:
            log.warning("a reading as its owner came to nothing, or broke off: %s", type(error).__name__)
            said = cards.plain(language, _why(lender, error, asked=login is not None), title="lend_title")
        finally:
            if login is not None:
                await lender.forget(login)
        await self._last(platform, to, sent, said, event)

    async def _read(
        self,
        platform: Platform,
        sent: Sent,
        pause: float,
        eyes: History,
        owner: str,
        chats: Sequence[str],
        language: Language,
    ) -> Card:
        title, read, closed = say(language, "lend_title"), list[Passed](), 0

        async def progress(passed: Passed) -> None:
            before, nth = sum(one.read for one in read), len(read) + closed + 1
            with suppress(PlatformError):  # the reading goes on, whatever its card does
                await platform.update(sent, Card(title, reading_as(language, passed, before, nth, len(chats))))

        told = paced(progress, pause)
        for chat in chats:
            try:
                passed = await self._learning.through(owner, chat, eyes, READING, told)
            except (Refused, Unreachable):
                closed += 1
                continue
            if passed is not None:
                read.append(passed)
        await self._store.read_through(owner, READING)
        more = f"\n\n{say(language, 'lend_closed', chats=closed)}" if closed else ""
        return Card(title, read_as(language, read) + more)

    async def _last(self, platform: Platform, to: Address, sent: Sent | None, card: Card, event: str) -> None:
        """The end, in the place of the page where that can be replaced."""
        if sent is not None:
            with suppress(PlatformError):
                await platform.update(sent, card)
                return
        try:
            await platform.send(to, card, key=f"lent:{event}")
        except PlatformError as error:
            log.warning("the end of a reading could not be told: %s", type(error).__name__)


def _why(lender: Lending, error: Exception, *, asked: bool) -> str:
    """What its owner is told of it; `asked`: they had the page already."""
    if isinstance(error, NotAllowed) or (isinstance(error, Refused) and not asked):
        return "lend_not_allowed_dws" if lender.lends_by_client else "lend_not_allowed"
    return "lend_refused_text" if isinstance(error, Refused) else "lend_failed"


def _page(language: Language, lender: Lending, login: Login) -> Card:
    text = say(language, "lend_login", code=login.code, minutes=max(1, round(login.seconds / 60)))
    open_ = Button("lend_page", say(language, "lend_open"), {"language": language}, style="primary", url=login.url)
    terms = say(language, "lend_terms_dws" if lender.lends_by_client else "lend_terms")
    return Card(say(language, "lend_title"), text, note=terms, buttons=(open_,))
