"""A running bot on real PostgreSQL, among platforms that keep the cards they are sent."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from adapters.base import Address, Card, Click, File, Finding, Message, Platform, Receive, Refused, Sent, Unreachable
from adapters.serving import served
from bot.app import Fenshen
from bot.preparing import Answerer
from bot.settings import Settings
from bot.web import create_web
from skills.database import Database
from skills.ground import Ground
from skills.keyring import DirectoryKeyring
from skills.queue import Queue
from skills.store import Store
from skills.vault import Vault
from tests.bot.signing import NEW, OLD, Signer

PATIENCE = 20.0  # seconds, for a loaded machine
Shown = tuple[Address, Card]
METRICS_TOKEN = SecretStr("a token for metrics")
Hook = Callable[[Address, Card], Awaitable[None]]


@dataclass
class Company:
    """Who is in which chat, and everything that the bot has sent, on all platforms; its parts are what tests turn."""

    members: dict[str, dict[str, str]] = field(default_factory=dict)  # chat → person → display name
    sent: list[Shown] = field(default_factory=list)  # every card as it was sent, but for what a chat is told once:
    announced: list[Shown] = field(default_factory=list)  # kept apart, so that tests of replies need not expect it
    standing: dict[str, Shown] = field(default_factory=dict)  # message → the card as it is now
    files: dict[str, bytes] = field(default_factory=dict)
    unreachable: set[str] = field(default_factory=set)  # people who cannot be written to
    fixed: set[str] = field(default_factory=set)  # platforms whose cards cannot be replaced
    hooks: list[Hook] = field(default_factory=list)  # run while a card is on its way
    changing: list[Hook] = field(default_factory=list)  # run while a card that stands is being replaced
    history: list[Any] = field(default_factory=list)  # what Lark lists of the time before, and what was recalled of it
    authors: dict[str, str] = field(default_factory=dict)  # message → person
    given: list[tuple[Address, str, bytes]] = field(default_factory=list)  # files that the bot has sent
    largest: int = 30 * 2**20  # bytes of a file that it can send
    nicknames: dict[str, tuple[str, ...]] = field(default_factory=dict)  # person → what Lark's directory tells besides
    belongs: dict[str, frozenset[str]] | None = field(default_factory=dict)  # person → departments; None: closed
    looked_up: int = 0  # how often it was asked who belongs where
    readable: dict[str, Message] = field(default_factory=dict)  # message → what can be read back of it
    step: float = 0.01  # seconds at which noes and answers to admins go out: hundreds of them are waited for


class Console:
    """One platform of a company: sends to a list, numbers its messages, refuses what it is told to refuse."""

    state = "connected"

    def __init__(self, name: str, company: Company, numbers: "itertools.count[int]") -> None:
        self._name, self._company, self._numbers = name, company, numbers
        self._keys: dict[str, Sent] = {}

    @property
    def name(self) -> str:
        """The first part of its ids."""
        return self._name

    async def listen(self, receive: Receive) -> None:
        """Nothing comes by itself: tests hand events to the inbox."""
        await asyncio.Event().wait()

    async def send(self, to: Address, card: Card, key: str) -> Sent:
        """Keep the card; the same key is the same card."""
        if to.person in self._company.unreachable:
            raise Unreachable
        for hook in self._company.hooks:
            await hook(to, card)
        if key not in self._keys:
            chat = to.chat or f"{self._name}:t:direct-{str(to.person).rpartition(':')[2]}"
            editable = self._name not in self._company.fixed
            sent = self._keys[key] = Sent(self._name, chat, f"m{next(self._numbers)}", editable)
            if any(button.action == "learn" for button in card.buttons):
                self._company.announced.append((to, card))
                return sent
            self._company.sent.append((to, card))
            self._company.standing[sent.message] = (to, card)
        return self._keys[key]

    async def update(self, sent: Sent, card: Card) -> None:
        """Replace a card where it stands."""
        if self._name in self._company.fixed:
            raise Refused
        if sent.message not in self._company.standing:
            raise Refused
        to, _ = self._company.standing[sent.message]
        for hook in self._company.changing:
            await hook(to, card)
        self._company.standing[sent.message] = (to, card)

    async def members(self, chat: str) -> Mapping[str, str] | None:
        """Who is in the chat."""
        return self._company.members.get(chat)

    def link(self, chat: str, message: str) -> str | None:
        """Where the message can be found."""
        return f"https://chat.example/{chat}/{message}"

    async def person_name(self, person: str, chat: str) -> str:
        """The display name, of those who are in the chat."""
        return self._company.members.get(chat, {}).get(person, "")

    async def chat_name(self, chat: str) -> str:
        """The last part of its id."""
        return chat.rpartition(":")[2]

    async def author(self, chat: str, message: str) -> str | None:
        """Who wrote it, where the company knows."""
        return self._company.authors.get(message)

    async def said(self, chat: str, message: str) -> Message | None:
        """What can be read back, where the company says so."""
        found = self._company.readable.get(message)
        return found if found and found.chat == chat else None

    async def fetch(self, file: File, message: str, limit: int) -> bytes:
        """The file's bytes. Raises Refused when there are too many, or none."""
        data = self._company.files.get(file.key)
        if data is None or len(data) > limit:
            raise Refused
        return data

    async def diagnose(self) -> Sequence[Finding]:
        """There is nothing to cure."""
        return ()

    async def aclose(self) -> None:
        """There is nothing to close."""

    async def history(self, chat: str, *, since: datetime, after: datetime | None = None) -> AsyncIterator[Any]:
        """What was said in the chat before."""
        for seen in self._company.history:
            if seen.chat == chat and getattr(seen, "at", since) >= since:
                yield seen


