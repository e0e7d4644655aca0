"""Promises of the pages: what they name exists, what exists they name, and their examples work as they stand."""

import argparse
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.routing import Route

from adapters.lark import doctor as lark_doctor
from adapters.lark.webhook import Webhook
from bot import commands
from bot.__main__ import parser
from bot.events import EVENT, EXAMPLES, read_event
from bot.settings import Settings
from bot.web import create_web
from skills.database import Database, libpq_url
from skills.imports import read_lines
from skills.keyring import DirectoryKeyring
from skills.queue import Queue
from skills.scopes import ScopeDocument
from skills.store import Store
from skills.vault import Vault

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
NOT_THE_BOTS = {"FENSHEN_TEST_DATABASE_URL", "FENSHEN_TEST_MIGRATE_URL"}


def read(name: str) -> str:
    """A file of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def section(page: str, heading: str) -> str:
    """What stands under a heading, up to the next one of its rank."""
    rank = heading.split()[0]
    found = re.search(rf"^{re.escape(heading)}$\n(.*?)(?=^{rank} |\Z)", read(page), re.M | re.S)
    assert found, f"{page} has no {heading!r}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of the tables in a text, without their heads."""
    lines = [line.strip() for line in text.splitlines()]
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line, before in zip(lines[1:], lines, strict=False)
        if line.startswith("| ") and before.startswith("|") and not line.startswith("| ---")
    ]


