"""The small records: one-time codes, replay keys, and the cards that later ones replace."""

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from skills import tables as t

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"


async def test_who_owns_no_double_gets_no_code(company: "Company") -> None:
    """An import is for owners."""
    assert await company.store.import_code(ANA) is None
    assert not await company.store.redeem(ANA, "ABCDEFGH")


async def test_a_code_works_once_for_its_owner(company: "Company") -> None:
    """Not for another, not twice, and typing it in lower case does no harm."""
    await company.join(ANA)
    await company.join(BO)
    code = await company.store.import_code(ANA)
    assert code is not None
    assert not await company.store.redeem(BO, code)
    assert await company.store.redeem(ANA, f" {code.lower()} ")
    assert not await company.store.redeem(ANA, code)


async def test_a_code_ends_after_a_quarter_of_an_hour(company: "Company") -> None:
    """To the moment."""
    await company.join(ANA)
    code = await company.store.import_code(ANA)
    assert code is not None
    company.later(minutes=15)
    assert not await company.store.redeem(ANA, code)


async def test_after_five_wrong_codes_the_right_one_is_refused(company: "Company") -> None:
    """Nobody guesses."""
    await company.join(ANA)
    code = await company.store.import_code(ANA)
    assert code is not None
    for _ in range(5):
        assert not await company.store.redeem(ANA, "WRONG")
    assert not await company.store.redeem(ANA, code)


async def test_a_replay_key_is_known_until_it_ends(company: "Company") -> None:
    """A nonce that comes twice within its time is refused."""
    assert await company.store.seen("nonce", 300)
    company.later(seconds=300)
    assert not await company.store.seen("nonce", 300)
    company.later(seconds=1)
    assert await company.store.seen("nonce", 300)


async def test_a_slot_holds_the_last_card(company: "Company") -> None:
    """Empty at first; filled again, it holds the new one; forgotten after a month."""
    assert await company.store.slot("s1") is None
    await company.store.fill("s1", "lark", "oc_1", "om_1", True)
    await company.store.fill("s1", "lark", "oc_1", "om_2", False)
    assert await company.store.slot("s1") == ("lark", "oc_1", "om_2", False)
    company.now += timedelta(days=31)
    await company.store.prune()
    assert await company.store.slot("s1") is None


async def test_the_code_and_the_migrations_agree_on_every_table(company: "Company") -> None:
    """Every column in both, none in one alone."""
    for name, table in t.tables.tables.items():
        found = await company.rows(f"SELECT column_name FROM information_schema.columns WHERE table_name = '{name}'")
        assert {row.column_name for row in found} == set(table.c.keys())


async def test_without_an_owner_no_owned_row_is_seen_or_written(company: "Company") -> None:
    """Row-level security is the second lock: forgetting to say whose rows means none."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    grant = await company.grant(ANA, BO)
    assert grant is not None
    await company.store.deliver(grant, [(await company.store.own(ANA))[0].id])
    for table in ("message", "passage", "posting", "answer", "citation", "credit", "ledger", "ledger_payload"):
        assert await company.rows(f"SELECT 1 FROM {table}", ANA)
        assert await company.rows(f"SELECT 1 FROM {table}") == []
        assert await company.rows(f"SELECT 1 FROM {table}", BO) == []
        forced = f"SELECT relforcerowsecurity AND relrowsecurity AS forced FROM pg_class WHERE relname = '{table}'"
        assert [row.forced for row in await company.rows(forced)] == [True]


async def test_every_sealed_column_says_under_which_key(company: "Company") -> None:
    """So that a destroyed key's rows can be found."""
    bare = text(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'sealed' AND table_name NOT IN"
        " (SELECT table_name FROM information_schema.columns WHERE column_name = 'key_id')"
    )
    async with company.database.transaction() as connection:
        assert (await connection.execute(bare)).all() == []
