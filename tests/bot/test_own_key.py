"""Promises of the private backup: an export that its owner's own key opens, and no other."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pyrage
import pytest

from adapters.base import Address, Card, Message, Receive
from bot.app import Fenshen
from bot.archive import unzipped, verdict
from bot.exporting import confirmed_export, export_file
from bot.sentences import say
from bot.settings import BadSettings, Settings
from skills.store import Store
from tests.bot.test_exporting import key as public_key

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
ANA = "lark:t:ana"


@pytest.fixture
async def spoken(joins: Callable[..., Awaitable[None]], receive: Receive, says: Says, sent: list[Shown]) -> None:
    """Ana has a double and has said something."""
    await joins("ana")
    await receive(says("ana", "the gateway restarts at nine"))
    sent.clear()


@pytest.fixture
def identity() -> pyrage.x25519.Identity:
    """Ana's own, that nobody else has."""
    return pyrage.x25519.Identity.generate()


@pytest.mark.parametrize("platform", ["lark", "dingtalk"])
async def test_what_is_no_key_of_age_exports_nothing(
    spoken: None,
    receive: Receive,
    says: Says,
    settled: Settled,
    sent: list[Shown],
    given: list[tuple[Address, str, bytes]],
    store: Store,
    tmp_path: Path,
    platform: str,
) -> None:
    """Neither in the chat, alone with its owner, nor by the command."""
    await receive(says("ana", "/export age1nokey", to_bot=True, platform=platform))
    await settled()
    ((to, card),) = sent
    assert (to.person, card.text) == (f"{platform}:t:ana", say("zh", "export_no_key"))
    with pytest.raises(BadSettings, match="age1"):
        await export_file(Settings(data=tmp_path), ANA, None, "age1nokey")
    assert (given, await store.exports(ANA)) == ([], [])


async def test_an_export_to_a_key_is_opened_by_it_alone(
    spoken: None,
    receive: Receive,
    says: Says,
    settled: Settled,
    sent: list[Shown],
    given: list[tuple[Address, str, bytes]],
    store: Store,
    identity: pyrage.x25519.Identity,
) -> None:
    """Asked for in the group and sent alone; whole and signed once it is open; the card names the key."""
    await receive(says("ana", f"/export {identity.to_public()}", to_bot=True))
    await settled()
    ((to, name, data),) = given
    assert (to.person, to.chat) == (ANA, None)
    assert re.fullmatch(r"fenshen-export-\w+\.zip\.age", name)
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(data, [pyrage.x25519.Identity.generate()])
    assert unzipped(data) is None
    assert verdict(unzipped(pyrage.decrypt(data, [identity])), await public_key(store)).ok
    assert str(identity.to_public()) in sent[-1][1].text


async def test_the_command_shows_its_owner_to_which_key_it_seals(
    spoken: None, fenshen: Fenshen, store: Store, sent: list[Shown], identity: pyrage.x25519.Identity, tmp_path: Path
) -> None:
    """With the code, before they read it out: so that nobody slips in another."""

    def ask() -> str:
        ((to, card),) = sent
        assert to.person == ANA
        assert str(identity.to_public()) in card.text
        return card.text.partition("：")[2].partition("（")[0]

    out, settings, named = tmp_path / "ana.zip.age", Settings(data=tmp_path), str(identity.to_public())
    assert await confirmed_export(settings, store, fenshen.platforms["lark"], ANA, out, named, ask=ask) == 0
    assert verdict(unzipped(pyrage.decrypt(out.read_bytes(), [identity])), await public_key(store)).ok


async def test_where_no_file_can_be_sent_the_command_names_the_key(
    receive: Receive, says: Says, settled: Settled, sent: list[Shown], identity: pyrage.x25519.Identity
) -> None:
    """So that the operator who runs it cannot open what it writes."""
    await receive(says("ana", f"/export {identity.to_public()}", to_bot=True, platform="dingtalk"))
    await settled()
    ((_, card),) = sent
    assert f"--person dingtalk:t:ana --to {identity.to_public()}" in card.text
