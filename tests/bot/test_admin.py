"""Promises of the admins' API: it narrows and nothing else, takes strict JSON, and says nothing without a token."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from adapters.base import Address, Card, Message, Receive
from bot.web import create_web
from skills.store import Store

Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[tuple[Address, Card]]]
ANA = "lark:t:ana"
SCOPES = "/admin/v1/scopes"
SCOPE: dict[str, Any] = {
    "sources": {"chats": ["lark:t:ops"], "words": []},
    "audience": {"chats": [], "people": [], "departments": []},
    "ceiling": {"level": "full", "mode": "review", "words": "model", "days": 90},
}
ROUTES = {
    ("GET", "/admin/openapi.json"),
    ("GET", "/admin/v1/scopes"),
    ("GET", "/admin/v1/scopes/{name}"),
    ("PUT", "/admin/v1/scopes/{name}"),
    ("DELETE", "/admin/v1/scopes/{name}"),
    ("GET", "/healthz"),
    ("GET", "/notice"),
    ("GET", "/ledger/head"),
}


@pytest.fixture
def states() -> dict[str, str]:
    """How the platforms are."""
    return {"lark": "connected"}


@pytest.fixture
def web(store: Store, states: dict[str, str]) -> FastAPI:
    """The web application on the test's own store."""

    async def healthy() -> bool:
        return True

    return create_web(store, states=lambda: states, healthy=healthy)


@pytest.fixture
async def anybody(web: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://fenshen") as client:
        yield client


@pytest.fixture
async def admin(anybody: httpx.AsyncClient, store: Store) -> httpx.AsyncClient:
    """A client with a good token."""
    anybody.headers["Authorization"] = f"Bearer {await store.create_token('admin')}"
    return anybody


def _routes(web: FastAPI) -> set[tuple[str, str]]:
    """Every method and path that the application answers; HEAD comes with GET."""
    routes = list(web.routes)
    for route in web.routes:
        included = getattr(route, "original_router", None)  # how a router that was included is kept
        routes += included.routes if included is not None else []
    named = [(getattr(route, "methods", None) or set(), getattr(route, "path", "")) for route in routes]
    return {(method, path) for methods, path in named for method in methods - {"HEAD"}}


def test_the_routes_are_these_and_no_others(web: FastAPI) -> None:
    """No page of the demo, no simulator, no list of people, no way to opt anyone in; and this test sees them all."""
    assert _routes(web) == ROUTES


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Bearer fenshen_x",
        "Basic YWRtaW46YWRtaW4=",
        "bearer null",
        "Bearer é",
    ],
)
@pytest.mark.parametrize(("method", "path"), sorted(r for r in ROUTES if r[1].startswith("/admin/v1")))
async def test_without_a_good_token_every_route_gives_the_same_answer(
    anybody: httpx.AsyncClient, store: Store, method: str, path: str, header: str | None
) -> None:
    """Missing, empty or wrong, on a scope that exists or not, with a good body or none: one 401."""
    await store.create_token("admin")
    headers = {} if header is None else {b"Authorization": header.encode("utf-8")}
    answers = [
        await anybody.request(method, path.replace("{name}", name), headers=headers, content=body)
        for name in ("default", "NOT A NAME")
        for body in (b"", b"{}", b"{")
    ]
    assert {(a.status_code, a.content, a.headers["www-authenticate"]) for a in answers} == {
        (401, b'{"detail":"unauthorized"}', "Bearer")
    }
    assert list(await store.scopes()) == []


async def test_a_token_that_was_replaced_is_good_no_more(admin: httpx.AsyncClient, store: Store) -> None:
    """A new token under the same name ends the old one."""
    assert (await admin.get(SCOPES)).status_code == 200
    await store.create_token("admin")
    assert (await admin.get(SCOPES)).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b'{"ceiling": {"days": 1, "days": 90}}', 400),
        (b'{"ceiling": {"days": NaN}}', 400),
        (b"[" * 700 + b"]" * 700, 400),
        (b"\xff\xfe", 400),
        (b" " * 70_000, 400),
        (b" " * 200_000, 413),
        (b"[]", 422),
        (b"null", 422),
        (b'{"surprise": 1}', 422),
        (b'{"ceiling": {"level": "everything"}}', 422),
        (b'{"ceiling": {"days": 0}}', 422),
        (b'{"ceiling": {"days": 181}}', 422),
        (b'{"ceiling": {"days": "90"}}', 422),
        (b'{"ceiling": {"days": 90.0}}', 422),
        (b'{"ceiling": {"days": true}}', 422),
        (b'{"sources": {"chats": "lark:t:ops"}}', 422),
        (b'{"sources": {"chats": [""]}}', 422),
        (b'{"sources": {"chats": [1]}}', 422),
        (rb'{"sources": {"chats": ["a\u0000b"]}}', 422),
        (rb'{"sources": {"chats": ["\ud800"]}}', 422),
        (b'{"consents": ["lark:t:ana"]}', 422),
    ],
)
async def test_a_body_that_is_not_strictly_a_scope_changes_nothing(
    admin: httpx.AsyncClient, store: Store, body: bytes, status: int
) -> None:
    """Nothing is guessed, nothing is coerced, nothing unknown is ignored."""
    answer = await admin.put(f"{SCOPES}/default", content=body)
    assert answer.status_code == status
    assert answer.json()["detail"]
    assert list(await store.scopes()) == []


