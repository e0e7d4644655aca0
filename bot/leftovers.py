"""What is left over of an owner's words: told on the cards that show how things stand, and erased by one tap."""

from dataclasses import replace
from hashlib import sha256

from adapters.base import Button, Card, Click, Message
from bot import cards
from bot.sentences import Language, say
from skills.leftover import Leftover
from skills.store import Store
from skills.words import Claim, Tell

WORDS = frozenset({"leftover", "剩下的"})
SHORT = 4  # digits of the code that is typed where a client draws no button


class Leftovers:
    """What is erased is what was shown: the button and its twin carry how many messages that is."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def said(self, message: Message, words: str, tell: Tell) -> None:
        """Show what is left over; with the card's code, erase it."""
        claim, person = Claim(message.platform, message.event, message.id), str(tell.person)
        code = words.split()[-1].casefold()
        mine = {*await self._store.sources(person), *await self._store.paused(person)}
        for chat in (None, *sorted(mine)):
            found = await self._store.leftover(person, chat)
            for kept in (False, True):
                if code == _code(found, chat, kept):
                    await self._erase(claim, tell, chat, kept)
                    return
        await self._store.claim(claim, replace(tell, card="leftover"))

    async def tapped(self, click: Click, tell: Tell) -> None:
        """The same by a button; where it is not what was shown any more, it is shown anew."""
        claim, value, chat = Claim(click.platform, click.event), click.value, click.value.get("chat")
        found = await self._store.leftover(str(tell.person), chat)
        if (value.get("messages"), value.get("kept")) == (str(found.messages), str(found.kept)):
            await self._erase(claim, tell, chat, value.get("all") == "yes")
        else:
            await self._store.claim(claim, replace(tell, card="leftover"))

    async def card(self, tell: Tell) -> Card:
        """How much is left over, what becomes of it, and the buttons that erase it."""
        language, found = tell.language, await self._store.leftover(str(tell.person))
        if found == Leftover():
            return cards.plain(language, "leftover_none", title="leftover_title")
        lines = [say(language, "leftover_text", messages=found.messages)] if found.messages else []
        text = "\n\n".join([*lines, *_kept(language, found)])
        return Card(say(language, "leftover_title"), text, buttons=_buttons(language, found, None))

    async def _erase(self, claim: Claim, tell: Tell, chat: str | None, kept: bool) -> None:
        stopped = replace(tell, card="stopped", slot=f"leftover:{claim.event}")
        receipt, person = replace(stopped, card="erased"), str(tell.person)
        done = await self._store.erase_leftover(claim, person, chat, kept=kept, receipt=receipt, then=[stopped])
        if done is None:
            # claimed apart, so that a redelivery does not say it twice
            nothing = Claim(claim.platform, f"{claim.event}:nothing")
            await self._store.claim(nothing, replace(tell, card="leftover"))


async def beside(store: Store, card: Card, tell: Tell, chat: str | None = None) -> Card:
    """A card with what is left over, of one chat or of all, and the buttons that erase it, if there is any."""
    found, language = await store.leftover(str(tell.person), chat), tell.language
    if found == Leftover():
        return card
    lines = [say(language, "leftover_line", messages=found.messages)] if found.messages else []
    text = "\n\n".join([card.text, *lines, *_kept(language, found)])
    return replace(card, text=text, buttons=(*card.buttons, *_buttons(language, found, chat)))


def _kept(language: Language, found: Leftover) -> list[str]:
    return [say(language, "leftover_kept", kept=found.kept)] if found.kept else []


def _buttons(language: Language, found: Leftover, chat: str | None) -> tuple[Button, ...]:
    """One for what was said to colleagues; where there is more, one for all of it."""
    shown = {"messages": str(found.messages), "kept": str(found.kept), "language": language}
    shown = shown if chat is None else {**shown, "chat": chat}
    kinds = ((False, "leftover_button", found.messages), (True, "leftover_all_button", found.kept))
    return tuple(
        Button(
            "erase_leftover",
            say(language, label, messages=found.messages + (found.kept if kept else 0)),
            {**shown, "all": "yes"} if kept else shown,
            style="danger",
            command=f"/erase leftover {_code(found, chat, kept)}",
        )
        for kept, label, there in kinds
        if there
    )


def _code(found: Leftover, chat: str | None, kept: bool) -> str:
    """A few digits over what was shown: whoever types them has seen the card."""
    return sha256(f"{chat}|{found.messages}|{found.kept}|{kept}".encode()).hexdigest()[:SHORT]
