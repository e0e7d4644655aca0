"""Messages in, cards out, taps back: one DingTalk app through the vendor's real SDK."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

import pytest

from adapters.base import Address, Button, Card, Click, Departed, Event, File, Message, Reaction, Refused
from adapters.dingtalk.client import DingTalk
from adapters.dingtalk.simulator import DingTalkSimulator
from adapters.world import BOT, World

OPS = "cidOps=="
GROUP = Address(chat=f"dingtalk:demo:{OPS}")
WEI = Address(person="dingtalk:demo:staff_wei")
ASK = Card("分身", "要加入吗？", buttons=(Button("join", "加入", {"offer": "o1"}, command="/optin"),))
DELIVER = "/v1.0/card/instances/createAndDeliver"
Heard = asyncio.Queue[Event]
Joined = Callable[..., AbstractAsyncContextManager[DingTalk]]


async def fails(event: Event) -> Reaction | None:
    """A bot that is broken, and says what it was told."""
    raise ValueError(getattr(event, "text", ""))


async def changes_the_card(event: Event) -> Reaction | None:
    """A bot that turns a tapped card into a receipt."""
    return Reaction("shown nowhere", Card("收据", "已开启")) if isinstance(event, Click) else None


async def test_a_failing_receive_is_refused_not_acknowledged(joined: Joined, simulator: DingTalkSimulator) -> None:
    """Acknowledged means taken: when `receive` raises, the platform hears 500, and no word of the message."""
    async with joined(fails):
        pushed = await simulator.acked(await simulator.say("staff_wei", "cid_staff_wei", "secret words"))
    assert pushed.ack
    assert pushed.ack["code"] == 500
    assert "secret" not in str(pushed.ack)


async def test_a_departure_that_was_not_taken_is_wanted_later(joined: Joined, simulator: DingTalkSimulator) -> None:
    """Events are pushed again for as long as they are answered so."""
    async with joined(fails):
        pushed = await simulator.leave("staff_li")
        await asyncio.wait_for(pushed.done.wait(), 10)
    assert pushed.answer()["status"] == "LATER"


async def test_a_wrong_persons_click_carries_that_persons_id(
    joined: Joined, heard: Heard, simulator: DingTalkSimulator
) -> None:
    """Anyone in the group can tap; who it was, the platform vouches for."""
    async with joined() as platform:
        sent = await platform.send(GROUP, ASK, "key")
        await simulator.click("staff_ana", sent.message, "join", {})
        click = await heard.get()
    assert isinstance(click, Click)
    assert (click.person, click.chat, click.message) == ("dingtalk:demo:staff_ana", GROUP.chat, sent.message)
    assert (click.action, click.value) == ("join", {"offer": "o1"})


async def test_a_file_beyond_the_limit_is_refused(joined: Joined, heard: Heard, simulator: DingTalkSimulator) -> None:
    """However it is served, no more is read than was allowed; within it the bytes are exact."""
    async with joined() as platform:
        await simulator.say("staff_wei", "cid_staff_wei", "", file=("messages.jsonl", b"x" * 1000))
        message = await heard.get()
        assert isinstance(message, Message)
        assert message.file
        assert await platform.fetch(message.file, message.id, 1000) == b"x" * 1000
        with pytest.raises(Refused, match="999"):
            await platform.fetch(message.file, message.id, 999)


@pytest.mark.parametrize("url", ["http://192.0.2.1/x", "file:///etc/passwd", "", "https://[", 7])
async def test_a_file_is_fetched_from_no_untrusted_address(
    joined: Joined, simulator: DingTalkSimulator, url: object
) -> None:
    """Neither unencrypted, nor of this machine's disk."""
    async with joined() as platform:
        simulator.fail_next("/v1.0/robot/messageFiles/download", 200, {"downloadUrl": url})
        with pytest.raises(Refused):
            await platform.fetch(File("f", "code"), "msg1", 10)


