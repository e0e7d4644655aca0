"""Promises of pages by a model: only with a yes, each line held against what it cites, and gone with it."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.base import Address, Card, Click, Message, Receive
from bot.app import Fenshen
from bot.archive import unzipped, verdict
from bot.demo.scripted import Json, Says, Scripted, given, with_arguments, writes, writes_pages
from bot.receipts import Controller
from bot.sentences import say
from bot.settings import Settings
from bot.takeout import exported
from skills.page_words import Page, Told
from skills.pages import Change
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources
from skills.store import Store
from skills.windows import Window
from skills.words import Claim
from tests.store.paged import ROLLBACK, TALK, VENDOR

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Speaks = Callable[[], Awaitable[None]]
ANA = "lark:t:ana"
CONTROLLER = Controller("Example", "1 Example Road", "privacy@example.org", "CN", "here")


@pytest.fixture
async def provider() -> AsyncIterator[Scripted]:
    """A model that gives each passage as a line."""
    async with Scripted(says=writes_pages).listening() as scripted:
        yield scripted


@pytest.fixture
def settings(tmp_path: Path, provider: Scripted) -> Settings:
    """The operator has named it, and what it costs."""
    key = SecretStr("sk-canary")
    named = {"model": "openai:m1", "model_base_url": provider.url, "model_key": key, "model_seconds": 8}
    return Settings(data=tmp_path, **named, model_price_in=1000, model_price_out=2000)  # type: ignore[arg-type]


@pytest.fixture
async def gathered(
    joins: Callable[..., Awaitable[None]], receive: Receive, says: Callable[..., Message], settled: Settled
) -> None:
    """Ana has two pages of her own words."""
    await joins("ana", "join_today")
    for n, text in enumerate((*ROLLBACK, *VENDOR, *TALK)):
        message = says("ana", text)
        await receive(replace(message, at=message.at + timedelta(hours=n)))
    await settled()


@pytest.fixture
def speaks(
    receive: Receive, says: Callable[..., Message], settled: Settled, sent: list[Shown], taps: Callable[..., Click]
) -> Speaks:
    """Ana reads the card and agrees."""

    async def agree() -> None:
        await receive(says("ana", "/speak", direct=True))
        await settled()
        (button,) = sent[-1][1].buttons
        await receive(taps("ana", "speak", button.value))
        await settled()

    return agree


async def pages(store: Store) -> list[Page]:
    """Ana's pages, by title."""
    found = [await store.page(ANA, page.id) for page in await store.pages(ANA)]
    return sorted((page for page in found if page), key=lambda page: page.listed.title)


async def told(store: Store) -> list[Told]:
    """All that a model wrote."""
    return [line for page in await pages(store) for line in page.told]


def lines(*each: tuple[str, str, Sequence[str]]) -> Says:
    """A model that proposes these: (part, text, cited ids)."""
    made = [{"part": part, "text": text, "passages": list(ids)} for part, text, ids in each]
    return with_arguments(json.dumps({"lines": made}, ensure_ascii=False))


async def test_without_a_yes_no_word_goes_to_a_model(gathered: None, store: Store, provider: Scripted) -> None:
    """The pages are there, as they were gathered."""
    assert len(await pages(store)) == 2
    assert provider.requests == []
    assert await told(store) == []
    assert await store.page_spent(ANA) is None


async def test_with_a_yes_each_line_stands_above_the_words_it_cites(
    gathered: None, speaks: Speaks, store: Store, provider: Scripted
) -> None:
    """Of every page, once for each passage; of what is small talk nothing was given; a version says so."""
    await speaks()
    for page in await pages(store):
        said = {line.id: line.text for line in page.lines}
        assert sorted(line.text for line in page.told) == sorted(said.values())
        assert all(said[line.cites[0]] == line.text for line in page.told)
        assert [version.why for version in await store.page_history(ANA, page.listed.id)] == ["written", "built"]
        assert page.listed.state == "new"
    assert not any(talk in json.dumps(provider.requests) for talk in TALK)
    assert len(provider.requests) == 2


