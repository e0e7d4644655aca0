"""Promises of asking the person: her reply reaches the asker once, labelled as hers, and stays only if she keeps it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from adapters.base import Address, Card, Click, Mention, Message, Recalled, Receive
from bot.app import Fenshen
from bot.objecting import Objections
from bot.questions import Questions
from bot.relaying import Relay
from bot.sentences import say
from skills.store import Store

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
Told = Callable[..., Awaitable[list[Shown]]]
Puts = Callable[..., Awaitable[str]]
ANA, BO, OPS = "lark:t:ana", "lark:t:bo", "lark:t:ops"
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
def puts(asks: Asks, receive: Receive, taps: Taps, settled: Settled, standing: dict[str, Shown]) -> Puts:
    """Bo asks somebody's double, then the person; the id of the message that puts the question."""

    async def put(question: str = "ask Ana where the stamp cabinet is", **where: object) -> str:
        _, card = await asks("bo", question, **where)
        await receive(taps("bo", "ask_person", card.buttons[0].value, **where))
        await settled()
        return list(standing)[-1]

    return put


def code(standing: dict[str, Shown], message: str) -> str:
    """The id that the posted question shows."""
    return standing[message][1].note.partition("/answer ")[2].split()[0]


async def test_her_reply_reaches_the_asker_as_a_reply_to_his_question_and_is_hers(puts: Puts, told: Told) -> None:
    """Her words quoted, under her name, without an AI label, calling on him."""
    asked = await puts()
    ((to, card),) = await told("ana", REPLY, reply_to=asked)
    assert (to.chat, to.person) == (OPS, None)
    assert to.reply_to is not None
    assert [(q.text, q.who) for q in card.quotes] == [(REPLY, "Ana")]
    assert card.at == (Mention(BO, "Bo"),)
    assert (card.title, card.label, card.answer) == (say("en", "replied_title", name="Ana"), "", None)


async def test_only_the_first_reply_is_brought(puts: Puts, told: Told) -> None:
    """What they talk of afterwards is theirs."""
    asked = await puts()
    assert len(await told("ana", REPLY, reply_to=asked)) == 1
    assert await told("ana", "you are welcome", reply_to=asked) == []


@pytest.mark.parametrize("person", ["bo", "cy"])
async def test_nobody_else_answers_for_the_person_asked(puts: Puts, told: Told, person: str) -> None:
    """Neither the asker nor a bystander, by reply or by the question's id."""
    asked = await puts()
    assert await told(person, REPLY, reply_to=asked) == []


async def test_the_questions_id_does_what_a_reply_does_and_nothing_in_another_chat(
    puts: Puts, told: Told, standing: dict[str, Shown]
) -> None:
    """For whoever cannot reply to a card; the command itself is not part of the answer."""
    put = code(standing, await puts())
    for person, where in (("ana", {"chat": "dev"}), ("cy", {}), ("bo", {})):
        ((_, refusal),) = await told(person, f"/answer {put} {REPLY}", to_bot=True, **where)
        assert refusal.text == say("zh", "answer_gone")
    ((_, card),) = await told("ana", f"/answer {put.lower()} {REPLY}", to_bot=True)
    assert [q.text for q in card.quotes] == [REPLY]


async def test_on_dingtalk_a_reply_to_the_bot_answers_the_one_question_that_waits(puts: Puts, told: Told) -> None:
    """No id tells there which message is meant: that it is the bot's, and that one question waits, does."""
    await puts(platform="dingtalk")
    ((_, card),) = await told("ana", REPLY, platform="dingtalk", to_bot=True, reply_to="unknown", reply_to_bot=True)
    assert [q.text for q in card.quotes] == [REPLY]


async def test_of_several_questions_that_wait_the_reply_names_one(
    puts: Puts, told: Told, standing: dict[str, Shown]
) -> None:
    """No answer goes to the wrong question."""
    more = {"platform": "dingtalk", "to_bot": True, "reply_to": "unknown", "reply_to_bot": True}
    codes = [code(standing, await puts(f"ask Ana where {what} is", platform="dingtalk")) for what in ("a x", "b y")]
    ((_, card),) = await told("ana", REPLY, **more)
    assert card.quotes == ()
    assert all(put in card.text for put in codes)


