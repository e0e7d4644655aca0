"""Afterwards: why an answer was given, told to its asker and its owner, and taking it back where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from adapters.base import Address, Button, Card, Click, Message, Part, Platform, Refused, Sent
from bot import cards
from bot.feedback import NAMES
from bot.meant import chat_name, person_name
from bot.scope_cards import LEVELS
from bot.sentences import Language, say
from bot.withholding import answered
from skills.retracting import Basis, Place, Why
from skills.store import Store
from skills.worded import Worded
from skills.words import DEFAULT, HANDOVER, Claim, Tell

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
MODES: Mapping[str, str] = {"auto": "why_auto", "review": "why_review"}


class Retracting:
    """An answer's owner may do everything with it; its asker may know what it rests on; nobody else learns of it."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform]) -> None:
        self._store = store
        self._platforms = platforms

    async def why(self, message: Message, answer: str, tell: Tell) -> None:
        """Show what an answer rests on: the one named, else the one that the message replies to."""
        found = answer or await self._replied_to(message) or ""
        await self._store.claim(_claim(message), _about(replace(tell, card="why"), found))

    async def retract(self, message: Message, answer: str, tell: Tell) -> None:
        """Take back the owner's answer: the one named, else the one that the message replies to."""
        person = str(message.sender)
        found = answer or await answered(self._store, message, person) or ""
        await self._retract(_claim(message), person, _about(replace(tell, card="retracted"), found))

    async def tapped(self, click: Click, tell: Tell) -> None:
        """The same by a button; the card under which an answer is taken back becomes the note that it is."""
        answer, claim = click.value.get("answer", ""), Claim(click.platform, click.event)
        if click.action == "why":
            await self._store.claim(claim, _about(replace(tell, card="why"), answer))
            return
        slot = f"retracted:{click.event}"
        await self._store.fill(slot, click.platform, click.chat, click.message, editable=True)
        await self._retract(claim, str(click.person), _about(replace(tell, card="retracted", slot=slot), answer))

    async def explained(self, tell: Tell) -> Card:
        """The card that says why; the same sentence for an answer that is not there and one of other people's."""
        person, language = str(tell.person), tell.language
        why = await self._store.why(person, tell.ids["answer"])
        if why is None:
            return cards.plain(language, "why_none")
        platform = self._platforms[tell.platform]
        here = say(language, "this_chat")
        known = {why.chat, *(basis.chat for basis in why.bases), *(source.chat for source in why.sources)}
        chats = {chat: await chat_name(platform, chat) or here for chat in known}
        asker = await person_name(platform, why.asker, why.chat) or say(language, "somebody")
        name = why.name or await person_name(platform, why.owner, why.chat) or say(language, "somebody")
        said = await self._said(language, why) if person == why.owner else []
        quotes = tuple(
            cards.quote(language, source, who=name, where=chats[source.chat], url=cards.link(platform, source))
            for source in why.sources
        )
        return Card(
            say(language, "why_title", answer=why.answer),
            "\n".join([*_lines(language, why, person, chats, name=name, asker=asker), *said]),
            quotes=quotes,
            buttons=_buttons(language, why) if person == why.owner else (),
        )

    async def retracted(self, tell: Tell) -> Card:
        """Take the answer off where it stands, then say how that went. Raises PlatformError where a try may help."""
        language, places = tell.language, await self._store.places(tell.ids["answer"])
        # it is said there in the language of the answer, and to its owner in theirs
        said_in = places[0].language or language if places else language
        where = await self._taken_off(places[0], places[1:], said_in) if places else "retracted_unsent"
        text = say(language, "retracted_text", where=say(language, where))
        return Card(say(language, "retracted_title", answer=tell.ids["answer"]), text)

    async def _retract(self, claim: Claim, person: str, tell: Tell) -> None:
        if await self._store.retract(claim, person, tell.ids["answer"], tell) is False:
            # claimed apart, because the attempt claimed the event
            await self._store.claim(Claim(claim.platform, f"{claim.event}:said"), replace(tell, card="retract_none"))

    async def _said(self, language: Language, why: Why) -> list[str]:
        """What whoever asked thinks of it, for its owner."""
        said = await self._store.said_of(why.asker, why.answer)
        if said is None:
            return []
        return [say(language, "why_useful" if said == "useful" else "why_feedback", said=say(language, NAMES[said]))]

    async def _replied_to(self, message: Message) -> str | None:
        return await self._store.answer_at(message.chat, message.reply_to) if message.reply_to else None

    async def _taken_off(self, place: Place, beside: Sequence[Place], language: Language) -> str:
        platform = self._platforms.get(place.platform or "")
        if platform is None or place.message is None or place.chat is None:
            return "retracted_unsent"
        card = await self.left(platform, place, beside, language)
        try:
            await platform.update(Sent(platform.name, place.chat, place.message, editable=True), card)
        except Refused:
            line = cards.plain(language, "retracted_line", answer=place.answer)
            to = Address(chat=place.chat, reply_to=place.message)
            await platform.send(to, line, key=f"retracted:{place.answer}")
            return "retracted_said"
        return "retracted_replaced"

    async def left(self, platform: Platform, gone: Place, beside: Sequence[Place], language: Language) -> Card:
        """One line; or, where others answered in the same message, what of theirs may stand now, each in its place."""
        title, text = say(language, "withdrawn_title"), say(language, "withdrawn_text")
        if not beside:
            return Card(title, text)
        in_order = sorted([gone, *beside], key=lambda place: (place.at or _LONG_AGO, place.answer))
        parts = [Part(title, text) if p is gone else await self._part(platform, p, language) for p in in_order]
        return Card(say(language, "together_title"), "", parts=tuple(parts), note=say(language, "together_note"))

    async def _part(self, platform: Platform, place: Place, language: Language) -> Part:
        standing = await self._store.standing(place.answer)
        if standing is None:
            return Part(say(language, "withdrawn_title"), say(language, "withdrawn_text"))
        name = standing.name or await person_name(platform, place.owner, str(place.chat))
        chats = {p.chat: await chat_name(platform, p.chat) for p in standing.passages}
        card = cards.answer(
            language,
            name=name,
            answer_id=place.answer,
            quotes=[
                cards.quote(language, p, who=name, where=chats[p.chat], url=cards.link(platform, p))
                for p in standing.passages
            ],
            question=None,
            private=False,
            handed=standing.handed,
        )
        return Part(card.title, card.text, card.quotes, card.label, card.answer)


