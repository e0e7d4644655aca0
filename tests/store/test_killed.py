"""Leaving completes though its process is killed: at each step, by SIGKILL, with the database stopped at that step."""

import asyncio
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import Engine, event

from skills.database import libpq_url
from skills.words import Claim

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
LOCK = 20_2020
STEPS = [
    ("claim", "INSERT"),
    ("draft", "DELETE"),
    ("consent_event", "INSERT"),
    ("owner", "UPDATE"),
    ("erasure", "INSERT"),
    ("ledger", "INSERT"),
    ("procrastinate_jobs", "INSERT"),
    ("owner_key", "UPDATE"),
    ("erasure", "UPDATE"),
    ("answer", "DELETE"),
    ("posting", "DELETE"),
    ("meaning", "DELETE"),
    ("message", "DELETE"),
    ("passage", "DELETE"),
    ("page", "DELETE"),
    ("page_written", "DELETE"),
    ("page_read", "DELETE"),
    ("page_spent", "DELETE"),
    ("ledger_payload", "DELETE"),
    ("withheld", "DELETE"),
    ("scope_word", "DELETE"),
    ("forgotten", "DELETE"),
    ("unanswered", "DELETE"),
    ("slot", "DELETE"),
    ("offer", "DELETE"),
    ("reminder", "DELETE"),
    ("interview", "DELETE"),
    ("reading", "DELETE"),
    ("chat_name", "DELETE"),
    ("keyring_seal", "UPDATE"),
]
WORDS = ("message", "passage", "posting", "citation", "answer", "ledger_payload")
STOP = """
    CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_advisory_xact_lock({lock});
        RETURN NULL;
    END $$;
    CREATE TRIGGER stop AFTER {event} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION stop();
"""
WAITING = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = {LOCK} AND NOT granted"


async def _killed_at(company: "Company", migrate_url: str, url: str, keyring: Path, table: str, event: str) -> None:
    """Leave in another process, which dies when it has come to this statement."""
    command = [sys.executable, "-m", "tests.store.leaver", url, str(keyring), ANA, company.now.isoformat()]
    async with await psycopg.AsyncConnection.connect(libpq_url(migrate_url), autocommit=True) as owning:
        await owning.execute(STOP.format(lock=LOCK, event=event, table=table).encode())
        await owning.execute(f"SELECT pg_advisory_lock({LOCK})".encode())
        process = await asyncio.create_subprocess_exec(*command)
        async with asyncio.timeout(60):
            while process.returncode is None and not await _waits(owning):
                await asyncio.sleep(0.02)
        assert process.returncode is None, "it ended before it came to that step"
        process.kill()
        await process.wait()
        await owning.execute(f"SELECT pg_advisory_unlock({LOCK})".encode())
        await owning.execute(f"DROP TRIGGER stop ON {table}".encode())


async def _waits(owning: "psycopg.AsyncConnection") -> bool:
    row = await (await owning.execute(WAITING.encode())).fetchone()
    return row is not None and row[0] > 0


@pytest.mark.parametrize(("table", "event"), STEPS)
async def test_leaving_completes_though_it_was_killed(
    company: "Company", migrate_url: str, database_url: str, tmp_path: Path, table: str, event: str
) -> None:
    """Not yet acknowledged, it comes again and stops; begun, the start takes it up; the end is the same."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    grant = await company.grant(ANA, BO)
    assert grant is not None
    found = await company.store.recall(grant, "rollback")
    assert await company.store.deliver(grant, [found[0].id]) is not None

    await _killed_at(company, migrate_url, database_url, tmp_path / "keyring", table, event)

    await company.store.replay_tombstones()
    gone = await company.store.leave(Claim("lark", "the-leaving"), ANA)
    assert gone is not None
    assert await company.grant(ANA, BO) is None
    assert {"erasure": gone.id} in await company.jobs("erase")
    done = await company.store.erase(gone.id)
    assert done.residue == 0
    assert not [row for words in WORDS for row in await company.rows(f"SELECT 1 FROM {words}", ANA)]
    keys = [row.key_id for row in await company.rows("SELECT key_id FROM owner_key")]
    assert [await company.keyring.key(key) for key in keys] == [None] * len(keys)
    assert await company.store.verify(ANA) is None
    kinds = [row.kind for row in await company.rows("SELECT kind FROM ledger ORDER BY seq", ANA)]
    assert kinds[:3] == ["given", "answered", "stopped"]
    assert kinds[-1] == "erased"


async def test_every_statement_of_leaving_is_a_step_at_which_it_was_killed(company: "Company") -> None:
    """Whatever leaving writes from now on has to be killed at, too."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    written: list[tuple[str, str]] = []

    def keep(_: object, __: object, statement: str, *more: object) -> None:
        for what, table in re.findall(r"^\s*(INSERT|UPDATE|DELETE)(?: INTO| FROM)? (\w+)", statement):
            written.append((table, what))

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        gone = await company.store.leave(Claim("lark", "the-leaving"), ANA)
        assert gone is not None
        await company.store.erase(gone.id)
    finally:
        event.remove(Engine, "before_cursor_execute", keep)
    missing = sorted(set(written) - set(STEPS))
    assert not missing, " ".join(map("-".join, missing))
