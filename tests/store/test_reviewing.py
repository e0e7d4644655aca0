"""Promises of review: a draft is sent by its owner alone, once, and as decided at that moment."""

import asyncio
from dataclasses import replace
from typing import Literal

import pytest

from skills.membership import Narrower
from skills.ordering import Order
from skills.rules import Rules
from skills.ruling import SetRules
from skills.scopes import Ceiling
from skills.words import Venue
from tests.store.conftest import Company
from tests.store.reviewer import ALONE, ANA, BO, CY, ONWARD, OPS, QUESTION, SAID, TO_BO, Reviewer

PROVIDER = "openai:m1 · api.example"


@pytest.fixture
async def ana(company: Company) -> Reviewer:
    """Ana, with something said that waits for her look."""
    reviewer = Reviewer(company)
    await reviewer.set_up()
    await reviewer.says()
    return reviewer


async def _order(company: Company, order: Order) -> None:
    await company.order(order)


async def test_an_owner_sends_a_draft_once(ana: Reviewer) -> None:
    """It is an answer like any other, marked as looked at, with its credit and entry; a second tap finds it gone."""
    id_ = str(await ana.drafts())
    claim = ana.company.claim()
    assert await ana.store.send_draft(claim, ANA, id_) == "sent"
    assert await ana.store.send_draft(claim, ANA, id_) == "again"
    assert await ana.sends(id_) == "gone"
    (answer,) = await ana.answers()
    assert (answer.asker, answer.chat, answer.reviewed, answer.passages) == (BO, ALONE, True, 1)
    assert await ana.store.credit(ANA) == 1
    assert await ana.waits() == []
    found = await ana.store.find_draft(ANA, id_)
    assert found is not None
    assert (found.state, found.answer) == ("sent", answer.id)
    kinds = [row.kind for row in await ana.company.rows("SELECT kind FROM ledger ORDER BY seq", ANA)]
    assert kinds[-1] == "answered"
    assert await ana.store.verify(ANA) is None


async def test_of_many_taps_at_once_one_sends(ana: Reviewer) -> None:
    """On whichever replica."""
    id_ = str(await ana.drafts())
    outcomes = await asyncio.gather(*(ana.sends(id_) for _ in range(8)))
    assert sorted(outcomes) == ["gone"] * 7 + ["sent"]
    assert len(await ana.answers()) == 1


async def test_nobody_but_its_owner_has_a_draft(ana: Reviewer) -> None:
    """Neither by its id nor among rows: behind row-level security; and no other door opens it."""
    id_ = str(await ana.drafts())
    for other in (BO, CY):
        assert await ana.store.find_draft(other, id_) is None
        assert await ana.store.send_draft(ana.company.claim(), other, id_) == "gone"
        assert await ana.store.decline_draft(ana.company.claim(), other, id_) is False
        assert await ana.store.withhold_draft(ana.company.claim(), other, id_) is False
        assert await ana.store.put_draft(ana.company.claim(), other, id_) is False
        assert await ana.store.drafts_waiting(other) == 0
    for table in ("draft", "draft_citation"):
        assert await ana.company.rows(f"SELECT * FROM {table}") == []
        assert await ana.company.rows(f"SELECT * FROM {table}", BO) == []
        assert len(await ana.company.rows(f"SELECT * FROM {table}", ANA)) == 1
    held = await ana.store.holdings(BO)
    assert held.rows == {}  # whether there is a draft is not for the asker


async def test_it_is_decided_again_when_it_is_sent(ana: Reviewer) -> None:
    """A quota used up meanwhile, of which no transaction told: nothing is sent, and the draft is gone."""
    id_ = str(await ana.drafts())
    await _order(ana.company, SetRules(Rules(answers_to_one=1)))
    other = str(await ana.drafts(CY))
    company = ana.company
    company.alter(
        "ALTER TABLE answer NO FORCE ROW LEVEL SECURITY",
        "INSERT INTO answer (owner, id, at, asker, chat, direct, level, epoch, passages) "
        f"VALUES ('{ANA}', 'X', '{company.now}', '{BO}', '{ALONE}', true, 'full', 1, 1)",
        "ALTER TABLE answer FORCE ROW LEVEL SECURITY",
    )
    assert await ana.sends(id_) == "not_any_more"
    assert await ana.sends(id_) == "gone"
    assert await ana.sends(other) == "sent"


async def test_an_outline_is_drafted_without_words(ana: Reviewer) -> None:
    """The owner sees what would be sent: where and when."""
    await ana.narrows("outline")
    await ana.drafts()
    (draft,) = await ana.waits()
    assert [[p.text for p in quote] for quote in draft.quotes] == [[""]]


async def test_an_owners_own_words_are_sent_in_place_of_the_draft(ana: Reviewer) -> None:
    """Sealed under her key, and decided as the draft would be."""
    id_ = str(await ana.drafts())
    assert await ana.sends(id_, own="at ten, since Monday") == "sent"
    found = await ana.store.find_draft(ANA, id_)
    assert found is not None
    assert (found.own, found.said) == (True, "at ten, since Monday")
    assert "since Monday" not in ana.company.everything()