def _lines(language: Language, why: Why, person: str, chats: Mapping[str, str], *, name: str, asker: str) -> list[str]:
    """When and where, by which consent, by which rule; what is the owner's own only to the owner."""
    told = {"at": cards.moment(why.at), "chat": chats[why.chat], "name": name, "asker": asker}
    mine = "why_asked_alone" if why.direct else "why_asked"
    asked = mine if person == why.owner else "why_you_asked"
    rule = "why_rule_alone" if why.direct else "why_rule_chat"
    lines = [say(language, asked, **told)]
    lines += [_basis(language, basis, chats[basis.chat], own=person == why.owner) for basis in why.bases]
    lines.append(say(language, rule))
    if why.worded is not None:
        lines.append(_worded(language, why.worded, name))
    if why.retracted_at is not None:
        lines.append(say(language, "why_retracted", at=cards.moment(why.retracted_at)))
    elif person == why.owner != why.asker:
        lines.append(say(language, "why_credit"))
    return lines


def _worded(language: Language, by: Worded, name: str) -> str:
    """Whose model it was, and which of what stands on the card is its own."""
    told = {"provider": by.provider, "n": by.paraphrases + by.inferences, "inferred": by.inferences, "name": name}
    return say(language, "why_worded_inferred" if by.inferences else "why_worded", **told)


def _basis(language: Language, basis: Basis, chat: str, *, own: bool) -> str:
    told = {"chat": chat, "until": cards.day(basis.until), "notice": basis.notice}
    if not own:
        return say(language, "why_basis", **told)
    built_in = {DEFAULT: "why_default", HANDOVER: "handover_title"}.get(basis.scope)
    named = say(language, built_in) if built_in else f"“{basis.scope}” {basis.scope_version}"
    scope = f"{named} · {say(language, LEVELS[basis.level])} · {say(language, MODES[basis.mode])}"
    more = {"record": basis.record, "at": cards.day(basis.at), "since": cards.day(basis.since), "scope": scope}
    return say(language, "why_basis_own", **told, **more)


def _buttons(language: Language, why: Why) -> tuple[Button, ...]:
    """What its owner may do about an answer that still stands."""
    value = {"answer": why.answer, "language": language}
    withhold = Button("withhold_answer", say(language, "withhold_button"), value, command=f"/withhold #{why.answer}")
    label = say(language, "retract_button")
    retract = Button("retract", label, value, style="danger", command=f"/retract {why.answer}")
    return (withhold,) if why.retracted_at else (retract, withhold)


def _about(tell: Tell, answer: str) -> Tell:
    return replace(tell, ids={**tell.ids, "answer": answer.lstrip("#").upper()})


def _claim(message: Message) -> Claim:
    return Claim(message.platform, message.event, message.id)
