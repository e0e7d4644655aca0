"""Promises of receipts: private, whole, and signed, so that anybody can check them with the public key alone."""

import copy
import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.base import Address, Card, Message, Receive
from adapters.dingtalk import markdown as dingtalk
from adapters.lark import markdown as lark
from bot.__main__ import main
from bot.receipts import missing
from bot.sentences import say
from bot.settings import Settings
from bot.verifying import verify_receipt
from skills.signing import is_signed_by
from skills.store import Store

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Joins = Callable[..., Awaitable[None]]
Document = dict[str, Any]
Gets = Callable[..., Awaitable[Document]]
ANA, BO = "lark:t:ana", "lark:t:bo"
# the standard's mandatory fields, by where the receipt has them
MANDATORY = """
    schema_version receipt_id record_id pii_principal_id notice.version notice.language notice.sha256
    processing.purpose processing.lawful_basis processing.pii_information processing.pii_type processing.pii_controller
    processing.storage_location processing.retention_period processing.jurisdiction processing.recipients
    processing.withdrawal_method party.party_id party.party_name party.party_address party.party_contact
    party.party_type event.event_time event.validity_duration event.entity_id event.event_type event.event_state
    ledger.seq ledger.head
""".split()


def read(card: Card) -> Document:
    """The file that a card shows."""
    found: Document = json.loads(card.text[card.text.index("{") :])
    return found


@pytest.fixture
async def key(store: Store) -> str:
    """The public key that the house tells everybody."""
    return b64encode(await store.public_key()).decode()


@pytest.fixture
def gets(receive: Receive, says: Says, settled: Settled, sent: list[Shown]) -> Gets:
    """What somebody is sent who asks for a receipt."""

    async def get(who: str = "ana", words: str = "/receipt") -> Document:
        sent.clear()
        await receive(says(who, words, to_bot=True))
        await settled()
        ((to, card),) = sent
        assert to.person == f"lark:t:{who}"
        return read(card)

    return get


@pytest.fixture
async def receipt(joins: Joins, gets: Gets) -> Document:
    """Ana's, fresh."""
    await joins("ana", "join_today")
    return await gets()


async def test_nobody_gets_a_receipt_of_somebody_elses(
    receipt: Document, receive: Receive, says: Says, settled: Settled, sent: list[Shown]
) -> None:
    """Knowing its id opens nothing, and the refusal is the same as for none."""
    for words in (f"/receipt {receipt['record_id']}", "/receipt NONE", "收据"):
        sent.clear()
        await receive(says("bo", words, to_bot=True))
        await settled()
        ((to, card),) = sent
        assert (to.person, card.text) in {(BO, say(language, "receipt_none")) for language in ("zh", "en")}


@pytest.mark.parametrize("field", MANDATORY)
async def test_a_receipt_carries_every_mandatory_field(receipt: Document, field: str) -> None:
    """And one that lacks it is not called whole, though it were signed."""
    assert missing(receipt) == []
    first, _, then = field.partition(".")
    without = copy.deepcopy(receipt)
    del (without[first] if then else without)[then or first]
    assert missing(without) == [field]


async def test_a_receipt_is_signed_and_any_change_undoes_it(receipt: Document, key: str) -> None:
    """Every value that is changed or left out is found, in the proof too; another key proves nothing."""
    assert is_signed_by(receipt, key)
    for name in receipt:
        assert not is_signed_by({**receipt, name: "changed"}, key)
        assert not is_signed_by({k: v for k, v in receipt.items() if k != name}, key)
    other = b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    assert not is_signed_by(receipt, other)
    assert not is_signed_by({**receipt, "proof": {**receipt["proof"], "public_key": other}}, other)


async def test_the_notices_hash_is_that_of_the_text_shown(receipt: Document) -> None:
    """The card's sentence and the full notice, hashed anew."""
    spoken = receipt["notice"]["language"]
    full = (files("bot") / "notices" / f"{spoken}.md").read_text(encoding="utf-8")
    shown = f"{say(spoken, 'offer_text')}\n\n{full}".encode()
    assert receipt["notice"]["sha256"] == hashlib.sha256(shown).hexdigest()


