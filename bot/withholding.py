"""What owners keep to themselves and share again: a topic by its words, a message of theirs, what an answer quoted."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from adapters.base import Button, Card, Click, Message, Platform
from bot import cards
from bot.meant import own_chats
from bot.remembering import NOTE
from bot.sentences import Language, say
from skills.store import Store
from skills.withholding import Withheld
from skills.words import Claim, Tell

SHOWN = 8
_SEPARATE = re.compile(r"[,，、;；\n]+")
_ANSWER = re.compile(r"#\s*([0-9A-Za-z]{4,12})")


class Withholding:
    """Every outcome is told to the owner alone: nobody else learns that anything is kept back."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform]) -> None:
        self._store = store
        self._platforms = platforms

    async def withhold(self, message: Message, words: str, tell: Tell) -> None:
        """Keep back topics, what `#A7F3C2` quoted, or what this message replies to; with none of these, list."""
        person, listed = str(message.sender), replace(tell, card="withheld")
        if named := _ANSWER.fullmatch(words.strip()):
            done = await self._store.withhold_answer(_claim(message), person, named[1].upper(), listed)
        elif topics := [topic for topic in _SEPARATE.split(words) if topic.strip()]:
            done = await self._store.withhold(_claim(message), person, topics, listed)
        elif message.reply_to is not None:
            done = await self._replied_to(message, message.reply_to, listed)
        else:
            await self._store.claim(_claim(message), listed)
            return
        if done is False:
            await self._say(_claim(message), tell, "withhold_not")

    async def allow(self, message: Message, id_: str, tell: Tell) -> None:
        """Share again what an id of the list names; with none, list."""
        person, listed = str(message.sender), replace(tell, card="withheld")
        if not id_:
            await self._store.claim(_claim(message), listed)
        elif await self._store.allow(_claim(message), person, id_.upper(), listed) is False:
            await self._say(_claim(message), tell, "allow_not")

    async def tapped(self, click: Click, tell: Tell) -> None:
        """The same by a button; the list that was tapped shows how things stand then."""
        claim, person, value = Claim(click.platform, click.event), str(click.person), click.value
        listed = replace(tell, card="withheld", slot=f"withheld:{click.event}")
        if click.action == "withhold_answer":
            done = await self._store.withhold_answer(claim, person, value.get("answer", ""), listed)
            refusal = "withhold_not"
        else:
            await self._store.fill(str(listed.slot), click.platform, click.chat, click.message, editable=True)
            done = await self._store.allow(claim, person, value.get("withheld", ""), listed)
            refusal = "allow_not"
        if done is False:
            await self._say(claim, tell, refusal)

    async def card(self, tell: Tell) -> Card:
        """What this person keeps to themselves, each with the way back."""
        kept = await self._store.withheld(str(tell.person))
        chats = [one.chat for one in kept[:SHOWN] if one.chat]
        names = await own_chats(self._store, self._platforms[tell.platform], str(tell.person), chats)
        return layout(tell.language, kept, names)

    async def _replied_to(self, message: Message, reply_to: str, listed: Tell) -> bool | None:
        """A message of one's own, else an answer of one's double; where no id tells which, the latest in the chat."""
        person = str(message.sender)
        own = f"{NOTE}{reply_to}" if message.direct else reply_to
        done = await self._store.withhold_message(_claim(message), person, own, listed)
        if done is not False:
            return done
        answer = await answered(self._store, message, person)
        if answer is None:
            return False
        # the attempt before claimed the message
        claim = Claim(message.platform, f"{message.event}:answer")
        return await self._store.withhold_answer(claim, person, answer, listed)

    async def _say(self, claim: Claim, tell: Tell, sentence: str) -> None:
        """Claimed apart, because the attempt claimed the event."""
        await self._store.claim(Claim(claim.platform, f"{claim.event}:said"), replace(tell, card=sentence))


async def answered(store: Store, message: Message, person: str) -> str | None:
    """The answer of a person's own double that a message replies to; where no id tells which, the latest there."""
    found = await store.answer_in(person, message.chat, message.reply_to) if message.reply_to else None
    if found is None and message.reply_to_bot:
        found = await store.answer_in(person, message.chat, None)
    return found


def layout(language: Language, kept: Sequence[Withheld], chats: Mapping[str, str]) -> Card:
    """One line and one button each; beyond the first few they are counted."""
    title = say(language, "withheld_title")
    if not kept:
        return Card(title, say(language, "withheld_none"), note=say(language, "withheld_note"))
    lines = [_line(language, one, chats) for one in kept[:SHOWN]]
    if len(kept) > SHOWN:
        lines.append(say(language, "and_more", left=len(kept) - SHOWN))
    buttons = tuple(_allow(language, one, chats) for one in kept[:SHOWN])
    return Card(title, "\n".join(lines), note=say(language, "withheld_note"), buttons=buttons)


def _line(language: Language, one: Withheld, chats: Mapping[str, str]) -> str:
    match one.kind:
        case "topic":
            return say(language, "withheld_topic", words=one.words, passages=one.passages)
        case "answer":
            return say(language, "withheld_answer", answer=one.answer, passages=one.passages)
        case "page":
            chat = chats.get(one.chat or "") or say(language, "this_chat")
            return say(language, "withheld_page", page=one.id, chat=chat, passages=one.passages)
        case "message":
            chat = chats.get(one.chat or "") or say(language, "this_chat")
            return say(language, "withheld_message", chat=chat, day=cards.day(one.at))


def _allow(language: Language, one: Withheld, chats: Mapping[str, str]) -> Button:
    what = one.words or (f"#{one.answer}" if one.answer else chats.get(one.chat or "") or say(language, "this_chat"))
    short = what if len(what) <= 12 else f"{what[:11]}…"
    value = {"withheld": one.id, "language": language}
    return Button("allow", say(language, "allow_button", what=short), value, command=f"/allow {one.id}")


def _claim(message: Message) -> Claim:
    return Claim(message.platform, message.event, message.id)
