"""What an asker thinks of an answer: a thumb and, if they like, a reason, told to the owner of the answer alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from adapters.base import Button, Card, Click, Message, Platform, Reaction, Toasts
from bot import cards
from bot.sentences import Language, say
from skills.feedback import Complaint, Said, Told
from skills.store import Store
from skills.words import Claim, Tell

SHOWN = 2  # complaints, on My double
LANGUAGES: tuple[Language, ...] = ("zh", "en")
REASONS: tuple[Said, ...] = ("wrong", "outdated", "beside", "misplaced")
_ANSWER = re.compile(r"#?[0-9A-Za-z]{4,12}")
NAMES: Mapping[Said, str] = {
    "useful": "said_useful",
    "useless": "said_useless",
    "wrong": "said_wrong",
    "outdated": "said_outdated",
    "beside": "said_beside",
    "misplaced": "said_misplaced",
}
_STANDS: Mapping[Said, str] = {"useful": "feedback_useful", "useless": "feedback_useless"}
_WORDS: Mapping[str, Said] = {
    say(language, name).casefold(): said for said, name in NAMES.items() for language in LANGUAGES
} | {said: said for said in NAMES}


class Feedback:
    """Whoever did not ask changes nothing, and is told the same as of an answer that never was."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform]) -> None:
        self._store = store
        self._platforms = platforms

    async def said(self, message: Message, verb: str, words: str, tell: Tell) -> None:
        """`/useful A7F3C2`, `/useless A7F3C2 outdated`, or the word as a reply to the answer."""
        named, _, rest = words.strip().partition(" ")
        if named.casefold() in _WORDS or not _ANSWER.fullmatch(named):
            named, rest = "", words.strip()
        answer = named.lstrip("#").upper() or await self._replied_to(message) or ""
        said: Said = "useful" if verb == "useful" else _WORDS.get(rest.casefold(), "useless")
        claim = Claim(message.platform, message.event, message.id)
        await self._say(claim, answer, said, tell, shown=True)

    async def tapped(self, click: Click, tell: Tell) -> Reaction:
        """The same by a button: a thumb under the answer, or one of the reasons on the card that asks for it."""
        value, language = click.value, tell.language
        given = _WORDS.get(value.get("said", ""), "useless")
        said: Said = "useful" if click.action == "useful" else given
        if "said" in value:
            # on the card that asks for a reason: it shows what stands then
            tell = replace(tell, slot=f"feedback:{click.event}")
            await self._store.fill(str(tell.slot), click.platform, click.chat, click.message, editable=True)
        toasts = isinstance(self._platforms[click.platform], Toasts)
        shown = said != "useful" or "said" in value or not toasts
        claim = Claim(click.platform, click.event)
        if await self._say(claim, value.get("answer", ""), said, tell, shown=shown) is False:
            return Reaction(say(language, "not_yours"))
        return Reaction(say(language, "useless_toast" if said == "useless" else "useful_toast"))

    async def card(self, tell: Tell) -> Card:
        """What this asker said of the answer, and what else they may say."""
        answer, language = tell.ids["answer"], tell.language
        said = await self._store.said_of(str(tell.person), answer)
        if said is None:
            return cards.plain(language, "feedback_none")
        text = say(language, _STANDS.get(said, "feedback_said"), said=say(language, NAMES[said]))
        others = () if said == "useful" else tuple(one for one in REASONS if one != said)
        buttons = tuple(_reason(language, answer, one) for one in others)
        note, title = say(language, "feedback_note"), say(language, "feedback_title", answer=answer)
        return Card(title, text, note=note, buttons=buttons)

    async def _say(self, claim: Claim, answer: str, said: Said, tell: Tell, *, shown: bool) -> bool | None:
        told = replace(tell, card="feedback", ids={**tell.ids, "answer": answer})
        done = await self._store.say_of(claim, str(tell.person), answer, said, *((told,) if shown else ()))
        if done is False:
            # claimed apart, because the attempt claimed the event
            refused = replace(tell, card="feedback_none", slot=None)
            await self._store.claim(Claim(claim.platform, f"{claim.event}:said"), refused)
        return done

    async def _replied_to(self, message: Message) -> str | None:
        return await self._store.answer_at(message.chat, message.reply_to) if message.reply_to else None


def lines(language: Language, told: Told) -> list[str]:
    """What My double says of it; nothing where nobody said anything."""
    shown = [say(language, "scopes_useful", times=told.useful)] if told.useful else []
    shown += [_line(language, one) for one in told.complaints[:SHOWN]]
    left = len(told.complaints) - SHOWN
    return shown + ([say(language, "and_more", left=left)] if left > 0 else [])


def ways(language: Language, complaints: Sequence[Complaint]) -> list[Button]:
    """From My double to each answer that was found wrong, where it is corrected or taken back."""
    answers = dict.fromkeys(one.answer for one in complaints[:SHOWN])
    return [
        Button(
            "why",
            say(language, "complaint_button", answer=answer),
            {"answer": answer, "language": language},
            command=f"/why {answer}",
        )
        for answer in answers
    ]


def _line(language: Language, one: Complaint) -> str:
    said = say(language, NAMES[one.said])
    return say(language, "scopes_complaint", answer=one.answer, said=said, day=cards.day(one.at))


def _reason(language: Language, answer: str, said: Said) -> Button:
    value = {"answer": answer, "said": said, "language": language}
    return Button("useless", say(language, NAMES[said]), value, command=f"/useless {answer} {said}")
