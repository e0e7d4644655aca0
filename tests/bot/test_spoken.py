"""Promises of what is told of a model afterwards: why names it, and a yes or no to it has a receipt and goes along."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.base import Address, Card, Click, Message, Receive
from bot.archive import unzipped, verdict
from bot.demo.scripted import Json, Scripted, calls, given
from bot.grounding import Quoted, both_sides
from bot.receipts import controller_of, missing
from bot.sentences import say
from bot.settings import Settings
from bot.takeout import exported
from skills.signing import is_signed_by
from skills.store import Store
from skills.words import Passage

Shown = tuple[Address, Card]
Asks = Callable[..., Awaitable[Shown]]
ANA = "lark:t:ana"
SAID = "回滚支付：先停网关，再跑 rollback.sh，大概 15 分钟"
TOLD = "回滚支付先停网关，再跑 rollback.sh。"
ASKED = "怎么回滚支付"


@pytest.fixture
async def provider() -> AsyncIterator[Scripted]:
    """A model that words what Ana said, faithfully."""
    async with Scripted(says=calls(("paraphrase", TOLD, ["1"]))).listening() as scripted:
        yield scripted


@pytest.fixture
def settings(tmp_path: Path, provider: Scripted) -> Settings:
    """The operator has named it."""
    key = SecretStr("sk-canary")
    return Settings(data=tmp_path, model="openai:m1", model_base_url=provider.url, model_key=key, model_seconds=8)


Speaks = Callable[[], Awaitable[None]]


@pytest.fixture
def speaks(
    receive: Receive,
    says: Callable[..., Message],
    settled: Callable[[], Awaitable[None]],
    sent: list[Shown],
    taps: Callable[..., Click],
) -> Speaks:
    """Ana reads the card and agrees."""

    async def agree() -> None:
        await receive(says("ana", "/speak", direct=True))
        await settled()
        (button,) = sent[-1][1].buttons
        assert button.action == "speak"
        await receive(taps("ana", "speak", button.value))
        await settled()

    return agree


@pytest.fixture
async def ana(joins: Callable[..., Awaitable[None]], receive: Receive, says: Callable[..., Message]) -> None:
    """Ana has a double for the group, and said how to roll back."""
    await joins("ana", "join_today")
    await receive(says("ana", SAID))


async def alone(asks: Asks, text: str = ASKED) -> Card:
    """What Ana reads who asks her double alone."""
    _, card = await asks("ana", text, direct=True)
    return card


async def test_why_names_the_model_and_which_sentences_are_its_own(
    ana: None,
    asks: Asks,
    speaks: Speaks,
    receive: Receive,
    says: Callable[..., Message],
    settled: Callable[[], Awaitable[None]],
    sent: list[Shown],
    provider: Scripted,
) -> None:
    """Provider, how many of the card's first sentences, how many inferred; of quotes nothing of the kind."""
    quotes = await alone(asks)
    await speaks()
    provider.says = calls(("paraphrase", TOLD, ["1"]), ("inference", "不停网关不能跑 rollback.sh。", ["1"]))
    told = await alone(asks)
    texts = []
    for card in (quotes, told):
        await receive(says("ana", f"/why {card.answer}", direct=True))
        await settled()
        texts.append(sent[-1][1].text)
    named = {"provider": "openai:m1 · 127.0.0.1", "n": 2, "inferred": 1, "name": "Ana"}
    assert say("zh", "why_worded_inferred", **named) in texts[1]
    assert "openai" not in texts[0]
    provider.says = calls(("paraphrase", TOLD, ["1"]))
    again = await alone(asks, "怎么回滚支付的网关")
    await receive(says("ana", f"/why {again.answer}", direct=True))
    await settled()
    assert say("zh", "why_worded", **{**named, "n": 1}) in sent[-1][1].text


