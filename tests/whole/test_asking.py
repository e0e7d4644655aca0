"""The ways of asking and of sharing that need a real platform behind them."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import Fenshen
from bot.demo.stage import Simulated
from bot.demo.visitor import Visitor
from bot.doctor import examine
from bot.importing import confirmed_import
from bot.platforms import make_platforms
from skills.ground import Ground
from skills.words import Claim

ANA, BO, OPS = "lark:demo:ou_ana", "lark:demo:ou_bo", "oc_ops"
WEI, JUN, SUPPORT = "dingtalk:demo:staff_wei", "dingtalk:demo:staff_jun", "cid_support"
Open = Callable[..., AbstractAsyncContextManager[Any]]


async def test_a_reply_to_her_message_asks_her_double(page: Visitor) -> None:
    """No name is needed: whose message it is, the platform says."""
    await page.join(ANA, OPS)
    hers = next(m["id"] for m in await page.read(BO, OPS) if m["sender"] == ANA and "回滚" in m["text"])
    before = max(m["n"] for m in await page.read(BO, OPS))
    await page.say(BO, OPS, "@分身 怎么回滚支付", reply_to=hers)
    (reply,) = [m for m in await page.read(BO, OPS, before) if m["sender"] == "bot"]
    assert "Ana" in reply["card"]["label"]
    assert reply["card"]["quotes"]


async def test_a_mention_of_her_asks_her_double(page: Visitor) -> None:
    """By id: her name is only shown."""
    await page.join(ANA, OPS)
    assert (await page.ask(BO, OPS, "@分身 @Ana 怎么回滚支付"))["card"]["quotes"]


async def test_only_me_answers_its_owner_alone(page: Visitor) -> None:
    """In the direct chat; in the group the same words get the one sentence."""
    await page.join(ANA, OPS, "join_me")
    assert (await page.ask(ANA, await page.direct(ANA), "怎么回滚支付"))["card"]["quotes"]
    assert (await page.ask(BO, OPS, "@分身 Ana 怎么回滚支付"))["card"]["quotes"] == []
    assert (await page.ask(ANA, OPS, "@分身 Ana 怎么回滚支付"))["card"]["quotes"] == []


async def test_from_today_leaves_the_past_alone(page: Visitor) -> None:
    """Nothing said before the tap is found; what is said after it is."""
    await page.join(ANA, OPS, "join_today")
    assert (await page.ask(BO, OPS, "@分身 Ana 怎么回滚支付"))["card"]["quotes"] == []
    await page.say(ANA, OPS, "回滚支付以后找值班经理签字")
    quotes = (await page.ask(BO, OPS, "@分身 Ana 怎么回滚支付"))["card"]["quotes"]
    assert [q["text"] for q in quotes] == ["回滚支付以后找值班经理签字"]


async def test_a_recalled_message_is_not_quoted(page: Visitor, among: Simulated) -> None:
    """Taken back in the chat, gone from the double."""
    await page.join(ANA, OPS, "join_today")
    said = await page.say(ANA, OPS, "印章在 teal-heron 柜子里")
    assert (await page.ask(BO, OPS, "@分身 Ana 印章在哪个柜子"))["card"]["quotes"]
    await among.lark.recall("ou_ana", said)
    assert (await page.ask(BO, OPS, "@分身 Ana 印章在哪个柜子"))["card"]["quotes"] == []


async def test_the_person_is_asked_in_the_chat_by_one_tap_of_the_asker(page: Visitor) -> None:
    """Really mentioned, once, with the question; a tap by anybody else does nothing."""
    reply = await page.ask(BO, OPS, "@分身 Ana 年会在哪里开")
    await page.click("lark:demo:ou_chen", reply["id"], "ask_person")
    assert (await page.read(BO, OPS))[-1]["id"] == reply["id"]
    await page.click(BO, reply["id"], "ask_person")
    await page.click(BO, reply["id"], "ask_person")
    asked = [m for m in await page.read(BO, OPS, reply["n"]) if m["sender"] == "bot"]
    assert len(asked) == 1
    assert "年会在哪里开" in asked[0]["card"]["text"]
    assert "Ana" in json.dumps(asked[0]["card"], ensure_ascii=False)


async def test_a_file_is_imported_only_with_the_code_that_its_owner_was_sent(opened: Open, ground: Ground) -> None:
    """`fenshen import`: a wrong code keeps nothing; the right one keeps the owner's own lines."""
    at = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    line = {
        "id": "x1",
        "chat": SUPPORT,
        "seq": 1,
        "at": at,
        "sender": "staff_wei",
        "name": "魏来",
        "text": "暗号是青鹭四十二",
    }
    data = (json.dumps(line) + "\n" + json.dumps({**line, "id": "x2", "sender": "staff_jun"})).encode()
    async with opened() as whole:
        await whole.page.join(WEI, SUPPORT)
        platform, learning = whole.fenshen.platforms["dingtalk"], whole.fenshen.learning
        loop, direct = asyncio.get_running_loop(), await whole.page.direct(WEI)

        def typed() -> str:
            sent = asyncio.run_coroutine_threadsafe(whole.page.read(WEI, direct), loop).result(30)[-1]["text"]
            return "".join(filter(str.isalnum, sent.partition("：")[2].partition("（")[0]))

        common = (whole.among.settings, ground.store, platform, learning, WEI, data)
        assert await confirmed_import(*common, ask=lambda: "000000") == 1
        assert (await whole.page.ask(JUN, SUPPORT, "@分身 魏来 暗号是什么"))["card"]["quotes"] == []
        assert await confirmed_import(*common, ask=typed) == 0
        quotes = (await whole.page.ask(JUN, SUPPORT, "@分身 魏来 暗号是什么"))["card"]["quotes"]
        assert [q["text"] for q in quotes] == ["暗号是青鹭四十二"]


