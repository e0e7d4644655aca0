"""Promises of the totals: nothing of fewer than five, nothing to subtract, nothing of who joined, refused or left."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import ProgrammingError

from skills.totals import Total
from skills.words import PutQuestion
from tests.store.conftest import Company

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)
OWNERS = [f"lark:t:ou_owner{n}" for n in range(6)]
ASKERS = [f"lark:t:ou_asker{n}" for n in range(6)]


async def answers(company: Company, owners: int, askers: int, each: int = 1) -> None:
    """So many doubles answer so many people, each of them so often."""
    for owner in OWNERS[:owners]:
        if not await company.store.is_owner(owner):
            await company.join(owner)
            await company.say(owner, "rollback the gateway")
        for asker in ASKERS[:askers] * each:
            grant = await company.grant(owner, asker)
            assert grant is not None
            (found,) = await company.store.recall(grant, "rollback")
            assert await company.store.deliver(grant, [found.id])


def april(company: Company) -> None:
    """The month is over."""
    company.now = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("owners", "askers", "told"), [(0, 0, None), (4, 6, None), (6, 4, None), (5, 5, 25), (6, 6, 35)]
)
async def test_nothing_is_told_of_fewer_than_five_on_either_side(
    company: Company, owners: int, askers: int, told: int | None
) -> None:
    """Nobody is told whether it were none or few; and what is told is rounded down to fives."""
    await answers(company, owners, askers)
    april(company)
    assert await company.store.totals() == [Total(MARCH, told, None)]


async def test_the_month_that_runs_is_told_of_in_no_way(company: Company) -> None:
    """To its last moment: or a number before and after an answer would tell of it."""
    await answers(company, 5, 5)
    company.now = datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC)
    assert await company.store.totals() == [Total(FEBRUARY, None, None)]


async def test_a_month_is_told_of_once_and_for_good(company: Company) -> None:
    """Whoever leaves, joins or answers afterwards changes nothing of it, and nobody can write it anew."""
    await answers(company, 6, 5)
    april(company)
    before = await company.store.totals()
    assert before[0].answers == 30
    erasure = await company.leave(OWNERS[0])
    assert erasure is not None
    await company.store.erase(erasure.id)
    await answers(company, 6, 6, 2)
    assert await company.store.totals() == before
    assert await company.store.close_month() is False
    with pytest.raises(ProgrammingError, match="permission denied"):
        await company.rows("UPDATE total SET answers = 5")


async def test_ones_own_questions_and_other_months_do_not_count(company: Company) -> None:
    """An owner who asks their own double is nobody else's business."""
    await answers(company, 5, 5)
    for owner in OWNERS[:5]:
        grant = await company.grant(owner, owner, direct=True)
        assert grant is not None
        (found,) = await company.store.recall(grant, "rollback")
        assert await company.store.deliver(grant, [found.id])
    april(company)
    await answers(company, 5, 6)
    assert [total.answers for total in await company.store.totals()] == [25]
    company.now = datetime(2026, 5, 1, tzinfo=UTC)
    assert [total.answers for total in await company.store.totals()] == [30, 25]


async def test_questions_put_to_the_persons_themselves_are_counted_alike(company: Company) -> None:
    """Whether those have a double or not; one called by a mere name is left out."""
    for n, asker in enumerate(ASKERS):
        for person in (OWNERS[n], None):
            put = PutQuestion("", "lark", company.ops, asker, person, "om_1", "q")
            await company.store.put_question(put)
    april(company)
    assert await company.store.totals() == [Total(MARCH, None, 5)]


async def test_no_more_than_a_year_is_told(company: Company) -> None:
    """Newest first."""
    for month in range(1, 15):
        company.now = datetime(2026 + month // 13, month % 13 or 1, 2, tzinfo=UTC)
        told = await company.store.totals()
    assert len(told) == 12
    assert told == sorted(told, key=lambda total: total.month, reverse=True)
