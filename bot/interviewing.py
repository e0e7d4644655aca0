"""The interview: a few questions alone with an owner, whose next message is the answer, and the ways out of it."""

import re
from collections.abc import Mapping
from dataclasses import replace

from adapters.base import Button, Card, Click, Message, Platform, Quote, Reaction
from bot import cards
from bot.asked import asks_somebody
from bot.known import Known
from bot.meant import own_chat, own_chats
from bot.objecting import Objections, mentioned
from bot.remembering import NOTE
from bot.sentences import Language, say
from bot.suggesting import LOOKED_AT, suggestions
from skills.interviews import expects
from skills.store import Store
from skills.words import Claim, Interview, Said, Tell

_ASKING = re.compile(
    r"怎么|怎样|如何|为什么|为啥|(?<!没)(?:什么|啥)(?!都)|谁(?!都)|哪|几[点号个次天]|多少|多久|是否|能否|能不能|有没有|是不是|要不要"
)
_BEGINS = re.compile(
    r"怎么|怎样|如何|为什么|为啥|谁|哪|请问"
    r"|(?:what|how|when|where|who|whom|which|why)(?:'s|\s+(?:is|are|was|were|do|does|did|can|could|should|would|will"
    r"|has|have|many|much|long|often))\b"
    r"|(?:is|are|was|were|do|does|did|can|could|should|would|will)\s+(?:i|we|you|they|he|she|it|there|anybody|anyone)\b",
    re.IGNORECASE,
)
_WH = re.compile(r"(?:what|how|when|where|who|whom|which|why)\b", re.IGNORECASE)
_CLAUSES = re.compile(r"[，,。；;：:\n]|\.\s")


def is_question(message: Message) -> bool:
    """Whether a message asks rather than tells; in doubt it does, so that no question is kept for an answer."""
    text = message.text.strip()
    if message.mentions and text.startswith("@"):
        return True
    if text.endswith(("?", "？", "吗", "呢")) or asks_somebody(text):
        return True
    if _CLAUSES.search(text):
        return bool(_BEGINS.match(text)) and not re.search("[：:]", text)
    return bool(_ASKING.search(text) or _BEGINS.match(text) or _WH.match(text))


