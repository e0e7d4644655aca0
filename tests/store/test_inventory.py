"""Promises of what somebody is told that is stored about them: all of it, from the tables themselves, to them alone."""

from sqlalchemy import text

from skills import tables as t
from skills.inventory import PERSONAL
from skills.words import Claim, PutQuestion
from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
DEV = "lark:t:oc_dev"


async def answered(company: Company) -> None:
    """Ana's double answers Bo once and herself once."""
    await company.say(ANA, "the launch window is Thursday")
    for asker in (BO, ANA):
        grant = await company.grant(ANA, asker)
        assert grant is not None
        passages = await company.store.recall(grant, "when is the launch window")
        assert await company.store.deliver(grant, [passage.id for passage in passages])


async def test_of_whoever_never_came_nothing_is_stored(company: Company) -> None:
    """Not even a row that says so."""
    held = await company.store.holdings(BO)
    assert (held.messages, held.rows, held.asked) == ([], {}, 0)


async def test_an_owner_is_told_every_row_and_others_none_of_it(company: Company) -> None:
    """By chat and kind with dates, and what was made of the words."""
    await company.join(ANA, back=3)
    await company.join(ANA, DEV)
    first = company.now
    await answered(company)
    await company.say(ANA, "we release on Tuesday", DEV, at=company.later(days=1))
    held = await company.store.holdings(ANA)
    assert [(one.chat, one.source, one.messages) for one in held.messages] == [
        (DEV, "live", 1),
        (company.ops, "live", 1),
    ]
    assert (held.messages[1].first, held.messages[0].last) == (first, company.now)
    assert (held.answered, held.retracted, held.asked) == (1, 0, 0)
    assert held.rows["ledger.owner"] == len(await company.rows("SELECT 1 FROM ledger", ANA))
    assert held.rows["posting.owner"] == len(await company.rows("SELECT 1 FROM posting", ANA))
    assert held.first_entry == first
    his = await company.store.holdings(BO)
    assert (his.messages, his.answered, his.asked, his.rows) == ([], 0, 1, {})


def test_a_table_that_names_people_is_counted_from_its_first_day() -> None:
    """Columns that name somebody are known by their names; another name for one has to be added there."""
    known = {*PERSONAL, "platform", "chat", "by"}
    named = {c.name for table in t.tables.sorted_tables for c in table.c if "person" in c.name or "asker" in c.name}
    assert named <= known


async def test_the_tables_here_are_those_of_the_database(company: Company) -> None:
    """Whatever has an owner in the database is counted, though nobody thought of it."""
    owned = text(
        "SELECT DISTINCT table_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND column_name IN ('owner', 'person', 'asker', 'about')"
    )
    async with company.database.transaction() as connection:
        found = set((await connection.execute(owned)).scalars())
    assert found - set(t.tables.tables) == set()


async def test_an_asker_deletes_what_they_asked_and_nobody_elses(company: Company) -> None:
    """The words with the answer and the question that waits; that there was an answer stays with its owner."""
    await company.join(ANA)
    await answered(company)
    company.alter(
        "ALTER TABLE answer NO FORCE ROW LEVEL SECURITY",
        "UPDATE answer SET question = 'sealed', question_key_id = 'k'",
        "ALTER TABLE answer FORCE ROW LEVEL SECURITY",
    )
    for asker in (BO, ANA):
        put = PutQuestion("", "lark", company.ops, asker, ANA, "om_1", "q")
        await company.store.put_question(put)
    assert (await company.store.holdings(BO)).questions == 1
    claim = Claim("lark", "unask")
    assert await company.store.delete_questions(claim, BO) is True
    assert await company.store.delete_questions(claim, BO) is False
    his, hers = await company.store.holdings(BO), await company.store.holdings(ANA)
    assert (his.asked, his.questions, his.rows) == (1, 0, {})
    assert hers.rows["put_question.asker"] == 1
    kept = await company.rows("SELECT asker FROM answer WHERE question IS NOT NULL", ANA)
    assert [row.asker for row in kept] == [ANA]
