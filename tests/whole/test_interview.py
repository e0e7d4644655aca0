"""The interview on both platforms: begun from the receipt, gone on with after a restart, quoted as what it is."""

import pytest

from bot.demo.stage import Simulated
from bot.demo.visitor import Message, Visitor
from tests.whole.conftest import Open

ANA, BO, OPS = "lark:demo:ou_ana", "lark:demo:ou_bo", "oc_ops"
WEI, JUN, SUPPORT = "dingtalk:demo:staff_wei", "dingtalk:demo:staff_jun", "cid_support"
ANSWER = "印章柜子在二楼打印机后面，钥匙在前台"
SECOND = "印章登记表放在行政的共享文档里"
BOTH = pytest.mark.parametrize(
    ("owner", "asker", "chat", "name"), [(ANA, BO, OPS, "Ana"), (WEI, JUN, SUPPORT, "魏来")], ids=["lark", "dingtalk"]
)


async def _begun(page: Visitor, owner: str, chat: str) -> tuple[str, Message]:
    """Join, tap the receipt's button; the direct chat and the card that asks."""
    receipt = await page.join(owner, chat, "join_today")
    await page.click(owner, receipt["id"], "interview")
    direct = await page.direct(owner)
    return direct, await page.last_card(owner, direct)


def _quoted(answer: Message) -> list[tuple[str, bool]]:
    """The words that an answer quotes, and whether it says that they are from an interview."""
    return [(quote["text"], "访谈里说的" in quote["where"]) for quote in answer["card"]["quotes"]]


@BOTH
async def test_an_answer_is_quoted_as_said_in_an_interview(
    page: Visitor, owner: str, asker: str, chat: str, name: str
) -> None:
    """A question in between is answered, not kept; one word takes the last answer back."""
    direct, card = await _begun(page, owner, chat)
    assert "访谈" in card["card"]["title"]
    await page.ask(owner, direct, "印章在哪个柜子？")
    asked = await page.ask(owner, direct, ANSWER)
    assert "记下了" in asked["card"]["text"]
    assert _quoted(await page.ask(asker, chat, f"@分身 {name} 印章柜子在哪里")) == [(ANSWER, True)]
    await page.say(owner, direct, "忘记")
    assert _quoted(await page.ask(asker, chat, f"@分身 {name} 印章的柜子在哪里")) == []


@BOTH
async def test_it_goes_on_after_a_restart(opened: Open, owner: str, asker: str, chat: str, name: str) -> None:
    """The next message answers the question that was up when the bot went down; nothing is asked anew."""
    async with opened() as before:
        direct, _ = await _begun(before.page, owner, chat)
        asked = await before.page.ask(owner, direct, ANSWER)
    async with opened() as after:
        on = await after.page.ask(owner, direct, SECOND)
        assert on["card"]["title"] != asked["card"]["title"]
        stopped = await after.page.ask(owner, direct, "结束")
        assert "记下了 2 条" in stopped["card"]["text"]
        quoted = _quoted(await after.page.ask(asker, chat, f"@分身 {name} 印章登记表放在哪里"))
        assert (SECOND, True) in quoted


@BOTH
async def test_an_answer_that_was_acknowledged_outlives_a_crash_and_a_redelivery(
    opened: Open, among: Simulated, owner: str, asker: str, chat: str, name: str
) -> None:
    """The bot dies with the acknowledgement: the answer is there, once, and the next question comes."""
    async with opened() as before:
        direct, _ = await _begun(before.page, owner, chat)
        hers = await before.page.say(owner, direct, ANSWER)
        delivered = None if chat == SUPPORT else among.lark.gateway.deliveries[-1]
        await (among.dingtalk.acked(hers) if delivered is None else delivered.ack)
    async with opened() as after:
        if delivered is None:
            await (await among.dingtalk.push_again(hers)).done.wait()
        else:
            assert (await among.lark.gateway.again(delivered).ack).code == 200
        await after.quiet()
        asked = await after.page.last_card(owner, direct)
        assert "记下了" in asked["card"]["text"]
        assert "记下了 1 条" in (await after.page.ask(owner, direct, "结束"))["card"]["text"]
        assert _quoted(await after.page.ask(asker, chat, f"@分身 {name} 印章柜子在哪里")) == [(ANSWER, True)]
