"""What a Lark app is reached by: its credentials, and how long each step may take."""

from dataclasses import dataclass, field
from typing import Literal

FEISHU = "https://open.feishu.cn"
INTERNATIONAL = "https://open.larksuite.com"


@dataclass(frozen=True, slots=True)
class Credentials:
    """One self-built app. `domain` is FEISHU or INTERNATIONAL, or where a simulator answers."""

    app_id: str
    app_secret: str = field(repr=False)
    domain: str = FEISHU
    mode: Literal["websocket", "webhook"] = "websocket"


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds, but for the counts; the defaults fit the platform's own limits."""

    ack: float = 2.5  # the platform gives up on an event after 3
    lookup: float = 15
    first_wait: float = 1
    longest_wait: float = 60
    rejected_wait: float = 5
    stable: float = 30  # a connection that held this long is first tried again after `first_wait`
    pong_grace: float = 30
    request: float = 10
    first_retry: float = 0.5
    longest_retry: float = 30
    slower: float = 5  # more between two questions, once Lark has asked for it (RFC 8628, 3.5)
    tries: int = 4
    members: float = 60
    names: float = 600
    departments: float = 300
    in_flight: int = 64
