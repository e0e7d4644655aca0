"""All that is stored about one person, in counts with dates, told to them alone; and deleting what they asked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from adapters.base import Button, Card, Click, Message, Platform
from bot import cards, leftovers
from bot.handovers import Handovers
from bot.meant import own_chats
from bot.questions import Questions
from bot.sentences import Language, say
from skills.inventory import Held, Holdings
from skills.store import Store
from skills.words import Claim, Tell

MOST_CHATS = 6  # shown; the others are counted
SOURCES: Mapping[str, str] = {
    "live": "source_live",
    "history": "source_history",
    "file": "source_file",
    "note": "source_note",
    "kept": "source_kept",
    "interview": "source_interview",
    "title": "source_title",
}


class MyData:
    """Counted when it is asked for; a person without a double learns what is stored of them as an asker."""

    def __init__(
        self, store: Store, platforms: Mapping[str, Platform], questions: Questions, handovers: Handovers
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._questions = questions
        self._handovers = handovers

    async def card(self, tell: Tell) -> Card:
        """The counts."""
        held = await self._store.holdings(str(tell.person))
        platform = self._platforms[tell.platform]
        names = await own_chats(self._store, platform, str(tell.person), [one.chat for one in held.messages])
        card = layout(tell.language, held, names, await self._handovers.line(tell))
        return await leftovers.beside(self._store, card, tell)

    async def unask(self, event: Message | Click, tell: Tell) -> None:
        """Delete the questions of whoever says or taps so, here, in memory and on the card that waits for an answer."""
        claim = Claim(event.platform, event.event, event.id if isinstance(event, Message) else None)
        if await self._store.delete_questions(claim, str(tell.person), replace(tell, card="unasked")):
            self._questions.forget_asker(str(tell.person))


def layout(language: Language, held: Holdings, chats: Mapping[str, str], handover: str | None = None) -> Card:
    """One line for each chat and each kind; what there is none of is not said."""
    title, note = say(language, "mydata_title"), say(language, "mydata_note")
    signed = [handover] if handover else []
    lines = [*_chats(language, held.messages, chats), *_derived(language, held), *signed, *_asker(language, held)]
    if not lines:
        return Card(title, say(language, "mydata_none"))
    value = {"language": language}
    receipt = Button("receipt", say(language, "receipt_button"), value, command="/receipt")
    unask = Button("unask", say(language, "unask_button"), value, style="danger", command="/unask")
    export, owns = Button("export", say(language, "export_title"), value, command="/export"), bool(held.first_entry)
    shown = ((export, bool(held.messages)), (receipt, owns), (unask, _asks(held)))
    return Card(title, "\n".join(lines), note=note, buttons=tuple(button for button, there in shown if there))


def _chats(language: Language, messages: Sequence[Held], chats: Mapping[str, str]) -> list[str]:
    lines: list[str] = []
    for chat, parts in groupby(messages, key=lambda one: one.chat):
        some = list(parts)
        told = {
            "chat": chats.get(chat) or say(language, "this_chat"),
            "messages": sum(one.messages for one in some),
            "sources": ("、" if language == "zh" else ", ").join(
                say(language, SOURCES[one.source], n=one.messages) for one in some
            ),
            "first": cards.day(min(one.first for one in some)),
            "last": cards.day(max(one.last for one in some)),
        }
        lines.append(say(language, "mydata_chat", **told))
    left = len(lines) - MOST_CHATS
    return lines[:MOST_CHATS] + ([say(language, "and_more", left=left)] if left > 0 else [])


def _derived(language: Language, held: Holdings) -> list[str]:
    """What was made of the words, and the records of what happened."""
    lines, rows = list[str](), held.rows
    terms, vectors = rows.get("posting.owner", 0), rows.get("meaning.owner", 0)
    if terms or vectors:
        lines.append(say(language, "mydata_made", terms=terms, vectors=vectors))
    if held.answered and held.first_answer and held.last_answer:
        when = {"first": cards.day(held.first_answer), "last": cards.day(held.last_answer)}
        lines.append(say(language, "mydata_answers", answered=held.answered, retracted=held.retracted, **when))
    if held.first_entry and held.last_entry:
        when = {"first": cards.day(held.first_entry), "last": cards.day(held.last_entry)}
        records, entries = rows.get("consent_event.owner", 0), rows.get("ledger.owner", 0)
        lines.append(say(language, "mydata_records", records=records, entries=entries, **when))
    if withheld := rows.get("withheld.owner"):
        lines.append(say(language, "mydata_withheld", withheld=withheld))
    if forgotten := rows.get("forgotten.owner"):
        lines.append(say(language, "mydata_forgotten", marks=forgotten))
    if drafts := rows.get("draft.owner"):
        lines.append(say(language, "mydata_drafts", drafts=drafts))
    if pages := rows.get("page.owner"):
        lines.append(say(language, "mydata_pages", pages=pages, versions=rows.get("page_version.owner", 0)))
    if interviews := rows.get("interview.owner"):
        lines.append(say(language, "mydata_interviews", interviews=interviews))
    return lines


def _asker(language: Language, held: Holdings) -> list[str]:
    waiting = held.rows.get("put_question.asker", 0)
    if not held.asked and not waiting:
        return []
    lines = [say(language, "mydata_asked", asked=held.asked, questions=held.questions, waiting=waiting)]
    return lines + ([say(language, "mydata_said", said=held.said)] if held.said else [])


def _asks(held: Holdings) -> bool:
    return bool(held.questions or held.said or held.rows.get("put_question.asker"))
