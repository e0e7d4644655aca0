"""How each thing the bot shows is laid out; the words come from `sentences`, the people and ids from the caller."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.base import Button, Card, Mention, Part, Platform, Quote
from bot.days import both
from bot.names import told_apart
from bot.notice import notice
from bot.sentences import Language, say
from skills.words import Consent, Double, Erasure, Passage

# what a quote says of words that never stood in the chat as a message of their owner's
ELSEWHERE: Mapping[str, str] = {"file": "from_file", "interview": "from_interview"}


THUMBS = {"useful": "useful_button", "useless": "useless_button"}


def day(at: datetime) -> str:
    """A date as cards show it."""
    return at.astimezone().strftime("%Y-%m-%d")


def moment(at: datetime | None) -> str:
    """A time as cards show it, to the second."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S") if at else "–"


def quote(language: Language, passage: Passage, *, who: str, where: str, url: str | None) -> Quote:
    """A passage as it is shown; one that nobody heard in the chat says where it is from instead."""
    given = ELSEWHERE.get(passage.source)
    place = " · ".join(part for part in (where, say(language, given) if given else "") if part)
    return Quote(passage.text, who, place, passage.at, passage.message, url)


def link(platform: Platform, passage: Passage) -> str | None:
    """Where readers find the message; a note to the bot, or a line of a file without ids, stands nowhere for them."""
    return None if passage.message.startswith(("note:", "file:")) else platform.link(passage.chat, passage.message)


def answer(
    language: Language,
    *,
    name: str,
    answer_id: str,
    quotes: Sequence[Quote],
    question: str | None,
    private: bool,
    handed: datetime | None = None,
) -> Card:
    """An answer: the owner's words first, then where they stand, the label, and the way to the person.

    Whoever asks their own double, and whoever reads what is left of a card, has nobody to tell what they think of it;
    nor has whoever reads what was handed over by somebody who has left.
    """
    question = question if handed is None else None
    outline = all(not q.text for q in quotes)
    note = say(language, "self_note" if private else "answer_note" if handed is None else "handed_note", name=name)
    whose = name if handed is None else say(language, "handed_name", name=name, day=both(handed, handed)[1])
    return Card(
        title=say(language, "answer_title", name=name),
        text=say(language, "answer_outline" if outline else "answer_text", name=name),
        quotes=tuple(quotes),
        note=note,
        label=say(language, "answer_label", name=whose, answer=answer_id),
        answer=answer_id,
        buttons=(
            *_ask(language, name, question),
            _why(language, answer_id),
            *(thumbs(language, answer_id) if question else ()),
        ),
        unfold=_unfold(language, answer_id),
    )


def thumbs(language: Language, answer_id: str) -> tuple[Button, ...]:
    """What whoever asked thinks of an answer: two buttons, which only they can use."""
    value = {"answer": answer_id, "language": language}
    return tuple(
        Button(action, say(language, label), value, command=f"/{action} {answer_id}")
        for action, label in THUMBS.items()
    )


def _unfold(language: Language, answer_id: str) -> Button:
    """All of an answer, where its long quotes are folded and the reader's client cannot unfold them."""
    value = {"answer": answer_id, "language": language}
    return Button("unfold", say(language, "unfold_button"), value, "primary", command=f"/show {answer_id}")


def _why(language: Language, answer_id: str) -> Button:
    value = {"answer": answer_id, "language": language}
    return Button("why", say(language, "why_button"), value, command=f"/why {answer_id}")


def nothing(language: Language, *, name: str | None, question: str | None) -> Card:
    """The one sentence for unknown, not opted in, out of scope, withheld and nothing found alike."""
    text = say(language, "nothing_named", name=name) if name else say(language, "nothing")
    return Card(say(language, "nothing_title"), text, buttons=_ask(language, name, question))


def _ask(language: Language, name: str | None, question: str | None) -> tuple[Button, ...]:
    if not name or question is None:
        return ()
    return (Button("ask_person", say(language, "ask_button", name=name), {"question": question}),)


