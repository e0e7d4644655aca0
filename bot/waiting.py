"""Questions that wait for somebody's own answer: shown to her alone, answered from the direct chat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from adapters.base import Button, Card, Click, Field, Message, Platform, PlatformError, Reaction
from bot import cards, letters
from bot.answering import Answering
from bot.meant import chat_name, person_name
from bot.questions import Questions, understand
from bot.relaying import LONGEST_TITLE, Relay
from bot.remembering import NOTE
from bot.sentences import Language, say
from skills.notes import titled
from skills.store import Store
from skills.words import Claim, PutQuestion, Said, Tell

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Waits:
    """One question as its person sees it; `text` is "" where it can neither be read again nor is remembered."""

    put: str
    asker: str
    at: datetime
    text: str


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
        waits, chat = await self._read(put), await chat_name(self._platforms[put.platform], put.chat)
        keeps = any(c.chat == put.chat for c in await self._store.consents(person))
        return form(language, waits, chat=chat, title=waits.text[:LONGEST_TITLE] if keeps else None)

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
        said = Said(person, put.chat, NOTE + id_, now, words, source="kept")
        title = click.form.get("title", "")[:LONGEST_TITLE]
        if not await self._store.keep(Claim(click.platform, f"{click.event}:kept"), titled(said, title)):
            return Reaction(say(language, "remember_no_consent"), cards.plain(language, "answer_sent"))
        name = await chat_name(self._platforms[put.platform], put.chat)
        return Reaction(say(language, "answer_kept"), letters.remembered(language, said.chat, said.message, name))

    async def _read(self, put: PutQuestion) -> Waits:
        platform = self._platforms[put.platform]
        asker = await person_name(platform, put.asker, put.chat)
        return Waits(put.id, asker, put.at or self._store.now(), await self._words(platform, put))

    async def _words(self, platform: Platform, put: PutQuestion) -> str:
        """The question as it stands in the chat now; from memory only where the platform shows nothing again."""
        try:
            found = await platform.said(put.chat, put.asked)
        except PlatformError:
            found = None
        question = await understand(found, platform, put.language) if found else self._questions.find(put.question)
        return " ".join(question.text.split()) if question else ""


def line(language: Language, waits: Waits, length: int = 40) -> str:
    """A question in one line: who asks, when, and how it begins."""
    asker, day = waits.asker or say(language, "somebody"), waits.at.astimezone().strftime("%m-%d")
    return say(language, "waits_line", asker=asker, day=day, question=_begin(waits.text, length)).rstrip(" ：:")


def answer_now(language: Language, waits: Waits) -> Button:
    """One tap to answer a question."""
    value = {"put": waits.put, "language": language}
    label = say(language, "answer_now", question=_begin(waits.text, 16) or waits.asker or say(language, "somebody"))
    return Button("answer_now", label, value, style="primary", command=f"/answer {waits.put}")


def form(language: Language, waits: Waits, *, chat: str, title: str | None) -> Card:
    """Who asks what, where the answer will stand, and a line for it; `title` None: it cannot be kept there."""
    value, twin = {"put": waits.put, "language": language}, f"/answer {waits.put}"
    fields = [Field("reply", say(language, "answer_field"))]
    buttons = [Button("answer_send", say(language, "answer_send"), value, style="primary", command=f"{twin} …")]
    if title is not None:
        fields.append(Field("title", say(language, "keep_field"), title))
        buttons.append(Button("answer_keep", say(language, "answer_and_keep"), value))
    text = line(language, waits, length=400)
    where = chat or say(language, "this_chat")
    note = say(language, "answer_where", chat=where, put=waits.put)
    return Card(say(language, "waits_title"), text, note=note, fields=tuple(fields), buttons=tuple(buttons))


def _begin(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
