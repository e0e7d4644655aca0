"""Questions that wait for somebody's own answer: shown to her alone, answered from the direct chat."""

from collections.abc import Mapping, Sequence

from adapters.base import Card, Click, Message, Platform, PlatformError, Reaction
from bot import cards, letters
from bot.answering import Answering
from bot.meant import chat_name, person_name
from bot.questions import Questions, understand
from bot.relaying import Relay
from bot.remembering import NOTE
from bot.sentences import Language, say
from bot.waits import LONGEST_TITLE, Waits, form
from skills.notes import titled
from skills.store import Store
from skills.words import Claim, PutQuestion, Said, Tell

SHOWN = 3


class Waiting:
    """Reads the questions where they stand, whenever they are shown: no word of them is kept for it."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        questions: Questions,
        relay: Relay,
        answering: Answering,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._questions = questions
        self._relay = relay
        self._answering = answering

    async def shown(self, person: str) -> tuple[Sequence[Waits], int]:
        """The newest questions that wait for this person, and how many there are in all."""
        puts = await self._relay.waiting(person)
        return [await self._read(put) for put in puts[:SHOWN]], len(puts)

    async def form(self, tell: Tell) -> Card:
        """One question with a line to answer it; whose it is not gets the sentence for a question that is gone."""
        language, person = tell.language, str(tell.person)
        put = await self._relay.theirs(person, tell.ids["put"])
        if put is None:
            return cards.plain(language, "answer_gone")
        chat = await chat_name(self._platforms[put.platform], put.chat)
        return form(language, await self._read(put), chat=chat, keep=await self._relay.keepable(person, put))

    async def answer(self, click: Click, language: Language) -> Reaction | None:
        """Bring what was written to the one who asked, and keep it where that was the button."""
        person, words = str(click.person), click.form.get("reply", "").strip()
        put = await self._relay.theirs(person, click.value.get("put", ""))
        if put is None:
            return Reaction(say(language, "answer_gone"))
        if not words:
            return Reaction(say(language, "answer_empty", put=put.id))
        if not await self._store.claim(Claim(click.platform, click.event)):
            return None
        id_, now = f"form:{put.id}", self._store.now()
        where = (click.platform, click.event, id_, click.chat, True)
        message = Message(*where, person, click.name, now, words, to_bot=True)
        self._answering.start(self._relay.bring, put, message, offer=False)
        if click.action != "answer_keep":
            return Reaction(say(language, "answer_sent"), cards.plain(language, "answer_sent"))
        chat = click.value.get("chat", put.chat)
        said = Said(person, chat, NOTE + id_, now, words, source="kept")
        title = click.form.get("title", "")[:LONGEST_TITLE]
        if not await self._store.keep(Claim(click.platform, f"{click.event}:kept"), titled(said, title)):
            return Reaction(say(language, "remember_no_consent"), cards.plain(language, "answer_sent"))
        name = await chat_name(self._platforms[put.platform], put.chat)
        return Reaction(say(language, "answer_kept"), letters.remembered(language, said.chat, said.message, name))

    async def _read(self, put: PutQuestion) -> Waits:
        platform = self._platforms[put.platform]
        asker = await person_name(platform, put.asker, put.chat)
        words = await self.words(put)
        return Waits(put.id, asker, put.at or self._store.now(), words, put.private)

    async def words(self, put: PutQuestion) -> str:
        """The question as it stands in the chat now; from memory only where the platform shows nothing again."""
        platform = self._platforms[put.platform]
        try:
            found = await platform.said(put.chat, put.asked)
        except PlatformError:
            found = None
        question = await understand(found, platform, put.language) if found else self._questions.find(put.question)
        return " ".join(question.text.split()) if question else ""
