"""Promises of a question put alone: it reaches one owner whom the asker meets, and tells nobody who has a double."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from adapters.base import Address, Button, Card, Click, Message, Reaction, Receive
from bot.sentences import say
from tests.bot.conftest import Company

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Joins = Callable[..., Awaitable[None]]
Told = Callable[..., Awaitable[list[Shown]]]
Puts = Callable[..., Awaitable[tuple[Reaction, list[Shown]]]]
ANA, OPS, DEV = "lark:t:ana", "lark:t:ops", "lark:t:dev"
STAMP = "ask Ana where the stamp cabinet is"
REPLY = "on the second shelf behind the printer"
PASSED_ON = say("en", "asked_alone_toast", name="Ana")


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
def puts(told: Told, receive: Receive, taps: Taps, settled: Settled, sent: list[Shown]) -> Puts:
    """Bo asks alone, then taps the button: what he reads at once, and everything that is sent."""

    async def put(text: str = STAMP, person: str = "bo", platform: str = "lark") -> tuple[Reaction, list[Shown]]:
        ((_, card),) = await told(person, text, direct=True, platform=platform)
        ask = button(card, "ask_person")
        sent.clear()
        reaction = await receive(taps(person, "ask_person", ask.value, platform=platform))
        await settled()
        assert reaction is not None
        return reaction, list(sent)

    return put


def button(card: Card, action: str) -> Button:
    """The card's first button that does this."""
    return next(b for b in card.buttons if b.action == action)


async def test_whoever_has_no_double_is_not_written_to_and_the_asker_reads_what_he_always_reads(
    puts: Puts, joins: Joins
) -> None:
    """Nothing that the asker sees tells an owner from anybody else."""
    reaction, sent = await puts()
    assert sent == []
    assert (reaction.toast, reaction.card) == (PASSED_ON, None)
    await joins("ana", "join_today")
    reached, sent = await puts()
    assert [to.person for to, _ in sent] == [ANA]
    assert reached == reaction


@pytest.mark.parametrize("action", ["join_me", "decline"])
async def test_whoever_lets_nobody_ask_is_not_written_to(puts: Puts, joins: Joins, action: str) -> None:
    """A double for herself alone is no invitation."""
    await joins("ana", action)
    assert (await puts())[1] == []


@pytest.mark.parametrize("word", ["/pause", "/optout"])
async def test_whoever_pauses_or_leaves_is_not_written_to(puts: Puts, joins: Joins, told: Told, word: str) -> None:
    """From that moment."""
    await joins("ana", "join_today")
    await told("ana", word, direct=True)
    assert (await puts())[1] == []


async def test_whoever_meets_her_in_no_chat_does_not_reach_her(
    puts: Puts, joins: Joins, company: Company, sent: list[Shown]
) -> None:
    """A stranger is not passed on; where the platform lists no members, colleagues are taken to meet."""
    await joins("ana", "join_today")
    assert (await puts(person="dan"))[1] == []
    await joins("ana", "join_today", platform="dingtalk")
    company.members["dingtalk:t:ops"] = {}
    assert (await puts(platform="dingtalk"))[1] == []
    del company.members["dingtalk:t:ops"]
    assert [to.person for to, _ in (await puts(platform="dingtalk"))[1]] == ["dingtalk:t:ana"]


async def test_where_the_name_means_two_it_reaches_neither(puts: Puts, joins: Joins, company: Company) -> None:
    """A question for one is no business of the other, and to ask which would tell who has a double."""
    company.members[OPS]["lark:t:ana2"] = "Ana"
    await joins("ana", "join_today")
    await joins("ana2", "join_today")
    reaction, sent = await puts()
    assert (reaction.toast, sent) == (PASSED_ON, [])


async def test_nobody_reaches_themselves(puts: Puts, joins: Joins) -> None:
    """One's own name is one's own double."""
    await joins("bo", "join_today")
    assert (await puts("ask Bo where the stamp cabinet is"))[1] == []


async def test_of_one_asker_three_questions_wait_with_her_and_no_more(puts: Puts, joins: Joins, told: Told) -> None:
    """Until one of them has an answer; the asker cannot tell, and another asker is not kept out."""
    await joins("ana", "join_today")
    codes = [code((await puts(f"ask Ana where the {what} is"))[1]) for what in ("stamp", "ladder", "key")]
    reaction, sent = await puts("ask Ana where the lamp is")
    assert (reaction.toast, sent) == (PASSED_ON, [])
    assert len((await puts("ask Ana where the lamp is", person="cy"))[1]) == 1
    await told("ana", f"/answer {codes[0]} {REPLY}", direct=True)
    assert len((await puts("ask Ana where the lamp is"))[1]) == 1


