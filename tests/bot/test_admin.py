"""Promises of the admins' API: these routes and no others, and a token reads what it may."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from skills.admins import May
from skills.store import Store
from tests.bot.signing import Signer

SCOPES = "/admin/v1/scopes"
SCOPE: dict[str, Any] = {
    "sources": {"chats": ["lark:t:ops"], "words": [], "since": "2026-01-01T00:00:00Z"},
    "audience": {"chats": [], "people": [], "departments": []},
    "ceiling": {"level": "full", "mode": "review", "words": "model", "days": 90, "quota": 5},
}
ROUTES = {
    ("GET", "/admin/openapi.json"),
    ("GET", "/admin/v1/scopes"),
    ("GET", "/admin/v1/scopes/{name}"),
    ("GET", "/admin/v1/rules"),
    ("GET", "/admin/v1/totals"),
    ("POST", "/admin/v1/events"),
    ("GET", "/healthz"),
    ("GET", "/notice"),
    ("GET", "/ledger/head"),
    ("GET", "/metrics"),
}
READ = {(method, path) for method, path in ROUTES if method == "GET" and path.startswith("/admin/v1/")}


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
        "Bearer wrong",
        "Bearer fenshen_x",
        "Basic YWRtaW46YWRtaW4=",
        "bearer null",
        "Bearer é",
    ],
)
@pytest.mark.parametrize(("method", "path"), sorted(READ))
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


async def test_a_token_that_has_expired_is_good_no_more(anybody: httpx.AsyncClient, store: Store) -> None:
    """To the moment: what was good for no days is over when it is made."""
    token = await store.create_token("admin", days=0)
    assert (await anybody.get(SCOPES, headers={"Authorization": f"Bearer {token}"})).status_code == 401


async def test_a_token_reads_only_what_it_was_made_for(anybody: httpx.AsyncClient, store: Store) -> None:
    """Without the word for it, one that is good reads nothing."""
    scopes, totals = (SCOPES, f"{SCOPES}/none", "/admin/v1/rules"), ("/admin/v1/totals",)
    mays: list[tuple[tuple[May, ...], tuple[str, ...]]] = [((), scopes + totals)]
    mays += [(("scopes:read",), totals), (("totals:read",), scopes)]
    for may, closed in mays:
        anybody.headers["Authorization"] = f"Bearer {await store.create_token('admin', may)}"
        for path in scopes + totals:
            assert ((await anybody.get(path)).status_code == 403) == (path in closed)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST", "PATCH"])
async def test_a_token_changes_nothing(admin: httpx.AsyncClient, store: Store, method: str) -> None:
    """Neither where scopes are read, nor where events are taken."""
    event = {"type": "scope.put", "data": {"name": "default", "scope": SCOPE}}
    for path in (SCOPES, f"{SCOPES}/default", "/admin/v1/events"):
        assert (await admin.request(method, path, json=event)).status_code in (401, 404, 405)
    assert list(await store.scopes()) == []


async def test_the_rules_of_the_house_are_read_back_and_nobody_is_named(
    admin: httpx.AsyncClient, orders: Signer
) -> None:
    """As they stand together; of halts only the one over everybody."""
    plain = {"retention_days": None, "answers_to_one": None, "answers_a_day": None}
    assert (await admin.get("/admin/v1/rules")).json() == {
        **plain,
        "forbidden_chats": [],
        "objected_chats": [],
        "everybody_halted": False,
    }
    await orders("rules.set", {"retention_days": 30})
    await orders("rules.set", {"answers_to_one": 5})
    await orders("chat.forbid", {"chat": "lark:t:hr"})
    await orders("person.halt", {"person": "lark:t:ana"})
    told = {
        **plain,
        "answers_to_one": 5,
        "forbidden_chats": ["lark:t:hr"],
        "objected_chats": [],
        "everybody_halted": False,
    }
    assert (await admin.get("/admin/v1/rules")).json() == told
    await orders("everybody.halt", {})
    assert (await admin.get("/admin/v1/rules")).json() == {**told, "everybody_halted": True}


async def test_a_scope_that_does_not_exist_is_not_found(admin: httpx.AsyncClient) -> None:
    """Absence is a status of its own, and a name that is none another."""
    assert (await admin.get(f"{SCOPES}/payments")).status_code == 404
    assert (await admin.get(f"{SCOPES}/UPPER")).status_code == 422


def _references(part: Any) -> Iterator[str]:
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    if isinstance(part, dict) and isinstance(part.get("$ref"), str):
        yield part["$ref"]
    for each in inner:
        yield from _references(each)


async def test_the_documentation_says_what_an_event_is(admin: httpx.AsyncClient, orders: Signer) -> None:
    """Every reference in it leads somewhere, the body's parts are named, and there is a good example of every type."""
    spec = (await admin.get("/admin/openapi.json")).json()
    for reference in _references(spec):
        place: Any = spec
        for step in reference.removeprefix("#/").split("/"):
            place = place.get(step, {})
        assert place, reference
    body = spec["paths"]["/admin/v1/events"]["post"]["requestBody"]["content"]["application/json"]
    assert set(body["examples"]) == set(body["schema"]["discriminator"]["mapping"])
    assert set(spec["components"]["schemas"]["Ceiling"]["properties"]) == set(SCOPE["ceiling"])
    for example in body["examples"].values():
        assert (await orders.raw(json.dumps(example["value"]).encode())).status_code == 200


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
