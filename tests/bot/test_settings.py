"""Promises of settings and the command line: a wrong one is named before anything starts, and never its value."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.__main__ import main, parser
from bot.settings import BadSettings, Settings, read_settings

ROOT = Path(__file__).parents[2]
CANARY = "zyzzyva"
SETTINGS = {name for field in Settings.model_fields.values() for name in field.validation_alias.choices}  # type: ignore[union-attr]


def _run(*arguments: str, env: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """The command line in a process of its own, with these settings and no others."""
    clean = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(
        command, env={**clean, **env}, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"FENSHEN_PORT": CANARY}, ["FENSHEN_PORT"]),
        ({"FENSHEN_PORT": "70000"}, ["FENSHEN_PORT"]),
        ({"FENSHEN_LANGUAGE": CANARY, "LARK_MODE": CANARY}, ["FENSHEN_LANGUAGE", "LARK_MODE"]),
        ({"LARK_FRESHNESS_SECONDS": "5"}, ["LARK_FRESHNESS_SECONDS"]),
        ({"LARK_APP_ID": CANARY}, ["LARK_APP_SECRET"]),
        ({"LARK_APP_SECRET": CANARY}, ["LARK_APP_ID"]),
        ({"DINGTALK_CLIENT_ID": CANARY}, ["DINGTALK_CLIENT_SECRET"]),
        ({"LARK_APP_ID": "a", "LARK_APP_SECRET": CANARY, "LARK_MODE": "webhook"}, ["LARK_ENCRYPT_KEY"]),
        ({"DATABASE_URL": f"postgresql://u:{CANARY}@db/f"}, ["KEYRING_URL"]),
        ({"LARK_APP_ID": "", "FENSHEN_PORT": ""}, ["LARK_APP_ID", "DINGTALK_CLIENT_ID"]),  # empty is not set
    ],
)
def test_a_wrong_setting_is_named_in_one_line_without_its_value(env: dict[str, str], named: list[str]) -> None:
    """Each fault a line, no traceback, exit 1, and nothing that was secret on the screen."""
    done = _run("serve", env=env)
    assert done.returncode == 1
    assert done.stdout == ""
    assert all(name in done.stderr for name in named)
    assert CANARY not in done.stderr
    assert "Traceback" not in done.stderr
    faults = len(named) if "LARK_MODE" in named else 1
    assert len(done.stderr.splitlines()) == faults


def test_a_secret_does_not_show() -> None:
    """Neither printed nor in a traceback's repr."""
    secrets = {name: field for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    assert len(secrets) >= 7
    settings = Settings(data=Path()).model_copy(update=dict.fromkeys(secrets, SecretStr(CANARY)))
    assert CANARY not in repr(settings)
    assert CANARY not in str(settings)
    assert CANARY not in settings.model_dump_json()


def test_everything_whose_name_says_secret_is_one() -> None:
    """A token, a key or a URL that may hold a password is never a plain string."""
    plain = [name for name, field in Settings.model_fields.items() if "SecretStr" not in str(field.annotation)]
    telling = ("secret", "token", "key", "database_url", "migrate_url")
    assert [name for name in plain if any(word in name for word in telling)] == []


def test_help_names_every_command() -> None:
    """Whoever types --help finds each with what it does, and where settings are explained."""
    text = parser().format_help()
    for command in ("serve", "demo", "doctor", "import", "token"):
        assert command in text
    assert "docs/settings.md" in text


@pytest.mark.parametrize(
    "arguments",
    [[], ["dance"], ["import"], ["import", "f.jsonl"], ["token"], ["token", "destroy"], ["serve", "--fast"]],
)
def test_a_wrong_command_line_is_explained(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2 and the usage, before any setting is read."""
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert "usage: fenshen" in capsys.readouterr().err


@pytest.mark.parametrize("file", ["no-such-file.jsonl", "."])
def test_a_file_that_cannot_be_read_is_named(file: str) -> None:
    """Importing from nowhere is one line and exit 1."""
    done = _run("import", file, "--person", "lark:a:ou_1", env={"LARK_APP_ID": "a", "LARK_APP_SECRET": "b"})
    assert done.returncode == 1
    assert file in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("said", "model", "streams"),
    [
        (None, "m", {"lark"}),
        ("lark, dingtalk", "m", {"lark", "dingtalk"}),
        ("none", "m", {"none"}),
        ("lark", None, set()),
    ],
)
def test_answers_are_streamed_where_the_operator_says_and_a_model_writes(
    monkeypatch: pytest.MonkeyPatch, said: str | None, model: str | None, streams: set[str]
) -> None:
    """By default on Lark alone, for DingTalk counts every update; a platform that is none is a fault."""
    for name, value in (("FENSHEN_STREAMING", said), ("FENSHEN_MODEL", model)):
        monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
    assert read_settings().streams == streams
    monkeypatch.setenv("FENSHEN_STREAMING", "lark,slack")
    with pytest.raises(BadSettings, match="FENSHEN_STREAMING"):
        read_settings()
