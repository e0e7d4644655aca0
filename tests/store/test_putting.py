"""Promises of questions put to an owner alone: only under a consent that others may ask by, and never in the chat."""

from skills.words import PutQuestion
from tests.store.conftest import Company

ANA, BO, DIRECT = "lark:t:ou_ana", "lark:t:ou_bo", "lark:t:oc_direct_bo"


def alone(n: int = 1, *, private: bool = True) -> PutQuestion:
    """What Bo asks Ana."""
    return PutQuestion("", "lark", DIRECT, BO, ANA, f"om_{n}", f"q{n}", "en", private=private)


async def test_nothing_is_put_to_whoever_lets_nobody_ask(company: Company) -> None:
    """Never joined, for herself alone, paused, lapsed, left: none of them is found by name or written to."""
    assert await company.store.put_privately(alone()) is None
    await company.join(ANA, audience="me")
    assert (await company.store.put_privately(alone()), await company.store.reachable("lark")) == (None, [])
    await company.join(ANA, days=30)
    assert await company.store.put_privately(alone()) is not None
    assert [(one.double.owner, one.chats) for one in await company.store.reachable("lark")] == [(ANA, (company.ops,))]
    assert await company.store.reachable("dingtalk") == []
    await company.store.pause(company.claim(), ANA, None)
    assert (await company.store.put_privately(alone()), await company.store.reachable("lark")) == (None, [])
    await company.store.resume(company.claim(), ANA, None)
    company.later(days=31)
    assert (await company.store.put_privately(alone()), await company.store.reachable("lark")) == (None, [])


async def test_it_waits_for_her_alone_and_is_no_question_of_a_chat(company: Company) -> None:
    """A reply without an id is never taken for its answer; the message that puts it tells which it is."""
    await company.join(ANA)
    put = await company.store.put_privately(alone())
    assert put is not None
    await company.store.put_stands(put.id, "om_card", "lark:t:oc_direct_ana")
    assert await company.store.open_puts(DIRECT, ANA) == []
    assert await company.store.put_in(DIRECT, "om_card") is None
    found = await company.store.put_in("lark:t:oc_direct_ana", "om_card")
    assert found is not None
    assert (found.id, found.private) == (put.id, True)
    assert [waits.id for waits in await company.store.waiting(ANA, [])] == [put.id]


async def test_a_months_old_question_leaves_room_for_another(company: Company) -> None:
    """Three of one asker's wait at a time, and no longer than a month."""
    await company.join(ANA)
    for n in range(3):
        assert await company.store.put_privately(alone(n)) is not None
    assert await company.store.put_privately(alone(3)) is None
    company.later(days=31)
    assert await company.store.put_privately(alone(4)) is not None
