"""A consent that runs out pauses at once; its words wait thirty days for a renewal, then they are erased."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"


async def test_expiry_pauses_at_once_and_erases_after_thirty_days(company: "Company") -> None:
    """Half-open to the moment; one renewal in between brings everything back."""
    await company.join(ANA, days=90)
    await company.say(ANA, "rollback the gateway")
    company.later(days=90, seconds=-1)
    assert await company.find(ANA, BO, "rollback") == ["rollback the gateway"]
    company.later(seconds=1)
    assert await company.find(ANA, BO, "rollback") == []
    assert [(one.chat, one.why, one.ended) for one in await company.store.asleep(ANA)] == [
        (company.ops, "over", company.now)
    ]
    company.later(days=30)
    await company.store.prune()
    assert await company.jobs("erase") == []
    company.later(seconds=1)
    await company.store.prune()
    (job,) = await company.jobs("erase")
    assert (await company.store.erase(job["erasure"])).counts["messages"] == 1


async def test_a_lapsed_consent_that_is_renewed_keeps_its_words(company: "Company") -> None:
    """Renewing within the thirty days resumes where it stopped."""
    await company.join(ANA, days=90)
    await company.say(ANA, "rollback the gateway")
    company.later(days=100)
    await company.join(ANA, back=100)
    company.later(days=25)
    await company.store.prune()
    assert await company.find(ANA, BO, "rollback") == ["rollback the gateway"]
