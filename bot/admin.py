"""The admins' API: signed events change, tokens read; nothing here opts anyone in or lists who did."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

from bot.events import BadEvent, described, read_event
from bot.signatures import HEADERS, Signatures
from bot.strict import MOST_BYTES, BadJson
from skills.admins import May, Signed, Token
from skills.ordering import AnotherBody, Answer
from skills.scopes import BadScope, Scope, ScopeDocument
from skills.store import Store

STEP = 0.5  # seconds: what an order took would tell whether there was a double to be stopped, or how many
Name = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


class ScopeAnswer(BaseModel):
    """A scope as it stands, with its name and version."""

    name: str
    version: int
    scope: ScopeDocument


class RulesAnswer(BaseModel):
    """The rules of the house as they stand; null is as it is built in. Nobody is named who is halted by themselves."""

    retention_days: int | None
    answers_to_one: int | None
    answers_a_day: int | None
    forbidden_chats: list[str]
    objected_chats: list[str]
    everybody_halted: bool


class TotalAnswer(BaseModel):
    """A month in fives; null where fewer than five people asked, or fewer than five were asked."""

    month: str
    answers: int | None
    put: int | None


class Fault(BaseModel):
    """What is wrong, and where."""

    at: str
    fault: str


class Refusal(BaseModel):
    """Why nothing was done."""

    detail: str | list[Fault]


def _says(**answers: str) -> dict[int | str, dict[str, Any]]:
    """Refusals as OpenAPI has them, by `_` and status."""
    return {int(status[1:]): {"description": said, "model": Refusal} for status, said in answers.items()}


_HEADERS = [
    {"name": name, "in": "header", "required": True, "schema": {"type": "string", "maxLength": 200}} for name in HEADERS
]
_EVENTS = {
    "requestBody": described(),
    "parameters": _HEADERS,
    "responses": {"200": {"description": "Done, now or before."}},
}


def admin_router(store: Store, signatures: Signatures, step: float = STEP) -> APIRouter:
    """The routes under /admin/v1. What is not signed, or brings no good token, gets the same 401 everywhere.

    What is carried out is answered at a whole `step` after it came.
    """
    router = APIRouter(prefix="/admin/v1", tags=["admin"])
    reader = Annotated[Token, Depends(_reads(store, "scopes:read"))]
    counter = Annotated[Token, Depends(_reads(store, "totals:read"))]
    bad = _says(_400="Not strict JSON.", _401="Not signed, or not now.", _404="No such scope.")
    odd = _says(_409="The id was used before, with another body.", _422="No event, or no scope.")

    @router.post("/events", openapi_extra=_EVENTS, responses={**bad, **odd})
    async def take_event(request: Request) -> JSONResponse:
        """Carry out what an admin signed, once: the same event again gets the same answer, and does nothing."""
        began = time.monotonic()
        body = await _bounded(request)
        headers = {name: request.headers.getlist(name) for name in HEADERS}
        signed = None if body is None else signatures.verify(headers, body)
        if body is None or signed is None:
            raise HTTPException(401, "unauthorized")
        answer = await _carried_out(store, signed, body)
        await asyncio.sleep(step - (time.monotonic() - began) % step)
        if answer.get("found") is False:
            raise HTTPException(404, "no such scope")
        return JSONResponse(dict(answer))

    bad = _says(_401="No valid token.", _403="The token is for something else.")

    @router.get("/scopes", responses=bad)
    async def list_scopes(_: reader) -> list[ScopeAnswer]:
        """Every scope as it stands."""
        return [_answer(scope) for scope in await store.scopes()]

    @router.get("/scopes/{name}", responses={**bad, **_says(_404="No such scope.", _422="No name of a scope.")})
    async def read_scope(name: Name, _: reader) -> ScopeAnswer:
        """One scope as it stands."""
        scope = await store.scope(name)
        if scope is None:
            raise HTTPException(404, "no such scope")
        return _answer(scope)

    @router.get("/rules", responses=bad)
    async def read_rules(_: reader) -> RulesAnswer:
        """What is said for the whole house."""
        ruled = await store.ruled()
        return RulesAnswer(
            **asdict(ruled.rules),
            forbidden_chats=list(ruled.chats),
            objected_chats=await store.objected_chats(),
            everybody_halted=ruled.halted,
        )

    @router.get("/totals", responses=bad)
    async def read_totals(_: counter) -> list[TotalAnswer]:
        """The whole company's last months: closed, rounded, and never told otherwise."""
        return [
            TotalAnswer(month=f"{one.month:%Y-%m}", answers=one.answers, put=one.put) for one in await store.totals()
        ]

    return router


def _reads(store: Store, may: May) -> Callable[..., Awaitable[Token]]:
    """Lets a request in whose token may do this."""
    bearer = HTTPBearer(auto_error=False)

    async def reads(given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> Token:
        token = await store.token(given.credentials) if given else None
        if token is None:
            raise HTTPException(401, "unauthorized", {"WWW-Authenticate": "Bearer"})
        if may not in token.may:
            raise HTTPException(403, f"this token may not {may}")
        return token

    return reads


async def _carried_out(store: Store, signed: Signed, body: bytes) -> Answer:
    try:
        event = read_event(body)
        return await store.order(signed, event.type, event.order())
    except BadJson as error:
        raise HTTPException(400, str(error)) from None
    except AnotherBody as error:
        raise HTTPException(409, str(error)) from None
    except BadScope as error:
        raise HTTPException(422, [{"at": "data", "fault": str(error)}]) from None
    except BadEvent as error:
        raise HTTPException(422, error.faults) from None


async def _bounded(request: Request) -> bytes | None:
    """The body as it came; None, and read no further, when it is longer than it may be."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            return None
    return body


def _answer(scope: Scope) -> ScopeAnswer:
    return ScopeAnswer(name=scope.name, version=scope.version, scope=scope.document)
