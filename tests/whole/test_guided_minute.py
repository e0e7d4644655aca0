"""The first minute: opt in as one person with one tap, ask as another, opt out, ask again; on both platforms."""

from bot.demo.visitor import Visitor

ANA, BO, OPS = "lark:demo:ou_ana", "lark:demo:ou_bo", "oc_ops"
ROLLBACK = "@分身 Ana 怎么回滚支付"


async def test_before_anybody_joined_a_question_gets_the_one_sentence(page: Visitor) -> None:
    """Nobody has consented to anything: there is nothing to say."""
    reply = await page.ask(BO, OPS, ROLLBACK)
    assert reply["card"]["text"] == "我这里没有 Ana 分享到这里、能回答这个问题的内容。"
    assert reply["card"]["quotes"] == []


async def test_ana_opts_in_with_one_tap_and_bo_is_answered_in_her_words(page: Visitor) -> None:
    """The whole path on Lark, her history included."""
    receipt = await page.join(ANA, OPS)
    assert "找到你的" in receipt["card"]["text"]
    reply = await page.ask(BO, OPS, ROLLBACK)
    card = reply["card"]
    said = {m["id"]: m for m in await page.read(BO, OPS)}
    assert card["quotes"]
    for quote in card["quotes"]:
        assert said[quote["message"]]["sender"] == ANA
        assert quote["text"] in said[quote["message"]]["text"]
    assert card["answer"]
    assert card["answer"] in card["label"]
    assert "Ana" in card["label"]


async def test_after_leaving_the_same_question_gets_the_one_sentence_again(page: Visitor) -> None:
    """Leaving is one word; the card becomes the erasure's receipt."""
    await page.join(ANA, OPS)
    assert (await page.ask(BO, OPS, ROLLBACK))["card"]["quotes"]
    await page.say(ANA, OPS, "@分身 退出")
    direct = await page.direct(ANA)
    receipt = await page.last_card(ANA, direct)
    assert receipt["card"]["title"] == "已删除"
    assert receipt["edited"]
    assert "残留 0" in receipt["card"]["text"]
    assert (await page.ask(BO, OPS, ROLLBACK))["card"]["quotes"] == []
