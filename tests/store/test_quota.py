"""A double answers only so often in a day: beyond that it says what it says to everybody it has nothing for."""

import asyncio
from typing import TYPE_CHECKING

import pytest

from skills import quota
from skills.words import Grant, Venue

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"


async def _asked(company: "Company", asker: str = BO, *, direct: bool = False) -> tuple[Grant, str]:
    grant = await company.grant(ANA, asker, direct=direct)
    assert grant is not None
    return grant, (await company.store.recall(grant, "rollback"))[0].id


@pytest.fixture
async def shared(company: "Company") -> "Company":
    """Ana has joined and said something."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    return company


async def test_beyond_an_askers_quota_there_is_no_grant_until_a_day_has_passed(shared: "Company") -> None:
    """For this asker alone, and only until the first answer is a day old."""
    grant, passage = await _asked(shared)
    for _ in range(quota.FOR_ONE):
        assert await shared.store.deliver(grant, [passage]) is not None
    assert await shared.grant(ANA, BO) is None
    assert await shared.grant(ANA, "lark:t:ou_chen") is not None
    shared.later(hours=23)
    assert await shared.grant(ANA, BO) is None
    shared.later(hours=1)
    assert await shared.grant(ANA, BO) is not None


async def test_beyond_an_owners_quota_nobody_has_a_grant(shared: "Company") -> None:
    """However many ask: a double is no oracle to be emptied by a crowd. Its owner alone goes on."""
    for asker in range(quota.FOR_ALL // quota.FOR_ONE):
        grant, passage = await _asked(shared, f"lark:t:ou_{asker}")
        for _ in range(quota.FOR_ONE):
            assert await shared.store.deliver(grant, [passage]) is not None
    assert await shared.grant(ANA, "lark:t:ou_new") is None
    assert await shared.grant(ANA, ANA, direct=True) is not None


async def test_many_at_once_get_no_more_than_the_quota(shared: "Company") -> None:
    """All granted before any was recorded: the transaction that records decides again."""
    grant, passage = await _asked(shared)
    given = await asyncio.gather(*(shared.store.deliver(grant, [passage]) for _ in range(quota.FOR_ONE + 8)))
    assert sum(answered is not None for answered in given) == quota.FOR_ONE
    assert len(await shared.rows("SELECT 1 FROM answer", ANA)) == quota.FOR_ONE
    assert not await shared.store.holds(grant)


async def test_an_answer_that_spent_the_quota_may_stand(shared: "Company") -> None:
    """What was recorded in time is not taken back for being the last."""
    grant, passage = await _asked(shared)
    answers = [await shared.store.deliver(grant, [passage]) for _ in range(quota.FOR_ONE)]
    assert answers[-1] is not None
    assert await shared.store.shown(answers[-1].id, "lark", shared.ops, "om_card")


async def test_owners_ask_their_own_double_as_often_as_they_like(shared: "Company") -> None:
    """And spend nobody else's quota by it."""
    grant, passage = await _asked(shared, ANA, direct=True)
    assert grant.venue == Venue(shared.ops, True)
    for _ in range(quota.FOR_ALL + 1):
        assert await shared.store.deliver(grant, [passage]) is not None
    assert await shared.grant(ANA, BO) is not None