async def test_a_model_that_is_named_later_or_asked_again_goes_on_where_it_was(
    gathered: None, speaks: Speaks, store: Store, provider: Scripted, fenshen: Fenshen, settled: Settled
) -> None:
    """A failure keeps what was gathered; the next run does what is left, and no passage is given twice."""
    provider.statuses = [200, *[500] * 8]
    await speaks()
    assert len([page for page in await pages(store) if page.told]) == 1
    provider.statuses = []
    await store.write_on()
    await settled()
    assert all(page.told for page in await pages(store))
    asked = len(provider.requests)
    await store.write_on()
    await settled()
    assert len(provider.requests) == asked


async def test_a_line_that_does_not_hold_is_no_line(
    gathered: None, speaks: Speaks, store: Store, provider: Scripted
) -> None:
    """Another number, a denial, no evidence, somebody else's evidence, a link, the first person: none of it is kept."""

    def lies(request: Json) -> Json:
        one = given(request)["passages"][0]
        cited = [one["id"]]
        return lines(
            ("step", one["text"].replace("October", "November") + " within 90 minutes", cited),
            ("pitfall", f"never {one['text']}", cited),
            ("step", one["text"], []),
            ("step", one["text"], ["99"]),
            ("fact", f"{one['text']} https://evil.example/", cited),
            ("answer", f"I think {one['text']}", cited),
            ("step", "the moon is made of cheese and reconciled daily", cited),
        )(request)

    provider.says = lies
    await speaks()
    assert provider.requests
    assert await told(store) == []
    assert await store.page_spent(ANA) is not None


async def test_what_cannot_be_read_or_says_nothing_leaves_the_page_as_it_was_gathered(
    gathered: None, speaks: Speaks, store: Store, provider: Scripted
) -> None:
    """And is not asked for again."""
    provider.says = writes("I would rather not.")
    await speaks()
    assert await told(store) == []
    assert all(page.lines for page in await pages(store))
    asked = len(provider.requests)
    await store.write_on()
    assert len(provider.requests) == asked


async def test_other_people_are_masked(
    joins: Callable[..., Awaitable[None]],
    receive: Receive,
    says: Callable[..., Message],
    settled: Settled,
    speaks: Speaks,
    store: Store,
) -> None:
    """By the names that the chat's members have now, and whoever is called on."""
    await joins("ana", "join_today")
    for n, text in enumerate(ROLLBACK):
        message = says("ana", f"{text}, Bo and @zed know more")
        await receive(replace(message, at=message.at + timedelta(hours=n)))
    for n, text in enumerate((*VENDOR, *TALK)):
        await receive(replace(says("ana", text), at=says("ana", text).at + timedelta(hours=9 + n)))
    await settled()
    await speaks()
    written = " ".join(line.text for line in await told(store))
    assert "payctl" in written
    assert "Bo" not in written
    assert "zed" not in written
    assert "a colleague and a colleague know more" in written


async def test_a_line_goes_with_the_first_word_that_it_cites_from_every_version(
    gathered: None, speaks: Speaks, store: Store
) -> None:
    """Taken back: out of the page, its history and the export, at once."""
    await speaks()
    page = next(page for page in await pages(store) if ROLLBACK[0] in [line.text for line in page.lines])
    gone = next(line for line in page.lines if line.text == ROLLBACK[0])
    await store.change_page(Claim("lark", "u"), ANA, page.listed.id, Change("used"))
    await store.forget(Claim("lark", "f"), gone.chat, gone.message)
    assert ROLLBACK[0] not in [line.text for line in await told(store)]
    history = await store.page_history(ANA, page.listed.id)
    assert ROLLBACK[0] not in [line.text for version in history for line in (*version.wrote, *version.unwrote)]
    portable = await store.portable(ANA)
    assert portable is not None
    assert ROLLBACK[0] not in json.dumps([dict(row) for row in portable.pages])
    assert (await store.holdings(ANA)).rows["page_written.owner"] == 5


