"""The keyring as a private directory: one file a key, shared by every process of its user."""

import asyncio
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skills.keys import KEY_BYTES, KeyringExposed, KeyringMissing, is_key_id, new_key_id


class DirectoryKeyring:
    """A keyring in `path` (0700, its files 0600). Each change is on the disk before it returns."""

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._keys, self._tombs = self._path / "keys", self._path / "tombstones"
        self._signing = self._path / "signing"

    async def mint(self) -> None:
        """Make the directory and its signing pair; one that exists stays. Raises KeyringExposed."""
        await asyncio.to_thread(self._mint)

    async def exists(self) -> bool:
        """Whether the signing pair is here. Raises KeyringExposed."""
        return await asyncio.to_thread(self._exists)

    async def create(self) -> str:
        """A new key's id; the key is on the disk."""
        return await asyncio.to_thread(self._create)

    async def key(self, key_id: str) -> bytes | None:
        """The key; None when destroyed or unknown. A tombstone outweighs a key that came back with a backup."""
        return await asyncio.to_thread(self._key, key_id)

    async def destroy(self, key_id: str) -> None:
        """Bury the key, then overwrite and remove its file: in that order, so that a crash between leaves it dead."""
        await asyncio.to_thread(self._destroy, key_id)

    async def tombstones(self) -> frozenset[str]:
        """The ids of every destroyed key."""
        return await asyncio.to_thread(lambda: frozenset(self._names(self._tombs)))

    async def generation(self) -> int:
        """Counted, not stored: a living key weighs one, a destroyed one two, so both events raise it."""
        return await asyncio.to_thread(self._generation)

    async def sign(self, data: bytes) -> bytes:
        """An Ed25519 signature."""
        return (await asyncio.to_thread(self._pair)).sign(data)

    async def public_key(self) -> bytes:
        """The pair's public half."""
        return (await asyncio.to_thread(self._pair)).public_key().public_bytes_raw()

    def _mint(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        for directory in (self._path, self._keys, self._tombs):
            directory.mkdir(mode=0o700, exist_ok=True)
        self._shut(self._path)
        with self._alone():
            if not self._signing.exists():
                self._write(self._signing, Ed25519PrivateKey.generate().private_bytes_raw())

    def _exists(self) -> bool:
        if not self._signing.exists():
            return False
        self._shut(self._path)
        self._shut(self._signing)
        return True

    def _create(self) -> str:
        self._require()
        key_id = new_key_id()
        with self._alone():
            self._write(self._keys / key_id, secrets.token_bytes(KEY_BYTES))
        return key_id

    def _key(self, key_id: str) -> bytes | None:
        self._require()
        if not is_key_id(key_id):
            return None
        try:
            key = (self._keys / key_id).read_bytes()
        except FileNotFoundError:
            return None
        # Asked after the reading: a key that was overwritten meanwhile is destroyed, not different.
        return None if (self._tombs / key_id).exists() else key

    def _destroy(self, key_id: str) -> None:
        if not is_key_id(key_id):
            raise ValueError("not a key id")
        self._require()
        with self._alone():
            if not (self._tombs / key_id).exists():
                self._write(self._tombs / key_id, b"")
            try:
                with (self._keys / key_id).open("r+b") as file:
                    file.write(secrets.token_bytes(KEY_BYTES))
                    file.flush()
                    os.fsync(file.fileno())
            except FileNotFoundError:
                return
            (self._keys / key_id).unlink()
            _sync(self._keys)

    def _generation(self) -> int:
        self._require()
        dead = set(self._names(self._tombs))
        return 2 * len(dead) + len(set(self._names(self._keys)) - dead)

    def _pair(self) -> Ed25519PrivateKey:
        self._require()
        return Ed25519PrivateKey.from_private_bytes(self._signing.read_bytes())

    def _names(self, directory: Path) -> list[str]:
        self._require()
        return [path.name for path in directory.iterdir() if is_key_id(path.name)]

    def _require(self) -> None:
        if not self._signing.exists():
            raise KeyringMissing(f"there is no keyring in {self._path}")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with os.fdopen(os.open(self._path / "lock", os.O_RDWR | os.O_CREAT, 0o600), "r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        draft = path.with_name(f"{path.name}.draft")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync(path.parent)

    @staticmethod
    def _shut(path: Path) -> None:
        status = path.stat()
        if status.st_mode & 0o077 or status.st_uid != os.geteuid():
            raise KeyringExposed(f"{path} is open to others than its user")


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
