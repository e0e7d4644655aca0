"""Which keyring there is, and whether it is the one that the data was sealed under."""

from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import text

from skills.database import Database
from skills.keyfiles import DirectoryKeyring
from skills.keys import Keyring, KeyringExposed, KeyringForeign, KeyringMissing, KeyringNotApart, KeyringOlder
from skills.keytable import DatabaseKeyring

__all__ = [
    "DatabaseKeyring",
    "DirectoryKeyring",
    "Keyring",
    "KeyringExposed",
    "KeyringForeign",
    "KeyringMissing",
    "KeyringNotApart",
    "KeyringOlder",
    "check",
    "open_keyring",
    "renew",
]


def open_keyring(data: Path, keyring_url: str | None) -> DirectoryKeyring | DatabaseKeyring:
    """The keyring that the settings name: another database, or the private directory `data`/keyring. Mints nothing."""
    return DatabaseKeyring(keyring_url) if keyring_url else DirectoryKeyring(data / "keyring")


async def check(database: Database, keyring: Keyring) -> None:
    """To be passed before anything is served: this is the data's own keyring, and no older than the data.

    A database that knows no keyring yet takes this one, minted if need be.
    Raises KeyringMissing, KeyringOlder, KeyringForeign, KeyringExposed or KeyringNotApart.
    """
    if isinstance(keyring, DatabaseKeyring):
        await keyring.require_apart(database)
    async with database.transaction() as connection:
        known = await connection.scalar(text("SELECT count(*) FROM keyring_seal"))
    if not known:
        await keyring.mint()
        await _first(database, keyring)
    await _compare(database, keyring)
    await renew(database, keyring)


async def renew(database: Database, keyring: Keyring) -> None:
    """Sign the keyring's generation into the data; call it after a key was created or destroyed. Never goes back."""
    generation = await keyring.generation()
    async with database.transaction() as connection:
        await connection.execute(
            text("UPDATE keyring_seal SET generation = :new, signature = :signature WHERE generation < :new"),
            {"new": generation, "signature": await keyring.sign(_signed(generation))},
        )


async def _first(database: Database, keyring: Keyring) -> None:
    generation = await keyring.generation()
    row = {
        "public_key": await keyring.public_key(),
        "generation": generation,
        "signature": await keyring.sign(_signed(generation)),
    }
    insert = (
        "INSERT INTO keyring_seal (public_key, generation, signature) VALUES (:public_key, :generation, :signature)"
    )
    async with database.transaction() as connection:
        await connection.execute(text(f"{insert} ON CONFLICT DO NOTHING"), row)


async def _compare(database: Database, keyring: Keyring) -> None:
    async with database.transaction() as connection:
        row = (await connection.execute(text("SELECT public_key, generation, signature FROM keyring_seal"))).one()
    if not await keyring.exists():
        raise KeyringMissing(KeyringMissing.__doc__)
    if await keyring.public_key() != bytes(row.public_key):
        raise KeyringForeign(KeyringForeign.__doc__)
    try:
        Ed25519PublicKey.from_public_bytes(bytes(row.public_key)).verify(bytes(row.signature), _signed(row.generation))
    except InvalidSignature as error:
        raise KeyringForeign("the data's record of its keyring was not signed by this keyring") from error
    if await keyring.generation() < row.generation:
        raise KeyringOlder(KeyringOlder.__doc__)


def _signed(generation: int) -> bytes:
    return b"fenshen keyring generation %d" % generation
