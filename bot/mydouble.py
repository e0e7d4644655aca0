"""The card My double, on one screen: what is shared where and until when, what it did for its owner, the ways out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from adapters.base import Button, Card, Platform
from bot import cards, draft_cards, feedback, leftovers
from bot.handovers import Handovers
from bot.meant import own_chats
from bot.scoping import Scoping
from bot.sentences import Language, say
from bot.suggesting import LOOKED_AT, suggestions
from bot.waiting import Waiting
from bot.waits import Waits, answer_now, line
from skills.feedback import Told
from skills.pausing import Asleep
from skills.store import Store
from skills.words import DEFAULT, Consent, Tell

DAYS = 7
MOST_CHATS = 4  # shown; the others are counted
ASLEEP: Mapping[str, str] = {"over": "scopes_over", "forbidden": "scopes_forbidden", "left": "scopes_left"}
MOST_LEFT = 3  # with a way out of their own; there is one out of all


class MyDouble:
    """Gathers the card for the owner's eyes alone; counts are of their own double, never of anybody else's."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        waiting: Waiting,
        scoping: Scoping,
        handovers: Handovers,
    ) -> None:
        self._handovers = handovers
        self._scoping = scoping
        self._store = store
        self._platforms = platforms
        self._waiting = waiting

    async def card(self, tell: Tell) -> Card:
        """How things stand with this person's double, scopes that were joined by name included."""
        card, found = await self._chats(tell), await self._store.joined_scopes(str(tell.person))
        card = await self._scoping.beside(card, tell, list(found)[:MOST_LEFT]) if found else card
        card = await leftovers.beside(self._store, await self._handovers.beside(card, tell), tell)
        return draft_cards.beside(tell.language, card, await self._store.drafts_waiting(str(tell.person)))

    async def _chats(self, tell: Tell) -> Card:
        """How things stand chat by chat."""
        person, language, platform = str(tell.person), tell.language, self._platforms[tell.platform]
        consents, paused = await self._store.consents(person), await self._store.paused(person)
        asleep = await self._store.asleep(person)
        if not consents and await self._store.halted(person):
            return _halted(language, bool(paused))
        if not consents and not paused and not asleep:
            return layout(language, (), {})
        shown = [*(consent.chat for consent in consents), *paused, *(one.chat for one in asleep)][:MOST_CHATS]
        names = await own_chats(self._store, platform, person, shown)
        waits, waiting = await self._waiting.shown(person)
        own = await self._store.own(person, None, LOOKED_AT) if consents else ()
        told = await self._store.feedback(person, days=DAYS)
        return layout(
            language,
            consents,
            names,
            paused=paused,
            asleep=asleep,
            answered=await self._store.answered(person, days=DAYS),
            unanswered=await self._store.unanswered(person, days=DAYS),
            waits=waits,
            waiting=waiting,
            questions=suggestions([passage.text for passage in own], language),
            told=told,
        )

    async def more(self, tell: Tell) -> Card:
        """What is needed less often, each by one tap."""
        person = str(tell.person)
        return more(tell.language, await self._store.credit(person), await self._store.consents(person))

    async def changed(self, tell: Tell) -> Card | None:
        """How things stand after an admin's change; None for whoever has left meanwhile."""
        if (card := await self.card(tell)).text == say(tell.language, "scopes_none"):
            return None
        return replace(card, text=f"{say(tell.language, 'ceiling_changed')}\n\n{card.text}")


def _halted(language: Language, paused: bool) -> Card:
    """An admin's halt leaves an owner every way out."""
    text = say(language, "halted")
    buttons = [*_switches(language, False, paused), _more_button(language), _leave_all(language)]
    return Card(say(language, "scopes_title"), text, buttons=tuple(buttons))


def more(language: Language, credit: int, consents: Sequence[Consent] = ()) -> Card:
    """The second card: what stands behind the first, and the credit, which its owner alone reads.

    What can be narrowed of the built-in scope is, in every chat at once.
    """
    value = {"language": language}
    kinds = (
        ("pages", "pages_title", "/pages"),
        ("preview_what", "preview_title", "/preview"),
        ("withheld", "withheld_title", "/withhold"),
        ("mydata", "mydata_title", "/mydata"),
        ("erase_what", "erase_title", "/erase"),
        ("export", "export_title", "/export"),
        ("receipt", "receipt_button", "/receipt"),
        ("credit", "credit_title", "/credit"),
        ("handover", "handover_button", "/handover"),
        ("rules", "rules_title", "/rules"),
    )
    buttons = tuple(Button(action, say(language, label), value, command=command) for action, label, command in kinds)
    text = say(language, "more_credit", credit=credit) if credit else say(language, "more_text")
    return Card(say(language, "more_title"), text, buttons=(*buttons, *_narrower(language, consents)))


