"""Promises of what runs out: its owner is reminded once, and renews by one word of theirs; nothing widens by it."""

import asyncio
from datetime import UTC, timedelta

import pytest

from skills.membership import Narrower, Yes
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources
from skills.words import Notice, Offer
from tests.store.conftest import Company

ANA, BO, DEV = "lark:t:ou_ana", "lark:t:ou_bo", "lark:t:oc_dev"
NOTICE = Notice("2", "en", "cd" * 32)


async def told(company: Company, card: str) -> list[str]:
    """Who has such a card waiting for them."""
    return [job["person"] for job in await company.jobs("tell") if job["card"] == card]


def at_work(company: Company) -> None:
    """A Monday at ten, in the server's own time, not before the clock of the company."""
    here = company.now.astimezone()
    monday = here + timedelta(days=(7 - here.weekday()) % 7 or 7)
    company.now = monday.replace(hour=10, minute=0, second=0).astimezone(UTC)


async def test_nobody_renews_for_somebody_else(company: Company) -> None:
    """Only the person's own consents are touched, whoever else has some that end."""
    await company.join(ANA, days=30)
    company.later(days=29)
    assert await company.store.renew(company.claim(), BO, NOTICE, 90) == 0
    company.later(days=2)
    assert await company.grant(ANA, BO) is None


@pytest.mark.parametrize("word", ["pause", "leave"])
async def test_what_was_paused_or_left_is_not_renewed(company: Company, word: str) -> None:
    """A renewal lets go on what goes on; it switches nothing on."""
    await company.join(ANA, days=30)
    if word == "pause":
        await company.store.pause(company.claim(), ANA, None)
    else:
        await company.leave(ANA)
    company.later(days=29)
    assert await company.store.ending(ANA) == []
    assert await company.store.renew(company.claim(), ANA, NOTICE, 90) == 0


async def test_what_an_admin_forbids_or_shortens_is_renewed_no_further(company: Company) -> None:
    """The ceiling holds at every renewal."""
    await company.join(ANA, days=30)
    await company.join(ANA, DEV, days=30)
    await company.ceiling("default-dev", chats=(DEV,), level="withheld")
    await company.ceiling("default-ops", chats=(company.ops,), days=31)
    company.later(days=29)
    assert await company.store.renew(company.claim(), ANA, NOTICE, 90) == 1
    (consent,) = await company.store.consents(ANA)
    assert (consent.chat, consent.until) == (company.ops, company.now + timedelta(days=31))


async def test_one_word_renews_all_that_ends_and_the_words_stay(company: Company) -> None:
    """As it was, under the notice shown now; what is far from its end is left alone, and said twice it is done once."""
    await company.join(ANA, days=30)
    await company.join(ANA, DEV, days=90)
    await company.say(ANA, "rollback the gateway")
    company.later(days=35)
    assert await company.find(ANA, BO, "rollback") == []
    assert [one.chat for one in await company.store.ending(ANA)] == [company.ops]
    before = {one.chat: one for one in await company.store.consents(ANA)}
    claim = company.claim()
    assert await company.store.renew(claim, ANA, NOTICE, 90) == 1
    assert await company.store.renew(claim, ANA, NOTICE, 90) is None
    after = {one.chat: one for one in await company.store.consents(ANA)}
    assert after[DEV] == before[DEV]
    assert (after[company.ops].until, after[company.ops].notice) == (company.now + timedelta(days=90), "2")
    assert await company.find(ANA, BO, "rollback") == ["rollback the gateway"]
    assert await company.store.verify(ANA) is None


async def test_a_scope_by_name_is_renewed_as_its_owner_joined_and_narrowed_it(company: Company) -> None:
    """Under the notice that they said yes to, no wider than before, and no longer than its ceiling."""
    document = ScopeDocument(Sources((company.ops,)), Readers((DEV,), (BO,)), Ceiling(mode="auto", days=40))
    await company.store.put_scope("to-dev", document, "ada")
    offer = await company.store.offer_scope(company.claim(), ANA, "to-dev", "en")
    assert isinstance(offer, Offer)
    await company.store.join_scope(company.claim(), offer.id, ANA, Yes("Ana", company.now, 90, company.notice))
    await company.store.narrow_scope(company.claim(), ANA, "to-dev", Narrower(without=frozenset({BO})))
    await company.say(ANA, "rollback the gateway")
    company.later(days=41)
    assert await company.find(ANA, BO, "rollback", DEV) == []
    assert [(one.scope, one.chat) for one in await company.store.ending(ANA)] == [("to-dev", company.ops)]
    assert await company.store.renew(company.claim(), ANA, NOTICE, 90) == 1
    (joined,) = await company.store.joined_scopes(ANA)
    assert (joined.until, joined.people) == (company.now + timedelta(days=40), ())
    record = await company.store.consent_record(ANA, joined.receipt)
    assert record is not None
    assert record.notice_sha256 == company.notice.sha256
    assert await company.find(ANA, BO, "rollback", DEV) == ["rollback the gateway"]


