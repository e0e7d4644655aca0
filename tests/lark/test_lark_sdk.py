"""The SDK under Lark's long connection: loaded light, of a known shape, and saying nothing it should not."""

import asyncio
import json
import logging
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import adapters
from adapters.base import Address, Card
from adapters.lark.backoff import Backoff
from adapters.lark.client import load_sdk, redact
from adapters.lark.fragments import Fragments
from adapters.lark.simulated.frames import CONTROL, Frame, decode
from adapters.lark.threads import Threads

OPS = "lark:cli_a1:oc_ops"
CARD = Card("Title", "text")


async def test_secrets_and_words_stay_out_of_every_log(
    company: Any, inbox: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """At DEBUG, over a whole session with a reconnect: no ticket, key, token or secret, and nothing that was said."""
    caplog.set_level(logging.DEBUG)
    async with company.listening(inbox) as lark:
        await company.say("the payroll")
        await inbox.next()
        await lark.send(Address(chat=OPS), Card("t", "the bonus"), "k")
        company.simulator.gateway.drop(1011)
        await company.until(lambda: len(company.simulator.gateway.issued) == 4)
        await company.say("the payroll again")
        await inbox.next()
    said = [r.getMessage() for r in caplog.records if not r.name.startswith(("uvicorn", "asyncio"))]
    secrets = [*company.simulator.gateway.issued, *company.simulator.tenant.tokens, "simulated", "payroll", "bonus"]
    assert said
    assert [line for line in said for secret in secrets if secret in line] == []


@pytest.mark.parametrize(
    "line",
    [
        "connected to wss://x/ws?fpid=1&ticket={}&access_key={}",
        '{{"tenant_access_token": "{}"}}',
        "Authorization: Bearer {}",
    ],
)
async def test_what_the_sdk_logs_is_redacted(line: str, caplog: pytest.LogCaptureFixture) -> None:
    """Should the SDK log an address or a header, its secrets are gone before anybody sees it."""
    load_sdk()
    with caplog.at_level(logging.INFO, "Lark"):
        logging.getLogger("Lark").info(line.replace("{}", "s3cr3t").replace("{{", "{").replace("}}", "}"))
    assert "s3cr3t" not in caplog.text
    assert "***" in caplog.text
    assert redact in logging.getLogger("Lark").filters


async def test_the_sdk_is_loaded_without_its_weight() -> None:
    """Of 10,600 modules fewer than 150 are loaded, none of them generated, and no loop is needed for it."""
    script = (
        "import json, sys; from adapters.lark.client import load_sdk; load_sdk();"
        "names = [m for m in sys.modules if m.startswith('lark_oapi')];"
        "generated = [m for m in names if m.startswith('lark_oapi.api')];"
        "print(json.dumps([len(names), generated, 'lark_oapi' in sys.modules]))"
    )
    run = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-c", script, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, err = await run.communicate()
    assert (run.returncode, err) == (0, b"")
    count, generated, whole = json.loads(out)
    assert 20 < count < 150
    assert (generated, whole) == ([], False)


def test_one_file_alone_imports_the_sdk() -> None:
    """The import linter cannot see an import by name, so nobody else may spell that name in code."""
    root = Path(adapters.__file__).parent.parent
    files = [f for house in ("adapters", "bot", "skills") for f in (root / house).rglob("*.py")]
    spelt = [f for f in files if re.search(r"(import|from)\b[^\n]*\blark_oapi\b|[\"']lark_oapi", f.read_text("utf-8"))]
    assert [str(f.relative_to(root)) for f in spelt] == ["adapters/lark/client.py"]


async def test_the_sdk_has_the_shape_we_stand_on() -> None:
    """An update of the SDK that renames what we use fails here, not at night."""
    sdk = load_sdk()
    client = sdk.Client("cli_x", "s", log_level=sdk.LogLevel.WARNING, domain="http://127.0.0.1:9", auto_reconnect=False)
    client._cache._cron.cancel()
    assert callable(client._get_conn_url)
    assert asyncio.iscoroutinefunction(client._handle_control_frame)
    assert client._ping_interval == 120
    assert sdk.connect_options() == {"proxy": None}
    assert isinstance(sdk.TokenManager.cache.cache, dict)
    assert decode(sdk.ping(7).SerializeToString()) == Frame(CONTROL, (("type", "ping"),), service=7)
    for failed in (sdk.ClientException(514, "no"), sdk.ServerException(514, "no"), sdk.TokenException("", 514, "no")):
        assert vars(failed)["code"] == 514
    request = sdk.BaseRequest()
    assert (request.paths, request.queries, request.headers, request.body) == ({}, [], {}, None)


def test_waits_double_until_the_longest() -> None:
    """Failure after failure the wait doubles, from the first to the longest, spread by half; success starts afresh."""
    backoff = Backoff(1, 60)
    for expected in (1, 2, 4, 8, 16, 32, *[60] * 10):
        assert expected / 2 <= backoff.wait() <= expected * 1.5
    backoff.reset()
    assert backoff.wait() <= 1.5
    assert backoff.wait(at_least=5) >= 2.5
    assert backoff.wait() >= 5


@pytest.mark.parametrize(("count", "seq"), [(2, 2), (2, -1), (0, 0), (-1, 0), (100_000, 0)])
def test_impossible_parts_are_refused(count: int, seq: int) -> None:
    """A place outside the count, and a count beyond reason, are errors before anything is kept."""
    with pytest.raises(ValueError, match="part"):
        Fragments().join("a", count, seq, b"x", 0)


def test_parts_that_never_become_whole_are_forgotten() -> None:
    """Parts come in any order; what stays incomplete takes neither memory nor time."""
    parts = Fragments()
    assert parts.join("a", 3, 2, b"c", 0) is None
    assert parts.join("a", 3, 0, b"a", 0) is None
    assert parts.join("a", 3, 1, b"b", 0) == b"abc"
    assert parts.join("old", 2, 0, b"a", 0) is None
    assert parts.join("new", 2, 0, b"a", 31) is None
    assert parts.join("old", 2, 1, b"b", 31) is None
    for n in range(100):
        parts.join(f"m{n}", 2, 0, b"x", 31)
    assert parts.join("m0", 2, 1, b"y", 31) is None
    for n in range(5):
        parts.join(f"big{n}", 2, 0, b"x" * 16_000_000, 31)
    assert parts.join("big0", 2, 1, b"y", 31) is None


async def test_a_thread_that_hangs_is_waited_for_by_nobody() -> None:
    """No more calls run at once than there are places, and one given up keeps its place until it ends."""
    pool, release, running = Threads("lark-test", 1), threading.Event(), threading.Event()

    def hang() -> bool:
        running.set()
        return release.wait(20)

    hanging = asyncio.create_task(pool.run(hang))
    assert await asyncio.to_thread(running.wait, 20)
    hanging.cancel()
    second = asyncio.create_task(pool.run(lambda: 2))
    done, _ = await asyncio.wait({second}, timeout=0.1)
    assert not done
    release.set()
    assert await asyncio.wait_for(second, 20) == 2
    with pytest.raises(ZeroDivisionError):
        await pool.run(lambda: 1 // 0)
