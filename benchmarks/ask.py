"""What an answer costs that a model words, beside the model itself: CPU, calls, and the tokens that it reads.

A scripted server of ours, in a process of its own, stands for the model: it words the best passage as it stands. The
client, the framework and the checks are the real ones; platform and database are left out.

framework_cpu_ms: of this process for one answer, from the passages to the checked sentences. calls: of the model for
one answer. prompt_tokens: read in one call, by our own estimate (`bot/budget.py`), over messages of a made-up month.
first_text_ms: from the last bracket of the model's first sentence until it stands in the chat, the whole bot and both
platforms in one process; calls_streamed: of the platform for such an answer of three sentences (`growing.py`).
ack_p99_ms: until a message in a group is acknowledged while twenty questions wait for a model of ten seconds, with the
whole bot and both platforms in one process (`acks.py`).
"""

import argparse
import asyncio
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from multiprocessing import Process, Queue, Value
from pathlib import Path
from typing import Any

from acks import ack_p99_ms
from growing import growing
from pydantic import SecretStr

from bot import prompt
from bot.budget import Budget, Limits, estimate
from bot.models import Model
from bot.support.told import hold
from bot.writing import Writer
from skills.words import Passage

TOPICS = Path(__file__).with_name("topics.jsonl")
RECALLED = 8  # passages, as the double recalls them
WARM = 5  # answers before counting


def main() -> None:
    """Ask, and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=100)
    parser.add_argument("--json", action="store_true", help="one line of JSON (there is no other form)")
    print(json.dumps(asyncio.run(measured(parser.parse_args().answers))))


async def measured(answers: int) -> dict[str, Any]:
    """The figures of so many answers, one after the other."""
    ports: Queue[int] = Queue()
    turns = Value("i", 0)
    server = Process(target=_serve, args=(ports, turns), daemon=True)
    server.start()
    try:
        url = f"http://127.0.0.1:{await asyncio.to_thread(ports.get)}/v1"
        figures = await _asked(url, answers)
        calls = round(turns.value / (answers + WARM), 2)
    finally:
        server.terminate()
    figures = {**figures, **await growing(), "calls_plain": calls}
    return {**figures, "ack_p99_ms": round(await ack_p99_ms(), 1)}


async def _asked(url: str, answers: int) -> dict[str, Any]:
    writer = Writer([Model("openai:m", url, SecretStr("k"))], Budget(Limits(), lambda: datetime.now(UTC)))
    cpu: list[float] = []
    tokens: list[int] = []
    told = 0
    said = _said()
    for n in range(answers + WARM):
        question = said[n * RECALLED % len(said)][0]
        passages = [said[(n * RECALLED + k) % len(said)][1] for k in range(RECALLED)]
        before = time.process_time()
        given = prompt.evidence(passages)
        draft = await writer.draft("Ana", question, "zh", given)
        assert draft is not None
        held = hold(draft, given, known=["Ana"])
        if n >= WARM:
            cpu.append(1000 * (time.process_time() - before))
            told += bool(held.told)
            tokens.append(estimate(prompt.system("Ana") + prompt.data(question, "zh", given)))
    return {
        "answers": answers,
        "told": told,
        "framework_cpu_ms": round(statistics.median(cpu), 1),
        "framework_cpu_ms_p95": round(_p95(cpu), 1),
        "prompt_tokens_p50": round(statistics.median(tokens)),
        "prompt_tokens_p95": round(_p95(tokens)),
    }


def _p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _said() -> Sequence[tuple[str, Passage]]:
    """What colleagues of a made-up company said, each with a question that it answers."""
    at, given = datetime(2026, 3, 4, tzinfo=UTC), defaultdict[str, str](lambda: "3")
    topics = [json.loads(line) for line in TOPICS.read_text(encoding="utf-8").splitlines()]
    pairs = [(t["asks"][tongue][0], t["reply"][tongue].format_map(given)) for t in topics for tongue in ("zh", "en")]
    return [(q, Passage(f"p{n}", "o", "c", f"m{n}", None, at, text, 1.0)) for n, (q, text) in enumerate(pairs)]


class _Model(BaseHTTPRequestHandler):
    """Says what the first passage says, as a paraphrase."""

    def do_POST(self) -> None:
        """One turn."""
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        first = json.loads(request["messages"][-1]["content"])["passages"][0]
        told = {"kind": "paraphrase", "text": first["text"], "passages": [first["id"]]}
        arguments = json.dumps({"sentences": [told]}, ensure_ascii=False)
        call = {"name": request["tools"][0]["function"]["name"], "arguments": arguments}
        message = {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "1", "type": "function", "function": call}],
        }
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
        body = json.dumps({"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]})
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _serve(ports: "Queue[int]", turns: Any) -> None:
    class Counted(_Model):
        def do_POST(self) -> None:
            turns.value += 1
            super().do_POST()

    server = HTTPServer(("127.0.0.1", 0), Counted)
    ports.put(server.server_port)
    server.serve_forever()


if __name__ == "__main__":
    main()