async def test_a_message_is_answered_by_a_card_that_becomes_another(
    joined: Joined, heard: Heard, simulator: DingTalkSimulator, world: World
) -> None:
    """The whole way: said, heard, asked back, tapped, replaced at once, replaced again later."""
    async with joined(changes_the_card) as platform:
        await simulator.say("staff_wei", OPS, "@分身 @Ana 怎么回滚", mentions=(BOT, "staff_ana"))
        message = await heard.get()
        assert isinstance(message, Message)
        assert (message.text, message.sender) == ("@Ana 怎么回滚", "dingtalk:demo:staff_wei")
        sent = await platform.send(Address(chat=message.chat), ASK, "key")
        assert sent.editable
        assert simulator.card(world.posts[sent.message]) == ASK
        assert await simulator.click("staff_wei", sent.message, "join", {}) == ""
        assert simulator.card(world.posts[sent.message]) == Card("收据", "已开启")
        await platform.update(sent, Card("收据", "已撤回"))
        assert world.posts[sent.message].text == "收据\n已撤回"
        assert not simulator.busy


async def test_a_person_is_written_to_in_the_chat_their_messages_come_from(
    joined: Joined, heard: Heard, simulator: DingTalkSimulator, world: World
) -> None:
    """Address by person or by direct chat: one and the same place, also for the one who taps."""
    async with joined() as platform:
        sent = await platform.send(WEI, ASK, "key")
        assert world.posts[sent.message].chat == "cid_staff_wei"
        await simulator.click("staff_wei", sent.message, "join", {"why": "x"})
        click = await heard.get()
        assert isinstance(click, Click)
        assert (click.chat, click.form) == (sent.chat, {"why": "x"})
        await simulator.say("staff_wei", "cid_staff_wei", "在吗")
        message = await heard.get()
        assert isinstance(message, Message)
        assert message.chat == sent.chat
        again = await platform.send(Address(chat=sent.chat), ASK, "other")
        assert world.posts[again.message].chat == "cid_staff_wei"


async def test_a_click_that_changes_nothing_leaves_the_card(
    joined: Joined, simulator: DingTalkSimulator, world: World
) -> None:
    """No reaction, no update: the acknowledgement is empty."""
    async with joined() as platform:
        sent = await platform.send(GROUP, ASK, "key")
        await simulator.click("staff_wei", sent.message, "join", {})
        assert simulator.card(world.posts[sent.message]) == ASK
        assert not world.posts[sent.message].edited


async def test_only_what_is_said_to_the_bot_is_heard(
    joined: Joined, heard: Heard, simulator: DingTalkSimulator
) -> None:
    """A group's other talk never reaches it."""
    async with joined():
        await simulator.say("staff_wei", OPS, "not for the bot")
        await simulator.say("staff_wei", OPS, "@分身 for it", mentions=(BOT,))
        message = await heard.get()
        assert isinstance(message, Message)
        assert message.text == "for it"


async def test_a_duplicate_has_the_ids_of_the_first(joined: Joined, heard: Heard, simulator: DingTalkSimulator) -> None:
    """At once, late after a reconnect, or in a new frame: event and message are the same."""
    async with joined():
        said = await simulator.say("staff_wei", "cid_staff_wei", "once")
        await simulator.push_again(said)
        simulator.stream.drop()
        await simulator.stream.until(lambda: simulator.stream.connects == 2)
        await simulator.push_again(said)
        await simulator.push(simulator.world.posts[said])
        events = [await asyncio.wait_for(heard.get(), 10) for _ in range(4)]
    assert {(event.event, getattr(event, "id", "")) for event in events} == {(said, said)}


async def test_a_departure_is_heard_and_acknowledged(
    joined: Joined, heard: Heard, simulator: DingTalkSimulator
) -> None:
    """Everybody whom the event names."""
    async with joined():
        pushed = await simulator.leave("staff_li", "staff_ana")
        await asyncio.wait_for(pushed.done.wait(), 10)
        events = [await heard.get(), await heard.get()]
    assert pushed.answer()["status"] == "SUCCESS"
    people = [event.person for event in events if isinstance(event, Departed)]
    assert people == ["dingtalk:demo:staff_li", "dingtalk:demo:staff_ana"]


