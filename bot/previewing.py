"""A look at one's own double with others' eyes: exactly what they would get, shown to its owner alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from adapters.base import Address, Card, Message, Part, Platform
from bot import cards
from bot.answering import Answering
from bot.belonging import Belonging
from bot.meant import department_name, own_chat, person_name
from bot.questions import LONGEST, Question
from bot.sentences import Language, say
from skills.store import Store
from skills.words import UNTOLD, Claim, Double, Tell, Venue, Within

MOST = 5  # audiences on one card


@dataclass(frozen=True, slots=True)
class Audience:
    """Somebody who may ask, and where: the owner stands in for whoever is in a chat, a colleague for who asks alone."""

    heading: str
    asker: str
    chat: str
    direct: bool
    within: Within = UNTOLD


class Previewing:
    """Decides and answers as for that audience; nothing is recorded, counted, or sent to anybody else."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], answering: Answering) -> None:
        self._store = store
        self._platforms = platforms
        self._answering = answering
        self._belonging = Belonging(store, platforms)

    async def said(self, message: Message, words: str, tell: Tell) -> None:
        """Take a question to be previewed; what it is about stays out of every queue and table."""
        claim = Claim(message.platform, message.event, message.id)
        if not words:
            await self._store.claim(claim, replace(tell, card="preview_what"))
        elif await self._store.claim(claim):
            self._answering.start(self.show, message, words, tell.language)

    async def show(self, message: Message, words: str, language: Language) -> None:
        """Send the owner one card with a part for each of those who may ask."""
        person = str(message.sender)
        platform = self._platforms[message.platform]
        card = await self._card(platform, message, words.strip()[:LONGEST], person, language)
        await platform.send(Address(person=person), card, key=f"preview:{message.id}")

    async def _card(self, platform: Platform, message: Message, words: str, person: str, language: Language) -> Card:
        audiences = await self._audiences(platform, person, language)
        if not audiences:
            return cards.plain(language, "preview_nobody", title="preview_title")
        name = message.name or await person_name(platform, person, audiences[0].chat)
        double = Double(person, name or say(language, "somebody"))
        parts = [
            await self._part(self._asked(message, words, one, language), double, one.heading)
            for one in audiences[:MOST]
        ]
        return Card(
            say(language, "preview_title"), f"“{words}”", parts=tuple(parts), note=say(language, "preview_note")
        )

    async def _part(self, question: Question, double: Double, heading: str) -> Part:
        card = await self._answering.would_say(question, double)
        return Part(heading, card.text, card.quotes, card.label)

    async def _audiences(self, platform: Platform, person: str, language: Language) -> Sequence[Audience]:
        consents, joined = await self._store.consents(person), await self._store.joined_scopes(person)
        going = [scope for scope in joined if scope.state == "going"]
        here = [c.chat for c in consents if c.audience == "chat"] + [chat for scope in going for chat in scope.chats]
        chats = list(dict.fromkeys(here))
        people = list(dict.fromkeys(who for scope in going for who in scope.people if who != person))
        departments = list(dict.fromkeys(one for scope in going for one in scope.departments))
        asked_in = next(iter([*chats, *(chat for scope in going for chat in scope.sources)]), "")
        return [
            *[await self._in_chat(platform, person, chat, language) for chat in chats],
            *[await self._alone(platform, who, asked_in, language) for who in people],
            *[await self._of(platform, one, asked_in, language) for one in departments],
        ]

    async def _in_chat(self, platform: Platform, person: str, chat: str, language: Language) -> Audience:
        name = await own_chat(self._store, platform, person, chat) or say(language, "this_chat")
        within = await self._belonging.of(person, platform.name, Venue(chat, False))
        return Audience(say(language, "preview_chat", chat=name), person, chat, False, within)

    async def _alone(self, platform: Platform, who: str, chat: str, language: Language) -> Audience:
        name = await person_name(platform, who, chat) or who
        within = await self._belonging.of(who, platform.name, Venue(chat, True))
        return Audience(say(language, "preview_alone", name=name), who, chat, True, within)

    async def _of(self, platform: Platform, department: str, chat: str, language: Language) -> Audience:
        """Anybody of a department, alone: of whom nothing else is known."""
        name = await department_name(platform, department) or department
        heading = say(language, "preview_department", department=name)
        return Audience(heading, department, chat, True, frozenset({frozenset({department})}))

    def _asked(self, message: Message, words: str, audience: Audience, language: Language) -> Question:
        said = replace(message, sender=audience.asker, chat=audience.chat, direct=audience.direct, text=words)
        return Question(said, words, None, None, language, within=audience.within)
