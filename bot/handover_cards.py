"""How a handover is laid out: on the card that asks for a signature, and on those that tell what was signed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.base import Button, Card, Field
from bot.days import both
from bot.scope_cards import MOST_DROPPED, chats_listed, listed
from bot.sentences import Language, say
from skills.membership import Joined
from skills.words import Offer

STATES: Mapping[str, str] = {"signed": "handover_signed", "handed": "handover_handed"}
Names = Mapping[str, str]


def last_day(until: datetime) -> str:
    """The last day on which it answers."""
    return both(until, until)[1]


def how(language: Language, sentence: str = "handover_how") -> Card:
    """What a handover is, and the lines to fill in; or why there is none like this."""
    fields = (
        Field("people", say(language, "handover_people_field")),
        Field("until", say(language, "handover_until_field")),
    )
    draw = Button("handover_draw", say(language, "handover_draw"), {"language": language}, style="primary")
    return Card(say(language, "handover_title"), say(language, sentence), buttons=(draw,), fields=fields)


def not_scopes(language: Language, scopes: Sequence[str]) -> Card:
    """What was joined by its name is not handed over, and what can be."""
    return replace(how(language), text=say(language, "handover_scopes", scopes=listed(language, scopes, {})))


def offer(language: Language, one: Offer, names: Names, notice_url: str | None, scopes: Sequence[str] = ()) -> Card:
    """The card that asks for a signature. Neither choice is made beforehand; `scopes` are not part of it."""
    assert one.until is not None
    value = {"offer": one.id, "language": language}
    other: Language = "en" if language == "zh" else "zh"
    sign = Button("handover_sign", say(language, "handover_sign"), value, command=f"/handover sign {one.id}")
    decline = Button("decline", say(language, "handover_no"), value, command=f"/handover no {one.id}")
    full = Button("handover_notice", say(language, "notice_button"), {"language": language}, url=notice_url)
    switch = Button("language", say(language, "language_button"), {**value, "language": other})
    sides = _sides(language, one.people, one.chats, one.until, names)
    if scopes:
        sides += f"\n{say(language, 'handover_without_scopes', scopes=listed(language, scopes, {}))}"
    text = f"{sides}\n\n{say(language, 'handover_text')}"
    return Card(say(language, "handover_title"), text, buttons=(sign, decline, full, switch))


def signed(language: Language, one: Joined, names: Names) -> Card:
    """What was signed, and each way to take it back by a tap."""
    sides = _sides(language, one.people, one.sources, one.until, names)
    state = say(language, STATES.get(one.state, "handover_over"))
    buttons = [_without(language, person, names) for person in one.people[:MOST_DROPPED] if len(one.people) > 1]
    off = say(language, "handover_off")
    buttons.append(Button("handover_off", off, {"language": language}, style="danger", command="/handover off"))
    note = say(language, "receipt_note", receipt=one.receipt, notice=1)
    return Card(say(language, "handover_signed_title"), f"{sides}\n\n{state}", note=note, buttons=tuple(buttons))


def beside(language: Language, card: Card, one: Joined, names: Names) -> Card:
    """My double with what was signed, in a line and a button."""
    line = say(language, "handover_line", people=listed(language, one.people, names), day=last_day(one.until))
    return replace(card, text=f"{card.text}\n{line}", buttons=(*card.buttons, button(language)))


def line(language: Language, one: Joined, names: Names) -> str:
    """What was signed, and whether it sleeps, in one line among others."""
    state = say(language, STATES.get(one.state, "handover_over"))
    people = listed(language, one.people, names) or say(language, "scope_nobody")
    return say(language, "handover_told", people=people, day=last_day(one.until), state=state)


def button(language: Language) -> Button:
    """One tap to see what is signed, or what could be."""
    return Button("handover", say(language, "handover_button"), {"language": language}, command="/handover")


def _without(language: Language, person: str, names: Names) -> Button:
    label, value = say(language, "handover_without", person=names.get(person) or person), {"language": language}
    return Button("handover_less", label, value | {"without": person}, command=f"/handover without {person}")


def _sides(language: Language, people: Sequence[str], chats: Sequence[str], until: datetime, names: Names) -> str:
    lines = (
        say(language, "handover_people", people=listed(language, people, names) or say(language, "scope_nobody")),
        say(language, "handover_chats", chats=chats_listed(language, chats, names)),
        say(language, "handover_until", day=last_day(until)),
    )
    return "\n".join(lines)
