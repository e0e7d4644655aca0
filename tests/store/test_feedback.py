"""Promises of what askers say of answers: behind the lock of the owner, and gone when either of them goes."""

import pytest

from tests.store.conftest import Company

ANA, BO, CY = "lark:t:ou_ana", "lark:t:ou_bo", "lark:t:ou_cy"


@pytest.fixture
async def answers(company: Company) -> list[str]:
    """Ana's and Cy's doubles each answer Bo, who finds both outdated."""
    found = []
    for owner in (ANA, CY):
        await company.join(owner)
        await company.say(owner, "the launch window is Thursday")
        grant = await company.grant(owner, BO)
        assert grant is not None
        passages = await company.store.recall(grant, "when is the launch window")
        answered = await company.store.deliver(grant, [passage.id for passage in passages])
        assert answered is not None
        assert await company.store.say_of(company.claim(), BO, answered.id, "outdated") is True
        found.append(answered.id)
    return found


async def said(company: Company, owner: str) -> list[tuple[str, str]]:
    """What an owner is told was found wrong."""
    return [(one.answer, one.said) for one in (await company.store.feedback(owner, days=7)).complaints]


async def test_each_owner_is_told_of_their_own_answers(company: Company, answers: list[str]) -> None:
    """And of nobody else's."""
    hers, his = answers
    assert await said(company, ANA) == [(hers, "outdated")]
    assert await said(company, CY) == [(his, "outdated")]
    assert await said(company, BO) == []


async def test_the_database_shows_it_to_nobody_else(company: Company, answers: list[str]) -> None:
    """Row by row, also to code that forgot to ask whose it is."""
    assert await company.rows("SELECT * FROM feedback") == []
    assert await company.rows("SELECT * FROM feedback", BO) == []
    assert [row.answer for row in await company.rows("SELECT * FROM feedback", ANA)] == answers[:1]


async def test_a_delivery_counts_once(company: Company, answers: list[str]) -> None:
    """Delivered again it changes nothing, whatever was said since."""
    claim = company.claim()
    assert await company.store.say_of(claim, BO, answers[0], "wrong") is True
    assert await company.store.say_of(company.claim(), BO, answers[0], "useful") is True
    assert await company.store.say_of(claim, BO, answers[0], "wrong") is None
    assert await company.store.said_of(BO, answers[0]) == "useful"


async def test_it_goes_with_the_answer(company: Company, answers: list[str]) -> None:
    """Ana leaves: nothing is left of what was said of hers."""
    gone = await company.leave(ANA)
    assert gone is not None
    await company.store.erase(gone.id)
    assert await company.rows("SELECT * FROM feedback", ANA) == []
    assert len(await said(company, CY)) == 1


async def test_whoever_leaves_takes_along_what_they_said_of_others(company: Company, answers: list[str]) -> None:
    """Bo had a double too: with it goes what he thought of his colleagues' answers."""
    await company.join(BO)
    await company.say(BO, "lunch is at noon")
    gone = await company.leave(BO)
    assert gone is not None
    await company.store.erase(gone.id)
    assert await said(company, ANA) == await said(company, CY) == []
    done = await company.store.erasure(gone.id)
    assert done is not None
    assert (done.counts["feedback"], done.residue) == (2, 0)


async def test_a_corrected_answer_is_held_up_no_longer(company: Company, answers: list[str]) -> None:
    """One of its sources was replaced; and so is one that is a month old."""
    later = await company.say(CY, "the launch window is Friday")
    assert later
    await company.store.forget(company.claim(), company.ops, "om_nothing")
    assert len(await said(company, ANA)) == 1
    company.later(days=31)
    assert await said(company, ANA) == []


async def test_an_export_says_what_was_said_and_not_by_whom(company: Company, answers: list[str]) -> None:
    """The owner's file has the word with the answer."""
    portable = await company.store.portable(ANA)
    assert portable is not None
    assert [row["said"] for row in portable.answers] == ["outdated"]
    assert BO not in repr(portable.answers)
