"""Lark for the bot, through the real SDK and a real socket: what is said arrives, what is sent stands in the chat."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.base import (
    Address,
    Button,
    Card,
    Click,
    Departed,
    Event,
    Field,
    File,
    Files,
    Mention,
    Platform,
    Reaction,
    Recalled,
    Refused,
    Unreachable,
)
from adapters.history import History
from adapters.lark.client import Lark
from adapters.lark.outbox import LARGEST_FILE
from adapters.lark.settings import Timings
from adapters.lark.simulator import LarkSimulator
from adapters.world import BOT

OPS, ANA, BO = "lark:cli_a1:oc_ops", "lark:cli_a1:ou_ana", "lark:cli_a1:ou_bo"
CARD = Card("Title", "the answer", label="AI 分身", answer="A7F3C2", buttons=(Button("good", "👍", {"answer": "A7"}),))
HASTY = Timings(first_retry=0.01, tries=2)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def as_expected(lark: Lark) -> tuple[Platform, History]:
    """A Lark is what the bot expects of a platform, and of a history: the type checker holds it to that."""
    return lark, lark


async def test_nothing_is_sent_to_people_of_another_app(lark: Lark) -> None:
    """An id that this app did not give out is unreachable."""
    for to in (Address(person="lark:other:ou_ana"), Address(chat="dingtalk:x:y"), Address()):
        with pytest.raises(Unreachable):
            await lark.send(to, CARD, "k")


async def test_who_cannot_be_written_to_is_unreachable(lark: Lark, simulator: LarkSimulator) -> None:
    """A chat without the bot, and a person outside its range, are not worth trying again."""
    for to in (Address(chat="lark:cli_a1:oc_none"), Address(person=BO)):
        with pytest.raises(Unreachable):
            await lark.send(to, CARD, "k")
    assert simulator.world.posts == {}


async def test_what_is_said_arrives_once_acknowledged_when_taken(company: Any, inbox: Any) -> None:
    """A mention in a group is heard as a message to the bot, and acknowledged after it was taken."""
    async with company.listening(inbox) as lark:
        said = await company.simulator.say("ou_ana", "oc_ops", "@分身 @Bo 怎么回滚", mentions=[BOT, "ou_bo"])
        message = await inbox.next()
        assert (message.id, message.text, message.to_bot, message.sender) == (said, "@Bo 怎么回滚", True, ANA)
        assert message.mentions == (Mention(BO, "Bo"),)
        ack = await company.simulator.gateway.deliveries[-1].ack
        assert (ack.code, ack.data) == (200, None)
        assert lark.state == "connected"
        assert lark.heard_at is not None


async def test_a_post_in_a_direct_chat_arrives_as_a_command(company: Any, inbox: Any) -> None:
    """Formatted text is heard like plain text."""
    async with company.listening(inbox):
        await company.simulator.say("ou_ana", "oc_ana", "@分身 ／optin\nplease", mentions=[BOT], rich=True)
        message = await inbox.next()
        assert (message.text, message.direct, message.to_bot) == ("/optin\nplease", True, True)


async def test_a_group_is_heard_only_with_its_permission(company: Any, inbox: Any) -> None:
    """Without the sensitive permission only mentions come; with it, everything, marked as not to the bot."""
    async with company.listening(inbox):
        company.simulator.faults.group_messages = False
        await company.simulator.say("ou_ana", "oc_ops", "unheard")
        company.simulator.faults.group_messages = True
        await company.simulator.say("ou_ana", "oc_ops", "heard")
        message = await inbox.next()
        assert (message.text, message.to_bot) == ("heard", False)


async def test_a_tap_is_answered_at_once(company: Any, inbox: Any) -> None:
    """Who taps sees the line and the new card that `receive` gave back, and `receive` sees who tapped what."""

    async def answer(event: Event) -> Reaction:
        return Reaction("已加入", Card("Receipt", "done"))

    inbox.answer = answer
    async with company.listening(inbox) as lark:
        asked = Card(
            "Join?", "", buttons=(Button("join", "Join", {"offer": "o1"}),), fields=(Field("why", "Why", "-"),)
        )
        sent = await lark.send(Address(person=ANA), asked, "k")
        toast = await company.simulator.click("ou_ana", sent.message, "join", {"why": "curious"})
        click = await inbox.next()
        assert isinstance(click, Click)
        assert (click.person, click.message, click.chat) == (ANA, sent.message, "lark:cli_a1:oc_ana")
        assert (click.action, click.value, click.form) == ("join", {"offer": "o1"}, {"why": "curious"})
        assert toast == "已加入"
        assert company.simulator.card(company.simulator.world.posts[sent.message]) == Card("Receipt", "done")


async def test_a_tap_in_a_card_frame_is_answered_too(company: Any, inbox: Any) -> None:
    """Gateways that send callbacks as card frames, which the SDK drops, are answered like the others."""

    async def answer(event: Event) -> Reaction:
        return Reaction("ok")

    inbox.answer = answer
    company.simulator.faults.frame_type = "card"
    async with company.listening(inbox) as lark:
        sent = await lark.send(Address(chat=OPS), CARD, "k")
        assert await company.simulator.click("ou_bo", sent.message, "good", {}) == "ok"


async def test_recalls_and_departures_arrive(company: Any, inbox: Any) -> None:
    """What is taken back, and who leaves, is told."""
    async with company.listening(inbox):
        said = await company.simulator.say("ou_ana", "oc_ops", "oops")
        await company.simulator.recall("ou_ana", said)
        company.simulator.depart("ou_bo")
        heard = [await inbox.next() for _ in range(3)]
        assert [e for e in heard if isinstance(e, Recalled)] == [Recalled("lark", heard[1].event, OPS, said)]
        assert [e.person for e in heard if isinstance(e, Departed)] == [BO]


async def test_a_card_stands_where_it_was_sent(lark: Lark, simulator: LarkSimulator) -> None:
    """Into a chat, as a reply, in a thread, or privately: the card is there as the bot wrote it."""
    asked = simulator.world.post("oc_ops", "ou_ana", "how?")
    inner = simulator.world.post("oc_ops", "ou_bo", "and?", thread="omt_1", reply_to=asked.id)
    reply = await lark.send(Address(chat=OPS, reply_to=asked.id), CARD, "reply")
    threaded = await lark.send(Address(chat=OPS, reply_to=inner.id, thread="omt_1"), CARD, "thread")
    private = await lark.send(Address(person=ANA), CARD, "private")
    posts = [simulator.world.posts[sent.message] for sent in (reply, threaded, private)]
    assert [p.reply_to for p in posts] == [asked.id, inner.id, None]
    assert [p.thread for p in posts] == [None, "omt_1", None]
    assert [p.chat for p in posts] == ["oc_ops", "oc_ops", "oc_ana"]
    assert [simulator.card(p) for p in posts] == [CARD] * 3
    assert (private.chat, private.editable) == ("lark:cli_a1:oc_ana", True)


async def test_the_same_key_is_one_message(lark: Lark, simulator: LarkSimulator) -> None:
    """Sending again after a crash shows nothing twice; another key is another message."""
    first, second = [await lark.send(Address(chat=OPS), CARD, "k1") for _ in range(2)]
    other = await lark.send(Address(chat=OPS), CARD, "k2")
    assert first == second != other
    assert len(simulator.world.posts) == 2


async def test_a_reply_to_a_recalled_message_stands_alone(lark: Lark, simulator: LarkSimulator) -> None:
    """The answer is not lost with the question: it goes into the chat."""
    asked = simulator.world.post("oc_ops", "ou_ana", "how?")
    simulator.world.edit(asked.id, recalled=True)
    sent = await lark.send(Address(chat=OPS, reply_to=asked.id), CARD, "k")
    assert simulator.world.posts[sent.message].reply_to is None


async def test_a_card_that_lark_dislikes_goes_out_as_text(lark: Lark, simulator: LarkSimulator) -> None:
    """An answer is never lost to its card: its words go out plainly, label included, and cannot be replaced."""
    simulator.faults.fail_next("/im/v1/messages", 400, {"code": 230099, "msg": "ErrCode: 11310"})
    sent = await lark.send(Address(chat=OPS), CARD, "k")
    post = simulator.world.posts[sent.message]
    assert post.raw is None
    assert post.text.split("\n") == ["Title", "the answer", "AI 分身 A7F3C2"]
    assert not sent.editable
    with pytest.raises(Refused):
        await lark.update(sent, CARD)


async def test_an_update_replaces_the_card(lark: Lark, simulator: LarkSimulator) -> None:
    """A placeholder becomes the answer; a card that Lark dislikes becomes its bare text, label included."""
    sent = await lark.send(Address(chat=OPS), Card("…", ""), "k")
    await lark.update(sent, CARD)
    assert simulator.card(simulator.world.posts[sent.message]) == CARD
    simulator.faults.fail_next("/im/v1/messages", 400, {"code": 230099, "msg": "ErrCode: 11310"})
    await lark.update(sent, CARD)
    assert simulator.card(simulator.world.posts[sent.message]) == Card(
        "Title", "the answer", label="AI 分身", answer="A7F3C2"
    )


async def test_of_many_updates_the_newest_wins(lark: Lark, simulator: LarkSimulator) -> None:
    """A stream of updates is thinned out, and what was written last is what stands there."""
    sent = await lark.send(Address(chat=OPS), Card("…", ""), "k")
    clock = asyncio.get_running_loop().time
    started = clock()
    await asyncio.gather(*(lark.update(sent, Card("t", "x" * n)) for n in range(40)))
    assert clock() - started < 5  # one turn each would take 8
    assert simulator.world.posts[sent.message].text == "x" * 39
    assert simulator.tenant.requests.count(f"PATCH /open-apis/im/v1/messages/{sent.message}") < 5


async def test_a_recalled_card_cannot_be_updated(lark: Lark, simulator: LarkSimulator) -> None:
    """What is gone stays gone."""
    sent = await lark.send(Address(chat=OPS), CARD, "k")
    simulator.world.edit(sent.message, recalled=True)
    with pytest.raises(Refused):
        await lark.update(sent, CARD)


async def test_no_chat_gets_more_than_five_a_second(lark: Lark, simulator: LarkSimulator) -> None:
    """Lark's limit for a chat is kept on our side."""
    await lark.send(Address(chat=OPS), CARD, "first")  # the token is fetched
    clock = asyncio.get_running_loop().time
    started = clock()
    await asyncio.gather(*(lark.send(Address(chat=OPS), CARD, f"k{n}") for n in range(6)))
    assert clock() - started >= 0.8
    assert len(simulator.world.posts) == 7


