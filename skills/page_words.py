"""What crosses the store's door about pages: for their owner's eyes, or what a grant covers of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from skills.titling import Kind
from skills.words import Passage

State = Literal["new", "active", "withheld", "merged"]  # new: not seen by its owner; used for nobody
Turn = Literal["used", "withheld", "shared", "pinned", "unpinned", "dropped", "merged", "back"]  # by its owner
Why = Literal[Turn, "built", "grown", "titled", "into", "corrected", "written"]
Part = Literal["situation", "options", "choice", "reason", "when", "step", "pitfall", "fact", "owner", "answer"]


@dataclass(frozen=True, slots=True)
class Told:
    """A line that a model wrote, with what it stands in."""

    id: str
    part: Part
    text: str
    provider: str
    at: datetime  # when the newest of it was said
    cites: tuple[str, ...]  # ids of passages


@dataclass(frozen=True, slots=True)
class Spent:
    """How far a model has come with an owner's pages, and what that has cost."""

    provider: str
    lines: int
    read: int  # passages on pages that it was given
    of: int
    tokens_in: int
    tokens_out: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A page among its owner's others."""

    id: str
    chat: str
    kind: Kind
    state: State
    pinned: bool
    title: str
    lines: int
    newest: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it stands, for its owner's eyes: every line with the passage that it is."""

    listed: Listed
    lines: Sequence[Passage]
    kept_back: frozenset[str]  # of those, the passages that are told to nobody else
    version: int  # the one that stands
    told: Sequence[Told] = ()  # what a model wrote of them


@dataclass(frozen=True, slots=True)
class Version:
    """One change of a page, with its difference from the version before."""

    version: int
    at: datetime
    why: Why
    state: State
    title: str
    lines: int
    added: Sequence[Passage]
    removed: Sequence[Passage]  # as far as their words are still there
    wrote: Sequence[Told] = ()  # lines of a model's that came
    unwrote: Sequence[Told] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """What a grant covers of a page: its title, or how the first line begins where the title may not be shown."""

    title: str
    lines: Sequence[Passage]
