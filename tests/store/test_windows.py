"""Promises of erasing what was said within some days: that part is gone for good, and nothing else is."""

from datetime import timedelta

import pytest

from skills import ledger
from skills.windows import Window
from skills.words import Claim, Erasure, Said, Tell
from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
OPS, DEV = "lark:t:oc_ops", "lark:t:oc_dev"
DAY = timedelta(days=1)


@pytest.fixture
async def march(company: Company) -> Window:
    """Ana said something in two chats on each of ten days; the window is of the fourth and the fifth day ago."""
    for chat in (OPS, DEV):
        await company.join(ANA, chat, back=90)
        for days in range(1, 11):
            said = Said(ANA, chat, f"om_{chat}_{days}", company.now - days * DAY, f"merge number {days}")
            await company.store.backfill(ANA, chat, [said])
    return Window(company.now - 5 * DAY, company.now - 3.5 * DAY)


async def erased(company: Company, window: Window) -> Erasure:
    """Erase a window, to the end."""
    begun = await company.store.erase_window(company.claim(), ANA, window)
    assert begun is not None
    return await company.store.erase(begun.id)


def days(texts: list[str]) -> list[int]:
    """Of which days these are."""
    return sorted(int(text.rsplit(" ", 1)[1]) for text in texts)


async def test_nobody_erases_anybody_elses_words(company: Company, march: Window) -> None:
    """Whoever has said nothing then has nothing to erase, and others' words stay."""
    await company.join(BO)
    assert await company.store.said_within(BO, march) == 0
    assert await company.store.erase_window(company.claim(), BO, march) is None
    assert await company.store.said_within(ANA, march) == 4


async def test_from_the_commit_on_nothing_of_it_is_answered(company: Company, march: Window) -> None:
    """Before a single row is deleted; what was granted before grants nothing."""
    before = await company.grant(ANA, BO)
    assert before is not None
    found = {p.text: p.id for p in await company.store.recall(before, "merge number", 50)}
    begun = await company.store.erase_window(company.claim(), ANA, march)
    assert begun is not None
    assert begun.erased_at is None
    assert days(await company.find(ANA, BO, "merge number")) == [1, 2, 3, 6, 7, 8, 9, 10]
    grant = await company.grant(ANA, BO)
    assert grant is not None
    assert await company.store.deliver(grant, [found["merge number 4"]]) is None
    assert await company.store.deliver(before, [found["merge number 3"]]) is None


async def test_what_stays_is_under_a_new_key_and_what_went_under_a_destroyed_one(
    company: Company, march: Window
) -> None:
    """With the proof that it is gone, and a ledger that still holds."""
    old = {row.key_id for row in await company.rows("SELECT key_id FROM owner_key", ANA)}
    done = await erased(company, march)
    assert (done.residue, done.counts["messages"], done.counts["sampled"] > 0) == (0, 4, True)
    assert (done.since, done.until) == (march.since, march.until)
    assert [await company.keyring.key(key) for key in old] == [None]
    for table in ("message", "passage", "ledger_payload"):
        keys = {row.key_id for row in await company.rows(f"SELECT key_id FROM {table}", ANA)}
        assert keys.isdisjoint(old)
    assert days(await company.find(ANA, BO, "merge number")) == [1, 2, 3, 6, 7, 8, 9, 10]
    assert await company.rows("SELECT 1 FROM passage WHERE birth < 0", ANA) == []
    assert await company.store.verify(ANA) is None
    assert len(await company.store.consents(ANA)) == 2


async def test_the_sums_by_days_know_nothing_of_what_went(company: Company, march: Window) -> None:
    """How much was said on those days is told by nothing, and weighs in no search."""
    sums = "SELECT chat, birth, date_trunc('day', at, 'UTC'), count(*), sum(length) FROM passage"
    await erased(company, march)
    tally = await company.rows("SELECT chat, birth, day, n, length FROM tally ORDER BY 1, 2, 3", ANA)
    kept = await company.rows(f"{sums} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3", ANA)
    assert [tuple(row) for row in tally] == [tuple(row) for row in kept]
    assert len(kept) == 16


async def scores(company: Company) -> list[tuple[str, float]]:
    """What a question finds, enough or not, and how much each weighs."""
    grant = await company.grant(ANA, BO)
    assert grant is not None
    found = await company.store.search(grant, "merge number 4 and 5", 50)
    return [(p.message, p.score) for p in found.passages]


@pytest.mark.parametrize("chat", [None, OPS])
async def test_from_the_commit_on_what_goes_weighs_in_no_search(
    company: Company, march: Window, chat: str | None
) -> None:
    """Each score is the same before its postings are deleted as after: no count tells that it is still there."""
    before = dict(await scores(company))
    begun = await company.store.erase_window(company.claim(), ANA, Window(march.since, march.until, chat))
    assert begun is not None
    between = await scores(company)
    assert await company.rows("SELECT 1 FROM passage WHERE birth < 0", ANA)
    await company.store.erase(begun.id)
    assert between == await scores(company)
    assert len(between) == 8
    assert all(score != before[message] for message, score in between)


