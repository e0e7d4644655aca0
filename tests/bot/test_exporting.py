"""Promises of the export: the owner's alone, whole and signed, of nobody else's, and good for coming back."""

import io
import json
import re
import zipfile
from base64 import b64encode
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from adapters.base import Address, Card, Click, Message, Receive
from bot.app import Fenshen
from bot.archive import MANIFEST, unzipped, verdict, zipped
from bot.exporting import confirmed_export
from bot.sentences import say
from bot.settings import Settings
from bot.verifying import verify_export
from skills.signing import EXPORT
from skills.store import Store
from skills.words import Claim
from tests.bot.conftest import Company

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
Exports = Callable[..., Awaitable[int]]
Files = dict[str, bytes]
ANA, BO = "lark:t:ana", "lark:t:bo"
SAID = (
    "the gateway restarts at nine",
    "the launch window is Thursday afternoon",
    "印章在二楼打印机后面 the stamp cabinet",
)
ASKED = ("when does the gateway restart", "when is the launch window", "where the stamp cabinet is")


@pytest.fixture
async def spoken(joins: Joins, receive: Receive, says: Says) -> None:
    """Ana has a double and has said a few things."""
    await joins("ana")
    for words in SAID:
        await receive(says("ana", words))


@pytest.fixture
def exports(store: Store, fenshen: Fenshen, sent: list[Shown], tmp_path: Path) -> Exports:
    """Run the command for somebody, who reads out the code unless another is given."""

    async def export(person: str = "ana", out: str = "ana.zip", code: str | None = None) -> int:
        def ask() -> str:
            if code is not None:
                return code
            (card,) = [card for to, card in sent if to.person == f"lark:t:{person}"]
            return card.text.partition("：")[2].partition("（")[0]

        sent.clear()
        platform, settings = fenshen.platforms["lark"], Settings(data=tmp_path)
        return await confirmed_export(settings, store, platform, f"lark:t:{person}", tmp_path / out, ask=ask)

    return export


async def answers(asks: Asks, person: str = "bo") -> list[list[str]]:
    """What a colleague is told on each question."""
    return [[q.text for q in (await asks(person, f"ask Ana {question}"))[1].quotes] for question in ASKED]


async def key(store: Store) -> str:
    """The house's public key as it is printed."""
    return b64encode(await store.public_key()).decode()


def rows(data: bytes) -> list[dict[str, object]]:
    """The objects of a file with one a line."""
    return [json.loads(line) for line in data.splitlines()]