def which(language: Language, doubles: Sequence[Double], question: str, why: str = "which_text") -> Card:
    """Several owners may be meant: one button each, in the order of their names; those of one name are told apart."""
    labels = told_apart([(d.name, *d.also) for d in doubles])
    buttons = tuple(
        Button("ask_double", label, {"question": question, "owner": d.owner}, command=None)
        for label, d in zip(labels, doubles, strict=True)
    )
    return Card(say(language, "which_title"), say(language, why), buttons=buttons)


def together(language: Language, shares: Sequence[tuple[str, Card]]) -> Card:
    """Several people on one card: (name as asked for, what was said), each in a part of their own."""
    parts = tuple(
        Part(card.title if card.answer else name or card.title, card.text, card.quotes, card.label, card.answer)
        for name, card in shares
    )
    notes = dict.fromkeys(card.note for _, card in shares if card.note)
    shown = [(name, b) for name, card in shares for b in card.buttons if b.action not in THUMBS]
    buttons = tuple(_whose(language, button, name) for name, button in shown)
    note = say(language, "together_note") if notes else ""
    unfold = next((card.unfold for _, card in shares if card.unfold), None)
    return Card(say(language, "together_title"), "", parts=parts, note=note, buttons=buttons, unfold=unfold)


def _whose(language: Language, button: Button, name: str) -> Button:
    """Of several answers on one card, each has its own why."""
    return replace(button, label=say(language, "why_button_of", name=name)) if button.action == "why" else button


def without(language: Language, card: Card, answers: Sequence[str]) -> Card:
    """A card without the answers that must not stand: a notice in their place, and whatever others said beside it."""
    gone = say(language, "withdrawn_text")
    if not card.parts:
        return Card(say(language, "withdrawn_title"), gone)
    parts = tuple(Part(part.title, gone) if part.answer in answers else part for part in card.parts)
    return replace(card, parts=parts)


def ask_person(language: Language, *, person: Mention, asker: str, question: str, put: str) -> Card:
    """A question put to the person in the chat, the same for everyone, with the way to answer it."""
    asked_by = asker or say(language, "somebody")
    text = say(language, "ask_text", asker=asked_by, name=person.name, question=question)
    note = say(language, "ask_note", put=put)
    return Card(say(language, "ask_title"), text.strip("：: "), note=note, at=(person,))


def plain(language: Language, sentence: str, *, title: str = "nothing_title", **fields: object) -> Card:
    """A card of one sentence."""
    return Card(say(language, title), say(language, sentence, **fields))


def help_card(language: Language) -> Card:
    """What the bot is and its four words."""
    return Card(say(language, "help_title"), say(language, "help_text"))


def offer(language: Language, *, offer_id: str, chat: str, by_file: bool, notice_url: str | None) -> Card:
    """The one-screen consent card. Each choice is one tap; none is chosen beforehand."""
    other: Language = "en" if language == "zh" else "zh"
    value = {"offer": offer_id, "language": language}

    def choice(action: str, label: str, command: str) -> Button:
        return Button(action, say(language, label), value, command=f"{command} {offer_id}")

    full = say(language, "notice_button")
    return Card(
        title=say(language, "offer_title", chat=chat or say(language, "this_chat")),
        text=notice(language).short,
        note=say(language, "offer_note_files") if by_file else "",
        buttons=(
            choice("join_me", "join_me", "/optin me"),
            choice("join_here", "join_here_files" if by_file else "join_here", "/optin here"),
            choice("join_today", "join_today", "/optin today"),
            choice("decline", "decline", "/optin no"),
            Button("notice", full, {"language": language}, url=notice_url, command="/notice"),
            Button("language", say(language, "language_button"), {**value, "language": other}),
        ),
    )


def declined(language: Language) -> Card:
    """Nothing was switched on, and nobody knows."""
    return Card(say(language, "declined_title"), say(language, "declined_text"))


