"""The simulated company behind both simulators: people, chats, and what was posted. Knows no vendor's wire."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from starlette.types import ASGIApp

from adapters.base import Card

BOT = "bot"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the simulated company; `id` is the vendor's bare id (`ou_ana`, `staff_wei`)."""

    id: str
    name: str
    language: str = "zh"
    en_name: str = ""
    nickname: str = ""
    departments: tuple[str, ...] = ()  # the vendor's bare ids


@dataclass(frozen=True, slots=True)
class Department:
    """A part of the simulated company, under another one or, with none, right under the root."""

    id: str
    name: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Chat:
    """A group, or one person's direct chat with the bot; `id` is the vendor's bare chat id."""

    id: str
    name: str
    direct: bool
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """One message as everybody in the chat sees it now. `n` rises with every change, edits included."""

    n: int
    id: str
    chat: str
    at: datetime
    sender: str  # a Person's id, or BOT
    text: str
    reply_to: str | None = None
    thread: str | None = None
    mentions: tuple[str, ...] = ()
    edited: bool = False
    recalled: bool = False
    raw: dict[str, Any] | None = None  # the vendor's own card, where it is one
    file: tuple[str, bytes] | None = None


@dataclass(slots=True)
class World:
    """People, chats and posts, in memory. A simulator writes here what the SDK sends it and what people say."""

    prefix: str  # of message ids: "om_"
    people: dict[str, Person] = field(default_factory=dict)
    chats: dict[str, Chat] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    count: int = 0
    departments: dict[str, Department] = field(default_factory=dict)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def above(self, department: str) -> list[str]:
        """The departments above one, the nearest first; the root has no id here."""
        found: list[str] = []
        parent = self.departments[department].parent
        while parent is not None:
            found.append(parent)
            parent = self.departments[parent].parent
        return found

    def post(self, chat: str, sender: str, text: str, *, at: datetime | None = None, **more: Any) -> Post:
        """Add a message to a chat; the id is the prefix and a running number unless given."""
        self.count += 1
        message = more.pop("id", None) or f"{self.prefix}{self.count}"
        made = Post(self.count, message, chat, at or self.clock(), sender, text, **more)
        self.posts[message] = made
        self.changed.set()
        return made

    def edit(self, message: str, **changes: Any) -> Post:
        """Change a message in place: its text, its card, or that it was recalled. Raises KeyError if unknown."""
        self.count += 1
        made = replace(self.posts[message], n=self.count, **{"edited": True, **changes})
        self.posts[message] = made
        self.changed.set()
        return made

    def read(self, chat: str, after: int = 0) -> Sequence[Post]:
        """What stands in a chat and is new or changed since `after`, in the order it was posted."""
        return [p for p in self.posts.values() if p.chat == chat and p.n > after]

    def direct(self, person: str) -> Chat:
        """The person's direct chat with the bot. Raises KeyError if there is none."""
        for chat in self.chats.values():
            if chat.direct and person in chat.members:
                return chat
        raise KeyError(person)


def numbered(actions: Sequence[str]) -> list[str]:
    """Names that tell a card's buttons of one action apart: `leave`, `leave#2`, `leave#3`."""
    before = [actions[:place].count(action) for place, action in enumerate(actions)]
    return [action if n == 0 else f"{action}#{n + 1}" for action, n in zip(actions, before, strict=True)]


class Simulator(Protocol):
    """The platform's side of one simulated company, speaking the vendor's wire to the vendor's SDK."""

    world: World

    @property
    def app(self) -> ASGIApp:
        """The vendor's HTTP and WebSocket endpoints, to be served on any port."""

    @property
    def busy(self) -> bool:
        """Whether an event is unacknowledged or a request is being served."""

    async def say(
        self,
        person: str,
        chat: str,
        text: str,
        *,
        reply_to: str | None = None,
        mentions: Sequence[str] = (),
        file: tuple[str, bytes] | None = None,
    ) -> str:
        """Post as a person and push the event as the platform would; `BOT` among `mentions` is the bot.

        In `text` a mention stands as `@Name`. Returns the message id, without waiting for the acknowledgement.
        """

    async def click(self, person: str, message: str, action: str, form: Mapping[str, str]) -> str:
        """Tap a card's button, by its name in `numbered`; returns the toast, "" where the platform shows none.

        Raises KeyError when the card has no such button.
        """

    async def recall(self, person: str, message: str) -> None:
        """Take a message back, as its author."""

    def card(self, post: Post) -> Card | None:
        """What the vendor's card of a post shows, read back from the vendor's own JSON."""
