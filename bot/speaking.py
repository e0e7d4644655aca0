"""An owner's yes to a model that writes with their words, on a card that names it, and their no, in one word."""

from dataclasses import replace
from hashlib import sha256

from adapters.base import Button, Card, Click, Message
from bot import cards
from bot.sentences import Language, say
from skills.store import Store
from skills.words import Claim, Tell

SHORT = 8  # digits of the hash that a button carries, and that is typed where a client draws none


class Speaking:
    """What is shown is what is agreed to: the button carries a hash over the card, with the provider's name in it."""

    def __init__(self, store: Store, provider: str | None) -> None:
        self._store = store
        self._provider = provider

    async def said(self, message: Message, verb: str, code: str, tell: Tell) -> None:
        """Show the card, and with its code agree to it; or nothing but quotes from now on."""
        claim = Claim(message.platform, message.event, message.id)
        await (self._speak(claim, code, tell) if verb == "speak" else self._quote(claim, tell))

    async def tapped(self, click: Click, tell: Tell) -> None:
        """The same by a button; the card that was tapped then shows how things stand."""
        slot, claim = f"speak:{click.event}", Claim(click.platform, click.event)
        await self._store.fill(slot, click.platform, click.chat, click.message, editable=True)
        tell = replace(tell, slot=slot)
        code = click.value.get("shown", "")
        await (self._speak(claim, code, tell) if click.action == "speak" else self._quote(claim, tell))

    async def card(self, tell: Tell) -> Card:
        """What stands, or what may be agreed to."""
        language, person = tell.language, str(tell.person)
        if self._provider is None:
            return cards.plain(language, "speak_none", title="speak_title")
        spoken = await self._store.spoken(person)
        if spoken is not None and spoken.others and spoken.provider == self._provider:
            text = say(language, "speak_on", provider=spoken.provider, record=spoken.id, day=cards.day(spoken.at))
            quote = Button("quote", say(language, "quote_button"), {"language": language}, command="/quote")
            return Card(say(language, "speak_title"), text, note=say(language, "speak_note"), buttons=(quote,))
        code = self._shown(language)[:SHORT]
        value = {"shown": code, "language": language}
        agree = Button("speak", say(language, "speak_button"), value, command=f"/speak {code}")
        text = say(language, "speak_text", provider=self._provider)
        return Card(say(language, "speak_title"), text, note=say(language, "speak_note"), buttons=(agree,))

    async def _quote(self, claim: Claim, tell: Tell) -> None:
        told = replace(tell, card="quote_text")
        if await self._store.quote_only(claim, str(tell.person), told) is False:
            # it was so already, and is said all the same; the attempt claimed the event
            await self._store.claim(Claim(claim.platform, f"{claim.event}:said"), told)

    async def _speak(self, claim: Claim, code: str, tell: Tell) -> None:
        shown, asked = replace(tell, card="speak"), self._shown(tell.language)
        if self._provider is None or code.casefold() != asked[:SHORT]:
            # nothing, or another card, was shown: this one is
            await self._store.claim(claim, shown)
            return
        done = await self._store.let_speak(claim, str(tell.person), self._provider, asked, tell.language, shown)
        if done is False:
            refused = replace(tell, card="speak_no_double")
            await self._store.claim(Claim(claim.platform, f"{claim.event}:said"), refused)

    def _shown(self, language: Language) -> str:
        """The hash over all that the card says."""
        text = say(language, "speak_text", provider=self._provider or "")
        return sha256(f"{text}\n{say(language, 'speak_note')}".encode()).hexdigest()
