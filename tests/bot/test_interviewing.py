"""Promises of the interview: one question at a time, only answers kept, once each, and always a way out."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.base import Address, Card, Click, Message, Recalled, Receive
from bot.known import QUESTIONS
from bot.sentences import say
from skills.interviews import PATIENCE
from skills.store import Store

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
Tells = Callable[..., Awaitable[Card]]
ANA, OPS, DEV = "lark:t:ana", "lark:t:ops", "lark:t:dev"
ANSWER = "The quokka script lies in the gateway repository, call it before the rollback."
PLATFORMS = pytest.mark.parametrize("platform", ["lark", "dingtalk"])
FIRST, SECOND = list(QUESTIONS)[:2]


@pytest.fixture
def tells(receive: Receive, settled: Settled, says: Says, sent: list[Shown], readable: dict[str, Message]) -> Tells:
    """Write to the bot alone, delivered twice, and take its one reply."""

    async def tell(person: str, text: str, **more: object) -> Card:
        message = says(person, text, **{"direct": True, **more})
        readable[message.id] = message
        sent.clear()
        await receive(message)
        await settled()
        await receive(message)
        await settled()
        ((_, card),) = sent
        return card

    return tell


def asks_for(card: Card, question: str, language: str = "en") -> bool:
    """Whether a card asks this question."""
    return say("zh" if language == "zh" else "en", QUESTIONS[question].sentence) in card.text


async def found(asks: Asks, platform: str = "lark", person: str = "cy", **where: object) -> list[str]:
    """What somebody is told of the script, with where it is from."""
    _, card = await asks(person, "ask Ana where the quokka script is", platform=platform, **where)
    return [f"{q.text} ({q.where})" for q in card.quotes]


@pytest.mark.parametrize("where", [{}, {"direct": False, "to_bot": True}])
async def test_who_has_no_double_is_told_to_join_and_nothing_is_kept(
    tells: Tells, joins: Joins, asks: Asks, where: dict[str, bool]
) -> None:
    """Nor is what they say next taken for an answer, when they join later."""
    assert (await tells("ana", "interview", **where)).text == say("en", "interview_no_consent")
    await tells("ana", ANSWER)
    await joins("ana", "join_today")
    await tells("ana", ANSWER)
    assert await found(asks) == []


async def test_without_an_interview_there_is_nothing_to_skip_or_to_stop(tells: Tells, joins: Joins) -> None:
    """The words say so, and how to begin."""
    await joins("ana", "join_today")
    for word in ("skip", "stop", "跳过", "/stop"):
        assert (await tells("ana", word)).text in (say("en", "interview_none"), say("zh", "interview_none"))


@PLATFORMS
async def test_an_answer_is_found_in_the_chat_as_said_in_an_interview(
    tells: Tells, joins: Joins, asks: Asks, platform: str
) -> None:
    """One question after another; the words are quoted with their source, and led to by no link."""
    await joins("ana", "join_today", platform=platform)
    card = await tells("ana", "interview", platform=platform)
    assert asks_for(card, FIRST)
    assert say("en", "interview_begin", chat="ops") in card.text
    assert say("en", "interview_note") in card.note
    assert (say("en", "interview_note_unseen") in card.note) is (platform == "dingtalk")
    assert [b.action for b in card.buttons] == ["interview_skip", "interview_stop"]
    card = await tells("ana", ANSWER, platform=platform)
    assert asks_for(card, SECOND)
    assert card.text.startswith(say("en", "interview_noted"))
    assert [b.action for b in card.buttons] == ["interview_skip", "interview_stop", "interview_undo"]
    assert await found(asks, platform) == [f"{ANSWER} (ops · in an interview)"]
    _, answer = await asks("bo", "ask Ana where the quokka script is", platform=platform)
    assert [q.url for q in answer.quotes] == [None]


async def test_a_question_in_between_is_answered_and_a_command_obeyed(tells: Tells, joins: Joins, asks: Asks) -> None:
    """Neither is kept, and the interview waits."""
    await joins("ana", "join_today")
    await tells("ana", "interview")
    await tells("ana", "where is the quokka script?")
    await tells("ana", "my double")
    await tells("ana", "remember: the launch window is Thursday afternoon")
    assert await found(asks) == []
    assert asks_for(await tells("ana", ANSWER), SECOND)
    assert len(await found(asks)) == 1


async def test_what_is_said_in_a_group_is_no_answer(
    tells: Tells, joins: Joins, store: Store, receive: Receive, says: Says, asks: Asks
) -> None:
    """Neither to colleagues nor to the bot there."""
    await joins("ana", "join_today")
    await tells("ana", "interview")
    await receive(says("ana", "overheard words of a group"))
    await asks("ana", "gateway words to the bot in a group")
    standing = await store.interview(ANA)
    assert standing is not None
    assert standing.given == ()


@pytest.mark.parametrize("late", [PATIENCE, timedelta(days=3)])
async def test_what_is_written_long_after_the_question_is_no_answer_until_she_goes_on(
    tells: Tells, joins: Joins, asks: Asks, receive: Receive, says: Says, settled: Settled, late: timedelta
) -> None:
    """Days later she may want something else; one word takes the interview up where it was."""
    await joins("ana", "join_today")
    await tells("ana", "interview")
    await tells("ana", "skip")
    message = says("ana", ANSWER, direct=True)
    await receive(replace(message, at=message.at + late))
    await settled()
    assert await found(asks) == []
    assert asks_for(await tells("ana", "interview"), SECOND)
    await tells("ana", ANSWER)
    assert len(await found(asks)) == 1


@pytest.mark.parametrize(("skip", "stop"), [("skip", "stop"), ("/skip", "/stop"), ("跳过", "结束")])
async def test_it_is_skipped_and_stopped_by_word(tells: Tells, joins: Joins, skip: str, stop: str) -> None:
    """What was kept and what is left is told, and the next beginning goes on there."""
    await joins("ana", "join_today")
    await tells("ana", "/interview")
    await tells("ana", ANSWER)
    await tells("ana", skip)
    card = await tells("ana", stop)
    assert say("zh", "interview_stopped", chat="ops", given=1, left=len(QUESTIONS) - 2) == card.text
    assert card.buttons[0].action == "interview"
    assert (await tells("ana", stop)).text in (say("en", "interview_none"), say("zh", "interview_none"))
    assert asks_for(await tells("ana", "访谈"), list(QUESTIONS)[2], "zh")


async def test_taps_turn_the_card_over_and_an_old_card_takes_nothing_away(
    tells: Tells,
    joins: Joins,
    receive: Receive,
    taps: Taps,
    settled: Settled,
    standing: dict[str, Shown],
    sent: list[Shown],
) -> None:
    """Skipped, the card asks the next; stopped, it says what was kept; a second tap finds that question passed."""
    await joins("ana", "join_today")
    card = await tells("ana", "interview")
    place = list(standing)[-1]
    sent.clear()
    skip = replace(taps("ana", "interview_skip", card.buttons[0].value), message=place)
    for _ in range(2):
        assert await receive(skip) is None
        await settled()
    assert asks_for(standing[place][1], SECOND)
    again = await receive(replace(taps("ana", "interview_skip", card.buttons[0].value), message=place))
    assert again is not None
    assert again.toast == say("en", "interview_past")
    await receive(replace(taps("ana", "interview_stop", card.buttons[1].value), message=place))
    await settled()
    assert standing[place][1].title == say("en", "interview_over_title")
    assert sent == []


async def test_somebody_elses_tap_does_nothing(
    tells: Tells, joins: Joins, asks: Asks, receive: Receive, taps: Taps, settled: Settled, store: Store
) -> None:
    """Nothing of Ana's is skipped, stopped or undone by Bo."""
    await joins("ana", "join_today")
    await tells("ana", "interview")
    card = await tells("ana", ANSWER)
    for button in card.buttons:
        await receive(taps("bo", button.action, button.value))
    await settled()
    standing = await store.interview(ANA)
    assert standing is not None
    assert standing.ahead == tuple(QUESTIONS)[1:]
    assert len(await found(asks)) == 1