async def test_no_to_the_model_takes_all_that_it_wrote(gathered: None, speaks: Speaks, store: Store) -> None:
    """The words that it was made of stay, and so do the pages."""
    await speaks()
    assert len(await told(store)) == 6
    assert await store.quote_only(Claim("lark", "q"), ANA)
    assert await told(store) == []
    rows = (await store.holdings(ANA)).rows
    assert not {"page_written.owner", "page_read.owner", "page_spent.owner", "page_told.owner"} & set(rows)
    assert len(await pages(store)) == 2


async def test_what_an_admin_keeps_to_quotes_or_its_owner_to_themselves_goes_to_no_model(
    gathered: None, speaks: Speaks, store: Store, provider: Scripted, settled: Settled
) -> None:
    """Neither a kept-back line, nor a page that is pinned."""
    await store.withhold(Claim("lark", "w"), ANA, ["Osaka"])
    (page,) = [page for page in await pages(store) if not page.kept_back]
    await store.change_page(Claim("lark", "p"), ANA, page.listed.id, Change("pinned"))
    await speaks()
    assert provider.requests == []
    await store.change_page(Claim("lark", "o"), ANA, page.listed.id, Change("unpinned"))
    quotes = await store.put_scope("default-ops", ScopeDocument(Sources(("lark:t:ops",)), Readers(), Ceiling()), "ada")
    await store.write_on()
    await settled()
    assert provider.requests == []
    await store.delete_scope(quotes.name, "ada")
    await store.write_on()
    await settled()
    assert len(provider.requests) == 1
    assert "Osaka" not in json.dumps(provider.requests)


@pytest.mark.parametrize("part", ["chat", "days"])
async def test_leaving_takes_every_line_and_leaving_in_part_has_them_written_anew(
    gathered: None,
    speaks: Speaks,
    store: Store,
    joins: Callable[..., Awaitable[None]],
    settled: Settled,
    part: str,
) -> None:
    """They are sealed under the key that ends, so they go at once; nothing of them is left anywhere."""
    await joins("ana", "join_today", chat="dev")
    await speaks()
    before = sorted(line.text for line in await told(store) if part == "chat" or line.text != ROLLBACK[0])
    days = Window(store.now() - timedelta(hours=1), store.now())  # Ana said the first of it then
    if part == "chat":
        assert await store.leave(Claim("lark", part), ANA, chat="lark:t:dev")
    else:
        assert await store.erase_window(Claim("lark", part), ANA, days)
    assert await told(store) == []
    await settled()
    await store.write_on()
    await settled()
    assert sorted(line.text for line in await told(store)) == before
    await store.leave(Claim("lark", "whole"), ANA, chat=None)
    await settled()
    assert [name for name in (await store.holdings(ANA)).rows if name.startswith("page")] == []


async def test_what_changes_while_the_model_writes_is_not_written_over(
    gathered: None, speaks: Speaks, store: Store, provider: Scripted
) -> None:
    """Consent that ended meanwhile: nothing of what comes back is kept."""

    async def leaves() -> None:
        await store.quote_only(Claim("lark", "meanwhile"), ANA)

    provider.meanwhile = leaves
    await speaks()
    assert len(provider.requests) == 1
    assert await told(store) == []
    assert not {"page_read.owner", "page_spent.owner", "page_written.owner"} & set((await store.holdings(ANA)).rows)


async def test_a_line_is_taken_off_by_its_letter_and_stays_off(
    gathered: None,
    speaks: Speaks,
    store: Store,
    receive: Receive,
    says: Callable[..., Message],
    settled: Settled,
    sent: list[Shown],
) -> None:
    """The card shows letters, days and whose model it was; going back brings it again."""
    await speaks()
    page = (await pages(store))[0]
    await receive(says("ana", f"/page {page.listed.id}", direct=True))
    await settled()
    card = sent[-1][1]
    assert say("zh", "page_told", provider=page.told[0].provider) in card.text
    assert f"a. {page.told[0].text}" in card.text
    await receive(says("ana", f"/page {page.listed.id} drop a", direct=True))
    await settled()
    after = await store.page(ANA, page.listed.id)
    assert after is not None
    assert [line.id for line in after.told] == [line.id for line in page.told[1:]]
    assert len(after.lines) == len(page.lines)
    await store.write_on()
    await settled()
    assert [line.id for line in (await pages(store))[0].told] == [line.id for line in page.told[1:]]
    await store.change_page(Claim("lark", "b"), ANA, page.listed.id, Change("back", "", page.version))
    assert [line.id for line in (await pages(store))[0].told] == [line.id for line in page.told]


