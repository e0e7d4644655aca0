"""Promises of the impact assessment: it is of these settings, tells no secret, and each line rests on something."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.assessment import assessment, sections, value_of
from bot.sentences import Language
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COUNCIL = ROOT / "docs" / "works-council.md"
LINES = [line for section in sections() for line in section.lines]


def names_of_tests() -> set[str]:
    """The names of all tests there are."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "tests").rglob("test_*.py"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, functions)}


def test_every_line_rests_on_a_setting_or_a_test_that_exists() -> None:
    """And shows the value of the setting it names."""
    known = names_of_tests()
    for line in LINES:
        if line.by.startswith("test_"):
            assert line.by in known
            assert "{}" not in "".join(line.said.values())
        else:
            value_of(Settings(), line.by)
            assert all("{}" in said for said in line.said.values())


def test_what_the_works_council_reads_rests_on_tests_that_exist() -> None:
    """Every answer of the page names at least one."""
    page = COUNCIL.read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    assert named - names_of_tests() == set()
    answers = page.split("\n### ")[1:]
    assert len(answers) >= 12
    assert [answer.partition("\n")[0] for answer in answers if not re.search(r"`test_\w+`", answer)] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_secret_is_only_said_to_be_set(language: Language) -> None:
    """A document that goes from hand to hand holds none."""
    secret = "whsec_" + "c2VjcmV0" * 6
    settings = Settings(admin_secrets=SecretStr(secret), controller_name="Example Ltd.")
    document = assessment(settings, language)
    assert secret not in document
    assert "Example Ltd." in document
    assert "{}" not in document
    assert ("已设置" if language == "zh" else ": set.") in document


def test_the_command_prints_it_and_needs_no_database() -> None:
    """In the language asked for."""
    command = [sys.executable, "-m", "bot", "assessment", "--language", "en"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.startswith("# Impact assessment")
    assert len(re.findall(r"^- ", done.stdout, re.M)) == len(LINES)
