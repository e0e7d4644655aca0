"""The first week of a double on both platforms: nothing, then asked, answered, kept, and found by the next."""

from bot.demo.visitor import Message, Visitor

ANA, BO, CHEN, OPS = "lark:demo:ou_ana", "lark:demo:ou_bo", "lark:demo:ou_chen", "oc_ops"
WEI, JUN, SUPPORT = "dingtalk:demo:staff_wei", "dingtalk:demo:staff_jun", "cid_support"
REPLY = "在二楼打印机后面的第二层架子"


async def said_by_bot(page: Visitor, person: str, chat: str, after: int) -> list[Message]:
    """What the bot posted since."""
    return [m for m in await page.read(person, chat, after) if m["sender"] == "bot"]


async def test_on_lark_a_question_is_answered_by_her_once_and_by_her_double_ever_after(page: Visitor) -> None:
    """Bo asks, nothing; asks Ana; she replies and keeps it; Chen asks in other words and is answered without her."""
    await page.join(ANA, OPS)
    nothing = await page.ask(BO, OPS, "@分身 Ana 印章柜子在哪里")
    assert nothing["card"]["quotes"] == []
    await page.click(BO, nothing["id"], "ask_person")
    (put,) = await said_by_bot(page, BO, OPS, nothing["n"])
    await page.say(ANA, OPS, REPLY, reply_to=put["id"])
    (brought,) = await said_by_bot(page, BO, OPS, put["n"])
    assert [(q["text"], q["who"]) for q in brought["card"]["quotes"]] == [(REPLY, "Ana")]
    assert brought["card"]["label"] == ""
    offer = await page.last_card(ANA, await page.direct(ANA))
    assert await page.click(ANA, offer["id"], "keep") == "记住了。"
    answer = await page.ask(CHEN, OPS, "@分身 Ana 印章柜子放哪儿了")
    assert any(REPLY in q["text"] for q in answer["card"]["quotes"])
    assert answer["card"]["label"]


async def test_on_dingtalk_her_reply_to_the_bot_is_brought_and_kept(page: Visitor) -> None:
    """Though no id tells which message she quotes: her mention of the bot, as a reply to it, is enough."""
    await page.join(WEI, SUPPORT, "join_today")
    nothing = await page.ask(JUN, SUPPORT, "@分身 魏来 印章柜子在哪里")
    await page.click(JUN, nothing["id"], "ask_person")
    (put,) = await said_by_bot(page, JUN, SUPPORT, nothing["n"])
    await page.say(WEI, SUPPORT, f"@分身 {REPLY}", reply_to=put["id"])
    (brought,) = await said_by_bot(page, JUN, SUPPORT, put["n"])
    assert REPLY in brought["text"] or REPLY in str(brought["card"])
    offer = await page.last_card(WEI, await page.direct(WEI))
    await page.click(WEI, offer["id"], "keep")
    answer = await page.ask(JUN, SUPPORT, "@分身 魏来 柜子里的印章在哪儿")
    assert any(REPLY in q["text"] for q in answer["card"]["quotes"])


async def test_a_message_is_remembered_and_forgotten_by_its_authors_word_on_both(page: Visitor) -> None:
    """As a reply: read back on Lark, quoted along on DingTalk."""
    for owner, asker, chat, name in ((ANA, BO, OPS, "Ana"), (WEI, JUN, SUPPORT, "魏来")):
        await page.join(owner, chat, "join_today")
        hers = await page.say(owner, chat, "发版窗口是周四下午")
        question = f"@分身 {name} 发版窗口是什么时候"
        await page.say(owner, chat, "@分身 记住", reply_to=hers)
        quotes = (await page.ask(asker, chat, question))["card"]["quotes"]
        assert [q["text"] for q in quotes] == ["发版窗口是周四下午"]
        await page.say(owner, chat, "@分身 忘记", reply_to=hers)
        assert (await page.ask(asker, chat, question))["card"]["quotes"] == []


async def test_a_note_to_the_bot_is_kept_and_can_be_undone_from_its_card(page: Visitor) -> None:
    """In the direct chat; the group finds it."""
    await page.join(WEI, SUPPORT, "join_today")
    direct = await page.direct(WEI)
    await page.say(WEI, direct, "记住：发版窗口是周四下午")
    assert (await page.ask(JUN, SUPPORT, "@分身 魏来 发版窗口是什么时候"))["card"]["quotes"]
    kept = await page.last_card(WEI, direct)
    await page.click(WEI, kept["id"], "drop")
    assert (await page.ask(JUN, SUPPORT, "@分身 魏来 发版窗口是什么时候"))["card"]["quotes"] == []
