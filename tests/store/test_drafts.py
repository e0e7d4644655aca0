"""Promises of drafts: made of what waits for review alone, kept for their owner, gone with whatever they rest on."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from skills.drafting import Asked
from skills.freezing import Halt, Left
from skills.ordering import DeleteScope, Order, PutScope
from skills.queue import Queue
from skills.rules import Rules
from skills.ruling import ForbidChat, SetRules
from skills.scopes import Readers
from skills.store import Store
from skills.vault import Vault
from skills.windows import Window
from skills.words import Venue
from tests.store.conftest import Company
from tests.store.reviewer import ALONE, ANA, BO, CY, DEV, OPS, QUESTION, SAID, TO_BO, Reviewer


@pytest.fixture
async def ana(company: Company) -> Reviewer:
    """Ana, with something said that waits for her look."""
    reviewer = Reviewer(company)
    await reviewer.set_up()
    await reviewer.says()
    return reviewer


async def _order(company: Company, order: Order) -> None:
    await company.order(order)


async def test_what_waits_for_review_answers_nobody_but_its_owner(ana: Reviewer) -> None:
    """Not by an answer's grant, and a draft's grant delivers nothing either; alone, Ana reads her own."""
    assert await ana.company.grant(ANA, BO, ALONE, direct=True) is None
    grant, found = await ana.found()
    assert [p.text for p in found] == [SAID]
    assert await ana.store.deliver(grant, [found[0].id]) is None
    assert await ana.store.deliver(replace(grant, mode="either"), [found[0].id]) is None
    assert await ana.answers() == []
    assert await ana.company.find(ANA, ANA, QUESTION, "lark:t:direct-ana", direct=True) == [SAID]


async def test_what_is_answered_at_once_is_not_drafted(ana: Reviewer) -> None:
    """Consent for the chat itself answers there; no draft is made of it, nor for whoever is not covered."""
    await ana.company.join(ANA, DEV)
    await ana.company.say(ANA, SAID, DEV)
    assert await ana.company.find(ANA, BO, QUESTION, DEV) == [SAID]
    in_dev = await ana.grant(BO, Venue(DEV, False))
    assert in_dev is not None
    assert [p.chat for p in await ana.store.recall(in_dev, QUESTION)] == [OPS]
    assert await ana.grant("lark:t:ou_eve") is None
    assert await ana.grant(BO, Venue(OPS, False)) is None
    assert await ana.grant(ANA) is None


async def test_a_draft_is_kept_for_its_owner_with_who_asks_where_and_out_of_what(ana: Reviewer) -> None:
    """Once for each message; the owner is told by a card that waits on the queue."""
    id_ = await ana.drafts()
    (draft,) = await ana.waits()
    assert (draft.id, draft.asker, draft.venue, draft.asked) == (id_, BO, Venue(ALONE, True), "om_q1")
    assert [[p.text for p in quote] for quote in draft.quotes] == [[SAID]]
    assert (draft.name, draft.state, draft.said) == ("Ana", "open", "")
    (tell,) = await ana.company.jobs("tell")
    assert (tell["card"], tell["person"], tell["language"], tell["ids.draft"]) == ("draft", ANA, "zh", id_)
    grant, found = await ana.found()
    again = Asked("lark", "om_q1", "q1", "en")
    await ana.company.store.decline_draft(ana.company.claim(), ANA, str(id_))
    assert await ana.store.draft(grant, again, [[found[0].id]]) is None


async def test_a_draft_cites_what_its_grant_covers_or_is_none(ana: Reviewer) -> None:
    """Not a passage of another chat, not a stale grant, not one that answers at once, not nothing."""
    await ana.company.join(ANA, DEV)
    await ana.company.say(ANA, f"{SAID} in dev", DEV)
    own = await ana.company.ask(ANA, ANA, QUESTION, "lark:t:direct-ana", direct=True)
    other = next(p for p in own if p.chat == DEV)
    grant, found = await ana.found()
    wrong: list[list[list[str]]] = [[], [[]], [[other.id]], [[found[0].id, other.id]], [["no id"]]]
    for quotes in wrong:
        assert await ana.store.draft(grant, ana.asked(), quotes) is None
    assert await ana.store.draft(replace(grant, mode="auto"), ana.asked(), [[found[0].id]]) is None
    assert await ana.store.draft(replace(grant, epoch=grant.epoch - 1), ana.asked(), [[found[0].id]]) is None
    assert await ana.waits() == []


async def test_the_same_waits_once_and_of_one_asker_three(ana: Reviewer) -> None:
    """So that nobody is pestered through the bot; another asker's waits beside it."""
    assert await ana.drafts()
    assert await ana.drafts() is None
    assert await ana.drafts(CY)
    for word in ("alpha", "bravo", "charlie"):
        await ana.says(f"the {word} deploys at noon")
        await ana.drafts(question=f"when does {word} deploy at noon")
    assert [draft.asker for draft in await ana.waits()].count(BO) == 3


