"""Promises of the database: who may see and do what, how its tables are built, and what survives a lost connection."""

import asyncio
from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.pool import NullPool

from skills.database import Database, LoginTooPowerful, libpq_url, migrate, sqlalchemy_url

if TYPE_CHECKING:
    from tests.conftest import Server

OWNED = """
    CREATE TABLE note (owner text, words text);
    ALTER TABLE note ENABLE ROW LEVEL SECURITY;
    ALTER TABLE note FORCE ROW LEVEL SECURITY;
    CREATE POLICY own ON note USING (owner = current_setting('fenshen.owner', true));
"""


def owning(migrate_url: str, *statements: str) -> None:
    """Do something as the login that owns the schema."""
    with psycopg.connect(libpq_url(migrate_url), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def serving(server: "Server") -> str:
    """The serving login's name."""
    return make_url(server.serve_url).username or ""


async def execute(database: Database, statement: str, owner: str | None = None) -> None:
    """One statement in a transaction of its own."""
    async with database.transaction(owner=owner) as connection:
        await connection.execute(text(statement))


async def words(database: Database, owner: str | None) -> Sequence[str]:
    """What can be read on behalf of somebody."""
    async with database.transaction(owner=owner) as connection:
        return (await connection.scalars(text("SELECT words FROM note"))).all()


async def test_without_an_owner_no_owned_row_is_seen(database: Database, migrate_url: str, server: "Server") -> None:
    """Row-level security shows a transaction its owner's rows, and forgets the owner with the transaction."""
    owning(migrate_url, OWNED)
    await migrate(migrate_url, serving(server))
    for owner in ("ana", "bo"):
        async with database.transaction(owner=owner) as connection:
            await connection.execute(text("INSERT INTO note VALUES (:owner, :owner)"), {"owner": owner})
    assert await words(database, "ana") == ["ana"]
    assert await words(database, None) == []
    with pytest.raises(ProgrammingError):
        await execute(database, "INSERT INTO note VALUES ('bo', 'planted')", owner="ana")


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE lease ADD COLUMN more text",
        "DROP TABLE lease",
        "CREATE TABLE mine (id int)",
        "TRUNCATE lease",
        "ALTER TABLE lease DISABLE TRIGGER ALL",
        "UPDATE alembic_version SET version_num = '0'",
        "CREATE ROLE friend",
    ],
)
async def test_the_serving_login_changes_no_schema(database: Database, statement: str) -> None:
    """It owns nothing, makes nothing and drops nothing."""
    with pytest.raises(DBAPIError, match=r"must be owner|permission denied"):
        await execute(database, statement)


async def test_a_powerful_login_is_not_fit_to_serve(database: Database, migrate_url: str) -> None:
    """The login that owns the schema is told apart from the one that serves."""
    await database.check_login()
    owner = Database(migrate_url)
    with pytest.raises(LoginTooPowerful):
        await owner.check_login()
    await owner.aclose()


async def test_an_append_only_table_takes_new_rows_alone(
    database: Database, migrate_url: str, server: "Server"
) -> None:
    """Its comment says so, and each migration makes it so again."""
    owning(
        migrate_url, "CREATE TABLE happened (what text)", "COMMENT ON TABLE happened IS 'append-only: what happened'"
    )
    for given in ("ALL ON happened", "UPDATE (what) ON happened", "INSERT, SELECT, DELETE ON happened"):
        owning(migrate_url, f'GRANT {given} TO "{serving(server)}"')
        await migrate(migrate_url, serving(server))
        await execute(database, "INSERT INTO happened VALUES ('a')")
        for statement in ("UPDATE happened SET what = 'b'", "DELETE FROM happened"):
            with pytest.raises(ProgrammingError):
                await execute(database, statement)


async def test_what_the_serving_login_may_give_on_is_taken_back(
    database: Database, migrate_url: str, server: "Server"
) -> None:
    """Given by hand, it stays until the next start."""
    owning(migrate_url, "CREATE TABLE happened (what text)")
    rights = "SELECT, INSERT, UPDATE, DELETE"
    owning(migrate_url, f'GRANT {rights} ON happened TO "{serving(server)}" WITH GRANT OPTION')
    may = f"SELECT has_table_privilege('{serving(server)}', 'happened', 'SELECT WITH GRANT OPTION')"
    for expected in (True, False):
        async with database.transaction() as connection:
            assert await connection.scalar(text(may)) is expected
        await migrate(migrate_url, serving(server))