@pytest.mark.parametrize("way", ["tap", "forget", "忘记", "reply", "words", "recall"])
async def test_an_answer_is_undone(
    tells: Tells,
    joins: Joins,
    asks: Asks,
    receive: Receive,
    taps: Taps,
    settled: Settled,
    readable: dict[str, Message],
    way: str,
) -> None:
    """By the button, by one word, as every other note, and by taking the message back."""
    await joins("ana", "join_today")
    await tells("ana", "interview")
    card = await tells("ana", ANSWER)
    hers = next(message for message in readable.values() if message.text == ANSWER)
    match way:
        case "tap":
            await receive(taps("ana", "interview_undo", card.buttons[2].value))
            await settled()
        case "reply":
            await tells("ana", "forget", reply_to=hers.id)
        case "words":
            await tells("ana", f"forget: {ANSWER}")
        case "recall":
            await receive(Recalled("lark", "r1", hers.chat, hers.id))
        case _:
            again = await tells("ana", way)
            assert asks_for(again, FIRST)
            assert again.text.startswith(say("en", "interview_again"))
    assert await found(asks) == []


async def test_with_several_chats_she_chooses_and_nothing_is_asked_before(
    tells: Tells, joins: Joins, asks: Asks, receive: Receive, taps: Taps, settled: Settled, standing: dict[str, Shown]
) -> None:
    """The newest first; said in a group, it means that group."""
    for chat in ("ops", "dev"):
        await joins("ana", "join_today", chat=chat)
    card = await tells("ana", "interview")
    assert [b.value["chat"] for b in card.buttons] == [DEV, OPS]
    await tells("ana", ANSWER)
    assert await found(asks) == []
    await receive(taps("ana", "interview", card.buttons[0].value))
    await settled()
    assert asks_for(list(standing.values())[-1][1], FIRST)
    await tells("ana", ANSWER)
    assert await found(asks) == []
    assert len(await found(asks, chat="dev")) == 1
    card = await tells("ana", "interview", direct=False, to_bot=True)
    assert say("en", "interview_begin", chat="ops") in card.text


