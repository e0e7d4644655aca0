"""A long answer is one screen first, on both platforms, and whole by one tap; nothing that was taken back unfolds."""

import re

from adapters.folding import LEAD
from bot.demo.visiting import Visit
from bot.demo.visitor import Message, Visitor
from skills.words import Claim
from tests.whole.conftest import Open

ANA, BO, OPS = "lark:demo:ou_ana", "lark:demo:ou_bo", "oc_ops"
WEI, JUN, SARA, SUPPORT = (
    "dingtalk:demo:staff_wei",
    "dingtalk:demo:staff_jun",
    "dingtalk:demo:staff_sara",
    "cid_support",
)
LONG = "印章柜子在二楼打印机后面。" + "借用之前先在登记本上写清楚日期、用途和归还的时间，" * 7 + "用完当天放回去。"
ASKED = "@分身 魏来 印章柜子在哪里"


async def _asked(page: Visitor) -> Message:
    """Jun asks Wei's double for something that Wei said at length."""
    await page.join(WEI, SUPPORT, "join_today")
    await page.say(WEI, SUPPORT, f"@分身 记住：{LONG}")
    await page.read(WEI, SUPPORT)
    return await page.ask(JUN, SUPPORT, ASKED)


def _words(message: Message) -> list[str]:
    return [quote["text"] for quote in message["card"]["quotes"]]


def _actions(message: Message) -> list[str]:
    return [button["action"] for button in message["card"]["actions"]]


async def _now(page: Visitor, message: Message) -> Message:
    """The same message as it stands now."""
    return next(m for m in await page.read(JUN, SUPPORT) if m["id"] == message["id"])


async def test_on_dingtalk_a_long_answer_is_one_screen_and_whole_by_anybodys_tap(whole: Visit) -> None:
    """Where it stands: label, id and buttons stay, no message comes, and all of it costs two calls."""
    page, requests = whole.page, whole.among.dingtalk.door.requests
    first = await _asked(page)
    asked = len(requests)
    (shown,) = _words(first)
    assert LONG.startswith(shown.removesuffix("…"))
    assert len(shown) <= LEAD + 1
    assert _actions(first)[0] == "unfold"
    assert first["card"]["answer"] in first["card"]["label"]
    there = len(await page.read(JUN, SUPPORT))
    await page.click(SARA, first["id"], "unfold")
    after = await _now(page, first)
    assert _words(after) == [LONG]
    assert (after["card"]["label"], after["card"]["answer"]) == (first["card"]["label"], first["card"]["answer"])
    assert _actions(after) == _actions(first)[1:]
    assert len(await page.read(JUN, SUPPORT)) == there
    assert [method for method, _ in requests[asked:]] == ["PUT"]


async def test_as_text_it_is_one_screen_too_and_a_word_brings_the_rest(whole: Visit) -> None:
    """Where calls are scarce, by the session webhook alone."""
    page, requests = whole.page, whole.among.dingtalk.door.requests
    await whole.ground.store.count_calls("dingtalk", 9_000)
    await whole.fenshen.meter.flush()
    first = await _asked(page)
    assert first["card"] is None
    assert LONG not in first["text"]
    told = re.search(r"/show [0-9A-Z]+", first["text"])
    assert told
    asked = len(requests)
    assert LONG in (await page.ask(SARA, SUPPORT, f"@分身 {told[0]}"))["text"]
    assert {path for _, path in requests[asked:]} == {"/robot/sendBySession"}


async def test_after_a_restart_it_still_unfolds(opened: Open) -> None:
    """The words are read where they are kept; only who may read them now does."""
    async with opened() as before:
        first = await _asked(before.page)
    async with opened() as after:
        await after.page.click(SARA, first["id"], "unfold")
        assert _words(await _now(after.page, first)) == [LONG]


async def test_what_was_taken_back_does_not_unfold(whole: Visit) -> None:
    """Whoever taps is told alone what is told of an answer that never was; the words come nowhere."""
    page = whole.page
    first = await _asked(page)
    assert await whole.ground.store.pause(Claim("dingtalk", "e-pause"), WEI, None)
    await page.click(SARA, first["id"], "unfold")
    assert await _now(page, first) == first
    his = await page.direct(SARA)
    (told,) = await page.read(SARA, his)
    assert (await page.ask(SARA, his, "/show ZZZZZZ"))["text"] == told["text"]


async def test_on_lark_the_reader_unfolds_and_there_is_no_button(whole: Visit) -> None:
    """All of it is in the card, behind its beginning."""
    page = whole.page
    await page.join(ANA, OPS, "join_today")
    await page.say(ANA, OPS, LONG)
    await page.read(ANA, OPS)
    answer = await page.ask(BO, OPS, "@分身 Ana 印章柜子在哪里")
    assert _words(answer) == [LONG]
    assert "unfold" not in _actions(answer)
    assert "collapsible_panel" in str(answer)
