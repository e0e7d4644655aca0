"""Whose an admin's event is: signed as Standard Webhooks say, fresh, and by a secret that this server knows."""

import base64
import binascii
import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from standardwebhooks import Webhook

from skills.admins import Signed

FRESH_SECONDS = 300
SHORTEST = 24  # bytes of a secret
MOST_SECRETS = 2  # an old and a new one, while senders change over
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
_PREFIX = "whsec_"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # without the dot that divides what is signed
_TIME = re.compile(r"[0-9]{1,12}")


class BadSecrets(ValueError):
    """One or two secrets are wanted, each `whsec_` and at least 24 bytes in Base64: `fenshen secret create`."""


def new_secret() -> str:
    """A secret of 256 random bits."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def secrets_of(said: str) -> tuple[bytes, ...]:
    """The secrets that a setting names, divided by blanks or commas. Raises BadSecrets, which quotes none."""
    found = tuple(map(_secret, re.split(r"[\s,]+", said.strip(" \t\r\n,"))))
    if not 1 <= len(found) <= MOST_SECRETS:
        raise BadSecrets(BadSecrets.__doc__)
    return found


def name_of(secret: bytes) -> str:
    """By what the records know a secret, without telling it."""
    return f"secret-{sha256(secret).hexdigest()[:8]}"


class Signatures:
    """Knows good events from all others; without a secret, none is good."""

    def __init__(self, known: Sequence[bytes], now: Callable[[], datetime]) -> None:
        self._known = tuple(known)
        self._now = now

    def verify(self, headers: Mapping[str, Sequence[str]], body: bytes) -> Signed | None:
        """Whose event it is; None: unsigned, signed otherwise, or not of these five minutes.

        `headers`: all values of each of HEADERS. What is signed is the body as it came, byte for byte.
        """
        values = [headers[name][0] for name in HEADERS if len(headers[name]) == 1]
        if len(values) < len(HEADERS) or not (_ID.fullmatch(values[0]) and _TIME.fullmatch(values[1])):
            return None
        id_, at, given = values[0], int(values[1]), values[2].split(" ")
        if abs(self._now().timestamp() - at) > FRESH_SECONDS:
            return None
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return None
        for secret in self._known:
            wanted = Webhook(secret).sign(id_, datetime.fromtimestamp(at, UTC), text).encode()
            if any(hmac.compare_digest(wanted, one.encode("utf-8", "replace")) for one in given):
                return Signed(id_, sha256(body).digest(), name_of(secret))
        return None


def _secret(said: str) -> bytes:
    try:
        found = base64.b64decode(said.removeprefix(_PREFIX), validate=True) if said.startswith(_PREFIX) else b""
    except (binascii.Error, ValueError):
        found = b""
    if len(found) < SHORTEST:
        raise BadSecrets(BadSecrets.__doc__)
    return found
