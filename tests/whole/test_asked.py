"""A labelled set can be asked through the whole bot, by a program that anybody can run."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "asked.py"


def _set(folder: Path) -> None:
    """Two owners of one chat; what one of them said, the other never did."""
    said = [("1", "Mia", "The spare key lies under the blue flowerpot"), ("2", "Leo", "I moved to Porto in the spring")]
    messages = [
        {"id": n, "chat": "home", "seq": int(n), "at": None, "sender": name, "name": name, "text": text}
        for n, name, text in said
    ]
    asked: list[tuple[str, str, list[str]]] = [
        ("Mia", "where does the spare key lie", ["1"]),
        ("Leo", "where did you move in the spring", ["2"]),
        ("Leo", "where does the spare key lie", []),
        ("Mia", "qwertz", ["1"]),
    ]
    questions: list[dict[str, Any]] = [
        {"id": f"q{n}", "chat": "home", "owner": owner, "question": q, "gold": gold, "answerable": bool(gold)}
        for n, (owner, q, gold) in enumerate(asked)
    ]
    for name, rows in (("messages.jsonl", messages), ("questions.jsonl", questions)):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))


async def test_a_set_is_asked_and_what_stands_on_the_first_screen_is_counted(tmp_path: Path) -> None:
    """Two are seen, one is refused, and the wrong person says nothing."""
    _set(tmp_path)
    command = (sys.executable, str(BENCHMARK), "--set", str(tmp_path), "--embeddings", "none", "--json")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    figures = json.loads(told.decode().splitlines()[-1])
    assert figures == {"visible_share": 66.7, "answered_wrong_share": 0.0, "blocked_share": 33.3, "questions": 4}
