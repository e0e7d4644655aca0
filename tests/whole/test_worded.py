"""Promises of the whole with a model: on both platforms, over both real SDKs and the real client, an owner is told."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.demo.scripted import Scripted, words
from bot.demo.visiting import Visit
from bot.settings import Settings
from tests.whole.conftest import Open

SAID = "回滚支付：先停网关，再跑 rollback.sh，大概 15 分钟"


@pytest.fixture
async def provider() -> AsyncIterator[Scripted]:
    """The made-up model that the demo is shown with."""
    async with Scripted(says=words).listening() as scripted:
        yield scripted


@pytest.fixture
def settings(tmp_path: Path, provider: Scripted) -> Settings:
    """As `make demo FENSHEN_MODEL=… FENSHEN_MODEL_BASE_URL=…` sets it."""
    return Settings(data=tmp_path, model="openai:made-up", model_base_url=provider.url, model_key=SecretStr("any"))


@pytest.fixture
async def visit(opened: Open) -> AsyncIterator[Visit]:
    """The demo, running."""
    async with opened() as running:
        yield running


@pytest.mark.parametrize(
    ("owner", "chat"),
    [("lark:demo:ou_ana", "oc_ops"), ("dingtalk:demo:staff_wei", "cid_support")],
    ids=["lark", "ding"],
)
async def test_an_owner_who_agrees_reads_the_models_words_above_their_own(visit: Visit, owner: str, chat: str) -> None:
    """The label names the model, and the quotes stand below; before the yes there are quotes alone."""
    page, direct = visit.page, await visit.page.direct(owner)
    await page.join(owner, chat, "join_today")
    await page.say(owner, chat, f"@分身 记住：{SAID}")
    before = await page.ask(owner, direct, "怎么回滚支付")
    assert "made-up" not in before["card"]["label"]
    await page.say(owner, direct, "让模型写")
    await page.click(owner, (await page.last_card(owner, direct))["id"], "speak")
    after = (await page.ask(owner, direct, "回滚支付要多久"))["card"]
    assert after["text"] == SAID
    assert [quote["text"] for quote in after["quotes"]] == [SAID]
    assert "openai:made-up · 127.0.0.1" in after["label"]
