"""Promises of an export that comes back: pages as they were, only where it was signed, and only what consent holds."""

import json
import random
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.base import Message, Receive
from bot.app import Fenshen
from bot.archive import MANIFEST, manifest, unzipped, verdict, zipped
from bot.receipts import Controller
from bot.takeout import exported
from skills.page_words import Page
from skills.pages import Change
from skills.signing import EXPORT
from skills.store import Store
from skills.words import Claim, Said
from tests.store.paged import ROLLBACK, TALK, VENDOR

ANA, BO = "lark:t:ana", "lark:t:bo"
CONTROLLER = Controller("Example", "1 Example Road", "privacy@example.org", "CN", "here")
Settled = Callable[[], Awaitable[None]]
Joins = Callable[..., Awaitable[None]]
Says = Callable[..., Message]
Exported = Callable[[], Awaitable[bytes]]
SEED = 7


async def talk(receive: Receive, says: Says, *, since: timedelta = timedelta()) -> None:
    """Ana says it all, an hour apart."""
    for n, text in enumerate((*ROLLBACK, *VENDOR, *TALK)):
        message = says("ana", text)
        await receive(replace(message, at=message.at - since + timedelta(hours=n)))


@pytest.fixture
async def spoken(joins: Joins, receive: Receive, says: Says, settled: Settled, store: Store) -> list[str]:
    """Ana has a double and two pages; their ids."""
    await joins("ana", "join_today")
    await talk(receive, says)
    await settled()
    return sorted(page.id for page in await store.pages(ANA))


@pytest.fixture
def export(store: Store) -> Exported:
    """Ana's export as it is sent to her."""

    async def export_() -> bytes:
        made = await exported(store, None, ANA, CONTROLLER, "en")
        assert made is not None
        return made[1]

    return export_


@pytest.fixture
def again(receive: Receive, says: Says, settled: Settled, joins: Joins, store: Store) -> Callable[[], Awaitable[None]]:
    """Ana leaves, all of it is erased, and she joins anew."""

    async def again_() -> None:
        await receive(says("ana", "leave", to_bot=True, direct=True))
        await settled()
        assert await store.pages(ANA) == []
        await joins("ana")

    return again_


def rows(data: bytes, name: str = "pages.jsonl") -> list[dict[str, object]]:
    """The objects of a file of an archive, one a line."""
    return [json.loads(line) for line in (unzipped(data) or {})[name].splitlines()]


async def seen(store: Store) -> dict[str, tuple[Page, list[tuple[int, str, list[str], list[str]]]]]:
    """Every page as its owner sees it, with what each version did; passages and their times told by their words."""
    told = {}
    for one in await store.pages(ANA):
        there = await store.page(ANA, one.id)
        assert there is not None
        lines = [replace(line, id="", source="live") for line in there.lines]
        plain = replace(there, lines=lines, kept_back=frozenset(), version=there.version)
        history = [
            (v.version, v.title, [a.text for a in v.added], [r.text for r in v.removed])
            for v in await store.page_history(ANA, one.id)
        ]
        told[one.id] = (plain, history)
    return told


async def test_pages_come_back_as_they_were_with_every_version_under_a_fresh_consent(
    spoken: list[str], store: Store, fenshen: Fenshen, export: Exported, again: Settled, settled: Settled
) -> None:
    """Titles, order, what was taken off, what is pinned, in use or kept back; a second export holds the same pages."""
    first, second = spoken
    said = Said(ANA, "", "om_t", datetime.now(UTC), "Undoing payments")
    assert await store.change_page(Claim("lark", "a"), ANA, first, Change("used"))
    assert await store.title_page(Claim("lark", "b"), said, first)
    assert await store.change_page(Claim("lark", "c"), ANA, first, Change("dropped", "", 2))
    assert await store.change_page(Claim("lark", "d"), ANA, first, Change("pinned"))
    assert await store.change_page(Claim("lark", "e"), ANA, second, Change("withheld"))
    before, archive = await seen(store), await export()
    await again()
    assert await store.pages(ANA) == []
    outcome, counts = await fenshen.learning.take_in(ANA, archive)
    assert (outcome, counts["kept"], counts["pages"]) == ("imported", "8", "2")
    await settled()
    assert await seen(store) == before
    assert rows(await export()) == rows(archive)
    withheld = await store.page(ANA, second)
    assert withheld is not None
    assert len(withheld.kept_back) == len(withheld.lines)
    assert (await fenshen.learning.take_in(ANA, archive))[1]["pages"] == "0"
    assert rows(await export()) == rows(archive)


