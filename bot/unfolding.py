"""A long answer shown whole where it stands, by a tap or a word: decided afresh, for those who can read it there."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace

from adapters.base import Address, Card, Click, Message, Platform, PlatformError, Refused, Sent
from bot import cards
from bot.answering import Answering
from bot.frames import MOST_KEPT
from bot.meant import chat_name, person_name
from bot.sentences import Language
from skills.retracting import Place, Standing
from skills.store import Store
from skills.words import Claim, Tell


class Unfolding:
    """Replaces a first screen by the whole answer; one that may not stand any more gets the one refusal."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], answering: Answering) -> None:
        self._store = store
        self._platforms = platforms
        self._answering = answering
        self._shown: deque[str] = deque(maxlen=MOST_KEPT)  # a tap more on what is unfolded would be a call more

    async def said(self, message: Message, words: str, tell: Tell) -> None:
        """`/show A7F3C2`, or the word as a reply to the answer; where it is text, all of it comes once more."""
        answer = words.strip().lstrip("#").upper() or await self._replied_to(message) or ""
        places = await self._store.places(answer)
        here = bool(places) and places[0].chat == message.chat
        to = Address(chat=message.chat, reply_to=message.id, thread=message.thread)
        await self._unfold(Claim(message.platform, message.event, message.id), places if here else (), tell, to)

    async def tapped(self, click: Click, tell: Tell) -> None:
        """The same by the button on its first screen, which becomes all of it."""
        places = await self._store.places(click.value.get("answer", ""))
        here = bool(places) and (places[0].chat, places[0].message) == (click.chat, click.message)
        if here and places[0].answer in self._shown:
            return
        await self._unfold(Claim(click.platform, click.event), places if here else (), tell, None)

    async def _unfold(self, claim: Claim, places: Sequence[Place], tell: Tell, to: Address | None) -> None:
        if not places or await self._whole(places, tell.language) is None:
            await self._store.claim(claim, replace(tell, card="unfold_none"))
        elif await self._store.claim(claim):
            self._shown.append(places[0].answer)
            self._answering.start(self._show, places, tell.language, to, f"unfold:{claim.event}")

    async def _show(self, places: Sequence[Place], language: Language, to: Address | None, key: str) -> None:
        """Put all of it where the first screen stands; into the chat, where that is text and somebody said so."""
        card = await self._whole(places, language)
        if card is None:
            return  # taken back since: whoever did it has put a notice there, and that stays
        platform, frame = self._platforms[str(places[0].platform)], self._answering.frames.find(places[0].answer)
        language = frame.language if frame else language
        sent = frame.sent if frame else Sent(platform.name, str(places[0].chat), str(places[0].message), editable=True)
        try:
            await platform.update(sent, card)
        except PlatformError as error:
            self._shown.remove(places[0].answer)
            if to is None or not isinstance(error, Refused):
                raise
            sent = await platform.send(to, card, key=key)
            for place in places:
                where = sent.platform, sent.chat, sent.message, language
                await self._store.shown(place.answer, *where, to.thread)
        await self._after(card, places, sent, language)

    async def _after(self, card: Card, places: Sequence[Place], sent: Sent, language: Language) -> None:
        """What was taken back while it was on its way is replaced by a notice at once."""
        gone = [p.answer for p in places if await self._store.standing(p.answer) is None]
        if gone:
            await self._platforms[sent.platform].update(sent, cards.without(language, card, gone))
            await self._store.replaced(gone)

    async def _whole(self, places: Sequence[Place], language: Language) -> Card | None:
        """All that may stand there now, in the layout it was sent in; None where the answer itself may not."""
        standing = {place.answer: await self._store.standing(place.answer) for place in places}
        if standing[places[0].answer] is None:
            return None
        frame = self._answering.frames.find(places[0].answer)
        if frame is not None:
            return frame.filled(standing)
        shares = [await self._quoted(place, standing[place.answer], language) for place in places]
        if any(card is None for _, card in shares):
            return None
        told = [(name, card) for name, card in shares if card is not None]
        return told[0][1] if len(told) == 1 else cards.together(language, told)

    async def _quoted(self, place: Place, standing: Standing | None, language: Language) -> tuple[str, Card | None]:
        """An answer laid out anew out of what it cites; None where it was more than that, and no frame is left."""
        if standing is None:
            return "", cards.plain(language, "withdrawn_text", title="withdrawn_title")
        platform = self._platforms[str(place.platform)]
        name = standing.name or await person_name(platform, place.owner, str(place.chat))
        if not standing.quotes_alone:
            return name, None
        chats = {p.chat: await chat_name(platform, p.chat) for p in standing.passages}
        quotes = [
            cards.quote(language, p, who=name, where=chats[p.chat], url=cards.link(platform, p))
            for p in standing.passages
        ]
        question = None if standing.own else ""  # who is asked is known, what was asked is not any more
        made = cards.answer(
            language,
            name=name,
            answer_id=place.answer,
            quotes=quotes,
            question=question,
            private=standing.own,
            handed=standing.handed,
        )
        return name, replace(made, unfold=None)

    async def _replied_to(self, message: Message) -> str | None:
        return await self._store.answer_at(message.chat, message.reply_to) if message.reply_to else None
