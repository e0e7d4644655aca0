"""Promises of what the planner is told: the cost of one owner grows with what is theirs, whomever it has counted."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from skills.words import Said
from tests.store.conftest import Company

BO = "lark:t:ou_bo"
FEW, MANY = 5, 300


async def test_whoever_came_after_the_planner_counted_is_erased_by_the_right_index(company: Company) -> None:
    """It knows few, and Bo is not among them: each of his words is looked up, and not looked for."""
    for n in range(FEW):
        await company.join(f"lark:t:ou_{n}", back=3)
        await company.store.backfill(f"lark:t:ou_{n}", company.ops, _said(company, f"lark:t:ou_{n}", 20))
    company.alter("ANALYZE posting", "ANALYZE passage", "ANALYZE message")
    await company.join(BO, back=3)
    await company.store.backfill(BO, company.ops, _said(company, BO, MANY))
    said = (await company.rows("SELECT count(*) AS n FROM posting", BO))[0].n
    before = await _read(company)
    gone = await company.leave(BO)
    assert gone is not None
    done = await company.store.erase(gone.id)
    assert (done.counts["messages"], done.counts["postings"], done.residue) == (MANY, said, 0)
    assert await _read(company) - before < 4 * said  # six times, when it reads all that is his for what is his


async def test_a_history_is_not_held_against_all_that_was_said_on_the_same_days(company: Company) -> None:
    """But against the few which their platform may call something else; a file without ids against each once."""
    await company.join(BO, back=3)
    said = _said(company, BO, MANY + FEW)
    await company.store.backfill(BO, company.ops, said[FEW:])
    unnamed = [replace(one, message=f"file:{one.message}", source="file") for one in said[FEW : 2 * FEW]]
    for batch, most in ((said[:FEW], 3), (unnamed, 6)):
        before = await _read(company, "message", "passage")
        await company.store.backfill(BO, company.ops, batch)
        assert await _read(company, "message", "passage") - before < most * MANY


async def test_no_owner_is_counted_by_the_planner(company: Company) -> None:
    """In no table that row-level security guards, so that none is added with which it would begin to count."""
    counted = """
        SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'owner'
        WHERE c.relkind = 'r' AND c.relrowsecurity AND a.attstattarget IS DISTINCT FROM 0
    """
    assert await company.rows(counted) == []


def _said(company: Company, person: str, many: int) -> list[Said]:
    return [
        Said(
            person,
            company.ops,
            f"{person}:{n}",
            company.now - timedelta(minutes=n),
            f"rollback{n} of the release {n % 7}, first the gateway",
        )
        for n in range(many)
    ]


async def _read(company: Company, *tables: str) -> int:
    """How many entries of the indexes of these tables were read so far, else of postings."""
    read = text("SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = ANY(:tables)")
    async with company.database.transaction() as connection:
        await connection.execute(text("SELECT pg_stat_force_next_flush()"))
    async with company.database.transaction() as connection:
        return int(await connection.scalar(read, {"tables": list(tables) or ["posting"]}) or 0)
