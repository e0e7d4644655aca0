"""Sets of messages and questions as others write them: odd ones are read, wrong ones are named by file and line."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "recall.py"


@pytest.fixture
def recall() -> ModuleType:
    """The benchmark, not run."""
    spec = importlib.util.spec_from_file_location("recall_benchmark", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["recall_benchmark"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_odd_set_is_read(recall: ModuleType, tmp_path: Path) -> None:
    """With a mark of byte order, blank lines, Windows line ends, and what ends a line elsewhere inside a text."""
    said = '{"id": "a", "chat": "c", "sender": "ana", "text": "one\u2028two\x85"}'
    (tmp_path / "messages.jsonl").write_bytes(f"\ufeff{said}\r\n\r\n{said}\r\n".encode())
    found = recall.lines(tmp_path / "messages.jsonl", "id", "text")
    assert [row["text"] for row in found] == ["one\u2028two\x85"] * 2
    asked = '{"owner": "ana", "question": "?", "gold": ["a"]}\n{"owner": "bo", "question": ""}\n'
    (tmp_path / "questions.jsonl").write_text(asked, encoding="utf-8")
    questions = recall.asked(tmp_path / "questions.jsonl", None)
    assert [(q["gold"], q["answerable"]) for q in questions] == [(["a"], True), ([], False)]
    assert len(recall.asked(tmp_path / "questions.jsonl", 1)) == 1


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (None, "No such file"),
        ("", "nothing is in it"),
        ('{"id": "a"}\n{', "line 2"),
        ('{"id": ""}\n[]', "line 2: no id"),
    ],
)
def test_a_wrong_set_is_refused_by_file_and_line(
    recall: ModuleType, tmp_path: Path, written: str | None, why: str
) -> None:
    """Whoever made it can mend it."""
    if written is not None:
        (tmp_path / "messages.jsonl").write_text(written, encoding="utf-8")
    with pytest.raises(recall.BadSet, match=why):
        recall.lines(tmp_path / "messages.jsonl", "id")


def test_without_unanswerable_questions_there_is_no_auroc(recall: ModuleType) -> None:
    """None, and no half."""
    assert recall.auroc([(0.3, True), (0.9, True)]) is None
    assert recall.auroc([(0.3, False), (0.9, True)]) == 1.0
    assert recall.Plain([{"id": "a", "text": "👍"}]).search("port") == []
    assert recall.Plain([{"id": "a", "text": "port"}]).search("👍") == []
