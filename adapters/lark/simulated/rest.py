"""Lark's REST API of the simulated platform: tokens, faults and routes around what the endpoints do."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.lark.simulated.cardkit import CardKit
from adapters.lark.simulated.gateway import Gateway
from adapters.lark.simulated.logins import Logins
from adapters.lark.simulated.messages import Messages
from adapters.lark.simulated.people import People
from adapters.lark.simulated.tenant import Failure, Problem, Tenant

Json = dict[str, Any]
Endpoint = Callable[[Request, Json], Awaitable[Json | Response]]

_IM = "/open-apis/im/v1"
_CARDS = "/open-apis/cardkit/v1/cards"


class Rest:
    """Every endpoint behind one door: counted, delayed, failed on demand, and closed without a token."""

    def __init__(self, tenant: Tenant, gateway: Gateway) -> None:
        self._tenant = tenant
        self._cards = CardKit(tenant)
        self._messages, self._people = Messages(tenant, self._cards), People(tenant, gateway)
        self.logins = Logins(tenant)

    @property
    def routes(self) -> list[BaseRoute]:
        """All of the API."""
        im, people, cards = self._messages, self._people, self._cards
        return [
            self._route("POST", "/open-apis/auth/v3/tenant_access_token/internal", self._token, is_open=True),
            self._route("GET", "/open-apis/bot/v3/info", people.bot),
            self._route("GET", "/open-apis/application/v6/scopes", people.scopes),
            self._route("GET", "/open-apis/event/v1/connection", people.connection),
            self._route("GET", "/open-apis/contact/v3/users/batch", people.users),
            self._route("GET", "/open-apis/contact/v3/departments/parent", people.parents),
            self._route("GET", "/open-apis/contact/v3/departments/{id}", people.department),
            self._route("GET", f"{_IM}/chats", people.chats),
            self._route("GET", f"{_IM}/chats/{{id}}", people.chat),
            self._route("GET", f"{_IM}/chats/{{id}}/members", people.members),
            self._route("POST", f"{_IM}/messages", im.create),
            self._route("POST", f"{_IM}/files", im.upload),
            self._route("GET", f"{_IM}/messages", im.list, lendable=True),
            self._route("GET", f"{_IM}/messages/{{id}}", im.get),
            self._route("PATCH", f"{_IM}/messages/{{id}}", im.patch),
            self._route("PUT", f"{_IM}/messages/{{id}}", im.put),
            self._route("DELETE", f"{_IM}/messages/{{id}}", im.delete),
            self._route("POST", f"{_IM}/messages/{{id}}/reply", im.reply),
            self._route("POST", f"{_IM}/messages/{{id}}/reactions", im.react),
            self._route("GET", f"{_IM}/messages/{{id}}/resources/{{key}}", im.resource),
            self._route("POST", _CARDS, cards.create),
            self._route("POST", f"{_CARDS}/id_convert", cards.convert),
            self._route("PUT", f"{_CARDS}/{{id}}", cards.update),
            self._route("PATCH", f"{_CARDS}/{{id}}/settings", cards.settings),
            self._route("PUT", f"{_CARDS}/{{id}}/elements/{{element}}/content", cards.content),
            self._route("GET", "/open-apis/authen/v1/user_info", self.logins.who, lendable=True),
            Route("/oauth/v1/device_authorization", self.logins.begin, methods=["POST"]),
            Route("/open-apis/authen/v2/oauth/token", self.logins.token, methods=["POST"]),
            Route("/oauth/device", self.logins.page, methods=["GET", "POST"]),
        ]

    def _route(
        self, method: str, path: str, endpoint: Endpoint, *, is_open: bool = False, lendable: bool = False
    ) -> Route:
        """`lendable`: a person's token opens it, too, and for what they may see alone."""

        async def serve(request: Request) -> Response:
            self._tenant.serving += 1
            try:
                return await self._answer(request, endpoint, is_open, lendable)
            finally:
                self._tenant.serving -= 1

        return Route(path, serve, methods=[method])

    async def _answer(self, request: Request, endpoint: Endpoint, is_open: bool, lendable: bool) -> Response:
        faults, path = self._tenant.faults, request.url.path
        self._tenant.requests.append(f"{request.method} {path}")
        await asyncio.sleep(max((wait for part, wait in faults.delays.items() if part in path), default=0))
        if failure := faults.failing(path):
            return _failed(failure)
        try:
            token = request.headers.get("authorization", "").removeprefix("Bearer ")
            request.state.person, request.state.scopes = self._tenant.lent.get(token, (None, frozenset()))
            known = token in self._tenant.tokens or (lendable and request.state.person is not None)
            if not is_open and not known:
                raise Problem(99991663, "Invalid access token for authorization.")
            raw = await request.body()
            form = request.headers.get("content-type", "").startswith("multipart/")
            result = await endpoint(request, json.loads(raw) if raw and not form else {})
        except Problem as problem:
            return JSONResponse({"code": problem.code, "msg": problem.msg}, problem.status)
        except (ValueError, KeyError, TypeError, AttributeError):
            return JSONResponse({"code": 230001, "msg": "Your request contains an invalid request parameter."}, 400)
        if isinstance(result, Response):
            return result
        top = {"bot": result} if path.endswith("/bot/v3/info") else result if is_open else {"data": result}
        return JSONResponse({"code": 0, "msg": "success", **top})

    async def _token(self, request: Request, body: Json) -> Json:
        if (body.get("app_id"), body.get("app_secret")) != (self._tenant.app_id, self._tenant.app_secret):
            raise Problem(10014, "app secret invalid", 200)
        return {"tenant_access_token": self._tenant.issue(), "expire": 7200}


def _failed(failure: Failure) -> Response:
    if isinstance(failure.body, str):
        return Response(failure.body, failure.status, failure.headers)
    return JSONResponse(failure.body, failure.status, failure.headers)
