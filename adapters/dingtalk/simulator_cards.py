"""The simulated card interface: instances created, delivered, updated and streamed, as strict as the platform."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from starlette.routing import Route

from adapters.dingtalk.markdown import plain
from adapters.dingtalk.simulator_rest import Answer, Body, Door, Rejected
from adapters.dingtalk.simulator_robot import direct_chat
from adapters.world import BOT, Post, World

_STREAMING = "2"  # the status a card must have before its text is streamed
_FLAGS = ("isFull", "isFinalize", "isError")


@dataclass(slots=True)
class Instance:
    """A card: its template, its variables, and the post that it is once delivered."""

    template: str
    params: dict[str, str]
    calls_back: bool
    chat: str | None = None
    guids: set[str] = field(default_factory=set)
    finalised: bool = False
    failed: bool = False


class Cards:
    """Cards by the id that the bot chose; a delivered one is a post with that id."""

    def __init__(self, world: World, door: Door, robot: str) -> None:
        self.instances: dict[str, Instance] = {}
        self._world = world
        self._door = door
        self._robot = robot

    def routes(self) -> list[Route]:
        """Every endpoint, by the platform's own paths."""
        guarded = self._door.guarded
        return [
            Route("/v1.0/card/instances", guarded(self._create), methods=["POST"]),
            Route("/v1.0/card/instances", guarded(self._update), methods=["PUT"]),
            Route("/v1.0/card/instances/deliver", guarded(self._deliver), methods=["POST"]),
            Route("/v1.0/card/instances/createAndDeliver", guarded(self._create_and_deliver), methods=["POST"]),
            Route("/v1.0/card/streaming", guarded(self._stream), methods=["PUT"]),
        ]

    def change(self, track: str, changes: Body) -> None:
        """Apply a card update, as a request or a callback's acknowledgement carries it. Raises Rejected."""
        instance = self._instance(track)
        given = _params(changes)
        by_key = changes.get("cardUpdateOptions", {}).get("updateCardDataByKey")
        instance.params = {**instance.params, **given} if by_key else given
        self._redraw(track, instance)

    def _create(self, body: Body) -> Answer:
        track = _text(body, "outTrackId")
        if _text(body, "cardTemplateId") not in self._door.faults.templates:
            raise Rejected(400, "param.cardTemplateId.notExist")
        given = _params(body)
        if track not in self.instances:  # the same id again is the same card
            self.instances[track] = Instance(body["cardTemplateId"], given, body.get("callbackType") == "STREAM")
        return {"success": True, "result": track}

    def _deliver(self, body: Body) -> Answer:
        track = _text(body, "outTrackId")
        instance = self._instance(track)
        kind, _, place = _text(body, "openSpaceId").removeprefix("dtv1.card//").partition(".")
        model = body["imGroupOpenDeliverModel" if kind == "IM_GROUP" else "imRobotOpenDeliverModel"]
        if kind not in ("IM_GROUP", "IM_ROBOT") or body.get("userIdType", 1) != 1:
            raise Rejected(400, "param.openSpaceId")
        chat = self._chat(kind, place) if model.get("robotCode") == self._robot else None
        if chat and instance.chat is None:
            instance.chat = chat
            called = tuple(model.get("atUserIds") or ())
            self._world.post(chat, BOT, _read(instance), id=track, mentions=called, raw=_raw(track, instance))
        result = {"spaceType": kind, "spaceId": place, "success": chat is not None}
        result |= {"errorMsg": "spaces of robot not found"} if chat is None else {"carrierId": carrier(track)}
        return {"success": True, "result": {"outTrackId": track, "deliverResults": [result]}}

    def _create_and_deliver(self, body: Body) -> Answer:
        self._create(body)
        return self._deliver(body)

    def _update(self, body: Body) -> Answer:
        self.change(_text(body, "outTrackId"), body)
        return {"success": True, "result": True}

    def _stream(self, body: Body) -> Answer:
        instance = self._instance(_text(body, "outTrackId"))
        guid, key, content = _text(body, "guid"), _text(body, "key"), body["content"]
        if instance.finalised:
            raise Rejected(400, "param.stream.finalized")
        if instance.params.get("flowStatus") != _STREAMING or guid in instance.guids or not isinstance(content, str):
            raise Rejected(400, "param.stream.error")
        if key not in instance.params or not all(isinstance(body.get(flag), bool) for flag in _FLAGS):
            raise Rejected(400, "param.stream.error")
        instance.guids.add(guid)
        instance.finalised, instance.failed = body["isFinalize"], body["isError"]
        before = "" if body.get("isFull") else instance.params.get(key, "")
        instance.params = {**instance.params, key: before + content}
        self._redraw(body["outTrackId"], instance)
        return {"success": True, "result": True}

    def _instance(self, track: str) -> Instance:
        if track not in self.instances:
            raise Rejected(404, "param.outTrackId.notExist")
        return self.instances[track]

    def _chat(self, kind: str, place: str) -> str | None:
        if kind == "IM_ROBOT":
            return direct_chat(self._world, place)
        chat = self._world.chats.get(place)
        return chat.id if chat and not chat.direct else None

    def _redraw(self, track: str, instance: Instance) -> None:
        if instance.chat:
            self._world.edit(track, text=_read(instance), raw=_raw(track, instance))


def carrier(track: str) -> str:
    """The platform's own key of a delivered card, by which a quote of it tells what is quoted."""
    return hashlib.sha256(f"carrier:{track}".encode()).hexdigest()[:24]


def shown(post: Post) -> dict[str, str] | None:
    """The variables of the card that a post is; None if it is none."""
    params = (post.raw or {}).get("cardData", {}).get("cardParamMap")
    return params if isinstance(params, dict) else None


def _raw(track: str, instance: Instance) -> dict[str, Any]:
    data = {"cardParamMap": dict(instance.params)}
    return {"outTrackId": track, "cardTemplateId": instance.template, "cardData": data}


def _read(instance: Instance) -> str:
    """What a reader sees on the card, but for its buttons."""
    parts = (instance.params.get("msgTitle", ""), plain(instance.params.get("msgContent", "")))
    return "\n".join(part for part in parts if part)


def _params(body: Body) -> dict[str, str]:
    given = body.get("cardData", {}).get("cardParamMap", {})
    if not all(isinstance(value, str) for value in given.values()):
        raise Rejected(400, "param.cardParamMap.notString")
    return dict(given)


def _text(body: Body, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise Rejected(400, f"param.{name}.missing")
    return value
