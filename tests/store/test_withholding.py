"""Promises of what owners keep to themselves: recalled for nobody else, by no search, whoever asks, until allowed."""

import uuid
from collections.abc import Awaitable, Callable

import pytest

from skills import nearest, owners, recall
from skills.fusing import Fused
from skills.meaning import Meaning
from skills.nearest import Asked
from skills.queue import Queue
from skills.store import Store
from skills.withholding import LONGEST, MOST
from skills.words import Answered, Claim, Said
from tests.store.conftest import Company
from tests.store.shop import Senses

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
PAY, WINDOW = "the salary review moves to March", "the launch window is Thursday"
Answer = Callable[[], Awaitable[Answered]]


async def withhold(company: Company, *topics: str, owner: str = ANA) -> bool | None:
    """An owner keeps topics to themselves."""
    return await company.store.withhold(company.claim(), owner, topics)


async def found(company: Company, question: str = "when is the salary review") -> list[str]:
    """What Bo is told."""
    return await company.find(ANA, BO, question)


@pytest.fixture
def answer(company: Company) -> Answer:
    """Bo is answered with what Ana said of the salary review."""

    async def deliver() -> Answered:
        grant = await company.grant(ANA, BO)
        assert grant is not None
        passages = await company.store.recall(grant, "when is the salary review")
        answered = await company.store.deliver(grant, [passage.id for passage in passages])
        assert answered is not None
        return answered

    return deliver


async def test_a_withheld_topic_is_recalled_for_nobody_but_its_owner(company: Company) -> None:
    """What was said before as well as what comes later; the rest goes on being answered."""
    await company.join(ANA)
    await company.say(ANA, PAY)
    await company.say(ANA, WINDOW)
    assert await found(company) == [PAY]
    assert await withhold(company, "Salary") is True
    later = await company.say(ANA, "my salary review was on Monday")
    assert later
    assert await found(company) == []
    assert await found(company, "when is the launch window") == [WINDOW]
    assert len(await company.find(ANA, ANA, "salary review", direct=True)) == 2
    assert await company.find(ANA, ANA, "salary review") == []  # in the chat, everybody reads along


@pytest.mark.parametrize(("topic", "kept"), [("salary review", True), ("salary printer", False), ("薪资", False)])
async def test_a_topic_reaches_what_has_all_of_its_words(company: Company, topic: str, kept: bool) -> None:
    """Stemmed like everything that is searched, in any order, whether said before or after."""
    await company.join(ANA)
    await company.say(ANA, PAY)
    await withhold(company, topic)
    assert (await found(company) == []) is kept
    await company.say(ANA, "a salary review takes an hour")
    assert (await found(company) == []) is kept


async def test_a_search_by_meaning_finds_nothing_withheld_either(company: Company, queue: Queue) -> None:
    """The vector is there and fits; only the owner alone with the bot is shown its passage."""
    model, vault = Meaning("senses", Senses), company.vault
    assert await model.warm()
    company.store = Store(company.database, vault, company.keyring, queue, lambda: company.now, meaning=model)
    await company.join(ANA)
    await company.say(ANA, "to rollback, stop the gateway first")
    await company.store.embed(ANA)
    vectors = await model.of_question("怎么回滚")
    assert vectors is not None
    asked = Asked(model.model, vectors)

    async def near(asker: str, *, direct: bool = False) -> int:
        grant = await company.grant(ANA, asker, direct=direct)
        assert grant is not None
        async with company.database.transaction(owner=ANA) as connection:
            keys = await owners.keys(connection, ANA)
            return len((await nearest.search(connection, vault, grant, keys, asked, 9, company.now)).found)

    assert await near(BO) == 1
    await withhold(company, "gateway")
    assert await near(BO) == 0
    assert await near(ANA) == 0
    assert await near(ANA, direct=True) == 1


async def test_what_was_found_before_it_was_withheld_is_not_read_after(company: Company) -> None:
    """Both searches over, the words are decided on once more where they are unsealed."""
    await company.join(ANA)
    await company.say(ANA, PAY)
    (passage,) = await company.ask(ANA, BO, "when is the salary review")
    await withhold(company, "salary")
    (grant, alone) = (await company.grant(ANA, BO), await company.grant(ANA, ANA, direct=True))
    assert grant is not None
    assert alone is not None
    fused = [Fused(uuid.UUID(passage.id), passage.at, 1.0, 1.0, None)]
    async with company.database.transaction(owner=ANA) as connection:
        assert await recall._said(connection, company.vault, grant, fused, company.now) == []
        assert len(await recall._said(connection, company.vault, alone, fused, company.now)) == 1


