"""What the bot cannot read, its owner lets it read as them: on Lark's own page, once, and nobody else's words stay."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest

from adapters.lark.simulator import LarkSimulator
from adapters.world import Chat
from bot.demo.stage import Simulated
from bot.demo.visiting import Visit
from bot.demo.visitor import Message
from bot.learning import PROGRESS_SECONDS
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources

ANA, BO, OPS = "lark:demo:ou_ana", "lark:demo:ou_bo", "oc_ops"
WEI, SUPPORT = "dingtalk:demo:staff_wei", "cid_support"
HERS, HIS = "证书每年三月续期，续完要重启网关。", "网关的密码贴在显示器背面。"
ASKED = "@分身 Ana 证书什么时候续期"
Open = Callable[..., AbstractAsyncContextManager[Visit]]
Until = Callable[..., Awaitable[Message]]


@pytest.fixture
def lark(whole: Visit) -> LarkSimulator:
    """Lark, on which the app may not read a group's history, and Ana talks in a chat without the bot."""
    simulator = whole.among.lark
    simulator.faults.login_interval = 0.05
    simulator.faults.denied.add("im:message.group_msg")
    simulator.world.chats["oc_alone"] = Chat("oc_alone", "老同事", False, ("ou_ana", "ou_bo"))
    simulator.tenant.without_bot.add("oc_alone")
    for who, text in (("ou_ana", HERS), ("ou_bo", HIS)):
        simulator.world.post("oc_alone", who, text)
    return simulator


@pytest.fixture
def until(whole: Visit) -> Until:
    """The last of what the bot told its owner that says this, once there is one."""

    async def wait(person: str, part: str) -> Message:
        async with asyncio.timeout(30):
            while True:
                said = await whole.page.read(person, await whole.page.direct(person))
                if found := [m for m in said if m["sender"] == "bot" and part in m["text"]]:
                    return found[-1]
                await asyncio.sleep(0.05)

    return wait


def _page(card: Message) -> str:
    return str(next(b["url"] for b in card["card"]["actions"] if b.get("url")))


async def _shared(whole: Visit, *chats: str) -> None:
    """Ana joins a scope by its name, of these chats and for the group."""
    sources, audience = Sources(tuple(f"lark:demo:{c}" for c in chats)), Readers((f"lark:demo:{OPS}",))
    document = ScopeDocument(sources, audience, Ceiling(mode="auto"))
    await whole.ground.store.put_scope("ops", document, "ada")
    direct = await whole.page.direct(ANA)
    await whole.page.say(ANA, direct, "/join ops")
    offer = await whole.page.last_card(ANA, direct)
    await whole.page.click(ANA, offer["id"], "join_here")


async def test_whoever_said_yes_in_her_place_lends_nothing_and_she_is_told(
    whole: Visit, lark: LarkSimulator, until: Until
) -> None:
    """The page was passed on to Bo, who said yes: nothing is read, of his or of hers."""
    await _shared(whole, "oc_alone")
    await whole.page.say(ANA, await whole.page.direct(ANA), "以我的身份读取")
    login = await until(ANA, "代码应是")
    code = _page(login).rpartition("=")[2]
    assert code in login["text"]
    lark.logins.answer(code, "ou_bo")
    assert (await until(ANA, "什么都没有读"))["id"] == login["id"]
    assert (await whole.page.ask(BO, OPS, ASKED))["card"]["quotes"] == []


async def test_nothing_is_asked_of_a_platform_for_what_nobody_shares_or_where_it_cannot_be(
    whole: Visit, lark: LarkSimulator, until: Until
) -> None:
    """Before joining there is nothing to read; a chat that is no source of hers is none; DingTalk lends no eyes."""
    direct = await whole.page.direct(ANA)
    await whole.page.say(ANA, direct, "read as me")
    await until(ANA, "nothing to read")
    await whole.page.join(ANA, OPS, "join_today")
    await whole.page.say(ANA, direct, "/lend lark:demo:oc_alone")
    await until(ANA, "没有可读的")
    await whole.page.join(WEI, SUPPORT, "join_today")
    await whole.page.say(WEI, await whole.page.direct(WEI), "以我的身份读取")
    await until(WEI, "这个平台不能")
    assert not [r for r in lark.tenant.requests if "/messages" in r and r.startswith("GET")]


