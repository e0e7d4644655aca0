"""The guided week on both platforms: answered by her once, by her double ever after, put right, and paused."""

from typing import Any

import pytest

from bot.demo.visitor import Message, Visitor


async def _said_since(page: Visitor, person: str, chat: str, after: int) -> Message:
    """The bot's one message in a chat since."""
    (said,) = [m for m in await page.read(person, chat, after) if m["sender"] == "bot"]
    return said


def _quoted(message: Message) -> list[str]:
    """What an answer quotes, without the headings under which it was kept."""
    return [quote["text"].partition("\n")[2] or quote["text"] for quote in message["card"]["quotes"]]


def _words(typed: str) -> str:
    """A typed line without whom it calls and the word that has the double corrected."""
    bare = typed.removeprefix("@分身 ").removeprefix("@bot ")
    return bare.removeprefix("更正：").removeprefix("correct: ")


@pytest.mark.parametrize(
    ("platform", "language"), [("lark", "zh"), ("lark", "en"), ("dingtalk", "zh"), ("dingtalk", "en")]
)
async def test_the_guided_week_goes_through(page: Visitor, platform: str, language: str) -> None:
    """Nobody knows; she replies and keeps it; others are told without her, and what she corrected.

    Asked alone, she looks before anything is sent; then she pauses.
    """
    weeks: list[dict[str, Any]] = (await page.http.get("/demo/guide")).json()["weeks"]
    (week,) = [w for w in weeks if w["platform"] == platform]
    owner, asker, other, chat = week["owner"], week["asker"], week["next"], week["chat"]
    direct = await page.direct(owner)
    await page.join(owner, chat)

    nothing = await page.ask(asker, chat, week["question"][language])
    assert nothing["card"]["quotes"] == []
    await page.click(asker, nothing["id"], "ask_person")
    put = await _said_since(page, asker, chat, nothing["n"])
    hers = await page.say(owner, chat, week["reply"][language], reply_to=put["id"])
    brought = await _said_since(page, asker, chat, put["n"])
    assert _words(week["reply"][language]) in brought["text"] + str(brought["card"])
    await page.click(owner, (await page.last_card(owner, direct))["id"], "keep")

    answer = await page.ask(other, chat, week["again"][language])
    assert _quoted(answer)[0] == _words(week["reply"][language])
    assert answer["card"]["label"]
    assert list(await page.read(owner, chat, answer["n"])) == [], "she was disturbed"

    await page.say(owner, chat, week["correction"][language], reply_to=answer["id"])
    assert (await page.last_card(owner, direct))["card"]["title"] in ("已更正", "Corrected")
    corrected = await page.ask(other, chat, week["again"][language])
    assert _quoted(corrected)[0] == _words(week["correction"][language])
    assert _words(week["reply"][language]) not in str(corrected["card"])
    assert hers

    (await page.http.post("/demo/scope", json={"scope": week["scope"]})).raise_for_status()
    await page.say(owner, direct, week["join"])
    await page.click(owner, (await page.last_card(owner, direct))["id"], "join_here")
    await page.read(owner, direct)
    his = await page.direct(asker)
    nothing = await page.ask(asker, his, week["alone"][language])
    assert nothing["card"]["quotes"] == []
    draft = await page.last_card(owner, direct)
    assert _words(week["correction"][language]) in str(draft["card"]["quotes"])
    await page.click(owner, draft["id"], "draft_send")
    sent = await page.last_card(asker, his)
    assert _quoted(sent)[0] == _words(week["correction"][language])
    assert sent["card"]["answer"]

    await page.say(owner, direct, "我的分身" if language == "zh" else "my double")
    mine = await page.last_card(owner, direct)
    assert " 2 " in mine["card"]["text"], "once what she corrected, once what she sent"
    await page.click(owner, mine["id"], "pause")
    assert _quoted(await page.ask(other, chat, week["again"][language])) == []