async def test_replicas_that_start_together_migrate_once(server: "Server", empty_database: str) -> None:
    """Each waits for the other; every one finds the newest schema."""
    url = server.url(empty_database, owner=True)
    await asyncio.gather(*(migrate(url, serving(server)) for _ in range(4)))
    database = Database(server.url(empty_database))
    async with database.transaction() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
        assert await connection.scalar(text("SELECT count(*) FROM lease")) == 0
    await database.aclose()


async def test_a_migration_that_fails_leaves_nothing_behind(server: "Server", empty_database: str) -> None:
    """All or nothing: the tables of earlier steps are gone with the failing one."""
    url = server.url(empty_database, owner=True)
    with pytest.raises(ProgrammingError):
        await migrate(url, "nobody of this name")
    owner = Database(url)
    async with owner.transaction() as connection:
        count = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        assert await connection.scalar(text(count)) == 0
    await owner.aclose()


def test_procrastinates_schema_is_the_one_that_was_tested() -> None:
    """When this fails the package has tables that older databases lack: write a migration, then change it here."""
    steps = sorted(path.name for path in (resources.files("procrastinate") / "sql" / "migrations").iterdir())
    assert [name for name in steps if name.endswith(".sql")][
        -1
    ] == "03.04.00_50_post_add_retry_failed_job_procedure.sql"


async def test_what_fails_is_rolled_back(database: Database) -> None:
    """A transaction that raises has done nothing."""

    async def fail() -> None:
        async with database.transaction() as connection:
            await connection.execute(text("INSERT INTO lease VALUES ('a', 'b', now())"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.transaction() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM lease")) == 0


async def test_an_error_carries_no_parameter(database: Database) -> None:
    """What was to be written is in no exception's text."""

    async def fail() -> None:
        async with database.transaction() as connection:
            for _ in range(2):
                await connection.execute(text("INSERT INTO lease VALUES ('a', :words, now())"), {"words": "回滚支付"})

    with pytest.raises(DBAPIError, match="already exists") as raised:
        await fail()
    assert "回滚支付" not in str(raised.value)


async def test_the_next_transaction_outlives_a_lost_connection(database: Database, migrate_url: str) -> None:
    """A connection that the server dropped while idle is replaced unseen."""
    async with database.transaction() as connection:
        backend = await connection.scalar(text("SELECT pg_backend_pid()"))
    owning(migrate_url, f"SELECT pg_terminate_backend({backend}, 5000)")
    async with database.transaction() as connection:
        assert await connection.scalar(text("SELECT pg_backend_pid()")) != backend


async def test_a_database_that_is_not_there_raises_in_time(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Patience ends; a ping does not even wait for it."""
    database = Database(f"postgresql://nobody@/nothing?host={tmp_path_factory.getbasetemp()}", patience=0.1)
    assert not await database.ping()
    with pytest.raises(OperationalError):
        async with database.transaction():
            pass
    await database.aclose()


async def test_a_database_that_answers_pings(database: Database) -> None:
    """Health checks see it."""
    assert await database.ping()


async def test_postings_of_an_existing_database_are_found_and_go_with_their_passage(
    server: "Server", empty_database: str
) -> None:
    """Nothing of them changes when their order does; what was deleted by key goes by a trigger now."""
    url = server.url(empty_database, owner=True)
    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0140")
    one, other = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
    for id_ in (one, other):
        owning(
            url,
            "SELECT set_config('fenshen.owner', 'ana', false)",
            f"INSERT INTO passage VALUES ('ana', '{id_}', 'ops', NULL, 1, now(), 3, 'k')",
            *(
                f"INSERT INTO posting VALUES ('ana', '{w}', '{id_}', {tf}, now(), 3, 7)"
                for w, tf in (("a", 2), ("b", 1))
            ),
        )
    engine.dispose()
    await migrate(url, serving(server))
    database = Database(server.url(empty_database))
    rows = text("SELECT passage::text, convert_from(term, 'UTF8'), tf, length, hold FROM posting ORDER BY 1, 2")
    async with database.transaction(owner="ana") as connection:
        before = [tuple(row) for row in await connection.execute(rows)]
        await connection.execute(text(f"DELETE FROM passage WHERE id = '{one}'"))
        after = [tuple(row) for row in await connection.execute(rows)]
    await database.aclose()
    assert before == [(id_, term, tf, 3, 7) for id_ in (one, other) for term, tf in (("a", 2), ("b", 1))]
    assert after == before[2:]
