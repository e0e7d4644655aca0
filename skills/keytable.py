"""The keyring as a table in a database of its own, shared by every replica."""

import secrets

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from skills.database import Database
from skills.keys import KEY_BYTES, KeyringMissing, KeyringNotApart, is_key_id, new_key_id

_MINTING = 4_702_911_358_117_241_603


class DatabaseKeyring:
    """A keyring in the database that `url` names, which must not be the data's own."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, size=4)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._database.aclose()

    async def require_apart(self, data: Database) -> None:
        """Raises KeyringNotApart when this is the data's own database, under whatever name."""
        if await _identity(self._database) == await _identity(data):
            raise KeyringNotApart(KeyringNotApart.__doc__)

    async def mint(self) -> None:
        """Make the table and the signing pair; what exists stays."""
        async with self._database.transaction() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_MINTING})"))
            await connection.execute(text(_TABLE))
            await connection.execute(
                text("INSERT INTO keyring (id, key) VALUES ('signing', :key) ON CONFLICT DO NOTHING"),
                {"key": Ed25519PrivateKey.generate().private_bytes_raw()},
            )

    async def exists(self) -> bool:
        """Whether the signing pair is there."""
        try:
            await self._pair()
        except KeyringMissing:
            return False
        return True

    async def create(self) -> str:
        """A new key's id; the key is committed."""
        key_id = new_key_id()
        await self._pair()
        async with self._database.transaction() as connection:
            await connection.execute(
                text("INSERT INTO keyring (id, key) VALUES (:id, :key)"),
                {"id": key_id, "key": secrets.token_bytes(KEY_BYTES)},
            )
        return key_id

    async def key(self, key_id: str) -> bytes | None:
        """The key; None when destroyed or unknown."""
        return await self._read(key_id) if is_key_id(key_id) else None

    async def destroy(self, key_id: str) -> None:
        """Overwrite the key by its tombstone."""
        if not is_key_id(key_id):
            raise ValueError("not a key id")
        await self._pair()
        async with self._database.transaction() as connection:
            await connection.execute(
                text("INSERT INTO keyring (id) VALUES (:id) ON CONFLICT (id) DO UPDATE SET key = NULL"), {"id": key_id}
            )

    async def tombstones(self) -> frozenset[str]:
        """The ids of every destroyed key."""
        await self._pair()
        async with self._database.transaction() as connection:
            return frozenset(await connection.scalars(text("SELECT id FROM keyring WHERE key IS NULL")))

    async def generation(self) -> int:
        """Counted, not stored: a living key weighs one, a destroyed one two, so both events raise it."""
        await self._pair()
        count = "SELECT coalesce(sum(CASE WHEN key IS NULL THEN 2 ELSE 1 END), 0) FROM keyring WHERE id <> 'signing'"
        async with self._database.transaction() as connection:
            return int(await connection.scalar(text(count)) or 0)

    async def sign(self, data: bytes) -> bytes:
        """An Ed25519 signature."""
        return (await self._pair()).sign(data)

    async def public_key(self) -> bytes:
        """The pair's public half."""
        return (await self._pair()).public_key().public_bytes_raw()

    async def _pair(self) -> Ed25519PrivateKey:
        key = await self._read("signing")
        if key is None:
            raise KeyringMissing("there is no keyring in the database that KEYRING_URL names")
        return Ed25519PrivateKey.from_private_bytes(key)

    async def _read(self, name: str) -> bytes | None:
        try:
            async with self._database.transaction() as connection:
                key = await connection.scalar(text("SELECT key FROM keyring WHERE id = :id"), {"id": name})
        except ProgrammingError as error:
            raise KeyringMissing("there is no keyring in the database that KEYRING_URL names") from error
        return None if key is None else bytes(key)


_TABLE = """
CREATE TABLE IF NOT EXISTS keyring (
    id text PRIMARY KEY,
    key bytea  -- NULL: destroyed, and this row its tombstone
)
"""


async def _identity(database: Database) -> tuple[object, ...]:
    question = """
        SELECT (SELECT oid FROM pg_database WHERE datname = current_database()), current_database(),
               pg_postmaster_start_time()
    """
    async with database.transaction() as connection:
        return tuple((await connection.execute(text(question))).one())
