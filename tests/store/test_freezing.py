"""Promises of what admins order about people: halted and frozen at once, nothing switched on, nobody told of others."""

import asyncio
from typing import Any

import pytest

from skills import owners
from skills.admins import Signed
from skills.freezing import Halt, Left, Resume, Returned
from skills.handing import EndHandover
from skills.ordering import Order, PutScope
from skills.ruling import ForbidChat
from skills.scopes import Ceiling, ScopeDocument
from tests.store.conftest import Company

ANA, BO, CY = "lark:t:ou_ana", "lark:t:ou_bo", "lark:t:ou_cy"
DEV = "lark:t:oc_dev"


async def order(company: Company, what: Order) -> Any:
    """Carry out what an admin signed, under an id that never was before."""
    return await company.order(what)


async def talking(company: Company) -> None:
    """Ana and Bo each have a double with words."""
    for person in (ANA, BO):
        await company.join(person)
        await company.say(person, "rollback the gateway")


@pytest.mark.parametrize("who", [Halt(ANA), Halt()])
async def test_a_halt_stops_answers_and_recording_at_once_and_erases_nothing(company: Company, who: Halt) -> None:
    """No grant, no recall by an earlier one, no answer on its way, no word recorded; after it, all is as it was."""
    await talking(company)
    grant = await company.grant(ANA, CY)
    assert grant is not None
    (passage,) = await company.store.recall(grant, "rollback")
    await order(company, who)
    assert await company.grant(ANA, CY) is None
    assert await company.store.recall(grant, "rollback") == []
    assert await company.store.deliver(grant, [passage.id]) is None
    assert await company.find(ANA, ANA, "rollback", direct=True) == []
    await company.say(ANA, "said meanwhile")
    assert len(await company.rows("SELECT 1 FROM message", ANA)) == 1
    await order(company, Resume(who.person))
    assert await company.find(ANA, CY, "rollback") == ["rollback the gateway"]
    assert await company.find(ANA, CY, "meanwhile") == []
    assert not await company.store.holds(grant)


async def test_the_door_itself_asks_for_a_halt(company: Company) -> None:
    """Even where no epoch was raised: the halt stands in the WHERE of every read and of every answer."""
    await talking(company)
    grant = await company.grant(ANA, CY)
    assert grant is not None
    (passage,) = await company.store.recall(grant, "rollback")
    assert await company.store.holds(grant)
    company.alter(f"INSERT INTO halt VALUES ('{ANA}', now(), 'nobody')")
    assert not await company.store.holds(grant)
    assert await company.store.deliver(grant, [passage.id]) is None
    assert await company.store.recall(grant, "rollback") == []


async def test_what_was_answered_no_longer_stands_under_a_halt(company: Company) -> None:
    """What is on its way to the chat is replaced there."""
    await talking(company)
    grant = await company.grant(ANA, CY)
    assert grant is not None
    (passage,) = await company.store.recall(grant, "rollback")
    answer = await company.store.deliver(grant, [passage.id])
    assert answer is not None
    await order(company, Halt(ANA))
    assert not await company.store.shown(answer.id, "lark", company.ops, "om_a")


async def test_one_halt_leaves_everybody_else_alone_and_two_end_by_themselves(company: Company) -> None:
    """Whoever is halted alone stays halted when the halt over everybody ends."""
    await talking(company)
    await order(company, Halt(ANA))
    assert await company.grant(BO, CY) is not None
    await order(company, Halt())
    await order(company, Resume())
    assert await company.grant(BO, CY) is not None
    assert await company.grant(ANA, CY) is None
    await order(company, Resume(ANA))
    assert await company.grant(ANA, CY) is not None


async def test_an_owner_is_told_once_and_alone(company: Company) -> None:
    """Halted again, nobody is told again; of a halt over everybody, My double tells."""
    await talking(company)
    for what in (Halt(ANA), Halt(ANA), Resume(ANA), Resume(ANA), Halt(), Resume()):
        await order(company, what)
    told = await company.jobs("tell")
    assert [(job["card"], job["person"], job["chat"]) for job in told] == [
        ("halted", ANA, None),
        ("unhalted", ANA, None),
    ]
    kinds = [row.kind for row in await company.rows("SELECT kind FROM ledger ORDER BY seq", ANA)]
    assert kinds[-2:] == ["halted", "unhalted"]
    assert await company.store.verify(ANA) is None


async def test_a_halted_owner_can_leave_and_cannot_join(company: Company) -> None:
    """A halt takes no way out away, and lets nobody in by a back door when it ends."""
    await talking(company)
    await order(company, Halt(ANA))
    await order(company, Halt(CY))
    assert await company.store.halted(ANA)
    assert await company.join(ANA, DEV) is None
    assert await company.join(CY) is None
    assert not await company.store.halted(CY)
    erasure = await company.leave(ANA)
    assert erasure is not None
    assert (await company.store.erase(erasure.id)).erased_at is not None
    for who in (ANA, CY):
        await order(company, Resume(who))
        assert await company.store.consents(who) == []


