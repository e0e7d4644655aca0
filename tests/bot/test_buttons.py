"""Promises of an answer's buttons: they act for the one who asked, once, and open nothing that a grant does not."""

import re
from collections.abc import Awaitable, Callable

import pytest

from adapters.base import Address, Card, Click, Mention, Message, Receive
from bot.sentences import say
from skills.store import Store
from tests.bot.conftest import Company

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
ANA, BO, OPS = "lark:t:ana", "lark:t:bo", "lark:t:ops"


@pytest.fixture
async def namesakes(joins: Joins, receive: Receive, says: Says) -> None:
    """Two colleagues called Bo have doubles in the group, and each said something of the gateway."""
    for person in ("bo", "bo2"):
        await joins(person, "join_today")
        await receive(says(person, f"the gateway restarts when {person} says so", name="Bo"))


async def test_of_several_of_one_name_only_the_askers_choice_is_answered(
    namesakes: None,
    joins: Joins,
    store: Store,
    asks: Asks,
    receive: Receive,
    taps: Taps,
    settled: Settled,
    sent: list[Shown],
) -> None:
    """Buttons for each, no word before the choice; somebody else's tap does nothing, the asker's gives that answer."""
    await store.rename("lark:t:bo2", "Bo")
    _, card = await asks("ana", "ask Bo when the gateway restarts")
    assert card.quotes == ()
    assert [(b.action, b.value["owner"]) for b in card.buttons] == [("ask_double", BO), ("ask_double", "lark:t:bo2")]
    sent.clear()
    reaction = await receive(taps("cy", "ask_double", card.buttons[1].value))
    await settled()
    assert reaction is not None
    assert reaction.toast == say("en", "not_yours")
    assert sent == []
    tap = taps("ana", "ask_double", card.buttons[1].value)
    for _ in range(2):
        await receive(tap)
        await settled()
    ((_, answer),) = sent
    assert [q.text for q in answer.quotes] == ["the gateway restarts when bo2 says so"]


async def test_whom_the_asker_chose_is_whom_the_next_tap_asks(
    namesakes: None, store: Store, asks: Asks, receive: Receive, taps: Taps, settled: Settled, sent: list[Shown]
) -> None:
    """Not the other of that name, and not a name that means both."""
    await store.rename("lark:t:bo2", "Bo")
    _, card = await asks("ana", "ask Bo when the gateway restarts")
    await receive(taps("ana", "ask_double", card.buttons[1].value))
    await settled()
    (ask,) = (b for b in sent[-1][1].buttons if b.action == "ask_person")
    await receive(taps("ana", "ask_person", ask.value))
    await settled()
    assert sent[-1][1].at == (Mention("lark:t:bo2", "Bo"),)


async def test_a_colleague_is_known_by_the_directorys_nickname(
    joins: Joins, asks: Asks, receive: Receive, says: Says, company: Company
) -> None:
    """And by the English name, though the chat shows another."""
    company.nicknames[ANA] = ("明仔", "Ming Wang")
    await joins("ana", "join_today")
    await receive(says("ana", "the gateway restarts at noon"))
    for name in ("明仔", "Ming", "Ana"):
        quotes = (await asks("bo", f"ask {name} when the gateway restarts"))[1].quotes
        assert [q.text for q in quotes] == ["the gateway restarts at noon"], name


async def test_a_choice_made_up_by_the_asker_opens_nothing(
    namesakes: None, store: Store, asks: Asks, receive: Receive, taps: Taps, settled: Settled, sent: list[Shown]
) -> None:
    """The button's value is not trusted: without a grant the answer is the one sentence."""
    await store.rename("lark:t:bo2", "Bo")
    _, card = await asks("ana", "ask Bo when the gateway restarts")
    await receive(taps("ana", "ask_double", {**card.buttons[0].value, "owner": "lark:t:somebody"}))
    await settled()
    assert sent[-1][1].text == say("en", "nothing_named", name="Bo")