def _narrower(language: Language, consents: Sequence[Consent]) -> list[Button]:
    """What may still be taken back of the built-in scope without leaving it."""
    kinds = (
        ("level", "outline", "scope_to_outline", any(not c.outline for c in consents)),
        ("mode", "review", "scope_to_review", any(not c.review for c in consents if c.audience == "chat")),
    )
    value = {"scope": DEFAULT, "language": language}
    return [
        Button("narrow", say(language, label), value | {side: to}, command=f"/narrow {DEFAULT} {side} {to}")
        for side, to, label, possible in kinds
        if possible
    ]


def layout(
    language: Language,
    consents: Sequence[Consent],
    chats: Mapping[str, str],
    *,
    paused: Sequence[str] = (),
    asleep: Sequence[Asleep] = (),
    answered: int = 0,
    unanswered: int = 0,
    waits: Sequence[Waits] = (),
    waiting: int = 0,
    questions: Sequence[str] = (),
    told: Told | None = None,
) -> Card:
    """What is switched on, the week, what waits, questions to try, and the way out of each chat."""
    title = say(language, "scopes_title")
    if not consents and not paused and not asleep:
        return Card(title, say(language, "scopes_none"), buttons=(_more_button(language),))
    lines = _shared(language, consents, paused, asleep, chats) + happened(
        language, answered, unanswered, waits, waiting
    )
    lines += feedback.lines(language, told) if told else []
    # what waits comes first: with it, there is no room on one screen for questions to try
    buttons = [answer_now(language, one) for one in waits]
    buttons += feedback.ways(language, told.complaints) if told else []
    buttons += [] if waits else cards.tries(language, "", questions)
    buttons += [cards.interview_button(language, "")] if consents else []
    buttons += [*_switches(language, bool(consents), bool(paused)), _more_button(language)]
    left = [*(consent.chat for consent in consents), *paused, *(one.chat for one in asleep)]
    buttons += [*_leaving(language, left, chats)]
    return Card(title, "\n".join(lines), note=say(language, "scopes_note"), buttons=tuple(buttons))


def happened(language: Language, answered: int, unanswered: int, waits: Sequence[Waits], waiting: int) -> list[str]:
    """What the double did, what it could not, and what waits for its owner; nothing for a week without any of it."""
    lines = [say(language, "scopes_answered", times=answered)] if answered else []
    lines += [say(language, "scopes_unanswered", times=unanswered)] if unanswered else []
    if waits:
        lines += [say(language, "scopes_waiting", times=waiting), *(line(language, one) for one in waits)]
        lines += _more(language, waiting - len(waits))
    return lines


def _shared(
    language: Language,
    consents: Sequence[Consent],
    paused: Sequence[str],
    asleep: Sequence[Asleep],
    chats: Mapping[str, str],
) -> list[str]:
    """One line a chat: who may ask, until when, how much was found; after these what answers and records nothing."""
    here = say(language, "this_chat")
    lines = [
        say(
            language,
            "scopes_line_me" if c.audience == "me" else "scopes_line_chat",
            chat=chats.get(c.chat) or here,
            until=cards.day(c.until),
            messages=c.messages,
        )
        + (say(language, "scopes_outline") if c.outline else "")
        + (say(language, "scopes_review") if c.review else "")
        for c in consents
    ]
    lines += [say(language, "scopes_paused", chat=chats.get(chat) or here) for chat in paused]
    lines += [
        say(language, ASLEEP[one.why], chat=chats.get(one.chat) or here, ended=cards.day(one.ended)) for one in asleep
    ]
    return lines[:MOST_CHATS] + _more(language, len(lines) - MOST_CHATS)


def _more(language: Language, left: int) -> list[str]:
    return [say(language, "and_more", left=left)] if left > 0 else []


def _more_button(language: Language) -> Button:
    return Button("more", say(language, "more_title"), {"language": language}, command="/more")


def _switches(language: Language, going: bool, paused: bool) -> list[Button]:
    """Pause all that goes on, resume all that is paused."""
    kinds = (("pause", "pause_button", going), ("resume", "resume_button", paused))
    value = {"language": language}
    return [Button(k, say(language, label), value, command=f"/{k}") for k, label, shown in kinds if shown]


def _leaving(language: Language, left: Sequence[str], chats: Mapping[str, str]) -> list[Button]:
    buttons = [cards.leave_button(language, chat, chats.get(chat, "")) for chat in left[:MOST_LEFT]]
    if len(left) > 1:
        buttons.append(_leave_all(language))
    return buttons


def _leave_all(language: Language) -> Button:
    everything = say(language, "leave_all_button")
    return Button("leave", everything, {"language": language}, style="danger", command="/optout")
