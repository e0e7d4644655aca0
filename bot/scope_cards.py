"""How scopes that are joined by name are laid out: every side of one, on the card that asks and on those that tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from adapters.base import Button, Card
from bot import cards
from bot.sentences import Language, say
from skills.agreement import Forbids
from skills.membership import Joined
from skills.scopes import Scope

MOST_DROPPED = 4  # readers with a button of their own
LEVELS: Mapping[str, str] = {"full": "scope_full", "outline": "scope_outline", "withheld": "scope_withheld"}
STRICTEST = ("withheld", "outline", "full")
STATES: Mapping[str, str] = {
    "paused": "scope_paused",
    "over": "scope_over",
    "halted": "scope_halted",
    "forbidden": "scope_forbidden",
    "left": "scope_left",
}
CHANGES: Mapping[str, str] = {"narrowed": "scope_narrowed", "widened": "scope_widened", "gone": "scope_gone"}
COARSER: Mapping[str, tuple[str, str]] = {
    "full": ("outline", "scope_to_outline"),
    "outline": ("withheld", "scope_to_withheld"),
}


@dataclass(frozen=True, slots=True)
class Sides:
    """All that somebody says yes to, or said yes to."""

    sources: Sequence[str]
    chats: Sequence[str]
    people: Sequence[str]
    departments: Sequence[str]
    words: Sequence[str]
    level: str
    mode: str
    speech: str
    quota: int | None
    since: datetime | None
    until: datetime


def offered(scope: Scope, now: datetime, days: int, agreed: Forbids) -> Sides:
    """A scope as it holds for whoever joins now: as its admin wrote it, or as was agreed with workers, if less."""
    sources, audience, ceiling = scope.document.sources, scope.document.audience, scope.document.ceiling
    until = now + timedelta(days=min(days, ceiling.days or days, agreed.days or days))
    readers = (sources.chats, audience.chats, audience.people, audience.departments, sources.words)
    level = next(one for one in STRICTEST if one in (ceiling.level, agreed.level, "full"))
    mode = agreed.mode or ceiling.mode or "review"
    return Sides(*readers, level, mode, ceiling.words, ceiling.quota, sources.since, until)


def standing(joined: Joined) -> Sides:
    """A scope as its owner joined it and as it stands now."""
    sides = (joined.sources, joined.chats, joined.people, joined.departments, joined.words or ())
    return Sides(*sides, joined.level, joined.mode, joined.speech, joined.quota, joined.since, joined.until)


def terms(language: Language, sides: Sides, names: Mapping[str, str]) -> str:
    """Every side in a line of its own."""
    since = say(language, "scope_since", day=cards.day(sides.since)) if sides.since else ""
    lines = [say(language, "scope_sources", chats=chats_listed(language, sides.sources, names)) + since]
    lines += [say(language, "scope_words", words="、".join(sides.words))] if sides.words else []
    lines += [say(language, "scope_readers", readers=readers(language, sides, names))]
    lines += [say(language, "scope_level", level=say(language, LEVELS[sides.level]))]
    lines += [say(language, "scope_review")] if sides.mode == "review" else []
    lines += [say(language, "scope_model")] if sides.speech == "model" else []
    lines += [say(language, "scope_quota", quota=sides.quota)] if sides.quota else []
    return "\n".join([*lines, say(language, "scope_until", day=cards.day(sides.until))])


def readers(language: Language, sides: Sides, names: Mapping[str, str]) -> str:
    """Who may ask, in words."""
    some = [_reader(language, one, sides, names) for one in (*sides.chats, *sides.people, *sides.departments)]
    return ("、" if language == "zh" else ", ").join(some) or say(language, "scope_nobody")


def offer(language: Language, offer_id: str, scope: str, text: str, notice_url: str | None) -> Card:
    """The consent card of a scope. Each choice is one tap; none is chosen beforehand."""
    value = {"offer": offer_id, "language": language}
    other: Language = "en" if language == "zh" else "zh"
    kinds = (
        ("join_here", "scope_join_back", "/optin here"),
        ("join_today", "scope_join_today", "/optin today"),
        ("decline", "decline", "/optin no"),
    )
    choices = (Button(act, say(language, label), value, command=f"{word} {offer_id}") for act, label, word in kinds)
    full = Button("scope_notice", say(language, "notice_button"), {"language": language}, url=notice_url)
    switch = Button("language", say(language, "language_button"), {**value, "language": other})
    title = say(language, "scope_offer_title", scope=scope)
    return Card(title, f"{text}\n\n{say(language, 'scope_offer_text')}", buttons=(*choices, full, switch))


def joined(language: Language, one: Joined, names: Mapping[str, str], title: str = "scope_joined_title") -> Card:
    """The receipt of a yes, and how a scope stands later: each part can be taken back by a tap."""
    sides, value = standing(one), {"scope": one.scope, "language": language}
    state = "" if one.state == "going" else f"\n\n{say(language, STATES[one.state])}"
    buttons: list[Button] = []
    if one.level == "full":
        command = f"/narrow {one.scope} level outline"
        buttons.append(
            Button("narrow", say(language, "scope_to_outline"), value | {"level": "outline"}, command=command)
        )
    if one.mode == "auto":
        label, command = say(language, "scope_to_review"), f"/narrow {one.scope} mode review"
        buttons.append(Button("narrow", label, value | {"mode": "review"}, command=command))
    for reader in [*one.chats, *one.people, *one.departments][:MOST_DROPPED]:
        label = say(language, "scope_drop", reader=_reader(language, reader, sides, names))
        command = f"/narrow {one.scope} without {reader}"
        buttons.append(Button("narrow", label, value | {"without": reader}, command=command))
    note = say(language, "scope_narrow_note", scope=one.scope)
    text = terms(language, sides, names) + state
    return Card(say(language, title, scope=one.scope), text, note=note, buttons=(*buttons, leave_button(language, one)))


def changed(language: Language, scope: str, what: Sequence[str], one: Joined | None, text: str) -> Card:
    """What an admin's change means for somebody who joined, and how it stands for them now."""
    lines = [say(language, sentence) for key, sentence in CHANGES.items() if key in what]
    again = Button("scope_join", say(language, "scope_again"), {"scope": scope, "language": language}, style="primary")
    buttons = [replace(again, command=f"/join {scope}")] if "widened" in what else []
    buttons += [leave_button(language, one)] if one else []
    title = say(language, "scope_changed_title", scope=scope)
    return Card(title, "\n\n".join([*lines, *([text] if text else [])]), buttons=tuple(buttons))


