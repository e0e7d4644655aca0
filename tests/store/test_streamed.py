"""Promises of an answer that is shown while it is written: decided again at every step, given once, or ended."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import text

from skills.words import Finish, Grant
from tests.store.conftest import Company

ANA, BO, ALONE = "lark:t:ou_ana", "lark:t:ou_bo", "lark:t:direct-ana"
PROVIDER = "openai:m1 · api.example"
FINISH = Finish("lark", ANA, ALONE, "om_9", None, "answer:om_9", "zh")
SOON = timedelta(minutes=1)


@dataclass
class Opened:
    """An answer of Ana's to herself, open with the first of two passages."""

    company: Company
    grant: Grant
    passages: list[str]
    answer: str

    async def grow(self, *passages: str) -> bool:
        """Show these as well."""
        return await self.company.store.grow_answer(self.grant, self.answer, passages or self.passages, PROVIDER)

    async def complete(self, provider: str | None = PROVIDER) -> bool:
        """Give it."""
        return await self.company.store.complete_answer(self.grant, self.answer, self.passages, provider, (2, 0))

    async def kinds(self) -> list[str]:
        """What the ledger says of answers."""
        rows = await self.company.rows("SELECT kind FROM ledger ORDER BY seq", ANA)
        return [row.kind for row in rows if row.kind in ("opened", "answered", "ended", "retracted")]

    async def credits(self) -> list[int]:
        """What was credited for it, and taken back."""
        return sorted(row.value for row in await self.company.rows("SELECT value FROM credit", ANA))


async def _may(company: Company) -> tuple[Grant, list[str]]:
    """Ana's double, two passages of it, and her yes to the model."""
    await company.join(ANA)
    for words in ("the gateway restarts at nine", "the gateway restarts by script"):
        await company.say(ANA, words)
        company.later(hours=1)
    await company.store.let_speak(company.claim(), ANA, PROVIDER, "cd" * 32, "zh")
    grant = await company.grant(ANA, ANA, ALONE, direct=True)
    assert grant is not None
    found = await company.store.recall(grant, "when does the gateway restart")
    assert len(found) == 2
    return grant, [p.id for p in found]


@pytest.fixture
async def opened(company: Company) -> Opened:
    """It is open."""
    grant, passages = await _may(company)
    answered = await company.store.open_answer(grant, passages[:1], PROVIDER, FINISH, SOON)
    assert answered is not None
    return Opened(company, grant, passages, answered.id)


async def _pause(company: Company) -> object:
    return await company.store.pause(company.claim(), ANA, None)


async def _quotes(company: Company) -> object:
    return await company.store.quote_only(company.claim(), ANA)


async def _leave(company: Company) -> object:
    return await company.leave(ANA)


async def _expire(company: Company) -> object:
    return company.later(days=90)


async def _forget(company: Company) -> object:
    rows = await company.rows("SELECT message FROM message ORDER BY at", ANA)
    for row in rows:
        await company.store.forget(company.claim(), company.ops, row.message)
    return rows


ENDS = [_pause, _quotes, _leave, _expire, _forget]
End = Callable[[Company], Awaitable[object]]


@pytest.mark.parametrize("end", ENDS)
async def test_when_consent_ends_nothing_more_is_shown_or_given(opened: Opened, end: End) -> None:
    """Neither the next sentence nor the whole, nor quotes of it."""
    await end(opened.company)
    assert not await opened.grow()
    assert not await opened.complete()
    assert not await opened.complete(None)
    assert await opened.credits() == []
    assert "answered" not in await opened.kinds()


@pytest.mark.parametrize("end", ENDS)
async def test_none_is_opened_where_it_may_not_be_shown(company: Company, end: End) -> None:
    """Nor is one opened of nothing; then no entry stands in the ledger."""
    grant, passages = await _may(company)
    assert await company.store.open_answer(grant, [], PROVIDER, FINISH, SOON) is None
    await end(company)
    assert await company.store.open_answer(grant, passages, PROVIDER, FINISH, SOON) is None
    assert await company.rows("SELECT 1 FROM ledger WHERE kind = 'opened'", ANA) == []
    assert await company.jobs("finish") == []


async def test_an_answer_is_open_before_anything_of_it_is_shown(opened: Opened) -> None:
    """With what it cites, its entry in the ledger, and who looks after it; without a credit."""
    assert await opened.kinds() == ["opened"]
    assert await opened.credits() == []
    (job,) = await opened.company.jobs("finish")
    assert (job["answer"], job["key"], job["owner"]) == (opened.answer, FINISH.key, ANA)
    cited = await opened.company.rows("SELECT passage FROM citation", ANA)
    assert [str(row.passage) for row in cited] == opened.passages[:1]


async def test_an_answer_is_given_once(opened: Opened) -> None:
    """One credit, whatever is tried afterwards; it cites what it showed in the end, in that order."""
    assert await opened.grow()
    assert await opened.complete()
    assert not await opened.complete()
    assert not await opened.grow()
    assert not await opened.company.store.end_answer(ANA, opened.answer)
    assert await opened.credits() == [1]
    assert await opened.kinds() == ["opened", "answered"]
    cited = await opened.company.rows("SELECT passage FROM citation ORDER BY n", ANA)
    assert [str(row.passage) for row in cited] == opened.passages
    why = await opened.company.store.why(ANA, opened.answer)
    assert why is not None
    assert why.worded is not None
    assert (why.worded.paraphrases, why.retracted_at) == (2, None)


async def test_an_answer_that_was_ended_is_never_given(opened: Opened) -> None:
    """Whoever wrote it comes too late; it is ended once."""
    assert await opened.company.store.end_answer(ANA, opened.answer)
    assert await opened.company.store.end_answer(ANA, opened.answer)
    assert not await opened.complete()
    assert await opened.kinds() == ["opened", "ended"]
    assert await opened.credits() == []


async def test_something_of_it_may_stand_until_it_is_replaced(opened: Opened) -> None:
    """Shown and not replaced, or perhaps shown; once it is replaced nobody need look again."""
    store = opened.company.store
    assert await store.end_answer(ANA, opened.answer)
    await store.shown(opened.answer, "lark", ALONE, "om_10")
    assert await store.end_answer(ANA, opened.answer)
    await store.replaced([opened.answer])
    assert not await store.end_answer(ANA, opened.answer)
    assert not await store.end_answer(BO, opened.answer)


async def test_an_open_answer_that_its_owner_takes_back_costs_no_credit(opened: Opened) -> None:
    """There was none to take back; and it is not given afterwards."""
    assert await opened.company.store.retract(opened.company.claim(), ANA, opened.answer)
    assert await opened.credits() == []
    assert not await opened.complete()


async def test_a_passage_that_is_not_covered_is_not_shown(opened: Opened) -> None:
    """Of another owner, or none at all; what is open stays open."""
    await opened.company.join(BO)
    await opened.company.say(BO, "the gateway restarts at ten")
    others = (await opened.company.store.own(BO))[0].id
    assert not await opened.grow(*opened.passages, others)
    assert await opened.complete()


async def test_the_job_that_looks_after_it_waits(opened: Opened) -> None:
    """So long as whoever writes it may still be there."""
    async with opened.company.database.transaction() as connection:
        found = text("SELECT scheduled_at - now() AS left FROM procrastinate_jobs WHERE task_name = 'finish'")
        left = (await connection.execute(found)).scalar_one()
    assert timedelta(seconds=30) < left <= SOON
