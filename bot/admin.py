"""The admins' API: scopes, which can only ever narrow; nothing here opts anyone in or lists who did."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Path, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.strict import BadJson, strict_json
from skills.scopes import Ceiling, Readers, Scope, ScopeDocument, Sources
from skills.store import Store

Id = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Ids = Annotated[list[Id], Field(max_length=1000)]
Name = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class SourcesBody(_Strict):
    """Where may be learned: these chats, and only messages with one of these words where any are given."""

    chats: Ids = []
    words: Ids = []


class AudienceBody(_Strict):
    """Who may ask."""

    chats: Ids = []
    people: Ids = []
    departments: Ids = []


class CeilingBody(_Strict):
    """The most that an owner's consent can permit."""

    level: Literal["full", "outline", "withheld"] = "full"
    mode: Literal["auto", "review"] = "auto"
    words: Literal["quotes", "model"] = "quotes"
    days: Annotated[int, Field(ge=1, le=180)] | None = None


class ScopeBody(_Strict):
    """A scope. The names `default` and `default-…` narrow the built-in scope, in the chats listed or everywhere."""

    sources: SourcesBody = SourcesBody()
    audience: AudienceBody = AudienceBody()
    ceiling: CeilingBody = CeilingBody()


class ScopeAnswer(ScopeBody):
    """A scope as it stands, with its name and version."""

    name: str
    version: int


_EXAMPLE = {
    "sources": {"chats": ["lark:demo:oc_ops"], "words": []},
    "audience": {"chats": [], "people": [], "departments": []},
    "ceiling": {"level": "full", "mode": "review", "words": "model", "days": 90},
}


def _body() -> dict[str, Any]:
    """The body as OpenAPI has it: its parts stand in place, for references would lead out of the operation."""
    schema = ScopeBody.model_json_schema()
    parts = schema.pop("$defs")
    for name, part in schema["properties"].items():
        schema["properties"][name] = parts[part["$ref"].rpartition("/")[2]]
    content = {"application/json": {"schema": schema, "example": _EXAMPLE}}
    return {"requestBody": {"required": True, "content": content}}


_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"description": "There is no such scope."}}


def admin_router(store: Store) -> APIRouter:
    """The routes under /admin/v1. Without a good token every one of them gives the same 401."""
    bearer = HTTPBearer(auto_error=False)

    async def admin(given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> str:
        name = await store.token(given.credentials) if given else None
        if name is None:
            raise HTTPException(401, "unauthorized", {"WWW-Authenticate": "Bearer"})
        return name

    router = APIRouter(prefix="/admin/v1", tags=["admin"], responses={401: {"description": "No valid token."}})
    Admin = Annotated[str, Depends(admin)]  # noqa: N806 - an alias of a type

    @router.get("/scopes")
    async def list_scopes(_: Admin) -> list[ScopeAnswer]:
        """Every scope as it stands."""
        return [_answer(scope) for scope in await store.scopes()]

    @router.get("/scopes/{name}", responses=_UNKNOWN)
    async def read_scope(name: Name, _: Admin) -> ScopeAnswer:
        """One scope as it stands."""
        return _found(await store.scope(name))

    @router.put("/scopes/{name}", openapi_extra=_body(), responses={400: {"description": "Not acceptable JSON."}})
    async def write_scope(name: Name, request: Request, admin_name: Admin) -> ScopeAnswer:
        """Write a scope's next version. A narrower one acts on the next question."""
        document = _document(await _bounded(request))
        return _answer(await store.put_scope(name, document, by=admin_name))

    @router.delete("/scopes/{name}", status_code=204, responses=_UNKNOWN)
    async def remove_scope(name: Name, admin_name: Admin) -> Response:
        """Take a scope away; its versions stay on record."""
        if not await store.delete_scope(name, by=admin_name):
            raise HTTPException(404, "no such scope")
        return Response(status_code=204)

    return router


async def _bounded(request: Request) -> bytes:
    """The body, read no further than it may be long."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > 2 * 64 * 1024:
            raise HTTPException(413, "the body is too large")
    return body


def _document(body: bytes) -> ScopeDocument:
    try:
        scope = ScopeBody.model_validate(strict_json(body))
    except BadJson as error:
        raise HTTPException(400, str(error)) from None
    except ValidationError as error:
        faults = [{"at": ".".join(map(str, e["loc"])), "fault": e["msg"]} for e in error.errors()]
        raise HTTPException(422, faults) from None
    return ScopeDocument(
        Sources(tuple(scope.sources.chats), tuple(scope.sources.words)),
        Readers(tuple(scope.audience.chats), tuple(scope.audience.people), tuple(scope.audience.departments)),
        Ceiling(scope.ceiling.level, scope.ceiling.mode, scope.ceiling.words, scope.ceiling.days),
    )


def _found(scope: Scope | None) -> ScopeAnswer:
    if scope is None:
        raise HTTPException(404, "no such scope")
    return _answer(scope)


def _answer(scope: Scope) -> ScopeAnswer:
    document = scope.document
    return ScopeAnswer(
        name=scope.name,
        version=scope.version,
        sources=SourcesBody(chats=list(document.sources.chats), words=list(document.sources.words)),
        audience=AudienceBody(
            chats=list(document.audience.chats),
            people=list(document.audience.people),
            departments=list(document.audience.departments),
        ),
        ceiling=CeilingBody(
            level=document.ceiling.level,
            mode=document.ceiling.mode,
            words=document.ceiling.words,
            days=document.ceiling.days,
        ),
    )
