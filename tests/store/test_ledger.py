"""The ledger of an owner is a chain: whatever is changed, removed or cut off is found, and erasing content is not."""

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA = "lark:t:ou_ana"
OPS, DEV = "lark:t:oc_ops", "lark:t:oc_dev"


async def _history(company: "Company") -> None:
    """Four entries: two joins, one of them looking back, and one chat left."""
    await company.join(ANA, OPS)
    await company.join(ANA, DEV, back=90)
    await company.leave(ANA, DEV)


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE ledger SET at = at + interval '1 microsecond' WHERE seq = 2", 2),
        ("UPDATE ledger SET kind = 'nothing' WHERE seq = 3", 3),
        ("UPDATE ledger SET commit = sha256('x') WHERE seq = 1", 1),
        ("DELETE FROM ledger_payload WHERE seq = 2; DELETE FROM ledger WHERE seq = 2", 2),
        ("DELETE FROM ledger_payload WHERE seq = 4; DELETE FROM ledger WHERE seq = 4", 4),
        ("UPDATE ledger_payload SET salt = sha256('x') WHERE seq = 2", 2),
        ("UPDATE owner SET ledger_seq = 3", 5),
    ],
)
async def test_tampering_is_found_where_it_was_done(company: "Company", tampering: str, found: int) -> None:
    """Changed, removed, cut off, or given other content: the first entry that is not what was written."""
    await _history(company)
    assert await company.store.verify(ANA) is None
    open_ = [f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in ("ledger", "ledger_payload")]
    company.alter(*open_, *tampering.split("; "))
    assert await company.store.verify(ANA) == found


async def test_the_serving_login_can_neither_change_nor_remove_an_entry(company: "Company") -> None:
    """Append-only is a right it does not have, not a habit."""
    await _history(company)
    for statement in ("UPDATE ledger SET kind = 'x'", "DELETE FROM ledger", "TRUNCATE ledger CASCADE"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            await company.rows(statement, ANA)


async def test_the_chain_is_whole_after_any_erasure(company: "Company") -> None:
    """Content goes, the commitment to it stays."""
    await _history(company)
    for job in await company.jobs("erase"):
        await company.store.erase(job["erasure"])
    assert await company.store.verify(ANA) is None
    last = await company.leave(ANA)
    assert last is not None
    await company.store.erase(last.id)
    assert await company.rows("SELECT 1 FROM ledger_payload", ANA) == []
    assert await company.store.verify(ANA) is None
    kinds = [row.kind for row in await company.rows("SELECT kind FROM ledger ORDER BY seq", ANA)]
    assert kinds == ["given", "given", "look_back", "stopped", "erased", "stopped", "erased"]


async def test_what_the_ledger_knows_is_sealed(company: "Company") -> None:
    """Who asked, and where, is not to be read from the entry or beside it."""
    await _history(company)
    async with company.database.transaction(owner=ANA) as connection:
        rows = (await connection.execute(text("SELECT p::text FROM ledger_payload AS p"))).scalars().all()
    assert len(rows) == 4
    assert not any(company.notice.sha256 in row or company.notice.sha256.encode().hex() in row for row in rows)


async def test_an_unknown_owners_ledger_is_empty_and_whole(company: "Company") -> None:
    """There is nothing to find fault with."""
    assert await company.store.verify("lark:t:ou_nobody") is None
