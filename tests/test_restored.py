"""A whole copy of the data, taken while all is stopped and put back after somebody left, serves nothing of them."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from skills.ground import Ground, open_ground
from skills.keyring import KeyringOlder
from skills.words import Claim, Notice, Said, Venue
from tests.folded import folded

pytestmark = pytest.mark.embedded

ANA, BO, CY, OPS = "lark:t:ana", "lark:t:bo", "lark:t:cy", "lark:t:ops"
NUMBERS = count(1)


def claim() -> Claim:
    """A delivery that never was before."""
    return Claim("lark", f"e{next(NUMBERS)}")


async def told(ground: Ground, owner: str) -> list[str]:
    """What Cy is answered with there, of one owner's."""
    grant = await ground.store.grant(owner, asker=CY, venue=Venue(OPS, False), readers=None)
    found = [] if grant is None else await ground.store.recall(grant, "rollback", 50)
    return [passage.text for passage in found]


async def live(ground: Ground, person: str) -> None:
    """They join, say something, pause and go on."""
    offer = await ground.store.offer(claim(), person, OPS, "en")
    assert offer is not None
    now, notice = datetime.now(UTC), Notice("1", "en", "ab" * 32)
    wish = {"person": person, "name": person[-3:], "audience": "chat", "since": now, "notice": notice}
    assert await ground.store.join(claim(), offer.id, **wish)  # type: ignore[arg-type]
    said = Said(person, OPS, f"om_{person}", datetime.now(UTC), f"rollback, says {person}")
    assert await ground.store.record(claim(), said)
    assert await ground.store.pause(claim(), person, OPS)
    assert await ground.store.resume(claim(), person, OPS)


async def killed(ground: Ground, server: Path) -> None:
    """The server dies at once, and is back."""
    dead = (server / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0]
    os.kill(int(dead), signal.SIGKILL)
    async with asyncio.timeout(60):
        while True:
            try:
                await ground.store.is_owner(ANA)
                return
            except DBAPIError:
                await asyncio.sleep(0.05)


def put(copy: Path, place: Path) -> None:
    """A copy stands there instead, with whoever owned its files."""
    shutil.rmtree(place, ignore_errors=True)
    subprocess.run(["cp", "-a", copy, place], check=True)


async def test_a_copy_of_the_data_put_back_serves_nothing_of_who_left(
    short_directory: Path, names: Callable[[], str]
) -> None:
    """With today's keyring others are served as before; with one as old as the copy, today's data are not started.

    And after a crash how consents stood is still what their events come to.
    """
    data = short_directory / names()
    server, keyring, backup = data / "postgres", data / "keyring", short_directory / names()
    backup.mkdir(mode=0o700)
    async with open_ground(data) as ground:
        for person in (ANA, BO):
            await live(ground, person)
        await killed(ground, server)
        assert await folded(ground.database) == 2
    put(server, backup / "postgres")
    put(keyring, backup / "keyring")
    async with open_ground(data) as ground:
        assert await told(ground, ANA) == [f"rollback, says {ANA}"]
        gone = await ground.store.leave(claim(), ANA)
        assert gone is not None
        await ground.store.erase(gone.id)
    put(keyring, backup / "today")
    put(backup / "keyring", keyring)
    with pytest.raises(KeyringOlder):
        async with open_ground(data):
            pass
    put(backup / "today", keyring)
    put(backup / "postgres", server)
    async with open_ground(data) as ground:
        assert not await ground.store.is_owner(ANA)
        assert await told(ground, ANA) == []
        assert await told(ground, BO) == [f"rollback, says {BO}"]
        assert await folded(ground.database) == 1
