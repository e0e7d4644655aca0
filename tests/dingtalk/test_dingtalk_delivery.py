"""A card arrives, whichever way is open, and every failure has a name."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

import pytest

from adapters.base import Address, Button, Card, Event, Mention, Refused, Sent, Unavailable, Unreachable
from adapters.dingtalk.client import DingTalk
from adapters.dingtalk.rest import QuotaSpent
from adapters.dingtalk.settings import Settings
from adapters.dingtalk.simulator import DingTalkSimulator
from adapters.world import BOT, World

OPS = "cidOps=="
GROUP = Address(chat=f"dingtalk:demo:{OPS}")
WEI = Address(person="dingtalk:demo:staff_wei")
ASK = Card("分身", "要加入吗？", buttons=(Button("join", "加入", {"offer": "o1"}, command="/optin"),))
TEXT = Card("分身", "你好", at=(Mention("dingtalk:demo:staff_ana", "Ana"),))
AS_TEXT = "分身\n\n要加入吗？\n\n加入 → /optin"
DELIVER = "/v1.0/card/instances/createAndDeliver"
INTO_GROUP = "/v1.0/robot/groupMessages/send"
TO_PERSON = "/v1.0/robot/oToMessages/batchSend"
SESSION = "/robot/sendBySession"
Heard = asyncio.Queue[Event]
Joined = Callable[..., AbstractAsyncContextManager[DingTalk]]


def said(world: World, chat: str = OPS) -> list[str]:
    """What the bot has posted in a chat."""
    return [post.text for post in world.read(chat) if post.sender == BOT]


def paths(simulator: DingTalkSimulator) -> list[str]:
    """The requests that sent something, in order."""
    return [path for _, path in simulator.door.requests if path in (DELIVER, INTO_GROUP, TO_PERSON, SESSION)]


async def greet(simulator: DingTalkSimulator, heard: Heard) -> None:
    """Somebody talks to the bot in the group: it now holds a session webhook."""
    await simulator.acked(await simulator.say("staff_wei", OPS, "@分身 hi", mentions=(BOT,)))
    heard.get_nowait()


async def test_nobody_is_written_to_without_an_address(joined: Joined) -> None:
    """Neither chat nor person: nothing to try again."""
    async with joined() as platform:
        with pytest.raises(Unreachable):
            await platform.send(Address(), TEXT, "key")


async def test_a_person_whom_the_platform_does_not_know_is_unreachable(joined: Joined) -> None:
    """By card or by text."""
    async with joined() as platform:
        for card in (ASK, TEXT):
            with pytest.raises(Unreachable):
                await platform.send(Address(person="dingtalk:demo:nobody"), card, card.text)


async def test_a_person_whose_messages_are_held_back_is_tried_again(
    joined: Joined, simulator: DingTalkSimulator
) -> None:
    """Flow control is of now, not for ever."""
    simulator.faults.held_back.add("staff_wei")
    async with joined() as platform:
        with pytest.raises(Unavailable):
            await platform.send(WEI, TEXT, "key")


async def test_a_chat_that_is_gone_is_refused(joined: Joined) -> None:
    """The platform names no such conversation."""
    async with joined() as platform:
        with pytest.raises(Unreachable):
            await platform.send(Address(chat="dingtalk:demo:cidGone"), TEXT, "key")


async def test_text_cannot_be_changed(joined: Joined) -> None:
    """Only buttons cards can; and only those that exist."""
    async with joined() as platform:
        with pytest.raises(Refused):
            await platform.update(await platform.send(GROUP, TEXT, "key"), ASK)
        with pytest.raises(Refused):
            await platform.update(Sent("dingtalk", str(GROUP.chat), "fsg-unknown", editable=True), ASK)


@pytest.mark.parametrize(
    ("status", "error"), [(500, Unavailable), (502, Unavailable), (429, Unavailable), (400, Refused)]
)
async def test_a_failure_says_whether_to_try_again(
    joined: Joined, simulator: DingTalkSimulator, status: int, error: type[Exception]
) -> None:
    """The platform's trouble is worth another try, a bad request is not."""
    async with joined() as platform:
        simulator.fail_next(INTO_GROUP, status, {"code": "some"}, times=3)
        with pytest.raises(error):
            await platform.send(GROUP, TEXT, "key")


async def test_a_platform_that_cannot_be_reached_is_unavailable(settings: Settings) -> None:
    """Whoever does not answer may answer later."""
    platform = DingTalk(replace(settings, endpoint="http://127.0.0.1:9"))
    with pytest.raises(Unavailable):
        await platform.send(GROUP, TEXT, "key")
    await platform.aclose()


async def test_a_spent_quota_is_refused_and_shown(joined: Joined, simulator: DingTalkSimulator) -> None:
    """The state says so, until a call succeeds again."""
    async with joined() as platform:
        simulator.fail_next(INTO_GROUP, 403, {"code": "Forbidden.AccessDenied.ApiCountLimitForOrg"})
        with pytest.raises(QuotaSpent):
            await platform.send(GROUP, TEXT, "key")
        assert "quota" in platform.state
        await platform.send(GROUP, TEXT, "key")
        assert platform.state == "connected"


async def test_a_limit_of_requests_per_second_is_waited_for(
    joined: Joined, simulator: DingTalkSimulator, world: World
) -> None:
    """Twice; then it is the caller's to try again."""
    limit = {"code": "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"}
    async with joined() as platform:
        simulator.fail_next(INTO_GROUP, 403, limit, times=2)
        await platform.send(GROUP, TEXT, "key")
        simulator.fail_next(INTO_GROUP, 403, limit, times=3)
        with pytest.raises(Unavailable):
            await platform.send(GROUP, TEXT, "other")
    assert len(said(world)) == 1


