"""Messages of the bot's own that a platform names by a key of its own, and never by the id they were sent under."""

from typing import Protocol


class Carried(Protocol):
    """Which message of the bot's a key in a group means, whichever process sent it."""

    async def carry(self, chat: str, key: str, message: str) -> None:
        """Remember the platform's key of a message that was sent into this chat."""

    async def carried(self, chat: str, key: str) -> str | None:
        """The id of the message; None where no such message is remembered of this chat."""
