"""What each button does, for the person whose id the platform vouches for and nobody else."""

import logging
from collections.abc import Mapping
from dataclasses import replace

from adapters.base import Click, Message, Reaction
from bot.answering import Answering
from bot.joining import Joining
from bot.owning import TAPS, Owning
from bot.questions import Question, Questions
from bot.reaching import Reaching
from bot.relaying import Relay
from bot.remembering import Remembering
from bot.sentences import Language, say
from bot.suggesting import LOOKED_AT, suggestions
from bot.waiting import Waiting
from skills.store import Store
from skills.words import HANDOVER, Claim, Import, Tell

log = logging.getLogger("fenshen.clicks")

# buttons that bring the tapper a card of the same name, alone
CARDS = frozenset(
    "notice scope_notice handover handover_notice"
    " more rules pages preview_what erase_what withheld mydata export export_file credit credit_file"
    " receipt drafts".split()
)


CONSENT_CARDS: Mapping[str | None, str] = {None: "offer", HANDOVER: "handover_offer"}  # of all else: a scope's


class Clicks:
    """Turns a tap into a command; a tap by anybody but the one it is for changes nothing."""

    def __init__(
        self,
        store: Store,
        joining: Joining,
        answering: Answering,
        questions: Questions,
        relay: Relay,
        reaching: Reaching,
        remembering: Remembering,
        waiting: Waiting,
        owning: Owning,
        language: Language,
    ) -> None:
        self._store = store
        self._joining = joining
        self._answering = answering
        self._questions = questions
        self._relay = relay
        self._reaching = reaching
        self._remembering = remembering
        self._waiting = waiting
        self._owning = owning
        self._language = language

    async def receive(self, click: Click) -> Reaction | None:
        """Do what the button says; the reaction is what the one who tapped sees at once."""
        if (person := click.person) is None:
            return Reaction(say(self._spoken(click), "no_identity"))
        click = await self._in_their_language(click, person)
        match click.action:
            case "join_me" | "join_here" | "join_today" | "decline" | "language" | "handover_sign":
                return await self._offer(click, person)
            case "leave" | "pause" | "resume":
                await self._switched(click)
            case action if action in CARDS:
                await self._store.claim(_claim(click), self._private(click, click.action))
            case "lend":
                words = click.value.get("scope") or click.value.get("chat", "")
                await self._joining.lend(_claim(click), words, self._private(click, ""))
            case "learn" | "object" | "unobject":
                return await self._from_announcement(click, person)
            case "try":
                return await self._try(click, person)
            case "ask_person" | "ask_double":
                return await self._question(click)
            case action if action in TAPS:
                return await self._owning.tapped(click, self._private(click, ""))
            case _:
                return await self._words(click, person)
        return None

    async def _in_their_language(self, click: Click, person: str) -> Click:
        """A button that carries no language is answered in the one that an owner last spoke; an offer has its own."""
        if click.value.keys() & {"language", "offer"}:
            return click
        known = await self._store.language(person)
        return replace(click, value={**click.value, "language": known}) if known else click

    async def _words(self, click: Click, person: str) -> Reaction | None:
        """Buttons by which somebody's own words are kept, dropped, brought or taken in."""
        match click.action:
            case "import_in":
                return await self._import(click, person)
            case "keep" | "remember_in" | "drop" | "answer_now" | "answer_send" | "answer_keep":
                return await self._own_words(click, person)
            case _:
                log.warning("an unknown button was tapped on %s", click.platform)
        return None

    async def _switched(self, click: Click) -> None:
        """Leave, pause or resume; the card that was tapped becomes the receipt, or shows how things stand then."""
        place, chat = (click.platform, click.chat, click.message), click.value.get("chat")
        if click.action == "leave":
            await self._store.fill(f"left:{click.event}", *place, editable=True)
            await self._joining.leave(_claim(click), self._private(click, "stopped"), chat, click.value.get("scope"))
        else:
            tell = replace(self._private(click, "scopes"), slot=f"switched:{click.event}")
            await self._store.fill(f"switched:{click.event}", *place, editable=True)
            await self._joining.switch(_claim(click), tell, click.action, chat)

    async def _offer(self, click: Click, person: str) -> Reaction:
        offer = await self._store.find_offer(click.value.get("offer", ""))
        if offer is None:
            return Reaction(say(self._spoken(click), "offer_gone"))
        if offer.person != person:
            return Reaction(say(offer.language, "not_yours"))
        language: Language = "en" if click.value.get("language", offer.language) == "en" else "zh"
        if click.action == "language":
            slot, ids = f"offer:{offer.id}", {"offer": offer.id}
            card = CONSENT_CARDS.get(offer.scope, "scope_offer")
            again = Tell(card, click.platform, person=person, slot=slot, language=language, ids=ids)
            await self._store.claim(_claim(click), again)
            return Reaction()
        done = await self._joining.choose(
            _claim(click), click.platform, offer, click.action, language=language, name=click.name
        )
        return done or Reaction(say(language, "handover_forbidden" if offer.scope == HANDOVER else "forbidden_here"))

    async def _from_announcement(self, click: Click, person: str) -> Reaction:
        """What anybody in a chat may tap under its announcement: see the consent card, or object."""
        language, chat = self._spoken(click), click.value.get("chat", "")
        private = self._private(click, "offer" if click.action == "learn" else f"{click.action}ed")
        tell = replace(private, ids={**private.ids, "chat": chat, "origin": chat})
        if click.action == "learn":
            await self._store.offer(_claim(click), person, chat, language, tell)
        else:
            await self._joining.object(_claim(click), tell, click.action, chat)
        return Reaction(say(language, "told_privately"))

    async def _try(self, click: Click, person: str) -> Reaction | None:
        """Ask one's own double one of the questions that the receipt proposes."""
        language = self._spoken(click)
        chat, n = click.value.get("chat", ""), click.value.get("n", "")
        own = await self._store.own(person, chat or None, LOOKED_AT)
        proposed = suggestions([p.text for p in own], language)
        if not n.isdecimal() or int(n) >= len(proposed) or not await self._store.claim(_claim(click)):
            return None
        text = proposed[int(n)]
        message = Message(
            platform=click.platform,
            event=click.event,
            id=click.message,
            chat=click.chat,
            direct=True,
            sender=person,
            name=click.name,
            at=self._store.now(),
            text=text,
            to_bot=True,
        )
        self._answering.start(self._answering.answer, Question(message, text, None, person, language))
        return None

    async def _import(self, click: Click, person: str) -> Reaction:
        """Take a file in for the chat that its sender chose; whoever else taps has no file there."""
        language, value = self._spoken(click), click.value
        if value.get("owner") != person:
            return Reaction(say(language, "not_yours"))
        where = value.get("from", ""), value.get("file", ""), value.get("key", "")
        work = Import(click.platform, person, *where, language, into=value.get("chat"))
        await self._store.claim(_claim(click), work)
        return Reaction(say(language, "import_begun"))

    async def _waits(self, click: Click) -> Reaction | None:
        """Show one question that waits for the tapper, or bring what they wrote in answer to it."""
        if click.action != "answer_now":
            return await self._waiting.answer(click, self._spoken(click))
        tell = self._private(click, "put")
        await self._store.claim(_claim(click), replace(tell, ids={**tell.ids, "put": click.value.get("put", "")}))
        return None

    async def _own_words(self, click: Click, person: str) -> Reaction | None:
        """Keep or drop what is the tapper's own."""
        match click.action:
            case "keep":
                return await self._keep(click, person)
            case "answer_now" | "answer_send" | "answer_keep":
                return await self._waits(click)
            case "remember_in":
                return await self._remembering.remember_in(click, self._spoken(click))
            case _:
                return await self._remembering.drop(click, self._spoken(click))

    async def _keep(self, click: Click, person: str) -> Reaction | None:
        """Keep one's own reply; the card that offered it then says so."""
        language, put_id = self._spoken(click), click.value.get("put", "")
        title = click.form.get("title")
        chat = click.value.get("chat")
        done, said = await self._relay.keep(_claim(click), person, put_id, title, click.chat, chat)
        if not done:
            return None
        if done != "kept_toast" or said is None:
            return Reaction(say(language, done))
        return Reaction(say(language, done), await self._relay.kept(click.platform, said, language))

    async def _question(self, click: Click) -> Reaction | None:
        question = self._questions.find(click.value.get("question", ""))
        if question is None:
            return Reaction(say(self._spoken(click), "stale_question"))
        if question.asker != click.person:
            return Reaction(say(question.language, "not_yours"))
        if not await self._store.claim(_claim(click)):
            return None
        if click.action == "ask_double":
            owner = click.value.get("owner", "")
            self._answering.start(self._answering.answer_as, self._questions.choose(question, owner), owner)
            return None
        if not self._questions.first_put(question.id):
            return Reaction(say(question.language, "asked_already"))
        self._answering.start(self._reaching.put if question.venue.direct else self._relay.put, question)
        # alone, the same is said whoever is meant: who can be reached is nobody's to know
        toast = "asked_alone_toast" if question.venue.direct else "asked_toast"
        return Reaction(say(question.language, toast, name=question.name or ""))

    def _private(self, click: Click, card: str) -> Tell:
        """A card for the one who tapped, once for this tap."""
        ids = {"asked": click.event}
        return Tell(card, click.platform, person=click.person, language=self._spoken(click), ids=ids)

    def _spoken(self, click: Click) -> Language:
        spoken = click.value.get("language")
        return "en" if spoken == "en" else "zh" if spoken == "zh" else self._language


def _claim(click: Click) -> Claim:
    return Claim(click.platform, click.event)
