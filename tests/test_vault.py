"""Promises of the vault: what is sealed, where it can be read, and for how long."""

import pytest

from skills.keyring import DirectoryKeyring
from skills.vault import KeyDestroyed, Tampered, Vault

WORDS = "回滚支付 is done by hand"


class Clock:
    """A clock that stands until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


async def test_nothing_is_unsealed_after_its_key_is_destroyed(vault: Vault) -> None:
    """A destroyed key opens nothing, though this vault had just used it."""
    key = await vault.create()
    sealed = await vault.seal(key, "message:a:1", WORDS)
    assert await vault.unseal(key, "message:a:1", sealed) == WORDS
    await vault.destroy(key)
    assert await vault.unseal_many(key, [("message:a:1", sealed)]) == [None]


async def test_a_key_destroyed_by_another_process_is_forgotten_within_two_seconds(keyring: DirectoryKeyring) -> None:
    """A vault asks the keyring again once what it remembers has aged."""
    clock = Clock()
    vault = Vault(keyring, clock=clock)
    key = await vault.create()
    sealed = await vault.seal(key, "message:a:1", WORDS)
    await Vault(keyring).destroy(key)
    clock.now = 2.0
    assert await vault.unseal(key, "message:a:1", sealed) is None


async def test_reading_often_does_not_keep_a_destroyed_key_alive(keyring: DirectoryKeyring) -> None:
    """Age counts from when the keyring was asked, not from the last use."""
    clock = Clock()
    vault = Vault(keyring, clock=clock)
    key = await vault.create()
    sealed = await vault.seal(key, "p", WORDS)
    await keyring.destroy(key)
    clock.now = 1.5
    await vault.unseal(key, "p", sealed)
    clock.now = 2.5
    assert await vault.unseal(key, "p", sealed) is None


async def test_nothing_is_sealed_or_blinded_under_a_destroyed_key(vault: Vault) -> None:
    """Words that come late find no key, and raise."""
    key = await vault.create()
    await vault.destroy(key)
    with pytest.raises(KeyDestroyed):
        await vault.seal(key, "message:a:1", WORDS)
    with pytest.raises(KeyDestroyed):
        await vault.blind(key, ["支付"])


async def test_a_sealed_text_cannot_be_read_in_another_place(vault: Vault) -> None:
    """A text copied into another row, or under another key, does not open."""
    key, other = await vault.create(), await vault.create()
    sealed = await vault.seal(key, "message:a:1", WORDS)
    for owner, place in ((key, "message:a:2"), (other, "message:a:1")):
        with pytest.raises(Tampered):
            await vault.unseal(owner, place, sealed)


@pytest.mark.parametrize("position", [0, 1, 13, -1])
async def test_an_altered_text_does_not_open(vault: Vault, position: int) -> None:
    """Any changed byte is noticed: format, nonce, words or tag."""
    key = await vault.create()
    sealed = bytearray(await vault.seal(key, "message:a:1", WORDS))
    sealed[position] ^= 1
    with pytest.raises(Tampered):
        await vault.unseal(key, "message:a:1", bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" * 20])
async def test_a_truncated_text_does_not_open(vault: Vault, sealed: bytes) -> None:
    """What is too short to be sealed is tampered with, not a crash."""
    with pytest.raises(Tampered):
        await vault.unseal(await vault.create(), "message:a:1", sealed)


async def test_a_sealed_text_shows_nothing_of_itself(vault: Vault) -> None:
    """Neither its words nor that two texts are the same."""
    key = await vault.create()
    first, second = await vault.seal_many(key, [("p", WORDS), ("p", WORDS)])
    assert first != second
    assert WORDS.encode() not in first
    assert await vault.unseal_many(key, [("p", first), ("p", second)]) == [WORDS, WORDS]


async def test_blinded_terms_match_under_one_key_only(vault: Vault) -> None:
    """Equal terms of one owner are equal, of two owners not, and none shows its word."""
    key, other = await vault.create(), await vault.create()
    first, again, different = await vault.blind(key, ["支付", "支付", "回滚"])
    assert first == again != different
    assert {len(first), len(different)} == {16}
    assert "支付".encode() not in first
    assert [first] != await vault.blind(other, ["支付"])
