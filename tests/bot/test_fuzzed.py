"""Promises of the API under whatever may be sent: described answers, no failure of ours, nothing done unsigned."""

import asyncio
import itertools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import psycopg
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from skills.database import libpq_url
from skills.store import Store
from tests.bot.signing import EVENTS, signed

EXAMPLES = 25  # of each route, and of each way to be wrong
OURS = re.compile(r"Traceback|Error\(|Exception|psycopg|sqlalchemy|pydantic|File \"|site-packages|errors\.pydantic")
CHANGED = ("admin_event", "scope", "halt", "rule", "forbidden_chat", "owner", "consent_event", "admin_token")
DESCRIBED = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
AnyCase = Case[Any]
Check = Callable[[AnyCase], None]
Operation = APIOperation[Any, Any, Any, Any]
FIXED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _operations(web: FastAPI) -> Iterator[Operation]:
    """Every route as its description has it; one that cannot be read fails the test."""
    for found in schemathesis.openapi.from_dict(web.openapi()).get_all_operations():
        assert isinstance(found, Ok)
        yield found.ok()


def _try(operation: Operation, check: Check) -> None:
    """Many a case of one route, as described and otherwise; the same ones each time."""
    for mode in GenerationMode:

        @FIXED
        @given(case=operation.as_strategy(generation_mode=mode))
        def run(case: AnyCase) -> None:
            check(case)

        try:
            run()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE  # where nothing is asked for, nothing can be wrong


def _well(case: AnyCase, response: Any) -> None:
    """Described, no failure of ours, and nothing that tells how it is made."""
    case.validate_response(response, checks=DESCRIBED)
    assert response.status_code < 500
    assert not OURS.search(response.text)


def _rows(migrate_url: str) -> dict[str, int]:
    with psycopg.connect(libpq_url(migrate_url)) as connection:
        counted = {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in CHANGED}
    return {table: row[0] for table, row in counted.items() if row}


async def test_whatever_comes_unsigned_or_without_a_good_token_is_refused_and_changes_nothing(
    web: FastAPI, anybody: httpx.AsyncClient, store: Store, migrate_url: str
) -> None:
    """Of every route, as described and otherwise; what is open to everybody answers as it is described."""
    await store.create_token("admin")
    before, url = _rows(migrate_url), str(anybody.base_url)
    seen: set[tuple[str, int]] = set()

    def check(case: AnyCase) -> None:
        response = case.call(base_url=url)
        _well(case, response)
        seen.add((case.operation.path, response.status_code))

    def run() -> None:
        for operation in _operations(web):
            _try(operation, check)

    await asyncio.to_thread(run)
    assert {status for path, status in seen if path.startswith("/admin/v1")} == {401}
    assert {path for path, _ in seen} == set(web.openapi()["paths"])
    assert _rows(migrate_url) == before


async def test_whatever_a_good_token_asks_is_answered_as_described(
    web: FastAPI, anybody: httpx.AsyncClient, store: Store
) -> None:
    """Known and unknown names, good and bad ones."""
    url, headers = str(anybody.base_url), {"Authorization": f"Bearer {await store.create_token('admin')}"}
    seen: set[int] = set()

    def check(case: AnyCase) -> None:
        response = case.call(base_url=url, headers=headers)
        _well(case, response)
        seen.add(response.status_code)

    def run() -> None:
        for operation in _operations(web):
            if operation.method == "get":
                _try(operation, check)

    await asyncio.to_thread(run)
    assert {200, 404, 422} <= seen


async def test_whatever_is_signed_is_done_or_refused_as_described(
    web: FastAPI, anybody: httpx.AsyncClient, store: Store, migrate_url: str
) -> None:
    """Good events of every type and bad ones; none gives anybody a double, or a token."""
    numbers, seen = itertools.count(1), dict[int, set[str]]()
    before, url = _rows(migrate_url), str(anybody.base_url)

    with httpx.Client(base_url=url, timeout=30) as client:

        def check(case: AnyCase) -> None:
            body = case.body if isinstance(case.body, bytes) else json.dumps(case.body, default=str).encode()
            answer = client.post(EVENTS, content=body, headers=signed(body, id_=f"evt_{next(numbers)}"))
            _well(case, answer)
            kind = case.body.get("type") if isinstance(case.body, dict) else None
            seen.setdefault(answer.status_code, set()).add(str(kind))

        def run() -> None:
            for operation in _operations(web):
                if operation.path == EVENTS:
                    _try(operation, check)

        await asyncio.to_thread(run)
    assert {200, 422} <= set(seen)
    assert len(seen[200]) > 2
    after = _rows(migrate_url)
    assert after["admin_event"] > before["admin_event"]
    assert [after[table] for table in ("owner", "consent_event", "admin_token")] == [0, 0, 0]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
async def test_a_method_that_is_none_is_refused_plainly(anybody: httpx.AsyncClient, method: str) -> None:
    """Without a word of what would have been done."""
    answer = await anybody.request(method, EVENTS)
    assert (answer.status_code, answer.json()) == (405, {"detail": "Method Not Allowed"})
