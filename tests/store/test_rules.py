"""Promises of the rules of the house: they narrow at once, for everybody, and delete what is too old."""

from datetime import timedelta
from typing import Any

import pytest

from skills.ordering import Order
from skills.rules import Rules
from skills.ruling import AllowChat, ForbidChat, SetRules
from tests.store.conftest import Company
from tests.store.test_membership import HR, ROLLBACK, found, join, scope

ANA, BO, CY = "lark:t:ou_ana", "lark:t:ou_bo", "lark:t:ou_cy"
DEV = "lark:t:oc_dev"


async def order(company: Company, what: Order) -> Any:
    """Carry out what an admin signed, under an id that never was before."""
    return await company.order(what)


async def deliver(company: Company, asker: str) -> bool:
    """Whether Ana's double answers."""
    grant = await company.grant(ANA, asker)
    found = await company.store.recall(grant, "rollback") if grant else []
    return grant is not None and await company.store.deliver(grant, [passage.id for passage in found]) is not None


async def test_a_forbidden_chat_is_no_source_until_it_is_allowed_again(company: Company) -> None:
    """Not answered, not recorded, not joined, and another chat is left alone; nothing is erased."""
    for chat in (company.ops, DEV):
        await company.join(ANA, chat)
        await company.say(ANA, f"rollback in {chat}", chat)
    grant = await company.grant(ANA, BO)
    assert grant is not None
    await order(company, ForbidChat(company.ops))
    assert not await company.store.holds(grant)
    assert await company.find(ANA, BO, "rollback") == []
    assert await company.find(ANA, BO, "rollback", DEV, direct=False) == [f"rollback in {DEV}"]
    assert await company.find(ANA, ANA, "rollback", direct=True) == [f"rollback in {DEV}"]
    assert await company.join(BO) is None
    await company.say(ANA, "rollback said meanwhile")
    assert (await company.store.ruled()).chats == (company.ops,)
    await order(company, AllowChat(company.ops))
    assert await company.find(ANA, BO, "rollback") == [f"rollback in {company.ops}"]
    assert not await company.store.holds(grant)
    assert await company.store.consents(BO) == []


async def test_a_forbidden_chat_is_no_source_of_any_scope(company: Company) -> None:
    """Of one that was joined by its name nothing is told any more, which its owner sees, and nobody can join it."""
    await join(company, scope())
    await company.say(ANA, ROLLBACK)
    assert await found(company, BO, DEV)
    await order(company, ForbidChat(company.ops))
    assert await found(company, BO, DEV) == []
    assert [(one.sources, one.level) for one in await company.store.joined_scopes(ANA)] == [
        ((company.ops,), "withheld")
    ]
    await company.store.leave(company.claim(), ANA)
    assert await join(company) is None
    await order(company, AllowChat(company.ops))
    assert await company.store.joined_scopes(ANA) == []
    two = scope(sources=(company.ops, DEV), chats=(HR,))
    assert await join(company, two) is not None
    await order(company, ForbidChat(DEV))
    assert [(one.sources, one.level) for one in await company.store.joined_scopes(ANA)] == [((company.ops,), "full")]


@pytest.mark.parametrize(("rules", "one", "two"), [(Rules(answers_to_one=2), 2, 2), (Rules(answers_a_day=3), 3, 0)])
async def test_a_quota_of_the_house_counts_for_the_next_answer(
    company: Company, rules: Rules, one: int, two: int
) -> None:
    """For one asker and for all together; taken back, what is built in counts again."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    await order(company, SetRules(rules))
    assert [sum([await deliver(company, asker) for _ in range(4)]) for asker in (BO, CY)] == [one, two]
    await order(company, SetRules(Rules()))
    assert await deliver(company, BO)


async def test_a_quota_of_the_house_widens_nothing(company: Company) -> None:
    """What is built in stays the most there is."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    await order(company, SetRules(Rules(answers_to_one=1000, answers_a_day=1000)))
    assert sum([await deliver(company, BO) for _ in range(22)]) == 20


async def test_words_older_than_the_house_keeps_them_are_deleted(company: Company) -> None:
    """With all that was made of them, and the owner's ledger says so; younger ones stay."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    assert await deliver(company, BO)
    company.later(days=20)
    await company.say(ANA, "rollback the database")
    assert await company.store.outlive() == 0
    await order(company, SetRules(Rules(retention_days=20)))
    assert await company.store.outlive() == 0
    company.later(seconds=1)
    assert await company.store.outlive() == 1
    assert await company.find(ANA, BO, "rollback") == ["rollback the database"]
    for table in ("passage", "message"):
        assert len(await company.rows(f"SELECT 1 FROM {table}", ANA)) == 1
    assert await company.rows("SELECT 1 FROM answer", ANA) == []
    assert [row.kind for row in await company.rows("SELECT kind FROM ledger ORDER BY seq", ANA)][-1] == "outlived"
    assert await company.store.verify(ANA) is None


async def test_words_that_would_be_too_old_are_not_recorded(company: Company) -> None:
    """Whoever looks back under the rule looks back no further."""
    await order(company, SetRules(Rules(retention_days=7)))
    await company.join(ANA, back=30)
    for days in (8, 7, 6):
        await company.say(ANA, f"said {days} days ago", at=company.now - timedelta(days=days))
    assert sorted(await company.find(ANA, BO, "said")) == ["said 6 days ago", "said 7 days ago"]
