"""The simulated REST interface's door: tokens, permissions and limits, and what goes wrong on purpose."""

import asyncio
import json
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.dingtalk.settings import AI_MARKDOWN

Body = Mapping[str, Any]
Answer = Mapping[str, Any]
Endpoint = Callable[[Request], Awaitable[Response]]


class Rejected(Exception):
    """The simulated platform rejects a request."""

    def __init__(self, status: int, code: str, **more: object) -> None:
        super().__init__(code)
        self.status = status
        self.answer: Answer = {"code": code, "message": code, **more}


@dataclass(slots=True)
class Faults:
    """What goes wrong on purpose."""

    next: dict[str, deque[tuple[int, Answer]]] = field(default_factory=dict)  # answers given instead, by path
    slow: dict[str, float] = field(default_factory=dict)  # seconds before any answer, by path
    denied: dict[str, tuple[str, ...]] = field(default_factory=dict)  # missing scopes, by path
    templates: set[str] = field(default_factory=lambda: {AI_MARKDOWN})  # those the organisation may use
    per_second: int = 40  # of the card interface
    held_back: set[str] = field(default_factory=set)  # people whose messages are flow-controlled


class Door:
    """Every REST request passes here."""

    def __init__(self, client_id: str, client_secret: str) -> None:
        self.faults = Faults()
        self.requests: list[tuple[str, str]] = []  # method and path, in order
        self._asked = asyncio.Condition()
        self.tokens: set[str] = set()
        self._credentials = (client_id, client_secret)
        self._card_times: deque[float] = deque()

    async def until(self, path: str) -> None:
        """Return when this path has been requested, answered or not."""
        async with self._asked:
            await self._asked.wait_for(lambda: path in (asked for _, asked in self.requests))

    def token_route(self) -> Route:
        """Where the app's credentials become a token."""
        return Route("/v1.0/oauth2/accessToken", self.open(lambda _, body: self._token(body)), methods=["POST"])

    def guarded(self, answer: Callable[[Body], Answer]) -> Endpoint:
        """An endpoint that wants a token and a permission."""

        def checked(request: Request, body: Body) -> Answer:
            self._check(request.url.path, request.headers.get("x-acs-dingtalk-access-token"))
            return answer(body)

        return self.open(checked)

    def open(self, answer: Callable[[Request, Body], Answer]) -> Endpoint:
        """An endpoint that anybody may call: its answer, after the wait or in place of which a fault may come."""

        async def endpoint(request: Request) -> Response:
            path = request.url.path
            async with self._asked:
                self.requests.append((request.method, path))
                self._asked.notify_all()
            await asyncio.sleep(self.faults.slow.get(path, 0))
            if self.faults.next.get(path):
                status, instead = self.faults.next[path].popleft()
                return JSONResponse(instead, status)
            try:
                return JSONResponse(answer(request, json.loads(await request.body() or b"{}")))
            except Rejected as rejected:
                return JSONResponse(rejected.answer, rejected.status)
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                return JSONResponse({"code": "param.error", "message": repr(error)}, 400)

        return endpoint

    def _token(self, body: Body) -> Answer:
        if (body.get("appKey"), body.get("appSecret")) != self._credentials:
            raise Rejected(400, "invalidClientIdOrSecret")
        token = secrets.token_hex(16)
        self.tokens.add(token)
        return {"accessToken": token, "expireIn": 7200}

    def _check(self, path: str, token: str | None) -> None:
        if token not in self.tokens:
            raise Rejected(401, "InvalidAuthentication")
        if path in self.faults.denied:
            scopes = list(self.faults.denied[path])
            code = "Forbidden.AccessDenied.AccessTokenPermissionDenied"
            raise Rejected(403, code, accessdenieddetail={"requiredScopes": scopes})
        if path.startswith("/v1.0/card/"):
            self._pace()

    def _pace(self) -> None:
        now = time.monotonic()
        while self._card_times and self._card_times[0] <= now - 1:
            self._card_times.popleft()
        if len(self._card_times) >= self.faults.per_second:
            raise Rejected(403, "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi")
        self._card_times.append(now)
