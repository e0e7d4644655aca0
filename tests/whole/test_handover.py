"""A handover from the first word to the first answer after its owner has left, on both platforms."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.demo.visiting import Visit

ANA, BO, MEI, OPS = "lark:demo:ou_ana", "lark:demo:ou_bo", "lark:demo:ou_mei", "oc_ops"
WEI, JUN, NING = (f"dingtalk:demo:staff_{name}" for name in ("wei", "jun", "ning"))
SUPPORT = "cid_support"
WORDS = "印章柜子在二楼打印机后面"


@pytest.mark.parametrize(
    ("owner", "reader", "other", "chat", "name", "named"),
    [(ANA, BO, MEI, OPS, "Ana", "Bo"), (WEI, JUN, NING, SUPPORT, "魏来", "小俊")],
    ids=["lark", "dingtalk"],
)
async def test_what_is_signed_is_answered_after_leaving_to_whom_it_names_and_to_nobody_else(
    whole: Visit, owner: str, reader: str, other: str, chat: str, name: str, named: str
) -> None:
    """Not before, not in the group, not to a colleague whom it does not name; and it says what it is."""
    page, question = whole.page, f"{name} 印章柜子在哪里"
    await page.join(owner, chat, "join_today")
    await page.say(owner, chat, f"@分身 记住：{WORDS}")
    day = f"{datetime.now(UTC) + timedelta(days=60):%Y-%m-%d}"
    await page.read(owner, chat)
    await page.say(owner, chat, f"@分身 交接 @{named} {day}")
    await page.read(owner, chat)
    hers = await page.direct(owner)
    offer = await page.last_card(owner, hers)
    assert all(part in offer["card"]["text"] for part in (named, day))
    await page.click(owner, offer["id"], "handover_sign")
    assert "离职" in str((await page.last_card(owner, hers))["card"])

    async def answered(who: str, where: str, called: str = "") -> list[str]:
        card = (await page.ask(who, where, f"{called}{question}"))["card"]
        assert not card["quotes"] or day in card["label"]
        return [q["text"] for q in card["quotes"]]

    assert await answered(reader, await page.direct(reader)) == []
    if owner == ANA:
        whole.among.lark.depart("ou_ana")
    else:
        await whole.among.dingtalk.leave("staff_wei")
    await whole.quiet()
    (words,) = await answered(reader, await page.direct(reader))
    assert WORDS in words
    assert await answered(other, await page.direct(other)) == []
    assert await answered(reader, chat, "@分身 ") == []
