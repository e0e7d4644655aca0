"""Cards that grow while they are read: CardKit's entities, each changed under a number that only rises."""

import json
import logging
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.base import Refused, Unavailable
from adapters.lark.cards import TEXT, Json
from adapters.lark.rest import Api, Ask, Rejected
from adapters.lark.weight import dumps

log = logging.getLogger("fenshen.lark.growing")

SCOPE = "cardkit:card:write"
_CARDS = "/open-apis/cardkit/v1/cards"
_LACKING = 99991672
_LATE = 300317  # the number is not above the last one
_LEAP = 1_000  # numbers left out where somebody else has counted on
_MOST = 1_000  # cards remembered


@dataclass(slots=True)
class _Entity:
    """A card by CardKit's id; `open` while its text may grow."""

    card: str
    open: bool = True
    last: int = 0

    def next(self) -> int:
        """The next number. Seconds, so that whoever goes on after a restart need not know the last one."""
        self.last = max(self.last + 1, int(time.time()))
        return self.last


class Growing:
    """One app's growing cards, by the messages that they are."""

    def __init__(self, api: Api, *, wanted: bool) -> None:
        self.granted = wanted  # until Lark says that the permission is missing
        self._api = api
        self._entities: OrderedDict[str, _Entity] = OrderedDict()

    def __contains__(self, message: str) -> bool:
        return message in self._entities

    async def make(self, made: Json) -> str:
        """A card's id, good for one message. Raises Rejected, and where the permission is missing remembers that."""
        body = {"type": "card_json", "data": dumps(made)}
        try:
            return _id_of(await self._api.call(Ask("POST", _CARDS, {}, (), body)))
        except Rejected as error:
            if error.code == _LACKING:
                self.granted = False
                log.warning("the app lacks %s: cards do not grow", SCOPE)
            raise

    def begun(self, message: str, card: str) -> None:
        """This message is that card."""
        self._entities.setdefault(message, _Entity(card))
        if len(self._entities) > _MOST:
            self._entities.popitem(last=False)

    async def adopt(self, message: str) -> bool:
        """Whether a message that this process did not send is such a card."""
        if message not in self._entities:
            try:
                found = _id_of(
                    await self._api.call(Ask("POST", f"{_CARDS}/id_convert", {}, (), {"message_id": message}))
                )
            except Refused:
                return False
            self.begun(message, found)
        return True

    async def grow(self, message: str, text: str) -> None:
        """Show the whole text so far. One that does not grow any more stands as it is until it is replaced."""
        entity = self._entities.get(message)
        if entity is None or not entity.open:
            return
        path = f"{_CARDS}/:id/elements/{TEXT}/content"
        try:
            await self._change(entity, "PUT", path, {"content": text})
        except Refused as error:
            entity.open = False  # its ten minutes are over, or whatever else: the last word is `replace`'s
            log.info("card of %s grows no more: %s", message, error)

    async def replace(self, message: str, made: Json) -> None:
        """End the growing, and show this card instead. Raises Rejected."""
        entity = self._entities[message]
        if entity.open:
            entity.open, settings = False, json.dumps({"config": {"streaming_mode": False}})
            try:
                await self._change(entity, "PATCH", f"{_CARDS}/:id/settings", {"settings": settings})
            except Refused as error:
                log.info("card of %s had stopped growing: %s", message, error)
        card = {"type": "card_json", "data": dumps(made)}
        await self._change(entity, "PUT", f"{_CARDS}/:id", {"card": card})

    async def _change(self, entity: _Entity, method: str, path: str, body: Mapping[str, Any]) -> None:
        for last in (False, True):
            try:
                await self._api.call(Ask(method, path, {"id": entity.card}, (), {**body, "sequence": entity.next()}))
            except Rejected as error:
                if error.code != _LATE or last:
                    raise
                entity.last += _LEAP
            else:
                return


def _id_of(reply: Mapping[str, Any]) -> str:
    data = reply.get("data")
    if not isinstance(data, Mapping) or not isinstance(data.get("card_id"), str):
        raise Unavailable("lark sent no card id")
    return str(data["card_id"])