async def test_three_a_day_are_told_one_by_one_and_the_rest_on_one_card_on_the_next_working_day(ana: Reviewer) -> None:
    """Once for all of them, in working hours; nothing is told twice."""
    for n, word in enumerate(("alpha", "bravo", "charlie", "delta", "echo")):
        await ana.says(f"the {word} deploys at noon")
        await ana.drafts((BO, CY)[n % 2], question=f"when does {word} deploy at noon")
    assert len(await ana.waits()) == 5
    assert [tell["card"] for tell in await ana.company.jobs("tell")] == ["draft"] * 3
    ana.company.now = ana.company.now.replace(hour=10) + timedelta(days=1)  # a Monday, the second of March
    await ana.store.remind()
    await ana.store.remind()
    told = [tell["card"] for tell in await ana.company.jobs("tell")]
    assert told.count("drafts") == 1
    ana.company.later(days=1)
    await ana.store.remind()
    assert [tell["card"] for tell in await ana.company.jobs("tell")].count("drafts") == 1


async def test_the_batch_waits_for_the_next_day(ana: Reviewer) -> None:
    """Not on the same day, though it is a working one, and not at night."""
    ana.company.now = ana.company.now.replace(hour=9) + timedelta(days=1)  # a Monday
    for n, word in enumerate(("alpha", "bravo", "charlie", "delta")):
        await ana.says(f"the {word} deploys at noon")
        await ana.drafts((BO, CY)[n % 2], question=f"when does {word} deploy at noon")
    for at in (ana.company.now.replace(hour=12), ana.company.now.replace(hour=3) + timedelta(days=1)):
        ana.company.now = at
        await ana.store.remind()
        assert "drafts" not in [tell["card"] for tell in await ana.company.jobs("tell")]


async def test_at_night_nobody_is_shown_a_draft_where_the_store_is_patient(
    ana: Reviewer, vault: Vault, queue: Queue
) -> None:
    """It waits for one card in the next working hours: that very morning, or after a weekend."""
    company = ana.company
    patient = Store(company.database, vault, company.keyring, queue, lambda: company.now, patient=True)
    ana.store = patient
    monday = company.now.replace(hour=0) + timedelta(days=1)
    for night, morning in ((3, 9), (23, 33), (5 * 24, 7 * 24 + 9)):
        before = [tell["card"] for tell in await ana.company.jobs("tell")]
        company.now = monday + timedelta(hours=night)
        await ana.says(f"the {night}th batch deploys at noon")
        assert await ana.drafts(question=f"when does the {night}th batch deploy at noon")
        await patient.remind()
        assert [tell["card"] for tell in await ana.company.jobs("tell")] == before
        company.now = monday + timedelta(hours=morning)
        await patient.remind()
        told = [tell["card"] for tell in await ana.company.jobs("tell")]
        assert told[len(before) :].count("drafts") == 1


async def _leaves(ana: Reviewer) -> None:
    await ana.company.leave(ANA)


async def _leaves_scope(ana: Reviewer) -> None:
    await ana.store.leave(ana.company.claim(), ANA, scope="ops-to-bo")


async def _pauses(ana: Reviewer) -> None:
    await ana.store.pause(ana.company.claim(), ANA, None)


async def _drops_the_asker(ana: Reviewer) -> None:
    await ana.narrows(without=frozenset({BO}))


async def _shortens(ana: Reviewer) -> None:
    await ana.narrows(until=ana.company.now)


async def _withholds(ana: Reviewer) -> None:
    await ana.store.withhold(ana.company.claim(), ANA, ["gateway"])


async def _departs(ana: Reviewer) -> None:
    await ana.store.depart(ana.company.claim(), ANA)


async def _is_said_to_have_left(ana: Reviewer) -> None:
    await _order(ana.company, Left(ANA))


async def _is_halted(ana: Reviewer) -> None:
    await _order(ana.company, Halt(ANA))