async def test_a_token_that_is_no_longer_valid_is_renewed(
    joined: Joined, simulator: DingTalkSimulator, world: World
) -> None:
    """Nobody notices; a token is kept for as long as it is good."""
    async with joined() as platform:
        await platform.send(GROUP, TEXT, "one")
        await platform.send(GROUP, TEXT, "two")
        simulator.revoke_tokens()
        await platform.send(GROUP, TEXT, "three")
    assert len(said(world)) == 3
    assert [path for _, path in simulator.door.requests].count("/v1.0/oauth2/accessToken") == 2


async def test_calls_are_counted_as_the_quota_does(joined: Joined, heard: Heard, simulator: DingTalkSimulator) -> None:
    """The ticket, a token and each request; a session webhook is free."""
    async with joined() as platform:
        await platform.send(GROUP, TEXT, "one")
        assert platform.calls == 3
        await greet(simulator, heard)
        await platform.send(GROUP, TEXT, "two")
        assert platform.calls == 3
        simulator.revoke_tokens()
        await platform.send(WEI, TEXT, "three")
        assert platform.outcomes == {"done": 5, "refused": 1, "busy": 0, "failed": 0}


async def test_the_pace_is_kept(joined: Joined, simulator: DingTalkSimulator, settings: Settings) -> None:
    """Not more requests within a second than the platform allows."""
    async with joined(timings=replace(settings.timings, per_second=5)) as platform:
        began = asyncio.get_running_loop().time()
        await asyncio.gather(*[platform.send(GROUP, TEXT, str(n)) for n in range(5)])
    assert asyncio.get_running_loop().time() - began > 0.9


async def test_text_goes_by_session_webhook_while_there_is_one(
    joined: Joined, heard: Heard, simulator: DingTalkSimulator, world: World
) -> None:
    """It costs nothing, and there a mention is a real one."""
    async with joined() as platform:
        await greet(simulator, heard)
        sent = await platform.send(GROUP, TEXT, "key")
    assert (sent.editable, paths(simulator)) == (False, [SESSION])
    assert world.read(OPS)[-1].mentions == ("staff_ana",)
    assert said(world) == ["分身\n\n@Ana 你好"]


async def test_when_the_session_is_over_text_goes_by_the_robot(
    joined: Joined, heard: Heard, simulator: DingTalkSimulator, world: World
) -> None:
    """Sooner than the platform had said: HTTP 200 with an error inside is found out, once."""
    async with joined() as platform:
        await greet(simulator, heard)
        simulator.expire_sessions()
        await platform.send(GROUP, TEXT, "one")
        await platform.send(GROUP, TEXT, "two")
    assert paths(simulator) == [SESSION, INTO_GROUP, INTO_GROUP]
    assert said(world) == ["分身\n\n@Ana 你好"] * 2  # by name: a robot's message mentions nobody


async def test_a_session_that_has_run_out_is_not_tried(joined: Joined, simulator: DingTalkSimulator) -> None:
    """By the time that came with it."""
    async with joined() as platform:
        post = simulator.world.post(OPS, "staff_wei", "@分身 hi")
        await (await simulator.push(post, sessionWebhookExpiredTime=1)).done.wait()
        await platform.send(GROUP, TEXT, "key")
    assert paths(simulator) == [INTO_GROUP]


@pytest.mark.parametrize("template", [None, "not-ours.schema"])
async def test_without_a_template_a_card_is_text_with_commands(
    joined: Joined, world: World, template: str | None
) -> None:
    """Unset or refused: nobody is left without the choice."""
    async with joined(card_template=template) as platform:
        for to in (GROUP, WEI):
            assert not (await platform.send(to, ASK, str(to))).editable
    assert said(world) == said(world, "cid_staff_wei") == [AS_TEXT]


async def test_a_card_that_was_not_delivered_is_text(
    joined: Joined, simulator: DingTalkSimulator, world: World
) -> None:
    """HTTP 200 says that the card exists, not that anybody got it."""
    async with joined() as platform:
        results = [{"success": False, "errorMsg": "no space"}]
        simulator.fail_next(DELIVER, 200, {"success": True, "result": {"deliverResults": results}})
        assert not (await platform.send(GROUP, ASK, "key")).editable
    assert said(world) == [AS_TEXT]


async def test_the_same_key_is_one_message(joined: Joined, simulator: DingTalkSimulator, world: World) -> None:
    """A retry that cannot know whether the first try arrived repeats nothing, card or text."""
    async with joined() as platform:
        assert await platform.send(GROUP, ASK, "a") == await platform.send(GROUP, ASK, "a")
        assert await platform.send(GROUP, TEXT, "b") == await platform.send(GROUP, TEXT, "b")
        await asyncio.gather(*[platform.send(GROUP, TEXT, "c") for _ in range(3)])
    assert len(said(world)) == 3


async def test_a_retry_goes_on_where_a_long_text_broke_off(
    joined: Joined, simulator: DingTalkSimulator, world: World
) -> None:
    """The pieces that arrived are not sent again."""
    long = Card("分身", "\n".join(f"第 {n} 行 {'字' * 90}" for n in range(100)))
    async with joined() as platform:
        simulator.fail_next(INTO_GROUP, 200, {"processQueryKey": "x"})  # the first piece, taken but not posted
        simulator.fail_next(INTO_GROUP, 502, {})
        with pytest.raises(Unavailable):
            await platform.send(GROUP, long, "key")
        assert said(world) == []
        await platform.send(GROUP, long, "key")
    assert len(said(world)) == 2
    assert "第 0 行" not in said(world)[0]
    assert "第 99 行" in said(world)[1]