async def test_a_yes_and_a_no_have_signed_receipts_and_go_along(
    ana: None,
    asks: Asks,
    speaks: Speaks,
    receive: Receive,
    says: Callable[..., Message],
    settled: Callable[[], Awaitable[None]],
    sent: list[Shown],
    store: Store,
) -> None:
    """Whole, offline, with the provider as recipient and the hash of what was shown; in the export as well."""
    await speaks()
    await receive(says("ana", "只用原话", direct=True))
    await settled()
    key = b64encode(await store.public_key()).decode()
    found = {}
    for id_ in (await store.record_ids(ANA))[:2]:
        await receive(says("ana", f"/receipt {id_}", direct=True))
        await settled()
        text = sent[-1][1].text
        document = json.loads(text[text.index("{") :])
        assert missing(document) == []
        assert is_signed_by(document, key)
        assert document["processing"]["recipients"] == ["openai:m1 · 127.0.0.1"]
        assert len(document["notice"]["sha256"]) == 64
        found[document["event"]["event_type"]] = document["event"]["event_state"]
    assert found == {"fenshen:model_withdrawn": "dpv:ConsentWithdrawn", "fenshen:model_given": "dpv:ConsentGiven"}
    made = await exported(store, None, ANA, controller_of(Settings()), "zh")
    assert made is not None
    files = unzipped(made[1])
    assert files is not None
    assert verdict(files, key).ok
    spoken = [json.loads(line) for line in files["speaking.jsonl"].splitlines()]
    assert [one["kind"] for one in spoken] == ["given", "withdrawn"]
    assert {f"receipts/{one['id']}.json" for one in spoken} <= set(files)


async def test_nobody_gets_a_receipt_of_somebody_elses_yes(
    ana: None,
    speaks: Speaks,
    receive: Receive,
    says: Callable[..., Message],
    settled: Callable[[], Awaitable[None]],
    sent: list[Shown],
    store: Store,
) -> None:
    """Knowing its id opens nothing."""
    await speaks()
    spoken = await store.spoken(ANA)
    assert spoken is not None
    await receive(says("bo", f"/receipt {spoken.id}", direct=True))
    await settled()
    assert sent[-1][1].text == say("zh", "receipt_none")


OLD, NEW = "发版窗口是周二 10:00，发版窗口前说一声", "发版窗口是周四 14:00，改了"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ({}, "Ana 的原话："),
        ({NEW: "发版窗口是周四 14:00。"}, "发版窗口是周四 14:00。"),
        ({OLD: "发版窗口是周二 10:00。"}, "Ana 的原话："),
        ({OLD: "发版窗口是周二 10:00。", NEW: "发版窗口是周四 14:00。"}, "发版窗口是周四 14:00。"),
    ],
    ids=["quoted", "the new one worded", "the old one worded", "both worded"],
)
async def test_of_what_does_not_agree_both_sides_are_shown_the_newest_first(
    joins: Callable[..., Awaitable[None]],
    receive: Receive,
    says: Callable[..., Message],
    asks: Asks,
    speaks: Speaks,
    provider: Scripted,
    words: Mapping[str, str],
    text: str,
) -> None:
    """Quoted or worded: what a newer passage contradicts is never told as the answer, and the card says so."""
    await joins("ana", "join_today")
    now = datetime.now(UTC)
    await receive(says("ana", OLD, at=now))
    await receive(says("ana", NEW, at=now + timedelta(minutes=40)))
    if words:
        await speaks()

        def worded(request: Json) -> Json:
            ids = {p["text"]: p["id"] for p in given(request)["passages"]}
            return calls(*(("paraphrase", told, [ids[said]]) for said, told in words.items()))(request)

        provider.says = worded
    card = await alone(asks, "发版窗口是什么时候")
    assert [q.text for q in card.quotes] == [NEW, OLD]
    assert card.text == text
    assert card.note.count(say("zh", "not_agreed")) == 1


def passage(id_: str, text: str, day: int) -> Passage:
    """Something that Ana said on that day."""
    at = datetime(2026, 11, day, tzinfo=UTC)
    return Passage(id=id_, owner=ANA, chat="c", message="m", thread=None, at=at, text=text, score=1.0)


def test_what_agrees_keeps_its_order() -> None:
    """Best first; and what contradicts it comes in where the last one stood, before it where it is newer."""
    best, other, last, newer = (
        Quoted(p.text, p)
        for p in (
            passage("a", "发版窗口是周二 10:00", 3),
            passage("b", "发版前先冻结代码", 4),
            passage("c", "发版失败就回滚", 9),
            passage("d", "发版窗口是周四 14:00", 5),
        )
    )
    assert both_sides([best, other, last], [best.passage, last.passage]) == [best, other, last]
    assert both_sides([best, other, last], [newer.passage]) == [newer, best, other]
    assert both_sides([], [newer.passage]) == []
