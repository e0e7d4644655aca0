"""Texts sealed, search terms blinded and vectors rotated under one key for each owner, which only the keyring keeps."""

import hmac
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from skills.keyring import Keyring

if TYPE_CHECKING:
    from skills.rotation import Vectors

BLINDED_BYTES = 16
_FORMAT, _NONCE = b"\x01", 12


class KeyDestroyed(Exception):
    """The key was destroyed or never was: nothing can be sealed or looked for under it."""


class Tampered(Exception):
    """What was sealed has been altered, or moved to a place it was not sealed for."""


@dataclass(frozen=True, slots=True, repr=False)
class _Subkeys:
    text: AESGCM
    terms: bytes
    vectors: bytes
    read_at: float


def message_place(owner: str, chat: str, message: str) -> str:
    """Where a sealed message stands."""
    return f"message:{owner}:{chat}:{message}"


class Vault:
    """Seals and blinds. Keys stay in memory for `fresh` seconds at most, then the keyring is asked again."""

    def __init__(self, keyring: Keyring, *, fresh: float = 2.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._keyring, self._fresh, self._clock = keyring, fresh, clock
        self._subkeys: dict[str, _Subkeys] = {}

    async def create(self) -> str:
        """A new key's id."""
        return await self._keyring.create()

    async def destroy(self, key_id: str) -> None:
        """Destroy a key. In this process nothing is read under it from now on, in others after `fresh` seconds."""
        self._subkeys.pop(key_id, None)
        await self._keyring.destroy(key_id)
        self._subkeys.pop(key_id, None)  # another task may have asked for it meanwhile

    async def seal(self, key_id: str, place: str, text: str) -> bytes:
        """The text sealed for one place ("message:owner:om_1"), readable there alone. Raises KeyDestroyed."""
        return (await self.seal_many(key_id, [(place, text)]))[0]

    async def seal_many(self, key_id: str, items: Sequence[tuple[str, str]]) -> list[bytes]:
        """Several (place, text) sealed, in order. Raises KeyDestroyed."""
        key = await self._existing(key_id)
        return [_seal(key.text, key_id, place, text) for place, text in items]

    async def unseal(self, key_id: str, place: str, sealed: bytes) -> str | None:
        """The text; None when its key is destroyed. Raises Tampered."""
        return (await self.unseal_many(key_id, [(place, sealed)]))[0]

    async def unseal_many(self, key_id: str, items: Sequence[tuple[str, bytes]]) -> list[str | None]:
        """Several (place, sealed) read, in order; each None when the key is destroyed. Raises Tampered."""
        key = await self._ask(key_id)
        return [None if key is None else _unseal(key.text, key_id, place, sealed) for place, sealed in items]

    async def blind(self, key_id: str, terms: Sequence[str]) -> list[bytes]:
        """Each term as 16 bytes that mean nothing without the key; equal terms of one key stay equal.

        It hides words, not how often they occur. Raises KeyDestroyed.
        """
        key = await self._existing(key_id)
        return [hmac.digest(key.terms, term.encode(), "sha256")[:BLINDED_BYTES] for term in terms]

    async def blind_under(self, key_ids: Sequence[str], terms: Sequence[str]) -> list[tuple[int, bytes]]:
        """Every term with its number, blinded under each of the keys that are not destroyed."""
        found: list[tuple[int, bytes]] = []
        for key_id in key_ids if terms else []:
            try:
                found += enumerate(await self.blind(key_id, terms))
            except KeyDestroyed:
                continue
        return found

    async def rotate(self, key_id: str, vectors: "Vectors") -> "Vectors":
        """Vectors as they are stored: comparable with those under the same key, with no others. Raises KeyDestroyed."""
        from skills.rotation import rotate  # numpy takes its time, and a store without vectors never needs it

        return rotate((await self._existing(key_id)).vectors, vectors)

    async def unrotate(self, key_id: str, vectors: "Vectors") -> "Vectors":
        """Stored vectors as they were made. Raises KeyDestroyed."""
        from skills.rotation import unrotate

        return unrotate((await self._existing(key_id)).vectors, vectors)

    async def _existing(self, key_id: str) -> _Subkeys:
        key = await self._ask(key_id)
        if key is None:
            raise KeyDestroyed(key_id)
        return key

    async def _ask(self, key_id: str) -> _Subkeys | None:
        now = self._clock()
        self._subkeys = {id_: key for id_, key in self._subkeys.items() if now - key.read_at < self._fresh}
        if key_id in self._subkeys:
            return self._subkeys[key_id]
        key = await self._keyring.key(key_id)
        if key is None:
            return None
        self._subkeys[key_id] = subkeys = _Subkeys(
            AESGCM(_derive(key, "text")), _derive(key, "terms"), _derive(key, "vectors"), now
        )
        return subkeys


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=f"fenshen {purpose} 1".encode()).derive(key)


def _seal(key: AESGCM, key_id: str, place: str, text: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return _FORMAT + nonce + key.encrypt(nonce, text.encode(), _bound(key_id, place))


def _unseal(key: AESGCM, key_id: str, place: str, sealed: bytes) -> str:
    nonce, box = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    if sealed[:1] != _FORMAT:
        raise Tampered(place)
    try:
        return key.decrypt(nonce, box, _bound(key_id, place)).decode()
    except (InvalidTag, ValueError) as error:
        raise Tampered(place) from error


def _bound(key_id: str, place: str) -> bytes:
    return sha256(_FORMAT + key_id.encode() + b"\0" + place.encode()).digest()