async def test_a_chat_that_she_did_not_switch_on_is_not_taken_from_a_button(
    tells: Tells, joins: Joins, receive: Receive, taps: Taps, settled: Settled, sent: list[Shown], store: Store
) -> None:
    """A value made up opens nothing."""
    await joins("ana", "join_today")
    sent.clear()
    await receive(taps("ana", "interview", {"chat": DEV, "language": "en"}))
    await settled()
    assert [card.text for _, card in sent] == [say("en", "interview_no_consent")]
    assert await store.interview(ANA) is None


@pytest.mark.parametrize("way", ["leave", "pause", "left", "object"])
async def test_leaving_or_pausing_in_the_middle_ends_it(
    tells: Tells, joins: Joins, asks: Asks, receive: Receive, says: Says, settled: Settled, store: Store, way: str
) -> None:
    """What is written after it is an ordinary message; what names an objector is refused, and said to be."""
    await joins("ana", "join_today")
    await tells("ana", "interview")
    answer = ANSWER
    match way:
        case "left":
            await receive(says("ana", "leave", to_bot=True))
        case "object":
            await receive(says("bo", "object", to_bot=True))
            answer = f"Bo keeps it: {ANSWER}"
        case _:
            await receive(says("ana", way, direct=True))
    await settled()
    card = await tells("ana", answer)
    assert (card.text == say("en", "interview_refused")) is (way == "object")
    assert await found(asks) == []
    assert (await store.interview(ANA) is None) is (way != "object")


async def test_what_was_told_on_purpose_is_not_asked_and_what_was_said_in_passing_is_shown(
    tells: Tells, joins: Joins, receive: Receive, says: Says, settled: Settled
) -> None:
    """A note on who signs answers that question; a line said in the group is quoted, to be put right or skipped."""
    await joins("ana", "join_today")
    await tells("ana", "remember: the duty manager signs every rollback of the gateway")
    await receive(says("ana", "the rollback of the gateway fails whenever the cache is cold"))
    await settled()
    shown = {}
    card = await tells("ana", "interview")
    while "interview_skip" in [button.action for button in card.buttons]:
        (up,) = [name for name in QUESTIONS if asks_for(card, name)]
        shown[up] = card
        card = await tells("ana", "skip")
    assert "decides" not in shown
    assert [q.text for q in shown["wrong"].quotes] == ["the rollback of the gateway fails whenever the cache is cold"]
    assert say("en", "interview_still") in shown["wrong"].text
    assert shown["others"].quotes == ()
    assert "gateway" in shown["others"].text, "an example from what she talks about"


