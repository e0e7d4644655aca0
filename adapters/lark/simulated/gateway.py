"""Lark's event gateway: the endpoint lookup, the sockets behind it, and every event until it is acknowledged."""

import asyncio
import base64
import json
import random
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from adapters.lark.simulated.frames import CONTROL, DATA, Frame, decode, encode
from adapters.lark.simulated.tenant import Tenant

_PATIENCE = 3.0  # seconds that the platform waits for an acknowledgement
_TIMES = 4  # that an event is sent again
CALLBACK = "card.action.trigger"  # a tap, which the platform sends once
_MOST_SOCKETS = 50
TAKEN = 200


@dataclass(frozen=True, slots=True)
class Ack:
    """How an event was acknowledged: code, the callback's answer, and after how many seconds."""

    code: int
    data: Any
    seconds: float


@dataclass(slots=True, eq=False)
class Delivery:
    """One sending of one event. `ack` is set when the client acknowledges it."""

    event: str
    kind: str
    payload: bytes
    ack: asyncio.Future[Ack] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    id: str = field(default_factory=lambda: token_hex(8))
    at: float = 0.0
    times: int = 1  # it was sent, this one included

    @property
    def open(self) -> bool:
        """Whether the platform still waits for its acknowledgement."""
        return not self.ack.done() and asyncio.get_running_loop().time() - self.at < _PATIENCE


@dataclass(slots=True, eq=False)
class _Socket:
    out: asyncio.Queue[bytes | int | None] = field(default_factory=asyncio.Queue)  # frames, a close code, or cut
    sent: dict[str, Delivery] = field(default_factory=dict)  # and not yet acknowledged, by frame id


