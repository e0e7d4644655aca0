"""One DingTalk app: frames through the vendor's SDK in, cards out, on a connection that never goes deaf."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from websockets.asyncio.client import ClientConnection

from adapters.base import Address, Card, Click, File, Finding, Message, Reaction, Receive, Refused, Sent, Turns
from adapters.carried import Carried
from adapters.dingtalk import wire
from adapters.dingtalk.connection import Connection, Frame, Take, quiet_logger
from adapters.dingtalk.delivery import Delivery, shown
from adapters.dingtalk.directory import Directory
from adapters.dingtalk.doctor import Doctor
from adapters.dingtalk.recent import Recent
from adapters.dingtalk.rest import Gateway, Rest
from adapters.dingtalk.settings import Settings
from adapters.dingtalk.wire import Push
from adapters.metered import Outcome

log = logging.getLogger("fenshen.dingtalk")
_TOPICS: Sequence[Mapping[str, str]] = (
    {"type": "EVENT", "topic": "*"},
    {"type": "CALLBACK", "topic": wire.ROBOT},
    {"type": "CALLBACK", "topic": wire.CARD},
)


class DingTalk:
    """A bot here reads only what is said to it: no members, no history, and no word of recalled messages."""

    name = wire.NAME

    def __init__(self, settings: Settings, turns: Turns | None = None, carried: Carried | None = None) -> None:
        """`turns`: whose turn it is to send into a chat; by default nobody waits.

        `carried`: by which keys the bot's messages in groups are known; by default those that this process sent.
        """
        import dingtalk_stream  # a quarter of a second, and only for who has a DingTalk app

        self._sdk = dingtalk_stream
        self._settings = settings
        self._rest = Rest(settings)
        self._delivery = Delivery(settings, self._rest, turns, carried)
        self._directory = Directory(self._rest, settings.timings.departments)
        self._connection = Connection(self._gateway, self._attach, settings.timings)
        self._receive: Receive = _nobody
        self._listening: asyncio.Task[None] | None = None
        self._people: Recent[str, str] = Recent()  # encrypted sender → person
        self._authors: Recent[str, str] = Recent()  # message → person
        self._said: Recent[str, Message] = Recent()  # message → what a colleague said in it
        self._titles: Recent[str, str] = Recent()  # chat → name
        self._nicks: Recent[str, str] = Recent()  # person → display name

    @property
    def state(self) -> str:
        """`connected`, or what it is doing instead; that the organisation's quota is spent comes first."""
        return "the organisation's API quota is used up" if self._rest.quota_spent else self._connection.state

    @property
    def heard_at(self) -> datetime | None:
        """When the last frame came, of any kind."""
        return self._connection.heard_at

    @property
    def calls(self) -> int:
        """How many REST calls the organisation's quota has paid for since the start."""
        return self._rest.calls

    @property
    def outcomes(self) -> Mapping[Outcome, int]:
        """How they went."""
        return self._rest.outcomes

    def spare(self, scarce: bool) -> None:
        """While calls are scarce, answer by session webhook wherever one lives: text, but no metered call."""
        self._delivery.scarce = scarce

    async def listen(self, receive: Receive) -> None:
        """Run until cancelled or closed; an event is acknowledged when `receive` returns, and only then."""
        self._receive = receive
        self._listening = asyncio.create_task(self._connection.run())
        try:
            await asyncio.wait({self._listening})
            if not self._listening.cancelled():
                self._listening.result()  # it never ends by itself: whatever ended it must be heard
        finally:
            await self._stop()

    async def send(self, to: Address, card: Card, key: str) -> Sent:
        """Send a card. The same `key` sent twice is one card, or one text within the hour of this process."""
        return await self._delivery.send(to, card, key)

    async def update(self, sent: Sent, card: Card) -> None:
        """Replace a buttons card by this one. Raises Refused for a message sent as text."""
        await self._delivery.update(sent, card)

    @property
    def streams(self) -> bool:
        """Whether cards can grow, here and now."""
        return self._delivery.grows

    async def recover(self, to: Address, card: Card, key: str) -> None:
        """Put this card in the place of one that was sent to grow by this key."""
        await self._delivery.recover(to, card, key)

    async def members(self, chat: str) -> Mapping[str, str] | None:
        """None: DingTalk does not tell a bot who can read a chat."""
        return None

    async def person_name(self, person: str, chat: str) -> str:
        """The nickname as the person's last message told it; where none came since the start, the directory's name."""
        return self._nicks.get(person) or await self._directory.name(person.rpartition(":")[2])

    async def also_called(self, person: str) -> Sequence[str]:
        """The name of the directory, where somebody shows a nickname instead."""
        name = await self._directory.name(person.rpartition(":")[2])
        return (name,) if name and name != self._nicks.get(person) else ()

    async def departments(self, people: Collection[str]) -> Mapping[str, frozenset[str]]:
        """To which departments people belong, with all above them; at most ten minutes old."""
        found = {}
        for person in people:
            place, _, staff = person.rpartition(":")
            found[person] = frozenset(f"{place}:{one}" for one in await self._directory.departments(staff))
        return {person: some for person, some in found.items() if some}

    async def department_name(self, department: str) -> str:
        """Its name in the directory, "" where it cannot be told."""
        return await self._directory.department_name(department.rpartition(":")[2])

    async def chat_name(self, chat: str) -> str:
        """The group's title as its last message told it, "" where none came since the start."""
        return self._titles.get(chat) or ""

    def link(self, chat: str, message: str) -> str | None:
        """None: DingTalk has no link to a message."""
        return None

    async def author(self, chat: str, message: str) -> str | None:
        """Who wrote a message that the bot heard, or that somebody quoted to it; None for any other."""
        return self._authors.get(message)

    async def said(self, chat: str, message: str) -> Message | None:
        """A message that the bot heard since the start, or that somebody quoted to it; None for any other."""
        found = self._said.get(message)
        return found if found and found.chat == chat else None

    async def fetch(self, file: File, message: str, limit: int) -> bytes:
        """The file's bytes. Raises Refused when it is larger than `limit`, in bytes."""
        body = {"robotCode": self._settings.robot, "downloadCode": file.key}
        answer = await self._rest.call("POST", "/v1.0/robot/messageFiles/download", body)
        url = answer.get("downloadUrl")
        if not isinstance(url, str):
            raise Refused("DingTalk has no address for this file any more")
        return await self._rest.download(url, limit)

    async def diagnose(self) -> Sequence[Finding]:
        """What an admin still has to set up, each with where to do it. Sends nothing to anybody."""
        connected = self._connection.state == "connected"
        return await Doctor(self._settings, self._rest).diagnose(connected, self._gateway)

    async def aclose(self) -> None:
        """Leave no socket, thread or task behind; done within a second."""
        await self._stop()
        await self._rest.aclose()

    async def _stop(self) -> None:
        if self._listening:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    def _routes(self) -> Any:
        """The SDK's own client, which unwraps frames, finds their handler and acknowledges them.

        Its `open_connection` is not used: it blocks the loop, has no time limit and one address per process.
        """
        credential = self._sdk.Credential(self._settings.client_id, self._settings.client_secret)
        routes = self._sdk.DingTalkStreamClient(credential, logger=quiet_logger())
        routes.register_callback_handler(wire.ROBOT, _Handler(self._robot))
        routes.register_callback_handler(wire.CARD, _Handler(self._card))
        routes.register_all_event_handler(_Handler(self._event))
        return routes

    async def _gateway(self) -> Gateway:
        ua = f"dingtalk-sdk-python/v{self._sdk.stream.VERSION_STRING}-union"
        return await self._rest.gateway(ua, self._routes().get_host_ip(), list(_TOPICS))

    def _attach(self, socket: ClientConnection) -> Take:
        # One SDK client for one socket: it acknowledges through `websocket`, which must never be a newer one.
        routes = self._routes()
        routes.websocket = socket

        async def take(frame: Frame) -> None:
            topic = frame["headers"]["topic"] if frame.get("type") == "CALLBACK" else None
            if topic is not None and topic not in routes.callback_handler_map:
                log.warning("frame %s has a topic nobody asked for", frame["headers"].get("messageId"))
                await socket.send(wire.ack(frame, 404, "not subscribed"))
                return
            await routes.route_message(frame)

        return take

    async def _robot(self, frame: Any) -> Any:
        push = Push(frame.headers.topic, frame.headers.message_id or "", frame.data)
        events = wire.parse(push, self._settings.corp, self._settings.nick)
        if not events:
            log.warning("frame %s names no message, chat or corporation", push.id)
        for event in events:
            if isinstance(event, Message):
                self._notice(event, push)
                event = self._named(await self._known(event, push))
            await self._receive(event)
        return self._ack(frame, {"response": {}})

    async def _known(self, message: Message, push: Push) -> Message:
        """A reply to the bot's own card, by the id under which it was sent; else as the platform tells it."""
        track = await self._delivery.sent_as(message.chat, wire.carrier(push))
        return replace(message, reply_to=track) if track else message

    def _named(self, message: Message) -> Message:
        """Mentions by the whole name, where the text has it: a push tells ids alone, and names have spaces."""
        known = {m.person: self._nicks.get(m.person) for m in message.mentions if m.person}
        whole = {person: nick for person, nick in known.items() if nick and f"@{nick}" in message.text}
        mentions = (replace(m, name=whole.get(m.person or "", m.name)) for m in message.mentions)
        return replace(message, mentions=tuple(mentions))

    async def _card(self, frame: Any) -> Any:
        push = Push(frame.headers.topic, frame.headers.message_id or "", frame.data)
        reaction: Reaction | None = None
        for event in wire.parse(push, self._settings.corp):
            if isinstance(event, Click):
                reaction = await self._receive(event)
        return self._ack(frame, {"response": shown(reaction.card) if reaction and reaction.card else {}})

    async def _event(self, frame: Any) -> Any:
        headers = frame.headers
        push = Push(headers.event_type or "", headers.event_id or "", frame.data, headers.event_corp_id)
        try:
            for event in wire.parse(push, self._settings.corp):
                await self._receive(event)
        except Exception as error:
            log.warning("event %s is wanted later: %s", push.id, type(error).__name__)
            return self._ack(frame, {"status": "LATER", "message": type(error).__name__})
        return self._ack(frame, {"status": "SUCCESS", "message": "OK"})

    def _ack(self, frame: Any, data: Mapping[str, Any]) -> Any:
        ack = self._sdk.AckMessage()
        ack.headers.message_id = frame.headers.message_id
        ack.headers.content_type = "application/json"
        ack.message, ack.data = "OK", data
        return ack

    def _notice(self, message: Message, push: Push) -> None:
        """Keep in memory what only this frame tells: how to answer, the chat's name, who wrote what."""
        session = wire.session(push)
        if session:
            self._delivery.remember(message.chat, session)
        if message.chat_name:
            self._titles.put(message.chat, message.chat_name)
        sender, quoted = wire.senders(push)
        if message.sender:
            self._nicks.put(message.sender, message.name)
            self._authors.put(message.id, message.sender)
            self._people.put(sender, message.sender)
            self._said.put(message.id, message)
        author = self._people.get(quoted) if quoted else None
        if author and message.reply_to:
            self._authors.put(message.reply_to, author)
            self._notice_quoted(message, message.reply_to, author, push)

    def _notice_quoted(self, message: Message, quoted: str, author: str, push: Push) -> None:
        """Keep what a quoted message says, unless the bot heard it itself."""
        text, at = wire.quoted(push)
        if text and self._said.get(quoted) is None:
            name = self._nicks.get(author) or ""
            said = replace(message, event=f"quoted:{quoted}", id=quoted, sender=author, name=name, at=at, text=text)
            self._said.put(quoted, replace(said, to_bot=False, mentions=(), reply_to=None, file=None))


class _Handler:
    """What the SDK asks of a handler: it calls `raw_process` and sends the acknowledgement that this returns."""

    def __init__(self, process: Callable[[Any], Awaitable[Any]]) -> None:
        self.dingtalk_client: Any = None  # set by the SDK
        self.raw_process = process

    def pre_start(self) -> None:
        """Nothing to prepare."""


async def _nobody(_: object) -> Reaction | None:
    """Before `listen` nobody receives."""
    return None
