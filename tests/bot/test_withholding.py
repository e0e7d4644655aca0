"""Promises of what owners keep to themselves, by word and by tap: for them alone, and nobody sees that it is so."""

from collections.abc import Awaitable, Callable

import pytest

from adapters.base import Address, Card, Click, Message, Receive
from bot.sentences import Language, say
from bot.withholding import SHOWN, layout
from skills.store import Store
from skills.withholding import Withheld

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
Told = Callable[..., Awaitable[Card]]
ANA = "lark:t:ana"
WORDS, QUESTION = "the supplier review is in March", "ask Ana when the supplier review is"


@pytest.fixture
def told(receive: Receive, settled: Settled, says: Says, sent: list[Shown]) -> Told:
    """Say something to the bot, delivered twice, and take its one private reply."""

    async def tell(person: str, text: str, **more: object) -> Card:
        message = says(person, text, **{"to_bot": True, **more})
        sent.clear()
        await receive(message)
        await receive(message)
        await settled()
        ((to, card),) = sent
        assert to.person == message.sender
        return card

    return tell


@pytest.fixture
async def spoken(joins: Joins, receive: Receive, says: Says) -> Message:
    """Ana has a double and has spoken of the supplier review."""
    await joins("ana", "join_today")
    message = says("ana", WORDS)
    await receive(message)
    return message


async def test_a_withheld_topic_looks_to_others_like_anything_never_said(
    spoken: Message, told: Told, asks: Asks
) -> None:
    """The same card, but for the id of its button, as for a question that nobody could answer."""

    def face(card: Card) -> str:
        return repr((card.title, card.text, card.note, card.label, card.quotes, [b.label for b in card.buttons]))

    never = face((await asks("bo", "ask Ana where the stamp cabinet is"))[1])
    assert (await asks("bo", QUESTION))[1].quotes
    await told("ana", "withhold: supplier")
    assert face((await asks("cy", QUESTION))[1]) == never


@pytest.mark.parametrize("words", ["不分享：supplier，报价", "withhold: supplier, offer", "/withhold supplier; offer"])
async def test_topics_are_withheld_by_words_listed_and_allowed_again_by_one_tap(
    spoken: Message, told: Told, asks: Asks, receive: Receive, settled: Settled, taps: Taps, words: str
) -> None:
    """The list says what each reaches; the owner alone with the bot is still told."""
    card = await told("ana", words)
    assert len(card.text.splitlines()) == 2
    assert "“supplier”" in card.text
    assert (await asks("bo", QUESTION))[1].quotes == ()
    assert [q.text for q in (await asks("ana", "when is the supplier review", direct=True))[1].quotes] == [WORDS]
    again = await told("ana", "withhold", direct=True)
    (button,) = [b for b in again.buttons if "supplier" in b.label]
    await receive(taps("ana", "allow", button.value))
    await settled()
    assert [q.text for q in (await asks("cy", QUESTION))[1].quotes] == [WORDS]


@pytest.mark.parametrize("platform", ["lark", "dingtalk"])
@pytest.mark.parametrize("to", ["message", "answer"])
async def test_a_reply_keeps_back_one_message_or_what_an_answer_quoted(
    joins: Joins,
    receive: Receive,
    says: Says,
    told: Told,
    asks: Asks,
    standing: dict[str, Shown],
    platform: str,
    to: str,
) -> None:
    """Where the platform does not tell which answer was replied to, the latest one is meant; undone by its id."""
    await joins("ana", "join_today", platform=platform)
    message = says("ana", WORDS, platform=platform)
    await receive(message)
    assert (await asks("bo", QUESTION, platform=platform))[1].quotes
    card = [message for message, (_, card) in standing.items() if card.answer][-1]
    where: dict[str, object] = {"reply_to": message.id if to == "message" else card}
    if (platform, to) == ("dingtalk", "answer"):
        where = {"reply_to": "msg_unknown", "reply_to_bot": True}
    listed = await told("ana", "不分享", platform=platform, **where)
    assert (await asks("cy", QUESTION, platform=platform))[1].quotes == ()
    (button,) = listed.buttons
    assert button.command
    done = await told("ana", button.command, platform=platform, direct=True)
    assert done.text == say("zh", "withheld_none")
    assert (await asks("bo", QUESTION, platform=platform))[1].quotes


async def test_the_button_beside_an_answers_why_keeps_back_what_it_quoted(
    spoken: Message, asks: Asks, receive: Receive, settled: Settled, taps: Taps, sent: list[Shown]
) -> None:
    """In two taps from the answer."""
    answer = (await asks("bo", QUESTION))[1]
    value: dict[str, str] = dict(next(b.value for b in answer.buttons if b.action == "why"))
    for action in ("why", "withhold_answer"):
        sent.clear()
        await receive(taps("ana", action, value))
        await settled()
        ((to, card),) = sent
        assert to.person == ANA
        value = dict(next((b.value for b in card.buttons if b.action == "withhold_answer"), {}))
    assert f"#{answer.answer}" in card.text
    assert (await asks("cy", QUESTION))[1].quotes == ()


async def test_nobody_keeps_back_or_allows_for_somebody_else(
    spoken: Message,
    joins: Joins,
    told: Told,
    asks: Asks,
    store: Store,
    receive: Receive,
    settled: Settled,
    taps: Taps,
    sent: list[Shown],
) -> None:
    """Not by a reply to her message, not by an answer's id, not by the id of her topic."""
    await joins("cy", "join_today")
    answer = (await asks("bo", QUESTION))[1].answer
    for words, more in (("withhold", {"reply_to": spoken.id}), (f"/withhold #{answer}", {}), ("/allow ABCDEF", {})):
        no = await told("cy", words, chat_name="Ops team", **more)
        assert no.text in (say("en", "withhold_not"), say("en", "allow_not"))
    assert (await asks("cy", QUESTION))[1].quotes
    await told("ana", "withhold: supplier")
    (hers,) = await store.withheld(ANA)
    sent.clear()
    await receive(taps("cy", "allow", {"withheld": hers.id, "language": "en"}))
    await settled()
    assert say("en", "allow_not") in [card.text for _, card in sent]
    assert (await asks("bo", QUESTION))[1].quotes == ()


async def test_whoever_has_no_double_keeps_nothing_back(told: Told) -> None:
    """And is told how it would go."""
    assert (await told("bo", "withhold: supplier")).text == say("en", "withhold_not")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_however_much_is_kept_back_it_fits_one_screen(language: Language) -> None:
    """Beyond the first few it is counted, and no button is longer than a phone is wide."""
    from datetime import UTC, datetime

    now = datetime(2026, 11, 27, tzinfo=UTC)
    many = [Withheld(f"K7Q2A{n}", "topic", now, "supplier and offer of everybody", None, None, 3) for n in range(20)]
    card = layout(language, many, {})
    assert len(card.text.splitlines()) == SHOWN + 1
    assert say(language, "and_more", left=20 - SHOWN) in card.text
    assert all(len(button.label) <= 24 for button in card.buttons)