async def test_what_is_withheld_counts_in_nobody_elses_scores(company: Company) -> None:
    """An asker's search is the same, to the last digit, as if it had never been said."""
    await company.join(ANA)
    await company.say(ANA, WINDOW)
    alone = await company.ask(ANA, BO, "when is the launch window")
    for _ in range(3):
        await company.say(ANA, PAY)
    await withhold(company, "salary")
    assert await company.ask(ANA, BO, "when is the launch window") == alone


async def test_an_answer_that_quotes_it_is_not_delivered_any_more_and_none_stands(
    company: Company, answer: Answer
) -> None:
    """Thought out before, it is refused at the door; on its way, it is not to stand."""
    await company.join(ANA)
    await company.say(ANA, PAY)
    grant = await company.grant(ANA, BO)
    assert grant is not None
    passages = await company.store.recall(grant, "when is the salary review")
    on_its_way = await answer()
    await withhold(company, "salary")
    assert await company.store.deliver(grant, [passage.id for passage in passages]) is None
    assert await company.store.shown(on_its_way.id, "lark", company.ops, "m1") is False
    again = await company.grant(ANA, BO)
    assert again is not None
    assert again.epoch > grant.epoch
    assert await company.store.deliver(again, [passage.id for passage in passages]) is None


async def test_one_message_is_withheld_and_stays_so_when_it_is_recorded_again(company: Company) -> None:
    """As when its owner remembers, after all, what they had forgotten."""
    await company.join(ANA, back=9)
    message = await company.say(ANA, PAY)
    assert await company.store.withhold_message(company.claim(), ANA, message) is True
    assert await found(company) == []
    await company.store.drop(company.claim(), ANA, company.ops, message)
    again = Said(ANA, company.ops, message, company.now, PAY)
    assert await company.store.backfill(ANA, company.ops, [again]) == 0
    assert await company.store.keep(company.claim(), again) is True
    assert await found(company) == []


async def test_what_an_answer_cited_is_withheld_and_allowed_again(company: Company, answer: Answer) -> None:
    """By the answer's id, of her own double alone."""
    await company.join(ANA)
    await company.join(BO)
    await company.say(ANA, PAY)
    told = await answer()
    assert await company.store.withhold_answer(company.claim(), BO, told.id) is False
    assert await found(company) == [PAY]
    assert await company.store.withhold_answer(company.claim(), ANA, told.id) is True
    assert await found(company) == []
    (one,) = await company.store.withheld(ANA)
    assert (one.kind, one.answer, one.passages) == ("answer", told.id, 1)
    assert await company.store.allow(company.claim(), ANA, one.id) is True
    assert await found(company) == [PAY]


async def test_a_retracted_answer_does_not_stand_though_its_sources_are_allowed_again(
    company: Company, answer: Answer
) -> None:
    """What is taken back is taken back; only new answers may quote the words."""
    await company.join(ANA)
    await company.say(ANA, PAY)
    told = await answer()
    assert await company.store.shown(told.id, "lark", company.ops, "m1") is True
    assert await company.store.retract(company.claim(), ANA, told.id) is True
    (one,) = await company.store.withheld(ANA)
    await company.store.allow(company.claim(), ANA, one.id)
    assert await found(company) == [PAY]
    assert await company.store.shown(told.id, "lark", company.ops, "m1") is False
    assert await company.store.standing(told.id) is None


async def test_each_answer_to_others_is_one_credit_until_it_is_taken_back(company: Company, answer: Answer) -> None:
    """One's own questions earn nothing, and nothing is taken back twice."""
    await company.join(ANA)
    await company.say(ANA, PAY)
    first, _ = await answer(), await answer()
    mine = await company.grant(ANA, ANA)
    assert mine is not None
    passages = await company.store.recall(mine, "when is the salary review")
    own = await company.store.deliver(mine, [passage.id for passage in passages])
    assert own is not None
    assert await company.store.credit(ANA) == 2
    for told in (first, first, own):
        await company.store.retract(company.claim(), ANA, told.id)
    assert await company.store.credit(ANA) == 1
    assert await company.store.credit(BO) == 0


