"""Promises of the card My double: what waits for its owner, answered from there, and counts for her eyes alone."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.base import Address, Button, Card, Click, Message, Reaction, Recalled, Receive
from bot.mydouble import MOST_CHATS, layout
from bot.sentences import Language, say
from bot.waiting import SHOWN
from bot.waits import Waits
from skills.store import Store
from skills.words import Consent

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
Told = Callable[..., Awaitable[list[Shown]]]
Puts = Callable[..., Awaitable[Message]]
ANA, BO, OPS = "lark:t:ana", "lark:t:bo", "lark:t:ops"
STAMP = "ask Ana where the stamp cabinet is"
REPLY = "on the second shelf behind the printer"


@pytest.fixture
def told(
    receive: Receive, settled: Settled, says: Says, sent: list[Shown], readable: dict[str, Message]
) -> Callable[..., Awaitable[list[Shown]]]:
    """Say something that can be read back, and take whatever the bot sent then."""

    async def tell(person: str, text: str, **more: object) -> list[Shown]:
        sent.clear()
        message = says(person, text, **more)
        readable[message.id] = message
        await receive(message)
        await settled()
        return list(sent)

    return tell


@pytest.fixture
def puts(
    told: Told, receive: Receive, taps: Taps, settled: Settled, readable: dict[str, Message]
) -> Callable[..., Awaitable[Message]]:
    """Bo asks a double that finds nothing, then the person; returns his message."""

    async def put(text: str = STAMP, platform: str = "lark", person: str = "bo") -> Message:
        ((_, card),) = await told(person, text, to_bot=True, platform=platform)
        asked = list(readable.values())[-1]
        await receive(taps(person, "ask_person", card.buttons[0].value, platform=platform))
        await settled()
        return asked

    return put


async def my_double(told: Told, person: str = "ana", platform: str = "lark") -> Card:
    """The card, in English, as the person sees it now."""
    ((to, card),) = await told(person, "my double", direct=True, platform=platform)
    assert to.person == f"{platform}:t:{person}"
    return card


def button(card: Card, action: str) -> Button | None:
    """The card's first button that does this."""
    return next((b for b in card.buttons if b.action == action), None)


async def opened(told: Told, receive: Receive, taps: Taps, settled: Settled, sent: list[Shown]) -> Card:
    """The card with the line to write an answer, by the button on the card My double."""
    now = button(await my_double(told), "answer_now")
    assert now is not None
    sent.clear()
    await receive(taps("ana", "answer_now", now.value))
    await settled()
    ((to, card),) = sent
    assert to.person == ANA
    return card


async def written(receive: Receive, click: Click, settled: Settled, **form: str) -> Reaction | None:
    """Fill in the lines of the card and tap."""
    reaction = await receive(replace(click, form=form))
    await settled()
    return reaction


async def test_an_owner_sees_what_waits_for_her_answers_it_there_and_the_next_is_answered(
    joins: Joins, puts: Puts, told: Told, asks: Asks, receive: Receive, taps: Taps, settled: Settled, sent: list[Shown]
) -> None:
    """From the card to Bo in the group and into her double, in two taps."""
    await joins("ana", "join_today")
    await puts()
    card = await opened(told, receive, taps, settled, sent)
    assert "where the stamp cabinet is" in card.text
    assert "ops" in card.note
    sent.clear()
    keep = button(card, "answer_keep")
    assert keep is not None
    await written(receive, taps("ana", "answer_keep", keep.value), settled, reply=REPLY, title="Stamp cabinet")
    ((to, brought),) = sent
    assert (to.chat, to.person, brought.label) == (OPS, None, "")
    assert [(q.text, q.who) for q in brought.quotes] == [(REPLY, "Ana")]
    quotes = (await asks("cy", "ask Ana about the stamp cabinet"))[1].quotes
    assert [q.text for q in quotes] == [f"Stamp cabinet\n{REPLY}"]
    assert button(await my_double(told), "answer_now") is None


async def test_what_she_only_answers_is_not_kept(
    joins: Joins, puts: Puts, told: Told, asks: Asks, receive: Receive, taps: Taps, settled: Settled, sent: list[Shown]
) -> None:
    """Keeping is a button of its own."""
    await joins("ana", "join_today")
    await puts()
    card = await opened(told, receive, taps, settled, sent)
    send = button(card, "answer_send")
    assert send is not None
    sent.clear()
    await written(receive, taps("ana", "answer_send", send.value), settled, reply=REPLY, title="Stamp cabinet")
    assert [q.text for _, c in sent for q in c.quotes] == [REPLY]
    assert (await asks("cy", "ask Ana about the stamp cabinet"))[1].quotes == ()


@pytest.mark.parametrize("action", ["answer_send", "answer_keep"])
async def test_nobody_answers_for_her_by_a_made_up_tap_and_an_empty_line_is_no_answer(
    joins: Joins, puts: Puts, told: Told, receive: Receive, taps: Taps, settled: Settled, sent: list[Shown], action: str
) -> None:
    """Neither the asker nor a bystander, and the question goes on waiting."""
    for person in ("ana", "cy"):
        await joins(person, "join_today")
    await puts()
    card = await opened(told, receive, taps, settled, sent)
    value = card.buttons[0].value
    sent.clear()
    for person in ("bo", "cy"):
        reaction = await written(receive, taps(person, action, value), settled, reply="wherever", title="x")
        assert reaction is not None
    empty = await written(receive, taps("ana", action, value), settled, reply="  ")
    assert empty is not None
    assert empty.toast == say("en", "answer_empty", put=value["put"])
    assert [c for _, c in sent if c.quotes] == []
    assert button(await my_double(told), "answer_now") is not None


