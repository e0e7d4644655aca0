"""A reply to an answer on DingTalk, which has no threads, goes on about the same colleague."""

from bot.demo.visitor import Message, Visitor
from tests.whole.conftest import Open

WEI, JUN, SUPPORT = "dingtalk:demo:staff_wei", "dingtalk:demo:staff_jun", "cid_support"
DAYS, FRIDAY = "支付网关平时九点重启", "支付网关周五十一点重启"


async def _asks(page: Visitor, text: str, reply_to: str | None = None) -> Message:
    """Jun asks; the bot's one reply."""
    before = max(m["n"] for m in await page.read(JUN, SUPPORT))
    await page.say(JUN, SUPPORT, f"@分身 {text}", reply_to=reply_to)
    (reply,) = [m for m in await page.read(JUN, SUPPORT, before) if m["sender"] == "bot"]
    return reply


async def _answered(page: Visitor) -> Message:
    """The first answer, after which Jun goes on."""
    await page.join(WEI, SUPPORT, "join_today")
    for said in (DAYS, FRIDAY):
        await page.say(WEI, SUPPORT, f"@分身 记住：{said}")
        await page.read(WEI, SUPPORT)
    first = await _asks(page, "魏来 支付网关平时几点重启")
    assert first["card"]["answer"]
    return first


async def test_a_reply_to_an_answer_of_before_the_restart_goes_on_from_it(opened: Open) -> None:
    """By which key the platform knows the card, another process knows, too."""
    async with opened() as before:
        first = await _answered(before.page)
    async with opened() as after:
        on = await _asks(after.page, "那周五呢？", reply_to=first["id"])
        assert on["card"]["quotes"][0]["text"] == FRIDAY


async def test_a_reply_to_an_answer_that_names_nobody_is_of_the_same_colleague(page: Visitor) -> None:
    """By the key that the platform tells of the card; the same words by themselves are a question like any other."""
    first = await _answered(page)
    on = await _asks(page, "那周五呢？", reply_to=first["id"])
    assert on["card"]["quotes"][0]["text"] == FRIDAY
    assert on["card"]["answer"] != first["card"]["answer"]
    other = await _asks(page, "那周五呢？")
    assert not (other["card"] and other["card"]["answer"])
