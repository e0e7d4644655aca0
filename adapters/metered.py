"""What platforms tell of their requests: how many the organisation pays for, how they went, and how to make fewer."""

from collections.abc import Mapping
from typing import Literal, Protocol, runtime_checkable

Outcome = Literal["done", "refused", "busy", "failed"]  # how one request to a platform went
OUTCOMES: tuple[Outcome, ...] = ("done", "refused", "busy", "failed")


@runtime_checkable
class Metered(Protocol):
    """Only for platforms that count an organisation's calls."""

    @property
    def calls(self) -> int:
        """How many metered calls were made since the start."""

    @property
    def outcomes(self) -> Mapping[Outcome, int]:
        """How they went; every outcome stands there."""


@runtime_checkable
class Frugal(Protocol):
    """Only for platforms that have a way to answer without a metered call."""

    def spare(self, scarce: bool) -> None:
        """Take that way wherever it is open, from now on or no longer."""
