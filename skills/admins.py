"""What admins come with to the store's door: a signed event, or a token that reads."""

from dataclasses import dataclass
from typing import Literal, get_args

May = Literal["scopes:read", "totals:read"]
MAYS: tuple[May, ...] = get_args(May)
DAYS, MOST_DAYS = 90, 365  # for which a token is good


@dataclass(frozen=True, slots=True)
class Signed:
    """An event whose signature was found good: its id, a digest of its body, and which secret signed it."""

    id: str
    digest: bytes
    by: str


@dataclass(frozen=True, slots=True)
class Token:
    """A good token: under which name it reads, and what."""

    name: str
    may: frozenset[str]
