"""What owners tell the bot to remember and to forget: their own words alone, for a chat that they switched on."""

from collections.abc import Mapping
from dataclasses import replace

from adapters.base import Click, Message, Platform, Reaction
from bot import cards, letters
from bot.commands import parse_command
from bot.meant import own_chat
from bot.objecting import Objections, mentioned
from bot.sentences import Language, say
from bot.suggesting import LOOKED_AT
from skills.store import Store
from skills.words import Claim, Said, Tell

NOTE = "note:"  # begins the id of a note written to the bot alone: no link leads to it


class Remembering:
    """Keeps and drops at their author's own word; every outcome is told to them alone."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], objections: Objections) -> None:
        self._store = store
        self._platforms = platforms
        self._objections = objections

    async def remember(self, message: Message, words: str | None, tell: Tell) -> None:
        """Keep a note, or the own message that this one replies to; `tell` says how it went."""
        found = replace(message, text=words) if words else await self._replied_to(message)
        if found is None:
            await self._say(message, tell, "remember_what")
        elif found.sender != message.sender:
            await self._say(message, tell, "remember_own")
        elif message.direct:
            await self._note(message, found, tell)
        else:
            await self._keep(message, _said(found, found.chat, found.id), tell)

    async def forget(self, message: Message, words: str | None, tell: Tell) -> None:
        """Drop a note by its words, or the own message that this one replies to."""
        done = replace(tell, card="forgotten")
        person, chat = str(message.sender), None if message.direct else message.chat
        if words:
            dropped = await self._drop_words(message, chat, words)
            await self._store.claim(_claim(message), done if dropped else replace(tell, card="forget_nothing"))
            return
        target = f"{NOTE}{message.reply_to}" if message.direct else str(message.reply_to)
        if await self._store.drop(_claim(message), person, chat, target, done) is False:
            await self._say(message, tell, "forget_nothing")

    async def correct(self, message: Message, words: str | None, tell: Tell) -> None:
        """Put these words in place of what one's double quoted, or of the own words, that the message replies to."""
        person, old = str(message.sender), await self._corrected(message)
        if not words or old is None:
            # by the message's own claim: a redelivery finds nothing to correct because it is done
            await self._store.claim(_claim(message), replace(tell, card="correct_what"))
            return
        chat, replaced = old
        id_ = NOTE + message.id if message.direct else message.id
        said = _said(replace(message, text=words), chat, id_)
        if message.direct:
            await self._know(message, said)
        done = replace(tell, card="corrected", ids={**tell.ids, "chat": chat, "message": id_})
        if await self._store.correct(_claim(message), person, replaced, said, done) is False:
            await self._say(message, tell, "correct_what")

    async def remember_in(self, click: Click, language: Language) -> Reaction:
        """Keep a note for the one chat of several that its author chose."""
        message = await self._platforms[click.platform].said(click.value.get("from", ""), click.value.get("note", ""))
        if message is None:
            return Reaction(say(language, "keep_gone"))
        if message.sender != click.person:
            return Reaction(say(language, "not_yours"))
        command = parse_command(message.text)
        words = command.words[0] if command and command.words else message.text
        said = _said(replace(message, text=words), click.value.get("chat", ""), NOTE + message.id)
        (said,) = await self._objections.about(said.chat, [said], {said.message: mentioned(message)})
        if not await self._store.keep(Claim(click.platform, click.event), said):
            return Reaction(say(language, "remember_no_consent"))
        await self._know(message, said)
        chat = await own_chat(self._store, self._platforms[click.platform], said.person, said.chat)
        return Reaction(say(language, "kept_toast"), letters.remembered(language, said.chat, said.message, chat))

    async def drop(self, click: Click, language: Language) -> Reaction | None:
        """Drop what a card says was kept, if it is the tapper's own."""
        chat, message = click.value.get("chat", ""), click.value.get("message", "")
        dropped = await self._store.drop(Claim(click.platform, click.event), str(click.person), chat, message)
        if dropped is None:
            return None
        done = cards.plain(language, "forgotten" if dropped else "forget_nothing")
        return Reaction(done.text, done if dropped else None)

    async def _replied_to(self, message: Message) -> Message | None:
        if message.reply_to is None:
            return None
        return await self._platforms[message.platform].said(message.chat, message.reply_to)

    async def _corrected(self, message: Message) -> tuple[str, str] | None:
        """The chat and message of one's own words that a correction replies to; None: of nobody's or somebody else's.

        A reply to an answer means the words it quotes first; where no id tells which answer, the latest in the chat.
        """
        person, reply_to = str(message.sender), message.reply_to
        if reply_to is None:
            return None
        own = f"{NOTE}{reply_to}" if message.direct else reply_to
        found = await self._store.kept_in(person, own, None if message.direct else message.chat)
        if found:
            return found, own
        if (quoted := await self._store.quoted_in(person, message.chat, reply_to)) is None and message.reply_to_bot:
            quoted = await self._store.quoted_in(person, message.chat, None)
        return (message.chat, quoted) if quoted else None

    async def _note(self, message: Message, found: Message, tell: Tell) -> None:
        """Of one chat that is switched on, or of the one chosen by a button among several."""
        chats = await self._store.sources(str(message.sender))
        if len(chats) > 1:
            ids = {**tell.ids, "note": found.id, "from": found.chat}
            await self._store.claim(_claim(message), replace(tell, card="remember_where", ids=ids))
        elif chats:
            said = _said(found, chats[0], NOTE + found.id)
            await self._know(found, said)
            await self._keep(message, said, tell)
        else:
            await self._say(message, tell, "remember_no_consent")

    async def _keep(self, message: Message, said: Said, tell: Tell) -> None:
        ids = {**tell.ids, "chat": said.chat, "message": said.message}
        (said,) = await self._objections.about(said.chat, [said], {said.message: mentioned(message)})
        if await self._store.keep(_claim(message), said, replace(tell, card="remembered", ids=ids)) is False:
            await self._say(message, tell, "remember_no_consent")

    async def _know(self, message: Message, said: Said) -> None:
        """A note whose message is taken back has to be found by that message."""
        where = (message.platform, said.chat, said.message, False)
        await self._store.fill(f"note:{message.chat}:{message.id}", *where, about=said.person)

    async def _drop_words(self, message: Message, chat: str | None, words: str) -> bool:
        own = await self._store.own(str(message.sender), chat, LOOKED_AT)
        same = [passage for passage in own if passage.text.strip() == words.strip()]
        for n, passage in enumerate(same):
            claim = Claim(message.platform, f"{message.event}:{n}")
            await self._store.drop(claim, passage.owner, passage.chat, passage.message)
        return bool(same)

    async def _say(self, message: Message, tell: Tell, sentence: str) -> None:
        """Say what did not work; claimed apart, because the attempt may have claimed the message."""
        await self._store.claim(Claim(message.platform, f"{message.event}:said"), replace(tell, card=sentence))


def _said(message: Message, chat: str, id_: str) -> Said:
    return Said(str(message.sender), chat, id_, message.at, message.text, message.thread, source="note")


def _claim(message: Message) -> Claim:
    return Claim(message.platform, message.event, message.id)