@pytest.mark.parametrize("person", ["cy", "bo"])
async def test_the_question_of_somebody_else_is_not_shown_by_its_id(
    joins: Joins, puts: Puts, told: Told, standing: dict[str, Shown], person: str
) -> None:
    """Alone with the bot, an id opens one's own questions only."""
    await joins("cy", "join_today")
    await puts()
    put = list(standing.values())[-1][1].note.partition("/answer ")[2].split()[0]
    for words in (f"/answer {put}", f"/answer {put} wherever"):
        ((_, card),) = await told(person, words, direct=True)
        assert card.text == say("zh", "answer_gone")


async def test_the_text_twin_shows_answers_and_keeps_from_the_direct_chat(
    joins: Joins, puts: Puts, told: Told, asks: Asks
) -> None:
    """On DingTalk, where no card draws a line to fill in, and by the command that the card names."""
    await joins("ana", "join_today", platform="dingtalk")
    await puts(platform="dingtalk")
    now = button(await my_double(told, platform="dingtalk"), "answer_now")
    assert now is not None
    assert now.command is not None
    ((_, shown),) = await told("ana", now.command, direct=True, platform="dingtalk")
    assert "stamp cabinet" in shown.text
    (_, brought), (to, offer) = await told("ana", f"{now.command} {REPLY}", direct=True, platform="dingtalk")
    assert [q.text for q in brought.quotes] == [REPLY]
    assert to.person == "dingtalk:t:ana"
    command = offer.buttons[0].command
    ((_, done),) = await told("ana", f"{command} Stamp cabinet", direct=True, platform="dingtalk")
    assert done.text == say("en", "kept_toast")
    quotes = (await asks("cy", "ask Ana about the stamp cabinet", platform="dingtalk"))[1].quotes
    assert [q.text for q in quotes] == [f"Stamp cabinet\n{REPLY}"]


async def test_a_question_that_its_asker_takes_back_is_shown_no_more(
    joins: Joins, puts: Puts, told: Told, receive: Receive, settled: Settled, readable: dict[str, Message]
) -> None:
    """It is read where it stands, not from a copy; who asked, and when, is left."""
    await joins("ana", "join_today")
    asked = await puts()
    assert "stamp" in (await my_double(told)).text
    del readable[asked.id]
    await receive(Recalled("lark", "r1", OPS, asked.id))
    await settled()
    card = await my_double(told)
    assert "stamp" not in repr(card)
    assert "Bo" in card.text


async def test_only_what_others_could_ask_and_she_never_said_is_counted_and_only_she_reads_it(
    joins: Joins, told: Told, asks: Asks, store: Store
) -> None:
    """Not her own questions, not those to somebody without a double, and nothing on anybody else's card."""
    await asks("bo", STAMP)
    assert await store.unanswered(ANA, days=7) == 0
    for person in ("ana", "cy"):
        await joins(person, "join_today")
    await asks("bo", STAMP)
    await asks("cy", "ask Ana who waters the plants")
    await asks("ana", "ask Ana who waters the plants")
    assert say("en", "scopes_unanswered", times=2) in (await my_double(told)).text
    assert say("en", "scopes_unanswered", times=2) not in (await my_double(told, "cy")).text


async def test_more_has_the_rules_and_what_can_be_narrowed_until_it_is(
    joins: Joins, told: Told, receive: Receive, taps: Taps, settled: Settled, sent: list[Shown]
) -> None:
    """Each by one tap, and alone."""
    await joins("ana", "join_today")
    ((_, more),) = await told("ana", "more", direct=True)
    ways = {b.command: b for b in more.buttons}
    narrower = ("/narrow default level outline", "/narrow default mode review")
    sent.clear()
    for command in ("/rules", *narrower):
        await receive(taps("ana", ways[command].action, ways[command].value))
        await settled()
    assert say("en", "rules_none") in sent[0][1].text
    assert {to.person for to, _ in sent} == {ANA}
    assert say("en", "scopes_outline") + say("en", "scopes_review") in (await my_double(told)).text
    ((_, more),) = await told("ana", "more", direct=True)
    assert not {b.command for b in more.buttons} & set(narrower)


async def test_leaving_drops_the_count(joins: Joins, told: Told, asks: Asks, store: Store) -> None:
    """A new double begins at nothing."""
    await joins("ana", "join_today")
    await asks("bo", STAMP)
    assert await store.unanswered(ANA, days=7) == 1
    await told("ana", "leave", direct=True)
    assert await store.unanswered(ANA, days=7) == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_however_much_there_is_it_fits_one_screen(language: Language) -> None:
    """Chats and questions beyond the first few are counted, and no line is long."""
    now = datetime(2026, 11, 27, tzinfo=UTC)
    many = [Consent(ANA, f"lark:t:{n}", "chat", now, now + timedelta(days=90), "1") for n in range(9)]
    waits: Sequence[Waits] = [Waits(f"K7Q{n}", "Bo", now, "怎么回滚" * 100) for n in range(SHOWN)]
    card = layout(language, many, {}, answered=3, unanswered=2, waits=waits, waiting=7, questions=["a", "b", "c"])
    lines = card.text.splitlines()
    assert len(lines) <= 13
    assert all(len(line) <= 80 for line in lines)
    assert say(language, "and_more", left=9 - MOST_CHATS) in lines
    assert say(language, "and_more", left=4) in lines
    assert len(card.buttons) <= 10
    assert card.buttons[-1].action == "leave"
    assert "chat" not in card.buttons[-1].value
