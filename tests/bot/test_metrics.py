"""Promises of the metrics: what an operator needs, over HTTP, to whoever brings the token and nobody else."""

import inspect
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import generate_latest
from pydantic import SecretStr
from sqlalchemy import text

from adapters.base import Click, Message, Receive
from adapters.metered import OUTCOMES, Outcome
from adapters.serving import served
from bot.app import Fenshen
from bot.demo.scripted import Scripted, calls
from bot.metrics import PACE, REASONS, Metrics
from bot.settings import Settings
from bot.support import standing, told
from bot.web import create_web
from skills.database import Database
from skills.queue import Queue
from skills.store import Store
from tests.bot.conftest import METRICS_TOKEN

AUTH = {"Authorization": f"Bearer {METRICS_TOKEN.get_secret_value()}"}
SAID = "回滚支付：先停网关，再跑 rollback.sh，大概 15 分钟"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer wrong", "Basic YTpi", "Bearer é", "bearer null"])
async def test_without_the_token_nothing_is_told(
    anybody: httpx.AsyncClient, admin: httpx.AsyncClient, header: str | None
) -> None:
    """Missing, empty or wrong, or an admin's: one 401."""
    admins = await admin.get("/metrics")
    del admin.headers["Authorization"]
    headers = {} if header is None else {b"Authorization": header.encode("utf-8")}
    answer = await anybody.get("/metrics", headers=headers)
    assert (answer.status_code, answer.content) == (401, b'{"detail":"unauthorized"}')
    assert (admins.status_code, admins.content) == (401, answer.content)


async def test_where_no_token_is_set_there_is_no_such_page(store: Store, composed: Fenshen) -> None:
    """Off unless the operator wants it."""

    async def healthy() -> bool:
        return True

    app = create_web(store, states=dict, healthy=healthy, scrape=composed.scrape)
    async with served(app) as url, httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/metrics", headers=AUTH)).status_code == 404


