"""What every keyring shares: its promises as a Protocol, and the exceptions that stop a start."""

import re
import secrets
from typing import Protocol

KEY_BYTES = 32
_KEY_ID = re.compile(r"k_[0-9a-f]{24}")


class KeyringMissing(Exception):
    """The data was sealed under a keyring that is not here; bring it back, for none is minted in its place."""


class KeyringOlder(Exception):
    """The keyring is older than the data it belongs to; a key may be missing, or one that was destroyed be back."""


class KeyringForeign(Exception):
    """The keyring is not the one that sealed this data."""


class KeyringExposed(Exception):
    """The keyring's directory or files can be reached by others than its user; close it to 0700 first."""


class KeyringNotApart(Exception):
    """The keyring lies in the data's own database; keys must live elsewhere, or a backup would hold both."""


class Keyring(Protocol):
    """One key for each owner's words, kept apart from the data. A destroyed key never comes back."""

    async def mint(self) -> None:
        """Make the keyring with its signing pair where there is none; one that exists stays as it is."""

    async def exists(self) -> bool:
        """Whether there is a keyring. Every other method raises KeyringMissing where there is none."""

    async def create(self) -> str:
        """A new key's id; the key is durable when this returns."""

    async def key(self, key_id: str) -> bytes | None:
        """The key's 32 bytes; None when it was destroyed or never was."""

    async def destroy(self, key_id: str) -> None:
        """End the key for good and leave its tombstone; harmless to repeat."""

    async def tombstones(self) -> frozenset[str]:
        """The ids of every destroyed key."""

    async def generation(self) -> int:
        """A number that every creation and every destruction raises."""

    async def sign(self, data: bytes) -> bytes:
        """An Ed25519 signature by the keyring's own pair."""

    async def public_key(self) -> bytes:
        """The pair's public half, 32 bytes."""


def new_key_id() -> str:
    """An id that says nothing about its owner."""
    return f"k_{secrets.token_hex(12)}"


def is_key_id(key_id: str) -> bool:
    """Whether it has the form of one: nothing else ever becomes a file's name."""
    return _KEY_ID.fullmatch(key_id) is not None
