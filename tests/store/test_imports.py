"""An owner's file of messages: their own words come in, everybody else's are counted and dropped."""

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from skills.imports import LARGEST, LONGEST_LINE, NotReadable, read_lines

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA, BO = "dingtalk:corp9:ana", "dingtalk:corp9:bo"
OPS = "dingtalk:corp9:cid_ops"


def _line(**more: Any) -> bytes:
    row = {"id": "m1", "chat": OPS, "sender": ANA, "name": "Ana", "text": "rollback", "at": "2026-03-01T09:00:00+00:00"}
    return json.dumps({**row, **more}, ensure_ascii=False).encode()


def _read(*lines: bytes) -> Any:
    return read_lines(b"\n".join(lines), owner=ANA, chats=[OPS])


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", "回滚".encode("gbk"), b"x" * (LARGEST + 1)])
def test_a_file_that_is_too_large_or_not_utf8_is_refused(data: bytes) -> None:
    """As a whole: half a file would be half a truth."""
    with pytest.raises(NotReadable):
        read_lines(data, owner=ANA, chats=[OPS])


@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        b"[1]",
        b"null",
        b"[" * 5_000,
        _line(text=""),
        _line(text=7),
        _line(id=None),
        _line(id="x" * 201),
        _line(id="m\x00"),
        _line(id="m1").replace(b"m1", b"m\\ud83d"),
        _line(text="\x00"),
        _line(sender=["a"]),
        _line(text="x" * LONGEST_LINE),
    ],
)
def test_a_bad_line_is_counted_and_harms_no_other(line: bytes) -> None:
    """The rest of the file is read."""
    read = _read(line, _line())
    assert (len(read.saids), read.bad) == (1, 1)


@pytest.mark.parametrize("more", [{"sender": BO}, {"sender": "ANA"}, {"sender": "ana "}, {"chat": "cid_dev"}])
def test_others_words_are_counted_and_dropped(more: dict[str, str]) -> None:
    """By id, exactly; a display name makes nobody the owner."""
    read = _read(_line(**more, name="Ana"))
    assert (read.saids, read.others) == ((), 1)


def test_an_owners_words_come_in_by_full_or_bare_id() -> None:
    """With a byte order mark, blank lines and Windows line ends."""
    read = _read(b"\xef\xbb\xbf" + _line() + b"\r", b"", b"  ", _line(id="m2", sender="ana", chat="cid_ops"))
    assert [(said.message, said.person, said.chat, said.source) for said in read.saids] == [
        ("m1", ANA, OPS, "file"),
        ("m2", ANA, OPS, "file"),
    ]
    assert (read.others, read.bad, read.undated, read.repeated) == (0, 0, 0, 0)


def test_what_no_database_can_hold_is_left_out_of_the_words() -> None:
    """Half an emoji or a NUL costs neither the line nor the file."""
    read = _read(_line(text="roll\x00back HALF").replace(b"HALF", b"\\ud83d\\ude00 \\ud83d"))
    assert [said.text.encode() for said in read.saids] == ["rollback \U0001f600 ".encode()]


def test_a_repeated_id_counts_once() -> None:
    """The first line of an id is the one that is kept."""
    read = _read(_line(), _line(text="something else"))
    assert [said.text for said in read.saids] == ["rollback"]
    assert read.repeated == 1


@pytest.mark.parametrize("at", [None, "", "yesterday", 1_772_000_000, "2026-13-01"])
def test_without_a_time_a_line_is_not_used(at: object) -> None:
    """Whether consent covers it could not be told."""
    read = _read(_line(at=at))
    assert (read.saids, read.undated) == ((), 1)


def test_a_time_without_a_zone_is_utc() -> None:
    """And one with a zone is what it says."""
    read = _read(_line(at="2026-03-01T09:00:00"), _line(id="m2", at="2026-03-01T17:00:00+08:00"))
    assert [said.at for said in read.saids] == [datetime(2026, 3, 1, 9, tzinfo=UTC)] * 2


async def test_what_a_file_holds_from_before_the_consent_is_dropped_by_the_store(company: "Company") -> None:
    """An import is no way around `since`, and none to import twice."""
    await company.join(ANA, OPS, back=10)
    early, late = (company.now - timedelta(days=days) for days in (11, 9))
    read = _read(_line(at=early.isoformat(), text="too early"), _line(id="m2", at=late.isoformat(), text="rollback"))
    assert await company.store.backfill(ANA, OPS, read.saids) == 1
    assert await company.store.backfill(ANA, OPS, read.saids) == 0
    assert await company.find(ANA, ANA, "rollback", direct=True) == ["rollback"]