async def test_only_its_owner_lists_and_allows_it(company: Company) -> None:
    """The id of somebody else's topic does nothing; her own brings the words back."""
    await company.join(ANA)
    await company.join(BO)
    await company.say(ANA, PAY)
    await withhold(company, "salary")
    (one,) = await company.store.withheld(ANA)
    assert (one.kind, one.words, one.passages) == ("topic", "salary", 1)
    assert await company.store.withheld(BO) == []
    assert await company.store.allow(company.claim(), BO, one.id) is False
    assert await found(company) == []
    claim = company.claim()
    assert await company.store.allow(claim, ANA, one.id) is True
    assert await company.store.allow(claim, ANA, one.id) is None
    assert await found(company) == [PAY]
    assert await company.store.withheld(ANA) == []


async def test_nothing_is_withheld_without_a_double_or_by_words_that_tell_nothing(company: Company) -> None:
    """Nor by more of them than a person can look over, nor twice."""
    assert await withhold(company, "salary") is False
    await company.join(ANA)
    for topic in ("", "the", "的", "x" * (LONGEST + 1)):
        assert await withhold(company, topic) is False
    assert await withhold(company, *(f"topic{n}" for n in range(MOST + 1))) is False
    assert await withhold(company, *(f"topic{n}" for n in range(MOST))) is True
    assert await withhold(company, "Topic1") is True
    assert len(await company.store.withheld(ANA)) == MOST
    claim = Claim("lark", "again")
    assert await company.store.withhold(claim, ANA, ["Topic1"]) is True
    assert await company.store.withhold(claim, ANA, ["Topic1"]) is None


async def test_no_row_tells_what_is_withheld(company: Company) -> None:
    """The words are sealed, the terms blinded, and the ledger says only that something was."""
    await company.join(ANA)
    await withhold(company, "zanzibar merger")
    rows = company.everything()
    assert "zanzibar" not in rows.lower()
    assert b"zanzibar".hex() not in rows
    assert await company.store.verify(ANA) is None


async def test_leaving_one_chat_keeps_a_topic_withheld_in_the_others(company: Company) -> None:
    """Under the new key, what was said before and what comes while the old key still is."""
    dev = "lark:t:oc_dev"
    await company.join(ANA)
    await company.join(ANA, dev)
    await company.say(ANA, PAY, dev)
    await withhold(company, "salary")
    left = await company.leave(ANA, company.ops)
    assert left is not None
    await company.say(ANA, "the salary review is done", dev)
    assert await company.find(ANA, BO, "salary review", dev) == []
    await company.store.erase(left.id)
    await company.say(ANA, "another salary review", dev)
    assert await company.find(ANA, BO, "salary review", dev) == []
    (one,) = await company.store.withheld(ANA)
    assert (one.words, one.passages) == ("salary", 3)


async def test_a_topic_outlives_the_key_of_a_chat_that_was_left_though_nothing_is_said_meanwhile(
    company: Company,
) -> None:
    """The erasure brings it under the new key before the old one is destroyed."""
    dev = "lark:t:oc_dev"
    await company.join(ANA)
    await company.join(ANA, dev)
    await withhold(company, "salary")
    left = await company.leave(ANA, company.ops)
    assert left is not None
    await company.store.erase(left.id)
    assert [one.words for one in await company.store.withheld(ANA)] == ["salary"]
    await company.say(ANA, PAY, dev)
    assert await company.find(ANA, BO, "salary review", dev) == []


async def test_leaving_takes_everything_withheld_along(company: Company) -> None:
    """Neither topic nor message is known afterwards; whoever comes back begins anew."""
    await company.join(ANA)
    message = await company.say(ANA, PAY)
    await withhold(company, "salary")
    await company.store.withhold_message(company.claim(), ANA, message)
    left = await company.leave(ANA)
    assert left is not None
    erased = await company.store.erase(left.id)
    assert erased.counts["withheld"] == 2
    for table in ("withheld", "withheld_passage"):
        assert await company.rows(f"SELECT 1 FROM {table}", ANA) == []
