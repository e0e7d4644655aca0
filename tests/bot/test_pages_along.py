"""Promises of pages in an export: their owner's own, with every version, and in the Agent Skill only what is in use."""

import json
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from skills_ref import validate

from adapters.base import Address, Message, Receive
from bot.archive import unzipped, verdict
from bot.receipts import Controller
from bot.takeout import exported
from skills.pages import Change
from skills.store import Store
from skills.words import Claim, Said
from tests.store.paged import ROLLBACK, TALK, VENDOR

if TYPE_CHECKING:
    from skills.page_words import Listed

ANA = "lark:t:ana"
CONTROLLER = Controller("Example", "1 Example Road", "privacy@example.org", "CN", "here")
Exported = Callable[[], Awaitable[dict[str, bytes]]]


@pytest.fixture
async def pages(
    store: Store,
    joins: Callable[..., Awaitable[None]],
    receive: Receive,
    says: Callable[..., Message],
    settled: Callable[[], Awaitable[None]],
) -> "list[Listed]":
    """Ana's two pages, of which only the first is in use."""
    await joins("ana", "join_today")
    for n, text in enumerate((*ROLLBACK, *VENDOR, *TALK)):
        message = says("ana", text)
        await receive(replace(message, at=message.at + timedelta(hours=n)))
    await settled()
    found = sorted(await store.pages(ANA), key=lambda page: page.title)
    assert await store.change_page(Claim("lark", "use"), ANA, found[0].id, Change("used"))
    return found


@pytest.fixture
def files(store: Store) -> Exported:
    """Export, and open the archive, which is valid."""

    async def open_() -> dict[str, bytes]:
        made = await exported(store, None, ANA, CONTROLLER, "en")
        assert made is not None
        found = unzipped(made[1])
        assert found is not None
        assert verdict(found, b64encode(await store.public_key()).decode()).ok
        return found

    return open_


def skill(files: dict[str, bytes], name: str) -> str:
    """A file of the Agent Skill."""
    return next(
        (data.decode() for path, data in files.items() if path.startswith("skill/") and path.endswith(name)), ""
    )


async def test_the_archive_holds_every_page_and_the_skill_those_in_use(pages: "list[Listed]", files: Exported) -> None:
    """By the messages that their lines are; nothing of a page that its owner has not seen."""
    found = await files()
    rows = [json.loads(line) for line in found["pages.jsonl"].splitlines()]
    messages = {row["id"]: row["text"] for row in map(json.loads, found["messages.jsonl"].splitlines())}
    assert {row["title"]: [messages[line] for line in row["lines"]] for row in rows} == {
        pages[0].title: list(ROLLBACK[::-1]),
        pages[1].title: list(VENDOR[::-1]),
    }
    assert [[version["why"] for version in row["versions"]] for row in rows if row["id"] == pages[0].id] == [
        ["built", "used"]
    ]
    work = skill(found, "work.md")
    assert work.count(f"## {pages[0].title}") == 1
    assert all(text in work for text in ROLLBACK)
    assert not any(text in work for text in VENDOR)


async def test_the_skill_says_what_readers_of_its_kind_look_for(pages: "list[Listed]", files: Exported) -> None:
    """No trait, rank or mood of anybody's is among it."""
    found = await files()
    meta, manifest = json.loads(skill(found, "meta.json")), json.loads(skill(found, "manifest.json"))
    assert (meta["schema_version"], meta["kind"], meta["artifacts"]["work_doc"]) == ("3", "meta-skill", "work.md")
    assert (manifest["manifest_version"], manifest["entrypoints"]["work"]) == ("1", "work.md")
    assert not {"profile", "tags", "impression", "mbti"} & set(meta)
    assert manifest["AIGC"]["Label"] == "1"


async def test_what_is_kept_back_is_in_no_work_part(pages: "list[Listed]", files: Exported, store: Store) -> None:
    """Neither a line nor a title that is a place in it, nor a page that is withheld."""
    await store.withhold(Claim("lark", "topic"), ANA, ["reconciliation"])
    work = skill(await files(), "work.md")
    assert ROLLBACK[1] not in work
    assert ROLLBACK[0] in work
    await store.change_page(Claim("lark", "back"), ANA, pages[0].id, Change("withheld"))
    assert skill(await files(), "work.md") == ""


async def test_a_title_of_ones_own_goes_along_and_is_no_message(
    pages: "list[Listed]", files: Exported, store: Store
) -> None:
    """Kept back by a topic, it is not in the skill."""
    said = Said(ANA, "", "om_t", datetime.now(UTC), "Undoing payments")
    assert await store.title_page(Claim("lark", "title"), said, pages[0].id)
    found = await files()
    assert "## Undoing payments" in skill(found, "work.md")
    assert b"Undoing" not in found["messages.jsonl"]
    await store.withhold(Claim("lark", "topic"), ANA, ["undoing"])
    assert "Undoing" not in skill(await files(), "work.md")