class Interviewing:
    """Asks one question at a time; what is answered is kept under the owner's consent for the chat they chose."""

    def __init__(
        self, store: Store, platforms: Mapping[str, Platform], histories: frozenset[str], objections: Objections
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._histories = histories
        self._objections = objections
        self._known = Known(store)

    async def said(self, message: Message, verb: str, tell: Tell) -> None:
        """Begin or go on, skip or stop, by a word; said in a group, it is for that group."""
        claim = Claim(message.platform, message.event, message.id)
        if verb == "interview":
            await self._begin(claim, tell, None if message.direct else message.chat)
        else:
            await self._typed(claim, tell, verb)

    async def _begin(self, claim: Claim, tell: Tell, chat: str | None) -> None:
        """Begin or go on: for this chat, or for the only one there is; of several the owner chooses."""
        person, language = str(tell.person), tell.language
        chats = await self._store.sources(person)
        if chat is None:
            going = await self._store.interview(person)
            chat = going.chat if going and going.chat in chats else chats[0] if len(chats) == 1 else None
        if not chats or (chat is not None and chat not in chats):
            await self._store.claim(claim, replace(tell, card="interview_no_consent"))
        elif chat is None:
            await self._store.claim(claim, replace(tell, card="interview_where"))
        else:
            questions = await self._known.left(person, chat, language)
            asking = replace(tell, card="interview", ids={**tell.ids, "chat": chat})
            if await self._store.begin_interview(claim, person, chat, language, questions, asking) is False:
                await self._say(claim, tell, "interview_no_consent")

    async def takes(self, message: Message) -> bool:
        """Take a message that was written to the bot alone for the answer that is awaited; False: it is none."""
        if message.sender is None or not message.direct:
            return False
        going = await self._store.interview(message.sender)
        if going is None or not expects(going, message.at) or is_question(message):
            return False
        said = Said(going.owner, going.chat, NOTE + message.id, message.at, message.text, source="interview")
        (said,) = await self._objections.about(going.chat, [said], {said.message: mentioned(message)})
        # an answer that is taken back has to be found by its message
        where = (message.platform, said.chat, said.message, False)
        await self._store.fill(f"note:{message.chat}:{message.id}", *where, about=going.owner)
        ids = {"asked": message.id, "chat": going.chat, "after": said.message}
        asking = Tell("interview", message.platform, person=going.owner, language=going.language, ids=ids)
        refused = replace(asking, card="interview_refused")
        claim = Claim(message.platform, message.event, message.id)
        return await self._store.answer_interview(claim, said, asking, refused=[refused]) != "closed"

    async def _typed(self, claim: Claim, tell: Tell, verb: str) -> None:
        """Skip the question that is up, or stop, by a word."""
        going = await self._store.interview(str(tell.person))
        if going is None:
            # by the message's own claim: a redelivery finds none because it was stopped
            await self._store.claim(claim, replace(tell, card="interview_none"))
        elif await self._turn(claim, self._asking(tell, going), verb) is False:
            await self._say(claim, tell, "interview_none")

    async def undone(self, claim: Claim, tell: Tell) -> bool:
        """Take the last answer of the interview that is open back, by a word; False: there is none."""
        going = await self._store.interview(str(tell.person))
        if going is None or not going.given:
            return False
        await self._undo(claim, self._asking(tell, going), going.given[-1][1])
        return True

    async def tapped(self, click: Click, tell: Tell) -> Reaction | None:
        """Begin, skip, stop or undo by a tap; the card that was tapped goes on to the next question."""
        claim, value = Claim(click.platform, click.event), click.value
        if click.action == "interview":
            await self._begin(claim, tell, value.get("chat") or None)
            return None
        slot = f"interview:{click.event}"
        await self._store.fill(slot, click.platform, click.chat, click.message, editable=True, about=click.person)
        here = replace(tell, card="interview", slot=slot, ids={**tell.ids, "chat": value.get("chat", "")})
        if click.action == "interview_undo":
            done = await self._undo(claim, here, value.get("message", ""))
        else:
            done = await self._turn(claim, here, click.action.removeprefix("interview_"), value.get("question"))
        return Reaction(say(tell.language, "interview_past")) if done is False else None

    async def card(self, tell: Tell) -> Card | None:
        """The question that is up, or how far it has come when none is; None where the interview is gone."""
        person, chat, platform = str(tell.person), tell.ids["chat"], self._platforms[tell.platform]
        going, name = await self._store.interview(person, chat), await own_chat(self._store, platform, person, chat)
        if going is None:
            return None
        if not going.open or not going.ahead:
            own = await self._store.own(person, chat, LOOKED_AT)
            proposed = suggestions([passage.text for passage in own], tell.language)
            return over(tell.language, going, name, cards.tries(tell.language, chat, proposed))
        up = going.ahead[0]
        words, before = await self._known.up(person, chat, up, tell.language)
        await self._store.asked_in_interview(going)
        you = say(tell.language, "interview_you")
        quotes = (cards.quote(tell.language, before, who=you, where=name, url=None),) if before else ()
        return question(tell, going, name, words, quotes, unseen=tell.platform not in self._histories)

    async def where(self, tell: Tell) -> Card:
        """Several chats are switched on: one button each, the newest first."""
        platform, language = self._platforms[tell.platform], tell.language
        chats = await self._store.sources(str(tell.person))
        names = await own_chats(self._store, platform, str(tell.person), chats)
        buttons = [cards.interview_button(language, chat, names[chat]) for chat in chats[::-1]]
        title = say(language, "interview_over_title")
        return Card(title, say(language, "interview_where"), buttons=tuple(buttons))

    async def _turn(self, claim: Claim, tell: Tell, verb: str, up: str | None = None) -> bool | None:
        if verb == "stop":
            return await self._store.stop_interview(claim, str(tell.person), tell)
        return await self._store.skip_in_interview(claim, str(tell.person), up, tell)

    async def _undo(self, claim: Claim, tell: Tell, message: str) -> bool | None:
        again = replace(tell, ids={**tell.ids, "again": "yes"})
        return await self._store.undo_answer(claim, str(tell.person), tell.ids["chat"], message, again)

    def _asking(self, tell: Tell, going: Interview) -> Tell:
        return replace(tell, card="interview", language=going.language, ids={**tell.ids, "chat": going.chat})

    async def _say(self, claim: Claim, tell: Tell, sentence: str) -> None:
        """Say what did not work; claimed apart, because the attempt may have claimed the message."""
        await self._store.claim(Claim(claim.platform, f"{claim.event}:said"), replace(tell, card=sentence))


def question(tell: Tell, going: Interview, chat: str, words: str, quotes: tuple[Quote, ...], *, unseen: bool) -> Card:
    """One question, with what the owner said on it before, and the ways past it."""
    language, here = tell.language, chat or say(tell.language, "this_chat")
    after = tell.ids.get("after")
    again = "interview_again" if "again" in tell.ids else "interview_noted" if after else None
    first = say(language, "interview_begin", chat=here) if not going.given and again is None else ""
    lines = [first, say(language, again) if again else "", words, say(language, "interview_still") if quotes else ""]
    value = {"chat": going.chat, "language": language}
    buttons = [
        Button(
            "interview_skip", say(language, "interview_skip"), {**value, "question": going.ahead[0]}, command="/skip"
        ),
        Button("interview_stop", say(language, "interview_stop"), value, command="/stop"),
    ]
    if after:
        undo = {**value, "message": after}
        buttons.append(Button("interview_undo", say(language, "drop_button"), undo, command="/forget"))
    notes = [say(language, "interview_note"), say(language, "interview_note_unseen") if unseen else ""]
    return Card(
        title=say(language, "interview_title", chat=here, left=len(going.ahead)),
        text="\n\n".join(line for line in lines if line),
        quotes=quotes,
        note=" ".join(note for note in notes if note),
        buttons=tuple(buttons),
    )


def over(language: Language, going: Interview, chat: str, tries: tuple[Button, ...]) -> Card:
    """What was kept; with questions left, the way to go on."""
    here, count = chat or say(language, "this_chat"), len(going.given)
    stopped = say(language, "interview_stopped", chat=here, given=count, left=len(going.ahead))
    text = stopped if going.ahead else say(language, "interview_over", chat=here, given=count)
    on = (cards.interview_button(language, going.chat, say(language, "interview_go_on")),) if going.ahead else ()
    return Card(say(language, "interview_over_title"), text, buttons=(*on, *tries))