async def test_every_event_has_its_receipt_after_leaving_too(
    receipt: Document, gets: Gets, receive: Receive, says: Says, settled: Settled, key: str
) -> None:
    """Leaving is an event; the first receipt can still be had, with a ledger that went on."""
    await receive(says("ana", "退出", to_bot=True))
    await settled()
    left = await gets()
    assert left["event"]["event_state"] == "dpv:ConsentWithdrawn"
    again = await gets(words=f"/receipt {receipt['record_id'].lower()}")
    assert (again["record_id"], again["event"]) == (receipt["record_id"], receipt["event"])
    assert again["ledger"]["seq"] > receipt["ledger"]["seq"]
    assert is_signed_by(left, key)
    assert is_signed_by(again, key)


def verified(tmp_path: Path, document: object, *more: str) -> int:
    """The exit code of `fenshen verify receipt`."""
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return _exit(["verify", "receipt", str(path), *more])


def _exit(arguments: list[str]) -> int:
    """Run the command outside the test's loop."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(main, arguments).result()


async def test_the_command_verifies_with_the_key_alone(
    receipt: Document, key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Given or beside the file; without a key, with the receipt's own word for it, or changed: 1."""
    assert verified(tmp_path, receipt) == 1
    assert verified(tmp_path, receipt, "--key", key) == 0
    assert receipt["record_id"] in capsys.readouterr().out
    assert verified(tmp_path, {**receipt, "pii_principal_id": BO}, "--key", key) == 1
    assert verified(tmp_path, [], "--key", key) == 1
    (tmp_path / "fenshen.pub").write_text(key)
    assert verified(tmp_path, receipt) == 0


def flat(text: str) -> str:
    """As it was."""
    return text


@pytest.mark.parametrize(
    "change",
    [
        flat,
        dingtalk.escape,
        lambda text: dingtalk.plain(dingtalk.escape(text)),
        lark.escape,
        lambda text: dingtalk.quoted(text),
        lambda text: "\ufeff" + text.replace(" ", "\xa0"),
        lambda text: text.replace(",", ",\n  ").replace(":{", ": {\n\t"),
        lambda text: re.sub("(.{80})", r"\1\n", text),
        lambda text: text + "\n\n你的其他记录：abc\n",
    ],
)
async def test_a_receipt_copied_out_of_a_card_verifies(
    joins: Joins,
    receive: Receive,
    says: Says,
    settled: Settled,
    sent: list[Shown],
    key: str,
    tmp_path: Path,
    change: Callable[[str], str],
) -> None:
    """With the words around it, escaped as either platform does, spaces and lines changed; a changed word never."""
    await joins("ana", "join_today")
    sent.clear()
    await receive(says("ana", "/receipt", to_bot=True))
    await settled()
    ((_, shown),) = sent
    path = tmp_path / "copied.txt"
    path.write_text(change(shown.text), encoding="utf-8")
    assert verify_receipt(path, key, "zh") == 0
    path.write_text(change(shown.text.replace("lark:t:ana", "lark:t:bo")), encoding="utf-8")
    assert verify_receipt(path, key, "zh") == 1


async def test_whoever_verifies_needs_no_settings(
    receipt: Document, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even right ones: a receipt is checked far from any server."""
    for name, value in (("FENSHEN_PORT", "none"), ("DATABASE_URL", "postgresql://nowhere/x")):
        monkeypatch.setenv(name, value)
    assert verified(tmp_path, receipt, "--key", key) == 0


def test_the_doctor_is_told_what_nobody_has_stated(tmp_path: Path) -> None:
    """Each of the controller's settings, until it is set."""
    assert len(Settings(data=tmp_path).unstated) == 5
    assert "FENSHEN_JURISDICTION" not in Settings(data=tmp_path, jurisdiction="DE").unstated
