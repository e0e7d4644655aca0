"""A correction takes the place of one's own words, under the same heading and consent, or changes nothing at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from skills.notes import titled
from skills.rows import UNNAMED
from skills.words import Said
from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
OLD, NEW = "second shelf behind the printer", "third floor with Chen"


def said(company: Company, words: str = NEW, **more: object) -> Said:
    """What Ana says instead."""
    fields = {"person": ANA, "chat": company.ops, "message": "om_c", "at": company.now, "text": words, "source": "note"}
    return Said(**{**fields, **more})  # type: ignore[arg-type]


@pytest.fixture
async def old(company: Company) -> str:
    """What Ana kept under a heading."""
    await company.join(ANA)
    kept = titled(said(company, OLD, message="om_old", source="kept"), "Where is the stamp")
    assert await company.store.keep(company.claim(), kept)
    return "om_old"


async def test_nobody_corrects_what_is_not_theirs_or_not_there(company: Company, old: str) -> None:
    """Another's words, another chat's, a message of which nothing is recorded: all stays as it was."""
    await company.join(BO)
    store = company.store
    assert await store.correct(company.claim(), BO, old, said(company, person=BO)) is False
    assert await store.correct(company.claim(), ANA, old, said(company, person=BO)) is False
    assert await store.correct(company.claim(), ANA, old, said(company, chat="lark:t:oc_dev")) is False
    assert await store.correct(company.claim(), ANA, "om_none", said(company)) is False
    assert await company.find(ANA, "lark:t:ou_chi", "where is the stamp") == [f"Where is the stamp\n{OLD}"]


async def test_without_a_consent_that_covers_the_new_words_the_old_ones_stay(company: Company, old: str) -> None:
    """A pause records nothing, a correction included; nor do words from before the consent."""
    early = said(company, at=company.now - timedelta(days=1))
    assert await company.store.correct(company.claim(), ANA, old, early) is False
    await company.store.pause(company.claim(), ANA, None)
    assert await company.store.correct(company.claim(), ANA, old, said(company)) is False
    await company.store.resume(company.claim(), ANA, None)
    assert await company.find(ANA, BO, "where is the stamp") == [f"Where is the stamp\n{OLD}"]


async def test_the_new_words_stand_alone_under_the_old_heading(company: Company, old: str) -> None:
    """Found by the same question; of the old words nothing is left; the ledger says so and holds."""
    claim = company.claim()
    assert await company.store.correct(claim, ANA, old, said(company)) is True
    assert await company.store.correct(claim, ANA, old, said(company, "a redelivery")) is None
    assert await company.find(ANA, BO, "where is the stamp") == [f"Where is the stamp\n{NEW}"]
    assert await company.find(ANA, BO, "second shelf behind the printer") == []
    assert len(await company.rows("SELECT 1 FROM ledger WHERE kind = 'corrected'", ANA)) == 1
    assert await company.store.verify(ANA) is None


async def test_an_edited_message_says_what_it_says_now(company: Company, old: str) -> None:
    """Under its heading, with its answers taken down; read again as it is recorded, it changes nothing.

    The old words come back in no file; they go, too, where the new ones may not be kept.
    """
    edited = said(company, NEW, message=old, source="history")
    grant = await company.grant(ANA, BO)
    assert grant is not None
    assert await company.store.deliver(grant, [(await company.store.own(ANA))[0].id])
    assert await company.store.follow(replace(edited, text=OLD)) is False
    assert [await company.store.follow(edited) for _ in range(2)] == [True, False]
    assert [p.text for p in await company.store.own(ANA)] == [f"Where is the stamp\n{NEW}"]
    assert await company.rows("SELECT 1 FROM answer", ANA) == []
    late = said(company, OLD, message=f"{UNNAMED}1", source="file")
    assert await company.store.backfill(ANA, company.ops, [late]) == 0
    assert await company.store.object(company.claim(), BO, company.ops)
    assert await company.store.follow(replace(edited, text="ask Bo", about=(BO,))) is True
    assert await company.store.own(ANA) == []
    assert await company.store.follow(replace(edited, message="om_none")) is False


async def test_an_answer_is_known_by_what_it_quotes_first_and_only_to_its_owner(company: Company, old: str) -> None:
    """By the message in which it stands; without one, the latest of hers in the chat."""
    form = await company.say(ANA, "the stamp needs a form first")
    grant = await company.grant(ANA, BO)
    assert grant is not None
    ids = {passage.message: passage.id for passage in await company.store.own(ANA)}
    for n, order in enumerate(((old, form), (form, old))):
        answered = await company.store.deliver(grant, [ids[message] for message in order])
        assert answered is not None
        await company.store.shown(answered.id, "lark", company.ops, f"om_card{n}")
        company.later(minutes=1)
    quoted = company.store.quoted_in
    assert await quoted(ANA, company.ops, "om_card0") == old
    assert await quoted(ANA, company.ops, None) == form
    assert await quoted(ANA, company.ops, "om_card9") is None
    assert await quoted(BO, company.ops, "om_card0") is None
    assert await quoted(ANA, "lark:t:oc_dev", "om_card0") is None