async def test_slow_rest_delays_no_acknowledgement(joined: Joined, simulator: DingTalkSimulator) -> None:
    """While twenty answers wait for a slow platform, events are still taken within the second."""
    simulator.faults.slow[DELIVER] = 5.0
    async with joined() as platform:
        sending = [asyncio.create_task(platform.send(GROUP, ASK, f"key{n}")) for n in range(20)]
        said = [await simulator.say("staff_wei", "cid_staff_wei", str(n)) for n in range(10)]
        latencies = [(await asyncio.wait_for(simulator.acked(one), 10)).latency for one in said]
        assert all(latency is not None and latency < 1 for latency in latencies)
        for one in sending:
            one.cancel()
        await asyncio.gather(*sending, return_exceptions=True)


async def test_what_a_message_tells_once_is_remembered(
    joined: Joined, heard: Heard, simulator: DingTalkSimulator, world: World
) -> None:
    """The group's title, people's names, and whose message was replied to, if that person ever spoke to the bot."""
    async with joined() as platform:
        mine = world.post(OPS, "staff_ana", "先切流量")
        assert await platform.author(str(GROUP.chat), mine.id) is None
        await simulator.say("staff_ana", "cid_staff_ana", "hi")
        await simulator.say("staff_wei", OPS, "@分身 为什么", mentions=(BOT,), reply_to=mine.id)
        await heard.get()
        reply = await heard.get()
        assert isinstance(reply, Message)
        assert (reply.text, reply.reply_to) == ("为什么", mine.id)
        assert await platform.author(reply.chat, mine.id) == "dingtalk:demo:staff_ana"
        assert await platform.chat_name(reply.chat) == "支付运维"
        assert await platform.chat_name("dingtalk:demo:cidOther") == ""
        assert await platform.person_name("dingtalk:demo:staff_wei", reply.chat) == "王伟"
        assert await platform.person_name("dingtalk:demo:staff_li", reply.chat) == "李娜"  # from the directory
        assert await platform.members(reply.chat) is None


async def test_a_reply_to_the_bots_own_card_is_known_by_the_id_it_was_sent_under(
    joined: Joined, heard: Heard, simulator: DingTalkSimulator, world: World
) -> None:
    """By the platform's key, in the chat it was sent to; a reply to anybody else's message, or elsewhere, is not."""
    async with joined() as platform:
        card = await platform.send(GROUP, ASK, "key1")
        text = await platform.send(GROUP, Card("t", "x"), "key2")
        said = [post.id for post in world.read(OPS)][-1]
        mine = world.post(OPS, "staff_ana", "先切流量")
        for quoted, known in ((card.message, card.message), (said, text.message), (mine.id, mine.id)):
            await simulator.say("staff_wei", OPS, "@分身 那周五呢", mentions=(BOT,), reply_to=quoted)
            reply = await heard.get()
            assert isinstance(reply, Message)
            assert reply.reply_to == known
        post = world.posts[await simulator.say("staff_wei", OPS, "@分身 呢", mentions=(BOT,), reply_to=card.message)]
        await heard.get()
        await simulator.push(post, conversationId="cidOther")
        reply = await heard.get()
        assert isinstance(reply, Message)
        assert reply.reply_to != card.message


async def test_whoever_is_mentioned_by_two_words_is_named_by_both_once_they_have_spoken(
    joined: Joined, heard: Heard, simulator: DingTalkSimulator, world: World
) -> None:
    """Else the rest of a name would be taken for a part of the question."""
    world.people["staff_ana"] = replace(world.people["staff_ana"], name="Dean Petrov", nickname="")
    async with joined():
        for spoken, name in ((False, "Dean"), (True, "Dean Petrov")):
            if spoken:
                await simulator.say("staff_ana", "cid_staff_ana", "hi")
                await heard.get()
            await simulator.say("staff_wei", OPS, "@分身 @Dean Petrov who has the key", mentions=(BOT, "staff_ana"))
            asked = await heard.get()
            assert isinstance(asked, Message)
            assert [(m.person, m.name) for m in asked.mentions] == [("dingtalk:demo:staff_ana", name)]
