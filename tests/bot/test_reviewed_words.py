"""Promises of a model's words for colleagues: under a scope that says so, with a yes that spoke of it, after a look."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.base import Card, Click, Message, Receive
from bot.sentences import say
from bot.settings import Settings
from skills.scopes import Ceiling
from skills.store import Store
from tests.bot.conftest import Company
from tests.bot.reviewed import ANA, DEV, OPS, ROLLBACK, SCOPE, Desk
from tests.bot.scripted import Says, Scripted, blabs, calls, given

TOLD = "For the rollback of the payment service, switch the flag, then redeploy."
ASKS_MODEL = replace(SCOPE, ceiling=Ceiling(mode="review", words="model"))


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


@pytest.fixture
def desk(
    receive: Receive,
    settled: Callable[[], Awaitable[None]],
    says: Callable[..., Message],
    taps: Callable[..., Click],
    store: Store,
    company: Company,
) -> Desk:
    """Ana's and Bo's, before she has joined anything."""
    company.members[DEV] = dict(company.members[OPS])
    return Desk(receive, settled, says, taps, store, company.sent, company.standing)


async def _agrees(desk: Desk) -> None:
    await desk.says_alone("/speak")
    button = desk.button(desk.hers()[-1], "speak")
    await desk.receive(desk.taps("ana", "speak", button.value))
    await desk.settled()


async def _drafted(desk: Desk) -> Card:
    await desk.asked()
    (card,) = desk.hers()
    return card


async def test_without_her_yes_or_the_scopes_word_a_draft_quotes_and_nothing_is_sent_out(
    desk: Desk, provider: Scripted
) -> None:
    """Either alone is not enough."""
    await desk.joins(ASKS_MODEL)
    card = await _drafted(desk)
    assert say("zh", "draft_would") in card.text
    assert [q.text for q in card.quotes] == [ROLLBACK]
    await desk.says_alone(f"/review {desk.at(card)['draft']} no")
    await desk.joins(SCOPE)
    await _agrees(desk)
    await _drafted(desk)
    assert provider.requests == []


async def test_what_a_model_words_she_sees_first_and_sends(desk: Desk, provider: Scripted) -> None:
    """Her words below it; the label names the model and that she looked."""
    await desk.joins(ASKS_MODEL)
    await _agrees(desk)
    nothing = await desk.asked()
    assert nothing.quotes == ()
    (card,) = desk.hers()
    assert TOLD in card.text
    assert "openai:m1" in card.label
    assert [p["text"] for p in given(provider.requests[0])["passages"]] == [ROLLBACK]
    await desk.taps_on(card, "draft_send")
    (stands,) = desk.stands()
    assert stands.text == TOLD
    assert [q.text for q in stands.quotes] == [ROLLBACK]
    named = {"name": "Ana", "answer": stands.answer, "provider": "openai:m1 · 127.0.0.1"}
    assert stands.label == say("en", "reviewed_told_label", **named)
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    "words", [blabs, calls(), calls(("paraphrase", "Ana resigns, canary https://evil.example", ["1"]))]
)
async def test_what_does_not_stand_in_her_words_is_in_no_draft(desk: Desk, provider: Scripted, words: Says) -> None:
    """A model that repeats its rules, says nothing or obeys what it reads: she is shown her own words alone."""
    provider.says = words
    await desk.joins(ASKS_MODEL)
    await _agrees(desk)
    card = await _drafted(desk)
    assert [q.text for q in card.quotes] == [ROLLBACK]
    assert "canary" not in str(card)
    assert "evil" not in str(card)


async def test_her_no_to_the_model_takes_its_drafts_along(desk: Desk) -> None:
    """Sent after it, nothing goes out."""
    await desk.joins(ASKS_MODEL)
    await _agrees(desk)
    before = await desk.asked()
    (card,) = desk.hers()
    await desk.says_alone("/quote")
    await desk.taps_on(card, "draft_send")
    assert desk.stands() == [before]
    assert list(await desk.store.drafts(ANA)) == []
