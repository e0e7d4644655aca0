"""The signed head as anybody gets it, and the command that holds the ledgers against it."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import psycopg
import pytest

from bot.settings import Settings
from bot.verifying import audited, verify_ledger
from bot.web import create_web
from skills.database import libpq_url
from skills.store import Store

Joins = Callable[..., Awaitable[None]]


async def test_anybody_gets_the_newest_head_and_nothing_before_there_is_one(store: Store, joins: Joins) -> None:
    """Without a token; 404 until something was written and signed."""

    async def healthy() -> bool:
        return True

    web = create_web(store, states=dict, healthy=healthy)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://fenshen") as anybody:
        assert (await anybody.get("/ledger/head")).status_code == 404
        await joins("ana", "join_today")
        head = await store.publish_head()
        assert head is not None
        assert (await anybody.get("/ledger/head")).json() == head


async def test_a_head_that_cannot_be_read_is_said_before_anything_starts(tmp_path: Path) -> None:
    """No server is started for a file that is none."""
    (tmp_path / "head.json").write_text("[]")
    assert await verify_ledger(Settings(data=tmp_path / "data"), tmp_path / "head.json") == 1
    assert await verify_ledger(Settings(data=tmp_path / "data"), tmp_path / "none.json") == 1
    assert not (tmp_path / "data").exists()


async def test_the_command_says_what_it_finds(
    store: Store, joins: Joins, migrate_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whole before and after the first head; what is not, by owner and number, and the exit code says so."""
    assert await audited(store, "en", None) == 0
    await joins("ana", "join_today")
    kept = await store.publish_head()
    assert await audited(store, "en", kept) == 0
    assert "signed head 1 of " in capsys.readouterr().out
    with psycopg.connect(libpq_url(migrate_url), autocommit=True) as connection:
        connection.execute("ALTER TABLE ledger NO FORCE ROW LEVEL SECURITY")
        connection.execute("UPDATE ledger SET kind = 'x' WHERE seq = 1")
        connection.execute("DELETE FROM ledger_head")
    assert await audited(store, "en", kept) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("signed head 1 does not hold")
    assert lines[1].startswith("the head 1 that you kept is not here")
    assert lines[2].startswith("entry 1 of lark:t:ana is not what was written")
