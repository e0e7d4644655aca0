"""CardKit of the simulated platform: card entities, whose text grows only in streaming mode and by rising numbers."""

import json
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from adapters.lark.growing import SCOPE
from adapters.lark.reading import elements, read_card
from adapters.lark.simulated.check import flaw
from adapters.lark.simulated.tenant import Problem, Tenant, lacking

Json = dict[str, Any]

_LARGEST = 30 * 1024
_LONGEST = 100_000  # characters of an element
_GROWS = ("markdown", "plain_text")


@dataclass(slots=True)
class Entity:
    """A card before and after it is sent; it can be sent once."""

    raw: Json
    began: float
    message: str | None = None
    last: int = 0
    times: deque[float] = field(default_factory=deque)  # of its changes

    @property
    def streaming(self) -> bool:
        """Whether its text may grow, for all that is set."""
        return self.raw["config"].get("streaming_mode") is True


class CardKit:
    """Card entities by their ids."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self.entities: dict[str, Entity] = {}

    async def create(self, request: Request, body: Json) -> Json:
        """POST /cardkit/v1/cards"""
        self._need()
        made = self._card(body)
        id_ = f"AAq{len(self.entities) + 1:06d}"
        self.entities[id_] = Entity(made, time.monotonic())
        return {"card_id": id_}

    def sent(self, id_: str) -> Json:
        """The card that a message is to show: of this app's, and not sent before."""
        entity = self._entity(id_)
        if entity.message is not None:
            raise Problem(230099, "Failed to create card content, ErrCode: 300306; ErrMsg: card has been sent")
        return entity.raw

    def placed(self, id_: str, message: str) -> None:
        """It was sent as this message."""
        self.entities[id_].message = message

    def of(self, message: str) -> str | None:
        """The card that a message is; None: it carries its own."""
        return next((id_ for id_, entity in self.entities.items() if entity.message == message), None)

    async def content(self, request: Request, body: Json) -> Json:
        """PUT /cardkit/v1/cards/:id/elements/:element/content: the whole text so far"""
        entity, text = self._entity(request.path_params["id"]), body["content"]
        wanted = request.path_params["element"]
        element = next((e for e in elements(entity.raw) if e.get("element_id") == wanted), None)
        if element is None or element.get("tag") not in _GROWS or not isinstance(text, str) or not text:
            raise Problem(300313, "element not found or not a text")
        if len(text) > _LONGEST:
            raise Problem(300305, "content is too long")
        if not entity.streaming:
            raise Problem(300309, "streaming mode is closed")
        if time.monotonic() - entity.began > self._tenant.faults.streaming_seconds:
            raise Problem(200850, "card streaming timeout")
        self._count(entity, body)
        element["content"] = text  # type: ignore[index]
        self._redraw(entity)
        return {}

    async def settings(self, request: Request, body: Json) -> Json:
        """PATCH /cardkit/v1/cards/:id/settings"""
        entity = self._entity(request.path_params["id"])
        given = json.loads(body["settings"])["config"]
        if not isinstance(given["streaming_mode"], bool):
            raise Problem(300301, "settings")
        self._count(entity, body)
        entity.raw["config"]["streaming_mode"], entity.began = given["streaming_mode"], time.monotonic()
        self._redraw(entity)
        return {}

    async def update(self, request: Request, body: Json) -> Json:
        """PUT /cardkit/v1/cards/:id: another card in its place"""
        entity, made = self._entity(request.path_params["id"]), self._card(body["card"])
        self._count(entity, body)
        entity.raw = made
        self._redraw(entity)
        return {}

    async def convert(self, request: Request, body: Json) -> Json:
        """POST /cardkit/v1/cards/id_convert: the card that a message is"""
        self._need()
        found = self.of(body["message_id"])
        if found is None:
            raise Problem(200740, "card does not exist")
        return {"card_id": found}

    def _need(self) -> None:
        if SCOPE in self._tenant.faults.denied:
            raise lacking(SCOPE)

    def _entity(self, id_: str) -> Entity:
        self._need()
        if id_ not in self.entities:
            raise Problem(200740, "card does not exist")
        return self.entities[id_]

    def _card(self, body: Mapping[str, Any]) -> Json:
        if body.get("type") != "card_json" or not isinstance(body.get("data"), str):
            raise Problem(300301, "type or data")
        if len(body["data"].encode()) > _LARGEST:
            raise Problem(200861, "card is too large")
        made: Json = json.loads(body["data"])
        if found := flaw(made):
            raise Problem(200861, found)
        return made

    def _count(self, entity: Entity, body: Json) -> None:
        """Count a change. Raises Problem for one out of order, or too many at once."""
        number, now = body.get("sequence"), time.monotonic()
        if not isinstance(number, int) or not 0 < number < 2**31:
            raise Problem(300301, "sequence")
        if number <= entity.last:
            raise Problem(300317, "sequence number compare failed")
        if sum(now - at < 1 for at in entity.times) >= self._tenant.faults.card_changes:
            raise Problem(99991400, "request trigger frequency limit", 429)
        entity.times.append(now)
        entity.last = number

    def _redraw(self, entity: Entity) -> None:
        post = self._tenant.world.posts.get(entity.message or "")
        if post is not None and not post.recalled:
            raw = json.loads(json.dumps(entity.raw))
            self._tenant.world.edit(post.id, text=read_card(raw).text, raw=raw)
