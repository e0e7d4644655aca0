"""What platforms tell of cards that grow while they are read."""

from typing import Protocol, runtime_checkable

from adapters.base import Address, Card


@runtime_checkable
class Streams(Protocol):
    """Only for platforms on which a card's text can grow: `Card.growing`, sent and updated like any other."""

    @property
    def streams(self) -> bool:
        """Whether it can, here and now; where not, a growing card stands as it was sent until it is replaced."""

    async def recover(self, to: Address, card: Card, key: str) -> None:
        """Put this card in the place of one that was sent to grow by this key, before a restart; else send it."""
