"""One event in: claimed once, its command or words committed before it is acknowledged, its answer worked on after."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from adapters.base import Click, Departed, Event, Message, Platform, Reaction, Recalled
from bot.answering import Answering
from bot.clicks import Clicks
from bot.commands import CHOICES, Command, parse_command
from bot.following import Following
from bot.joining import Joining
from bot.objecting import Objections, mentioned
from bot.owning import Owning
from bot.questions import Questions, understand
from bot.relaying import Relay
from bot.remembering import Remembering
from bot.sentences import Language, language_of
from skills.store import Store
from skills.words import Claim, Import, PutQuestion, Said, Tell

log = logging.getLogger("fenshen.inbox")


class Inbox:
    """The only translator between what platforms say and what the store keeps."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        answering: Answering,
        questions: Questions,
        clicks: Clicks,
        joining: Joining,
        relay: Relay,
        remembering: Remembering,
        objections: Objections,
        owning: Owning,
        language: Language,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._answering = answering
        self._following = Following(store)
        self._questions = questions
        self._clicks = clicks
        self._joining = joining
        self._relay = relay
        self._remembering = remembering
        self._objections = objections
        self._owning = owning
        self._language = language

    async def receive(self, event: Event) -> Reaction | None:
        """Take in one event; when this returns, everything that must not be lost is committed.

        A redelivery changes nothing and says nothing again.
        """
        match event:
            case Click():
                return await self._clicks.receive(event)
            case Recalled():
                if await self._store.forget(Claim(event.platform, event.event), event.chat, event.message):
                    await self._relay.taken_back(event)
            case Departed():
                await self._store.depart(Claim(event.platform, event.event), event.person)
            case Message() if event.to_bot:
                await self._addressed(event)
            case Message():
                await self._overheard(event)
        return None

    async def _overheard(self, message: Message) -> None:
        """What was not said to the bot: kept only where its author's own consent covers it."""
        if message.sender is None or not message.text:
            return
        said = Said(message.sender, message.chat, message.id, message.at, message.text, message.thread)
        (said,) = await self._objections.about(message.chat, [said], {message.id: mentioned(message)})
        if await self._store.record(_claim(message), said):
            for put in await self._relay.answered_by(message):
                self._answering.start(self._relay.bring, put, message)

    async def _addressed(self, message: Message) -> None:
        command = parse_command(message.text)
        if message.sender is None:
            await self._tell(message, "no_identity")
        elif message.file is not None and message.direct:
            await self._file(message)
        elif command is not None:
            await self._heard(message)
            await self._command(message, command)
        elif not message.text.strip():
            await self._tell(message, "empty_question")
        elif await self._owning.interviewing.takes(message):
            return
        elif puts := await self._relay.answered_by(message):
            await self._reply(message, puts)
        elif await self._store.claim(_claim(message)):
            self._answering.start(self._ask, message)

    async def _heard(self, message: Message) -> None:
        """In which language an owner tells the bot something: cards that nobody asked for come in it."""
        if (language := language_of(message.text, default=None)) is not None:
            await self._store.spoke(str(message.sender), language)

    async def _reply(self, message: Message, puts: Sequence[PutQuestion]) -> None:
        """A reply to a question that was put; of several that it may mean, the sender names one."""
        if len(puts) > 1:
            await self._tell(message, "which_put", codes=", ".join(put.id for put in puts))
        elif await self._store.claim(_claim(message)):
            self._answering.start(self._relay.bring, puts[0], message)

    async def _ask(self, message: Message) -> None:
        question = await understand(message, self._platforms[message.platform], self._language)
        question = await self._following.of(question)
        self._questions.remember(question)
        await self._answering.answer(question)

    async def _command(self, message: Message, command: Command) -> None:
        match command.verb:
            case "join" if command.words:
                await self._choose(message, command.words)
            case "join":
                await self._join(message)
            case "leave" | "narrow":
                await self._take_back(message, command)
            case "lend":
                await self._joining.lend(_claim(message), " ".join(command.words), await self._private(message, ""))
            case "pause" | "resume":
                await self._joining.switch(
                    _claim(message), await self._private(message, "scopes"), command.verb, _here(message)
                )
            case "scopes" | "more" | "mydata" | "export" | "credit" | "notice" | "receipt":
                await self._show(message, command)
            case "remember" | "forget" | "correct" | "answer" | "keep":
                await self._own_words(message, command)
            case "object" | "unobject":
                await self._object(message, command.verb)
            case "help" | "rules" | "unknown":
                await self._explain(message, command)
            case _:
                await self._owning.said(message, command, await self._private(message, ""))

    async def _take_back(self, message: Message, command: Command) -> None:
        """Leave a scope by its name, else a chat or everything; or narrow a scope."""
        words, tell = command.words, await self._private(message, "stopped")
        if command.verb == "narrow":
            await self._owning.scoping.narrow(_claim(message), words, tell)
            return
        named = words[0] if words else ""  # a chat, as a card without buttons names it: a scope's name has no colon
        where = (named, None) if ":" in named else (None, named.casefold()) if named else (_here(message), None)
        await self._joining.leave(_claim(message), tell, *where)

    async def _show(self, message: Message, command: Command) -> None:
        """A card about the one who asks for it, alone; a receipt by its id, an export sealed to a key that is named."""
        verb, words = command.verb, command.words
        named = {"record": "".join(words[:1]).upper()} if verb == "receipt" else {}
        named |= {"key": words[-1]} if verb == "export" and words not in ((), ("file",)) else {}
        itself = "key" in named or (verb in ("export", "credit") and words == ("file",))
        tell = await self._private(message, f"{verb}_file" if itself else verb)
        await self._store.claim(_claim(message), replace(tell, ids={**tell.ids, **named}))

    async def _explain(self, message: Message, command: Command) -> None:
        """What anybody may read, where they ask; alone with the bot, the rules come with what is the asker's own."""
        if command.verb == "rules" and message.direct:
            await self._show(message, command)
        else:
            await self._tell(message, "unknown_command" if command.verb == "unknown" else command.verb)

    async def _own_words(self, message: Message, command: Command) -> None:
        """What somebody wants kept, dropped or brought to a colleague: their own words alone."""
        words = command.words
        match command.verb:
            case "remember":
                await self._remembering.remember(message, words[0] if words else None, await self._private(message, ""))
            case "forget":
                await self._forget(message, words[0] if words else None)
            case "correct":
                await self._remembering.correct(message, words[0] if words else None, await self._private(message, ""))
            case "answer":
                await self._answer(message, words)
            case "keep":
                await self._keep(message, words)

    async def _forget(self, message: Message, words: str | None) -> None:
        """Alone with the bot and of nothing in particular, it means the last answer of an interview."""
        tell, last = await self._private(message, ""), message.direct and not (words or message.reply_to)
        if not (last and await self._owning.interviewing.undone(_claim(message), tell)):
            await self._remembering.forget(message, words, tell)

    async def _join(self, message: Message) -> None:
        """Answer "join" in a group by a private consent card; in a direct chat there is nothing to name."""
        if message.direct:
            await self._tell(message, "join_in_group")
            return
        language = await self._spoken(message, alone=True)
        tell = await self._private(message, "offer")
        await self._store.offer(_claim(message), str(message.sender), message.chat, language, tell)

    async def _object(self, message: Message, verb: str) -> None:
        """Somebody wants to be kept out of what is learned in a group; alone with the bot there is nothing to name."""
        if message.direct:
            await self._tell(message, "object_in_group")
            return
        card = "objected" if verb == "object" else "unobjected"
        tell = await self._private(message, card)
        tell = replace(tell, ids={**tell.ids, "chat": message.chat})
        await self._joining.object(_claim(message), tell, verb, message.chat)

    async def _choose(self, message: Message, words: tuple[str, ...]) -> None:
        """The text twin of a consent card's buttons: `/optin today K7Q2`; a yes only alone, where the card stands."""
        person = str(message.sender)
        action = CHOICES.get(words[0].casefold())
        if not (message.direct or action in (None, "decline")):
            await self._join(message)
            return
        if action is None and len(words) == 1:
            await self._owning.scoping.join(_claim(message), words[0], await self._private(message, ""))
            return
        # an offer's id is in capitals, however it was typed
        named = words[1].upper() if len(words) > 1 else None
        known = await (self._store.find_offer(named) if named else self._store.latest_offer(person))
        if action is None:
            await self._tell(message, "unknown_command")
        elif known is None or known.person != person:
            await self._tell(message, "offer_gone")
        else:
            done = await self._joining.choose(
                _claim(message), message.platform, known, action, language=known.language, name=message.name
            )
            if done is None:
                # the refusal claimed the message; claimed apart, it is said, and only once
                refused = Claim(message.platform, f"{message.event}:refused")
                await self._tell(message, "forbidden_here", claim=refused)

    async def _answer(self, message: Message, words: tuple[str, ...]) -> None:
        """Bring an answer to the question that its id names; an id alone, in a direct chat, shows the question."""
        put = await self._relay.named(message, words[0]) if words else None
        if put is None or (len(words) == 1 and not message.direct):
            await self._tell(message, "answer_gone")
        elif len(words) == 1:
            await self._store.claim(_claim(message), replace(await self._private(message, "put"), ids={"put": put.id}))
        else:
            await self._reply(message, [put])

    async def _keep(self, message: Message, words: tuple[str, ...]) -> None:
        """The text twin of the button: `/keep K7Q2`, with a title of one's own or the proposed one."""
        title = words[1] if len(words) > 1 else None
        done, _ = await self._relay.keep(
            _claim(message), str(message.sender), words[0] if words else "", title, message.chat
        )
        if done:
            # keeping claimed the message; claimed apart, what came of it is said, and only once
            await self._tell(message, done, claim=Claim(message.platform, f"{message.event}:kept"))

    async def _file(self, message: Message) -> None:
        assert message.file is not None
        person, language = str(message.sender), await self._spoken(message, alone=True)
        work = Import(message.platform, person, message.chat, message.id, message.file.key, language)
        await self._store.claim(_claim(message), work)

    async def _tell(self, message: Message, card: str, *, claim: Claim | None = None, **ids: str) -> None:
        """Reply where the message stands."""
        tell = Tell(
            card,
            message.platform,
            chat=message.chat,
            reply_to=message.id,
            thread=message.thread,
            language=await self._spoken(message),
            ids=ids,
        )
        await self._store.claim(claim or _claim(message), tell)

    async def _private(self, message: Message, card: str) -> Tell:
        """Reply to the sender alone; the ids say what asked for it, and where to answer should that be impossible."""
        ids = {"asked": message.id} if message.direct else {"asked": message.id, "origin": message.chat}
        language = await self._spoken(message, alone=True)
        return Tell(card, message.platform, person=message.sender, language=language, ids=ids)

    async def _spoken(self, message: Message, *, alone: bool = False) -> Language:
        """That of the words; where they show none, `alone` what an owner last spoke, else what the group's name shows.

        Others never see from a language who has a double.
        """
        if (said := language_of(message.text, default=None)) is not None:
            return said
        unseen = message.sender is not None and (alone or message.direct)
        known = await self._store.language(str(message.sender)) if unseen else None
        return known or language_of(message.chat_name, default=self._language)


def _claim(message: Message) -> Claim:
    return Claim(message.platform, message.event, message.id)


def _here(message: Message) -> str | None:
    """In a group "leave" means that chat; in a direct chat, everything."""
    return None if message.direct else message.chat