async def test_a_draft_that_is_declined_is_never_sent(ana: Reviewer) -> None:
    """Nothing of it stays sealed, and nobody hears of it."""
    id_ = str(await ana.drafts(said="[]"))
    claim = ana.company.claim()
    assert await ana.store.decline_draft(claim, ANA, id_) is True
    assert await ana.store.decline_draft(claim, ANA, id_) is None
    assert await ana.store.decline_draft(ana.company.claim(), ANA, id_) is False
    assert await ana.sends(id_) == "gone"
    (row,) = await ana.company.rows("SELECT sealed, key_id FROM draft", ANA)
    assert tuple(row) == (None, None)


async def test_keeping_back_what_a_draft_cites_drops_every_draft_of_it(ana: Reviewer) -> None:
    """Nobody is told it any more, at once or after a look."""
    first = str(await ana.drafts())
    await ana.drafts(CY)
    assert await ana.store.withhold_draft(ana.company.claim(), ANA, first) is True
    assert await ana.waits() == []
    assert (await ana.found())[1] == []
    (kept,) = await ana.store.withheld(ANA)
    assert (kept.kind, kept.passages) == ("message", 1)


async def test_an_owner_answers_by_herself_what_a_draft_was_for(ana: Reviewer) -> None:
    """As if it had been put to her: her reply finds its asker, and the draft is closed."""
    id_ = str(await ana.drafts())
    put = await ana.store.put_draft(ana.company.claim(), ANA, id_)
    assert put
    assert (put.asker, put.person, put.asked, put.chat, put.private) == (BO, ANA, "om_q1", ALONE, True)
    assert await ana.sends(id_) == "gone"
    assert [one.id for one in await ana.store.waiting(ANA, [])] == [put.id]


async def test_from_now_on_is_a_consent_of_its_own(ana: Reviewer) -> None:
    """One event in mode auto, with its notice; the next question is answered at once. Nothing else of it changes."""
    await ana.store.put_scope("ops-to-bo", replace(TO_BO, ceiling=Ceiling(mode="auto", days=10)), "ada")
    id_ = str(await ana.drafts())
    assert [draft.onward for draft in await ana.waits()] == ["ops-to-bo"]
    (held,) = await ana.company.rows("SELECT epoch FROM owner")
    (before,) = await ana.store.joined_scopes(ANA)
    ana.company.later(days=2)
    assert await ana.sends(id_, onward=ONWARD) == "sent"
    (event,) = await ana.company.rows("SELECT * FROM consent_event ORDER BY seq DESC LIMIT 1", ANA)
    assert (event.kind, event.mode, event.notice_sha256) == ("given", "auto", "cd" * 32)
    (raised,) = await ana.company.rows("SELECT epoch FROM owner")
    assert raised.epoch > held.epoch  # what was granted before is stale
    (after,) = await ana.store.joined_scopes(ANA)
    assert (before.mode, after.mode, after.until, after.since) == ("review", "auto", before.until, before.since)
    assert await ana.company.find(ANA, BO, QUESTION, ALONE, direct=True) == [SAID]
    assert (await ana.company.rows("SELECT kind FROM ledger ORDER BY seq", ANA))[-1].kind == "given"


@pytest.mark.parametrize(("mode", "begins"), [(None, "review"), ("auto", "auto"), ("review", "review")])
async def test_a_scope_begins_with_its_owners_look_where_its_admin_says_nothing_of_it(
    company: Company, mode: Literal["auto", "review"] | None, begins: str
) -> None:
    """What is wider than where it was said waits, until its owner or the admin's card says otherwise."""
    ana = Reviewer(company)
    await ana.set_up(replace(TO_BO, ceiling=Ceiling(mode=mode)))
    assert [joined.mode for joined in await ana.store.joined_scopes(ANA)] == [begins]
    await ana.says()
    assert (await company.grant(ANA, BO, ALONE, direct=True) is None) == (begins == "review")


async def test_review_comes_back_by_one_word(company: Company) -> None:
    """What was sent of itself waits for her look again; a second time it is no narrower."""
    ana = Reviewer(company)
    await ana.set_up(replace(TO_BO, ceiling=Ceiling(mode="auto")))
    await ana.narrows(review=True)
    assert [joined.mode for joined in await ana.store.joined_scopes(ANA)] == ["review"]
    again = Narrower(review=True)
    assert await ana.store.narrow_scope(company.claim(), ANA, "ops-to-bo", again) is False


async def test_no_yes_goes_beyond_an_admins_ceiling(ana: Reviewer) -> None:
    """Where the ceiling says review, or another scope was shown, the answer goes out and nothing is turned."""
    id_ = str(await ana.drafts())
    assert [draft.onward for draft in await ana.waits()] == [None]
    assert await ana.sends(id_, onward=ONWARD) == "sent"
    await ana.store.put_scope("ops-to-bo", replace(TO_BO, ceiling=Ceiling(mode="auto")), "ada")
    other = str(await ana.drafts(CY))
    assert await ana.sends(other, onward=replace(ONWARD, scope="another")) == "sent"
    assert [joined.mode for joined in await ana.store.joined_scopes(ANA)] == ["review"]
    assert await ana.company.grant(ANA, BO, ALONE, direct=True) is None


