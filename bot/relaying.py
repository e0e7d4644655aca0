"""A question put to the person herself: posted in the chat, her reply brought back, and kept if she says so."""

import logging
from collections.abc import Mapping, Sequence

from adapters.base import Address, Card, Mention, Message, Platform, PlatformError, Recalled, Unreachable
from bot import cards, letters
from bot.answering import chat_name, person_name
from bot.asked import matching, parse_question
from bot.commands import parse_command
from bot.questions import Question, Questions
from bot.sentences import Language
from skills.notes import titled
from skills.store import Store
from skills.words import Claim, PutQuestion, Said, Tell

log = logging.getLogger("fenshen.relaying")

LONGEST_TITLE = 60


class Relay:
    """Carries questions to people and their words back; what it keeps of either is in ids."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], questions: Questions) -> None:
        self._store = store
        self._platforms = platforms
        self._questions = questions

    async def put(self, question: Question) -> None:
        """Put a question to the person in the chat, the same for everyone."""
        message, platform = question.message, self._platforms[question.message.platform]
        person = await called(platform, question)
        asker = message.name or await person_name(platform, str(question.asker), message.chat)
        ids = (message.platform, message.chat, str(question.asker), person.person, message.id, question.id)
        put = await self._store.put_question(PutQuestion("", *ids, question.language, message.thread))
        card = cards.ask_person(question.language, person=person, asker=asker, question=question.text, put=put.id)
        to = Address(chat=message.chat, reply_to=message.id, thread=message.thread)
        sent = await platform.send(to, card, key=f"ask:{question.id}")
        await self._store.put_stands(put.id, sent.message)

    async def answered_by(self, message: Message) -> Sequence[PutQuestion]:
        """The questions that a message may answer: the one it replies to; where no id tells, all it may mean."""
        if message.sender is None or message.direct or not message.text.strip():
            return ()
        if message.reply_to and (put := await self._store.put_in(message.chat, message.reply_to)):
            return [put] if put.reply is None and _may_answer(put, message.sender) else ()
        if not message.reply_to_bot:
            return ()
        waiting = await self._store.open_puts(message.chat, message.sender)
        return [put for put in waiting if put.person is not None or self._goes_by(put, message)]

    async def named(self, message: Message, put_id: str) -> PutQuestion | None:
        """The question of this chat that a message answers by its id."""
        put = await self._store.find_put(put_id.upper())
        mine = put is not None and put.chat == message.chat and _may_answer(put, str(message.sender))
        return put if mine else None

    async def bring(self, put: PutQuestion, message: Message) -> None:
        """Bring a reply to the one who asked, once; an owner is offered to keep it, alone with the bot."""
        if not await self._store.reply_to_put(put.id, message.id):
            return
        platform = self._platforms[put.platform]
        name = message.name or await person_name(platform, str(message.sender), put.chat)
        asker = Mention(put.asker, await person_name(platform, put.asker, put.chat))
        shown = letters.said(message, words_of(message), who=name, where=await chat_name(platform, put.chat))
        to = Address(chat=put.chat, reply_to=put.asked, thread=put.thread)
        card = letters.replied(put.language, name=name, asker=asker, said=shown)
        sent = await platform.send(to, card, key=f"replied:{put.id}")
        where = (put.platform, sent.chat, sent.message, sent.editable)
        await self._store.fill(_slot("reply", put.chat, message.id), *where, about=message.sender)
        if any(c.chat == put.chat for c in await self._store.consents(str(message.sender))):
            await self._offer_keeping(put, message, letters.keep(put.language, put.id, self._title(put), shown))

    async def keep(
        self, claim: Claim, person: str, put_id: str, title: str | None, *then: Tell
    ) -> tuple[str, PutQuestion | None]:
        """Keep one's own reply under a title; returns the sentence that says how it went, "" when claimed before."""
        put = await self._store.find_put(put_id.upper())
        if put is None or put.reply is None:
            return "keep_gone", None
        reply = await self._platforms[put.platform].said(put.chat, put.reply)
        if reply is None:
            return "keep_gone", put
        if reply.sender != person:
            return "not_yours", None
        said = Said(person, put.chat, reply.id, reply.at, words_of(reply), reply.thread, source="kept")
        heading = self._title(put) if title is None else title[:LONGEST_TITLE]
        kept = await self._store.keep(claim, titled(said, heading), *then)
        return ("" if kept is None else "kept_toast" if kept else "remember_no_consent"), put

    async def kept(self, put: PutQuestion, language: Language) -> Card:
        """What the offer to keep becomes: what was kept for which chat, and the way to undo it."""
        name = await chat_name(self._platforms[put.platform], put.chat)
        return letters.remembered(language, put.chat, str(put.reply), name)

    async def taken_back(self, recalled: Recalled) -> None:
        """Replace what was shown of a reply whose author took it back, and forget a note of theirs."""
        chat, message = recalled.chat, recalled.message
        for kind in ("reply", "copy"):
            slot = _slot(kind, chat, message)
            standing = await self._store.slot(slot)
            if standing is not None and standing.editable:
                await self._store.defer(Tell("withdrawn_text", standing.platform, chat=standing.chat, slot=slot))
        note = await self._store.slot(_slot("note", chat, message))
        if note is not None:
            await self._store.forget(Claim(recalled.platform, f"{recalled.event}:note"), note.chat, note.message)

    async def _offer_keeping(self, put: PutQuestion, message: Message, card: Card) -> None:
        try:
            sent = await self._platforms[put.platform].send(Address(person=message.sender), card, key=f"keep:{put.id}")
        except Unreachable:
            log.info("an owner cannot be written to on %s", put.platform)
            return
        where = (put.platform, sent.chat, sent.message, sent.editable)
        await self._store.fill(_slot("copy", put.chat, message.id), *where, about=message.sender)

    def _title(self, put: PutQuestion) -> str:
        """A title proposed from the question's words, "" once they are forgotten."""
        question = self._questions.find(put.question)
        return " ".join(question.text.split()).rstrip("?？。.！!")[:LONGEST_TITLE] if question else ""

    def _goes_by(self, put: PutQuestion, message: Message) -> bool:
        """Whether somebody without a known id is called as the question calls its person."""
        question = self._questions.find(put.question)
        if question is None or question.name is None or not message.name:
            return False
        return bool(matching({"": message.name}, parse_question(question.message.text), question.message.text))


async def called(platform: Platform, question: Question) -> Mention:
    """The person by the mention's id or the chat's own member list; never by who has a double."""
    if question.person is not None:
        return Mention(question.person, question.name or "")
    said = question.message.text
    try:
        members = await platform.members(question.message.chat) or {}
    except PlatformError:
        members = {}  # the name in the text has to do
    found = matching(members, parse_question(said), said)
    return Mention(found[0] if len(found) == 1 else None, question.name or "")


def words_of(message: Message) -> str:
    """What somebody said in answer, without the command that carried it."""
    command = parse_command(message.text)
    return command.words[1] if command and command.verb == "answer" and len(command.words) > 1 else message.text


def _may_answer(put: PutQuestion, sender: str) -> bool:
    return sender != put.asker and put.person in (None, sender)


def _slot(kind: str, chat: str, message: str) -> str:
    return f"{kind}:{chat}:{message}"
