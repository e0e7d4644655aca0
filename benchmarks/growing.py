"""How soon the first sentence of a streamed answer stands in the chat, and how many platform calls one costs.

The whole bot, both simulated platforms and a made-up model of three sentences in one process. The clock runs from the
moment the model has written the last bracket of its first sentence until the card with it stands in the chat: reading,
checks, decision, record and two requests to the platform lie between, and nothing of the model's own time.
"""

import asyncio
import tempfile
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from pydantic import SecretStr

from adapters.world import BOT, World
from bot.demo.company import load
from bot.demo.scripted import Scripted, words_more
from bot.demo.stage import simulated
from bot.demo.visiting import Visit, visited
from bot.settings import Settings
from skills.ground import open_ground

ANA, OPS = "lark:demo:ou_ana", "oc_ops"
WEI, SUPPORT = "dingtalk:demo:staff_wei", "cid_support"
ANSWERS = 7  # on each platform
THINGS = "订单 退款 对账 发票 库存 短信 报表 积分".split()
SAID = ("{0}回滚：先停网关，再跑 rollback.sh。", "{0}回滚之后在群里说一声。", "{0}回滚大概 15 分钟。")


async def growing() -> Mapping[str, float]:
    """The figures."""
    company = load(None, now=datetime.now().astimezone())
    with tempfile.TemporaryDirectory(prefix="grows", dir="/var/tmp") as data:
        Path(data).chmod(0o755)
        async with Scripted(says=words_more, pause=0.002).listening() as server:
            key, named = SecretStr("k"), "lark,dingtalk"
            settings = Settings(data=Path(data), model="openai:m", model_base_url=server.url, model_key=key)
            settings = settings.model_copy(update={"streaming": named})
            async with (
                open_ground(Path(data) / "d") as ground,
                simulated(settings, company) as among,
                visited(ground, among) as visit,
            ):
                lark = await _of(visit, server, ANA, OPS, among.lark.world)
                dingtalk = await _of(visit, server, WEI, SUPPORT, among.dingtalk.world)
    return {
        "first_text_ms": lark["ms"],
        "first_text_ms_dingtalk": dingtalk["ms"],
        "calls_streamed": lark["calls"],
        "calls_streamed_dingtalk": dingtalk["calls"],
    }


async def _of(visit: Visit, server: Scripted, owner: str, chat: str, world: World) -> Mapping[str, float]:
    page, direct = visit.page, await visit.page.direct(owner)
    await page.join(owner, chat, "join_today")
    for thing in THINGS:
        for said in SAID:
            await page.say(owner, chat, f"@分身 记住：{said.format(thing)}")
    await page.say(owner, direct, "/speak")
    found = [m for m in await page.read(owner, direct) if m["card"]]
    offers = [m for m in found if any(b["action"] == "speak" for b in m["card"]["actions"])]
    await page.click(owner, offers[-1]["id"], "speak")
    await visit.quiet()
    platform: Any = visit.fenshen.platforms[owner.partition(":")[0]]
    took, calls = list[float](), list[int]()
    for n in range(ANSWERS + 1):
        before, written = platform.calls, asyncio.get_running_loop().create_future()

        async def midway(by_then: str, written: "asyncio.Future[float]" = written) -> None:
            if "]}" in by_then and not written.done():
                written.set_result(time.monotonic())

        server.midway = midway
        posts = len(world.posts)
        await page.say(owner, direct, f"{THINGS[n]}怎么回滚")
        stood = await _stands(world, posts)
        await visit.quiet()
        if n:  # with the first one everything is loaded
            took.append(1000 * (stood - await written))
            calls.append(platform.calls - before)
    return {"ms": round(median(took), 1), "calls": round(median(calls), 1)}


async def _stands(world: World, posts: int) -> float:
    """When the bot's next message stands in the chat."""
    async with asyncio.timeout(60):
        while not any(post.sender == BOT for post in list(world.posts.values())[posts:]):
            await asyncio.sleep(0.001)
    return time.monotonic()