async def test_of_two_words_at_once_one_begins(whole: Visit, lark: LarkSimulator, until: Until) -> None:
    """She is asked by one page, and told of it for the other."""
    await _shared(whole, "oc_alone")
    direct = await whole.page.direct(ANA)
    await asyncio.gather(*(whole.page.say(ANA, direct, "以我的身份读取") for _ in range(4)))
    await until(ANA, "已经有一个在等你")
    await until(ANA, "代码应是")
    said = await whole.page.read(ANA, direct)
    assert [sum(part in m["text"] for m in said) for part in ("代码应是", "已经有一个在等你")] == [1, 3]


async def test_where_the_company_does_not_allow_it_that_is_said(
    whole: Visit, lark: LarkSimulator, until: Until
) -> None:
    """An admin has not approved it: the permission is named, and nothing waits."""
    lark.faults.denied.add("im:message.group_msg:get_as_user")
    await _shared(whole, "oc_alone")
    await whole.page.say(ANA, await whole.page.direct(ANA), "以我的身份读取")
    await until(ANA, "im:message.group_msg:get_as_user")


async def test_a_chat_without_the_bot_is_read_as_its_owner_and_for_what_she_shares(
    whole: Visit, lark: LarkSimulator, until: Until
) -> None:
    """The card that says what could not be read offers it; her words answer afterwards, Bo's are nowhere."""
    await _shared(whole, "oc_alone", OPS)
    refused = await until(ANA, "只读到一部分")
    await whole.page.click(ANA, refused["id"], "lend")
    login = await until(ANA, "代码应是")
    await whole.page.say(ANA, await whole.page.direct(ANA), "以我的身份读取")
    await until(ANA, "已经有一个在等你")
    async with httpx.AsyncClient() as browser:
        await browser.post(_page(login), data={"person": "ou_ana"})
    async with asyncio.timeout(60):
        while "读完了" not in (said := await _text(whole, login["id"])):
            await asyncio.sleep(0.05)
    assert "其中新记下你自己的" in said
    answer = await whole.page.ask(BO, OPS, ASKED)
    assert [q["text"] for q in answer["card"]["quotes"]] == [HERS]
    own = await whole.ground.store.own(ANA, None, 1_000)
    assert HERS in " ".join(p.text for p in own)
    assert HIS not in " ".join(p.text for p in own)


async def test_a_card_that_cannot_tell_how_far_it_is_ends_no_reading(
    whole: Visit, lark: LarkSimulator, until: Until
) -> None:
    """Lark refuses one update in the middle: what she lent is read to its end, and the card says so then."""
    await _shared(whole, "oc_alone")
    await whole.page.say(ANA, await whole.page.direct(ANA), "以我的身份读取")
    login = await until(ANA, "代码应是")
    lark.faults.delays["/im/v1/messages"] = PROGRESS_SECONDS + 0.1
    lark.faults.fail_next("/im/v1/messages/om_", 400, {"code": 230001, "msg": "no"})
    lark.logins.answer(_page(login).rpartition("=")[2], "ou_ana")
    async with asyncio.timeout(60):
        while "其中新记下你自己的 1 条" not in await _text(whole, login["id"]):
            await asyncio.sleep(0.05)
    assert not lark.faults.failures


async def test_who_leaves_while_it_waits_is_not_read_any_more(whole: Visit, lark: LarkSimulator, until: Until) -> None:
    """Her yes on the page comes after her no to us: nothing of hers is kept."""
    await _shared(whole, "oc_alone")
    direct = await whole.page.direct(ANA)
    await whole.page.say(ANA, direct, "以我的身份读取")
    login = await until(ANA, "代码应是")
    await whole.page.say(ANA, direct, "退出")
    await whole.page.read(ANA, direct)
    lark.logins.answer(_page(login).rpartition("=")[2], "ou_ana")
    async with asyncio.timeout(60):
        while "其中新记下你自己的 0 条" not in await _text(whole, login["id"]):
            await asyncio.sleep(0.05)
    assert not await whole.ground.store.own(ANA, None, 10)


async def test_when_the_bot_stops_nobody_is_waited_for(opened: Open, among: Simulated) -> None:
    """The page is of no use any more: no pass comes of a yes that comes later."""
    among.lark.faults.login_interval = 0.05
    async with opened() as whole:
        await whole.page.join(ANA, OPS, "join_today")
        await whole.page.say(ANA, await whole.page.direct(ANA), "以我的身份读取")
        async with asyncio.timeout(30):
            while not among.lark.logins.asked:
                await asyncio.sleep(0.01)
    asked = among.lark.logins.asked
    await asyncio.sleep(0.3)
    assert among.lark.logins.asked <= asked + 1


async def _text(whole: Visit, message: str) -> str:
    said: list[dict[str, Any]] = await whole.page.read(ANA, await whole.page.direct(ANA))
    return str(next(m["text"] for m in said if m["id"] == message))
