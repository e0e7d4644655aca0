"""What goes wrong on the way is not seen by anybody: duplicates, lost sockets, crashes, slow platforms."""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.demo.stage import Simulated
from bot.demo.visitor import Visitor
from bot.double import Double
from bot.grounding import Quoted
from skills.ground import Ground, open_ground
from skills.postgres import embedded
from skills.words import Claim, Grant

ANA, BO, OPS = "lark:demo:ou_ana", "lark:demo:ou_bo", "oc_ops"
WEI, JUN, SUPPORT = "dingtalk:demo:staff_wei", "dingtalk:demo:staff_jun", "cid_support"
ROLLBACK = "@分身 Ana 怎么回滚支付"
NOTHING = "我这里没有 Ana 分享到这里、能回答这个问题的内容。"
Open = Callable[..., AbstractAsyncContextManager[Any]]


class Held:
    """The quoting double, held back until it is let go: what a slow model is."""

    def __init__(self, ground: Ground) -> None:
        self._double = Double(ground.store.recall)
        self.reached = asyncio.Event()
        self.go = asyncio.Event()

    async def answer(self, grant: Grant, question: str) -> Sequence[Quoted]:
        """What the double says, after the wait."""
        quoted = await self._double.answer(grant, question)
        self.reached.set()
        await self.go.wait()
        return quoted


async def bots(page: Visitor, person: str, chat: str, after: int = 0) -> list[dict[str, Any]]:
    """What the bot said in a chat, but for what a chat is told once."""
    said = [m for m in await page.read(person, chat, after) if m["sender"] == "bot"]
    return [m for m in said if not any(a["action"] == "learn" for a in (m["card"] or {"actions": []})["actions"])]


async def test_a_question_delivered_three_times_is_answered_once(page: Visitor, among: Simulated) -> None:
    """A duplicate at once, and a late one after the answer."""
    await page.join(ANA, OPS)
    among.lark.faults.copies = 2
    reply = await page.ask(BO, OPS, ROLLBACK)
    assert reply["card"]["quotes"]
    among.lark.gateway.again(among.lark.gateway.deliveries[-1])
    assert [m["id"] for m in await bots(page, BO, OPS)] == [reply["id"]]


async def test_a_dingtalk_question_delivered_twice_is_answered_once(page: Visitor, among: Simulated) -> None:
    """The same message in a second frame says nothing again."""
    said = await page.say(JUN, SUPPORT, "@分身 魏来 退款额度是多少")
    first = await bots(page, JUN, SUPPORT)
    assert len(first) == 1
    await among.dingtalk.push_again(said)
    assert await bots(page, JUN, SUPPORT) == first


async def test_joining_twice_by_a_redelivered_tap_is_joining_once(
    page: Visitor, among: Simulated, ground: Ground
) -> None:
    """The same tap delivered again changes nothing and shows the same."""
    receipt = await page.join(ANA, OPS)
    before = await ground.store.consents(ANA)
    taps = [d for d in among.lark.gateway.deliveries if d.kind == "card.action.trigger"]
    ack = await among.lark.gateway.again(taps[-1]).ack
    assert ack.code == 200
    assert await ground.store.consents(ANA) == before
    said = await page.read(ANA, await page.direct(ANA))
    assert [m["card"]["text"] for m in said if m["id"] == receipt["id"]] == [receipt["card"]["text"]]


@pytest.mark.parametrize("code", [1000, 1011, None])
async def test_after_a_lost_socket_the_next_question_is_answered(
    page: Visitor, among: Simulated, code: int | None
) -> None:
    """Closed politely, with an error, or cut: both platforms are heard again."""
    await page.join(ANA, OPS)
    among.lark.gateway.drop(code)
    among.dingtalk.stream.drop(code)
    assert (await page.ask(BO, OPS, ROLLBACK))["card"]["quotes"]
    await among.dingtalk.stream.until(lambda: among.dingtalk.stream.connects > 1)
    await page.say(JUN, SUPPORT, "@分身 帮助")
    assert len(await bots(page, JUN, SUPPORT)) == 1


async def test_an_event_in_fragments_is_one_question(page: Visitor, among: Simulated) -> None:
    """Parts of a frame are joined before anything is understood."""
    await page.join(ANA, OPS)
    among.lark.faults.fragments = 4
    assert (await page.ask(BO, OPS, ROLLBACK))["card"]["quotes"]


async def test_a_slow_platform_does_not_delay_acknowledgements(page: Visitor, among: Simulated) -> None:
    """Twenty questions while every reply takes two seconds: each event is acknowledged within one."""
    among.lark.faults.delays["/reply"] = 2.0
    for n in range(20):
        await page.say(BO, OPS, f"@分身 Ana 第 {n} 个问题怎么办")
    acks = [await d.ack for d in list(among.lark.gateway.deliveries)[-20:]]
    assert all(ack.code == 200 for ack in acks)
    assert max(ack.seconds for ack in acks) < 1.0