class Gateway:
    """Sends each event to one random connection; what was not acknowledged when that is lost goes out again."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._tickets: set[str] = set()
        self.issued: list[str] = []  # every ticket and key, for tests to look for where they must not be
        self._sockets: list[_Socket] = []
        self._waiting: list[Delivery] = []
        self._later: set[asyncio.Task[None]] = set()
        self.deliveries: deque[Delivery] = deque(maxlen=5000)  # the newest, for tests to look at
        self.connected = asyncio.Event()
        self.pings = 0

    @property
    def routes(self) -> list[BaseRoute]:
        """The lookup and the socket."""
        return [
            Route("/callback/ws/endpoint", self._lookup, methods=["POST"]),
            WebSocketRoute("/ws/v2", self._serve),
        ]

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._sockets)

    @property
    def busy(self) -> bool:
        """Whether an event waits for a connection or for its acknowledgement."""
        return bool(self._waiting or self._later) or any(
            d.open for socket in self._sockets for d in socket.sent.values()
        )

    def push(self, kind: str, event: Mapping[str, Any], event_id: str | None = None) -> Delivery:
        """Send an event, or keep it until somebody connects. Does not wait."""
        header = {
            "event_id": event_id or token_hex(16),
            "event_type": kind,
            "create_time": str(round(datetime.now(UTC).timestamp() * 1000)),
            "token": "verification",
            "app_id": self._tenant.app_id,
            "tenant_key": "tenant_demo",
        }
        payload = json.dumps({"schema": "2.0", "header": header, "event": event}, ensure_ascii=False).encode()
        first = self.send(header["event_id"], kind, payload)
        for _ in range(1, self._tenant.faults.copies):
            self.again(first)
        return first

    def send(self, event_id: str, kind: str, payload: bytes) -> Delivery:
        """Send these bytes as an event."""
        delivery = Delivery(event_id, kind, payload)
        self.deliveries.append(delivery)
        self._dispatch(delivery)
        return delivery

    def again(self, delivery: Delivery) -> Delivery:
        """Send the same event once more, as the platform does hours later."""
        sent = self.send(delivery.event, delivery.kind, delivery.payload)
        sent.times = delivery.times + 1
        return sent

    def drop(self, code: int | None = None) -> None:
        """Close every socket with this code; None cuts the line without a word."""
        for socket in self._sockets:
            socket.out.put_nowait(code)

    def raw(self, data: bytes) -> None:
        """Send bytes that need be no frame."""
        for socket in self._sockets:
            socket.out.put_nowait(data)

    def _dispatch(self, delivery: Delivery) -> None:
        if not self._sockets:
            self._waiting.append(delivery)
            return
        delivery.at = asyncio.get_running_loop().time()
        socket = random.choice(self._sockets)  # noqa: S311
        socket.sent[delivery.id] = delivery
        for frame in self._frames(delivery):
            socket.out.put_nowait(encode(frame))

    def _frames(self, delivery: Delivery) -> list[Frame]:
        faults, payload = self._tenant.faults, delivery.payload
        kind = faults.frame_type if delivery.kind == CALLBACK else "event"
        size = -(-len(payload) // faults.fragments) or 1
        parts = [payload[at : at + size] for at in range(0, len(payload), size)] or [b""]
        common = (("type", kind), ("message_id", delivery.id), ("trace_id", token_hex(4)), ("sum", str(len(parts))))
        return [Frame(DATA, (*common, ("seq", str(n))), part) for n, part in enumerate(parts)]

    async def _lookup(self, request: Request) -> Response:
        body, faults = await request.json(), self._tenant.faults
        self._tenant.requests.append("POST /callback/ws/endpoint")
        if faults.lookup:
            return JSONResponse({"code": faults.lookup[0], "msg": faults.lookup[1]})
        if body.get("AppID") != self._tenant.app_id or body.get("AppSecret") != self._tenant.app_secret:
            return JSONResponse({"code": 514, "msg": "auth failed"})
        if len(self._sockets) >= _MOST_SOCKETS:
            return JSONResponse({"code": 1000040350, "msg": "the number of connections exceeded the limit"})
        ticket, key = token_hex(16), token_hex(16)
        self._tickets.add(ticket)
        self.issued += [ticket, key]
        query = urlencode({"device_id": token_hex(8), "access_key": key, "service_id": 7, "ticket": ticket})
        scheme = "wss" if request.url.scheme == "https" else "ws"
        url = f"{scheme}://{request.headers['host']}/ws/v2?{query}"
        return JSONResponse({"code": 0, "msg": "success", "data": {"URL": url, "ClientConfig": self._config()}})

    def _config(self) -> dict[str, Any]:
        interval = self._tenant.faults.ping_interval
        return {"ReconnectCount": -1, "ReconnectInterval": 120, "ReconnectNonce": 30, "PingInterval": interval}

    async def _serve(self, socket: WebSocket) -> None:
        ticket, refused = socket.query_params.get("ticket", ""), self._tenant.faults.handshake
        if refused is None and ticket not in self._tickets:
            refused = (514, "ticket invalid", 0)
        self._tickets.discard(ticket)
        if refused:
            told = {"handshake-status": str(refused[0]), "handshake-msg": refused[1]}
            headers = {**told, "handshake-autherrcode": str(refused[2])}
            await socket.send_denial_response(Response(status_code=403, headers=headers))
            return
        await socket.accept()
        await self._session(socket)

    async def _session(self, socket: WebSocket) -> None:
        mine = _Socket()
        self._sockets.append(mine)
        waiting, self._waiting = self._waiting, []
        for delivery in waiting:
            self._dispatch(delivery)
        self.connected.set()
        tasks = {asyncio.create_task(self._hear(socket, mine)), asyncio.create_task(_write(socket, mine))}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._lose(mine)

    def _lose(self, socket: _Socket) -> None:
        self._sockets.remove(socket)
        if not self._sockets:
            self.connected.clear()
        for delivery in socket.sent.values():
            self._dispatch(delivery)

    async def _hear(self, socket: WebSocket, mine: _Socket) -> None:
        while True:
            try:
                frame = decode(await socket.receive_bytes())
            except WebSocketDisconnect:
                return
            if frame.method == CONTROL and frame.header("type") == "ping":
                self.pings += 1
                if not self._tenant.faults.mute:
                    config = json.dumps(self._config()).encode()
                    mine.out.put_nowait(encode(Frame(CONTROL, (("type", "pong"),), config)))
            elif frame.method == DATA:
                delivery = mine.sent.pop(frame.header("message_id"), None)
                if delivery and not delivery.ack.done():
                    delivery.ack.set_result(_acknowledged(frame, delivery))
                    self._redeliver(delivery)

    def _redeliver(self, delivery: Delivery) -> None:
        """Send an event that was not taken again after a while, as the platform does."""
        after = self._tenant.faults.redeliver
        taken = delivery.ack.result().code == TAKEN or delivery.kind == CALLBACK
        if after is None or taken or delivery.times > _TIMES:
            return

        async def later() -> None:
            await asyncio.sleep(after)
            self.again(delivery)

        task = asyncio.create_task(later())
        self._later.add(task)
        task.add_done_callback(self._later.discard)


def _acknowledged(frame: Frame, delivery: Delivery) -> Ack:
    answer = json.loads(frame.payload)
    data = json.loads(base64.b64decode(answer["data"])) if answer.get("data") else None
    return Ack(answer["code"], data, asyncio.get_running_loop().time() - delivery.at)


async def _write(socket: WebSocket, mine: _Socket) -> None:
    while isinstance(out := await mine.out.get(), bytes):
        await socket.send_bytes(out)
    if out is not None:
        await socket.close(out)