def leave_button(language: Language, one: Joined) -> Button:
    """One tap to leave a scope."""
    value, label = {"scope": one.scope, "language": language}, say(language, "scope_leave", scope=one.scope)
    return Button("leave", label, value, style="danger", command=f"/leave {one.scope}")


def narrow_button(language: Language, one: Joined) -> Button:
    """One tap to see all sides of a scope, and what can be taken back."""
    value, label = {"scope": one.scope, "language": language}, say(language, "scope_narrow", scope=one.scope)
    return Button("narrow", label, value, command=f"/narrow {one.scope}")


def line(language: Language, one: Joined, names: Mapping[str, str]) -> str:
    """A scope in one line of My double."""
    level, until = say(language, LEVELS[one.level]), cards.day(one.until)
    if one.state != "going":
        return say(language, "scope_state", scope=one.scope, state=say(language, STATES[one.state]))
    asks = readers(language, standing(one), names)
    return say(language, "scope_line", scope=one.scope, readers=asks, level=level, until=until)


def beside(card: Card, lines: Sequence[str], buttons: Sequence[Button]) -> Card:
    """My double with the scopes that were joined by name; beside them it is not said that there is nothing."""
    chats = [] if card.text in (say("zh", "scopes_none"), say("en", "scopes_none")) else [card.text]
    return replace(card, text="\n".join([*chats, *lines]), buttons=(*card.buttons, *buttons))


def listed(language: Language, ids: Sequence[str], names: Mapping[str, str]) -> str:
    """People by name, and by id where no name is known."""
    return ("、" if language == "zh" else ", ").join(names.get(one) or one for one in ids)


def chats_listed(language: Language, chats: Sequence[str], names: Mapping[str, str]) -> str:
    """Chats by name, and after them how many there are whose name is not known: an id tells nobody anything."""
    known = [name for chat in chats if (name := names.get(chat))]
    if unnamed := len(chats) - len(known):
        known.append(say(language, "chat_unnamed") if unnamed == 1 else say(language, "chats_unnamed", n=unnamed))
    return ("、" if language == "zh" else ", ").join(known)


def _reader(language: Language, reader: str, sides: Sides, names: Mapping[str, str]) -> str:
    name = names.get(reader) or reader
    if reader in sides.departments:
        return say(language, "scope_department", department=name)
    if reader in sides.chats:
        return say(language, "scope_chat" if names.get(reader) else "scope_chat_unnamed", chat=name)
    return say(language, "scope_person", person=name)
