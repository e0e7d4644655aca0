"""Promises of the disk: a word that was said stands there in no form, before its owner leaves or after."""

import gzip
import secrets
import zlib
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from skills.database import libpq_url
from skills.ground import open_ground
from skills.postgres import embedded
from skills.small_model import small_model
from skills.words import Claim, Notice, Said, Venue
from tests.scanned import files_with, stands

ANA, BO, OPS = "lark:t:ou_ana", "lark:t:ou_bo", "lark:t:oc_ops"
NOTICE = Notice("1", "zh", "ab" * 32)


@pytest.mark.parametrize(
    "left",
    [
        lambda word: b"xx" + word,
        lambda word: word.decode().encode("utf-16-le"),
        lambda word: word.decode().encode("utf-16-be"),
        lambda word: b64encode(b"x" + word + b"yz"),
        lambda word: b64encode(b"xx" + word + b"yz"),
        lambda word: b64encode(b"xxx" + word + b"yz"),
        lambda word: b"zz" + gzip.compress(b"said " + word) + b"zz",
        lambda word: b"zz" + zlib.compress(b64encode(b"said " + word)) + b"zz",
        lambda word: word.hex().encode(),
    ],
)
def test_a_word_is_found_in_every_form(left: Callable[[bytes], bytes]) -> None:
    """Else that nothing is found would prove nothing."""
    word = f"zyzzyva{secrets.token_hex(6)}"
    assert stands(left(word.encode()), word)
    assert not stands(left(word.encode()), word[::-1])


@pytest.mark.embedded
async def test_no_file_of_the_data_ever_holds_a_word(short_directory: Path, names: Callable[[], str]) -> None:
    """Tables, write-ahead log, temporary files, logs and keyring: sealed while she shares, and after she left."""
    data, word, now = short_directory / names(), f"zyzzyva{secrets.token_hex(6)}", datetime.now(UTC)
    async with open_ground(data, meaning=small_model()) as ground:
        store = ground.store
        offer = await store.offer(Claim("lark", "e1"), ANA, OPS, "en")
        assert offer is not None
        name = f"{word[:8]}Ana{word[8:]}"
        wish = {"person": ANA, "name": name, "audience": "chat", "since": now - timedelta(days=1), "notice": NOTICE}
        assert await store.join(Claim("lark", "e2"), offer.id, **wish)  # type: ignore[arg-type]
        said = [Said(ANA, OPS, f"om{n}", now, f"the gateway {word} number {n} restarts at nine") for n in range(40)]
        assert await store.backfill(ANA, OPS, said) == 40
        await store.embed(ANA)
        await store.distil(ANA)
        await store.withhold(Claim("lark", "e3"), ANA, [f"topic {word}"])
        grant = await store.grant(ANA, asker=BO, venue=Venue(OPS, False), readers=None)
        assert grant is not None
        found = await store.recall(grant, "gateway restarts")
        assert await store.deliver(grant, [passage.id for passage in found[:2]]) is not None
        assert any(word in passage.text for passage in await store.own(ANA))
        await _flushed(data)
        assert len(list(data.rglob("*"))) > 500
        assert files_with(word, data) == files_with(name, data) == []
        gone = await store.leave(Claim("lark", "e4"), ANA)
        assert gone is not None
        assert (await store.erase(gone.id)).residue == 0
        await _flushed(data)
        assert files_with(word, data) == files_with(name, data) == []


async def _flushed(data: Path) -> None:
    """What the server holds in memory is written to its files."""
    async with embedded(data) as server:
        with psycopg.connect(libpq_url(server.admin_url), autocommit=True) as connection:
            connection.execute("CHECKPOINT")
