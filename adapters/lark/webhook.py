"""Lark's events over HTTP, behind our own guard: signed, fresh, never twice, and nothing told to strangers."""

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from adapters.base import Click, Event, Receive
from adapters.lark.content import loads
from adapters.lark.wire import write_reaction

log = logging.getLogger("fenshen.lark.webhook")

Answer = tuple[int, bytes]
Read = Callable[[Mapping[str, Any]], Awaitable[Event | None]]
Remember = Callable[[str, int], Awaitable[bool]]

_LARGEST = 2**20
_LARGEST_CHALLENGE = 4096
_KEPT = 10_000
_ACK = 2.5
_REFUSED: Answer = (401, b"{}")
_NOTHING: Answer = (200, b"{}")


class Webhook:
    """The guard in front of one app's events.

    Encrypt key and verification token are mandatory: without either, events could be forged. `read` turns an event's
    JSON into the bot's words. `remember` keeps a key for so many seconds and tells whether it is new. A signature is
    remembered once its event was taken, not before: an event that failed must be able to come again, byte for byte.
    """

    def __init__(
        self,
        encrypt_key: str,
        verification_token: str,
        *,
        read: Read,
        remember: Remember,
        freshness_seconds: int = 8 * 3600,  # the last redelivery comes after 7.1 hours
        now: Callable[[], float] = time.time,
    ) -> None:
        if not encrypt_key or not verification_token:
            raise ValueError("the webhook needs both the encrypt key and the verification token")
        self._key, self._token = encrypt_key.encode(), verification_token.encode()
        self._read, self._remember, self._fresh, self._now = read, remember, freshness_seconds, now
        self._taken: OrderedDict[str, None] = OrderedDict()

    async def handle(self, headers: Mapping[str, str], body: bytes, receive: Receive) -> Answer:
        """Status and body to answer with. Only what is signed with our key, fresh and new reaches `receive`."""
        if len(body) > _LARGEST:
            return 413, b"{}"
        given = {key.lower(): value for key, value in headers.items()}
        if "x-lark-signature" not in given:
            return self._challenge(body)
        seal = self._seal(given, body)
        if seal is None or seal in self._taken:
            return _REFUSED
        payload = self._open(body)
        if payload is None:
            return _REFUSED
        if payload.get("type") == "url_verification":
            return self._verified(payload)
        if not self._is_token(payload.get("header", {}), "token") and not self._is_token(payload, "token"):
            return _REFUSED
        return await self._take(payload, seal, receive)

    async def _take(self, payload: Mapping[str, Any], seal: str, receive: Receive) -> Answer:
        try:
            async with asyncio.timeout(_ACK):
                event = await self._read(payload)
                reaction = await receive(event) if event else None
                if not await self._remember(f"lark-webhook:{seal}", 2 * self._fresh + 3600):
                    return _REFUSED
        except Exception as error:
            log.warning("event not taken: %s", type(error).__name__)
            return 500, b"{}"
        self._taken[seal] = None
        while len(self._taken) > _KEPT:
            self._taken.popitem(last=False)
        return (200, json.dumps(write_reaction(reaction)).encode()) if isinstance(event, Click) else _NOTHING

    def _challenge(self, body: bytes) -> Answer:
        """Lark's one unsigned request: proof that this address is ours, when the console saves it."""
        payload = self._open(body) if len(body) <= _LARGEST_CHALLENGE else None
        if payload is None or payload.get("type") != "url_verification":
            return _REFUSED
        return self._verified(payload)

    def _verified(self, payload: Mapping[str, Any]) -> Answer:
        challenge = payload.get("challenge")
        if not self._is_token(payload, "token") or not isinstance(challenge, str):
            return _REFUSED
        return 200, json.dumps({"challenge": challenge}).encode()

    def _is_token(self, node: object, key: str) -> bool:
        given = node.get(key) if isinstance(node, Mapping) else None
        return isinstance(given, str) and hmac.compare_digest(given.encode("utf-8", "replace"), self._token)

    def _seal(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """What tells this signed request from every other; None unless its signature holds and is fresh."""
        signed_at, nonce = headers.get("x-lark-request-timestamp", ""), headers.get("x-lark-request-nonce", "")
        stamp = (signed_at + nonce).encode("utf-8", "replace")
        signature = hashlib.sha256(stamp + self._key + body).hexdigest()
        if not hmac.compare_digest(signature.encode(), headers["x-lark-signature"].encode("utf-8", "replace")):
            return None
        if not (signed_at.isascii() and signed_at.isdigit() and len(signed_at) <= 12):
            return None
        if abs(self._now() - int(signed_at)) > self._fresh:
            return None
        return signature  # it covers time, nonce and body, so it is new whenever any of them is

    def _open(self, body: bytes) -> dict[str, Any] | None:
        """The encrypted JSON object, None for anything else: what is not encrypted is refused unread."""
        sealed = loads(body)
        text = sealed.get("encrypt") if isinstance(sealed, dict) else None
        if not isinstance(text, str):
            return None
        try:
            raw = base64.b64decode(text, validate=True)
            aes = Cipher(algorithms.AES256(hashlib.sha256(self._key).digest()), modes.CBC(raw[:16])).decryptor()
            padded = aes.update(raw[16:]) + aes.finalize()
            unpadder = PKCS7(128).unpadder()
            plain = loads(unpadder.update(padded) + unpadder.finalize())
        except (ValueError, binascii.Error):
            return None
        return plain if isinstance(plain, dict) else None
