"""One question that waits, as its person sees it: in a line, on a button, and with a line to answer it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from adapters.base import Button, Card, Field
from bot import letters
from bot.sentences import Language, say

LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class Waits:
    """One question as its person sees it; `text` is "" where it can neither be read again nor is remembered."""

    put: str
    asker: str
    at: datetime
    text: str
    private: bool = False  # it was put to its person alone


def line(language: Language, waits: Waits, length: int = 40) -> str:
    """A question in one line: who asks, when, and how it begins."""
    asker, day = waits.asker or say(language, "somebody"), waits.at.astimezone().strftime("%m-%d")
    return say(language, "waits_line", asker=asker, day=day, question=_begin(waits.text, length)).rstrip(" ：:")


def answer_now(language: Language, waits: Waits) -> Button:
    """One tap to answer a question."""
    value = {"put": waits.put, "language": language}
    label = say(language, "answer_now", question=_begin(waits.text, 16) or waits.asker or say(language, "somebody"))
    return Button("answer_now", label, value, style="primary", command=f"/answer {waits.put}")


def form(language: Language, waits: Waits, *, chat: str, keep: Mapping[str, str]) -> Card:
    """Who asks what, where the answer will stand, and a line for it.

    `keep` is id to name: the chats for which it may be kept.
    """
    value, twin = {"put": waits.put, "language": language}, f"/answer {waits.put}"
    fields = [Field("reply", say(language, "answer_field"))]
    buttons = [Button("answer_send", say(language, "answer_send"), value, style="primary", command=f"{twin} …")]
    if keep:
        fields.append(Field("title", say(language, "keep_field"), waits.text[:LONGEST_TITLE]))
        ways = letters.keepers(language, waits.put, keep, "answer_and_keep", "answer_keep_for")
        buttons += [Button("answer_keep", label, {**value, "chat": id_}) for id_, label, _ in ways]
    text = line(language, waits, length=400)
    where = chat or say(language, "this_chat")
    told = "answer_alone" if waits.private else "answer_where"
    note = say(language, told, chat=where, put=waits.put)
    return Card(say(language, "waits_title"), text, note=note, fields=tuple(fields), buttons=tuple(buttons))


def _begin(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
