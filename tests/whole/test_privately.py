"""A question asked alone, on both platforms: it reaches its owner alone, and her answer reaches its asker alone."""

import pytest

from bot.demo.visiting import Visit
from bot.demo.visitor import Visitor
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources
from tests.whole.conftest import Open

ANA, BO, OPS = "lark:demo:ou_ana", "lark:demo:ou_bo", "oc_ops"
WEI, JUN, SUPPORT = "dingtalk:demo:staff_wei", "dingtalk:demo:staff_jun", "cid_support"
WORDS = "印章柜子在二楼打印机后面"
BOTH = pytest.mark.parametrize(
    ("owner", "asker", "chat", "name"), [(ANA, BO, OPS, "Ana"), (WEI, JUN, SUPPORT, "魏来")], ids=["lark", "dingtalk"]
)


async def _put(page: Visitor, asker: str, question: str) -> None:
    """Ask alone, be told that there is nothing, and tap the one button."""
    nothing = await page.ask(asker, await page.direct(asker), question)
    assert nothing["card"]["quotes"] == []
    await page.click(asker, nothing["id"], "ask_person")


@BOTH
async def test_she_answers_alone_and_keeps_it_for_her_chat(
    page: Visitor, owner: str, asker: str, chat: str, name: str
) -> None:
    """Nothing stands in the group but what the next one asks there, and that is answered without her."""
    await page.join(owner, chat, "join_today")
    before = max((m["n"] for m in await page.read(owner, chat)), default=0)
    hers, his = await page.direct(owner), await page.direct(asker)
    await _put(page, asker, f"{name} 印章柜子在哪里")
    card = (await page.last_card(owner, hers))["card"]
    assert "印章柜子在哪里" in card["text"]
    code = card["note"].partition("/answer ")[2].split()[0]
    await page.say(owner, hers, f"/answer {code} {WORDS}")
    brought = (await page.read(asker, his))[-1]
    shown = brought["text"] + str(brought["card"])
    assert WORDS in shown
    assert f"{name} 回答了" in shown
    await page.say(owner, hers, f"/keep {code} 印章")
    assert await page.read(owner, chat, before) == []
    answer = await page.ask(asker, chat, f"@分身 {name} 印章柜子在哪里")
    assert [q["text"].partition("\n")[2] for q in answer["card"]["quotes"]] == [WORDS]


@BOTH
async def test_whoever_has_no_double_hears_nothing(opened: Open, owner: str, asker: str, chat: str, name: str) -> None:
    """The bot writes first to nobody but owners."""
    async with opened() as visit:
        hers = await visit.page.direct(owner)
        before = await visit.page.read(owner, hers)
        await _put(visit.page, asker, f"{name} 印章柜子在哪里")
        assert await visit.page.read(owner, hers) == before


@BOTH
async def test_what_only_the_asker_may_have_is_told_them_aside(
    whole: Visit, owner: str, asker: str, chat: str, name: str
) -> None:
    """The group reads the one sentence, word for word what it says to anybody who may not have it."""
    page, platform = whole.page, owner.rpartition(":")[0]
    readers, source = Readers((), (asker,)), f"{platform}:{chat}"
    await whole.ground.store.put_scope("aside", ScopeDocument(Sources((source,)), readers, Ceiling(mode="auto")), "ada")
    hers, his = await page.direct(owner), await page.direct(asker)
    await page.say(owner, hers, "/join aside")
    await page.click(owner, (await page.last_card(owner, hers))["id"], "join_today")
    await page.say(owner, chat, f"@分身 记住：{WORDS}")
    await whole.quiet()
    never = await page.ask(owner, chat, f"@分身 {name} 咖啡机的密码是什么")
    there = await page.ask(asker, chat, f"@分身 {name} 印章柜子在哪里")
    assert (there["card"]["text"], there["card"]["quotes"]) == (never["card"]["text"], [])
    await whole.quiet()
    aside = (await page.last_card(asker, his))["card"]
    assert [quote["text"] for quote in aside["quotes"]] == [WORDS]
    assert "只有你看得到" in aside["note"]
