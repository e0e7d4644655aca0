"""Cards on their way out: sent once for each key, replaced in order, paced, and never lost to a card Lark dislikes."""

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

from adapters.base import Address, Card, Refused, Sent, Turns, Unavailable, Unreachable
from adapters.lark.growing import Growing
from adapters.lark.ids import bare, full
from adapters.lark.markdown import escape
from adapters.lark.pace import Pace
from adapters.lark.plain import write_post
from adapters.lark.rest import Api, Ask, Rejected
from adapters.lark.weight import dumps, light

log = logging.getLogger("fenshen.lark.outbox")

_MESSAGES = "/open-apis/im/v1/messages"
_FILES = "/open-apis/im/v1/files"
LARGEST_FILE = 30 * 2**20
_GONE = frozenset((230011, 231003))  # the message to reply to was recalled or deleted
_BAD_CARD = frozenset((230099, 200861, 230025))


class Outbox:
    """Sends and replaces one app's cards."""

    def __init__(self, api: Api, app: str, turns: Turns | None = None, *, growing: bool = False) -> None:
        self._api, self._app = api, app
        self._growing = Growing(api, wanted=growing)
        self._chats, self._updates = turns or Pace(5), Pace(5)
        self._newest: WeakValueDictionary[str, _Newest] = WeakValueDictionary()

    @property
    def grows(self) -> bool:
        """Whether cards can grow, as far as is known."""
        return self._growing.granted

    async def send(self, to: Address, card: Card, key: str) -> Sent:
        """A reply where there is something to reply to, else a new message; the same key is one message."""
        await self._chats.turn(to.chat or to.person or "")
        if card.growing:
            if (sent := await self._begin(to, card, key)) is not None:
                return sent
            card = replace(card, growing=False)
        try:
            return await self._post(to, "interactive", light(card), key, editable=True)
        except Rejected as error:
            if error.code not in _BAD_CARD:
                raise
            log.warning("card refused (%d), sent as plain text", error.code)
        return await self._post(to, "post", write_post(card), f"{key}:plain", editable=False)

    async def _begin(self, to: Address, card: Card, key: str) -> Sent | None:
        """Send a card that grows; None where Lark does not let it, and it stands like any other."""
        try:
            made = await self._growing.make(light(card)) if self.grows else None
            if made is None:
                return None
            content = {"type": "card", "data": {"card_id": made}}
            sent = await self._post(to, "interactive", content, key, editable=True)
        except Rejected as error:
            log.info("a card does not grow: %s", error)
            return None
        self._growing.begun(sent.message, made)
        return sent

    async def send_file(self, to: Address, name: str, data: bytes, key: str) -> Sent:
        """Upload a file and send it as a message; raises Refused for what Lark would not take."""
        if not 0 < len(data) <= LARGEST_FILE:
            raise Refused(f"a file of {len(data)} bytes: Lark takes up to {LARGEST_FILE}")
        await self._chats.turn(to.chat or to.person or "")
        reply = await self._api.upload(_FILES, {"file_type": "stream", "file_name": name}, name, data)
        given = reply.get("data")
        if not isinstance(given, Mapping) or not isinstance(given.get("file_key"), str):
            raise Unavailable("lark sent no file key")
        return await self._post(to, "file", {"file_key": given["file_key"]}, key, editable=False)

    async def _post(self, to: Address, kind: str, content: dict[str, Any], key: str, *, editable: bool) -> Sent:
        body = {"msg_type": kind, "content": dumps(content)}
        if to.reply_to:
            threaded = {**body, "uuid": _uuid(key), "reply_in_thread": to.thread is not None}
            try:
                return self._sent(
                    await self._api.call(Ask("POST", f"{_MESSAGES}/:id/reply", {"id": to.reply_to}, (), threaded)),
                    editable,
                )
            except Rejected as error:
                if error.code not in _GONE:
                    raise
                log.info("message %s is gone, answered in the chat", to.reply_to)
        kind_of_id, receiver = self._receiver(to)
        fresh = {**body, "uuid": _uuid(f"{key}:new"), "receive_id": receiver}
        return self._sent(
            await self._api.call(Ask("POST", _MESSAGES, {}, (("receive_id_type", kind_of_id),), fresh)), editable
        )

    def _receiver(self, to: Address) -> tuple[str, str]:
        if to.chat:
            return "chat_id", bare(self._app, to.chat)
        if to.person:
            return "open_id", bare(self._app, to.person)
        raise Unreachable("no chat and no person to send to")

    def _sent(self, reply: Mapping[str, Any], editable: bool) -> Sent:
        data = reply.get("data")
        if not isinstance(data, Mapping) or not isinstance(data.get("message_id"), str):
            raise Unavailable("lark sent no message id")
        return Sent("lark", full(self._app, str(data.get("chat_id", ""))), data["message_id"], editable)

    async def update(self, sent: Sent, card: Card) -> None:
        """Replace a card, or let it grow. Of several that wait for their turn only the newest is shown."""
        newest = self._newest.setdefault(sent.message, _Newest())
        newest.card = card
        async with newest.lock:
            if newest.card is not card:
                return
            await self._updates.turn(sent.message)
            if newest.card is card:
                await self._show(sent.message, card)

    async def _show(self, message: str, card: Card) -> None:
        if card.growing:
            await self._growing.grow(message, escape(card.text))
            return
        try:
            await self._replace(message, card)
        except Rejected as error:
            if error.code not in _BAD_CARD:
                raise
            log.warning("card %s refused (%d), replaced by its bare text", message, error.code)
            await self._replace(message, Card(card.title, card.text, label=card.label, answer=card.answer))

    async def _replace(self, message: str, card: Card) -> None:
        """By the message; or by the card that it is, if it has grown, for then Lark may take no other way."""
        made = light(card)
        if message not in self._growing:
            try:
                await self._api.call(Ask("PATCH", f"{_MESSAGES}/:id", {"id": message}, (), {"content": dumps(made)}))
                return
            except Rejected as error:
                if error.code in _BAD_CARD | _GONE or not await self._growing.adopt(message):
                    raise
        await self._growing.replace(message, made)


class _Newest:
    """The card that a message should show, and whose turn it is to show it."""

    def __init__(self) -> None:
        self.card: Card | None = None
        self.lock = asyncio.Lock()


def _uuid(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:50]
