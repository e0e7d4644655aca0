"""What the platforms are asked for: few calls for an answer, none while nobody speaks, and turns that are shared."""

import asyncio

from bot.demo.visiting import Visit

ANA, BO, OPS, ROLLBACK = "lark:demo:ou_ana", "lark:demo:ou_bo", "oc_ops", "@分身 Ana 怎么回滚支付"
WEI, JUN, SUPPORT = "dingtalk:demo:staff_wei", "dingtalk:demo:staff_jun", "cid_support"


def _asked(whole: Visit) -> int:
    """Every request that both simulated platforms have served, session webhooks and tokens included."""
    return len(whole.among.lark.tenant.requests) + len(whole.among.dingtalk.door.requests)


async def test_an_answer_costs_at_most_three_calls_and_silence_none(whole: Visit) -> None:
    """Counted by the platforms themselves; the meter agrees."""
    page = whole.page
    await page.join(ANA, OPS)
    await page.join(WEI, SUPPORT, "join_today")
    await page.say(WEI, SUPPORT, "@分身 记住：发版窗口是周四下午")
    await page.read(WEI, SUPPORT)
    for person, chat, text in ((BO, OPS, ROLLBACK), (JUN, SUPPORT, "@分身 魏来 发版窗口是什么时候")):
        before = _asked(whole)
        assert (await page.ask(person, chat, text))["card"]["quotes"]
        assert 1 <= _asked(whole) - before <= 3
    before = _asked(whole)
    await whole.ground.store.prune()
    await asyncio.sleep(1)
    assert _asked(whole) == before
    await whole.fenshen.meter.flush()
    counted = {c.platform: c.month for c in await whole.ground.store.calls()}
    assert 0 < counted["lark"] <= len(whole.among.lark.tenant.requests)  # those for a token and a ticket not among them
    ticket = 1  # for the connection, which the simulated door does not see
    assert counted["dingtalk"] == len(whole.among.dingtalk.door.requests) + ticket


async def test_where_calls_are_scarce_an_answer_comes_as_text_and_costs_none(whole: Visit) -> None:
    """By the session webhook that came with the question; nothing is lost, the buttons are."""
    page, dingtalk = whole.page, whole.among.dingtalk
    await page.join(WEI, SUPPORT, "join_today")
    await page.say(WEI, SUPPORT, "@分身 记住：发版窗口是周四下午")
    await page.read(WEI, SUPPORT)
    await whole.ground.store.count_calls("dingtalk", 9_000)
    await whole.fenshen.meter.flush()
    before = len(dingtalk.door.requests)
    answer = await page.ask(JUN, SUPPORT, "@分身 魏来 发版窗口是什么时候")
    assert "发版窗口是周四下午" in answer["text"]
    assert answer["card"] is None
    assert {path for _, path in dingtalk.door.requests[before:]} == {"/robot/sendBySession"}
    dingtalk.expire_sessions()
    assert (await page.ask(JUN, SUPPORT, "@分身 魏来 发版窗口到底是什么时候"))["text"]


async def test_every_message_takes_its_turn_where_a_restart_finds_it(whole: Visit) -> None:
    """One for the chat and one for the app, on both platforms."""
    for person, chat in ((BO, OPS), (JUN, SUPPORT)):
        await whole.page.ask(person, chat, "@分身 Zoe 在哪里")
    async with whole.ground.database.transaction() as connection:
        keys = set((await connection.exec_driver_sql("SELECT key FROM turn")).scalars())
    assert {"lark:demo", f"lark:demo:{OPS}", "dingtalk:demo", f"dingtalk:demo:{SUPPORT}"} <= keys
