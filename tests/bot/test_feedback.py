"""Promises of thumbs: whoever asked says what they think of an answer, and its owner alone is told."""

from collections.abc import Awaitable, Callable

import pytest

from adapters.base import Address, Card, Click, Message, Reaction, Receive
from bot.sentences import say
from skills.store import Store
from skills.words import Claim

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
ANA, BO = "lark:t:ana", "lark:t:bo"
SAID, ASKED = "the gateway restarts at nine", "ask Ana when the gateway restarts"


@pytest.fixture
async def card(
    joins: Callable[..., Awaitable[None]],
    receive: Receive,
    says: Callable[..., Message],
    asks: Callable[..., Awaitable[Shown]],
) -> Card:
    """Bo is answered by Ana's double."""
    await joins("ana", "join_today")
    await receive(says("ana", SAID))
    return (await asks("bo", ASKED))[1]


Taps = Callable[..., Awaitable[tuple[Reaction | None, list[Shown]]]]


@pytest.fixture
def tapped(receive: Receive, settled: Settled, taps: Callable[..., Click], sent: list[Shown]) -> Taps:
    """Tap a button, and take what is seen at once and what is sent."""

    async def tap(person: str, action: str, value: dict[str, str]) -> tuple[Reaction | None, list[Shown]]:
        sent.clear()
        reaction = await receive(taps(person, action, value))
        await settled()
        return reaction, list(sent)

    return tap


Tells = Callable[..., Awaitable[Card]]


@pytest.fixture
def told(receive: Receive, settled: Settled, says: Callable[..., Message], sent: list[Shown]) -> Tells:
    """Say something to the bot, and take the card that it sends then."""

    async def tell(person: str, text: str, **more: object) -> Card:
        sent.clear()
        await receive(says(person, text, **{"direct": True, **more}))
        await settled()
        ((to, card),) = sent
        assert to.person == f"lark:t:{person}"
        return card

    return tell


def thumb(card: Card, action: str) -> dict[str, str]:
    """What a thumb carries."""
    (button,) = [b for b in card.buttons if b.action == action]
    return dict(button.value)


async def test_an_answer_has_two_buttons_and_two_thumbs(card: Card) -> None:
    """And no more."""
    assert [b.action for b in card.buttons] == ["ask_person", "why", "useful", "useless"]


async def test_whoever_did_not_ask_says_nothing(card: Card, tapped: Taps, told: Tells, store: Store) -> None:
    """Not others, not the owner, not by a button, not by a word; an answer that never was is told the same."""
    other = {"answer": "ZZZZZZ", "language": "en"}
    for person in ("cy", "ana"):
        for action in ("useful", "useless"):
            reaction, cards = await tapped(person, action, thumb(card, action))
            assert reaction == Reaction(say("en", "not_yours"))
            assert await tapped(person, action, other) == (reaction, cards)
            assert [shown.text for _, shown in cards] == [say("en", "feedback_none")]
        assert (await told(person, f"/useful {card.answer}")).text == say("zh", "feedback_none")
    seen = await store.feedback(ANA, days=7)
    assert (seen.useful, list(seen.complaints)) == (0, [])


async def test_a_thumb_up_is_one_tap_and_no_message(card: Card, tapped: Taps, store: Store) -> None:
    """However often: it counts once."""
    for _ in range(2):
        reaction, cards = await tapped("bo", "useful", thumb(card, "useful"))
        assert reaction == Reaction(say("en", "useful_toast"))
        assert cards == []
    assert (await store.feedback(ANA, days=7)).useful == 1


async def test_a_thumb_down_asks_why_alone(card: Card, tapped: Taps, store: Store) -> None:
    """The card in the group stays as it is; four reasons, of which one is enough, and the last one said counts."""
    reaction, ((to, why),) = await tapped("bo", "useless", thumb(card, "useless"))
    assert reaction == Reaction(say("en", "useless_toast"))
    assert to.person == BO
    assert [b.label for b in why.buttons] == ["wrong", "outdated", "not the question", "not for here"]
    assert all(str(b.command).startswith(f"/useless {card.answer} ") for b in why.buttons)
    for button in why.buttons[:2]:
        await tapped("bo", button.action, dict(button.value))
    seen = await store.feedback(ANA, days=7)
    assert [(c.answer, c.said) for c in seen.complaints] == [(card.answer, "outdated")]


async def test_a_mind_may_change(card: Card, tapped: Taps, store: Store) -> None:
    """One word of each asker for each answer."""
    await tapped("bo", "useless", thumb(card, "useless"))
    await tapped("bo", "useful", thumb(card, "useful"))
    seen = await store.feedback(ANA, days=7)
    assert (seen.useful, list(seen.complaints)) == (1, [])


