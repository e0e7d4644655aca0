"""Promises of how far a reading has come: for as long as it may go on, and for nobody but its owner."""

from dataclasses import replace
from datetime import timedelta

from skills.readings import KEPT, Reading
from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"


async def test_what_stood_still_for_long_is_begun_anew_and_goes_with_the_next(company: Company) -> None:
    """Each chat apart, and each owner; of a chat that nobody switched on nothing is noted."""
    await company.join(ANA)
    there = Reading("lent", company.now - timedelta(days=9), company.now, read=7, others=5, kept=1)
    await company.store.stands(ANA, company.ops, there)
    await company.store.stands(ANA, "lark:t:oc_elsewhere", there)
    await company.store.stands(BO, company.ops, there)
    assert await company.store.readings(ANA, "lent") == {company.ops: there}
    assert await company.store.readings(BO, "lent") == {}
    company.later(days=KEPT.days)
    assert await company.store.readings(ANA, "lent") == {}
    await company.store.stands(ANA, company.ops, replace(there, id="offer:2"))
    assert await company.rows("SELECT id FROM reading", ANA) == [("offer:2",)]