async def test_what_somebody_took_off_does_not_grow_back(
    spoken: list[str],
    store: Store,
    fenshen: Fenshen,
    export: Exported,
    again: Settled,
    receive: Receive,
    says: Says,
    settled: Settled,
) -> None:
    """What had been looked at is not looked at again, though new words come."""
    assert await store.change_page(Claim("lark", "c"), ANA, spoken[0], Change("dropped", "", 1))
    before, archive = await seen(store), await export()
    await again()
    await fenshen.learning.take_in(ANA, archive)
    for n in range(9):
        await receive(says("ana", f"nothing of interest number {n} happened on floor {n} with chair {n}"))
    await settled()
    await store.distil(ANA)
    after = await seen(store)
    assert {id_: after[id_] for id_ in before} == before


@pytest.mark.parametrize("way", ["changed", "forged", "others"])
async def test_an_export_that_is_not_whole_ours_and_theirs_brings_nothing(
    spoken: list[str], store: Store, fenshen: Fenshen, export: Exported, again: Settled, way: str
) -> None:
    """Not a word of it, though its messages would be readable; nor is anything kept back by it."""
    assert await store.withhold(Claim("lark", "w"), ANA, ["osaka"])
    files = unzipped(await export())
    portable = await store.portable(ANA)
    assert files is not None
    assert portable is not None
    signed = json.loads(files.pop(MANIFEST))
    if way == "changed":
        files["pages.jsonl"] = files["pages.jsonl"].replace(b'"new"', b'"active"')
    elif way == "forged":
        signed["made_at"] = "2020-01-01T00:00:00+00:00"
    else:
        other = {**manifest(portable, files), "ledger": signed["ledger"], "person": BO}
        files = {name: data for name, data in files.items() if not name.startswith("receipts/")}
        other["files"] = {name: one for name, one in other["files"].items() if name in files}
        signed = await store.signed(other, EXPORT)
        assert verdict(
            {**files, MANIFEST: json.dumps(signed).encode()}, b64encode(await store.public_key()).decode()
        ).ok
    await again()
    assert (await fenshen.learning.take_in(ANA, zipped(files, signed)))[0] == "import_not_whole"
    held = await store.holdings(ANA)
    assert held.messages == []
    assert await store.pages(ANA) == []
    assert await store.withheld(ANA) == []


async def test_of_pages_only_what_the_new_consent_covers_comes_back(
    joins: Joins,
    receive: Receive,
    says: Says,
    settled: Settled,
    store: Store,
    fenshen: Fenshen,
    export: Exported,
) -> None:
    """Neither in a line, nor a title, nor any version: what was said before it is in none."""
    await joins("ana")
    await talk(receive, says, since=timedelta(days=20))
    await settled()
    assert len(await store.pages(ANA)) == 2
    archive = await export()
    await receive(says("ana", "leave", to_bot=True, direct=True))
    await settled()
    await joins("ana", "join_today")
    outcome, counts = await fenshen.learning.take_in(ANA, archive)
    assert (outcome, counts["kept"], counts["pages"]) == ("imported", "0", "0")
    assert rows(await export()) == []
    for table in ("page", "page_version", "page_line"):
        held = await store.holdings(ANA)
        assert f"{table}.owner" not in held.rows


async def test_what_was_gathered_meanwhile_gives_way_but_not_what_its_owner_touched(
    spoken: list[str], store: Store, fenshen: Fenshen, export: Exported, again: Settled, settled: Settled
) -> None:
    """The words came back first and were gathered anew; then the pages come."""
    archive = await export()
    await again()
    files = unzipped(archive)
    assert files is not None
    await fenshen.learning.take_in(ANA, files["messages.jsonl"])
    await settled()
    made = sorted(page.id for page in await store.pages(ANA))
    assert len(made) == 2
    assert set(made).isdisjoint(spoken)
    assert await store.change_page(Claim("lark", "x"), ANA, made[0], Change("pinned"))
    assert (await fenshen.learning.take_in(ANA, archive))[1]["pages"] == "2"
    assert sorted(page.id for page in await store.pages(ANA)) == sorted([made[0], *spoken])


async def test_whatever_was_done_to_pages_comes_back(
    spoken: list[str], store: Store, fenshen: Fenshen, export: Exported, again: Settled
) -> None:
    """Seeded lives of an owner's pen: to export, erase and import is the identity on pages and all their versions."""
    dice, ways = random.Random(SEED), ("used", "withheld", "shared", "pinned", "unpinned", "dropped", "merged", "back")
    for life in range(4):
        for step in range(12):
            page, other = dice.choices(await store.pages(ANA), k=2)
            claim = Claim("lark", f"life{life}-{step}")
            if dice.random() < 0.2:
                said = Said(ANA, "", f"om_t{life}_{step}", datetime.now(UTC), f"our way {step}")
                await store.title_page(claim, said, page.id)
            else:
                number = dice.randint(1, 4)
                await store.change_page(claim, ANA, page.id, Change(dice.choice(ways), other.id, number))  # type: ignore[arg-type]
        before, archive = await seen(store), await export()
        await again()
        await fenshen.learning.take_in(ANA, archive)
        assert await seen(store) == before
        assert rows(await export()) == rows(archive)