@pytest.mark.parametrize(
    ("words", "said"),
    [("有用", None), ("useful", None), ("没用", "useless"), ("/useless", "useless"), ("/useless outdated", "outdated")],
)
async def test_the_same_in_words_as_a_reply(
    card: Card, told: Tells, store: Store, standing: dict[str, Shown], words: str, said: str | None
) -> None:
    """Where no button is drawn."""
    (message,) = [id_ for id_, (_, shown) in standing.items() if shown == card]
    await told("bo", words, direct=False, to_bot=True, reply_to=message)
    seen = await store.feedback(ANA, days=7)
    assert [c.said for c in seen.complaints] == ([said] if said else [])
    assert seen.useful == (0 if said else 1)


async def test_its_id_and_the_reason_in_either_language_will_do(card: Card, told: Tells, store: Store) -> None:
    """As the twin of each button says."""
    for words, said in (("过时了", "outdated"), ("not the question", "beside"), ("wrong", "wrong")):
        assert say("zh", f"said_{said}") in (await told("bo", f"/useless {card.answer} {words}")).text
        assert [c.said for c in (await store.feedback(ANA, days=7)).complaints] == [said]


async def test_the_owner_is_told_alone_with_the_way_to_mend_it(card: Card, tapped: Taps, told: Tells) -> None:
    """My double names the answer and the reason, and leads to where it is corrected or taken back; Bo reads nothing."""
    await tapped("bo", "useless", {**thumb(card, "useless"), "said": "outdated"})
    hers = await told("ana", "my double")
    assert f"#{card.answer} was said to be outdated" in hers.text
    (way,) = [b for b in hers.buttons if b.action == "why"]
    _, ((_, why),) = await tapped("ana", "why", dict(way.value))
    assert "outdated" in why.text
    assert [b.action for b in why.buttons] == ["retract", "withhold_answer"]
    _, ((_, his),) = await tapped("bo", "why", dict(way.value))
    assert "outdated" not in his.text
    assert "outdated" not in (await told("bo", "my double")).text


async def test_useful_answers_are_counted_for_their_owner(card: Card, tapped: Taps, told: Tells) -> None:
    """A week of them."""
    await tapped("bo", "useful", thumb(card, "useful"))
    assert say("en", "scopes_useful", times=1) in (await told("ana", "my double")).text


async def test_an_answer_taken_back_or_corrected_is_held_up_no_longer(
    card: Card, tapped: Taps, store: Store, told: Tells
) -> None:
    """There is nothing left to mend; and nothing more is said of it."""
    await tapped("bo", "useless", thumb(card, "useless"))
    await store.retract(Claim("lark", "e-retract"), ANA, str(card.answer))
    assert list((await store.feedback(ANA, days=7)).complaints) == []
    reaction, _ = await tapped("bo", "useless", thumb(card, "useless"))
    assert reaction == Reaction(say("en", "not_yours"))


async def test_deleting_ones_questions_takes_it_back(card: Card, tapped: Taps, told: Tells, store: Store) -> None:
    """My data says that something was said, and one tap deletes it."""
    await tapped("bo", "useful", thumb(card, "useful"))
    data = await told("bo", "my data")
    assert say("en", "mydata_said", said=1) in data.text
    assert "unask" in [b.action for b in data.buttons]
    await told("bo", "delete my questions")
    assert (await store.feedback(ANA, days=7)).useful == 0
    assert say("en", "mydata_said", said=1) not in (await told("bo", "my data")).text


async def test_ones_own_double_has_no_thumbs(card: Card, asks: Callable[..., Awaitable[Shown]]) -> None:
    """There is nobody to tell."""
    _, own = await asks("ana", "when does the gateway restart", direct=True)
    assert own.answer
    assert [b.action for b in own.buttons] == ["why"]


async def test_a_card_about_several_has_no_thumbs(
    card: Card,
    joins: Callable[..., Awaitable[None]],
    receive: Receive,
    says: Callable[..., Message],
    asks: Callable[..., Awaitable[Shown]],
) -> None:
    """Six more buttons would be a wall; the word with an answer's id does it."""
    await joins("bo", "join_today")
    await receive(says("bo", "the gateway restarts at ten, I think"))
    _, both = await asks("cy", "ask Ana and Bo when the gateway restarts")
    assert len([part for part in both.parts if part.answer]) == 2
    assert not {b.action for b in both.buttons} & {"useful", "useless"}


class TestOnDingTalk:
    """Where a tap shows nothing by itself."""

    async def test_a_thumb_up_is_answered_alone(
        self,
        joins: Callable[..., Awaitable[None]],
        receive: Receive,
        says: Callable[..., Message],
        asks: Callable[..., Awaitable[Shown]],
        taps: Callable[..., Click],
        settled: Settled,
        sent: list[Shown],
    ) -> None:
        """By a card that says so."""
        await joins("ana", "join_today", platform="dingtalk")
        await receive(says("ana", SAID, platform="dingtalk"))
        _, card = await asks("bo", ASKED, platform="dingtalk")
        sent.clear()
        await receive(taps("bo", "useful", thumb(card, "useful"), platform="dingtalk"))
        await settled()
        ((to, shown),) = sent
        assert (to.person, shown.text) == ("dingtalk:t:bo", say("en", "feedback_useful"))
