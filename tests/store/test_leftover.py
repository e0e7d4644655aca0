"""Promises of what is left over: whoever narrows from when on their words may be used does not leave the rest lying."""

from datetime import timedelta

import pytest

from skills.leftover import Leftover
from skills.words import Claim, Erasure, Said, Source, Tell
from tests.store.conftest import Company
from tests.store.test_membership import join as join_scope
from tests.store.test_membership import scope

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
OPS, DEV = "lark:t:oc_ops", "lark:t:oc_dev"
DAY = timedelta(days=1)
NOTHING = Leftover()


async def _said(company: Company, source: Source, days: float, chat: str = OPS) -> None:
    said = Said(
        ANA, chat, f"om_{source}_{days}_{chat}", company.now - days * DAY, f"merge number {days}", source=source
    )
    if source in ("note", "kept"):
        assert await company.store.keep(company.claim(), said)
    else:
        assert await company.store.backfill(ANA, chat, [said])


@pytest.fixture
async def narrowed(company: Company) -> None:
    """Ana looked back 90 days in two chats, kept a note and a reply, and then said "from today" in one of them."""
    for chat in (OPS, DEV):
        await company.join(ANA, chat, back=90)
        for days in (10, 5, 3):
            await _said(company, "history", days, chat)
    await _said(company, "note", 2)
    await _said(company, "kept", 1)
    company.later(hours=1)
    await company.join(ANA, OPS)
    company.later(seconds=1)
    await company.say(ANA, "merge number 0")


async def _erased(company: Company, *, kept: bool = False, chat: str | None = None) -> Erasure:
    begun = await company.store.erase_leftover(company.claim(), ANA, chat, kept=kept)
    assert begun is not None
    return await company.store.erase(begun.id)


async def test_whoever_narrowed_nothing_has_nothing_left_over(company: Company) -> None:
    """Neither who looked back, nor who joined from today, nor somebody else; and nothing is erased of them."""
    await company.join(ANA, OPS, back=90)
    await _said(company, "history", 5)
    await company.join(BO)
    await company.say(BO, "merge number 1")
    for person in (ANA, BO, "lark:t:ou_cy"):
        assert await company.store.leftover(person) == NOTHING
        assert await company.store.erase_leftover(company.claim(), person, None, kept=True) is None
    company.later(days=40)
    await company.store.outlast()
    assert await company.jobs("erase") == []
    assert await company.find(ANA, BO, "merge number") == ["merge number 5"]


async def test_what_nobody_reads_any_more_is_told_and_erased_with_proof(company: Company, narrowed: None) -> None:
    """Under a destroyed key; what was kept on purpose stays, and so do other chats and what is said now."""
    assert await company.find(ANA, BO, "merge number") == ["merge number 0"]
    assert await company.store.leftover(ANA) == await company.store.leftover(ANA, OPS) == Leftover(3, 2)
    assert await company.store.leftover(ANA, DEV) == NOTHING
    old = {row.key_id for row in await company.rows("SELECT key_id FROM owner_key", ANA)}
    await company.store.withhold_message(company.claim(), ANA, f"om_history_3_{OPS}")
    done = await _erased(company, chat=OPS)
    assert (done.leftover, done.residue, done.counts["messages"], done.counts["sampled"] > 0) == (True, 0, 3, True)
    assert [await company.keyring.key(key) for key in old] == [None]
    assert await company.store.leftover(ANA) == Leftover(0, 2)
    assert len(await company.store.withheld(ANA)) == 1  # or a new look back would bring it to everybody
    assert await company.find(ANA, BO, "merge number") == ["merge number 0"]
    assert len(await company.find(ANA, BO, "merge number", DEV)) == 3
    assert await company.store.verify(ANA) is None


async def test_what_was_kept_on_purpose_goes_at_its_owners_word(company: Company, narrowed: None) -> None:
    """With the rest, by one order."""
    assert (await _erased(company, kept=True)).counts["messages"] == 5
    assert await company.store.leftover(ANA) == NOTHING
    assert sorted(row.source for row in await company.rows("SELECT source FROM message", ANA)) == ["history"] * 3 + [
        "live"
    ]


async def test_it_goes_by_itself_after_thirty_days_but_for_what_was_kept(company: Company, narrowed: None) -> None:
    """Not a moment before; a consent in between that covers it begins the days anew."""
    company.later(days=29)
    await company.join(ANA, OPS, back=90)
    assert await company.store.leftover(ANA) == NOTHING
    company.later(seconds=1)
    await company.join(ANA, OPS)
    company.later(days=30, seconds=-1)
    await company.store.outlast()
    assert await company.jobs("erase") == []
    company.later(seconds=1)
    for _ in range(2):
        await company.store.outlast()
    (job,) = await company.jobs("erase")
    assert (await company.store.erase(str(job["erasure"]))).counts["messages"] == 4
    assert await company.store.leftover(ANA) == Leftover(0, 2)


async def test_it_closes_no_days_and_a_new_look_back_reads_it_anew(company: Company, narrowed: None) -> None:
    """Also while it is being erased: what is read then is not taken along, and what was kept back stays so."""
    await company.store.withhold_message(company.claim(), ANA, f"om_history_5_{OPS}")
    begun = await company.store.erase_leftover(company.claim(), ANA, OPS)
    assert begun is not None
    await company.join(ANA, OPS, back=90)
    await _said(company, "history", 5.05)
    again = Said(ANA, OPS, f"om_history_5_{OPS}", company.now - 5 * DAY, "merge number 5")
    assert await company.store.backfill(ANA, OPS, [again]) == 1
    await company.store.erase(begun.id)
    assert sorted(await company.find(ANA, BO, "merge number"))[-1:] == ["merge number 5.05"]
    alone = await company.find(ANA, ANA, "merge number", direct=True)
    assert {"merge number 5", "merge number 5.05"} <= set(alone)


async def test_a_scope_that_is_joined_anew_from_today_leaves_nothing_lying(company: Company) -> None:
    """What another consent covers is not left over."""
    await join_scope(company, scope(), back=90)
    await _said(company, "history", 5, OPS)
    company.later(seconds=1)
    await join_scope(company)
    assert await company.store.leftover(ANA) == Leftover(1, 0)
    await company.join(ANA, OPS, back=90)
    assert await company.store.leftover(ANA) == NOTHING


async def test_redelivered_it_erases_nothing_more_and_each_tell_has_the_erasures_id(
    company: Company, narrowed: None
) -> None:
    """The receipt comes when all is erased; its ledger entry says why, and no word."""
    claim = Claim("lark", "e_left")
    stopped, receipt = (Tell(card, "lark", person=ANA) for card in ("stopped", "erased"))
    begun = await company.store.erase_leftover(claim, ANA, OPS, receipt=receipt, then=[stopped])
    assert begun is not None
    assert await company.store.erase_leftover(claim, ANA, None, kept=True) == begun
    await company.store.erase(begun.id)
    told = [(t["card"], t["ids.erasure"]) for t in await company.jobs("tell")]
    assert told == [("stopped", begun.id), ("erased", begun.id)]
