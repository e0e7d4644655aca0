"""Lark's long connection, owned: it reconnects, notices silence, acknowledges in time, and stops when told."""

import asyncio
import base64
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from math import inf
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from adapters.lark.backoff import Backoff
from adapters.lark.fragments import Fragments
from adapters.lark.sdk import Sdk
from adapters.lark.settings import Credentials, Timings
from adapters.lark.threads import Threads

log = logging.getLogger("fenshen.lark.connection")

Hear = Callable[[bytes], Awaitable[Mapping[str, Any] | None]]

_CONTROL, _DATA = 0, 1
_LARGEST = 16 * 2**20


class LongConnection:
    """One connection at a time, for as long as `run` runs. `hear` takes an event's JSON and returns the callback's."""

    def __init__(self, sdk: Sdk, credentials: Credentials, timings: Timings, hear: Hear) -> None:
        self._sdk, self._credentials, self._timings, self._hear = sdk, credentials, timings, hear
        self._lookups = Threads("lark-endpoint", 32)  # the SDK's lookup has no time limit: what hangs, hangs aside
        self._places = asyncio.Semaphore(timings.in_flight)
        self._hearing: set[asyncio.Task[None]] = set()
        self.state = "idle"
        self.heard_at: datetime | None = None
        self._opened_at = inf

    async def run(self, ready: Callable[[], Awaitable[object]]) -> None:
        """Connect, and again whenever the connection is lost, until cancelled. `ready` is awaited before each."""
        backoff, clock = Backoff(self._timings.first_wait, self._timings.longest_wait), asyncio.get_running_loop().time
        try:
            while True:
                self._opened_at, at_least = inf, 0.0
                try:
                    self.state = "connecting"
                    await ready()
                    await self._session()
                except Exception as error:
                    if isinstance(error, self._sdk.ClientException):
                        at_least = self._timings.rejected_wait
                    self.state = f"lost: {self._reason(error)}"
                    log.warning("connection %s", self.state)
                if clock() - self._opened_at > self._timings.stable:
                    backoff.reset()
                await asyncio.sleep(backoff.wait(at_least))
        finally:
            self.state = "stopped"
            await _end(self._hearing)

    async def _session(self) -> None:
        """One connection, from the lookup until it is lost. Raises whatever ended it."""
        client = self._client()
        async with asyncio.timeout(self._timings.lookup):
            url = await self._lookups.run(client._get_conn_url)
            client._service_id = parse_qs(urlsplit(url).query)["service_id"][0]
            socket = await self._open(url)
        async with socket:
            self.state, self._opened_at = "connected", asyncio.get_running_loop().time()
            log.info("connected")
            pong = _Pong()
            work = (self._ping(client, socket), self._watch(client, pong), self._read(client, socket, pong))
            tasks = {asyncio.create_task(part) for part in work}
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                await _end(tasks)

    def _reason(self, error: Exception) -> str:
        """What went wrong, without the URL that such errors like to quote."""
        told = isinstance(error, (self._sdk.ClientException, self._sdk.ServerException))
        return f"{type(error).__name__} {getattr(error, 'code', '')}" if told else type(error).__name__

    def _client(self) -> Any:
        client = self._sdk.Client(
            self._credentials.app_id,
            self._credentials.app_secret,
            log_level=self._sdk.LogLevel.WARNING,
            domain=self._credentials.domain.rstrip("/"),
            auto_reconnect=False,
        )
        client._cache._cron.cancel()  # the SDK starts a task for its fragments; ours are joined here
        return client

    async def _open(self, url: str) -> ClientConnection:
        # A logger of its own that never goes below INFO: at DEBUG, websockets logs the URL's ticket and every frame.
        quiet = logging.getLogger("fenshen.lark.socket")
        quiet.setLevel(logging.INFO)
        options = {**self._sdk.connect_options(), "max_size": _LARGEST, "close_timeout": 0.3, "logger": quiet}
        try:
            return await connect(url, **options)
        except InvalidHandshake as error:
            self._sdk.raise_handshake(error)  # raises the platform's own reason
            raise

    async def _ping(self, client: Any, socket: ClientConnection) -> None:
        while True:
            await socket.send(self._sdk.ping(int(client._service_id)).SerializeToString())
            await asyncio.sleep(_interval(client))

    async def _watch(self, client: Any, pong: "_Pong") -> None:
        """A proxy may keep a socket alive in front of a dead backend: only pongs prove that somebody is there."""
        while True:
            limit = _interval(client) + self._timings.pong_grace
            await asyncio.sleep(limit / 4)
            if pong.age() > limit:
                raise TimeoutError("no pong")

    async def _read(self, client: Any, socket: ClientConnection, pong: "_Pong") -> None:
        fragments = Fragments()
        async for message in socket:
            self.heard_at = datetime.now(UTC)
            try:
                frame = self._sdk.Frame()
                frame.ParseFromString(message)
                headers = {h.key: h.value for h in frame.headers}
                if frame.method == _CONTROL and headers.get("type") == "pong":
                    pong.came()
                    await client._handle_control_frame(frame)  # takes over the configuration that it may carry
                elif frame.method == _DATA and headers.get("type") in ("event", "card"):
                    await self._take(socket, frame, headers, fragments)
            except ConnectionClosed:
                raise
            except Exception as error:
                log.warning("frame of %d bytes not understood: %s", len(message), type(error).__name__)
        raise ConnectionError("closed")

    async def _take(self, socket: ClientConnection, frame: Any, headers: Mapping[str, str], parts: Fragments) -> None:
        """Start hearing a whole event; when all places are taken, the socket is read no further."""
        now = asyncio.get_running_loop().time()
        whole = parts.join(
            headers["message_id"], int(headers.get("sum", 1)), int(headers.get("seq", 0)), frame.payload, now
        )
        if whole is None:
            return
        await self._places.acquire()
        task = asyncio.create_task(self._answer(socket, frame, whole, now))
        self._hearing.add(task)
        task.add_done_callback(self._heard)

    def _heard(self, task: asyncio.Task[None]) -> None:
        self._hearing.discard(task)
        self._places.release()

    async def _answer(self, socket: ClientConnection, frame: Any, payload: bytes, since: float) -> None:
        """Acknowledge an event with what hearing it gave; 500, which has it sent again, when that failed or lagged."""
        answer: dict[str, Any] = {"code": 200}
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(since + self._timings.ack):
                result = await self._hear(payload)
            if result is not None:
                answer["data"] = base64.b64encode(json.dumps(result, ensure_ascii=False).encode()).decode()
        except Exception as error:
            answer["code"] = 500
            log.warning("event not taken: %s", type(error).__name__)
        took = frame.headers.add()
        took.key, took.value = "biz_rt", str(int((loop.time() - since) * 1000))
        frame.payload = json.dumps(answer).encode()
        try:
            await socket.send(frame.SerializeToString())
        except ConnectionClosed:
            log.info("connection lost before an acknowledgement; the event will come again")


class _Pong:
    """When the platform last answered a ping."""

    def __init__(self) -> None:
        self.came()

    def came(self) -> None:
        """It did just now."""
        self._at = asyncio.get_running_loop().time()

    def age(self) -> float:
        """Seconds since."""
        return asyncio.get_running_loop().time() - self._at


def _interval(client: Any) -> float:
    """The platform's ping interval in seconds, if it makes sense."""
    given = client._ping_interval
    return given if isinstance(given, int | float) and 0 < given <= 600 else 120


async def _end(tasks: set[asyncio.Task[None]]) -> None:
    for task in (left := list(tasks)):
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