async def test_without_a_page_in_use_there_is_no_work_part(
    pages: "list[Listed]", files: Exported, store: Store
) -> None:
    """Nor what would lead to it."""
    await store.change_page(Claim("lark", "back"), ANA, pages[0].id, Change("back", "", 1))
    found = await files()
    assert [skill(found, name) for name in ("work.md", "meta.json")] == ["", ""]


@pytest.mark.parametrize("used", [True, False])
async def test_the_skill_with_and_without_pages_passes_the_standards_own_validator(
    pages: "list[Listed]", files: Exported, store: Store, tmp_path: Path, used: bool
) -> None:
    """As it lies in the archive, whatever stands beside `SKILL.md`."""
    if not used:
        await store.change_page(Claim("lark", "back"), ANA, pages[0].id, Change("back", "", 1))
    found = {path: data for path, data in (await files()).items() if path.startswith("skill/")}
    for path, data in found.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    (folder,) = (tmp_path / "skill").iterdir()
    assert validate(folder) == []
    assert (folder / "work.md").exists() is used


async def test_the_skill_carries_its_terms_and_the_consents_it_rests_on(pages: "list[Listed]", files: Exported) -> None:
    """For people and for programs, with the AI mark in each; the same consents as its metadata names."""
    found = await files()
    consent, terms = json.loads(skill(found, "consent.json")), skill(found, "LICENSE-DISTILL.md")
    events = [json.loads(line) for line in found["consents.jsonl"].splitlines()]
    assert [grant["id"] for grant in consent["grants"]] == [events[-1]["id"]]
    assert consent["subject"] == ANA
    assert consent["expires_at"] == events[-1]["until"]
    assert consent["AIGC"] == json.loads(skill(found, "meta.json"))["AIGC"]
    assert consent["AIGC"]["Label"] == "1"
    assert consent["expires_at"][:10] in terms
    assert consent["ai_label"] in terms
    head = skill(found, "SKILL.md").partition("\n---\n")[0]
    for told in (f'"{events[-1]["id"]}"', '"LICENSE-DISTILL.md"', 'aigc-label: "1"', 'consent-file: "consent.json"'):
        assert told in head


async def test_the_skill_names_nobody_else_and_the_owners_own_words_stay_whole(
    joins: Callable[..., Awaitable[None]],
    receive: Receive,
    says: Callable[..., Message],
    settled: Callable[[], Awaitable[None]],
    store: Store,
    given: list[tuple[Address, str, bytes]],
) -> None:
    """Neither in a title or a line of a page nor in its references; each line still leads to the message that it is."""
    words = [f"{text}, Bo and @zed know more, 找Cy也行, not Bob, LimBo or git@host:x" for text in ROLLBACK]
    await joins("ana", "join_today")
    for n, text in enumerate((*words, *VENDOR, *TALK)):
        message = says("ana", text)
        await receive(replace(message, at=message.at + timedelta(hours=n)))
    await settled()
    found_pages = [await store.page(ANA, page.id) for page in await store.pages(ANA)]
    page = next(page.listed for page in found_pages if page and page.lines[0].text in words)
    said = Said(ANA, "", "om_t", datetime.now(UTC), "What Bo asks on rollbacks")
    assert await store.title_page(Claim("lark", "title"), said, page.id)
    assert await store.change_page(Claim("lark", "use"), ANA, page.id, Change("used"))
    await receive(says("ana", "/export file", direct=True))
    await settled()
    found = unzipped(given[0][2]) or {}
    assert verdict(found, b64encode(await store.public_key()).decode()).ok
    messages = {row["id"]: row["text"] for row in map(json.loads, found["messages.jsonl"].splitlines())}
    work, all_of_it = skill(found, "work.md"), "".join(d.decode() for n, d in found.items() if n.startswith("skill/"))
    assert set(words) <= set(messages.values())
    assert "## What a colleague asks on rollbacks" in work
    cited = [messages[id_] for id_ in re.findall(r"^- \S+ \((\S+)\)$", work, re.M)]
    assert sorted(cited) == sorted(words)
    masked = "a colleague and a colleague know more, 找a colleague也行, not Bob, LimBo or git@host:x"
    assert (work.count(masked), skill(found, "chat-1.md").count(masked)) == (len(words), len(words))
    assert not re.search(r"\bBo\b|zed|Cy", all_of_it)