def full_notice(language: Language) -> Card:
    """The whole notice, for those who cannot open the page."""
    return Card(say(language, "notice_title"), notice(language).full)


def joined(
    language: Language,
    consent: Consent,
    *,
    chat: str,
    state: str,
    questions: Sequence[str] = (),
    by_file: bool = False,
    lend: bool = False,
) -> Card:
    """The receipt of a consent; with what was found, it offers the owner questions to try, and an interview.

    `by_file`: nothing can be read there of what was said before, so the interview comes first. `lend`: the owner can.
    """
    name = chat or say(language, "this_chat")
    kind = "joined_me" if consent.audience == "me" else "joined_chat"
    offered = say(language, "joined_interview") if by_file else ""
    state += f"\n{say(language, 'joined_lend')}" if by_file and lend else ""
    lines = [say(language, kind, chat=name, until=day(consent.until)), offered, state]
    tried = tries(language, consent.chat, questions)
    interview = interview_button(language, consent.chat)
    return Card(
        title=say(language, "joined_title", chat=name),
        text="\n\n".join(line for line in lines if line),
        note=say(language, "receipt_note", receipt=consent.receipt, notice=consent.notice),
        buttons=(
            *((lend_button(language, chat=consent.chat),) if lend else ()),
            *((interview, *tried) if by_file else (*tried, interview)),
            leave_button(language, consent.chat, name),
        ),
    )


def tries(language: Language, chat: str, questions: Sequence[str]) -> tuple[Button, ...]:
    """The questions that an owner may ask their own double with one tap; `chat` "" means any."""
    value = {"chat": chat, "language": language}
    return tuple(Button("try", q, {**value, "n": str(n)}) for n, q in enumerate(questions))


def interview_button(language: Language, chat: str, label: str = "") -> Button:
    """One tap to begin an interview, or to go on with it; `chat` "" means the one there is, or a choice."""
    said = label or say(language, "interview_button")
    return Button("interview", said, {"chat": chat, "language": language}, style="primary", command="/interview")


def lend_button(language: Language, **what: str) -> Button:
    """One tap to let the bot read a `chat`, or the chats of a `scope`, with one's own eyes."""
    (named,) = what.values()
    value = {**what, "language": language}
    return Button("lend", say(language, "lend_button"), value, style="primary", command=f"/lend {named}")


def leave_button(language: Language, chat: str, name: str) -> Button:
    """One tap to leave one chat."""
    label = say(language, "leave_chat_button", chat=name or say(language, "this_chat"))
    return Button("leave", label, {"chat": chat, "language": language}, style="danger", command=f"/leave {chat}")


def stopped(language: Language, chat: str | None) -> Card:
    """The moment after leaving: nothing is answered any more, the erasure is under way."""
    text = say(language, "stopped_chat", chat=chat) if chat else say(language, "stopped_all")
    return Card(say(language, "stopped_title"), text)


def stopped_window(language: Language, since: datetime, until: datetime) -> Card:
    """The moment after some days were taken out."""
    first, last = both(since, until)
    return Card(say(language, "stopped_title"), say(language, "stopped_window", first=first, last=last))


def erased(language: Language, erasure: Erasure) -> Card:
    """The erasure's receipt, with its clocks and what the probe found."""
    text = say(
        language,
        "erased_text",
        stopped=moment(erasure.stopped_at),
        destroyed=moment(erasure.key_destroyed_at),
        erased=moment(erasure.erased_at),
        messages=erasure.counts.get("messages", 0),
        postings=erasure.counts.get("postings", 0),
    )
    if erasure.residue is None:
        probe = say(language, "erased_unchecked")
    else:
        probe = say(language, "erased_probe", residue=erasure.residue)
    if erasure.leftover:
        text = f"{say(language, 'erased_leftover')}\n{text}"
    if erasure.since and erasure.until:
        first, last = both(erasure.since, erasure.until)
        text = f"{say(language, 'erased_window', first=first, last=last)}\n{text}"
    return Card(say(language, "erased_title"), f"{text}\n\n{probe}")
