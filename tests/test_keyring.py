"""Promises of the keyring: it is private, it forgets for good, and a wrong one stops the start."""

import asyncio
import shutil
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import text

from skills.database import Database
from skills.keyring import (
    DatabaseKeyring,
    DirectoryKeyring,
    Keyring,
    KeyringExposed,
    KeyringForeign,
    KeyringMissing,
    KeyringNotApart,
    KeyringOlder,
    check,
    open_keyring,
    renew,
)

if TYPE_CHECKING:
    from tests.conftest import Server


@pytest_asyncio.fixture(params=["directory", "database"])
async def ring(
    request: pytest.FixtureRequest, tmp_path: Path, server: "Server", empty_database: str
) -> AsyncIterator[Keyring]:
    """A fresh keyring of either kind, not yet minted."""
    if request.param == "directory":
        yield DirectoryKeyring(tmp_path / "ring")
        return
    keyring = DatabaseKeyring(server.url(empty_database, owner=True))
    yield keyring
    await keyring.aclose()


async def test_a_keyring_that_is_not_there_gives_no_key(ring: Keyring) -> None:
    """Nothing is minted by asking, creating, destroying or signing."""
    with pytest.raises(KeyringMissing):
        await ring.key("k_" + "0" * 24)
    with pytest.raises(KeyringMissing):
        await ring.create()
    with pytest.raises(KeyringMissing):
        await ring.destroy("k_" + "0" * 24)
    with pytest.raises(KeyringMissing):
        await ring.sign(b"")
    assert not await ring.exists()


async def test_a_destroyed_key_never_comes_back(ring: Keyring) -> None:
    """It leaves a tombstone and nothing else; destroying it again changes nothing."""
    await ring.mint()
    key, other = await ring.create(), await ring.create()
    await ring.destroy(key)
    after = await ring.generation()
    await ring.destroy(key)
    assert await ring.key(key) is None
    assert await ring.key(other) is not None
    assert await ring.tombstones() == {key}
    assert await ring.generation() == after


async def test_an_unknown_key_is_none(ring: Keyring) -> None:
    """Neither an unknown id nor a path out of the keyring finds anything, the signing pair least of all."""
    await ring.mint()
    for name in ("k_" + "0" * 24, "../signing", "signing", "", "k_" + "0" * 24 + "\n"):
        assert await ring.key(name) is None
    with pytest.raises(ValueError, match="not a key id"):
        await ring.destroy("../signing")


async def test_every_change_raises_the_generation(ring: Keyring) -> None:
    """Creating does, destroying does, minting twice does not."""
    await ring.mint()
    seen = [await ring.generation()]
    key = await ring.create()
    seen.append(await ring.generation())
    await ring.mint()
    assert await ring.generation() == seen[-1]
    await ring.destroy(key)
    seen.append(await ring.generation())
    assert seen == sorted(set(seen))


async def test_a_signature_holds_by_the_public_key_alone(ring: Keyring) -> None:
    """The pair is minted once, also when several ask at the same moment."""
    await asyncio.gather(*(ring.mint() for _ in range(4)))
    public = await ring.public_key()
    Ed25519PublicKey.from_public_bytes(public).verify(await ring.sign(b"words"), b"words")
    await ring.mint()
    assert await ring.public_key() == public


async def test_keys_created_at_once_are_all_kept(ring: Keyring) -> None:
    """No key is lost to another being written."""
    await ring.mint()
    keys = await asyncio.gather(*(ring.create() for _ in range(10)))
    assert len({await ring.key(key) for key in keys} - {None}) == 10


async def test_the_directory_is_private(tmp_path: Path) -> None:
    """Directories are 0700 and files 0600, whatever the umask allows."""
    keyring = DirectoryKeyring(tmp_path / "ring")
    await keyring.mint()
    await keyring.destroy(await keyring.create())
    await keyring.create()
    modes = {path.is_dir(): stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "ring").rglob("*")}
    assert modes == {True: 0o700, False: 0o600}
    assert stat.S_IMODE((tmp_path / "ring").stat().st_mode) == 0o700


@pytest.mark.parametrize("name", [".", "signing"])
async def test_a_keyring_open_to_others_is_refused(tmp_path: Path, name: str) -> None:
    """An operator learns of it at the start instead of never."""
    keyring = DirectoryKeyring(tmp_path / "ring")
    await keyring.mint()
    (tmp_path / "ring" / name).chmod(0o755)
    with pytest.raises(KeyringExposed):
        await keyring.exists()


async def test_a_destroyed_keys_bytes_are_in_no_file(tmp_path: Path) -> None:
    """The key's file is overwritten and gone, not only hidden by its tombstone."""
    keyring = DirectoryKeyring(tmp_path / "ring")
    await keyring.mint()
    key_id = await keyring.create()
    key = await keyring.key(key_id)
    assert key is not None
    held = (tmp_path / "ring" / "keys" / key_id).open("rb")
    await keyring.destroy(key_id)
    assert not (tmp_path / "ring" / "keys" / key_id).exists()
    assert key not in b"".join(path.read_bytes() for path in (tmp_path / "ring").rglob("*") if path.is_file())
    assert key not in held.read()
    held.close()


