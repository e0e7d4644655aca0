"""A company that talks, joins, asks and leaves through the store's door, on the test's own database."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from skills.admins import Signed
from skills.database import Database, sqlalchemy_url
from skills.keyring import Keyring
from skills.meaning import Meaning
from skills.ordering import Answer, Order
from skills.queue import Queue
from skills.scopes import Ceiling, Readers, Scope, ScopeDocument, Sources
from skills.store import Store
from skills.vault import Vault
from skills.words import Audience, Claim, Consent, Erasure, Grant, Notice, Passage, Said, Venue
from tests.store.shop import Shop

PRIVATE = (
    *("message", "passage", "posting", "tally", "meaning", "answer", "citation", "credit", "ledger"),
    *("ledger_payload", "interview", "withheld", "withheld_passage", "forgotten", "reading", "chat_name"),
    *("page", "page_version", "page_line", "page_seen"),
    *("page_written", "page_cite", "page_told", "page_read", "page_spent"),
)


class Company:
    """People of one company before one store; the clock stands still unless the test moves it."""

    ops = "lark:t:oc_ops"
    notice = Notice("1", "zh", "ab" * 32)

    def __init__(self, store: Store, database: Database, vault: Vault, keyring: Keyring, migrate_url: str) -> None:
        self.store, self.database, self.vault, self.keyring = store, database, vault, keyring
        self.now = datetime(2026, 3, 1, 9, tzinfo=UTC)
        self.migrate_url = migrate_url
        self._numbers = count(1)

    def later(self, **more: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(**more)
        return self.now

    def claim(self, message: str | None = None) -> Claim:
        """A delivery that never was before."""
        return Claim("lark", f"e{next(self._numbers)}", message)

    async def offer(self, person: str, chat: str = ops) -> str:
        """The id of an offer to a person."""
        offer = await self.store.offer(self.claim(), person, chat, "zh")
        assert offer is not None
        return offer.id

    async def join(
        self, person: str, chat: str = ops, *, audience: Audience = "chat", back: int = 0, days: int = 90
    ) -> Consent | None:
        """Take a fresh offer up, with words from so many days back."""
        since, name = self.now - timedelta(days=back), person.rpartition("_")[2].title()
        offer = await self.offer(person, chat)
        wish: dict[str, Any] = {"audience": audience, "since": since, "days": days, "notice": self.notice}
        return await self.store.join(self.claim(), offer, person=person, name=name, **wish)

    async def say(self, person: str, words: str, chat: str = ops, *, at: datetime | None = None) -> str:
        """Say something, which arrives as a message; its id."""
        message = f"om_{next(self._numbers)}"
        await self.store.record(self.claim(message), Said(person, chat, message, at or self.now, words))
        return message

    async def grant(self, owner: str, asker: str, chat: str = ops, *, direct: bool = False) -> Grant | None:
        """Ask for a grant where the reply would stand."""
        return await self.store.grant(owner, asker=asker, venue=Venue(chat, direct), readers=None)

    async def find(self, owner: str, asker: str, question: str, chat: str = ops, *, direct: bool = False) -> list[str]:
        """The texts that a question finds; none without a grant."""
        return [passage.text for passage in await self.ask(owner, asker, question, chat, direct=direct)]

    async def ask(
        self, owner: str, asker: str, question: str, chat: str = ops, *, direct: bool = False, limit: int = 50
    ) -> Sequence[Passage]:
        """The passages that a question finds; none without a grant."""
        grant = await self.grant(owner, asker, chat, direct=direct)
        return [] if grant is None else await self.store.recall(grant, question, limit)

    async def leave(self, person: str, chat: str | None = None) -> Erasure | None:
        """Opt out, and see that the erasure is waiting."""
        return await self.store.leave(self.claim(), person, chat=chat)

    async def ceiling(
        self, name: str, *, chats: tuple[str, ...] = (), audience: tuple[str, ...] = (), **ceiling: Any
    ) -> Scope:
        """An admin sets a ceiling."""
        document = ScopeDocument(Sources(chats), Readers(audience), Ceiling(**ceiling))
        return await self.store.put_scope(name, document, "ada")

    async def order(self, what: Order) -> Answer:
        """An admin orders something, under an id that never was before, and what is left of it is done."""
        event = self.claim().event
        answer = await self.store.order(Signed(event, b"digest", "ada"), "some.type", what)
        for ids in await self.jobs("order"):
            if ids["event"] == event:
                await self.store.carry_out(ids)
        return answer

    async def jobs(self, task: str) -> list[dict[str, Any]]:
        """The arguments of the jobs of one kind that wait."""
        waiting = text("SELECT args FROM procrastinate_jobs WHERE task_name = :task AND status = 'todo' ORDER BY id")
        async with self.database.transaction() as connection:
            return list((await connection.execute(waiting, {"task": task})).scalars())

    async def rows(self, statement: str, owner: str | None = None) -> list[Any]:
        """What the serving login reads, for one owner or for none."""
        async with self.database.transaction(owner=owner) as connection:
            return list(await connection.execute(text(statement)))

    def alter(self, *statements: str) -> None:
        """Do something to the tables as the login that owns them."""
        engine = create_engine(sqlalchemy_url(self.migrate_url), poolclass=NullPool)
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    def everything(self) -> str:
        """Every row of every table as text, past row-level security; bytes stand as hexadecimal digits."""
        self.alter(*(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in PRIVATE))
        engine = create_engine(sqlalchemy_url(self.migrate_url), poolclass=NullPool)
        names = text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        with engine.begin() as connection:
            tables = list(connection.execute(names).scalars())
            rows = [connection.execute(text(f"SELECT t::text FROM {table} AS t")).scalars().all() for table in tables]
        engine.dispose()
        self.alter(*(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in PRIVATE))
        return "\n".join(row for found in rows for row in found)


@pytest.fixture
def company(database: Database, vault: Vault, keyring: Keyring, queue: Queue, migrate_url: str) -> Company:
    """A company on a database of its own."""
    times: list[Company] = []
    store = Store(database, vault, keyring, queue, lambda: times[0].now, migrate_url=migrate_url)
    times.append(Company(store, database, vault, keyring, migrate_url))
    return times[0]


@pytest.fixture
def shop(company: Company, keyring: Keyring, vault: Vault, queue: Queue, migrate_url: str) -> Shop:
    """A company whose store can be given a model."""

    def make(meaning: Meaning | None) -> Store:
        parts = (company.database, vault, keyring, queue, lambda: company.now)
        return Store(*parts, migrate_url=migrate_url, meaning=meaning)

    return Shop(company, make)
