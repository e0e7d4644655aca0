"""Lark and Feishu for the bot: events from the real SDK's connection in, cards through its transport out."""

import asyncio
import importlib
import logging
import re
import sys
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from adapters.base import Address, Card, Click, Event, File, Finding, Message, Recalled, Receive, Refused, Sent, Turns
from adapters.history import History, Login, Reached
from adapters.lark import wire
from adapters.lark.cards import link
from adapters.lark.connection import LongConnection
from adapters.lark.content import loads
from adapters.lark.departments import Departments
from adapters.lark.directory import Directory
from adapters.lark.doctor import diagnose
from adapters.lark.history import history
from adapters.lark.ids import bare, is_id
from adapters.lark.lending import Lender
from adapters.lark.outbox import Outbox
from adapters.lark.rest import Api
from adapters.lark.sdk import Sdk
from adapters.lark.settings import Credentials, Timings
from adapters.metered import Outcome

log = logging.getLogger("fenshen.lark.client")


class Lark:
    """One app on Lark or Feishu: a Platform with a History. Made inside a running loop."""

    name = "lark"
    toasts = True
    lends_by_client = False
    lending_pause = 3.0

    def __init__(
        self,
        credentials: Credentials,
        timings: Timings | None = None,
        turns: Turns | None = None,
        *,
        growing: bool = False,
    ) -> None:
        """`turns`: whose turn it is in a chat; by default this process alone. `growing`: whether cards may grow."""
        timings, sdk = timings or Timings(), load_sdk()
        self._credentials = credentials
        self._api = Api(sdk, credentials, timings)
        self._directory = Directory(self._api, credentials.app_id, timings)
        self._departments = Departments(self._api, self._directory, credentials.app_id, timings)
        self._outbox = Outbox(self._api, credentials.app_id, turns, growing=growing)
        self._growing = growing
        self._lender = Lender(self._api, self._directory, credentials, timings)
        self._connection = LongConnection(sdk, credentials, timings, self._hear)
        self._receive: Receive | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def state(self) -> str:
        """`connected`, `webhook`, or what it is doing instead."""
        return "webhook" if self._credentials.mode == "webhook" else self._connection.state

    @property
    def heard_at(self) -> datetime | None:
        """When the platform last sent anything over the connection, pongs included."""
        return self._connection.heard_at

    @property
    def calls(self) -> int:
        """How many REST calls were made since the start."""
        return self._api.calls

    @property
    def outcomes(self) -> Mapping[Outcome, int]:
        """How they went."""
        return self._api.outcomes

    async def listen(self, receive: Receive) -> None:
        """Run until cancelled. In webhook mode nothing comes this way: the webhook calls `receive` itself."""
        self._receive = receive
        self._running = asyncio.create_task(self._connect())
        try:
            await asyncio.wait({self._running})
            if not self._running.cancelled():
                self._running.result()
        finally:
            await self.aclose()

    async def read(self, payload: Mapping[str, Any]) -> Event | None:
        """One event of the webhook in the bot's words; None for what there is nothing to do about."""
        return wire.parse(payload, self._credentials.app_id, await self._directory.bot())

    async def send(self, to: Address, card: Card, key: str) -> Sent:
        """Send a card; one that Lark refuses goes out as plain text and is then not editable."""
        return await self._outbox.send(to, card, key)

    async def send_file(self, to: Address, file: File, data: bytes, key: str) -> Sent:
        """Send a file of up to 30 MB; the same key is one message."""
        return await self._outbox.send_file(to, file.name, data, key)

    async def update(self, sent: Sent, card: Card) -> None:
        """Replace a sent card; of several waiting for their turn, the newest."""
        await self._outbox.update(sent, card)

    @property
    def streams(self) -> bool:
        """Whether cards can grow: wanted, and not known to be forbidden."""
        return self._outbox.grows

    async def recover(self, to: Address, card: Card, key: str) -> None:
        """Put this card in the place of one that was sent to grow by this key."""
        # by the same key Lark tells of the message that there is
        await self._outbox.update(await self._outbox.send(to, card, key), card)

    async def members(self, chat: str) -> Mapping[str, str] | None:
        """Who can read this chat, at most a minute old; None where Lark does not tell."""
        return await self._directory.members(chat)

    async def person_name(self, person: str, chat: str) -> str:
        """The display name in the chat's member list, "" where it cannot be told."""
        return (await self._directory.members(chat) or {}).get(person, "")

    async def also_called(self, person: str) -> Sequence[str]:
        """The nickname and the English name, as far as the directory tells them."""
        return await self._directory.also_called(person)

    async def departments(self, people: Collection[str]) -> Mapping[str, frozenset[str]]:
        """To which departments people belong, with all above them; at most five minutes old."""
        return await self._departments.of(people)

    async def department_name(self, department: str) -> str:
        """Its name in the directory, "" where it cannot be told."""
        return await self._departments.name(department)

    async def chat_name(self, chat: str) -> str:
        """The chat's display name, "" where it cannot be told."""
        return (await self._directory.about(chat)).name

    async def author(self, chat: str, message: str) -> str | None:
        """Who wrote this message; None for bots and for what cannot be read."""
        return await self._directory.author(chat, message)

    async def said(self, chat: str, message: str) -> Message | None:
        """A person's message, read back; None when it was deleted, is the bot's own or stands in another chat."""
        item = await self._directory.message(chat, message)
        direct = (await self._directory.about(chat)).direct if item else False
        found = wire.past(item, self._credentials.app_id, await self._directory.bot(), direct=direct)
        return found if isinstance(found, Message) else None

    async def fetch(self, file: File, message: str, limit: int) -> bytes:
        """The file's bytes. Raises Refused when it is larger than `limit`, in bytes."""
        if not is_id(message) or not is_id(file.key) or "/" in message + file.key:
            raise Refused("no such file")
        path = f"/open-apis/im/v1/messages/{message}/resources/{file.key}"
        return await self._api.download(path, {"type": "file"}, limit)

    async def diagnose(self) -> Sequence[Finding]:
        """What an admin still has to set up. What cannot be asked is well and carries a reminder as its cure."""
        return await diagnose(self._api, websocket=self._credentials.mode == "websocket", growing=self._growing)

    def history(
        self, chat: str, *, since: datetime, after: datetime | None = None
    ) -> AsyncIterator[Message | Recalled | Reached]:
        """A chat's messages from `since` on, with its threads'. Raises Refused without the permission."""
        return history(self._directory, self._credentials.app_id, chat, since, after)

    async def ask_login(self) -> Login:
        """A page on which one person lets the bot read as them. Raises Refused where the app may not ask."""
        return await self._lender.ask()

    async def lent(self, login: Login, person: str) -> History:
        """What this person can read, once they have said yes, as themselves. Raises Refused when they do not."""
        return await self._lender.lent(login, person)

    async def forget(self, login: Login) -> None:
        """A token lives in what `lent` gave, and goes with it."""

    def link(self, chat: str, message: str) -> str:
        """Where a member of the chat opens this message."""
        return link(bare(self._credentials.app_id, chat), message, self._credentials.domain)

    async def aclose(self) -> None:
        """Stop listening and leave nothing behind; a request still under way ends in its own daemon thread."""
        if self._running:
            self._running.cancel()
            await asyncio.wait({self._running})

    async def _connect(self) -> None:
        if self._credentials.mode == "webhook":
            await asyncio.Event().wait()
        await self._connection.run(self._directory.bot)

    async def _hear(self, payload: bytes) -> Mapping[str, Any] | None:
        event = wire.parse(loads(payload), self._credentials.app_id, await self._directory.bot())
        if event is None or self._receive is None:
            return None
        reaction = await self._receive(event)
        return wire.write_reaction(reaction) if isinstance(event, Click) else None


