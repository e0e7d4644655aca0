"""Promises of the house: its rooms are ours, its files are short, and each says what it is, there and on the map.

Run as a program, it writes the map, docs/house.md, anew.
"""

import ast
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("bot", "adapters", "skills")
MAP = ROOT / "docs" / "house.md"
FILES = [
    path
    for folder in (*ROOMS, "migrations", "tests", "benchmarks")
    for path in sorted(ROOT.joinpath(folder).rglob("*.py"))
]
NAMES_OF_NOTHING = {"util", "utils", "helper", "helpers", "common", "core", "manager", "service", "services", "misc"}
LONGEST = 300  # lines: beyond this nobody reads a file at one sitting
LONGEST_OF_TESTS = 400  # they are read one by one


def house() -> str:
    """docs/house.md as it has to be: its own words, then every module by the first line of its docstring."""
    words = MAP.read_text(encoding="utf-8").partition("<!-- map -->")[0]
    return f"{words}<!-- map -->\n" + "".join(wing(name) for name in ROOMS)


def wing(name: str) -> str:
    """One package of the map, `__init__` first."""
    modules = sorted(
        ROOT.joinpath(name).rglob("*.py"), key=lambda path: (path.parent, path.name != "__init__.py", path)
    )
    lines = [f"- `{path.relative_to(ROOT)}`: {first_line(path)}" for path in modules]
    return f"\n## {name}\n\n" + "\n".join(lines).replace("/__init__.py`", "/`") + "\n"


def first_line(path: Path) -> str:
    """The sentence that says what a module is."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


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
    assert [named(path) for path in FILES if not first_line(path).endswith((".", "!"))] == []


def test_the_readmes_tree_is_the_repository() -> None:
    """Every entry of the tree exists, and every entry of the repository that is not hidden is in the tree."""
    tree = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## The house\n")[2].split("```")[1]
    told = {line.split()[0].rstrip("/") for line in tree.strip().splitlines()}
    ignored = [
        line.rstrip("/")
        for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    entries = {path.name for path in ROOT.iterdir() if not any(fnmatch(path.name, pattern) for pattern in ignored)}
    assert {name for name in told if not (ROOT / name).exists()} == set()
    assert {name for name in entries if not name.startswith(".")} <= told | {"README.md"}


def test_the_house_is_mapped() -> None:
    """docs/house.md names every module by its first line; `.venv/bin/python tests/test_house.py` writes it anew."""
    assert MAP.read_text(encoding="utf-8") == house()


if __name__ == "__main__":
    MAP.write_text(house(), encoding="utf-8")