class Clock:
    """It stands still unless the test moves it."""

    now = datetime(2026, 3, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time."""
        return self.now


class Counting:
    """A platform that tells how its requests went."""

    calls = 0

    def __init__(self) -> None:
        self.outcomes: dict[Outcome, int] = dict.fromkeys(OUTCOMES, 0)


async def none_waits() -> tuple[int, float]:
    """An empty queue."""
    return 0, 0.0


def read(page: bytes) -> Mapping[str, float]:
    """The numbers by all that stands before them."""
    lines = [line.rsplit(" ", 1) for line in page.decode().splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in lines}


async def test_what_tells_noes_apart_is_published_together_and_late() -> None:
    """A model's work, calls and jobs move with those of everybody else, once in five minutes."""
    clock, platform = Clock(), Counting()
    metrics = Metrics({"lark": platform}, clock)  # type: ignore[dict-item]
    before = generate_latest(metrics.registry)
    metrics.went(well=False, seconds=3.0)
    metrics.spent(100, 20)
    metrics.dropped({"figure": 2, "of a reason nobody knows": 1})
    platform.outcomes["busy"] = 2

    async def waits() -> tuple[int, float]:
        return 4, 9.5

    clock.now += PACE - timedelta(seconds=1)
    assert await metrics.scrape(waits) == before
    clock.now += timedelta(seconds=1)
    for _ in range(2):
        seen = read(await metrics.scrape(waits))
        assert seen['fenshen_model_asked_total{result="failed"}'] == 1
        assert seen["fenshen_model_seconds_sum"] == 3.0
        assert seen['fenshen_model_tokens_total{direction="read"}'] == 100
        assert seen['fenshen_model_tokens_total{direction="written"}'] == 20
        assert seen['fenshen_sentences_dropped_total{reason="figure"}'] == 2
        assert seen['fenshen_sentences_dropped_total{reason="kind"}'] == 1
        assert seen['fenshen_platform_calls_total{outcome="busy",platform="lark"}'] == 2
        assert (seen["fenshen_queue_jobs"], seen["fenshen_queue_oldest_seconds"]) == (4, 9.5)


async def test_what_nobody_scrapes_is_not_kept_forever() -> None:
    """What is held back goes with the next that comes after its time."""
    clock = Clock()
    metrics = Metrics({}, clock)
    for _ in range(3):
        metrics.spent(1, 1)
        clock.now += PACE
    assert len(metrics._held) <= 2


async def test_only_answers_are_timed() -> None:
    """How long a no took is told by nothing."""
    metrics = Metrics({}, Clock())
    metrics.answered(metrics.asked())
    watch = metrics.asked()
    with watch.stage("find"):
        pass
    metrics.unanswered()
    seen = read(await metrics.scrape(none_waits))
    assert (seen["fenshen_questions_total"], seen["fenshen_answers_total"]) == (2, 1)
    assert seen['fenshen_answer_seconds_count{stage="all"}'] == 1
    assert seen['fenshen_answer_seconds_count{stage="find"}'] == 0


async def test_the_queue_tells_how_long_the_oldest_job_is_due(queue: Queue, database: Database) -> None:
    """Of whatever kind; what is due later does not count."""
    assert await queue.due() == (0, 0.0)
    async with database.transaction() as connection:
        await queue.defer(connection, "one", {})
        await queue.defer(connection, "two", {}, delay=timedelta(hours=1))
        await connection.execute(text("SELECT pg_sleep(0.02)"))
    jobs, oldest = await queue.due()
    assert jobs == 1
    assert 0 <= oldest < 60


class TestWithAModel:
    """Where the operator has named a model."""

    @pytest.fixture
    async def provider(self) -> AsyncIterator[Scripted]:
        """A model that says one thing which stands there, and one which does not."""
        told = ("paraphrase", "回滚支付先停网关，再跑 rollback.sh。", ["1"])
        lie = ("paraphrase", "回滚支付先停网关，再跑 rollback.sh，大概 50 分钟。", ["1"])
        async with Scripted(says=calls(told, lie)).listening() as scripted:
            yield scripted

    @pytest.fixture
    def settings(self, tmp_path: Path, provider: Scripted) -> Settings:
        """It is named."""
        key = SecretStr("sk-canary")
        return Settings(data=tmp_path, model="openai:m1", model_base_url=provider.url, model_key=key)

    async def test_answers_models_and_dropped_sentences_are_counted(
        self,
        anybody: httpx.AsyncClient,
        fenshen: Fenshen,
        joins: Callable[..., Awaitable[None]],
        receive: Receive,
        says: Callable[..., Message],
        taps: Callable[..., Click],
        asks: Callable[..., Awaitable[Any]],
        settled: Callable[[], Awaitable[None]],
        sent: list[Any],
    ) -> None:
        """Over HTTP, after a real question; of the model only later."""
        await joins("ana", "join_today")
        await receive(says("ana", SAID))
        await receive(says("ana", "/speak", direct=True))
        await settled()
        await receive(taps("ana", "speak", sent[-1][1].buttons[0].value))
        await settled()
        await asks("ana", "怎么回滚支付", direct=True)
        seen = read((await anybody.get("/metrics", headers=AUTH)).content)
        assert seen["fenshen_answers_total"] == 1
        assert seen['fenshen_answer_seconds_count{stage="send"}'] == 1
        assert seen['fenshen_model_asked_total{result="well"}'] == 0
        fenshen.metrics._publish()
        seen = read((await anybody.get("/metrics", headers=AUTH)).content)
        assert seen['fenshen_model_asked_total{result="well"}'] == 1
        assert seen['fenshen_model_tokens_total{direction="read"}'] == 100
        assert seen['fenshen_sentences_dropped_total{reason="figure"}'] == 1


def test_every_reason_is_known() -> None:
    """Whatever code says of a sentence that falls has its label."""
    sources = "".join(inspect.getsource(module) for module in (standing, told))
    said = set(re.findall(r'return "([a-z ]+)"(?! not)', sources))
    assert {"citation", "figure", "bound elsewhere"} <= said
    assert said <= set(REASONS)
