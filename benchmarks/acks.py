"""How soon messages are acknowledged while questions wait for a slow model, with bot and platform in one process."""

import asyncio
import tempfile
from datetime import datetime
from pathlib import Path
from statistics import quantiles

from pydantic import SecretStr

from bot.demo.company import load
from bot.demo.scripted import Scripted, words
from bot.demo.stage import simulated
from bot.demo.visiting import Visit, visited
from bot.settings import Settings
from skills.ground import open_ground

ANA, BO, OPS = "lark:demo:ou_ana", "ou_bo", "oc_ops"
QUESTIONS, SLOW, MESSAGES, RATE = 20, 10.0, 160, 20  # messages a second


async def ack_p99_ms() -> float:
    """Of so many messages while so many questions wait for a model that takes so many seconds."""
    company = load(None, now=datetime.now().astimezone())
    with tempfile.TemporaryDirectory(prefix="acks", dir="/var/tmp") as data:
        Path(data).chmod(0o755)
        async with Scripted(says=words).listening() as server:
            key = SecretStr("k")
            settings = Settings(data=Path(data), model="openai:m", model_base_url=server.url, model_key=key)
            async with (
                open_ground(Path(data) / "d") as ground,
                simulated(settings, company) as among,
                visited(ground, among) as visit,
            ):
                return await _measured(visit, server)


async def _measured(visit: Visit, server: Scripted) -> float:
    direct = await visit.page.direct(ANA)
    await visit.page.join(ANA, OPS, "join_today")
    await visit.page.say(ANA, OPS, "支付重试的退避策略：第一次等 30 秒，之后每次翻倍，最多五次。")
    await visit.quiet()
    await visit.page.say(ANA, direct, "/speak")
    await visit.quiet()
    await visit.page.click(ANA, (await visit.page.last_card(ANA, direct))["id"], "speak")
    await visit.page.ask(ANA, direct, "支付重试怎么退避")  # everything is loaded
    server.delay, before = SLOW, len(server.requests)
    for n in range(QUESTIONS):  # each worded anew: the same again is answered once, while its answer still grows too
        await visit.page.say(ANA, direct, f"支付重试怎么退避 {'，' * n}呢")
    while len(server.requests) < before + 10:
        await asyncio.sleep(0.1)
    seconds = sorted(await asyncio.gather(*(_acknowledged(visit, n) for n in range(MESSAGES))))
    assert visit.fenshen.answering.busy, "nothing waited any more"
    return 1000 * quantiles(seconds, n=100)[98]


async def _acknowledged(visit: Visit, n: int) -> float:
    await asyncio.sleep(n / RATE)
    lark = visit.among.lark
    await lark.say(BO, OPS, f"第 {n} 条")
    ack = await lark.gateway.deliveries[-1].ack
    assert ack.code == 200, "an event was refused"
    return float(ack.seconds)