async def _all_are_halted(ana: Reviewer) -> None:
    await _order(ana.company, Halt())


async def _chat_is_forbidden(ana: Reviewer) -> None:
    await _order(ana.company, ForbidChat(OPS))


async def _admin_narrows(ana: Reviewer) -> None:
    await _order(ana.company, PutScope("ops-to-bo", replace(TO_BO, audience=Readers((DEV,), (CY,)))))


async def _scope_is_deleted(ana: Reviewer) -> None:
    await _order(ana.company, DeleteScope("ops-to-bo"))


async def _takes_the_message_back(ana: Reviewer) -> None:
    (message,) = await ana.company.rows("SELECT message FROM message", ANA)
    await ana.store.forget(ana.company.claim(), OPS, message.message)


async def _asker_takes_the_question_back(ana: Reviewer) -> None:
    await ana.store.forget(ana.company.claim(), ALONE, "om_q1")


async def _asker_deletes_his_questions(ana: Reviewer) -> None:
    await ana.store.delete_questions(ana.company.claim(), BO)


async def _words_grow_too_old(ana: Reviewer) -> None:
    await _order(ana.company, SetRules(Rules(retention_days=1)))
    ana.company.later(days=2)
    await ana.store.outlive()


async def _erases_those_days(ana: Reviewer) -> None:
    ana.company.later(seconds=1)
    window = Window(ana.company.now - timedelta(days=1), ana.company.now)
    assert await ana.store.erase_window(ana.company.claim(), ANA, window) is not None


async def _a_week_passes(ana: Reviewer) -> None:
    ana.company.later(days=7)
    await ana.store.prune()


async def _the_consent_runs_out(ana: Reviewer) -> None:
    await ana.narrows(until=ana.company.now + timedelta(days=1))
    ana.company.later(days=1)
    await ana.store.prune()


ENDS: Mapping[str, Callable[[Reviewer], Awaitable[None]]] = {
    name.strip("_"): done
    for name, done in list(globals().items())
    if name.startswith("_") and name not in ("_order",) and getattr(done, "__module__", "") == __name__
}


@pytest.mark.parametrize("end", ENDS)
async def test_a_draft_goes_with_what_it_rests_on(ana: Reviewer, end: str) -> None:
    """In the same transaction: when the call returns no row of it is left, and it is sent by nobody any more."""
    id_ = str(await ana.drafts())
    await ENDS[end](ana)
    for table in ("draft", "draft_citation", "drafted"):
        assert await ana.company.rows(f"SELECT * FROM {table}", ANA) == []
    assert await ana.sends(id_) == "gone"
    assert await ana.answers() == []


async def test_leaving_anything_takes_all_drafts_along(ana: Reviewer) -> None:
    """Those of what stays are sealed under the key that ends; none may be left that nobody can read."""
    await ana.company.join(ANA, DEV)
    await ana.drafts(said="[a model's]")
    await ana.company.leave(ANA, DEV)
    assert await ana.company.rows("SELECT * FROM draft", ANA) == []


async def test_an_erasure_that_finds_a_draft_says_so(ana: Reviewer) -> None:
    """The probe looks for them: here one that was put back behind its back."""
    await ana.drafts()
    (row,) = await ana.company.rows("SELECT at FROM draft", ANA)
    gone = await ana.company.leave(ANA)
    assert gone is not None
    company = ana.company
    company.alter(
        "ALTER TABLE draft NO FORCE ROW LEVEL SECURITY",
        "INSERT INTO draft (owner, id, at, asker, platform, chat, direct, asked, question, language, level, passages,"
        " state) "
        f"VALUES ('{ANA}', 'X', '{row.at}', '{BO}', 'lark', '{ALONE}', true, 'om', 'q', 'en', 'full', 1, 'open')",
        "ALTER TABLE draft FORCE ROW LEVEL SECURITY",
    )
    assert (await company.store.erase(gone.id)).residue == 1


async def test_others_drafts_stay(ana: Reviewer) -> None:
    """What takes one asker out, or one question back, leaves the next one's draft."""
    await ana.drafts()
    kept = await ana.drafts(CY)
    await ana.narrows(without=frozenset({BO}))
    await ana.store.forget(ana.company.claim(), ALONE, "om_q1")
    await ana.store.delete_questions(ana.company.claim(), BO)
    assert [draft.id for draft in await ana.waits()] == [kept]
