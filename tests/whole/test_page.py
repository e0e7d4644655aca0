"""The page in a real browser: the guided minute by its own buttons, and what is typed by hand."""

import re
import shutil
from collections.abc import AsyncIterator
from importlib import resources
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect
from pydantic import SecretStr

from bot.demo.scripted import Scripted, words_more
from bot.demo.visitor import Visitor
from bot.settings import Settings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
WORDS = resources.files("bot.demo") / "page" / "words.js"
PATIENCE = 30_000  # milliseconds

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine (CI installs it)"),
]


@pytest.fixture
async def settings(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Settings]:
    """Nothing set; for a test of a model, the made-up one that the demo is shown with."""
    plain = Settings(data=tmp_path)
    if "model" not in request.node.name:
        yield plain
        return
    async with Scripted(says=words_more, pause=0.002).listening() as made_up:
        model = {"model": "openai:made-up", "model_base_url": made_up.url, "model_key": SecretStr("any")}
        yield plain.model_copy(update=model)


@pytest.fixture
async def browser_page(page: Visitor) -> AsyncIterator[Page]:
    """The demo's page, open in Chromium; whatever it complains about fails the test."""
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = await browser.new_page(locale="zh-CN")
        opened.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        await opened.goto(str(page.http.base_url))
        yield opened
        await browser.close()
    assert complaints == []


async def test_the_guided_minute_goes_through_by_its_own_buttons(browser_page: Page) -> None:
    """Opt in, ask, opt out, ask again on Lark; opt in, send a file, ask on DingTalk."""
    steps = browser_page.locator("#steps li")
    await expect(steps).to_have_count(7)
    said = [
        "已开通：支付运维",
        "Ana 的原话",
        "已删除",
        "我这里没有 Ana 分享到这里",
        "已开通：商户支持",
        "收下你的",
        "魏来 的原话",
    ]
    for index, words in enumerate(said):
        await steps.nth(index).get_by_role("button").click()
        await expect(steps.nth(index)).to_have_class("done lark" if index < 4 else "done dingtalk", timeout=PATIENCE)
        await expect(browser_page.locator("#log").get_by_text(words).last).to_be_visible(timeout=PATIENCE)


async def test_what_a_person_types_is_answered_in_the_chat(browser_page: Page) -> None:
    """Enter sends; the bot's reply appears without reloading."""
    await browser_page.get_by_role("button", name="Bo").first.click()
    await browser_page.locator("#text").fill("@分身 帮助")
    await browser_page.locator("#text").press("Enter")
    await expect(browser_page.locator("#log").get_by_text("/optin").last).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize("platform", ["lark", "dingtalk"])
async def test_the_guided_week_goes_through_by_its_own_buttons(browser_page: Page, platform: str) -> None:
    """Asked, put to her, kept, answered in other words, corrected; then asked alone, and sent by her; read, paused."""
    await browser_page.locator("#guide-title button").nth(1 if platform == "lark" else 2).click()
    steps, log = browser_page.locator("#steps li"), browser_page.locator("#log")
    await expect(browser_page.locator("#language")).to_have_text("English")
    await expect(steps).to_have_count(13)
    reply, new = ("第二层架子", "三楼前台") if platform == "lark" else ("五楼电梯口", "一楼库房")
    said = [
        "已开通",
        "我这里没有",
        "想请教",
        reply,
        "记住了",
        reply,
        "已更正",
        new,
        "先给",
        "我这里没有",
        "看过",
        "我的分身",
        "暂停",
    ]
    for index, words in enumerate(said):
        await steps.nth(index).get_by_role("button").click()
        await expect(steps.nth(index)).to_have_class(f"done {platform}", timeout=PATIENCE)
        await expect(log.get_by_text(words).last).to_be_visible(timeout=PATIENCE)
        await expect(browser_page.locator("#hint")).not_to_contain_text("等了一会儿")


@pytest.mark.parametrize("platform", ["lark", "dingtalk"])
async def test_with_a_model_its_chapter_goes_through_by_its_own_buttons(browser_page: Page, platform: str) -> None:
    """She joins, agrees, asks her own double and reads the model's words under its name, asks why, and ends it."""
    await browser_page.locator("#guide-title button").nth(5 if platform == "lark" else 6).click()
    steps, log = browser_page.locator("#steps li"), browser_page.locator("#log")
    said = ["已开通", "收下你的", "由 openai:made-up", "· openai:made-up ·", "句是它写的", "什么都不会发给模型"]
    said = [words for words in said if platform == "dingtalk" or words != "收下你的"]
    await expect(steps).to_have_count(len(said))
    for index, words in enumerate(said):
        await steps.nth(index).get_by_role("button").click()
        await expect(steps.nth(index)).to_have_class(f"done {platform}", timeout=PATIENCE)
        await expect(log.get_by_text(words).last).to_be_visible(timeout=PATIENCE)
        await expect(browser_page.locator("#hint")).not_to_contain_text("等了一会儿")


async def test_without_one_nobody_is_shown_that_chapter(browser_page: Page) -> None:
    """What the demo cannot do it does not offer."""
    await expect(browser_page.locator("#guide-title button")).to_have_count(5)
    await expect(browser_page.locator("#guide-title")).not_to_contain_text("模型")


@pytest.mark.parametrize("platform", ["lark", "dingtalk"])
async def test_the_guided_chapter_of_learning_goes_through_by_its_own_buttons(
    browser_page: Page, platform: str
) -> None:
    """Read, a page with its evidence, named, opened, corrected, kept back, a version back, and taken along."""
    await browser_page.locator("#guide-title button").nth(3 if platform == "lark" else 4).click()
    steps, log = browser_page.locator("#steps li"), browser_page.locator("#log")
    lark = platform == "lark"
    title, new = ("支付回滚四步", "网关自己换单号") if lark else ("退款额度三档", "手持身份证")
    first = ["没有收下"] if lark else ["已开通", "收下你的"]
    last = "已发：" if lark else "导出验证码"
    middle = [
        "新，未使用",
        "在用",
        title,
        "的原话",
        "已更正",
        new,
        "的原话",
        "不分享的内容",
        "我这里没有",
        title,
        title,
    ]
    said = [*first, *middle, last]
    await expect(steps).to_have_count(len(said))
    for index, words in enumerate(said):
        await steps.nth(index).get_by_role("button").click()
        await expect(steps.nth(index)).to_have_class(f"done {platform}", timeout=PATIENCE)
        await expect(log.get_by_text(words).last).to_be_visible(timeout=PATIENCE)
        await expect(browser_page.locator("#hint")).not_to_contain_text("等了一会儿")
        if lark and index == 1:
            await log.locator(".jump").last.click()
            await expect(browser_page.locator("#head h2")).to_have_text("支付运维")
            await expect(log.locator(".flash")).to_contain_text("roll back payments")
    if lark:
        async with browser_page.expect_download() as download:
            await log.locator(".file a").last.click()
        assert (await download.value).suggested_filename.startswith("fenshen-export-")


def test_no_sentence_of_the_page_has_the_name_of_another() -> None:
    """The later of two would take the earlier one's place."""
    for language in WORDS.read_text(encoding="utf-8").partition("export")[0].split("  en: {"):
        names = re.findall(r"(?:^|[ {,])([a-zA-Z]+): (?=[\"(\[])", language)
        assert sorted(names) == sorted(set(names))
