"""The words a platform and the bot share: messages, clicks and recalls in, cards out.

Every id here is an opaque `str`. A person is `platform:tenant:id` (`lark:cli_a1:ou_1`), a chat likewise
(`lark:cli_a1:oc_1`); only the adapter that minted one takes it apart. Names are for display, never identity.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody named with an @: by id where the platform gives a stable one, else only by display name."""

    person: str | None
    name: str


@dataclass(frozen=True, slots=True)
class File:
    """A file somebody sent; `key` is the adapter's own handle, good for one `Platform.fetch`."""

    name: str
    key: str


@dataclass(frozen=True, slots=True)
class Message:
    """What one person said, in their own words alone: quotes and forwards of others are already gone.

    `text` has lost the leading mention of the bot; other mentions stand as `@Name`. It is empty where the
    person said nothing of their own (a picture, a forward). `event` is the same on every redelivery.
    """

    platform: str
    event: str
    id: str
    chat: str
    direct: bool
    sender: str | None  # None: no stable id (an external contact); a reader, never an asker or owner
    name: str  # the sender's display name, "" where the event carries none
    at: datetime
    text: str
    to_bot: bool  # mentions the bot, or was written to it directly
    mentions: tuple[Mention, ...] = ()  # the others, in the order written, without the bot
    thread: str | None = None
    reply_to: str | None = None
    reply_to_bot: bool = False  # only where the event itself tells; else the bot knows by the id what it sent
    chat_name: str = ""
    file: File | None = None
    edited: bool = False  # since it was said first; only where a history tells


@dataclass(frozen=True, slots=True)
class Click:
    """A tap on a card's button, by the person whose id the platform vouches for."""

    platform: str
    event: str
    person: str | None
    chat: str
    message: str  # the card, as in `Sent.message`
    action: str
    value: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Recalled:
    """A message was taken back by its author or an admin: every copy of it must go."""

    platform: str
    event: str
    chat: str
    message: str


@dataclass(frozen=True, slots=True)
class Departed:
    """A person left the company."""

    platform: str
    event: str
    person: str


Event = Message | Click | Recalled | Departed


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage shown word for word: who said it, where and when, with a link where the reader may follow it."""

    text: str  # "" at level outline: only where and when
    who: str
    where: str
    at: datetime
    message: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """One tap. `value` holds opaque ids only; `command` is the text twin for clients that draw no buttons."""

    action: str
    label: str
    value: Mapping[str, str] = field(default_factory=dict)
    style: Literal["default", "primary", "danger"] = "default"
    command: str | None = None
    url: str | None = None  # opens a page instead of calling back


@dataclass(frozen=True, slots=True)
class Field:
    """A line of text that the card asks for; arrives in `Click.form` under `name`."""

    name: str
    label: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One person's share of a card about several: under a heading of its own, with its own label and answer."""

    title: str
    text: str
    quotes: tuple[Quote, ...] = ()
    label: str = ""
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """All that the bot ever shows. Every text is plain: the adapter escapes what its markdown would read."""

    title: str
    text: str
    quotes: tuple[Quote, ...] = ()
    note: str = ""  # small print under the quotes
    label: str = ""  # the visible AI label; set on every answer
    answer: str | None = None  # the answer's id, also carried in the card's metadata
    buttons: tuple[Button, ...] = ()
    fields: tuple[Field, ...] = ()
    at: tuple[Mention, ...] = ()  # people this card calls on, really mentioned where they have an id
    parts: tuple[Part, ...] = ()  # one for each person, where the card is about several
    unfold: Button | None = None  # long quotes may fold; this shows all of it, where a client cannot unfold by itself
    growing: bool = False  # more of its text is to come: for platforms that can show that (`adapters/growing.py`)


@dataclass(frozen=True, slots=True)
class Reaction:
    """What the one who tapped sees at once: a line, and the card as it is now."""

    toast: str = ""
    card: Card | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a card goes: into a chat (as a reply, in its thread), or to one person privately."""

    chat: str | None = None
    person: str | None = None
    reply_to: str | None = None
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A card that was sent, good for `update`; of plain fields, so that it can be kept in a row."""

    platform: str
    chat: str
    message: str
    editable: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the doctor looked at: what, whether it is well, and the cure with where to apply it."""

    what: str
    ok: bool
    cure: str = ""


class PlatformError(Exception):
    """The platform did not do what was asked."""


class Unavailable(PlatformError):
    """The platform cannot be reached or is overloaded: worth trying again."""


class Unreachable(PlatformError):
    """This person or chat cannot be written to: trying again will not help."""


class Refused(PlatformError):
    """The platform refused the request as it stands (permission, content, a recalled message)."""


Receive = Callable[[Event], Awaitable[Reaction | None]]


class Platform(Protocol):
    """One app on one chat platform."""

    @property
    def name(self) -> str:
        """The first part of every id of this platform: `lark`, `dingtalk`."""

    @property
    def state(self) -> str:
        """`connected`, or what it is doing instead: for health checks, never with a secret in it."""

    async def listen(self, receive: Receive) -> None:
        """Run until cancelled; an event is acknowledged when `receive` returns, and only then."""

    async def send(self, to: Address, card: Card, key: str) -> Sent:
        """Send a card. The same `key` sent twice within the hour is one card where the platform allows."""

    async def update(self, sent: Sent, card: Card) -> None:
        """Replace a sent card by this one. Raises Refused where the platform cannot."""

    async def members(self, chat: str) -> Mapping[str, str] | None:
        """Who can read this chat, person to display name; None where the platform does not tell."""

    async def person_name(self, person: str, chat: str) -> str:
        """The display name of somebody in a chat, "" where it cannot be told."""

    async def chat_name(self, chat: str) -> str:
        """The chat's display name, "" where it cannot be told."""

    def link(self, chat: str, message: str) -> str | None:
        """Where a member of the chat finds the message; None where no such link exists."""

    async def author(self, chat: str, message: str) -> str | None:
        """Who wrote this message; None where the platform does not tell."""

    async def said(self, chat: str, message: str) -> Message | None:
        """A person's message as it can be read now; None where it is gone or the platform does not tell."""

    async def fetch(self, file: File, message: str, limit: int) -> bytes:
        """The file's bytes. Raises Refused when it is larger than `limit`, in bytes."""

    async def diagnose(self) -> Sequence[Finding]:
        """What an admin still has to set up, each with where to do it. Sends nothing to anybody."""

    async def aclose(self) -> None:
        """Leave no socket, thread or task behind; done within a second."""


class Turns(Protocol):
    """Whose turn it is to send, however many processes send."""

    async def turn(self, key: str) -> None:
        """Return when something may be sent to this chat or person."""


@runtime_checkable
class Files(Protocol):
    """Only for platforms on which a bot can send a file."""

    async def send_file(self, to: Address, file: File, data: bytes, key: str) -> Sent:
        """Send a file by its name. Raises Refused where it is too large or the permission is missing."""


@runtime_checkable
class Toasts(Protocol):
    """Only for platforms that show the one who taps a line at once, `Reaction.toast`."""

    @property
    def toasts(self) -> bool:
        """Always."""
