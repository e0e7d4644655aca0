"""How drafts are laid out: alone with their owner, all that wait on one card, and as the answer that was sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from adapters.base import Button, Card, Field, Quote
from bot import cards
from bot.sentences import Language, say

MOST = 6  # with a button of their own
SHORT = 8  # digits of a hash that are typed
BEGIN = 24  # characters of a question on a button


@dataclass(frozen=True, slots=True)
class Shown:
    """What an owner has to know of a draft in order to decide."""

    id: str
    asker: str
    at: datetime
    where: str  # the chat, or that it was asked alone
    question: str  # "" where it can neither be read again nor is remembered
    name: str  # the owner's


def question_of(language: Language, shown: Shown, length: int = 400) -> str:
    """Who asks what, where and when, in a line."""
    words = shown.question or say(language, "draft_unread")
    short = words if len(words) <= length else f"{words[: length - 1]}…"
    asker = shown.asker or say(language, "somebody")
    return say(language, "draft_asked", asker=asker, day=cards.day(shown.at), where=shown.where, question=short)


def draft(
    language: Language,
    shown: Shown,
    *,
    told: Sequence[str],
    quotes: Sequence[Quote],
    provider: str | None,
    onward: str | None,
) -> Card:
    """One draft: the question, what would be said, the sources, and everything that can be done about it."""
    value = {"draft": shown.id, "language": language}
    twin = f"/review {shown.id}"
    kind = "draft_told" if told else "draft_would" if any(quote.text for quote in quotes) else "draft_outline"
    lines = [question_of(language, shown), "", say(language, kind), *told]
    note, more = say(language, "draft_note", draft=shown.id), list[Button]()
    if onward is not None:
        text = yes_of(language, onward)
        note = f"{note}\n{text}"
        code = digest(text)[:SHORT]
        label = say(language, "draft_on")
        more = [Button("draft_on", label, {**value, "shown": code}, command=f"{twin} always {code}")]
    label = say(language, "draft_label", name=shown.name)
    buttons = (
        Button("draft_send", say(language, "draft_send"), value, style="primary", command=f"{twin} send"),
        *more,
        Button("draft_own", say(language, "draft_own"), value),
        Button("draft_put", say(language, "draft_put"), value, command=f"{twin} myself"),
        Button("draft_no", say(language, "draft_no"), value, command=f"{twin} no"),
        Button("draft_withhold", say(language, "draft_withhold"), value, style="danger", command=f"{twin} withhold"),
    )
    return Card(
        say(language, "draft_title"),
        "\n".join(lines),
        quotes=tuple(quotes),
        note=note,
        label=f"{label} · {provider}" if provider else label,
        fields=(Field("own", say(language, "draft_field")),),
        buttons=buttons,
    )


def drafts(language: Language, waiting: Sequence[Shown]) -> Card:
    """All that wait, in a line and with a button each."""
    if not waiting:
        return cards.plain(language, "drafts_none", title="drafts_title")
    lines = [say(language, "drafts_text", n=len(waiting))]
    lines += [question_of(language, one, 60) for one in waiting[:MOST]]
    if len(waiting) > MOST:
        lines.append(say(language, "and_more", left=len(waiting) - MOST))
    buttons = tuple(_look(language, one) for one in waiting[:MOST])
    return Card(say(language, "drafts_title"), "\n".join(lines), buttons=buttons)


def beside(language: Language, card: Card, waiting: int) -> Card:
    """My double with how many wait, and the way to them; as it is where none does."""
    if not waiting:
        return card
    label = say(language, "drafts_button", n=waiting)
    look = Button("drafts", label, {"language": language}, style="primary", command="/review")
    text = f"{card.text}\n{say(language, 'drafts_line', n=waiting)}"
    return replace(card, text=text, buttons=(look, *card.buttons))


def yes_of(language: Language, scope: str) -> str:
    """What a yes to answers without a look says."""
    return say(language, "draft_onward", scope=scope)


def digest(text: str) -> str:
    """The hash over what was shown, of which a button carries the beginning."""
    return sha256(text.encode()).hexdigest()


def _look(language: Language, shown: Shown) -> Button:
    words = shown.question or shown.asker or say(language, "somebody")
    begin = words if len(words) <= BEGIN else f"{words[: BEGIN - 1]}…"
    value = {"draft": shown.id, "language": language}
    return Button("draft_show", say(language, "draft_look", question=begin), value, command=f"/review {shown.id}")
