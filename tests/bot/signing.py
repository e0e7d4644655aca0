"""An admin who signs: the sender's side of Standard Webhooks, by the library that senders use."""

import itertools
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from standardwebhooks import Webhook

EVENTS = "/admin/v1/events"
OLD, NEW, UNKNOWN = b"o" * 32, b"n" * 32, b"u" * 32


def signed(
    body: bytes, *, id_: str = "evt_1", secret: bytes = NEW, age: timedelta = timedelta(), **odd: str
) -> dict[str, str]:
    """The three headers of a body; `odd` replaces some of them, by the last part of their names."""
    at = datetime.now(UTC) - age
    signature = Webhook(secret).sign(id_, at, body.decode("utf-8", "replace"))
    fine = {"id": id_, "timestamp": str(int(at.timestamp())), "signature": signature}
    return {f"webhook-{name}": value for name, value in {**fine, **odd}.items()}


class Signer:
    """Signs and sends events over a real connection, each under an id of its own unless told which."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._numbers = itertools.count(1)

    async def __call__(self, kind: str, data: Mapping[str, Any], **how: Any) -> httpx.Response:
        """Send one event."""
        return await self.raw(json.dumps({"type": kind, "data": data}).encode(), **how)

    async def raw(self, body: bytes, **how: Any) -> httpx.Response:
        """Send any body, well signed unless told otherwise."""
        how.setdefault("id_", f"evt_{next(self._numbers)}")
        return await self._client.post(EVENTS, content=body, headers=signed(body, **how))
