"""Promises of an answer afterwards: why it was given, and that its owner, and nobody else, takes it back."""

from collections.abc import Awaitable, Callable

import pytest

from adapters.base import Address, Card, Click, Message, Receive
from bot.sentences import Language, say
from skills.store import Store

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
Told = Callable[..., Awaitable[list[Shown]]]
ANA, BO, OPS = "lark:t:ana", "lark:t:bo", "lark:t:ops"
WORDS, QUESTION = "the gateway restarts at nine", "ask Ana when the gateway restarts"


@pytest.fixture
def told(receive: Receive, settled: Settled, says: Says, sent: list[Shown]) -> Told:
    """Say something to the bot, delivered twice, and take whatever it sent then."""

    async def tell(person: str, text: str, **more: object) -> list[Shown]:
        sent.clear()
        message = says(person, text, **{"to_bot": True, **more})
        await receive(message)
        await receive(message)
        await settled()
        return list(sent)

    return tell


@pytest.fixture
def tapped(receive: Receive, settled: Settled, taps: Taps, sent: list[Shown]) -> Told:
    """Tap a button, delivered twice, and take whatever the bot sent then."""

    async def tap(person: str, action: str, value: dict[str, str], **more: str) -> list[Shown]:
        sent.clear()
        click = taps(person, action, value, **more)
        await receive(click)
        await receive(click)
        await settled()
        return list(sent)

    return tap


async def answer(joins: Joins, receive: Receive, says: Says, asks: Asks, platform: str = "lark") -> Card:
    """Bo is answered by Ana's double."""
    await joins("ana", "join_today", platform=platform)
    await receive(says("ana", WORDS, platform=platform))
    return (await asks("bo", QUESTION, platform=platform))[1]


async def test_whoever_neither_asked_nor_owns_it_learns_nothing_of_an_answer(
    joins: Joins, receive: Receive, says: Says, asks: Asks, told: Told, tapped: Told
) -> None:
    """An answer of others and one that never was get the same sentence, alone with who asked."""
    card = await answer(joins, receive, says, asks)
    for sends in (
        await tapped("cy", "why", {"answer": str(card.answer), "language": "en"}),
        await tapped("cy", "why", {"answer": "ZZZZZZ", "language": "en"}),
    ):
        ((to, why),) = sends
        assert (to.person, why) == ("lark:t:cy", Card(say("en", "nothing_title"), say("en", "why_none")))
    ((_, why),) = await told("cy", f"/why {card.answer}", direct=True)
    assert why.text == say("zh", "why_none")


async def test_its_asker_learns_by_which_consent_and_rule_and_out_of_what(
    joins: Joins, receive: Receive, says: Says, asks: Asks, tapped: Told, store: Store
) -> None:
    """Where, until when, which notice; sources by place and link; not the consent's record, and no way to act on it."""
    card = await answer(joins, receive, says, asks)
    (button,) = [b for b in card.buttons if b.action == "why"]
    ((to, why),) = await tapped("bo", "why", dict(button.value))
    (consent,) = await store.consents(ANA)
    assert to.person == BO
    assert "Ana" in why.text
    assert say("en", "why_rule_chat") in why.text
    assert f"notice version {consent.notice}" in why.text
    assert f"{consent.until.astimezone():%Y-%m-%d}" in why.text
    assert [(q.text, q.who, q.where) for q in why.quotes] == [("", "Ana", "ops")]
    assert why.quotes[0].url
    assert consent.receipt not in repr(why)
    assert why.buttons == ()


@pytest.mark.parametrize("way", ["reply", "id"])
async def test_its_owner_learns_all_of_it(
    joins: Joins,
    receive: Receive,
    says: Says,
    asks: Asks,
    told: Told,
    store: Store,
    standing: dict[str, Shown],
    way: str,
) -> None:
    """Who asked, the record of the consent, the words, the credit, and both ways to act on it."""
    card = await answer(joins, receive, says, asks)
    message = [message for message, (_, shown) in standing.items() if shown.answer][-1]
    words, more = ("why?", {"reply_to": message}) if way == "reply" else (f"/why #{str(card.answer).lower()}", {})
    ((to, why),) = await told("ana", words, chat_name="Ops team", **more)
    (consent,) = await store.consents(ANA)
    assert to.person == ANA
    assert "Bo asked" in why.text
    assert "scope: the default one · your words, with their source · answered at once)" in why.text
    assert consent.receipt in why.text
    assert say("en", "why_credit") in why.text
    assert [q.text for q in why.quotes] == [WORDS]
    assert [b.action for b in why.buttons] == ["retract", "withhold_answer"]


