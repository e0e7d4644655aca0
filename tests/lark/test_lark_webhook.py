"""Lark's webhook guard: what is unsigned, stale, repeated or too large changes nothing and learns nothing."""

import asyncio
import base64
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.base import Card, Event, Message, Reaction, Recalled
from adapters.lark import wire
from adapters.lark.webhook import Webhook

KEY, TOKEN, NOW = "encrypt-key", "verification-token", 1_772_409_600
RECALLED = {"chat_id": "oc_ops", "message_id": "om_1"}


class Door:
    """A webhook with what it remembers, and what came through it."""

    def __init__(self, freshness: int = 8 * 3600) -> None:
        self.now = float(NOW)
        self.kept: dict[str, int] = {}
        self.heard: list[Event] = []
        self.answer: Callable[[Event], Awaitable[Reaction | None]] | None = None
        self.freshness = freshness
        self.hook = self.another()

    def another(self) -> Webhook:
        """A second replica's webhook, sharing what is remembered."""
        return Webhook(
            KEY, TOKEN, read=self.read, remember=self.remember, freshness_seconds=self.freshness, now=lambda: self.now
        )

    async def read(self, payload: Mapping[str, Any]) -> Event | None:
        """As the client reads."""
        return wire.parse(payload, "cli_a1", "ou_bot")

    async def remember(self, key: str, seconds: int) -> bool:
        """As the store claims."""
        new = key not in self.kept
        self.kept.setdefault(key, seconds)
        return new

    async def receive(self, event: Event) -> Reaction | None:
        """As the inbox takes."""
        self.heard.append(event)
        return await self.answer(event) if self.answer else None

    async def post(self, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Knock."""
        return await self.hook.handle(headers, body, self.receive)


def event(kind: str = "im.message.recalled_v1", body: object = RECALLED, token: str = TOKEN) -> dict[str, Any]:
    """An event as Lark posts it."""
    return {"schema": "2.0", "header": {"event_id": "ev_1", "event_type": kind, "token": token}, "event": body}


def sealed(payload: object, key: str = KEY) -> bytes:
    """Encrypted as Lark encrypts."""
    plain = json.dumps(payload).encode()
    fill = 16 - len(plain) % 16
    aes = Cipher(algorithms.AES256(hashlib.sha256(key.encode()).digest()), modes.CBC(b"i" * 16)).encryptor()
    text = base64.b64encode(b"i" * 16 + aes.update(plain + bytes([fill] * fill)) + aes.finalize())
    return json.dumps({"encrypt": text.decode()}).encode()


def signed(body: bytes, at: int = NOW, nonce: str = "n1", key: str = KEY) -> dict[str, str]:
    """The headers that Lark adds."""
    signature = hashlib.sha256(f"{at}{nonce}{key}".encode() + body).hexdigest()
    return {"X-Lark-Request-Timestamp": str(at), "X-Lark-Request-Nonce": nonce, "X-Lark-Signature": signature}


@pytest.mark.parametrize(("key", "token"), [("", TOKEN), (KEY, ""), ("", "")])
def test_without_both_keys_there_is_no_webhook(key: str, token: str) -> None:
    """Half a lock is refused at the start."""
    door = Door()
    with pytest.raises(ValueError, match="both"):
        Webhook(key, token, read=door.read, remember=door.remember)


GOOD = sealed(event())
UNSIGNED = {
    "unsigned": ({}, GOOD),
    "plain": ({}, json.dumps(event()).encode()),
    "plain but signed": (signed(body := json.dumps(event()).encode()), body),
    "signed with another key": (signed(GOOD, key="other"), GOOD),
    "encrypted with another key": (signed(body := sealed(event(), "other")), body),
    "another body": (signed(GOOD), sealed(event(body={"chat_id": "oc_x", "message_id": "om_x"}))),
    "another time": ({**signed(GOOD), "X-Lark-Request-Timestamp": str(NOW + 1)}, GOOD),
    "another nonce": ({**signed(GOOD), "X-Lark-Request-Nonce": "n2"}, GOOD),
    "empty signature": ({**signed(GOOD), "X-Lark-Signature": ""}, GOOD),
    "odd signature": ({**signed(GOOD), "X-Lark-Signature": "é\ud800"}, GOOD),
    "no time": (signed(GOOD, at=0) | {"X-Lark-Request-Timestamp": ""}, GOOD),
    "stale": (signed(GOOD, at=NOW - 8 * 3600 - 1), GOOD),
    "from the future": (signed(GOOD, at=NOW + 8 * 3600 + 1), GOOD),
    "no verification token": (signed(body := sealed(event(token=""))), body),
    "wrong verification token": (signed(body := sealed(event(token="other"))), body),
    "garbage": ({}, b"\xff\x00"),
    "signed garbage": (signed(b"\xff\x00"), b"\xff\x00"),
    "a list": (signed(body := sealed([1])), body),
    "empty": ({}, b""),
    "challenge with a wrong token": ({}, sealed({"type": "url_verification", "challenge": "c", "token": "x"})),
    "challenge without a token": ({}, sealed({"type": "url_verification", "challenge": "c"})),
    "plain challenge": ({}, json.dumps({"type": "url_verification", "challenge": "c", "token": TOKEN}).encode()),
    "challenge that is none": ({}, sealed({"type": "url_verification", "challenge": 7, "token": TOKEN})),
    "huge challenge": ({}, sealed({"type": "url_verification", "challenge": "c" * 5000, "token": TOKEN})),
}


@pytest.mark.parametrize("case", UNSIGNED)
async def test_a_stranger_changes_nothing_and_learns_nothing(case: str) -> None:
    """Every forgery gets the same answer; nothing is received and nothing is remembered."""
    door = Door()
    assert await door.post(*UNSIGNED[case]) == (401, b"{}")
    assert (door.heard, door.kept) == ([], {})


async def test_an_oversized_body_is_refused_unread() -> None:
    """More than a mebibyte is too much, signed or not."""
    body = b"x" * (2**20 + 1)
    assert await Door().post(signed(body), body) == (413, b"{}")


@settings(max_examples=100, deadline=None, database=None)
@given(st.binary(max_size=200), st.dictionaries(st.sampled_from(sorted(signed(b""))), st.text(max_size=20)))
def test_no_request_raises(body: bytes, headers: Mapping[str, str]) -> None:
    """Whatever is posted, the answer is a refusal."""
    assert asyncio.run(Door().post(headers, body)) == (401, b"{}")
    assert asyncio.run(Door().post({}, json.dumps({"encrypt": base64.b64encode(body).decode()}).encode()))[0] == 401


async def test_the_challenge_is_answered_as_json() -> None:
    """The console's proof is answered once the token is right, with whatever it contains escaped."""
    challenge = 'c","admin":"1\n'
    status, body = await Door().post({}, sealed({"type": "url_verification", "challenge": challenge, "token": TOKEN}))
    assert (status, json.loads(body)) == (200, {"challenge": challenge})


async def test_a_signed_event_is_received() -> None:
    """What Lark signs comes in, whatever the case of its header names."""
    door = Door()
    assert await door.post({k.lower(): v for k, v in signed(GOOD).items()}, GOOD) == (200, b"{}")
    assert door.heard == [Recalled("lark", "ev_1", "lark:cli_a1:oc_ops", "om_1")]


async def test_a_redelivery_of_seven_hours_ago_is_received() -> None:
    """The platform's last redelivery comes after 7.1 hours, perhaps under its first signature."""
    door = Door()
    assert (await door.post(signed(GOOD, at=NOW - 26_000), GOOD))[0] == 200
    assert len(door.heard) == 1


async def test_the_same_request_twice_is_received_once() -> None:
    """A replay is refused for longer than a signature is fresh."""
    door = Door()
    assert (await door.post(signed(GOOD), GOOD))[0] == 200
    assert (await door.post(signed(GOOD), GOOD))[0] == 401
    assert len(door.heard) == 1
    assert min(door.kept.values()) > 2 * door.freshness


async def test_a_replay_at_another_replica_is_told_nothing() -> None:
    """Elsewhere the replay reaches only the inbox's own claim of the event, and is refused all the same."""

    async def answer(event: Event) -> Reaction:
        return Reaction("secret")

    door, tap = Door(), {"operator": {"open_id": "ou_a"}, "action": {"value": {"action": "a"}}}
    body = sealed(event("card.action.trigger", {**tap, "context": {"open_message_id": "om", "open_chat_id": "oc"}}))
    door.answer = answer
    assert b"secret" in (await door.post(signed(body), body))[1]
    door.hook = door.another()
    assert await door.post(signed(body), body) == (401, b"{}")


async def test_an_event_that_was_not_taken_may_come_again() -> None:
    """After a failure the very same request is welcome: the platform's redelivery may carry the same signature."""

    async def fail(event: Event) -> None:
        raise RuntimeError("the database is away")

    door = Door()
    door.answer = fail
    assert await door.post(signed(GOOD), GOOD) == (500, b"{}")
    door.answer = None
    assert (await door.post(signed(GOOD), GOOD))[0] == 200


async def test_a_tap_is_answered_with_its_reaction() -> None:
    """The line and the card go back in the answer; a tap that gets none is answered with nothing."""

    async def answer(event: Event) -> Reaction:
        return Reaction("done", Card("Receipt", "x"))

    door, tap = Door(), {"operator": {"open_id": "ou_a"}, "action": {"value": {"action": "a"}}}
    body = sealed(event("card.action.trigger", {**tap, "context": {"open_message_id": "om", "open_chat_id": "oc"}}))
    assert await door.post(signed(body), body) == (200, b"{}")
    door.answer = answer
    status, told = await door.post(signed(body, nonce="n2"), body)
    assert (status, json.loads(told)["toast"]["content"]) == (200, "done")
    assert json.loads(told)["card"]["data"]["schema"] == "2.0"


async def test_what_there_is_nothing_to_do_about_is_accepted() -> None:
    """An event that nobody reads is acknowledged, or it would come again for hours."""
    door, body = Door(), sealed(event("im.chat.updated_v1", {}))
    assert await door.post(signed(body), body) == (200, b"{}")
    assert door.heard == []


async def test_the_client_reads_for_the_webhook(company: Any) -> None:
    """In webhook mode the client only waits; what the guard lets through it reads by the bot's own id."""
    lark = company.webhook()
    listener = asyncio.create_task(lark.listen(None))
    text = {
        "content": '{"text": "@_user_1 hi"}',
        "mentions": [{"key": "@_user_1", "id": {"open_id": "ou_bot"}, "name": "b"}],
    }
    message = {"message_id": "om_1", "chat_id": "oc_ops", "chat_type": "group", "message_type": "text", **text}
    read = await lark.read(event("im.message.receive_v1", {"message": {**message, "create_time": "1"}}))
    assert isinstance(read, Message)
    assert (read.text, read.to_bot, lark.state) == ("hi", True, "webhook")
    assert company.simulator.gateway.connections == 0
    await lark.aclose()
    await listener