async def test_without_the_owners_code_nothing_is_written_and_nobody_learns_who_has_a_double(
    spoken: None, exports: Exports, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong code and a person without a double end the same; nothing is written over."""
    said = set()
    for person in ("ana", "bo"):
        assert await exports(person, code="ABCDEFGH") == 1
        said.add(capsys.readouterr().err)
    assert len(said) == 1
    assert list(tmp_path.glob("*.zip")) == []
    (tmp_path / "ana.zip").write_bytes(b"mine")
    assert await exports() == 1
    assert (tmp_path / "ana.zip").read_bytes() == b"mine"


async def test_an_export_is_whole_and_verified_by_the_public_key_alone(
    spoken: None, exports: Exports, store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """For its owner's eyes; signed, counted, in the ledger; by another key it is worth nothing."""
    assert await exports() == 0
    file = tmp_path / "ana.zip"
    assert file.stat().st_mode & 0o077 == 0
    assert verify_export(file, await key(store), "en") == 0
    assert "3 messages" in capsys.readouterr().out
    assert verify_export(file, b64encode(bytes(32)).decode(), "en") == 1
    assert verify_export(file, None, "en") == 1
    assert verify_export(tmp_path / "none.zip", await key(store), "en") == 1
    assert await store.verify(ANA) is None
    assert len(await store.exports(ANA)) == 1
    assert await store.exports(BO) == []


def changed(files: Files, name: str) -> Files:
    """One byte of one file is another, or one more."""
    data = bytearray(files[name] or b" ")
    data[len(data) // 2] ^= 1
    return {**files, name: bytes(data)}


async def test_whatever_is_changed_missing_or_added_is_found(
    spoken: None, exports: Exports, store: Store, tmp_path: Path
) -> None:
    """Every file of it, one after another; and an archive that is none."""
    await exports()
    public = await key(store)
    files = unzipped((tmp_path / "ana.zip").read_bytes())
    assert files is not None
    assert verdict(files, public).ok
    assert verdict(files, b64encode(bytes(32)).decode()).sentence == "verify_forged"
    for name in files:
        lacking = {other: data for other, data in files.items() if other != name}
        assert not verdict(changed(files, name), public).ok
        assert not verdict(lacking, public).ok
    assert not verdict({**files, "more.txt": b""}, public).ok
    assert verdict(unzipped(b"PK\x03\x04"), public).sentence == "export_unreadable"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(MANIFEST, files[MANIFEST])
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(MANIFEST, files[MANIFEST])
    assert unzipped(buffer.getvalue()) is None


async def test_a_ledger_or_receipt_that_does_not_hold_is_found_though_the_house_signed_the_archive(
    spoken: None, exports: Exports, store: Store, tmp_path: Path
) -> None:
    """The hashes of the files are no excuse for what is in them."""
    from bot.archive import manifest
    from skills.portable import Portable

    await exports()
    files = unzipped((tmp_path / "ana.zip").read_bytes())
    portable = await store.portable(ANA)
    assert files is not None
    assert isinstance(portable, Portable)
    signed = json.loads(files.pop(MANIFEST))

    async def told(forged: Files) -> str:
        again = {**manifest(portable, forged), "ledger": signed["ledger"]}
        whole = unzipped(zipped(forged, await store.signed(again, EXPORT)))
        return verdict(whole, await key(store)).sentence

    assert await told(files) == "export_valid"
    lines = files["ledger.jsonl"].splitlines(keepends=True)
    assert await told({**files, "ledger.jsonl": b"".join(lines[:-1])}) == "export_ledger"
    assert await told({**files, "ledger.jsonl": b"".join(lines).replace(b"given", b"taken", 1)}) == "export_ledger"
    record = next(name for name in files if name.startswith("receipts/"))
    assert await told({**files, record: files[record].replace(b"controller", b"c0ntroller", 1)}) == "export_receipts"


async def test_it_holds_all_of_its_owners_and_nothing_of_others(
    spoken: None, exports: Exports, store: Store, asks: Asks, tmp_path: Path
) -> None:
    """Not who asked, not in the ledger's contents either; every answer carries the mark that a machine gave it."""
    await answers(asks)
    await store.withhold(Claim("lark", "topic"), ANA, ["supplier"])
    await exports()
    files = unzipped((tmp_path / "ana.zip").read_bytes())
    assert files is not None
    assert not any(BO.encode() in data for data in files.values())
    assert sorted(str(row["text"]) for row in rows(files["messages.jsonl"])) == sorted(SAID)
    assert [row["credit"] for row in rows(files["answers.jsonl"])] == [1, 1, 1]
    assert all(row["AIGC"]["ProduceID"] == row["id"] for row in rows(files["answers.jsonl"]))  # type: ignore[index]
    assert [row["words"] for row in rows(files["withheld.jsonl"])] == ["supplier"]
    kinds = [row["kind"] for row in rows(files["consents.jsonl"])]
    assert kinds == ["given", "look_back"]
    assert len([name for name in files if name.startswith("receipts/")]) == len(kinds)
    assert rows(files["ledger.jsonl"])[-1]["kind"] == "exported"


async def test_exported_erased_and_brought_back_under_a_fresh_consent_the_same_is_answered(
    spoken: None,
    exports: Exports,
    fenshen: Fenshen,
    asks: Asks,
    joins: Joins,
    receive: Receive,
    says: Says,
    settled: Settled,
    sent: list[Shown],
    tmp_path: Path,
) -> None:
    """In between, nothing; and the one who leaves is told which copies are out of reach."""
    before = await answers(asks)
    # all was said in one go, and is shown with what was asked for
    assert all(words in quote.split("\n") for words, (quote,) in zip(SAID, before, strict=True))
    await exports()
    sent.clear()
    await receive(says("ana", "leave", to_bot=True, direct=True))
    await settled()
    assert any(card.note.startswith("You exported 1 times") for _, card in sent)
    assert await answers(asks, "cy") == [[], [], []]
    await joins("ana")
    files = unzipped((tmp_path / "ana.zip").read_bytes())
    assert files is not None
    outcome, counts = await fenshen.learning.take_in(ANA, files["messages.jsonl"])
    assert outcome == "imported"
    assert int(counts["kept"]) == len(SAID)
    await settled()
    assert await answers(asks) == before


@pytest.mark.parametrize(("words", "platform"), [("导出", "dingtalk"), ("/export file", "dingtalk")])
async def test_where_no_file_can_be_sent_it_is_said_how_to_get_one(
    receive: Receive, says: Says, settled: Settled, sent: list[Shown], words: str, platform: str
) -> None:
    """With the very command, and alone with the one who asks."""
    await receive(says("ana", words, to_bot=True, platform=platform))
    await settled()
    ((to, card),) = sent
    assert to.person == f"{platform}:t:ana"
    assert card.text == say("zh", "export_how", person=to.person)


@pytest.mark.parametrize("way", ["tap", "word"])
async def test_one_tap_sends_it_to_its_owner_alone(
    spoken: None,
    receive: Receive,
    says: Says,
    taps: Callable[..., Click],
    settled: Settled,
    sent: list[Shown],
    store: Store,
    given: list[tuple[Address, str, bytes]],
    way: str,
) -> None:
    """In the direct chat, though it was asked for in the group; whole, and once for each delivery."""
    sent.clear()
    await receive(says("ana", "export", to_bot=True))
    await settled()
    ((to, card),) = sent
    assert to.person == ANA
    (button,) = card.buttons
    word = says("ana", str(button.command), to_bot=True)
    event = taps("ana", button.action, button.value) if way == "tap" else word
    for _ in range(2):
        await receive(event)
        await settled()
    ((where, name, data),) = given
    assert (where.person, where.chat) == (ANA, None)
    found = verdict(unzipped(data), await key(store))
    assert found.ok
    assert str(found.fields["export"]) in name
    assert len(await store.exports(ANA)) == 1


async def test_whoever_has_no_double_is_sent_no_file(
    receive: Receive, says: Says, settled: Settled, sent: list[Shown], given: list[tuple[Address, str, bytes]]
) -> None:
    """And is told so, alone."""
    await receive(says("bo", "/export file", to_bot=True))
    await settled()
    ((to, card),) = sent
    assert (to.person, card.text, given) == (BO, say("zh", "export_none"), [])


async def test_a_file_that_the_platform_does_not_take_is_had_by_the_command(
    spoken: None, receive: Receive, says: Says, settled: Settled, sent: list[Shown], company: Company
) -> None:
    """Nothing is sent by half."""
    company.largest = 10
    sent.clear()
    await receive(says("ana", "/export file", to_bot=True))
    await settled()
    ((_, card),) = sent
    assert card.text == say("zh", "export_how", person=ANA)
    assert company.given == []


@pytest.mark.parametrize(
    ("name", "slug"), [("Ana", "colleague-ana"), ("陈屿", None), ("Zoë O'Neil -", "colleague-zoe-o-neil")]
)
async def test_its_agent_skill_is_valid_by_the_standard_and_holds_nothing_withheld(
    spoken: None, exports: Exports, store: Store, tmp_path: Path, name: str, slug: str | None
) -> None:
    """A folder of the skill's own name, only the keys that are known, every value of the metadata a string."""
    await store.rename(ANA, name)
    await store.withhold(Claim("lark", "topic"), ANA, ["gateway"])
    await exports()
    files = unzipped((tmp_path / "ana.zip").read_bytes())
    assert files is not None
    (path,) = [path for path in files if path.endswith("/SKILL.md")]
    folder = path.split("/")[1]
    front, body = files[path].decode().removeprefix("---\n").split("\n---\n")
    lines = dict(line.split(": ", 1) for line in front.replace("metadata:\n", "").splitlines())
    assert {key for key in lines if not key.startswith(" ")} == {"name", "description", "license"}
    assert all(isinstance(json.loads(value), str) and json.loads(value) for value in lines.values())
    assert json.loads(lines["name"]) == folder
    assert re.fullmatch(r"colleague(-[a-z0-9]+)+", folder)
    assert slug in (None, folder)
    assert len(body.splitlines()) < 500
    (quotes,) = [data.decode() for other, data in files.items() if "/references/" in other]
    assert [words in quotes for words in SAID] == [False, True, True]
    assert [row["withheld"] for row in rows(files["messages.jsonl"])].count(True) == 1
