"""Promises of what the planner is told: the cost of one owner grows with what is theirs, whomever it has counted."""

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


async def _read(company: Company) -> int:
    """How many entries of the indexes of postings were read so far."""
    read = text("SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'posting'")
    async with company.database.transaction() as connection:
        await connection.execute(text("SELECT pg_stat_force_next_flush()"))
    async with company.database.transaction() as connection:
        return int(await connection.scalar(read) or 0)
