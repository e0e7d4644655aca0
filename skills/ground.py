"""Everything below the store's door, opened and closed together: server, migrations, keyring, queue."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from skills.database import Database, Statements, migrate, sqlalchemy_url
from skills.keyring import DatabaseKeyring, check, open_keyring
from skills.meaning import Meaning
from skills.postgres import SERVE, embedded
from skills.queue import Queue
from skills.store import Store
from skills.vault import Vault


@dataclass(frozen=True, slots=True)
class Ground:
    """An open store with what it stands on."""

    store: Store
    database: Database
    queue: Queue
    meaning: Meaning | None = None  # by which passages are found too


@asynccontextmanager
async def open_ground(
    data: Path,
    *,
    database_url: str | None = None,
    migrate_url: str | None = None,
    keyring_url: str | None = None,
    afresh: bool = False,
    meaning: Meaning | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    patient: bool = False,
    statements: Statements | None = None,
) -> AsyncIterator[Ground]:
    """The store on the PostgreSQL named, or on our own where none is: migrated, checked, and fit to serve.

    `meaning`, by which passages are found too, is not loaded here.
    `patient`: owners are not written to about drafts at night, as a demo's may be at any hour.
    `statements`: what was compiled already, on another ground.
    `afresh` empties our own server and keyring first; a named database is never emptied.
    Raises what its parts raise when they must not be used: a keyring missing or too old, a login too powerful.
    """
    async with AsyncExitStack() as stack:
        if database_url is None:
            server = await stack.enter_async_context(embedded(data))
            database_url, migrate_url, role = server.serve_url, server.migrate_url, SERVE
            if afresh:
                await _empty(migrate_url)
                shutil.rmtree(data / "keyring", ignore_errors=True)
        else:
            role = sqlalchemy_url(database_url).username or ""
        await migrate(migrate_url or database_url, role)
        compiled = Statements() if statements is None else statements
        database = Database(database_url, statements=compiled)
        stack.push_async_callback(database.aclose)
        await database.check_login()
        keyring = open_keyring(data, keyring_url)
        if isinstance(keyring, DatabaseKeyring):
            stack.push_async_callback(keyring.aclose)
        await check(database, keyring)
        queue = Queue(database_url, statements=compiled)
        stack.push_async_callback(queue.aclose)
        more = {"migrate_url": migrate_url, "meaning": meaning, "patient": patient}
        store = Store(database, Vault(keyring), keyring, queue, clock, **more)  # type: ignore[arg-type]
        await store.replay_tombstones()
        yield Ground(store, database, queue, meaning)


async def _empty(url: str) -> None:
    """Drop all that the schema's owner has made."""
    engine = create_async_engine(sqlalchemy_url(url), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("DROP OWNED BY CURRENT_USER CASCADE"))
    await engine.dispose()