@cache
def load_sdk() -> Sdk:
    """The SDK's own client, codec, transport and tokens, without the rest of it.

    `import lark_oapi` loads 10,600 generated modules: 9 s and 175 MB. While we import, the package and its `ws` are
    hollow, and the dispatcher, which would pull in every event's class, is a stand-in. They are taken away again
    afterwards, so that somebody else's whole import still works. Raises ImportError or AttributeError when an
    update of the SDK has changed its shape.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:  # the SDK asks for a loop as it is imported, and would leave a new one open
        return asyncio.run(_load_in_loop())
    return _load()


async def _load_in_loop() -> Sdk:
    return _load()


def _load() -> Sdk:
    stand_ins = {} if "lark_oapi" in sys.modules else _stand_ins()
    sys.modules.update(stand_ins)
    try:
        ws = _part("ws.client")
        refused, failed, printer = _part("ws.exception"), _part("core.exception"), _part("core.log")
        http, core, model, token = map(_part, ("core.http", "core.enum", "core.model", "core.token"))
    finally:
        for name in stand_ins:
            del sys.modules[name]
    printer.logger.removeHandler(printer.handler)  # it writes to standard output, past everybody's settings
    printer.logger.addFilter(redact)
    return Sdk(
        Client=ws.Client,
        Frame=ws.Frame,
        ping=ws._new_ping_frame,
        connect_options=ws._ws_connect_kwargs,
        raise_handshake=ws._parse_ws_conn_exception,
        ClientException=refused.ClientException,
        ServerException=refused.ServerException,
        Transport=http.Transport,
        TokenManager=token.TokenManager,
        TokenException=failed.ObtainAccessTokenException,
        verify=token.verify,
        BaseRequest=model.BaseRequest,
        RequestOption=model.RequestOption,
        Config=model.Config,
        HttpMethod=core.HttpMethod,
        AccessTokenType=core.AccessTokenType,
        LogLevel=core.LogLevel,
    )


def _part(name: str) -> Any:
    return importlib.import_module(f"lark_oapi.{name}")


def _stand_ins() -> dict[str, ModuleType]:
    spec = find_spec("lark_oapi")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("lark_oapi is not installed")
    root = next(iter(spec.submodule_search_locations))
    hollow, ws = ModuleType("lark_oapi"), ModuleType("lark_oapi.ws")
    event, dispatcher = ModuleType("lark_oapi.event"), ModuleType("lark_oapi.event.dispatcher_handler")
    hollow.__path__, ws.__path__, event.__path__ = [root], [f"{root}/ws"], [f"{root}/event"]
    dispatcher.EventDispatcherHandler = object  # type: ignore[attr-defined]
    return {module.__name__: module for module in (hollow, ws, event, dispatcher)}


def redact(record: logging.LogRecord) -> bool:
    """Takes tickets, keys and tokens out of whatever the SDK logs."""
    text = record.getMessage()
    record.msg, record.args = _SECRET.sub(r"\1***", text), ()
    return True


_SECRET = re.compile(r"((?:ticket|access_key|token|secret)\W{1,4}|Bearer\s+)[^&\s\"',}]+", re.IGNORECASE)