def ticked(text: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`\n]+)`", text)


def examples(page: str) -> list[str]:
    """The fenced blocks of a page."""
    return re.findall(r"^ *```\w*\n(.*?)^ *```", read(page), re.M | re.S)


def names_of_settings() -> dict[str, object]:
    """Every environment variable with its default, None where there is none."""
    names = {}
    for field in Settings.model_fields.values():
        assert field.validation_alias is not None
        (alias,) = field.validation_alias.choices  # type: ignore[union-attr]
        names[str(alias)] = None if field.is_required() or field.default_factory else field.default
    return names


def commands_of(top: argparse.ArgumentParser, said: str) -> Iterator[tuple[str, list[str]]]:
    """Every command as it is typed, with its options."""
    deeper = [action for action in top._actions if isinstance(action, argparse._SubParsersAction)]
    for action in deeper:
        for name, sub in action.choices.items():
            yield from commands_of(sub, f"{said} {name}")
    if not deeper:
        yield said, [option for action in top._actions for option in action.option_strings if option.startswith("--")]


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """All that `fenshen serve` can serve, on a store that nobody asks anything: no database is reached."""
    url = "postgresql://nobody@127.0.0.1:1/none"
    keyring = DirectoryKeyring(tmp_path / "keyring")
    store = Store(Database(url), Vault(keyring), keyring, Queue(url), lambda: datetime.now(UTC))

    async def ask(*_: object) -> None:
        return None

    async def well(*_: object) -> bool:
        return True

    async def scraped() -> bytes:
        return b""

    webhook = Webhook("key", "token", read=ask, remember=well)
    token = SecretStr("a token for metrics")
    return create_web(
        store, states=dict, healthy=well, webhook=webhook, receive=ask, scrape=scraped, metrics_token=token
    )


def routes_of(app: FastAPI) -> set[str]:
    """Every method and path: those that the API describes, and the plain ones beside it."""
    described = {f"{method.upper()} {path}" for path, item in app.openapi()["paths"].items() for method in item}
    plain = [route for route in app.routes if isinstance(route, Route)]
    return described | {f"{method} {route.path}" for route in plain for method in (route.methods or set()) - {"HEAD"}}


def test_every_setting_is_explained_and_no_other() -> None:
    """docs/settings.md has one row for each environment variable."""
    explained = [ticked(row[0])[0] for row in rows(section("docs/settings.md", "## Settings"))]
    assert sorted(explained) == sorted(names_of_settings())


def test_every_default_is_told() -> None:
    """What a row says about the default is what the code does."""
    told = {ticked(row[0])[0]: row[1] for row in rows(section("docs/settings.md", "## Settings"))}
    wrong = {
        name: told[name]
        for name, default in names_of_settings().items()
        if default is not None and ticked(told[name])[:1] != [str(default)]
    }
    assert wrong == {}


@pytest.mark.parametrize("page", [*PAGES, ROOT / "Dockerfile"], ids=lambda page: page.name)
def test_no_page_names_a_setting_that_does_not_exist(page: Path) -> None:
    """Whatever looks like a setting of ours is one."""
    named = set(re.findall(r"\b(?:(?:FENSHEN|LARK|DINGTALK)_[A-Z_]+|[A-Z]+_URL)\b", page.read_text(encoding="utf-8")))
    assert named <= {*names_of_settings(), *NOT_THE_BOTS}


def test_every_command_is_explained_with_its_options() -> None:
    """docs/settings.md has a row for each command of the command line, and none for any other."""
    explained = {ticked(row[0])[0]: " ".join(row) for row in rows(section("docs/settings.md", "## Commands"))}
    known = dict(commands_of(parser(), "fenshen"))
    assert sorted(explained) == sorted(known)
    for command, options in known.items():
        assert [option for option in options if option not in explained[command] and option != "--help"] == []


def test_every_word_to_the_bot_is_in_the_readme() -> None:
    """The words of a row mean the same, and together they are all that the bot knows."""
    table = [ticked(f"{row[0]} {row[1]}") for row in rows(section("README.md", "## What to say to the bot"))]
    verbs = [{commands.parse_command(word) for word in words} for words in table]
    assert all(len(meant) == 1 and None not in meant for meant in verbs)
    assert sorted(word for words in table for word in words) == sorted(commands._WORDS)


def test_every_answer_by_text_is_in_the_readme() -> None:
    """Where no buttons are drawn, the readme says what to type instead."""
    told = set(ticked(section("README.md", "## What to say to the bot")))
    assert {f"/optin {choice}" for choice in commands.CHOICES} <= told


def test_every_route_is_explained_and_no_other(app: FastAPI) -> None:
    """docs/settings.md lists what is served; a route that nobody explained is not served."""
    table = rows(section("docs/settings.md", "## Routes"))
    explained = {said for row in table for said in ticked(" ".join(row)) if re.match(r"[A-Z]+ /", said)}
    assert explained == routes_of(app)


def test_every_permission_of_lark_is_explained_and_no_other() -> None:
    """The page asks for what the doctor looks for."""
    explained = [ticked(row[0])[0] for row in rows(section("docs/lark.md", "## 2. Permissions"))]
    looked_for = {**lark_doctor.NEEDED, **lark_doctor.GROWING, **lark_doctor.FOR_DEPARTMENTS}
    assert sorted(explained) == sorted(looked_for)


def test_every_event_that_lark_is_read_for_is_subscribed() -> None:
    """What the wire understands, the page tells to subscribe."""
    subscribed = {ticked(row[0])[0] for row in rows(section("docs/lark.md", "## 5. Events and callbacks"))}
    understood = set(re.findall(r'"((?:im|contact|card)\.[a-z_.0-9]+)"', read("adapters/lark/wire.py")))
    assert subscribed == understood


def test_the_file_of_the_dingtalk_page_is_taken_in() -> None:
    """Of its lines, the owner's is kept, the colleague's dropped, and none is unreadable."""
    (example,) = [block for block in examples("docs/dingtalk.md") if block.startswith("{")]
    found = read_lines(example.encode(), owner="dingtalk:ding1:staff42", chats=["dingtalk:ding1:cidPAYOPS=="])
    assert [(said.message, said.chat) for said in found.saids] == [("m1", "dingtalk:ding1:cidPAYOPS==")]
    assert (found.others, found.bad, found.undated) == (1, 0, 0)


def test_every_body_of_the_admin_page_is_accepted() -> None:
    """What an admin copies from the page is an event, or a scope."""
    bodies = [block for block in examples("docs/admin.md") if block.startswith("{")]
    bodies += [f'{{"type": "scope.put", "data": {{"name": "x", "scope": {body}}}}}' for body in bodies]
    events = [body for block in examples("docs/admin.md") for body in re.findall(r"^send '([^']+)'", block, re.M)]
    for body in (bodies[1], *events):
        read_event(body.encode())
    assert {read_event(body.encode()).type for body in events} == set(EXAMPLES)


def test_every_type_of_event_is_explained_and_no_other() -> None:
    """docs/admin.md has one row for each, and the API an example."""
    explained = [ticked(row[0])[0] for row in rows(section("docs/admin.md", "## Events"))]
    known = EVENT.json_schema()["discriminator"]["mapping"]
    assert sorted(explained) == sorted(known) == sorted(EXAMPLES)


def test_every_field_of_a_scope_is_explained() -> None:
    """Each field that the API takes has its row."""
    explained = {name for row in rows(section("docs/admin.md", "## A scope")) for name in ticked(row[0])}
    assert explained == set(leaves(ScopeDocument(), ""))


def leaves(document: object, at: str) -> Iterator[str]:
    """The names of all values in a frozen dataclass of frozen dataclasses."""
    for field in fields(document):  # type: ignore[arg-type]
        value, name = getattr(document, field.name), f"{at}{field.name}"
        yield from leaves(value, f"{name}.") if is_dataclass(value) else (name,)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_files_that_a_page_names_exist(page: Path) -> None:
    """Whatever looks like a path of the repository is one."""
    rooms = "bot|adapters|skills|migrations|tests|docs|benchmarks|\\.ci"
    named = re.findall(rf"(?<![\w/.:])((?:{rooms})/[\w./*-]*[\w/*])", page.read_text(encoding="utf-8"))
    base = [ROOT, page.parent]
    assert [name for name in named if not any(list(at.glob(name.rstrip("/"))) for at in base)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    """Each relative link is a file, and its anchor a heading there."""
    broken = []
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        there = (page.parent / path) if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings make."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_commands_that_a_page_tells_to_make_exist(page: Path) -> None:
    """Every `make something` is a target of the Makefile."""
    text = page.read_text(encoding="utf-8")
    told = re.findall(r"(?:^|`)make ([a-z][a-z-]+)", text, re.M)
    targets = re.findall(r"^([a-z][a-z-]+):", read("Makefile"), re.M)
    assert [target for target in told if target not in targets] == []


def test_every_column_is_on_the_map_of_the_data_and_no_other(migrate_url: str) -> None:
    """docs/data.md names each table once with its columns, what they hold and when that goes; nothing is unnamed."""
    columns = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    with psycopg.connect(libpq_url(migrate_url)) as connection:
        stored = {(table, column) for table, column in connection.execute(columns)}
    told = [[*(ticked(cell) for cell in row[:2]), *row[2:]] for row in rows(read("docs/data.md"))]
    named = [(table, column) for (table,), names, *_ in told for column in names]
    assert sorted(named) == sorted(stored)
    assert all(len(row) == 4 and row[2] and row[3] for row in told)
