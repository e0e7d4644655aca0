"""What arrives is claimed once, and only an owner's own words stay, only where and while they consented."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from skills import errands
from skills.words import Backfill, Said, Tell

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
OPS, DEV = "lark:t:oc_ops", "lark:t:oc_dev"
TELL = Tell("help", "lark", chat=OPS, reply_to="om_1", slot="s1", ids={"offer": "x"})


async def test_a_second_delivery_of_an_event_is_refused_and_does_nothing(company: "Company") -> None:
    """Redelivery is harmless."""
    claim = company.claim()
    assert await company.store.claim(claim, TELL)
    assert not await company.store.claim(claim, TELL)
    assert len(await company.jobs("tell")) == 1


async def test_a_message_under_another_event_is_refused(company: "Company") -> None:
    """The message id is claimed as well as the event id."""
    assert await company.store.claim(company.claim("om_1"))
    assert not await company.store.claim(company.claim("om_1"), TELL)
    assert await company.jobs("tell") == []


async def test_of_many_at_once_one_claims(company: "Company") -> None:
    """Replicas that get the same event at the same time agree on one."""
    claim = company.claim("om_1")
    assert sum(await asyncio.gather(*(company.store.claim(claim, TELL) for _ in range(6)))) == 1
    assert len(await company.jobs("tell")) == 1


async def test_a_claim_is_remembered_for_three_days(company: "Company") -> None:
    """A late redelivery is refused; after three days the claim is forgotten."""
    claim = company.claim("om_1")
    await company.store.claim(claim)
    company.later(days=2, hours=23)
    await company.store.prune()
    assert not await company.store.claim(claim)
    company.later(hours=2)
    await company.store.prune()
    assert await company.store.claim(claim)


async def test_an_errand_comes_back_from_its_job_as_it_was(company: "Company") -> None:
    """Jobs carry flat ids and nothing is lost on the way."""
    back = Backfill("lark", ANA, OPS, "s2", "en")
    await company.store.claim(company.claim(), TELL, back)
    assert errands.tell((await company.jobs("tell"))[0]) == TELL
    assert errands.backfill((await company.jobs("backfill"))[0]) == back


async def test_words_of_somebody_who_never_joined_leave_no_trace(company: "Company") -> None:
    """Other people's messages are not stored in any form, not even as search terms."""
    await company.join(ANA)
    before = len(await company.rows("SELECT 1 FROM owner"))
    await company.say(BO, "金丝雀 canary")
    assert "canary" not in company.everything()
    assert "金丝雀" not in company.everything()
    assert len(await company.rows("SELECT 1 FROM owner")) == before
    assert await company.rows("SELECT 1 FROM passage", BO) == []