async def test_a_tombstone_outweighs_a_key_restored_from_a_backup(tmp_path: Path) -> None:
    """A key file that is back opens nothing, and does not count as living."""
    keyring = DirectoryKeyring(tmp_path / "ring")
    await keyring.mint()
    key_id = await keyring.create()
    backup = (tmp_path / "ring" / "keys" / key_id).read_bytes()
    await keyring.destroy(key_id)
    generation = await keyring.generation()
    (tmp_path / "ring" / "keys" / key_id).write_bytes(backup)
    assert await keyring.key(key_id) is None
    assert await keyring.generation() == generation


async def test_another_process_sees_a_destroyed_key_at_once(tmp_path: Path) -> None:
    """The directory is shared: what one process destroys, another does not find."""
    keyring = DirectoryKeyring(tmp_path / "ring")
    await keyring.mint()
    key_id = await keyring.create()
    script = (
        "import asyncio, sys; from pathlib import Path; from skills.keyring import DirectoryKeyring;"
        "asyncio.run(DirectoryKeyring(Path(sys.argv[1])).destroy(sys.argv[2]))"
    )
    subprocess.run([sys.executable, "-c", script, tmp_path / "ring", key_id], check=True, cwd=Path(__file__).parents[1])
    assert await keyring.key(key_id) is None


async def test_a_missing_keyring_stops_the_start(database: Database, tmp_path: Path) -> None:
    """The data knows its keyring; none is minted in its place."""
    keyring = DirectoryKeyring(tmp_path / "ring")
    await check(database, keyring)
    shutil.rmtree(tmp_path / "ring")
    with pytest.raises(KeyringMissing):
        await check(database, keyring)
    assert not (tmp_path / "ring").exists()


async def test_an_older_keyring_stops_the_start(database: Database, tmp_path: Path) -> None:
    """A keyring restored from before the last change could bring a destroyed key back."""
    keyring = DirectoryKeyring(tmp_path / "ring")
    await check(database, keyring)
    key = await keyring.create()
    shutil.copytree(tmp_path / "ring", tmp_path / "backup")
    await keyring.destroy(key)
    await renew(database, keyring)
    await check(database, keyring)
    with pytest.raises(KeyringOlder):
        await check(database, DirectoryKeyring(tmp_path / "backup"))


async def test_a_start_signs_what_a_crash_left_unsigned(database: Database, tmp_path: Path) -> None:
    """A keyring ahead of the data passes, and from then on nothing older does."""
    keyring = DirectoryKeyring(tmp_path / "ring")
    await check(database, keyring)
    shutil.copytree(tmp_path / "ring", tmp_path / "backup")
    await keyring.create()
    await check(database, keyring)
    with pytest.raises(KeyringOlder):
        await check(database, DirectoryKeyring(tmp_path / "backup"))


async def test_renewing_never_goes_back(database: Database, tmp_path: Path) -> None:
    """A slow replica that signs an old generation late does not undo a newer one."""
    keyring = DirectoryKeyring(tmp_path / "ring")
    await check(database, keyring)
    shutil.copytree(tmp_path / "ring", tmp_path / "backup")
    await keyring.create()
    await renew(database, keyring)
    await renew(database, DirectoryKeyring(tmp_path / "backup"))
    with pytest.raises(KeyringOlder):
        await check(database, DirectoryKeyring(tmp_path / "backup"))


async def test_a_foreign_keyring_stops_the_start(database: Database, tmp_path: Path) -> None:
    """Another keyring, however new, does not stand in for the data's own."""
    await check(database, DirectoryKeyring(tmp_path / "ring"))
    other = DirectoryKeyring(tmp_path / "other")
    await other.mint()
    for _ in range(3):
        await other.create()
    with pytest.raises(KeyringForeign):
        await check(database, other)


async def test_a_lowered_generation_stops_the_start(database: Database, tmp_path: Path) -> None:
    """Whoever edits the data cannot make an older keyring pass: the generation is signed."""
    keyring = DirectoryKeyring(tmp_path / "ring")
    await check(database, keyring)
    await keyring.create()
    await renew(database, keyring)
    async with database.transaction() as connection:
        await connection.execute(text("UPDATE keyring_seal SET generation = 0"))
    with pytest.raises(KeyringForeign):
        await check(database, keyring)


async def test_replicas_that_start_together_agree_on_one_keyring(database: Database, tmp_path: Path) -> None:
    """Each sees the pair that the first one minted."""
    await asyncio.gather(*(check(database, DirectoryKeyring(tmp_path / "ring")) for _ in range(5)))


async def test_a_keyring_in_the_datas_own_database_is_refused(database: Database, migrate_url: str) -> None:
    """Under another login and spelling it is still the same database."""
    keyring = DatabaseKeyring(migrate_url + "&application_name=other" if "?" in migrate_url else migrate_url)
    with pytest.raises(KeyringNotApart):
        await check(database, keyring)
    await keyring.aclose()


async def test_a_keyring_in_another_database_serves(database: Database, server: "Server", empty_database: str) -> None:
    """Another database of the same server is apart."""
    keyring = open_keyring(Path("unused"), server.url(empty_database, owner=True))
    assert isinstance(keyring, DatabaseKeyring)
    await check(database, keyring)
    assert await keyring.key(await keyring.create()) is not None
    await keyring.aclose()


def test_without_a_url_the_keyring_is_a_directory_beside_the_data(tmp_path: Path) -> None:
    """Opening it makes nothing yet."""
    assert isinstance(open_keyring(tmp_path, None), DirectoryKeyring)
    assert not (tmp_path / "keyring").exists()