async def test_a_line_whose_evidence_is_taken_off_goes_with_it(gathered: None, speaks: Speaks, store: Store) -> None:
    """And one whose evidence stays, stays."""
    await speaks()
    page = (await pages(store))[0]
    await store.change_page(Claim("lark", "d"), ANA, page.listed.id, Change("dropped", "", 1))
    after = await store.page(ANA, page.listed.id)
    assert after is not None
    assert page.lines[0].text not in [line.text for line in after.told]
    assert len(after.told) == len(page.told) - 1


async def test_its_owner_sees_how_far_it_is_and_what_it_cost(
    gathered: None,
    speaks: Speaks,
    receive: Receive,
    says: Callable[..., Message],
    settled: Settled,
    sent: list[Shown],
    store: Store,
) -> None:
    """On the card that lists the pages."""
    await speaks()
    spent = await store.page_spent(ANA)
    assert spent is not None
    assert (spent.lines, spent.read, spent.of, spent.tokens_in, spent.tokens_out) == (6, 6, 6, 200, 40)
    await receive(says("ana", "pages", direct=True, to_bot=True))
    await settled()
    text = sent[-1][1].text
    assert "6 of the 6 messages on pages, 240 tokens" in text
    assert "About 0.28." in text


async def test_colleagues_get_the_words_and_not_what_a_model_made_of_them(
    gathered: None, speaks: Speaks, store: Store, provider: Scripted, asks: Callable[..., Awaitable[Shown]]
) -> None:
    """A page opened by its title is quotes, as before."""

    def shorter(request: Json) -> Json:
        return lines(*(("step", f"{one['text']}.", [one["id"]]) for one in given(request)["passages"]))(request)

    provider.says = shorter
    await speaks()
    page = (await pages(store))[0]
    assert page.told[0].text.endswith(".")
    await store.change_page(Claim("lark", "u"), ANA, page.listed.id, Change("used"))
    _, card = await asks("bo", f"ask Ana: page {page.listed.title}")
    assert [quote.text for quote in card.quotes]
    shown = card.text + "".join(quote.text for quote in card.quotes)
    assert not any(line.text in shown for line in page.told)


async def test_an_export_holds_what_a_model_wrote_marked_and_nothing_of_what_is_kept_back(
    gathered: None, speaks: Speaks, store: Store
) -> None:
    """In the pages with what each line cites, and in the work part under the AI mark."""
    await speaks()
    page = next(page for page in await pages(store) if ROLLBACK[0] in [line.text for line in page.lines])
    await store.change_page(Claim("lark", "u"), ANA, page.listed.id, Change("used"))

    async def files() -> dict[str, bytes]:
        made = await exported(store, None, ANA, CONTROLLER, "en")
        found = unzipped(made[1]) if made else None
        assert found is not None
        assert verdict(found, b64encode(await store.public_key()).decode()).ok
        return found

    found = await files()
    rows = [json.loads(line) for line in found["pages.jsonl"].splitlines()]
    messages = {row["id"]: row["text"] for row in map(json.loads, found["messages.jsonl"].splitlines())}
    written = [line for row in rows for line in row["written"]]
    assert len(written) == 6
    assert all(line["text"] == messages[line["cites"][0]] for line in written)
    assert all(line["AIGC"]["Label"] == "1" for line in written)
    work = next(data.decode() for name, data in found.items() if name.endswith("work.md"))
    assert say("en", "work_told", provider=page.told[0].provider) in work
    assert work.count(ROLLBACK[1]) == 2
    await store.withhold(Claim("lark", "w"), ANA, ["reconciliation"])
    work = next(data.decode() for name, data in (await files()).items() if name.endswith("work.md"))
    assert ROLLBACK[1] not in work
