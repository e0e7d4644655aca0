"""What a double learned, on both platforms: read with progress, a page with its evidence, and what its owner does."""

import asyncio
import base64
import io
import json
import zipfile
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from skills_ref import validate

from bot.archive import unzipped, verdict
from bot.demo.visiting import Visit
from bot.demo.visitor import Message, Visitor
from bot.learning import PROGRESS_SECONDS

Told = dict[str, Any]


def _quotes(message: Message) -> list[str]:
    return [quote["text"] for quote in message["card"]["quotes"]]


def _words(typed: str) -> str:
    """A typed correction without whom it calls and the word that makes it one."""
    return typed.partition("更正：")[2] or typed.partition("correct: ")[2]


async def _hers(page: Visitor, owner: str, action: str) -> Message:
    """The last card of the owner's that offers this."""
    said = await page.read(owner, await page.direct(owner))
    return [m for m in said if m["card"] and any(a["action"] == action for a in m["card"]["actions"])][-1]


async def _tapped(page: Visitor, owner: str, card: Message, action: str) -> Message:
    """A tap on it, and the card that shows how things stand then."""
    direct = await page.direct(owner)
    before = max(m["n"] for m in await page.read(owner, direct))
    await page.click(owner, card["id"], action)
    return [m for m in await page.read(owner, direct, before) if m["sender"] == "bot" and m["card"]][-1]


async def _told(page: Visitor, platform: str) -> Told:
    chapters: list[Told] = (await page.http.get("/demo/guide")).json()["learned"]
    (told,) = [one for one in chapters if one["platform"] == platform]
    return told


async def _learn(page: Visitor, told: Told) -> None:
    await page.join(told["owner"], told["chat"])
    if told["file"]:
        direct, data = await page.direct(told["owner"]), base64.b64decode(told["file"]["base64"])
        await page.send_file(told["owner"], direct, data, told["file"]["name"])
        await page.read(told["owner"], direct)


@pytest.mark.parametrize(
    ("platform", "language"), [("lark", "zh"), ("lark", "en"), ("dingtalk", "zh"), ("dingtalk", "en")]
)
async def test_the_guided_chapter_of_learning_goes_through(
    whole: Visit, page: Visitor, platform: str, language: str, tmp_path: Path
) -> None:
    """A page with evidence, named and used; corrected, kept back, a version back; and an export with a valid skill."""
    told = await _told(page, platform)
    owner, asker, chat = told["owner"], told["asker"], told["chat"]
    await _learn(page, told)
    direct = await page.direct(owner)

    shown = await _tapped(page, owner, await _hers(page, owner, "page"), "page")
    said = {m["text"]: m for m in await page.read(asker, chat)}
    assert len(_quotes(shown)) >= 3
    assert all(said[text]["sender"] == owner for text in _quotes(shown))
    if platform == "lark":
        places = [(q["chat"], q["message"]) for q in shown["card"]["quotes"]]
        assert places == [(chat, said[text]["id"]) for text in _quotes(shown)]

    history = next(a for a in shown["card"]["actions"] if a["action"] == "page_history")
    await page.say(owner, direct, f"{history['command'].removesuffix(' history')} title {told['title'][language]}")
    named = await _hers(page, owner, "page_do")
    assert named["card"]["title"] == told["title"][language]
    assert (await page.ask(asker, chat, told["opens"][language]))["card"]["title"] != told["title"][language]
    await _tapped(page, owner, named, "page_do")
    opened = await page.ask(asker, chat, f"{told['opens'][language]}。")
    assert set(_quotes(opened)) <= set(_quotes(shown))
    assert opened["card"]["label"]

    answer = await page.ask(asker, chat, told["fact"][language])
    old = _quotes(answer)
    assert old
    await page.say(owner, chat, told["correction"][language], reply_to=answer["id"])
    corrected = await page.ask(asker, chat, told["fact"][language])
    assert _words(told["correction"][language]) in _quotes(corrected)[0]
    assert set(_quotes(corrected)).isdisjoint(old)

    assert _quotes(await page.ask(asker, chat, told["kept"][language]))
    await page.say(owner, direct, told["withhold"][language])
    hidden = await page.ask(asker, chat, told["kept"][language])
    assert hidden["card"]["quotes"] == []

    before = await _hers(page, owner, "page_edit")
    edit = await _tapped(page, owner, before, "page_edit")
    less = await _tapped(page, owner, edit, "page_do")
    assert _quotes(less) == _quotes(before)[1:]
    versions = await _tapped(page, owner, less, "page_history")
    back = await _tapped(page, owner, versions, "page_do")
    assert _quotes(back) == _quotes(before)

    await page.say(owner, direct, "导出" if language == "zh" else "export")
    data = await _export(page, told)
    files = unzipped(data)
    assert files is not None
    assert verdict(files, b64encode(await whole.ground.store.public_key()).decode()).ok
    _skill_is_valid(data, tmp_path, told["title"][language])


async def _export(page: Visitor, told: Told) -> bytes:
    """As a file in her chat where the bot can send one, else by the operator's command and her code."""
    owner = told["owner"]
    if told["file"]:
        reply = await page.http.post("/demo/export", json={"as": owner})
        return base64.b64decode(reply.json()["base64"])
    await page.click(owner, (await _hers(page, owner, "export_file"))["id"], "export_file")
    said = await page.read(owner, await page.direct(owner))
    (sent,) = [m for m in said if m["file"] and m["sender"] == "bot"]
    found = await page.http.get(f"/demo/files/{sent['id']}", params={"as": owner})
    assert sent["file"] in found.headers["content-disposition"]
    assert (await page.http.get(f"/demo/files/{sent['id']}", params={"as": told["asker"]})).status_code == 404
    return found.content


def _skill_is_valid(data: bytes, into: Path, title: str) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(into)
    (skill,) = (into / "skill").iterdir()
    assert validate(skill) == []
    assert title in (skill / "work.md").read_text(encoding="utf-8")
    versions = [json.loads(line)["versions"] for line in (into / "pages.jsonl").read_text("utf-8").splitlines()]
    assert len(versions[0]) >= 5


async def test_while_a_history_is_read_its_card_says_how_far_it_is_and_for_how_long(page: Visitor) -> None:
    """On Lark, as on a busy day; then it says what was left out."""
    told = await _told(page, "lark")
    owner, chat = told["owner"], told["chat"]
    (await page.http.post("/demo/slow", json={"seconds": PROGRESS_SECONDS * 0.8})).raise_for_status()
    await page.say(owner, chat, "@分身 加入")
    direct = await page.direct(owner)
    await page.read(owner, direct)
    offer = await page.last_card(owner, direct)
    await page.click(owner, offer["id"], "join_here")
    seen: list[str] = []
    async with asyncio.timeout(60):
        while not any("没有收下" in text for text in seen):
            found = (await page.http.get(f"/demo/chats/{direct}/messages", params={"as": owner})).json()["messages"]
            seen += [m["card"]["text"] for m in found if m["card"] and m["id"] == offer["id"]]
            await asyncio.sleep(0.05)
    assert any("不到一分钟就好" in text and "已读" in text for text in seen)


async def test_a_file_of_somebody_elses_is_nobodys_to_open(page: Visitor) -> None:
    """Nor one that there is not."""
    told = await _told(page, "lark")
    for message in ("om_none", next(m["id"] for m in await page.read(told["owner"], told["chat"]))):
        assert (await page.http.get(f"/demo/files/{message}", params={"as": told["owner"]})).status_code == 404