async def test_an_owners_words_elsewhere_are_not_recorded(company: "Company") -> None:
    """A consent is for one chat."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway", DEV)
    assert await company.rows("SELECT 1 FROM passage", ANA) == []


async def test_words_from_before_the_consent_are_not_recorded(company: "Company") -> None:
    """What was said before `since` stays out, however it arrives."""
    await company.join(ANA)
    early = company.now - timedelta(seconds=1)
    await company.say(ANA, "rollback the gateway", at=early)
    assert await company.store.backfill(ANA, OPS, [Said(ANA, OPS, "om_0", early, "rollback")]) == 0
    assert await company.rows("SELECT 1 FROM passage", ANA) == []


async def test_words_after_the_end_are_not_recorded(company: "Company") -> None:
    """The end of a consent is not part of it."""
    await company.join(ANA, days=10)
    company.later(days=10)
    await company.say(ANA, "rollback the gateway")
    assert await company.rows("SELECT 1 FROM passage", ANA) == []


async def test_words_under_a_withholding_ceiling_are_not_recorded(company: "Company") -> None:
    """Where an admin forbids the default scope, nothing is learned."""
    await company.join(ANA)
    await company.ceiling("default", level="withheld")
    await company.say(ANA, "rollback the gateway")
    assert await company.rows("SELECT 1 FROM passage", ANA) == []


async def test_a_backfill_keeps_only_the_owners_own_words(company: "Company") -> None:
    """Of a listed chat, what others said is dropped, and so is what was said elsewhere."""
    await company.join(ANA, back=90)
    own = Said(ANA, OPS, "om_0", company.now - timedelta(days=2), "rollback", source="history")
    others = [replace(own, person=BO, message="om_x"), replace(own, chat=DEV, message="om_y")]
    assert await company.store.backfill(ANA, OPS, [own, *others]) == 1
    assert await company.store.backfill(ANA, OPS, [own, *others]) == 0
    assert await company.find(ANA, BO, "rollback") == ["rollback"]


async def test_two_backfills_at_once_record_a_message_once(company: "Company") -> None:
    """A job that runs twice is harmless."""
    await company.join(ANA, back=90)
    saids = [Said(ANA, OPS, f"om_{n}", company.now - timedelta(days=1), f"rollback {n}") for n in range(20)]
    counts = await asyncio.gather(*(company.store.backfill(ANA, OPS, saids) for _ in range(3)))
    assert sum(counts) == 20


async def test_recorded_words_are_sealed_and_their_terms_blinded(company: "Company") -> None:
    """Whoever reads the database alone reads no words and no names."""
    await company.join(ANA)
    await company.say(ANA, "canary rollback 金丝雀")
    seen = company.everything()
    for word in ("canary", "rollback", "金丝雀", "Ana"):
        assert word not in seen
        assert word.encode().hex() not in seen
    assert await company.find(ANA, BO, "金丝雀") == ["canary rollback 金丝雀"]


async def test_a_recalled_message_is_erased_with_all_that_was_made_of_it(company: "Company") -> None:
    """Message, passage, postings and citations go; the ledger says that something was forgotten."""
    await company.join(ANA)
    message = await company.say(ANA, "rollback the gateway")
    grant = await company.grant(ANA, BO)
    assert grant is not None
    found = await company.store.recall(grant, "rollback")
    answer = await company.store.deliver(grant, [found[0].id])
    assert answer is not None
    assert await company.store.forget(company.claim(), OPS, message)
    for table in ("message", "passage", "posting", "citation"):
        assert await company.rows(f"SELECT 1 FROM {table}", ANA) == []
    assert await company.find(ANA, BO, "rollback") == []
    assert not await company.store.shown(answer.id, "lark", OPS, "om_card")
    assert [row.kind for row in await company.rows("SELECT kind FROM ledger ORDER BY seq", ANA)][-1] == "forgotten"


async def test_a_message_recalled_before_it_came_is_refused(company: "Company") -> None:
    """Neither a late delivery nor the history brings back what was taken back."""
    await company.join(ANA, back=90)
    assert await company.store.forget(company.claim(), OPS, "om_1")
    said = Said(ANA, OPS, "om_1", company.now, "rollback")
    assert not await company.store.record(company.claim("om_1"), said)
    assert await company.store.backfill(ANA, OPS, [said]) == 0


async def test_a_recall_and_the_message_at_the_same_time_leave_nothing(company: "Company") -> None:
    """Whichever comes first, the message is gone in the end."""
    await company.join(ANA, back=1)
    for n in range(8):
        said = Said(ANA, OPS, f"om_r{n}", company.now, "rollback")
        await asyncio.gather(
            company.store.backfill(ANA, OPS, [said]), company.store.forget(company.claim(), OPS, said.message)
        )
    assert await company.rows("SELECT 1 FROM message", ANA) == []


async def test_chatter_is_recorded_and_never_recalled(company: "Company") -> None:
    """ "OK" is an owner's message, but no knowledge."""
    await company.join(ANA)
    await company.say(ANA, "收到")
    assert [consent.messages for consent in await company.store.consents(ANA)] == [1]
    assert await company.find(ANA, BO, "收到") == []
    assert await company.store.own(ANA) == []


async def test_a_message_of_megabytes_is_not_recorded(company: "Company") -> None:
    """Nobody's own words are that long."""
    await company.join(ANA)
    await company.say(ANA, "rollback " * 20_000)
    assert await company.rows("SELECT 1 FROM passage", ANA) == []


async def test_a_leaver_is_frozen_at_once_and_erased_after_thirty_days(company: "Company") -> None:
    """Nothing is answered from the moment of the event; then the words go."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    grant = await company.grant(ANA, BO)
    assert grant is not None
    assert await company.store.depart(company.claim(), ANA)
    assert await company.find(ANA, BO, "rollback") == []
    assert not await company.store.holds(grant)
    company.later(days=29)
    await company.store.prune()
    assert await company.jobs("erase") == []
    company.later(days=1, seconds=1)
    await company.store.prune()
    await company.store.prune()
    (job,) = await company.jobs("erase")
    assert (await company.store.erase(job["erasure"])).residue == 0
    assert await company.rows("SELECT 1 FROM message", ANA) == []