async def test_a_scope_that_its_admin_took_away_is_not_renewed(company: Company) -> None:
    """There is nothing left to go on."""
    document = ScopeDocument(Sources((company.ops,)), Readers((DEV,)), Ceiling(mode="auto", days=10))
    await company.store.put_scope("to-dev", document, "ada")
    offer = await company.store.offer_scope(company.claim(), ANA, "to-dev", "en")
    assert isinstance(offer, Offer)
    await company.store.join_scope(company.claim(), offer.id, ANA, Yes("Ana", company.now, 90, company.notice))
    company.later(days=5)
    assert len(await company.store.ending(ANA)) == 1
    await company.store.delete_scope("to-dev", "ada")
    assert await company.store.ending(ANA) == []
    assert await company.store.renew(company.claim(), ANA, NOTICE, 90) == 0


async def test_after_the_words_are_erased_there_is_nothing_to_renew(company: Company) -> None:
    """Thirty days after its end."""
    await company.join(ANA, days=30)
    company.later(days=61)
    assert await company.store.ending(ANA) == []
    assert await company.store.renew(company.claim(), ANA, NOTICE, 90) == 0


async def test_a_renewal_makes_earlier_grants_stale(company: Company) -> None:
    """As every consent event does."""
    await company.join(ANA, days=30)
    grant = await company.grant(ANA, BO)
    assert grant is not None
    company.later(days=29)
    await company.store.renew(company.claim(), ANA, NOTICE, 90)
    assert await company.store.holds(grant) is False


async def test_its_owner_is_reminded_once_for_all_that_ends(company: Company) -> None:
    """In the week before the end; of what ends later, a week later at least; of what was renewed, in its own time."""
    at_work(company)
    await company.join(ANA, days=30)
    await company.join(ANA, DEV, days=36)
    await company.store.remind()
    assert await told(company, "renewal") == []
    company.later(days=28)
    for _ in range(2):
        await company.store.remind()
        assert await told(company, "renewal") == [ANA]
    for days, times in ((3, 1), (4, 2), (7, 2)):
        company.later(days=days)
        await company.store.remind()
        assert await told(company, "renewal") == [ANA] * times
    await company.store.renew(company.claim(), ANA, NOTICE, 28)
    company.later(days=21)
    await company.store.remind()
    assert await told(company, "renewal") == [ANA, ANA, ANA]


async def test_of_the_week_everybody_is_told_once_a_week_who_wants_to_be(company: Company) -> None:
    """Not in the first days, and never again after a no."""
    at_work(company)
    await company.join(ANA)
    await company.join(BO)
    await company.store.weekly(company.claim(), BO, wanted=False, then=())
    for days, times in ((0, 0), (4, 0), (3, 1), (1, 1), (6, 2)):
        company.later(days=days)
        await company.store.remind()
        assert await told(company, "weekly") == [ANA] * times
    await company.store.weekly(company.claim(), ANA, wanted=False, then=())
    await company.store.weekly(company.claim(), BO, wanted=True, then=())
    company.later(days=7)
    await company.store.remind()
    assert await told(company, "weekly") == [ANA, ANA, BO]


@pytest.mark.parametrize("away", [timedelta(days=5), timedelta(hours=-2), timedelta(hours=8)])
async def test_nobody_is_written_to_at_night_or_on_a_weekend(company: Company, away: timedelta) -> None:
    """Nor is it lost: it comes when work begins."""
    at_work(company)
    await company.join(ANA, days=7)
    company.now += away
    await company.store.remind()
    assert await company.jobs("tell") == []


async def test_whoever_has_left_is_not_written_to_and_leaves_no_trace_of_it(company: Company) -> None:
    """The row goes with the rest."""
    at_work(company)
    await company.join(ANA, days=30)
    company.later(days=28)
    await company.store.remind()
    assert await company.rows("SELECT owner FROM reminder") != []
    done = await company.leave(ANA)
    assert done is not None
    await company.store.erase(done.id)
    assert await company.rows("SELECT owner FROM reminder") == []
    company.later(days=7)
    await company.store.remind()
    assert (await told(company, "renewal"), await told(company, "weekly")) == ([ANA], [ANA])


async def test_replicas_remind_once(company: Company) -> None:
    """Both look at the same moment; the second finds it told, under the owner's lock."""
    at_work(company)
    await company.join(ANA, days=7)
    await asyncio.gather(*(company.store.remind() for _ in range(4)))
    assert await told(company, "renewal") == [ANA]
