"""Promises of the page of invariants: each has its row, and every test that holds one exists."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "invariants.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if re.match(r"\| I\d", line)]


def test_every_invariant_has_its_row() -> None:
    """I1 to I30, each once, in their order."""
    assert [row.split("|")[1].strip() for row in ROWS] == [f"I{n}" for n in range(1, 31)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_it_is_held_by_tests_that_exist(row: str) -> None:
    """By one at least, and by name, so that renaming one is seen."""
    _, _, says, held, _, _ = row.split("|")
    named = re.findall(r"`([^`:]+)::([^`]+)`", held)
    assert says.strip()
    assert named
    for path, name in named:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        assert name in {function.name for function in functions}, path