async def test_a_file_is_sent_once_for_each_key_and_not_where_lark_would_not_take_it(
    lark: Lark, simulator: LarkSimulator
) -> None:
    """Through the form that Lark reads; too large, empty or without the permission nothing stands."""
    assert isinstance(lark, Files)
    file, data = File("导出 ana.zip", ""), bytes(range(256)) * 9 + b"\r\n--boundary\r\n"
    for wrong in (b"", bytes(LARGEST_FILE + 1)):
        with pytest.raises(Refused):
            await lark.send_file(Address(person=ANA), file, wrong, "k")
    simulator.tenant.faults.denied.add("im:resource")
    with pytest.raises(Refused):
        await lark.send_file(Address(person=ANA), file, data, "k")
    assert simulator.world.posts == {}
    simulator.tenant.faults.denied.clear()
    for _ in range(2):
        sent = await lark.send_file(Address(person=ANA), file, data, "k")
    (post,) = simulator.world.posts.values()
    assert (post.file, post.sender, sent.editable) == (("导出 ana.zip", data), BOT, False)
    assert simulator.world.chats[post.chat].members == ("ou_ana",)


async def test_a_person_of_another_app_is_sent_no_file(lark: Lark, simulator: LarkSimulator) -> None:
    """An id that this app did not give out is unreachable."""
    with pytest.raises(Unreachable):
        await lark.send_file(Address(person="lark:other:ou_ana"), File("a.zip", ""), b"x", "k")
    assert simulator.world.posts == {}
