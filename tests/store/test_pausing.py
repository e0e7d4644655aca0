"""Promises of a pause: no grant, nothing recorded, nothing erased, and afterwards all is as it was."""

import pytest

from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
DEV = "lark:t:oc_dev"


async def test_while_paused_nothing_is_answered_recorded_or_delivered(company: Company) -> None:
    """A grant from before opens nothing, and an answer on its way is not given."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    grant = await company.grant(ANA, BO)
    assert grant is not None
    (passage,) = await company.store.recall(grant, "rollback")
    assert await company.store.pause(company.claim(), ANA, None) is True
    assert await company.store.recall(grant, "rollback") == []
    assert await company.store.deliver(grant, [passage.id]) is None
    assert await company.grant(ANA, BO) is None
    assert await company.find(ANA, ANA, "rollback", direct=True) == []
    await company.say(ANA, "rollback the database")
    await company.store.resume(company.claim(), ANA, None)
    assert await company.find(ANA, BO, "rollback") == ["rollback the gateway"]
    assert await company.store.recall(grant, "rollback") == []


async def test_one_chat_is_paused_alone_and_only_what_goes_on_can_be(company: Company) -> None:
    """And only what is paused can be resumed."""
    await company.join(ANA)
    await company.join(ANA, DEV)
    assert await company.store.resume(company.claim(), ANA, None) is False
    assert await company.store.pause(company.claim(), BO, None) is False
    assert await company.store.pause(company.claim(), ANA, DEV) is True
    assert await company.store.paused(ANA) == [DEV]
    assert [c.chat for c in await company.store.consents(ANA)] == [company.ops]
    assert await company.store.pause(company.claim(), ANA, DEV) is False


async def test_a_pause_delivered_again_changes_nothing(company: Company) -> None:
    """Even when it was resumed in between."""
    await company.join(ANA)
    claim = company.claim()
    await company.store.pause(claim, ANA, None)
    await company.store.resume(company.claim(), ANA, None)
    assert await company.store.pause(claim, ANA, None) is None
    assert await company.store.paused(ANA) == []


async def test_a_paused_double_can_be_left(company: Company) -> None:
    """What is paused is still there to be erased, and cannot be resumed then."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    await company.store.pause(company.claim(), ANA, None)
    erasure = await company.leave(ANA)
    assert erasure is not None
    await company.store.erase(erasure.id)
    assert await company.rows("SELECT 1 FROM message", ANA) == []
    assert await company.store.resume(company.claim(), ANA, None) is False


@pytest.mark.parametrize("days", [89, 91])
async def test_a_pause_does_not_lengthen_a_consent(company: Company, days: int) -> None:
    """It ends when it was to end, paused or not."""
    await company.join(ANA)
    await company.store.pause(company.claim(), ANA, None)
    company.later(days=days)
    assert await company.store.resume(company.claim(), ANA, None) is (days < 90)


async def test_a_departed_persons_paused_words_are_erased_like_the_others(company: Company) -> None:
    """Thirty days after they left the company."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    await company.store.pause(company.claim(), ANA, None)
    await company.store.depart(company.claim(), ANA)
    assert await company.store.resume(company.claim(), ANA, None) is False
    company.later(days=31)
    await company.store.prune()
    (job,) = await company.jobs("erase")
    await company.store.erase(str(job["erasure"]))
    assert await company.rows("SELECT 1 FROM message", ANA) == []


async def test_answers_to_others_are_counted_for_a_week(company: Company) -> None:
    """Not the owner's own questions, and not what is older."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    for asker, direct in ((BO, False), (ANA, True)):
        grant = await company.grant(ANA, asker, direct=direct)
        assert grant is not None
        (passage,) = await company.store.recall(grant, "rollback")
        assert await company.store.deliver(grant, [passage.id])
    assert await company.store.answered(ANA, days=7) == 1
    company.later(days=8)
    assert await company.store.answered(ANA, days=7) == 0