@pytest.mark.parametrize("name", ["UPPER", "-first", "a" * 65, "a_b", "a.b", "默认", "a%20b"])
async def test_a_name_that_is_none_is_refused(admin: httpx.AsyncClient, name: str) -> None:
    """Small letters, digits and hyphens."""
    assert (await admin.put(f"{SCOPES}/{name}", json=SCOPE)).status_code == 422


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_a_scope_that_does_not_exist_is_not_found(admin: httpx.AsyncClient, method: str) -> None:
    """Neither read nor taken away."""
    assert (await admin.request(method, f"{SCOPES}/payments")).status_code == 404


async def test_a_scope_is_read_back_as_it_was_written(admin: httpx.AsyncClient) -> None:
    """The whole document, with its name and version."""
    written = await admin.put(f"{SCOPES}/payments", json=SCOPE)
    assert written.json() == {**SCOPE, "name": "payments", "version": 1}
    assert (await admin.get(f"{SCOPES}/payments")).json() == written.json()
    assert (await admin.get(SCOPES)).json() == [written.json()]


async def test_every_writing_is_a_version_of_its_own(admin: httpx.AsyncClient) -> None:
    """Also after the scope was taken away: a number never comes back."""
    assert (await admin.put(f"{SCOPES}/payments", json=SCOPE)).json()["version"] == 1
    assert (await admin.put(f"{SCOPES}/payments", json=SCOPE)).json()["version"] == 2
    assert (await admin.delete(f"{SCOPES}/payments")).status_code == 204
    assert (await admin.get(f"{SCOPES}/payments")).status_code == 404
    assert (await admin.get(SCOPES)).json() == []
    assert (await admin.put(f"{SCOPES}/payments", json=SCOPE)).json()["version"] > 2


async def test_a_narrower_scope_acts_on_the_next_question_and_its_end_on_the_one_after(
    joins: Joins, receive: Receive, says: Callable[..., Message], asks: Asks, admin: httpx.AsyncClient
) -> None:
    """Forbidden means nothing is said, taken away means that the owner's own consent stands again."""
    await joins("ana", "join_today")
    await receive(says("ana", "the gateway restarts at nine"))
    question = "ask Ana when the gateway restarts"
    assert (await asks("bo", question))[1].quotes
    for change in ({"level": "withheld"}, {"mode": "review"}):
        body = {**SCOPE, "ceiling": {**SCOPE["ceiling"], "mode": "auto", **change}}
        assert (await admin.put(f"{SCOPES}/default-ops", json=body)).status_code == 200
        assert (await asks("bo", question))[1].quotes == ()
    await admin.delete(f"{SCOPES}/default-ops")
    assert (await asks("bo", question))[1].quotes


async def test_no_request_opts_anyone_in_or_tells_who_did(
    joins: Joins, admin: httpx.AsyncClient, web: FastAPI, store: Store
) -> None:
    """An admin writes the widest scope for Bo and learns nothing of Ana."""
    await joins("ana", "join_today")
    wide = {**SCOPE, "audience": {"chats": [], "people": ["lark:t:bo"], "departments": []}}
    told = [await admin.put(f"{SCOPES}/{name}", json=wide) for name in ("default", "default-ops", "payments")]
    told += [await admin.get(path.replace("{name}", "default")) for method, path in ROUTES if method == "GET"]
    assert list(await store.consents("lark:t:bo")) == []
    assert ANA not in "".join(answer.text for answer in told)


def _references(part: Any) -> Iterator[str]:
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    if isinstance(part, dict) and isinstance(part.get("$ref"), str):
        yield part["$ref"]
    for each in inner:
        yield from _references(each)


async def test_the_documentation_says_what_a_scope_is(admin: httpx.AsyncClient) -> None:
    """Every reference in it leads somewhere, the body's parts are named, and the example is a scope."""
    spec = (await admin.get("/admin/openapi.json")).json()
    for reference in _references(spec):
        place: Any = spec
        for step in reference.removeprefix("#/").split("/"):
            place = place.get(step, {})
        assert place, reference
    body = spec["paths"]["/admin/v1/scopes/{name}"]["put"]["requestBody"]["content"]["application/json"]
    assert set(body["schema"]["properties"]["ceiling"]["properties"]) == set(SCOPE["ceiling"])
    assert (await admin.put(f"{SCOPES}/example", json=body["example"])).status_code == 200


async def test_health_tells_when_a_platform_is_not_heard(anybody: httpx.AsyncClient, states: dict[str, str]) -> None:
    """200 while all are connected, 503 once one is not, and both say what is what."""
    assert (await anybody.get("/healthz")).status_code == 200
    states["lark"] = "connecting"
    answer = await anybody.get("/healthz")
    assert (answer.status_code, answer.json()["platforms"]) == (503, {"lark": "connecting"})


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_full_notice_is_a_page_that_runs_nothing(anybody: httpx.AsyncClient, language: str) -> None:
    """Open to everybody, in both languages, without a script."""
    answer = await anybody.get("/notice", params={"language": language})
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert "/optout" in answer.text
