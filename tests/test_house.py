"""Promises of the house: its rooms are ours, its files are short, and each says what it is."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("bot", "adapters", "skills")
FILES = [
    path
    for folder in (*ROOMS, "migrations", "tests", "benchmarks")
    for path in sorted(ROOT.joinpath(folder).rglob("*.py"))
]
NAMES_OF_NOTHING = {"util", "utils", "helper", "helpers", "common", "core", "manager", "service", "services", "misc"}
LONGEST = 300  # lines: beyond this nobody reads a file at one sitting
LONGEST_OF_TESTS = 400  # they are read one by one


def named(path: Path) -> str:
    """A file as it is called from the root."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_the_repositorys_own(room: str) -> None:
    """No package of the same plain name is imported instead: others of these names exist."""
    assert Path(str(import_module(room).__file__)).resolve() == ROOT / room / "__init__.py"


def test_no_module_is_named_after_nothing() -> None:
    """A module is a noun that a user would say; drawers for everything grow without end."""
    stems = {path: set(path.relative_to(ROOT).with_suffix("").parts) for path in FILES}
    assert [named(path) for path, parts in stems.items() if parts & NAMES_OF_NOTHING] == []


def test_no_file_is_longer_than_one_sitting() -> None:
    """A file that grows beyond is split by a noun."""
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    most = {name: LONGEST_OF_TESTS if name.startswith("tests/") else LONGEST for name in lengths}
    assert {name: length for name, length in lengths.items() if length > most[name]} == {}


def test_every_module_says_what_it_is() -> None:
    """The first line of each is a sentence fit for the map of the house."""
    said = {path: ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "" for path in FILES}
    assert [named(path) for path, words in said.items() if not words.partition("\n")[0].endswith((".", "!"))] == []
