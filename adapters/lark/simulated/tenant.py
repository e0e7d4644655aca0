"""The simulated company as Lark's servers know it: the app, its tokens, and what is to go wrong next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from adapters.world import World


@dataclass(frozen=True, slots=True)
class Failure:
    """A reply given instead of the real one, to the next request whose path contains `path`."""

    path: str
    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Faults:
    """What goes wrong, as a test or a demo sets it; by default nothing does."""

    mute: bool = False  # pings are not answered
    ping_interval: float = 120  # seconds, told to the client when it looks the endpoint up
    lookup: tuple[int, str] | None = None  # code and message: the endpoint lookup is refused
    handshake: tuple[int, str, int] | None = None  # status, message, auth code: the socket is refused
    fragments: int = 1  # parts in which events are sent
    copies: int = 1  # how often each event is sent
    redeliver: float | None = None  # seconds until an event that was not taken comes again; None: too late to wait for
    frame_type: str = "event"  # of card callbacks
    group_messages: bool = True  # whether the bot hears what does not mention it
    delays: dict[str, float] = field(default_factory=dict)  # seconds by a part of the path
    listing: float = 0  # seconds for each page of a chat's history
    failures: list[Failure] = field(default_factory=list)
    denied: set[str] = field(default_factory=set)  # scopes that the app lacks
    card_changes: int = 10  # of one card in a second
    streaming_seconds: float = 600  # after which a card's text grows no more, whoever still writes
    login_expires: float | None = None  # seconds; by default as the platform's
    login_interval: float | None = None

    def fail_next(
        self, path: str, status: int, body: Any, headers: Mapping[str, str] | None = None, times: int = 1
    ) -> None:
        """Have the next `times` requests whose path contains `path` fail so. `body` is JSON, or text as it is."""
        self.failures += [Failure(path, status, body, headers or {})] * times

    def failing(self, path: str) -> Failure | None:
        """The failure meant for this request, once."""
        found = next((f for f in self.failures if f.path in path), None)
        if found:
            self.failures.remove(found)
        return found


@dataclass(slots=True)
class Tenant:
    """One app in one simulated company."""

    world: World
    app_id: str
    app_secret: str
    bot: str
    bot_name: str
    faults: Faults = field(default_factory=Faults)
    tokens: set[str] = field(default_factory=set)
    uuids: dict[str, str] = field(default_factory=dict)  # message ids, by what the client calls them
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # uploaded, by key
    departed: set[str] = field(default_factory=set)
    without_bot: set[str] = field(default_factory=set)  # chats in which people talk among themselves
    lent: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)  # whose each user token is, and for what
    requests: list[str] = field(default_factory=list)  # "METHOD /path", in the order of coming
    serving: int = 0

    def issue(self) -> str:
        """A new tenant access token."""
        token = f"t-{token_hex(16)}"
        self.tokens.add(token)
        return token


class Problem(Exception):
    """The API's refusal: an HTTP status and Lark's own code."""

    def __init__(self, code: int, msg: str, status: int = 400) -> None:
        super().__init__(msg)
        self.code, self.msg, self.status = code, msg, status


def lacking(scope: str) -> Problem:
    """The refusal of an app that lacks a scope, in Lark's words."""
    return Problem(99991672, f"Access denied. One of the following scopes is required: [{scope}].")