class Drive(Console):
    """A platform on which a bot can send a file and look into a directory, too, and a tap is answered by a line."""

    toasts = True

    async def also_called(self, person: str) -> Sequence[str]:
        """What the directory calls somebody besides. Raises Refused where it may not be asked."""
        if person in self._company.unreachable:
            raise Refused
        return self._company.nicknames.get(person, ())

    async def departments(self, people: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Where people belong. Raises Refused where the directory is closed."""
        self._company.looked_up += 1
        if self._company.belongs is None:
            raise Refused
        return {who: self._company.belongs[who] for who in people if who in self._company.belongs}

    async def department_name(self, department: str) -> str:
        """The last part of its id, in capitals."""
        return department.rpartition(":")[2].upper()

    async def send_file(self, to: Address, file: File, data: bytes, key: str) -> Sent:
        """Keep the file; refuse one that is too large."""
        if len(data) > self._company.largest:
            raise Refused
        self._company.given.append((to, file.name, data))
        return await self.send(to, Card(file.name, ""), key)


@pytest.fixture
def company() -> Company:
    """Ana, Bo and Cy in one group of each platform."""
    people = {"ana": "Ana", "bo": "Bo", "cy": "Cy"}
    groups = {f"{p}:t:ops": {f"{p}:t:{id_}": name for id_, name in people.items()} for p in ("lark", "dingtalk")}
    return Company(members=groups)


def _part(name: str) -> Any:
    """A fixture that is one part of the company, so that a test names only what it turns."""

    @pytest.fixture(name=name)
    def part(company: Company) -> Any:
        return getattr(company, name)

    return part


sent, standing, unreachable, fixed = map(_part, ("sent", "standing", "unreachable", "fixed"))
hooks, files, history, authors = map(_part, ("hooks", "files", "history", "authors"))
readable, announced, given = map(_part, ("readable", "announced", "given"))


@pytest.fixture
def store(database: Database, vault: Vault, keyring: DirectoryKeyring, queue: Queue) -> Store:
    """The store, on the test's own database."""
    return Store(database, vault, keyring, queue, lambda: datetime.now(UTC))


@pytest.fixture
def answerer() -> Callable[[], Answerer] | None:
    """What answers; None is the double that quotes."""
    return None


async def _at_work(database: Database) -> None:
    """Wait until the queue's worker is there: from then on a job starts at once."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with database.transaction() as connection:
                if await connection.scalar(text("SELECT count(*) FROM procrastinate_workers")):
                    return
            await asyncio.sleep(0.01)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """What the operator has set: nothing."""
    return Settings(data=tmp_path)


@pytest.fixture
def composed(
    store: Store,
    database: Database,
    queue: Queue,
    company: Company,
    settings: Settings,
    answerer: Callable[[], Answerer] | None,
) -> Fenshen:
    """The whole bot, not started: on Lark, which lists history and takes files, and on DingTalk, which does not."""
    numbers = itertools.count(1)
    lark, dingtalk = Drive("lark", company, numbers), Console("dingtalk", company, numbers)
    platforms: Mapping[str, Platform] = {"lark": lark, "dingtalk": dingtalk}
    ground = Ground(store, database, queue)
    return Fenshen(ground, platforms, {"lark": lark}, settings, answerer, company.step)


@pytest.fixture
async def fenshen(composed: Fenshen, database: Database) -> AsyncIterator[Fenshen]:
    """The whole bot, running."""
    running = asyncio.create_task(composed.run())
    await _at_work(database)
    yield composed
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


@pytest.fixture
def receive(fenshen: Fenshen) -> Receive:
    """Hand the bot an event, as an adapter does."""
    return fenshen.inbox.receive


@pytest.fixture
def settled(fenshen: Fenshen) -> Callable[[], Awaitable[None]]:
    """Wait until no answer and no job is under way."""

    async def settle() -> None:
        async with asyncio.timeout(PATIENCE):
            while not await fenshen.idle():
                await asyncio.sleep(0.01)

    return settle


@pytest.fixture
def says() -> Callable[..., Message]:
    """Make a message: `says("ana", "…")` in Lark's group, `to_bot=True` or `direct=True` to the bot."""
    numbers = itertools.count(1)

    def make(person: str | None, text: str, *, platform: str = "lark", chat: str = "ops", **more: Any) -> Message:
        n, direct = next(numbers), more.pop("direct", False)
        where = f"{platform}:t:direct-{person}" if direct else f"{platform}:t:{chat}"
        fields: dict[str, Any] = {
            "platform": platform,
            "event": f"e{n}",
            "id": f"om_{n}",
            "chat": where,
            "direct": direct,
            "sender": None if person is None else f"{platform}:t:{person}",
            "name": (person or "guest").title(),
            "at": datetime.now(UTC),
            "text": text,
            "to_bot": direct,
        }
        return Message(**{**fields, **more})

    return make


@pytest.fixture
def taps() -> Callable[..., Click]:
    """Make a tap: `taps("ana", "join_here", {"offer": …})`."""
    numbers = itertools.count(1)

    def make(person: str | None, action: str, value: Mapping[str, str], *, platform: str = "lark") -> Click:
        n = next(numbers)
        who = None if person is None else f"{platform}:t:{person}"
        chat = f"{platform}:t:direct-{person}"
        return Click(platform, f"c{n}", who, chat, f"card{n}", action, value, name=(person or "guest").title())

    return make


@pytest.fixture
def joins(
    receive: Receive,
    store: Store,
    settled: Callable[[], Awaitable[None]],
    says: Callable[..., Message],
    taps: Callable[..., Click],
) -> Callable[..., Awaitable[None]]:
    """Switch somebody's double on, from the command to the receipt: `await joins("ana")`."""

    async def join(person: str, action: str = "join_here", **where: str) -> None:
        command = says(person, "/optin", to_bot=True, **where)
        await receive(command)
        offer = await store.latest_offer(str(command.sender))
        assert offer is not None
        await receive(taps(person, action, {"offer": offer.id}, platform=command.platform))
        await settled()

    return join


@pytest.fixture
def asks(
    receive: Receive, settled: Callable[[], Awaitable[None]], says: Callable[..., Message], sent: list[Shown]
) -> Callable[..., Awaitable[Shown]]:
    """Ask the bot in the group, and take its one reply: `await asks("bo", "ask Ana …")`."""

    async def ask(person: str, text: str, **more: object) -> Shown:
        sent.clear()
        question = says(person, text, **{"to_bot": True, **more})
        await receive(question)
        await settled()
        (reply,) = [shown for shown in sent if shown[0].reply_to == question.id]
        return reply

    return ask


@pytest.fixture
def states() -> dict[str, str]:
    """How the platforms are."""
    return {"lark": "connected"}


@pytest.fixture
def web(store: Store, states: dict[str, str], composed: Fenshen, company: Company) -> FastAPI:
    """The web application on the test's own store, in the middle of a change of secrets."""

    async def healthy() -> bool:
        return True

    return create_web(
        store,
        states=lambda: states,
        healthy=healthy,
        secrets=(NEW, OLD),
        scrape=composed.scrape,
        metrics_token=METRICS_TOKEN,
        step=company.step,
    )


@pytest.fixture
async def anybody(web: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token, over a real socket."""
    async with served(web) as url, httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        yield client


@pytest.fixture
def orders(anybody: httpx.AsyncClient) -> Signer:
    """An admin who signs: `await orders("scope.put", {…})`."""
    return Signer(anybody)


@pytest.fixture
async def admin(anybody: httpx.AsyncClient, store: Store) -> httpx.AsyncClient:
    """A client with a good token."""
    anybody.headers["Authorization"] = f"Bearer {await store.create_token('admin')}"
    return anybody
