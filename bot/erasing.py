"""Some days of one's own, erased: shown with how many messages that is, and gone by one more tap."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from adapters.base import Button, Card, Click, Message, Platform
from bot import cards, days
from bot.leftovers import WORDS, Leftovers
from bot.meant import own_chat
from bot.sentences import say
from skills.store import Store
from skills.windows import Window
from skills.words import Claim, Tell

SHORT = 4  # digits of the code that is typed where a client draws no button
OFFERED = (1, 7, 30)  # days


class Erasing:
    """What is erased is what was shown: the button and its twin carry the days and the chat."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], leftovers: Leftovers) -> None:
        self._store = store
        self._platforms = platforms
        self._leftovers = leftovers

    async def said(self, message: Message, words: str, tell: Tell) -> None:
        """Show what some days come to, in a group that chat's alone; with the card's code, erase it.

        What is left over is of no days.
        """
        if WORDS.intersection(words.casefold().split()[:1]):
            await self._leftovers.said(message, words, tell)
            return
        claim = Claim(message.platform, message.event, message.id)
        chat, named = None if message.direct else message.chat, days.span(words, self._store.now())
        if named is None:
            await self._store.claim(claim, replace(tell, card="erase_what"))
            return
        code = words.split()[-1].casefold()
        for one in (Window(*named, each) for each in await self._chats(str(tell.person), chat)):
            if code == _code(one):
                await self._erase(claim, one, tell, f"erased:{message.event}")
                return
        await self._store.claim(claim, _shown(tell, Window(*named, chat)))

    async def tapped(self, click: Click, tell: Tell) -> None:
        """The same by a button; the card that was tapped then shows how things stand."""
        claim, slot, value = Claim(click.platform, click.event), f"erased:{click.event}", click.value
        await self._store.fill(slot, click.platform, click.chat, click.message, editable=True)
        if click.action == "erase_days":
            many = int(value["days"]) if value.get("days", "").isdecimal() else 1
            window = Window(*days.last(min(max(many, 1), max(OFFERED)), self._store.now()))
            await self._store.claim(claim, replace(_shown(tell, window), slot=slot))
        elif (meant := _window(value)) is not None:
            await self._erase(claim, meant, tell, slot)

    async def card(self, tell: Tell) -> Card:
        """How many messages some days come to, and the button that erases them."""
        language, window = tell.language, _window(tell.ids)
        messages = 0 if window is None else await self._store.said_within(str(tell.person), window)
        if window is None or not messages:
            return cards.plain(language, "erase_none", title="erase_title")
        chat = window.chat and (
            await own_chat(self._store, self._platforms[tell.platform], str(tell.person), window.chat)
            or say(language, "this_chat")
        )
        where = say(language, "erase_chat", chat=chat) if chat else say(language, "erase_everywhere")
        first, last = days.both(window.since, window.until)
        text = say(language, "erase_text", first=first, last=last, where=where, messages=messages)
        label = say(language, "erase_button", messages=messages)
        value = {**_ids(window), "language": language}
        erase = Button("erase", label, value, style="danger", command=f"/erase {first} {last} {_code(window)}")
        return Card(say(language, "erase_title"), text, buttons=(erase,))

    async def what(self, tell: Tell) -> Card:
        """How days are named, and the ones that are asked for most."""
        language = tell.language
        named = {n: say(language, "erase_days", days=n) if n > 1 else say(language, "erase_today") for n in OFFERED}
        today = self._store.now()
        buttons = []
        for n, label in named.items():
            first, last = days.both(*days.last(n, today))
            value = {"days": str(n), "language": language}
            buttons.append(Button("erase_days", label, value, command=f"/erase {first} {last}"))
        return Card(say(language, "erase_title"), say(language, "erase_what"), buttons=tuple(buttons))

    async def _erase(self, claim: Claim, window: Window, tell: Tell, slot: str) -> None:
        stopped = replace(tell, card="stopped", slot=slot)
        receipt = replace(stopped, card="erased")
        done = await self._store.erase_window(claim, str(tell.person), window, receipt=receipt, then=[stopped])
        if done is None:
            # claimed apart, so that a redelivery does not say it twice
            nothing = Claim(claim.platform, f"{claim.event}:nothing")
            await self._store.claim(nothing, replace(tell, card="erase_none"))

    async def _chats(self, person: str, chat: str | None) -> list[str | None]:
        """The chats that days typed here may be about: this one, or alone with the bot any of the person's, and all."""
        if chat is not None:
            return [chat]
        mine = {*await self._store.sources(person), *await self._store.paused(person)}
        return [None, *sorted(mine)]


def _shown(tell: Tell, window: Window) -> Tell:
    return replace(tell, card="erase", ids={**tell.ids, **_ids(window)})


def _ids(window: Window) -> dict[str, str]:
    """A window on a button or in a job: two moments, and an id."""
    times = {"since": window.since.isoformat(), "until": window.until.isoformat()}
    return times if window.chat is None else {**times, "chat": window.chat}


def _window(ids: Mapping[str, str]) -> Window | None:
    """The same read back; None where a button carries no two moments with their zones, the second one later."""
    try:
        since, until = (datetime.fromisoformat(ids[name]) for name in ("since", "until"))
        zoned = since.tzinfo is not None and until.tzinfo is not None
        return Window(since, until, ids.get("chat")) if zoned and since < until else None
    except (KeyError, TypeError, ValueError):
        return None


def _code(window: Window) -> str:
    """A few digits over days and chat: whoever types them has seen the card."""
    return sha256("|".join(_ids(window).values()).encode()).hexdigest()[:SHORT]
