"""An answer is decided again where it is recorded: no consent, no citation, no ledger entry, no answer."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from skills.words import Grant, Venue

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA, BO, CHEN = "lark:t:ou_ana", "lark:t:ou_bo", "lark:t:ou_chen"
OPS, DEV = "lark:t:oc_ops", "lark:t:oc_dev"


async def _asked(company: "Company") -> tuple[Grant, str]:
    """Ana has joined and said something that Bo was granted to read."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    grant = await company.grant(ANA, BO)
    assert grant is not None
    return grant, (await company.store.recall(grant, "rollback"))[0].id


async def _nothing_recorded(company: "Company") -> bool:
    """Neither an answer nor a credit nor a ledger entry stands."""
    tables = [await company.rows(f"SELECT 1 FROM {table}", ANA) for table in ("answer", "credit", "citation")]
    return not any(tables) and not await company.rows("SELECT 1 FROM ledger WHERE kind = 'answered'", ANA)


async def test_after_leaving_nothing_is_delivered(company: "Company") -> None:
    """Revoked between the question and the answer: the answer is not given."""
    grant, passage = await _asked(company)
    await company.leave(ANA)
    assert not await company.store.holds(grant)
    assert await company.store.deliver(grant, [passage]) is None
    assert await _nothing_recorded(company)


async def test_any_change_in_between_makes_a_grant_stale(company: "Company") -> None:
    """Even one that changes nothing for this asker: the question has to be asked again."""
    grant, passage = await _asked(company)
    await company.join(ANA, DEV)
    assert not await company.store.holds(grant)
    assert await company.store.deliver(grant, [passage]) is None


@pytest.mark.parametrize("ceiling", [{"level": "withheld"}, {"mode": "review"}])
async def test_a_ceiling_in_between_stops_the_answer(company: "Company", ceiling: dict[str, Any]) -> None:
    """An admin narrows, and the next transaction sees it."""
    grant, passage = await _asked(company)
    await company.ceiling("default-ops", chats=(OPS,), **ceiling)
    assert await company.store.deliver(grant, [passage]) is None
    assert await company.grant(ANA, BO) is None
    assert await _nothing_recorded(company)


async def test_an_expiry_in_between_stops_the_answer(company: "Company") -> None:
    """The epoch does not change when a consent runs out; the decision does."""
    grant, passage = await _asked(company)
    company.later(days=90)
    assert not await company.store.holds(grant)
    assert await company.store.deliver(grant, [passage]) is None


async def test_only_covered_passages_can_be_cited(company: "Company") -> None:
    """Another's passage, another chat's, one that is not there, none at all: no answer."""
    await company.join(ANA, DEV)
    await company.say(ANA, "merge on friday", DEV)
    await company.join(CHEN)
    await company.say(CHEN, "rollback too")
    elsewhere = (await company.store.own(ANA))[0].id
    others = (await company.store.own(CHEN))[0].id
    grant, passage = await _asked(company)
    for cited in ([], [passage, elsewhere], [passage, others], [str(uuid4())], ["om_1"], [passage, "'; --"]):
        assert await company.store.deliver(grant, cited) is None
    assert await _nothing_recorded(company)
    assert await company.store.deliver(grant, [passage]) is not None


async def test_a_made_up_grant_delivers_nothing(company: "Company") -> None:
    """Another venue, owner, asker or epoch is another question."""
    grant, passage = await _asked(company)
    forged = [
        replace(grant, venue=Venue(DEV, False)),
        replace(grant, venue=Venue(OPS, True)),
        replace(grant, owner=CHEN),
        replace(grant, epoch=grant.epoch + 1),
    ]
    for made_up in forged:
        assert await company.store.deliver(made_up, [passage]) is None
    assert await _nothing_recorded(company)


async def test_without_a_ledger_entry_there_is_no_answer(company: "Company") -> None:
    """A ledger that cannot be written lets nothing out."""
    grant, passage = await _asked(company)
    company.alter("ALTER TABLE ledger ADD CONSTRAINT full_disk CHECK (kind <> 'answered')")
    with pytest.raises(DBAPIError):
        await company.store.deliver(grant, [passage])
    assert await _nothing_recorded(company)


async def test_an_answer_is_recorded_with_citations_credit_and_ledger_entry(company: "Company") -> None:
    """Each passage is cited once, in order; the owner gets one credit."""
    grant, passage = await _asked(company)
    answered = await company.store.deliver(grant, [passage, passage])
    assert answered is not None
    assert answered.owner == ANA
    assert len(answered.id) == 6
    assert [row.n for row in await company.rows("SELECT n FROM citation", ANA)] == [0]
    assert [row.value for row in await company.rows("SELECT value FROM credit", ANA)] == [1]
    assert len(await company.rows("SELECT 1 FROM ledger WHERE kind = 'answered'", ANA)) == 1
    assert await company.store.verify(ANA) is None


async def test_where_an_answer_stands_is_remembered(company: "Company") -> None:
    """Who replies to the card asks the same double."""
    grant, passage = await _asked(company)
    answered = await company.store.deliver(grant, [passage])
    assert answered is not None
    assert await company.store.shown(answered.id, "lark", OPS, "om_card")
    assert await company.store.owner_of(OPS, "om_card") == ANA
    assert await company.store.owner_of(OPS, "om_other") is None
    assert not await company.store.shown("ZZZZZZ", "lark", OPS, "om_card")


async def test_an_answer_that_lands_after_its_owner_left_must_not_stand(company: "Company") -> None:
    """What was on its way is replaced by a notice."""
    grant, passage = await _asked(company)
    answered = await company.store.deliver(grant, [passage])
    assert answered is not None
    await company.leave(ANA)
    assert not await company.store.shown(answered.id, "lark", OPS, "om_card")


async def test_an_answer_may_stand_when_what_changed_concerns_it_not(company: "Company") -> None:
    """Joining elsewhere while a card is being sent takes nothing back."""
    grant, passage = await _asked(company)
    answered = await company.store.deliver(grant, [passage])
    assert answered is not None
    await company.join(ANA, DEV)
    assert await company.store.shown(answered.id, "lark", OPS, "om_card")


async def test_many_askers_and_one_who_leaves(company: "Company") -> None:
    """No delivery starts after the leave has returned, and the ledger stays whole under the crowd."""
    grant, passage = await _asked(company)
    crowded, left, outcomes = asyncio.Event(), asyncio.Event(), []

    async def ask() -> None:
        late = False
        while not late:
            late = left.is_set()
            outcomes.append((late, await company.store.deliver(grant, [passage]) is not None))
            if len(outcomes) >= 20:
                crowded.set()

    async def leave() -> None:
        await crowded.wait()
        await company.leave(ANA)
        left.set()

    await asyncio.gather(*(ask() for _ in range(8)), leave())
    assert (True, True) not in outcomes
    assert outcomes.count((False, True)) == len(await company.rows("SELECT 1 FROM credit", ANA))
    assert await company.store.verify(ANA) is None