async def test_review_in_the_built_in_scope_is_an_admins_and_stays(company: Company) -> None:
    """A ceiling makes its answers drafts; nobody turns that off but an admin."""
    await company.join(ANA)
    await company.say(ANA, SAID)
    await company.ceiling("default-ops", chats=(OPS,), mode="review")
    reviewer = Reviewer(company)
    grant = await reviewer.grant(BO, Venue(OPS, False))
    assert grant is not None
    found = await company.store.recall(grant, QUESTION)
    id_ = await company.store.draft(grant, reviewer.asked(), [[p.id for p in found]])
    assert [draft.onward for draft in await reviewer.waits()] == [None]
    assert await reviewer.sends(str(id_)) == "sent"


async def test_a_reviewed_answer_stands_as_long_as_its_consent(ana: Reviewer) -> None:
    """Though no answer would be given at once; and not a moment longer."""
    id_ = str(await ana.drafts())
    await ana.sends(id_)
    (answer,) = await ana.answers()
    assert await ana.store.shown(answer.id, "lark", ALONE, "m1", "en") is True
    assert await ana.store.standing(answer.id) is not None
    await ana.store.pause(ana.company.claim(), ANA, None)
    assert await ana.store.standing(answer.id) is None


async def test_a_models_draft_needs_a_scope_that_lets_a_model_say_it_and_its_owners_yes(company: Company) -> None:
    """Both for every passage; a no to the model drops what it wrote, and an answer at once it may never write."""
    ana = Reviewer(company)
    await ana.set_up(replace(TO_BO, ceiling=Ceiling(mode="review", words="model")))
    await ana.says()
    grant, found = await ana.found()
    assert list(await ana.store.outside(grant, found, PROVIDER)) == []
    assert await ana.drafts(said="[…]", provider=PROVIDER) is None
    await ana.store.let_speak(company.claim(), ANA, PROVIDER, "ab", "en")
    grant, found = await ana.found()
    assert list(await ana.store.outside(grant, found, PROVIDER)) == list(found)
    assert list(await ana.store.outside(grant, found, "another")) == []
    id_ = str(await ana.drafts(said="[…]", provider=PROVIDER))
    (draft,) = await ana.waits()
    assert (draft.said, draft.provider) == ("[…]", PROVIDER)
    assert await ana.sends(id_) == "sent"
    assert await ana.drafts(CY, said="[…]", provider=PROVIDER)
    await ana.store.quote_only(company.claim(), ANA)
    assert await ana.waits() == []


async def test_a_yes_from_before_there_were_drafts_lets_no_draft_be_worded(company: Company) -> None:
    """What it was shown spoke of its owner's own questions alone."""
    ana = Reviewer(company)
    await ana.set_up(replace(TO_BO, ceiling=Ceiling(mode="review", words="model")))
    await ana.says()
    await ana.store.let_speak(company.claim(), ANA, PROVIDER, "ab", "en")
    company.alter(
        "ALTER TABLE speaking NO FORCE ROW LEVEL SECURITY",
        "UPDATE speaking SET others = false",
        "ALTER TABLE speaking FORCE ROW LEVEL SECURITY",
    )
    grant, found = await ana.found()
    assert list(await ana.store.outside(grant, found, PROVIDER)) == []
    spoken = await ana.store.spoken(ANA)
    assert spoken is not None
    assert not spoken.others


async def test_where_a_scope_says_quotes_no_model_words_a_draft(ana: Reviewer) -> None:
    """Whatever its owner's yes says."""
    await ana.store.let_speak(ana.company.claim(), ANA, PROVIDER, "ab", "en")
    grant, found = await ana.found()
    assert list(await ana.store.outside(grant, found, PROVIDER)) == []
    assert await ana.drafts(said="[…]", provider=PROVIDER) is None
    assert await ana.drafts()


async def test_a_models_words_in_auto_are_still_its_owners_alone(company: Company) -> None:
    """A scope that answers at once quotes, though it would let a model say it."""
    ana = Reviewer(company)
    await ana.set_up(replace(TO_BO, ceiling=Ceiling(mode="auto", words="model")))
    await ana.says()
    await ana.store.let_speak(company.claim(), ANA, PROVIDER, "ab", "en")
    grant = await company.grant(ANA, BO, ALONE, direct=True)
    assert grant is not None
    found = await company.store.recall(grant, QUESTION)
    assert found
    assert list(await ana.store.outside(grant, found, PROVIDER)) == []
    assert await ana.store.deliver(grant, [found[0].id], PROVIDER) is None


async def test_an_owner_takes_drafts_along_without_who_asked(ana: Reviewer) -> None:
    """What the double would have said is theirs."""
    await ana.drafts(said="[a model's]")
    portable = await ana.store.portable(ANA)
    assert portable is not None
    (row,) = portable.drafts
    assert (row["words"], row["state"], len(row["cites"])) == ("[a model's]", "open", 1)
    assert BO not in str(row)
