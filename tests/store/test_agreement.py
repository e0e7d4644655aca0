"""Promises of the works agreement: it only forbids, no admin exceeds it, and only a newer one takes its place."""

from typing import Any

import pytest

from skills.agreement import Agreement, AgreementGone, AgreementOlder, Forbids
from skills.ordering import Order
from skills.rules import Rules
from skills.ruling import AllowChat, SetRules
from skills.scopes import Ceiling, ScopeDocument
from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
DEV = "lark:t:oc_dev"


def agreement(version: int = 1, sha256: str = "ab" * 32, **forbids: Any) -> Agreement:
    """One whose signature was found good."""
    return Agreement(version, sha256, "规则", "rules", Forbids(**forbids))


async def order(company: Company, what: Order) -> None:
    """Carry out what an admin signed, under an id that never was before."""
    await company.order(what)


async def delivered(company: Company, times: int) -> int:
    """How often Ana's double answers Bo."""
    done = 0
    for _ in range(times):
        grant = await company.grant(ANA, BO)
        found = await company.store.recall(grant, "rollback") if grant else []
        done += grant is not None and await company.store.deliver(grant, [one.id for one in found]) is not None
    return done


async def test_what_was_agreed_to_be_no_source_no_admin_allows(company: Company) -> None:
    """Not answered, not recorded, not joined; another chat is left alone."""
    for chat in (company.ops, DEV):
        await company.join(ANA, chat)
        await company.say(ANA, f"rollback in {chat}", chat)
    grant = await company.grant(ANA, BO)
    assert grant is not None
    await company.store.agree(agreement(chats=(company.ops,)))
    await order(company, AllowChat(company.ops))
    assert (await company.store.ruled()).chats == (company.ops,)
    assert not await company.store.holds(grant)
    assert await company.find(ANA, BO, "rollback") == []
    assert await company.find(ANA, BO, "rollback", DEV) == [f"rollback in {DEV}"]
    assert await company.join(BO) is None


@pytest.mark.parametrize(("admins", "told"), [(None, 3), (20, 3), (2, 2)])
async def test_of_the_agreement_and_the_admins_the_stricter_holds(
    company: Company, admins: int | None, told: int
) -> None:
    """An admin narrows what was agreed, and widens nothing of it."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    await company.store.agree(agreement(answers_to_one=3))
    await order(company, SetRules(Rules(answers_to_one=admins)))
    assert await delivered(company, 5) == told
    assert (await company.store.ruled()).rules.answers_to_one == told


async def test_words_are_kept_no_longer_than_was_agreed(company: Company) -> None:
    """Whatever admins say."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    await company.store.agree(agreement(retention_days=10))
    await order(company, SetRules(Rules(retention_days=300)))
    company.later(days=11)
    assert await company.store.outlive() == 1


async def test_what_was_agreed_of_level_mode_and_days_binds_every_consent(company: Company) -> None:
    """The ones that stand already too, and whatever admins say; together with them the strictest holds."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    await company.store.put_scope("default", ScopeDocument(ceiling=Ceiling(mode="auto", days=60)), "ada")
    grant = await company.grant(ANA, BO)
    assert grant is not None
    await company.store.agree(agreement(level="outline"))
    assert await company.find(ANA, BO, "rollback") == [""]
    await company.store.agree(agreement(2, "cd" * 32, mode="review"))
    assert await company.find(ANA, BO, "rollback") == []
    assert not await company.store.holds(grant)
    assert await company.find(ANA, ANA, "rollback", direct=True) == ["rollback the gateway"]
    await company.store.agree(agreement(3, "ef" * 32, days=10))
    company.later(days=9)
    assert await company.find(ANA, BO, "rollback") == ["rollback the gateway"]
    company.later(days=1)
    assert await company.find(ANA, BO, "rollback") == []
    await company.store.agree(agreement(4, "01" * 32, level="withheld"))
    assert await company.join(BO) is None


async def test_an_agreement_neither_goes_nor_is_replaced_by_an_older_or_another_one(company: Company) -> None:
    """Each is refused, and what is in force stays; the same again is no change, and a newer one takes its place."""
    await company.store.agree(None)
    assert await company.store.agreement() is None
    stands = agreement(2, chats=(DEV,), retention_days=30)
    await company.store.agree(stands)
    with pytest.raises(AgreementGone):
        await company.store.agree(None)
    for other in (agreement(1, "cd" * 32), agreement(2, "cd" * 32)):
        with pytest.raises(AgreementOlder):
            await company.store.agree(other)
    await company.store.agree(stands)
    assert await company.store.agreement() == stands
    await company.store.agree(agreement(3, "cd" * 32))
    assert await company.store.agreement() == agreement(3, "cd" * 32)