async def test_leaving_between_question_and_answer_silences_the_answer(opened: Open, ground: Ground) -> None:
    """What was recalled before the owner left is not sent after."""
    held = Held(ground)
    async with opened(lambda: held) as whole:
        await whole.page.join(ANA, OPS)
        await whole.page.say(BO, OPS, ROLLBACK)
        await held.reached.wait()
        await ground.store.leave(Claim("lark", "leaves"), ANA)
        held.go.set()
        assert [m["card"]["text"] for m in await bots(whole.page, BO, OPS)] == [NOTHING]


async def test_an_answer_on_its_way_when_its_owner_leaves_is_replaced(
    page: Visitor, among: Simulated, ground: Ground
) -> None:
    """Decided before, sent after: the card is taken back as soon as it stands."""
    await page.join(ANA, OPS)
    among.lark.faults.delays["/reply"] = 1.0
    await page.say(BO, OPS, ROLLBACK)
    while not await _recorded(ground):
        await asyncio.sleep(0.01)
    await ground.store.leave(Claim("lark", "leaves"), ANA)
    (reply,) = await bots(page, BO, OPS)
    assert reply["card"]["quotes"] == []
    assert reply["card"]["text"] == "这条回答已撤下。"


async def test_a_crash_between_claim_and_answer_loses_that_answer_and_nothing_else(
    opened: Open, ground: Ground, among: Simulated
) -> None:
    """After the restart the redelivered question stays unanswered, never twice; a new one is answered."""
    held = Held(ground)
    async with opened(lambda: held) as whole:
        await whole.page.join(ANA, OPS)
        await whole.page.say(BO, OPS, ROLLBACK)
        await held.reached.wait()
        asked = among.lark.gateway.deliveries[-1]
    async with opened() as whole:
        assert (await among.lark.gateway.again(asked).ack).code == 200
        assert await bots(whole.page, BO, OPS) == []
        assert (await whole.page.ask(BO, OPS, ROLLBACK))["card"]["quotes"]


async def test_a_command_committed_before_a_crash_is_finished_after_it(
    opened: Open, ground: Ground, among: Simulated
) -> None:
    """The consent card that could not be sent waits in the database and comes when the bot is back."""
    among.lark.faults.fail_next("/messages", 503, {"code": 1}, times=100)
    async with opened() as whole:
        await whole.page.say(ANA, OPS, "@分身 加入")
        await among.lark.gateway.deliveries[-1].ack
    among.lark.faults.failures.clear()
    async with opened() as whole:
        offer = await _card_within(whole.page, ANA, 30)
        assert [a["action"] for a in offer["card"]["actions"]][:3] == ["join_me", "join_here", "join_today"]


async def test_ten_megabytes_of_text_harm_nobody(page: Visitor, among: Simulated) -> None:
    """Larger than any frame: the bot is there afterwards."""
    await page.join(ANA, OPS)
    await page.say(BO, OPS, "@分身 " + "长" * (10 * 2**20 // 3))
    await among.dingtalk.stream.push_raw("{" * 1000)
    assert (await page.ask(BO, OPS, ROLLBACK))["card"]["quotes"]


@pytest.mark.embedded
async def test_a_killed_database_is_back_with_all_that_was_acknowledged(opened: Open, short_directory: Path) -> None:
    """The postmaster dies by -9 while people talk: consent and words are there, and answers go on."""
    data = short_directory / "killed"
    async with embedded(data) as server, open_ground(data) as own, opened(on=own) as whole:
        await whole.page.join(ANA, OPS)
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        await whole.page.say(ANA, OPS, "回滚口令是 teal-heron-42，只有我知道")
        async with asyncio.timeout(60):
            while not await own.database.ping():
                await asyncio.sleep(0.1)
        assert (await whole.page.ask(BO, OPS, ROLLBACK))["card"]["quotes"]


async def _recorded(ground: Ground) -> bool:
    async with ground.database.transaction(owner=ANA) as connection:
        return bool((await connection.execute(text("SELECT count(*) FROM answer"))).scalar_one())


async def _card_within(page: Visitor, person: str, seconds: float) -> dict[str, Any]:
    chat = await page.direct(person)
    async with asyncio.timeout(seconds):
        while True:
            posts = (await page.http.get(f"/demo/chats/{chat}/messages", params={"as": person})).json()["messages"]
            if cards := [m for m in posts if m["card"]]:
                return dict(cards[-1])
            await asyncio.sleep(0.05)