async def test_nobody_else_takes_an_answer_back(
    joins: Joins, receive: Receive, says: Says, asks: Asks, told: Told, tapped: Told, store: Store
) -> None:
    """Not the asker, not an owner of other answers, not by a made-up tap."""
    card = await answer(joins, receive, says, asks)
    await joins("cy", "join_today")
    for person in ("bo", "cy"):
        ((_, no),) = await tapped(person, "retract", {"answer": str(card.answer), "language": "en"})
        assert no.text == say("en", "retract_none")
        ((_, no),) = await told(person, f"/retract {card.answer}", direct=True)
        assert no.text == say("zh", "retract_none")
    assert await store.credit(ANA) == 1
    assert (await asks("cy", QUESTION))[1].quotes


@pytest.mark.parametrize("platform", ["lark", "dingtalk"])
@pytest.mark.parametrize("way", ["tap", "reply", "id"])
async def test_an_answer_that_its_owner_takes_back_stands_nowhere_any_more(
    joins: Joins,
    receive: Receive,
    says: Says,
    asks: Asks,
    told: Told,
    tapped: Told,
    store: Store,
    standing: dict[str, Shown],
    platform: str,
    way: str,
) -> None:
    """One line where the card was, the credit gone, its words quoted to nobody, and both asker and owner told so."""
    ana = f"{platform}:t:ana"
    card = await answer(joins, receive, says, asks, platform)
    message = [message for message, (_, shown) in standing.items() if shown.answer][-1]
    assert await store.credit(ana) == 1
    if way == "tap":
        sends = await tapped("ana", "retract", {"answer": str(card.answer), "language": "en"}, platform=platform)
    elif way == "reply":
        where = {"reply_to": message} if platform == "lark" else {"reply_to": "msg_unknown", "reply_to_bot": True}
        sends = await told("ana", "撤回回答", platform=platform, **where)
    else:
        sends = await told("ana", f"/retract {card.answer}", platform=platform, direct=True)
    language: Language = "en" if way == "tap" else "zh"
    ((to, done),) = sends
    assert to.person == ana
    assert say(language, "retracted_replaced") in done.text
    # there it is said in the language of the answer, whichever its owner speaks
    assert standing[message][1] == Card(say("en", "withdrawn_title"), say("en", "withdrawn_text"))
    assert (await store.credit(ana), await store.answered(ana, 7)) == (0, 0)
    assert (await asks("cy", QUESTION, platform=platform))[1].quotes == ()
    ((_, again),) = await told("ana", f"/retract {card.answer}", platform=platform, direct=True)
    assert again.text == say("zh", "retract_none")
    ((_, why),) = await told("bo", f"/why {card.answer}", platform=platform, direct=True)
    assert say("zh", "why_retracted", at="").rstrip("。") in f" {why.text}"
    assert await store.verify(ana) is None


async def test_where_a_card_cannot_be_replaced_that_is_said_in_the_chat_and_to_its_owner(
    joins: Joins, receive: Receive, says: Says, asks: Asks, tapped: Told, fixed: set[str], standing: dict[str, Shown]
) -> None:
    """The words stay where they are, and nobody is told otherwise."""
    card = await answer(joins, receive, says, asks)
    message = [message for message, (_, shown) in standing.items() if shown.answer][-1]
    fixed.add("lark")
    (there, line), (to, done) = await tapped("ana", "retract", {"answer": str(card.answer), "language": "en"})
    assert (there.chat, there.reply_to) == (OPS, message)
    assert line.text == say("en", "retracted_line", answer=card.answer)
    assert to.person == ANA
    assert say("en", "retracted_said") in done.text


async def test_of_several_on_one_card_the_others_stay(
    joins: Joins, receive: Receive, says: Says, asks: Asks, told: Told, standing: dict[str, Shown]
) -> None:
    """What Bo's double said is drawn again, with its label; whoever has left meanwhile is not."""
    for person, words in (("ana", WORDS), ("bo", "I restart the gateway by hand")):
        await joins(person, "join_today")
        await receive(says(person, words))
    _, card = await asks("cy", "ask Ana and Bo when the gateway restarts")
    (message,) = [message for message, (_, shown) in standing.items() if shown.parts]
    hers, his = card.parts
    await told("ana", f"/retract {hers.answer}", direct=True)
    gone, left = standing[message][1].parts
    assert gone.quotes == ()
    assert ([q.text for q in left.quotes], left.answer) == ([q.text for q in his.quotes], his.answer)
    assert str(his.answer) in left.label
    await told("bo", f"/retract {his.answer}", direct=True)
    assert all(part.quotes == () for part in standing[message][1].parts)


async def test_an_answer_taken_back_while_it_is_on_its_way_does_not_stand(
    joins: Joins,
    receive: Receive,
    says: Says,
    asks: Asks,
    told: Told,
    store: Store,
    hooks: list[Callable[[Address, Card], Awaitable[None]]],
    standing: dict[str, Shown],
) -> None:
    """Replaced where it lands."""
    from skills.words import Claim

    async def retract(_: Address, card: Card) -> None:
        if card.answer:
            assert await store.retract(Claim("lark", "meanwhile"), ANA, card.answer)

    hooks.append(retract)
    await answer(joins, receive, says, asks)
    assert not any(card.quotes for _, card in standing.values())
