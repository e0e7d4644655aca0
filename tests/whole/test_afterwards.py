"""What an owner does with an answer afterwards, on both platforms: over real sockets, by the buttons people see."""

from typing import Any

import pytest

from adapters.world import World
from bot.demo.stage import Simulated
from bot.demo.visitor import Visitor
from tests.whole.conftest import Open

ANA, BO, OPS = "lark:demo:ou_ana", "lark:demo:ou_bo", "oc_ops"
WEI, JUN, SUPPORT = "dingtalk:demo:staff_wei", "dingtalk:demo:staff_jun", "cid_support"
WORDS = "备用钥匙在绿色铁盒里"


async def answered(page: Visitor, owner: str, asker: str, chat: str, name: str) -> dict[str, Any]:
    """The owner joins and has a note kept, for DingTalk tells a bot no more; the answer to the asker, in the chat."""
    await page.join(owner, chat, "join_today")
    await page.say(owner, chat, f"@分身 记住：{WORDS}")
    reply = await page.ask(asker, chat, f"@分身 {name} 备用钥匙在哪里")
    assert [quote["text"] for quote in reply["card"]["quotes"]] == [WORDS]
    return reply


@pytest.mark.parametrize(
    ("owner", "asker", "chat", "name"), [(ANA, BO, OPS, "Ana"), (WEI, JUN, SUPPORT, "魏来")], ids=["lark", "dingtalk"]
)
async def test_two_taps_take_an_answer_back_where_it_stands(
    page: Visitor, owner: str, asker: str, chat: str, name: str
) -> None:
    """Why? and then the button, alone with the bot; in the chat, one line is left and the next asker gets nothing."""
    reply = await answered(page, owner, asker, chat, name)
    await page.click(owner, reply["id"], "why")
    direct = await page.direct(owner)
    why = await page.last_card(owner, direct)
    assert "账本" not in why["card"]["text"]
    assert [quote["text"] for quote in why["card"]["quotes"]] == [WORDS]
    await page.click(owner, why["id"], "retract")
    (now,) = [m for m in await page.read(asker, chat) if m["id"] == reply["id"]]
    assert now["card"]["quotes"] == []
    assert "撤下" in now["card"]["text"]
    assert "已撤回" in (await page.last_card(owner, direct))["card"]["title"]
    again = await page.ask(asker, chat, f"@分身 {name} 备用钥匙在哪里")
    assert again["card"]["quotes"] == []


@pytest.mark.parametrize(
    ("owner", "asker", "chat", "name"), [(ANA, BO, OPS, "Ana"), (WEI, JUN, SUPPORT, "魏来")], ids=["lark", "dingtalk"]
)
async def test_a_topic_is_withheld_and_allowed_again_by_its_button(
    page: Visitor, owner: str, asker: str, chat: str, name: str
) -> None:
    """Written alone with the bot; the list stays one card, which shows how things stand."""
    await answered(page, owner, asker, chat, name)
    direct = await page.direct(owner)
    await page.say(owner, direct, "不分享：备用钥匙")
    listed = await page.last_card(owner, direct)
    assert "备用钥匙" in listed["card"]["text"]
    assert (await page.ask(asker, chat, f"@分身 {name} 备用钥匙在哪里"))["card"]["quotes"] == []
    await page.click(owner, listed["id"], "allow")
    assert "没有不分享的内容" in (await page.last_card(owner, direct))["card"]["text"]
    assert (await page.ask(asker, chat, f"@分身 {name} 备用钥匙在哪里"))["card"]["quotes"]


async def test_lark_brings_the_export_as_a_file_by_one_tap(page: Visitor, among: Simulated) -> None:
    """From More, in the direct chat; nothing of it stands in the group."""
    await answered(page, ANA, BO, OPS, "Ana")
    direct = await page.direct(ANA)
    for action in ("more", "export", "export_file"):
        if action == "more":
            await page.say(ANA, direct, "我的分身")
        card = await page.last_card(ANA, direct)
        await page.click(ANA, card["id"], action)
    await page.read(ANA, direct)
    world: World = among.lark.world
    (file,) = [post for post in world.posts.values() if post.file and post.file[0].startswith("fenshen-export-")]
    assert world.chats[file.chat].members == ("ou_ana",)
    assert "已发" in (await page.last_card(ANA, direct))["card"]["text"]


async def test_after_a_restart_my_double_still_says_what_the_chat_is_called(opened: Open, among: Simulated) -> None:
    """On DingTalk, which tells it with messages alone, and nobody has spoken there since."""
    called = among.dingtalk.world.chats[SUPPORT].name
    async with opened() as before:
        await before.page.join(WEI, SUPPORT, "join_today")
    async with opened() as after:
        direct = await after.page.direct(WEI)
        await after.page.say(WEI, direct, "我的分身")
        assert called in (await after.page.last_card(WEI, direct))["card"]["text"]
