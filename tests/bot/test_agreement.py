"""Promises of the works agreement's file: signed or no start; shown to anybody; its hash on every receipt."""

import asyncio
import json
import re
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Awaitable, Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.base import Address, Card, Message, Receive
from bot.agreement import ForbidsBody, agree, read
from bot.receipts import missing
from bot.sentences import say
from bot.settings import BadSettings, Settings
from skills.store import Store

Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[tuple[Address, Card]]]
KEY, OTHER = Ed25519PrivateKey.from_private_bytes(b"k" * 32), Ed25519PrivateKey.from_private_bytes(b"o" * 32)
SIGNER = b64encode(KEY.public_key().public_bytes_raw()).decode()
SAID: dict[str, Any] = {
    "version": 1,
    "zh": "分身只用于答疑，不用于考核。",
    "en": "Doubles answer questions; nobody is assessed by them.",
    "forbids": {"chats": ["lark:t:hr"], "retention_days": 180, "answers_to_one": 10}
    | {"level": "outline", "mode": "review", "days": 60},
}


def write(directory: Path, said: object = None, key: Ed25519PrivateKey = KEY) -> Path:
    """A file and its signature beside it."""
    path = directory / "agreement.json"
    data = json.dumps(SAID if said is None else said, ensure_ascii=False).encode()
    path.write_bytes(data)
    path.with_name("agreement.json.sig").write_bytes(key.sign(data))
    return path


def settings(path: Path, signer: str = SIGNER) -> Settings:
    """What an operator sets."""
    return Settings(agreement=path, agreement_signer=signer)


@pytest.mark.skipif(not (shutil.which("openssl") and shutil.which("base64")), reason="needs openssl and base64")
async def test_every_command_of_the_page_works(tmp_path: Path, store: Store) -> None:
    """The page's own file, signed as it says, is put in force."""
    page = (Path(__file__).parents[2] / "docs" / "agreement.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```json\n(.*?)^```", page, re.M | re.S)
    (tmp_path / "agreement.json").write_text(example, encoding="utf-8")
    script = "set -eu\n" + "".join(re.findall(r"^```sh\n(.*?)^```", page, re.M | re.S))
    command = ["sh", "-c", script]
    run = partial(subprocess.run, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    done = await asyncio.to_thread(run, command)
    signer = (tmp_path / "agreement.pub").read_text().strip()
    await agree(settings(tmp_path / "agreement.json", signer), store)
    agreed = await store.agreement()
    assert agreed is not None
    assert agreed.sha256 == done.stdout.split()[0]
    assert set(ForbidsBody.model_fields) == set(json.loads(example)["forbids"])


async def test_a_file_that_was_changed_after_it_was_signed_stops_the_start(tmp_path: Path, store: Store) -> None:
    """By a blank; and so does another's signature, half of one, none, and no file at all."""
    path = write(tmp_path)
    path.write_bytes(path.read_bytes() + b" ")
    sign = path.with_name("agreement.json.sig")
    with pytest.raises(BadSettings, match="signature"):
        await agree(settings(path), store)
    with pytest.raises(BadSettings, match="signature"):
        await agree(settings(write(tmp_path, key=OTHER)), store)
    sign.write_bytes(KEY.sign(path.read_bytes())[:32])
    with pytest.raises(BadSettings, match="signature"):
        await agree(settings(path), store)
    for gone in (sign, path):
        gone.unlink()
        with pytest.raises(BadSettings, match="cannot be read"):
            await agree(settings(path), store)
    assert await store.agreement() is None


@pytest.mark.parametrize(
    "change",
    [
        {"allows": {"chats": ["lark:t:ops"]}},
        {"version": 0},
        {"version": "1"},
        {"en": ""},
        {"forbids": {"answers_to_one": 21}},
        {"forbids": {"retention_days": 0}},
        {"forbids": {"level": "full"}},
        {"forbids": {"mode": "auto"}},
        {"forbids": {"days": 181}},
        {"forbids": {"anything": 1}},
        {"forbids": {"chats": "lark:t:hr"}},
    ],
)
def test_a_signed_file_that_is_no_agreement_stops_the_start(tmp_path: Path, change: dict[str, Any]) -> None:
    """There is no word in it by which anything could be allowed or widened."""
    with pytest.raises(BadSettings, match="no works agreement"):
        read(write(tmp_path, {**SAID, **change}), SIGNER)


@pytest.mark.parametrize("signer", ["", "é", "short", SIGNER[:-4]])
def test_a_signer_that_is_no_public_key_stops_the_start(tmp_path: Path, signer: str) -> None:
    """Nothing is compared with nothing."""
    with pytest.raises(BadSettings):
        read(write(tmp_path), signer)


def test_a_file_without_a_signer_is_a_wrong_setting(tmp_path: Path) -> None:
    """And a signer without a file."""
    for half in ({"agreement": tmp_path}, {"agreement_signer": SIGNER}):
        with pytest.raises(ValueError, match="FENSHEN_AGREEMENT_SIGNER"):
            Settings(**half)


async def test_an_agreement_that_is_named_no_more_stops_the_start(tmp_path: Path, store: Store) -> None:
    """Unsetting the setting ends no agreement; a newer one, signed, takes its place."""
    await agree(settings(write(tmp_path)), store)
    with pytest.raises(BadSettings, match="under a works agreement"):
        await agree(Settings(), store)
    with pytest.raises(BadSettings, match="higher version"):
        await agree(settings(write(tmp_path, {**SAID, "zh": "别的"})), store)
    await agree(settings(write(tmp_path, {**SAID, "version": 2, "forbids": {}})), store)
    agreed = await store.agreement()
    assert agreed is not None
    assert agreed.version == 2


async def test_anybody_is_shown_the_rules(tmp_path: Path, store: Store, asks: Asks) -> None:
    """In a group, without a double: the text, what it forbids, and the hash of the very file; or that there is none."""
    none = (await asks("bo", "/rules"))[1].text
    assert none == f"{say('zh', 'rules_none')}\n\n{say('zh', 'rules_handover')}"
    path = write(tmp_path)
    await agree(settings(path), store)
    card = (await asks("cy", "rules"))[1]
    assert SAID["en"] in card.text
    assert "180 days" in card.text
    assert "1 chats" in card.text
    assert say("en", "rules_days", most=60) in card.text
    assert say("en", "rules_outline") in card.text
    assert say("en", "rules_review") in card.text
    assert "lark:t:hr" not in card.text
    assert sha256(path.read_bytes()).hexdigest() in card.note
    assert SAID["zh"] in (await asks("cy", "规则"))[1].text


async def test_the_agreement_in_force_stands_on_every_receipt(
    tmp_path: Path,
    store: Store,
    joins: Joins,
    receive: Receive,
    says: Callable[..., Message],
    settled: Callable[[], Awaitable[None]],
    sent: list[tuple[Address, Card]],
) -> None:
    """By version and hash, under the signature; where there is none, nothing is said of it."""
    await joins("ana", "join_today")
    documents = []
    path = write(tmp_path)
    for _ in range(2):
        sent.clear()
        await receive(says("ana", "/receipt", direct=True))
        await settled()
        ((_, card),) = sent
        documents.append(json.loads(card.text[card.text.index("{") :]))
        await agree(settings(path), store)
    assert "agreement" not in documents[0]
    assert documents[1]["agreement"] == {"version": 1, "sha256": sha256(path.read_bytes()).hexdigest()}
    assert [missing(document) for document in documents] == [[], []]