async def test_one_chat_alone_can_be_meant(company: Company, march: Window) -> None:
    """The same days in another chat stay, and what nobody could answer is still told."""
    here = Window(march.since, march.until, OPS)
    assert await company.store.said_within(ANA, here) == 2
    grant = await company.grant(ANA, BO)
    assert grant is not None
    await company.store.could_not(grant)
    await erased(company, here)
    assert days(await company.find(ANA, BO, "merge number")) == [1, 2, 3, 6, 7, 8, 9, 10]
    assert days(await company.find(ANA, BO, "merge number", DEV)) == list(range(1, 11))
    assert (
        await company.store.backfill(ANA, DEV, [Said(ANA, DEV, "om_d", company.now - 4 * DAY, "merge number 44")]) == 1
    )
    assert await company.store.unanswered(ANA, days=7) == 1


async def test_nothing_said_then_is_ever_recorded_again(company: Company, march: Window) -> None:
    """Not by a late delivery, not from history; what is said from now on is, on the same day too."""
    await erased(company, march)
    late = [Said(ANA, OPS, "om_late", company.now - 4 * DAY, "merge number 4")]
    assert await company.store.backfill(ANA, OPS, late) == 0
    assert await company.store.backfill(ANA, OPS, [Said(ANA, OPS, "om_6", company.now - 6 * DAY, "merge number 66")])
    today = Window(company.now - 4 * DAY, company.now + DAY)
    company.later(seconds=60)
    assert (await erased(company, today)).until == company.now
    company.later(seconds=60)
    await company.say(ANA, "merge number 0")
    assert 0 in days(await company.find(ANA, BO, "merge number"))


async def test_answers_with_what_went_go_and_others_stay(company: Company, march: Window) -> None:
    """Where the former stood is kept until they are taken down."""
    grant = await company.grant(ANA, BO)
    assert grant is not None
    answers = {}
    for found in await company.store.recall(grant, "merge number", 50):
        if found.text in ("merge number 4", "merge number 8"):
            answered = await company.store.deliver(grant, [found.id])
            assert answered is not None
            answers[found.text] = answered.id
            await company.store.shown(answered.id, "lark", OPS, f"card-{answered.id}")
    await erased(company, march)
    assert [row.id for row in await company.rows("SELECT id FROM answer", ANA)] == [answers["merge number 8"]]
    assert [place.answer for place in await company.store.placed(ANA)] == [answers["merge number 4"]]


async def test_a_claim_that_was_taken_erases_nothing_and_each_tell_has_the_erasures_id(
    company: Company, march: Window
) -> None:
    """A redelivery is harmless; the receipt comes when all is erased."""
    claim = Claim("lark", "e_window")
    stopped, receipt = (Tell(card, "lark", person=ANA) for card in ("stopped", "erased"))
    begun = await company.store.erase_window(claim, ANA, march, receipt=receipt, then=[stopped])
    assert begun is not None
    assert await company.store.erase_window(claim, ANA, Window(company.now - 90 * DAY, company.now)) == begun
    assert [(told["card"], told["ids.erasure"]) for told in await company.jobs("tell")] == [("stopped", begun.id)]
    await company.store.erase(begun.id)
    assert [told["card"] for told in await company.jobs("tell")] == ["stopped", "erased"]
    assert len(await company.find(ANA, BO, "merge number")) == 8


async def test_what_is_said_between_the_two_steps_is_kept(company: Company, march: Window) -> None:
    """And unanswered questions, topics kept back and other chats' notes stay as they are."""
    await company.store.withhold(company.claim(), ANA, ["number 7"])
    begun = await company.store.erase_window(company.claim(), ANA, march)
    assert begun is not None
    company.later(seconds=1)
    await company.say(ANA, "merge number 0")
    await company.store.erase(begun.id)
    assert days(await company.find(ANA, BO, "merge number")) == [0, 1, 2, 3, 6, 8, 9, 10]
    assert [one.words for one in await company.store.withheld(ANA)] == ["number 7"]


async def test_the_ledger_says_which_days_and_no_word(company: Company, march: Window) -> None:
    """For its owner, who can read it afterwards."""
    await erased(company, march)
    async with company.database.transaction(owner=ANA) as connection:
        entries = await ledger.entries(connection, company.vault, ANA, but=())
    (stopped,) = [entry.plain or "" for entry in entries if entry.kind == "stopped"]
    assert march.since.isoformat() in stopped
    assert "merge" not in stopped
