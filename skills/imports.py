"""Reading an owner's file of messages (`messages.jsonl`): their own words are kept, everybody else's only counted."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from skills.words import Said

LARGEST = 50 * 1024 * 1024  # bytes
LONGEST_LINE = 100 * 1024  # bytes
LONGEST_ID = 200
_NEEDED = ("id", "chat", "sender", "text")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")  # JSON can escape what neither UTF-8 nor the database can hold


class NotReadable(ValueError):
    """The file is larger than 50 MB or is not UTF-8."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What a file holds: the owner's own words by chat, and how many other lines there were of each kind."""

    saids: tuple[Said, ...]
    others: int  # of other people, or of chats without consent
    bad: int  # no JSON object, too long, or something needed is missing
    undated: int  # the owner's, but of a time unknown
    repeated: int  # the owner's, with an id that came before


def read_lines(data: bytes, *, owner: str, chats: Iterable[str]) -> Lines:
    """The owner's own messages in these chats. `sender` and `chat` are full ids or their last part, exactly.

    A time without a zone is UTC. Raises NotReadable.
    """
    if len(data) > LARGEST:
        raise NotReadable(NotReadable.__doc__)
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotReadable(NotReadable.__doc__) from error
    named = {name: chat for chat in chats for name in (chat, _bare(chat))}
    saids: dict[tuple[str, str], Said] = {}
    count = {"others": 0, "bad": 0, "undated": 0, "repeated": 0}
    for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        said = _read(line, owner, named) if line.strip() else None
        if isinstance(said, str):
            count[said] += 1
        elif said is not None and (said.chat, said.message) in saids:
            count["repeated"] += 1
        elif said is not None:
            saids[said.chat, said.message] = said
    return Lines(tuple(saids.values()), **count)


def _read(line: bytes, owner: str, chats: dict[str, str]) -> Said | str:
    """The owner's message on one line, or the kind of line that it is instead."""
    row = _object(line)
    if row is None or not all(isinstance(row.get(name), str) and row[name] for name in _NEEDED):
        return "bad"
    id_, chat, sender, words = (str(row[name]) for name in _NEEDED)
    if len(id_) > LONGEST_ID or _UNSTORABLE.search(id_) or not (words := _UNSTORABLE.sub("", words)):
        return "bad"
    if sender not in (owner, _bare(owner)) or chat not in chats:
        return "others"
    at = _time(row.get("at"))
    return "undated" if at is None else Said(owner, chats[chat], id_, at, words, source="file")


def _object(line: bytes) -> dict[str, Any] | None:
    if len(line) > LONGEST_LINE:
        return None
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _time(given: object) -> datetime | None:
    if not isinstance(given, str):
        return None
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _bare(id_: str) -> str:
    return id_.rsplit(":", 1)[-1]
