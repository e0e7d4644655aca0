"""What the directory of a platform tells of people, where it has one that a bot may ask."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, runtime_checkable


@runtime_checkable
class Nicknames(Protocol):
    """Only for platforms whose directory knows people by more than the name on display."""

    async def also_called(self, person: str) -> Sequence[str]:
        """Nicknames and names in another language; none where the directory does not tell."""


@runtime_checkable
class Departments(Protocol):
    """Only for platforms whose directory tells who belongs to which department."""

    async def departments(self, people: Collection[str]) -> Mapping[str, frozenset[str]]:
        """The departments of each of these, with all above them; without whoever the directory does not tell of."""

    async def department_name(self, department: str) -> str:
        """Its name for display, "" where it cannot be told."""