async def test_what_was_said_elsewhere_is_not_shown(
    tells: Tells, joins: Joins, receive: Receive, says: Says, settled: Settled
) -> None:
    """An interview is for one chat: neither words nor examples of another come into it."""
    for chat in ("ops", "dev"):
        await joins("ana", "join_today", chat=chat)
    await receive(says("ana", "the rollback of the gateway fails whenever the cache is cold", chat="dev"))
    await settled()
    card = await tells("ana", "interview", direct=False, to_bot=True)
    while not asks_for(card, "wrong"):
        card = await tells("ana", "skip")
    assert card.quotes == ()
    assert "gateway" not in card.text


async def test_when_all_was_answered_it_can_be_gone_through_again(tells: Tells, joins: Joins) -> None:
    """Each question then shows what was said."""
    await joins("ana", "join_today")
    await tells("ana", "interview")
    answers = {
        "come_for": "They come to me for rollbacks of the gateway.",
        "where": "The rollback steps are kept in the gateway wiki.",
        "wrong": "The gateway fails after a rollback when the cache is cold.",
        "decides": "The duty manager signs every rollback.",
        "changed": "The rollback has moved to the new gateway.",
        "routine": "We rehearse the rollback every month.",
        "others": "Certificates of the gateway are not mine, the platform team has them.",
    }
    for name in QUESTIONS:
        card = await tells("ana", answers[name])
    assert card.text == say("en", "interview_over", chat="ops", given=len(QUESTIONS))
    assert "try" in [button.action for button in card.buttons]
    again = await tells("ana", "interview")
    assert asks_for(again, FIRST)
    assert [q.text for q in again.quotes] == [answers[FIRST]]
    assert [q.who for q in again.quotes] == [say("en", "interview_you")]


@pytest.mark.parametrize(("platform", "before"), [("lark", ["try"]), ("dingtalk", [])])
async def test_the_receipt_of_joining_offers_it(
    joins: Joins,
    receive: Receive,
    says: Says,
    taps: Taps,
    settled: Settled,
    standing: dict[str, Shown],
    history: list[Message],
    platform: str,
    before: list[str],
) -> None:
    """First on DingTalk, where nothing can be read; on Lark after the questions to try. It is for that chat."""
    history.append(says("ana", "restart the gateway before the rollback of payments"))
    await joins("bo", "join_today", platform=platform)
    await joins("ana", platform=platform)
    receipt = next(card for to, card in reversed(standing.values()) if to.person == f"{platform}:t:ana")
    actions = [button.action for button in receipt.buttons]
    assert actions == [*before, "interview", "leave"]
    button = receipt.buttons[actions.index("interview")]
    assert button.value["chat"] == f"{platform}:t:ops"
    await receive(taps("ana", "interview", button.value, platform=platform))
    await settled()
    assert asks_for(list(standing.values())[-1][1], FIRST, button.value["language"])


async def test_my_double_offers_it(tells: Tells, joins: Joins) -> None:
    """For whoever has one."""
    assert "interview" not in [b.action for b in (await tells("ana", "my double")).buttons]
    await joins("ana", "join_today")
    assert "interview" in [b.action for b in (await tells("ana", "my double")).buttons]


async def test_my_data_counts_what_was_said_in_it(tells: Tells, joins: Joins) -> None:
    """The words apart from all others, and that there is an interview."""
    await joins("ana", "join_today")
    await tells("ana", "interview")
    await tells("ana", ANSWER)
    text = (await tells("ana", "my data")).text
    assert say("en", "source_interview", n=1) in text
    assert say("en", "mydata_interviews", interviews=1) in text