@pytest.mark.parametrize("what", [Halt(CY), Resume(CY), Left(CY), Returned(CY), Left(ANA), Halt(ANA), Returned(ANA)])
async def test_an_order_about_somebody_tells_nothing_of_their_double(company: Company, what: Order) -> None:
    """The answer is the same for whoever has one and for whoever never came, and gives nobody one."""
    await talking(company)
    assert await order(company, what) == {"type": "some.type"}
    assert await company.store.consents(CY) == []
    assert await company.rows("SELECT 1 FROM consent_event WHERE owner = 'lark:t:ou_cy'") == []


async def test_a_leaver_is_frozen_at_once_and_erased_after_thirty_days(company: Company) -> None:
    """Not a day before; the others stay."""
    await talking(company)
    await order(company, Left(ANA))
    assert await company.grant(ANA, CY) is None
    company.later(days=30)
    await company.store.prune()
    assert len(await company.rows("SELECT 1 FROM message", ANA)) == 1
    company.later(seconds=1)
    await company.store.prune()
    (job,) = await company.jobs("erase")
    await company.store.erase(job["erasure"])
    assert await company.rows("SELECT 1 FROM message", ANA) == []
    assert await company.grant(BO, CY) is not None


ORDERS: list[Order] = [
    *(Halt(ANA), Left(ANA), Halt(), ForbidChat(Company.ops), EndHandover(ANA)),
    PutScope("default", ScopeDocument(ceiling=Ceiling(level="withheld"))),
]


@pytest.mark.parametrize("what", ORDERS, ids=[type(what).__name__ for what in ORDERS])
async def test_an_order_waits_for_nobody_whom_it_touches_and_is_in_force_at_once(company: Company, what: Order) -> None:
    """Nothing of its time tells that there is a double: what is left to do about it is done by the queue."""
    await talking(company)
    grant = await company.grant(ANA, CY)
    assert grant is not None
    (passage,) = await company.store.recall(grant, "rollback")
    async with company.database.transaction(owner=ANA) as connection:
        await owners.lock(connection, ANA)  # as whoever records, leaves or answers does
        async with asyncio.timeout(5):
            await company.store.order(Signed("evt_1", b"d", "ada"), "x", what)
    assert await company.grant(ANA, CY) is None
    assert not await company.store.holds(grant)
    assert await company.store.deliver(grant, [passage.id]) is None
    (left,) = await company.jobs("order")
    await company.store.carry_out(left)
    told = await company.jobs("tell")
    await company.store.carry_out(left)
    assert await company.jobs("tell") == told
    assert (await company.grant(ANA, CY) is None) == (not isinstance(what, EndHandover))


async def test_a_halt_is_not_let_go_of_by_what_was_ordered_before(company: Company) -> None:
    """Whoever is frozen and halted, in whichever order, stays halted; nobody resumes what is not done yet."""
    await talking(company)
    orders: list[Order] = [Left(ANA), Halt(ANA), Left(ANA), EndHandover(BO), Resume(BO)]
    for n, what in enumerate(orders):
        await company.store.order(Signed(f"evt_{n}", b"d", "ada"), "x", what)
    assert await company.grant(BO, CY) is None
    for ids in await company.jobs("order"):
        await company.store.carry_out(ids)
    assert await company.rows("SELECT person FROM halt") == [(ANA,)]
    assert await company.grant(BO, CY) is not None


async def test_whoever_returns_is_not_erased_and_goes_on_at_their_own_word_alone(company: Company) -> None:
    """An admin switches nothing on: what was frozen is paused, and its owner is told so."""
    await talking(company)
    await order(company, Left(ANA))
    company.later(days=29)
    await order(company, Returned(ANA))
    await order(company, Returned(ANA))
    company.later(days=2)
    await company.store.prune()
    assert await company.jobs("erase") == []
    assert await company.grant(ANA, CY) is None
    assert [job["card"] for job in await company.jobs("tell")] == ["returned"]
    assert await company.store.resume(company.claim(), ANA, None)
    assert await company.find(ANA, CY, "rollback") == ["rollback the gateway"]


async def test_what_its_owner_had_withdrawn_does_not_come_back(company: Company) -> None:
    """Neither by a departure nor by a return."""
    await talking(company)
    await company.leave(ANA)
    for what in (Left(ANA), Returned(ANA)):
        await order(company, what)
    assert await company.store.resume(company.claim(), ANA, None) is False
    assert await company.jobs("tell") == []
