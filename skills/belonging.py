"""Whether departments cover the readers of a reply: each reader belongs to one of them, or they cover nobody there."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from skills.words import Within


def told(readers: Iterable[AbstractSet[str]], named: AbstractSet[str]) -> Within:
    """Of each reader the departments that scopes name; whoever belongs to the same, and more, is told by them."""
    few = {frozenset(one & named) for one in readers}
    return frozenset(one for one in few if not any(other < one for other in few))


def belong(within: Within, departments: AbstractSet[str]) -> bool:
    """Whether each reader belongs to one of these; nobody does where it is not told who belongs where."""
    return bool(within) and all(one & departments for one in within)


def plain(within: Within) -> list[list[str]]:
    """As JSON holds it, in an order that is always the same."""
    return sorted(sorted(one) for one in within)


def read(said: Sequence[Sequence[str]] | None) -> Within:
    """What `plain` made; nothing is told where nothing was written."""
    return frozenset(frozenset(one) for one in said or ())