async def test_the_same_question_is_put_once(told: Told, receive: Receive, taps: Taps, settled: Settled) -> None:
    """A second tap says so."""
    ((_, card),) = await told("bo", STAMP, direct=True)
    await receive(taps("bo", "ask_person", button(card, "ask_person").value))
    again = await receive(taps("bo", "ask_person", button(card, "ask_person").value))
    assert again == Reaction(say("en", "asked_already"))


def code(sent: list[Shown]) -> str:
    """The id that the card shows."""
    ((_, card),) = sent
    return card.note.rpartition("/answer ")[2].split()[0]


async def test_she_reads_it_alone_and_answers_by_the_line_on_the_card(
    puts: Puts, joins: Joins, receive: Receive, taps: Taps, settled: Settled, sent: list[Shown]
) -> None:
    """Her answer reaches the asker alone, as a reply to his question, under her name."""
    await joins("ana", "join_today")
    _, ((to, card),) = await puts()
    assert (to.chat, to.person) == (None, ANA)
    assert "where the stamp cabinet is" in card.text
    assert "Bo" in card.text
    sent.clear()
    tap = replace(taps("ana", "answer_send", button(card, "answer_send").value), form={"reply": REPLY})
    await receive(tap)
    await settled()
    answer = next(c for t, c in sent if t.chat == "lark:t:direct-bo")
    assert [(q.text, q.who) for q in answer.quotes] == [(REPLY, "Ana")]
    assert (answer.at, answer.label) == ((), "")
    assert not [t for t, _ in sent if t.chat == OPS]


async def test_nobody_else_answers_it(puts: Puts, joins: Joins, told: Told) -> None:
    """Its id is no key: not for a bystander, not for the asker."""
    for person in ("ana", "cy"):
        await joins(person, "join_today")
    put = code((await puts())[1])
    for person in ("cy", "bo"):
        ((_, card),) = await told(person, f"/answer {put} {REPLY}", direct=True)
        assert card.text == say("zh", "answer_gone")


async def test_a_reply_to_the_card_answers_it(puts: Puts, joins: Joins, told: Told, standing: dict[str, Shown]) -> None:
    """As in any chat; her other messages to the bot are questions still."""
    await joins("ana", "join_today")
    await puts()
    asked = list(standing)[-1]
    shown = await told("ana", REPLY, direct=True, reply_to=asked)
    assert [t.chat for t, c in shown if c.quotes and t.chat] == ["lark:t:direct-bo"]


async def test_she_keeps_it_for_the_chat_she_chooses_and_the_next_is_answered_there(
    puts: Puts, joins: Joins, told: Told, company: Company, receive: Receive, taps: Taps
) -> None:
    """By a button for each of her chats, or the number of one; without either nothing is kept."""
    company.members[DEV] = dict(company.members[OPS])
    await joins("ana", "join_today")
    await joins("ana", "join_today", chat="dev")
    put = code((await puts())[1])
    shown = await told("ana", f"/answer {put} {REPLY}", direct=True)
    offer = next(c for t, c in shown if t.person == ANA)
    assert [b.value["chat"] for b in offer.buttons] == [DEV, OPS]
    ((_, which),) = await told("ana", f"/keep {put} Stamp", direct=True)
    assert which.text == say("zh", "keep_which")
    ((_, done),) = await told("ana", f"/keep {put}#2 Stamp", direct=True)
    assert done.text == say("zh", "kept_toast")
    for chat, found in (("ops", [f"Stamp\n{REPLY}"]), ("dev", [])):
        ((_, card),) = await told("cy", STAMP, to_bot=True, chat=chat)
        assert [q.text for q in card.quotes] == found
    await receive(taps("ana", "keep", offer.buttons[0].value))
    ((_, card),) = await told("cy", STAMP, to_bot=True, chat="dev")
    assert [q.text for q in card.quotes] == [f"where the stamp cabinet is\n{REPLY}"]


async def test_the_line_on_the_card_answers_and_keeps_in_one_tap(
    puts: Puts, joins: Joins, told: Told, receive: Receive, taps: Taps, settled: Settled
) -> None:
    """Under the title she writes there."""
    await joins("ana", "join_today")
    _, ((_, card),) = await puts()
    keep = button(card, "answer_keep")
    await receive(replace(taps("ana", "answer_keep", keep.value), form={"reply": REPLY, "title": "Stamp"}))
    await settled()
    ((_, found),) = await told("cy", STAMP, to_bot=True)
    assert [q.text for q in found.quotes] == [f"Stamp\n{REPLY}"]
