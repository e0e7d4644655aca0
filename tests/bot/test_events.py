"""Promises of signed events: what is not signed now, by a secret we know, changes nothing; what is, happens once."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from adapters.base import Address, Card, Message, Receive
from bot.signatures import BadSecrets, new_secret, secrets_of
from bot.strict import MOST_BYTES
from bot.web import create_web
from skills.store import Store
from tests.bot.signing import EVENTS, NEW, OLD, UNKNOWN, Signer, signed

Settled = Callable[[], Awaitable[None]]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[tuple[Address, Card]]]
SCOPE: dict[str, Any] = {
    "sources": {"chats": ["lark:t:ops"], "words": [], "since": "2026-01-01T00:00:00Z"},
    "audience": {"chats": [], "people": [], "departments": []},
    "ceiling": {"level": "full", "mode": "review", "words": "model", "days": 90, "quota": 5},
}
PUT = {"name": "payments", "scope": SCOPE}
BODY = json.dumps({"type": "scope.put", "data": PUT}).encode()
STALE = timedelta(seconds=301)


def refused() -> dict[str, tuple[dict[str, str], bytes]]:
    """Headers and bodies that are almost good, of this moment."""
    good = signed(BODY)
    return {
        "unsigned": ({}, BODY),
        "without an id": ({k: v for k, v in good.items() if k != "webhook-id"}, BODY),
        "without a time": ({k: v for k, v in good.items() if k != "webhook-timestamp"}, BODY),
        "without a signature": ({k: v for k, v in good.items() if k != "webhook-signature"}, BODY),
        "by an unknown secret": (signed(BODY, secret=UNKNOWN), BODY),
        "another body": (good, BODY.replace(b"90", b"91")),
        "a blank more": (good, BODY + b" "),
        "another id": (signed(BODY, id="evt_2"), BODY),
        "another time": (signed(BODY, timestamp="1772409600"), BODY),
        "of long ago": (signed(BODY, age=STALE), BODY),
        "of minutes to come": (signed(BODY, age=-STALE - timedelta(seconds=30)), BODY),
        "another version": (signed(BODY, signature=good["webhook-signature"].replace("v1,", "v2,")), BODY),
        "an empty signature": (signed(BODY, signature=""), BODY),
        "half a signature": (signed(BODY, signature="v1"), BODY),
        "no base64": (signed(BODY, signature="v1,é!"), BODY),
        "commas": (signed(BODY, signature=",,,"), BODY),
        "a time that is none": (signed(BODY, timestamp="now"), BODY),
        "a time beyond all": (signed(BODY, timestamp="9" * 400), BODY),
        "a time that is no number": (signed(BODY, timestamp="nan"), BODY),
        "a negative time": (signed(BODY, timestamp="-1"), BODY),
        "an id with a dot": (signed(BODY, id_="evt.1"), BODY),
        "an empty id": (signed(BODY, id_=""), BODY),
        "an endless id": (signed(BODY, id_="e" * 65), BODY),
        "not UTF-8": (signed(b"\xff\xfe"), b"\xff\xfe"),
        "an empty body": ({}, b""),
        "too large": (signed(b" " * MOST_BYTES + BODY), b" " * MOST_BYTES + BODY),
        "far too large": (signed(b" " * 2**20), b" " * 2**20),
    }


@pytest.mark.parametrize("said", refused())
async def test_what_is_not_signed_now_and_by_us_changes_nothing(
    anybody: httpx.AsyncClient, store: Store, said: str
) -> None:
    """Unsigned, signed otherwise, stale or too large: one answer, the same to the byte, and no effect."""
    headers, body = refused()[said]
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    answer = await anybody.post(EVENTS, content=body, headers=raw)
    assert (answer.status_code, answer.content) == (401, b'{"detail":"unauthorized"}')
    assert list(await store.scopes()) == []


async def test_a_header_that_comes_twice_is_refused(anybody: httpx.AsyncClient) -> None:
    """Or what one proxy reads and the next one reads could be two things."""
    answer = await anybody.post(EVENTS, content=BODY, headers=[*signed(BODY).items(), ("webhook-id", "evt_1")])
    assert answer.status_code == 401


async def test_without_a_secret_nothing_is_taken(store: Store) -> None:
    """No configuration makes the signature optional: an empty key signs nothing either."""

    async def healthy() -> bool:
        return True

    app = create_web(store, states=dict, healthy=healthy)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://fenshen") as client:
        for secret in (NEW, b"\0"):
            assert (await client.post(EVENTS, content=BODY, headers=signed(BODY, secret=secret))).status_code == 401


@pytest.mark.parametrize("said", ["", " ", ",", "whsec_", "whsec_c2hvcnQ=", "whsec_!", "a" * 64, "whsec_é"])
def test_a_secret_that_is_empty_or_short_is_refused(said: str) -> None:
    """Before anything starts, and without a word of it."""
    with pytest.raises(BadSecrets) as refusal:
        secrets_of(said)
    assert "c2hvcnQ" not in str(refusal.value)


def test_a_good_secret_does_not_carry_a_short_one_nor_two_others() -> None:
    """Each is looked at; there are two at most."""
    good = [new_secret() for _ in range(3)]
    assert len(secrets_of(f" {good[0]},{good[1]}\n")) == 2
    for wrong in (f"{good[0]} whsec_", f"whsec_c2hvcnQ= {good[0]}", " ".join(good)):
        with pytest.raises(BadSecrets):
            secrets_of(wrong)


async def test_two_secrets_are_good_while_senders_change_over(orders: Signer) -> None:
    """The old one and the new one, and a signature by each in one header; the records say which."""
    assert (await orders("scope.put", PUT, secret=OLD)).json() == {"type": "scope.put", "version": 1}
    assert (await orders("scope.put", PUT, secret=NEW)).json() == {"type": "scope.put", "version": 2}
    both = f"{signed(BODY, secret=UNKNOWN)['webhook-signature']} {signed(BODY)['webhook-signature']}"
    assert (await orders.raw(BODY, id_="evt_1", signature=both)).status_code == 200


async def test_the_same_event_again_gets_the_same_answer_and_does_nothing(orders: Signer, store: Store) -> None:
    """Delivered again, signed anew, by the other secret, and after its scope was taken away."""
    first = await orders("scope.put", PUT, id_="evt_once")
    again = [await orders("scope.put", PUT, id_="evt_once", **how) for how in ({}, {"secret": OLD})]
    await orders("scope.delete", {"name": "payments"}, id_="evt_gone")
    again.append(await orders("scope.put", PUT, id_="evt_once", age=timedelta(minutes=2)))
    assert {(answer.status_code, answer.content) for answer in again} == {(200, first.content)}
    assert list(await store.scopes()) == []
    missing = [(await orders("scope.delete", {"name": "none"}, id_="evt_none")).status_code for _ in range(2)]
    assert missing == [404, 404]


async def test_many_deliveries_at_once_are_one(orders: Signer, store: Store) -> None:
    """Whoever comes second waits for the first, and says the same."""
    answers = await asyncio.gather(*(orders("scope.put", PUT, id_="evt_many") for _ in range(8)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert [scope.version for scope in await store.scopes()] == [1]


async def test_an_id_that_was_used_for_another_body_is_refused(orders: Signer, store: Store) -> None:
    """A blank is another body."""
    await orders.raw(BODY, id_="evt_used")
    assert (await orders.raw(BODY + b" ", id_="evt_used")).status_code == 409
    assert [scope.version for scope in await store.scopes()] == [1]


async def test_what_was_refused_may_be_mended_under_its_id(orders: Signer) -> None:
    """Nothing happened, so there is nothing to be told again."""
    assert (await orders("scope.put", {"name": "payments"} | {"x": 1}, id_="evt_mended")).status_code == 422
    assert (await orders("scope.put", PUT, id_="evt_mended")).status_code == 200


def _put(scope: bytes) -> bytes:
    return b'{"type": "scope.put", "data": {"name": "default", "scope": ' + scope + b"}}"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (_put(b'{"ceiling": {"days": 1, "days": 90}}'), 400),
        (_put(b'{"ceiling": {"days": NaN}}'), 400),
        (b"[" * 700 + b"]" * 700, 400),
        (b"[]", 422),
        (b"null", 422),
        (b"{}", 422),
        (b'{"type": "scope.put"}', 422),
        (b'{"type": "canary", "data": {}}', 422),
        (b'{"type": ["scope.put"], "data": {}}', 422),
        (b'{"type": "scope.put", "data": {"name": "default"}, "more": 1}', 422),
        (b'{"type": "consent.give", "data": {"person": "lark:t:ana"}}', 422),
        *(
            (_put(scope), 422)
            for scope in (
                b"[]",
                b"null",
                b'{"surprise": 1}',
                b'{"ceiling": {"level": "everything"}}',
                b'{"ceiling": {"days": 0}}',
                b'{"ceiling": {"days": 181}}',
                b'{"ceiling": {"days": "90"}}',
                b'{"ceiling": {"days": 90.0}}',
                b'{"ceiling": {"days": true}}',
                b'{"ceiling": {"surprise": 1}}',
                b'{"sources": {"chats": "lark:t:ops"}}',
                b'{"sources": {"chats": [""]}}',
                b'{"sources": {"chats": [1]}}',
                rb'{"sources": {"chats": ["a\u0000b"]}}',
                rb'{"sources": {"chats": ["\ud800"]}}',
                b'{"sources": {"chats": ["' + b"a" * 201 + b'"]}}',
                b'{"sources": {"chats": [' + b", ".join([b'"a"'] * 1001) + b"]}}",
                b'{"consents": ["lark:t:ana"]}',
            )
        ),
        *(
            (json.dumps({"type": "scope.put", "data": {"name": name}}).encode(), 422)
            for name in ("UPPER", "-first", "a" * 65, "a_b", "a.b", "默认", "a b", "", "a\n")
        ),
    ],
)
async def test_a_signed_body_that_is_not_strictly_an_event_changes_nothing(
    orders: Signer, store: Store, body: bytes, status: int
) -> None:
    """Nothing is guessed, nothing is coerced, nothing unknown is ignored, and no value is repeated."""
    answer = await orders.raw(body)
    assert answer.status_code == status
    assert answer.json()["detail"]
    assert "canary" not in answer.text
    assert list(await store.scopes()) == []


async def test_a_scope_is_read_back_as_it_was_written(orders: Signer, admin: httpx.AsyncClient) -> None:
    """The whole document, with its name and version; each writing is one of its own, and no number comes back."""
    await orders("scope.put", PUT)
    assert (await admin.get("/admin/v1/scopes/payments")).json() == {"name": "payments", "version": 1, "scope": SCOPE}
    assert (await orders("scope.put", PUT)).json()["version"] == 2
    assert (await orders("scope.delete", {"name": "payments"})).status_code == 200
    assert (await admin.get("/admin/v1/scopes")).json() == []
    assert (await orders("scope.put", PUT)).json()["version"] == 4


async def test_a_narrower_scope_acts_on_the_next_question_and_its_end_on_the_one_after(
    joins: Joins, receive: Receive, says: Callable[..., Message], asks: Asks, orders: Signer, settled: Settled
) -> None:
    """Forbidden means nothing is said, taken away means that the owner's own consent stands again."""
    await joins("ana", "join_today")
    await receive(says("ana", "the gateway restarts at nine"))
    question = "ask Ana when the gateway restarts"
    assert (await asks("bo", question))[1].quotes
    for change in ({"level": "withheld"}, {"mode": "review"}):
        scope = {**SCOPE, "ceiling": {**SCOPE["ceiling"], "mode": "auto", **change}}
        assert (await orders("scope.put", {"name": "default-ops", "scope": scope})).status_code == 200
        assert (await asks("bo", question))[1].quotes == ()
    await orders("scope.delete", {"name": "default-ops"})
    await settled()
    assert (await asks("bo", question))[1].quotes


async def test_no_event_opts_anyone_in_or_tells_who_did(
    joins: Joins, orders: Signer, admin: httpx.AsyncClient, store: Store, web: FastAPI
) -> None:
    """An admin writes the widest scope for Bo and learns nothing of Ana."""
    await joins("ana", "join_today")
    wide = {**SCOPE, "audience": {"chats": [], "people": ["lark:t:bo"], "departments": []}}
    told = [await orders("scope.put", {"name": name, "scope": wide}) for name in ("default", "default-ops", "payments")]
    told += [await admin.get(path) for path in ("/admin/v1/scopes", "/admin/v1/scopes/default", "/healthz")]
    assert list(await store.consents("lark:t:bo")) == []
    assert "lark:t:ana" not in "".join(answer.text for answer in told)
