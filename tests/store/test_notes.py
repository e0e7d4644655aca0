"""Promises of what owners keep by their own word: under their consent, once, in place, and gone when they say so."""

from datetime import timedelta

import pytest

from skills.notes import titled
from skills.words import Claim, PutQuestion, Said
from tests.store.conftest import Company

ANA, BO, CHI = "lark:t:ou_ana", "lark:t:ou_bo", "lark:t:ou_chi"


def said(company: Company, words: str, **more: object) -> Said:
    """What Ana wants kept of her chat."""
    fields = {"person": ANA, "chat": company.ops, "message": "om_n", "at": company.now, "text": words, "source": "note"}
    return Said(**{**fields, **more})  # type: ignore[arg-type]


async def test_nothing_is_kept_without_a_consent_for_that_chat(company: Company) -> None:
    """Not for who never joined, not for another chat, not after leaving."""
    assert await company.store.keep(company.claim(), said(company, "the launch window is Thursday")) is False
    await company.join(ANA, "lark:t:oc_dev")
    assert await company.store.keep(company.claim(), said(company, "the launch window is Thursday")) is False
    await company.join(ANA)
    await company.leave(ANA)
    assert await company.store.keep(company.claim(), said(company, "the launch window is Thursday")) is False


async def test_a_note_from_before_the_consent_is_not_kept(company: Company) -> None:
    """The owner's own beginning holds for their notes as well."""
    await company.join(ANA)
    early = said(company, "the launch window is Thursday", at=company.now - timedelta(days=1))
    assert await company.store.keep(company.claim(), early) is False


async def test_a_kept_note_is_found_where_it_was_kept_for_and_once_claimed_is_not_kept_again(company: Company) -> None:
    """In the scope of that chat, and a redelivery changes nothing."""
    await company.join(ANA)
    claim = Claim("lark", "e_note")
    assert await company.store.keep(claim, said(company, "the launch window is Thursday")) is True
    assert await company.store.keep(claim, said(company, "the launch window is Friday")) is None
    assert await company.find(ANA, BO, "when is the launch window") == ["the launch window is Thursday"]
    assert await company.find(ANA, BO, "when is the launch window", "lark:t:oc_dev") == []


async def test_a_message_kept_with_a_title_takes_the_place_of_itself(company: Company) -> None:
    """One passage, not two: found by the title's words, quoted with them."""
    await company.join(ANA)
    message = await company.say(ANA, "second shelf behind the printer")
    kept = titled(said(company, "second shelf behind the printer", message=message, source="kept"), " Stamp\ncabinet ")
    assert await company.store.keep(company.claim(), kept)
    assert await company.find(ANA, BO, "the stamp cabinet") == ["Stamp cabinet\nsecond shelf behind the printer"]
    assert len(await company.find(ANA, BO, "which shelf behind the printer")) == 1


async def test_answers_with_a_message_that_is_kept_with_a_title_stay(company: Company) -> None:
    """It was said, and still is; only what its owner takes back takes its answers along."""
    await company.join(ANA)
    message = await company.say(ANA, "second shelf behind the printer")
    grant = await company.grant(ANA, BO)
    assert grant is not None
    found = await company.store.recall(grant, "which shelf behind the printer")
    answered = await company.store.deliver(grant, [passage.id for passage in found])
    assert answered is not None
    kept = titled(said(company, "second shelf behind the printer", message=message, source="kept"), "Stamp cabinet")
    assert await company.store.keep(company.claim(), kept)
    assert [row.id for row in await company.rows("SELECT id FROM answer", ANA)] == [answered.id]


async def test_what_its_owner_drops_is_gone_and_nobody_else_can_drop_it(company: Company) -> None:
    """By message, wherever it was kept; somebody else's word drops nothing."""
    await company.join(ANA)
    await company.join(BO)
    await company.store.keep(company.claim(), said(company, "the launch window is Thursday"))
    assert await company.store.drop(company.claim(), BO, None, "om_n") is False
    assert len(await company.find(ANA, BO, "launch window")) == 1
    assert await company.store.drop(company.claim(), ANA, None, "om_n") is True
    assert await company.find(ANA, BO, "launch window") == []
    assert await company.store.drop(company.claim(), ANA, None, "om_n") is False
    assert await company.store.verify(ANA) is None


async def test_a_message_taken_back_cannot_be_kept_afterwards(company: Company) -> None:
    """Whoever taps late keeps nothing."""
    await company.join(ANA)
    await company.store.forget(company.claim(), company.ops, "om_n")
    assert await company.store.keep(company.claim(), said(company, "the launch window is Thursday")) is False


def put(company: Company, person: str | None) -> PutQuestion:
    """Bo's question to somebody, not yet kept."""
    return PutQuestion("", "lark", company.ops, BO, person, "om_q", "abc")


async def test_a_question_is_open_for_the_person_asked_and_never_for_its_asker(company: Company) -> None:
    """Somebody called by name alone may be anybody but the one who asks."""
    named, unnamed = [await company.store.put_question(put(company, person)) for person in (ANA, None)]
    assert {one.id for one in await company.store.open_puts(company.ops, ANA)} == {named.id, unnamed.id}
    assert [one.id for one in await company.store.open_puts(company.ops, CHI)] == [unnamed.id]
    assert await company.store.open_puts(company.ops, BO) == []
    assert await company.store.open_puts("lark:t:oc_dev", ANA) == []


async def test_a_question_is_answered_once(company: Company) -> None:
    """The second reply is no answer any more."""
    kept = await company.store.put_question(put(company, ANA))
    await company.store.put_stands(kept.id, "om_put")
    found = await company.store.put_in(company.ops, "om_put")
    assert found == kept
    assert await company.store.put_in("lark:t:oc_dev", "om_put") is None
    assert await company.store.reply_to_put(kept.id, "om_1") is True
    assert await company.store.reply_to_put(kept.id, "om_2") is False
    assert await company.store.open_puts(company.ops, ANA) == []


@pytest.mark.parametrize(("days", "opened", "kept"), [(2, 1, True), (4, 0, True), (31, 0, False)])
async def test_a_question_is_open_for_days_and_known_for_a_month(
    company: Company, days: int, opened: int, kept: bool
) -> None:
    """Then who asked whom is forgotten."""
    old = await company.store.put_question(put(company, ANA))
    company.later(days=days)
    assert len(await company.store.open_puts(company.ops, ANA)) == opened
    await company.store.put_question(put(company, CHI))
    assert (await company.store.find_put(old.id) is not None) is kept