async def test_after_a_restart_a_reply_still_finds_its_asker(
    puts: Puts, fenshen: Fenshen, store: Store, says: Says, sent: list[Shown]
) -> None:
    """Nothing but ids is needed, and nothing but ids is kept: another process brings the reply."""
    asked = await puts()
    objections = Objections(store, fenshen.platforms)
    another = Relay(store, fenshen.platforms, Questions(store.now), objections)
    reply = says("ana", REPLY, reply_to=asked)
    (put,) = await another.answered_by(reply)
    assert "stamp" not in repr(put)
    sent.clear()
    await another.bring(put, reply)
    ((_, card),) = sent
    assert (card.quotes[0].text, card.at) == (REPLY, (Mention(BO, "Bo"),))


async def test_somebody_without_a_double_is_never_written_to_privately(puts: Puts, told: Told) -> None:
    """The reply goes to the group and nothing else is sent."""
    asked = await puts()
    assert [to.person for to, _ in await told("ana", REPLY, reply_to=asked)] == [None]


async def test_an_owner_keeps_her_reply_by_one_tap_and_the_next_is_answered_without_her(
    joins: Joins, puts: Puts, told: Told, asks: Asks, receive: Receive, taps: Taps
) -> None:
    """Under a title of hers; until the tap nothing of the question is stored."""
    await joins("ana", "join_today")
    asked = await puts()
    _, (to, offer) = await told("ana", REPLY, reply_to=asked)
    assert to.person == ANA
    assert [(f.name, f.value) for f in offer.fields] == [("title", "where the stamp cabinet is")]
    assert (await asks("cy", "ask Ana about the stamp cabinet"))[1].quotes == ()
    (button,) = offer.buttons
    tap = replace(taps("ana", "keep", button.value), form={"title": "Stamp cabinet"})
    reaction = await receive(tap)
    assert reaction is not None
    assert reaction.card is not None
    assert "ops" in reaction.card.text
    quotes = (await asks("cy", "ask Ana about the stamp cabinet"))[1].quotes
    assert [q.text for q in quotes] == [f"Stamp cabinet\n{REPLY}"]
    undone = await receive(taps("ana", "drop", reaction.card.buttons[0].value))
    assert undone is not None
    assert (await asks("cy", "ask Ana about the stamp cabinet"))[1].quotes == ()


async def test_nobody_keeps_somebody_elses_reply(
    joins: Joins, puts: Puts, told: Told, asks: Asks, receive: Receive, taps: Taps
) -> None:
    """A made-up tap with her button's value keeps nothing under either name."""
    for person in ("ana", "bo"):
        await joins(person, "join_today")
    asked = await puts()
    _, (_, offer) = await told("ana", REPLY, reply_to=asked)
    reaction = await receive(taps("bo", "keep", offer.buttons[0].value))
    assert reaction is not None
    assert reaction.toast == say("en", "not_yours")
    for owner in ("Ana", "Bo"):
        assert (await asks("cy", f"ask {owner} where the stamp cabinet is"))[1].quotes == ()


async def test_the_text_twin_keeps_with_the_proposed_title_or_ones_own(
    joins: Joins, puts: Puts, told: Told, asks: Asks
) -> None:
    """Where no card draws a form."""
    await joins("ana", "join_today", platform="dingtalk")
    await puts(platform="dingtalk")
    more = {"platform": "dingtalk", "to_bot": True, "reply_to_bot": True}
    _, (_, offer) = await told("ana", REPLY, **more)
    command = offer.buttons[0].command
    ((_, done),) = await told("ana", f"{command} Stamp cabinet", platform="dingtalk", direct=True)
    assert done.text == say("zh", "kept_toast")
    quotes = (await asks("cy", "ask Ana about the stamp cabinet", platform="dingtalk"))[1].quotes
    assert [q.text for q in quotes] == [f"Stamp cabinet\n{REPLY}"]


async def test_a_reply_taken_back_is_gone_from_the_cards_as_well(
    joins: Joins, puts: Puts, told: Told, receive: Receive, settled: Settled, standing: dict[str, Shown]
) -> None:
    """The asker's and her own copy: what its author withdraws stands nowhere."""
    await joins("ana", "join_today")
    asked = await puts()
    await told("ana", REPLY, reply_to=asked, id="om_reply")
    assert any(REPLY in repr(card) for _, card in standing.values())
    await receive(Recalled("lark", "r1", OPS, "om_reply"))
    await settled()
    assert not any(REPLY in repr(card) for _, card in standing.values())
