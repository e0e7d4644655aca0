"""Promises of the planted bugs: each still stands where the table says, and names tests that exist."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
MUTANTS: list[dict[str, Any]] = tomllib.loads((ROOT / "benchmarks/mutants.toml").read_text(encoding="utf-8"))["mutant"]


def test_there_are_enough_of_them_and_each_has_a_name() -> None:
    """At least twenty, as `make mutants` is to plant."""
    assert len({mutant["name"] for mutant in MUTANTS}) == len(MUTANTS) >= 20


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant["name"].replace(" ", "_"))
def test_it_can_be_planted(mutant: dict[str, Any]) -> None:
    """Exactly once in its file; a line that is written anew takes its entry along."""
    text = (ROOT / mutant["file"]).read_text(encoding="utf-8")
    assert text.count(mutant["old"]) == 1
    compile(text.replace(mutant["old"], mutant["new"]), mutant["file"], "exec")
    assert mutant["tests"]
    assert all((ROOT / test).is_file() for test in mutant["tests"])
