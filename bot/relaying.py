"""A question put to the person herself: posted in the chat, her reply brought back, and kept if she says so."""

import logging
from collections.abc import Mapping, Sequence

from adapters.base import Address, Card, Mention, Message, Platform, PlatformError, Recalled, Unreachable
from bot import cards, letters
from bot.commands import parse_command
from bot.meant import chat_name, person_name
from bot.names import matching
from bot.objecting import Objections, mentioned
from bot.questions import Question, Questions
from bot.remembering import NOTE
from bot.sentences import Language
from bot.waits import LONGEST_TITLE
from skills.notes import titled
from skills.store import Store
from skills.words import Claim, PutQuestion, Said, Tell, Venue

log = logging.getLogger("fenshen.relaying")


class Relay:
    """Carries questions to people and their words back; what it keeps of either is in ids."""

    def __init__(
        self, store: Store, platforms: Mapping[str, Platform], questions: Questions, objections: Objections
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._questions = questions
        self._objections = objections

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
        if message.sender is None or not message.text.strip():
            return ()
        if message.reply_to and (put := await self._store.put_in(message.chat, message.reply_to)):
            return [put] if put.reply is None and _may_answer(put, message.sender) else ()
        if message.direct or not message.reply_to_bot:
            return ()
        waiting = await self._store.open_puts(message.chat, message.sender)
        return [put for put in waiting if put.person is not None or self._calls(put, message.name)]

    async def named(self, message: Message, put_id: str) -> PutQuestion | None:
        """The question that a message answers by its id: of this chat, or, alone with the bot, one that is theirs."""
        if message.direct:
            return await self.theirs(str(message.sender), put_id)
        put = await self._store.find_put(put_id.upper())
        mine = put is not None and put.chat == message.chat and _may_answer(put, str(message.sender))
        return put if mine else None

    async def theirs(self, person: str, put_id: str) -> PutQuestion | None:
        """The question that waits for this person, told from their id, or from a double of theirs in its chat."""
        put = await self._store.find_put(put_id.upper())
        if put is None or put.reply is not None or not _may_answer(put, person):
            return None
        return put if put.person == person or put.chat in await self._switched_on(person) else None

    async def waiting(self, person: str) -> Sequence[PutQuestion]:
        """The questions that wait for this person, newest first; one without an id is theirs by the name it calls."""
        chats = await self._switched_on(person)
        found = await self._store.waiting(person, chats)
        nameless = {put.chat for put in found if put.person is None}
        names = {chat: await self._name_in(person, chat) for chat in nameless}
        return [put for put in found if put.person is not None or self._calls(put, names[put.chat])]

    async def bring(self, put: PutQuestion, message: Message, offer: bool = True) -> None:
        """Bring a reply to the one who asked, once; an owner is offered to keep it, alone with the bot."""
        if not await self._store.reply_to_put(put.id, message.id):
            return
        platform = self._platforms[put.platform]
        keepable = await self.keepable(str(message.sender), put)
        name = message.name or await self._name_among(str(message.sender), [put.chat, *keepable])
        asker = None if put.private else Mention(put.asker, await person_name(platform, put.asker, put.chat))
        shown = letters.said(message, words_of(message), who=name, where=await chat_name(platform, put.chat))
        to = Address(chat=put.chat, reply_to=put.asked, thread=put.thread)
        card = letters.replied(put.language, name=name, asker=asker, said=shown)
        sent = await platform.send(to, card, key=f"replied:{put.id}")
        where = (put.platform, sent.chat, sent.message, sent.editable)
        await self._store.fill(_slot("reply", message.chat, message.id), *where, about=message.sender)
        if offer and keepable:
            card = letters.keep(put.language, put.id, self.title(put), shown, keepable)
            await self._offer_keeping(put, message, card)

    async def keepable(self, person: str, put: PutQuestion) -> Mapping[str, str]:
        """The chats for which this person may keep an answer, id to name: where it was asked; alone, any of theirs."""
        platform, consents = self._platforms[put.platform], await self._store.consents(person)
        chats = sorted({consent.chat for consent in consents if put.private or consent.chat == put.chat})
        return {chat: await chat_name(platform, chat) for chat in chats}

    async def keep(
        self, claim: Claim, person: str, put_id: str, title: str | None, place: str, chat: str | None = None
    ) -> tuple[str, Said | None]:
        """Keep one's own reply under a title; returns the sentence that says how it went, "" when claimed before.

        `place` is the chat where it is kept from: a reply that was written to the bot alone stands there. `chat` is
        the one it is kept for; without it, the one that the number after `put_id` counts (`K7Q2#2`), or the only one.
        """
        code, _, number = put_id.partition("#")
        put = await self._store.find_put(code.upper())
        if put is None or put.reply is None:
            return "keep_gone", None
        chat = chat or _numbered(list(await self.keepable(person, put)) if put.private else [put.chat], number)
        if chat is None:
            return "keep_which", None
        platform = self._platforms[put.platform]
        reply = await platform.said(put.chat, put.reply) or await platform.said(place, put.reply)
        if reply is None:
            return "keep_gone", None
        if reply.sender != person:
            return "not_yours", None
        alone = reply.chat != chat
        id_ = NOTE + reply.id if alone else reply.id
        said = Said(person, chat, id_, reply.at, words_of(reply), None if alone else reply.thread, source="kept")
        if alone:
            # a reply that is taken back has to be found by its message
            where = (put.platform, said.chat, said.message, False)
            await self._store.fill(_slot("note", reply.chat, reply.id), *where, about=person)
        heading = self.title(put) if title is None else title[:LONGEST_TITLE]
        (said,) = await self._objections.about(chat, [titled(said, heading)], {id_: mentioned(reply)})
        kept = await self._store.keep(claim, said)
        return ("" if kept is None else "kept_toast" if kept else "remember_no_consent"), said

    async def kept(self, platform: str, said: Said, language: Language) -> Card:
        """What the offer to keep becomes: what was kept for which chat, and the way to undo it."""
        name = await chat_name(self._platforms[platform], said.chat)
        return letters.remembered(language, said.chat, said.message, name)

    async def taken_back(self, recalled: Recalled) -> None:
        """Replace what was shown of a reply whose author took it back, and forget a note of theirs."""
        chat, message = recalled.chat, recalled.message
        self._questions.forget(chat, message)
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
        await self._store.fill(_slot("copy", message.chat, message.id), *where, about=message.sender)

    def title(self, put: PutQuestion) -> str:
        """A title proposed from the question's words, "" once they are forgotten."""
        question = self._questions.find(put.question)
        return " ".join(question.text.split()).rstrip("?？。.！!")[:LONGEST_TITLE] if question else ""

    async def _switched_on(self, person: str) -> Sequence[str]:
        paused = await self._store.paused(person)
        return [*(consent.chat for consent in await self._store.consents(person)), *paused]

    async def _name_among(self, person: str, chats: Sequence[str]) -> str:
        """By which name somebody is known in the first of these chats that tells one; "" where none does."""
        platform = self._platforms[person.partition(":")[0]]
        for chat in chats:
            if name := await person_name(platform, person, chat):
                return name
        return ""

    async def _name_in(self, person: str, chat: str) -> str:
        """By which name an owner is known in a chat, "" where neither the platform nor a tap has told."""
        name = await person_name(self._platforms[person.partition(":")[0]], person, chat)
        doubles = () if name else await self._store.doubles(asker=person, venue=Venue(chat, direct=False))
        return name or next((double.name for double in doubles if double.owner == person), "")

    def _calls(self, put: PutQuestion, name: str) -> bool:
        """Whether a question calls its person by this name; no longer known once its words are forgotten."""
        question = self._questions.find(put.question)
        if question is None or question.name is None or not name:
            return False
        return bool(matching({"": (name,)}, question.name, question.message.text))


async def called(platform: Platform, question: Question) -> Mention:
    """The person by the mention's id or the chat's own member list; never by who has a double."""
    if question.person is not None:
        name = question.name or await person_name(platform, question.person, question.message.chat)
        return Mention(question.person, name)
    said = question.message.text
    try:
        members = await platform.members(question.message.chat) or {}
    except PlatformError:
        members = {}  # the name in the text has to do
    found = matching({who: (name,) for who, name in members.items()}, question.name, said)
    return Mention(found[0] if len(found) == 1 else None, question.name or "")


def words_of(message: Message) -> str:
    """What somebody said in answer, without the command that carried it."""
    command = parse_command(message.text)
    return command.words[1] if command and command.verb == "answer" and len(command.words) > 1 else message.text


def _numbered(chats: Sequence[str], number: str) -> str | None:
    """The only chat, or the one that a number counts from 1; None where it is left open, or none is counted so."""
    if not number:
        return chats[0] if len(chats) == 1 else None
    return chats[int(number) - 1] if number.isdecimal() and 0 < int(number) <= len(chats) else None


def _may_answer(put: PutQuestion, sender: str) -> bool:
    return sender != put.asker and put.person in (None, sender)


def _slot(kind: str, chat: str, message: str) -> str:
    return f"{kind}:{chat}:{message}"