async def test_the_person_is_asked_only_by_the_asker_and_only_once(
    asks: Asks, receive: Receive, taps: Taps, settled: Settled, sent: list[Shown]
) -> None:
    """One tap puts the question to the person in the chat; nobody else can, and nobody is pestered twice."""
    _, card = await asks("bo", "ask Cy when the gateway restarts")
    value = card.buttons[0].value
    sent.clear()
    toasts = []
    for person in ("ana", "bo", "bo"):
        reaction = await receive(taps(person, "ask_person", value))
        await settled()
        toasts.append(reaction.toast if reaction else "")
    assert toasts == [say("en", key) for key in ("not_yours", "asked_toast", "asked_already")]
    ((to, asked),) = sent
    assert to.chat == OPS
    assert asked.at == (Mention("lark:t:cy", "Cy"),)
    assert "Bo" in asked.text
    assert "when the gateway restarts" in asked.text


async def test_somebody_unknown_is_asked_by_name_alone(
    asks: Asks, receive: Receive, taps: Taps, settled: Settled, sent: list[Shown]
) -> None:
    """Whether the chat knows them or not, the button does the same."""
    _, card = await asks("bo", "ask Zoe when the gateway restarts")
    await receive(taps("bo", "ask_person", card.buttons[0].value))
    await settled()
    assert sent[-1][1].at == (Mention(None, "Zoe"),)


@pytest.mark.parametrize("action", ["ask_person", "ask_double"])
async def test_a_question_long_gone_is_said_to_be_too_old(receive: Receive, taps: Taps, action: str) -> None:
    """Questions are kept in memory alone, so their buttons end with it."""
    reaction = await receive(taps("bo", action, {"question": "0123456789ab", "owner": ANA}))
    assert reaction is not None
    assert reaction.toast == say("zh", "stale_question")


async def test_a_question_proposed_on_the_receipt_answers_what_its_label_asks(
    joins: Joins,
    receive: Receive,
    settled: Settled,
    says: Says,
    taps: Taps,
    history: list[Message],
    sent: list[Shown],
    standing: dict[str, Shown],
) -> None:
    """With many messages, too, the button's question is the one on the button, and only its owner is answered."""
    history.extend(
        says("ana", text) for text in ("支付回滚先停网关，再跑脚本", "发布窗口改到周四晚上", "数据库迁移要先备份")
    )
    history.extend(says("ana", f"看板第 {n} 项已更新") for n in range(40))
    await joins("ana", "join_here")
    tries = [b for _, card in standing.values() for b in card.buttons if b.action == "try"]
    assert tries
    for button in tries:
        sent.clear()
        await receive(taps("bo", "try", button.value))
        await settled()
        assert sent == []
        await receive(taps("ana", "try", button.value))
        await settled()
        ((to, card),) = sent
        words = re.split("、", button.label.removeprefix("关于").removesuffix("，我说过什么？"))
        assert any(word in quote.text for quote in card.quotes for word in words)
        assert to.chat == "lark:t:direct-ana"


async def test_a_question_that_names_nobody_offers_who_has_something_on_it_by_name_and_answers_on_choice(
    joins: Joins, receive: Receive, says: Says, asks: Asks, taps: Taps, settled: Settled, sent: list[Shown]
) -> None:
    """At most three, in the order of their names; who has nothing on it, or shares it elsewhere, is not offered."""
    for person in ("cy", "bo", "ana", "di", "ed"):
        await joins(person, "join_today", chat="dev" if person == "ed" else "ops")
        said = "lunch is at noon" if person == "ana" else f"the gateway restarts when {person} says so"
        await receive(says(person, said, chat="dev" if person == "ed" else "ops"))
    await joins("flo", "join_today")
    await receive(says("flo", "the gateway restarts at nine"))
    _, card = await asks("guy", "when does the gateway restart?")
    assert card.quotes == ()
    assert [b.label for b in card.buttons] == ["Bo", "Cy", "Di"]
    sent.clear()
    await receive(taps("guy", "ask_double", card.buttons[1].value))
    await settled()
    ((_, answer),) = sent
    assert [q.text for q in answer.quotes] == ["the gateway restarts when cy says so"]


async def test_a_question_that_names_nobody_and_finds_nothing_gets_the_one_sentence(
    joins: Joins, receive: Receive, says: Says, asks: Asks
) -> None:
    """Who has a double is not told by asking about nothing."""
    await joins("ana", "join_today")
    await receive(says("ana", "the gateway restarts at nine"))
    _, card = await asks("bo", "where is the wifi password?")
    assert (card.text, card.buttons) == (say("en", "nothing"), ())
