"""One Stream connection kept alive: opened, read, watched, replaced; its frames acknowledged where they came from."""

import asyncio
import json
import logging
import math
import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from adapters.base import PlatformError
from adapters.dingtalk import wire
from adapters.dingtalk.rest import Gateway
from adapters.dingtalk.settings import Timings, loopback

LARGEST = 16 * 2**20  # bytes of a frame; the libraries' 1 MiB would cost the connection
log = logging.getLogger("fenshen.dingtalk")

Frame = Mapping[str, Any]
Take = Callable[[Frame], Awaitable[None]]


def quiet_logger() -> logging.Logger:
    """A logger that says nothing, for libraries that log tickets and messages."""
    logger = logging.Logger("quiet")  # noqa: LOG001 - of no tree: nobody can find it and turn it on
    logger.disabled = True
    return logger


@dataclass(frozen=True, slots=True)
class _Ended:
    asked: bool = False  # by the platform, which wants us to come back at once
    lived: float = 0.0


class Connection:
    """`attach` says for a new socket how a frame of it is taken; taking includes the acknowledgement."""

    def __init__(
        self, opening: Callable[[], Awaitable[Gateway]], attach: Callable[[ClientConnection], Take], timings: Timings
    ) -> None:
        self.state = "not started"
        self.heard_at: datetime | None = None
        self._opening = opening
        self._attach = attach
        self._timings = timings
        self._room = asyncio.Semaphore(timings.in_flight)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Stay connected until cancelled, and then leave no socket or task behind."""
        failures = 0
        self.state = "connecting"
        try:
            while True:
                ended = await self._once()
                if ended.lived >= self._timings.stable:
                    failures = 0
                at_once = failures == 0 and (ended.asked or ended.lived >= self._timings.stable)
                await asyncio.sleep(0 if at_once else self._delay(failures))
                failures += 1
        finally:
            self.state = "stopped"
            await self._finish()

    def _delay(self, failures: int) -> float:
        longest = min(math.ldexp(self._timings.backoff, min(failures, 16)), self._timings.backoff_most)
        return longest * (0.5 + random.random() / 2)  # noqa: S311 - jitter is no secret

    async def _once(self) -> _Ended:
        began: float | None = None
        asked = False
        try:
            socket = await self._open()
            began, self.state = time.monotonic(), "connected"
            log.info("connected")
            asked = await self._read(socket)
            self.state = "connecting"
        except (Exception, asyncio.CancelledError) as error:
            # Neither the text of a library's error nor its trace: they hold addresses with tickets.
            self.state = f"waiting: {error if isinstance(error, PlatformError) else type(error).__name__}"
            if isinstance(error, asyncio.CancelledError):
                raise
            log.warning("not connected: %s", self.state)
        return _Ended(asked, time.monotonic() - began if began else 0.0)

    async def _open(self) -> ClientConnection:
        async with asyncio.timeout(self._timings.opening):
            gateway = await self._opening()
            return await connect(
                f"{gateway.endpoint}?ticket={quote_plus(gateway.ticket)}",
                max_size=LARGEST,
                close_timeout=self._timings.closing,
                proxy=None if loopback(gateway.endpoint) else True,
                logger=quiet_logger(),
            )

    async def _read(self, socket: ClientConnection) -> bool:
        """Take frames until the socket ends (an exception) or the platform says it will (True)."""
        take, mine = self._attach(socket), set[asyncio.Task[None]]()
        try:
            while True:
                async with asyncio.timeout(self._timings.idle):
                    raw = await socket.recv()
                self.heard_at = datetime.now(UTC)
                frame = _decoded(raw)
                if _topic(frame) == ("SYSTEM", "disconnect"):
                    return True
                if frame.get("type") == "SYSTEM":  # a ping is answered even when every place is taken
                    await self._taken(socket, take, frame)
                    continue
                await self._room.acquire()
                self._spawn(self._taken(socket, take, frame), mine).add_done_callback(lambda _: self._room.release())
        finally:
            self._spawn(self._retire(socket, mine), set())

    def _spawn(self, work: Coroutine[Any, Any, None], mine: set[asyncio.Task[None]]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        for tasks in (self._tasks, mine):
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        return task

    async def _taken(self, socket: ClientConnection, take: Take, frame: Frame) -> None:
        """Take one frame; whatever goes wrong, the platform hears it within the deadline."""
        try:
            async with asyncio.timeout(self._timings.taking):
                await take(frame)
        except ConnectionClosed:
            log.info("frame %s: the socket went before the acknowledgement", _id(frame))
        except Exception as error:
            # The type alone: an error's text may quote the message.
            log.warning("frame %s was refused: %s", _id(frame), type(error).__name__)
            try:
                await socket.send(wire.ack(frame, 500, type(error).__name__))
            except ConnectionClosed:
                log.info("frame %s: the socket went before the refusal", _id(frame))

    async def _retire(self, socket: ClientConnection, mine: set[asyncio.Task[None]]) -> None:
        """Close a socket once its frames are acknowledged, while another may be open already."""
        try:
            if mine:
                await asyncio.wait(mine, timeout=self._timings.taking)
        finally:
            await socket.close()

    async def _finish(self) -> None:
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=self._timings.draining)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


def _decoded(raw: str | bytes) -> Frame:
    """The frame, empty if it is none: a socket that once carries nonsense is still the only one we have."""
    try:
        frame = json.loads(raw)
    except (ValueError, RecursionError):
        frame = None
    if isinstance(frame, dict):
        return frame
    log.warning("a frame of %d characters is no JSON object", len(raw))
    return {}


def _topic(frame: Frame) -> tuple[object, object]:
    headers = frame.get("headers")
    return frame.get("type"), headers.get("topic") if isinstance(headers, dict) else None


def _id(frame: Frame) -> object:
    headers = frame.get("headers")
    return headers.get("messageId") if isinstance(headers, dict) else None
