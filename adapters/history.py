"""What was said before: as the bot may read it, or with the eyes of somebody who lends theirs for one reading."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from adapters.base import Message, Recalled, Refused


@dataclass(frozen=True, slots=True)
class Reached:
    """All that was begun before `at` has been told, threads included, and nothing of what was begun later."""

    at: datetime


class History(Protocol):
    """Only for platforms that let a bot read what was said before."""

    def history(
        self, chat: str, *, since: datetime, after: datetime | None = None
    ) -> AsyncIterator[Message | Recalled | Reached]:
        """What can still be read of a chat from `since` on, threads included, oldest page first; recalls too.

        Twice a page or so, and at the end, how far it is; from there it goes on where that is given as `after`.
        """


@runtime_checkable
class Gaps(Protocol):
    """Only for histories of which the platform may not list all."""

    @property
    def gaps(self) -> int:
        """How many moments so far held more than it lists, so that a part of them may be missing."""


@dataclass(frozen=True, slots=True)
class Login:
    """A page of the platform's on which one person lets the bot read as them; `code` stands there, too."""

    url: str
    code: str
    seconds: float  # until it runs out
    wait: float  # seconds between two questions whether they have
    secret: str = field(repr=False)  # what the platform knows it by


class NotAllowed(Refused):
    """The company does not allow that people let a bot read as them."""


@runtime_checkable
class Lending(Protocol):
    """Only for platforms on which people can let a bot read as them."""

    lends_by_client: bool  # with a client of the platform's on this server, whose login can do more than read
    lending_pause: float  # seconds between two updates of a card during a reading: more where each is paid for

    async def ask_login(self) -> Login:
        """A page for one person, once. Raises Refused where the company does not allow it."""

    async def lent(self, login: Login, person: str) -> History:
        """What this person can read, once they have said yes; nobody else's yes counts, and nothing of it is kept.

        Raises Refused when they say no, let it run out, or when it was somebody else who said yes; NotAllowed where
        only then the platform tells that the company does not allow it.
        """

    async def forget(self, login: Login) -> None:
        """Nothing is left of what this login lent; for the end of each, whatever came of it. Done twice, it is done."""
