"""Pages on both platforms, by the demo's page: learned, shown alone, edited, answered with, and gone back on."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot.demo.visitor import Message, Visitor
from tests.store.paged import ROLLBACK, TALK, VENDOR

ANA, BO, OPS = "lark:demo:ou_ana", "lark:demo:ou_bo", "oc_ops"
WEI, JUN, SUPPORT = "dingtalk:demo:staff_wei", "dingtalk:demo:staff_jun", "cid_support"
PAGE = "run payctl rollback"


def _history(owner: str, chat: str) -> bytes:
    """A file of what the owner said, with a colleague's words between."""
    since = datetime.now(UTC) - timedelta(days=3)
    said: Sequence[str] = (*ROLLBACK, *VENDOR, *TALK)
    rows = [
        {"id": f"h{n}", "chat": chat, "sender": owner, "at": (since + timedelta(hours=n)).isoformat(), "text": text}
        for n, text in enumerate(said)
    ]
    other = {**rows[0], "id": "other", "sender": "lark:demo:ou_nobody", "text": "payctl rollback is what others say"}
    return "\n".join(json.dumps(row) for row in (*rows, other)).encode()


def _quotes(message: Message) -> list[str]:
    return [quote["text"] for quote in message["card"]["quotes"]]


async def _tap(page: Visitor, owner: str, label: str) -> Message:
    """Tap the button of the owner's last card that says this; the card that shows how things stand then."""
    direct = await page.direct(owner)
    card = await page.last_card(owner, direct)
    action = next(b["action"] for b in card["card"]["actions"] if label in b["label"])
    await page.click(owner, card["id"], action)
    return await page.last_card(owner, direct)


@pytest.mark.parametrize(
    ("owner", "asker", "chat", "name"), [(ANA, BO, OPS, "Ana"), (WEI, JUN, SUPPORT, "魏来")], ids=["lark", "dingtalk"]
)
async def test_a_page_is_learned_shown_opened_edited_answered_with_withheld_and_gone_back_on(
    page: Visitor, owner: str, asker: str, chat: str, name: str
) -> None:
    """Nobody but its owner ever sees a card about it; what others may have of it is their answer."""
    question = f"@分身 {name} 页面 payctl rollback"
    await page.join(owner, chat)
    direct = await page.direct(owner)
    await page.send_file(owner, direct, _history(owner, chat))
    told = [m for m in await page.read(owner, direct) if m["card"] and PAGE in m["card"]["text"]]
    assert told
    assert "others say" not in str(told)
    await page.ask(owner, direct, "页面")
    shown = await _tap(page, owner, "payctl")
    assert _quotes(shown) == list(ROLLBACK[::-1])
    await _tap(page, owner, "修改")
    assert _quotes(await _tap(page, owner, "去掉第 1 行")) == list(ROLLBACK[1::-1])
    assert "在用" in (await _tap(page, owner, "用这一页"))["card"]["text"]
    assert _quotes(await page.ask(asker, chat, question)) == list(ROLLBACK[1::-1])
    await _tap(page, owner, "不分享")
    assert set(_quotes(await page.ask(asker, chat, question + "？"))).isdisjoint(ROLLBACK[1::-1])
    history = await _tap(page, owner, "版本")
    assert "去掉一行" in history["card"]["text"]
    assert _quotes(await _tap(page, owner, "退回第 3 版")) == list(ROLLBACK[1::-1])
    assert _quotes(await page.ask(asker, chat, f"{question}。")) == list(ROLLBACK[1::-1])
    assert PAGE not in str([m for m in await page.read(asker, await page.direct(asker)) if m["sender"] == "bot"])
