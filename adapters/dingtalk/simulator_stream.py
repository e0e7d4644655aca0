"""The simulated Stream gateway: tickets, sockets, frames pushed, and how soon each was acknowledged."""

import asyncio
import json
import random
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

_GONE = (WebSocketDisconnect, RuntimeError)  # what Starlette raises on a socket that went


@dataclass(eq=False, slots=True)
class Pushed:
    """A pushed frame; `done` is set by its acknowledgement, or when it is lost (`ack` None)."""

    frame: Mapping[str, Any]
    began: float
    ack: Mapping[str, Any] | None = None
    latency: float | None = None  # seconds until the acknowledgement
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def id(self) -> str:
        """The frame's id, by which it is acknowledged."""
        return str(self.frame["headers"]["messageId"])

    def answer(self) -> Any:
        """The acknowledgement's data. Raises AssertionError if there is none."""
        assert self.ack is not None, "never acknowledged"
        return json.loads(self.ack["data"])


@dataclass(eq=False, slots=True)
class _Socket:
    wire: WebSocket
    ending: asyncio.Future[int | None]  # the close code; None: the line is cut without one
    open: bool = True  # False after SYSTEM disconnect: nothing more is pushed
    waiting: list[Pushed] = field(default_factory=list)


class Stream:
    """One app's gateway. `base` is where its last client found it, for the addresses in messages."""

    def __init__(self, client_id: str, client_secret: str, ping_every: float = 20.0) -> None:
        self.base = ""
        self.opens = 0  # tickets asked for
        self.connects = 0  # sockets accepted
        self.mute = False  # nothing is sent any more, but the sockets stay
        self.farewell = 10.0  # seconds from SYSTEM disconnect to the socket's end
        self.pushed: list[Pushed] = []
        self._client_id = client_id
        self._client_secret = client_secret
        self._ping_every = ping_every
        self.tickets: list[str] = []  # every one that was given
        self._tickets: set[str] = set()  # those not used yet
        self._sockets: list[_Socket] = []
        self._changed = asyncio.Condition()

    def routes(self) -> list[Route | WebSocketRoute]:
        """The two endpoints."""
        opening = Route("/v1.0/gateway/connections/open", self._open, methods=["POST"])
        return [opening, WebSocketRoute("/connect", self._connect)]

    @property
    def connected(self) -> int:
        """How many sockets take pushes now."""
        return sum(socket.open for socket in self._sockets)

    @property
    def waiting(self) -> bool:
        """Whether a frame is unacknowledged that still can be."""
        return not self.mute and any(socket.waiting for socket in self._sockets)

    async def until(self, true: Callable[[], bool]) -> None:
        """Return when `true` is, looked at whenever a client asks for a ticket, comes, acknowledges or goes."""
        async with self._changed:
            await self._changed.wait_for(true)

    async def push(self, kind: str, topic: str, data: object, **headers: str) -> Pushed:
        """Push to one of the sockets, any of them; without one the frame is lost, as on the platform."""
        sent = {"appId": "app", "contentType": "application/json", "messageId": secrets.token_hex(12)}
        sent |= {"time": str(int(time.time() * 1000)), "topic": topic, **headers}
        frame = {"specVersion": "1.0", "type": kind, "headers": sent, "data": json.dumps(data)}
        return await self.push_frame(frame)

    async def push_frame(self, frame: Mapping[str, Any]) -> Pushed:
        """Push this frame as it is, with the id it has: a duplicate, if it was pushed before."""
        pushed = Pushed(frame, time.monotonic())
        self.pushed.append(pushed)
        ready = [socket for socket in self._sockets if socket.open]
        if ready:
            socket = random.choice(ready)  # noqa: S311 - which one is no secret
            socket.waiting.append(pushed)
            await self._send(socket, json.dumps(frame))
        else:
            pushed.done.set()
        return pushed

    async def push_raw(self, text: str | bytes) -> None:
        """Send something to every socket that may be no frame at all."""
        for socket in self._sockets:
            await self._send(socket, text)

    async def disconnect(self) -> None:
        """Say SYSTEM disconnect to every socket and end it a while later."""
        for socket in [socket for socket in self._sockets if socket.open]:
            headers = {"topic": "disconnect", "messageId": secrets.token_hex(12)}
            frame = {"specVersion": "1.0", "type": "SYSTEM", "headers": headers, "data": '{"reason":"maintenance"}'}
            socket.open = False
            await self._send(socket, json.dumps(frame))
            asyncio.get_running_loop().call_later(self.farewell, _end, socket, 1000)

    def drop(self, code: int | None = None) -> None:
        """End every socket with this close code; None cuts the line."""
        for socket in self._sockets:
            _end(socket, code)

    async def _send(self, socket: _Socket, text: str | bytes) -> None:
        if self.mute:
            return
        with suppress(*_GONE):
            await (socket.wire.send_text(text) if isinstance(text, str) else socket.wire.send_bytes(text))

    async def _open(self, request: Request) -> Response:
        body = await request.json()
        self.opens += 1
        await self._notify()
        topics = {topic.get("type") for topic in body.get("subscriptions", [])}
        if (body.get("clientId"), body.get("clientSecret")) != (self._client_id, self._client_secret):
            return JSONResponse({"code": "authFailed", "message": "鉴权失败"}, 401)
        if not topics <= {"EVENT", "CALLBACK"} or not topics or not body.get("ua"):
            return JSONResponse({"code": "param.error", "message": "subscriptions"}, 400)
        host = request.headers["host"]
        self.base = f"http://{host}"
        ticket = f"{secrets.token_urlsafe(12)}+/="  # tickets need quoting
        self._tickets.add(ticket)
        self.tickets.append(ticket)
        return JSONResponse({"endpoint": f"ws://{host}/connect", "ticket": ticket})

    async def _connect(self, wire: WebSocket) -> None:
        ticket = wire.query_params.get("ticket", "")
        if ticket not in self._tickets:
            await wire.close()
            return
        self._tickets.discard(ticket)
        await wire.accept()
        socket = _Socket(wire, asyncio.get_running_loop().create_future())
        self._sockets.append(socket)
        self.connects += 1
        await self._notify()
        try:
            await self._serve(socket)
        finally:
            self._sockets.remove(socket)
            for lost in socket.waiting:
                lost.done.set()
            await self._notify()

    async def _serve(self, socket: _Socket) -> None:
        reading: asyncio.Future[Any] = asyncio.create_task(self._read(socket))
        either: set[asyncio.Future[Any]] = {reading, socket.ending}
        try:
            while not (await asyncio.wait(either, timeout=self._ping_every, return_when=asyncio.FIRST_COMPLETED))[0]:
                await self.ping(socket)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        code = socket.ending.result() if socket.ending.done() else None
        if code is not None:
            with suppress(*_GONE):
                await socket.wire.close(code)

    async def ping(self, socket: Any = None) -> None:
        """Ping one socket, or all; the pong must carry the same opaque data back."""
        for one in [socket] if socket else self._sockets:
            headers = {"topic": "ping", "messageId": secrets.token_hex(12), "contentType": "application/json"}
            data = json.dumps({"opaque": secrets.token_hex(8)})
            frame = {"specVersion": "1.0", "type": "SYSTEM", "headers": headers, "data": data}
            pushed = Pushed(frame, time.monotonic())
            self.pushed.append(pushed)
            one.waiting.append(pushed)
            await self._send(one, json.dumps(frame))

    async def _read(self, socket: _Socket) -> None:
        with suppress(*_GONE):
            while True:
                ack = json.loads(await socket.wire.receive_text())
                given = str(ack["headers"].get("messageId"))
                pushed = next((one for one in socket.waiting if one.id == given), None)
                if pushed:
                    socket.waiting.remove(pushed)
                    pushed.ack, pushed.latency = ack, time.monotonic() - pushed.began
                    pushed.done.set()
                    await self._notify()

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def _end(socket: _Socket, code: int | None) -> None:
    if not socket.ending.done():
        socket.ending.set_result(code)