async def test_of_two_replicas_one_listens(opened: Open, among: Simulated) -> None:
    """The platform would give each event to one at random: only the holder of the lease connects."""
    async with opened() as whole:
        second = Fenshen(whole.ground, make_platforms(among.settings).platforms, {}, among.settings)
        running = asyncio.create_task(second.run())
        await asyncio.sleep(1.0)
        assert second.states() == {"lark": "standby", "dingtalk": "standby"}
        assert among.lark.gateway.connections == 1
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_worker_hears_nothing_and_finishes_what_waits(opened: Open, among: Simulated, ground: Ground) -> None:
    """`fenshen work` beside a `serve`: an erasure that nobody else is there to do comes to its end."""
    async with opened() as whole:
        await whole.page.join(ANA, OPS)
    left = await ground.store.leave(Claim("lark", "leaving"), ANA)
    assert left is not None
    assert left.erased_at is None
    worker = Fenshen(ground, make_platforms(among.settings).platforms, {}, among.settings)
    running = asyncio.create_task(worker.run(listening=False))
    async with asyncio.timeout(30):
        while (await ground.store.erasure(left.id)).erased_at is None:  # type: ignore[union-attr]
            await asyncio.sleep(0.05)
    assert among.lark.gateway.connections == 0
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@pytest.mark.embedded
async def test_the_doctor_names_the_permission_that_is_missing(among: Simulated, short_directory: Path) -> None:
    """And where to grant it; all else on the simulated platforms is well, but for who answers for receipts."""
    settings = among.settings.model_copy(update={"data": short_directory / "doctor", "port": 0})
    among.lark.faults.denied.add("im:message.group_msg")
    findings = {f.what: f async for f in examine(settings)}
    bad = {what for what, f in findings.items() if not f.ok}
    assert "lark: scope im:message.group_msg" in bad
    assert "Permissions" in findings["lark: scope im:message.group_msg"].cure
    assert bad - {"lark: long connection"} == {"lark: scope im:message.group_msg", "who answers for receipts"}
    assert "FENSHEN_CONTROLLER_NAME" in findings["who answers for receipts"].cure
    assert findings["database and keyring"].ok
