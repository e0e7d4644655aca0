"""Reading an owner's file: their own words are kept, everybody else's only counted."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from skills.chat_exports import json_rows, table_rows, text_rows
from skills.colleague_skill import work_file, work_part
from skills.decoding import MOST_LINES, decoded, lines_of
from skills.mail import is_mail, mail_rows
from skills.notebook import note_rows
from skills.rows import UNNAMED, Row, row_of
from skills.slack import slack_root, slack_rows
from skills.unpacking import unpacked
from skills.words import Said

LARGEST = 50 * 1024 * 1024  # bytes, of a file and of all that an archive holds
LONGEST_LINE = 100 * 1024  # bytes
LONGEST_ID = 200
_NEEDED = ("id", "chat", "sender", "text")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")  # JSON can escape what neither UTF-8 nor the database can hold
_LOOKED_AT = 20  # lines from which a file's kind is told


class NotReadable(ValueError):
    """The file is larger than 50 MB or has too many lines, or is of no kind that can be read."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose file it is: their id and the names that the platform gives them, and the chats they switched on."""

    owner: str
    names: frozenset[str]
    chats: Mapping[str, str]  # id → name
    now: datetime
    into: str | None = None  # the chat that the owner chose for what does not say where it was said


@dataclass(frozen=True, slots=True)
class Lines:
    """What a file holds: the owner's own words by chat, and how many other lines there were of each kind."""

    saids: tuple[Said, ...]
    others: int = 0  # of other people, or of chats without consent
    bad: int = 0  # no message, too long, or something needed is missing
    undated: int = 0  # the owner's, but of a time unknown
    repeated: int = 0  # the owner's, with an id that came before
    unplaced: int = 0  # the owner's, said in a chat that the file does not name and nobody chose
    about: int = 0  # what somebody else wrote of the owner, who may make it their own


def read_file(data: bytes, whose: Whose) -> Lines:
    """The owner's own words in a file of any kind we know, told apart by its content, never by its name.

    `messages.jsonl`, a chat export (JSON, text, table), mail, Markdown notes, or a ZIP: of those, or Slack's. Where a
    file tells senders by name alone, the name has to be the owner's exactly; where it tells ids, names count for
    nothing. Raises NotReadable.
    """
    if len(data) > LARGEST:
        raise NotReadable(NotReadable.__doc__)
    if data.startswith(b"PK\x03\x04"):
        return _archive(data, whose)
    if is_mail(data):
        return _read_rows(mail_rows([data], whose.owner, whose.names), whose)
    text = decoded(data)
    if text is None or lines_of(text) > MOST_LINES:
        raise NotReadable(NotReadable.__doc__)
    if (part := work_part(text)) is not None:
        return _about(part, whose)
    if _is_ours(text):
        return read_lines(text.encode(), owner=whose.owner, chats=whose.chats)
    for rows_of in (_object_rows, json_rows, table_rows, text_rows):
        if (rows := rows_of(text)) is not None:
            return _own(rows, whose)
    return _notes(text, whose)


def read_lines(data: bytes, *, owner: str, chats: Iterable[str]) -> Lines:
    """The owner's own lines of a `messages.jsonl`. `sender` and `chat` are full ids or their last part, exactly.

    A time without a zone is UTC. Raises NotReadable.
    """
    if len(data) > LARGEST:
        raise NotReadable(NotReadable.__doc__)
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotReadable(NotReadable.__doc__) from error
    named = {name: chat for chat in chats for name in (chat, _bare(chat))}
    read = [_read(line, owner, named) for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]
    return _counted(read)


def _counted(read: Sequence[Said | str]) -> Lines:
    """The first of each id, kept back if any of it is, and how many there were of every other kind."""
    saids: dict[tuple[str, str], Said] = {}
    count = Counter(kind for kind in read if isinstance(kind, str))
    for said in read:
        if isinstance(said, Said) and (first := saids.setdefault((said.chat, said.message), said)) is not said:
            saids[said.chat, said.message] = replace(first, withheld=first.withheld or said.withheld)
            count["repeated"] += 1
    return Lines(tuple(saids.values()), **count)


def _own(rows: Sequence[Row], whose: Whose) -> Lines:
    by_id = any(row.sender_id is not None for row in rows)
    named = [(name, chat) for chat, name in whose.chats.items() if name]
    places = {name: chat for name, chat in named if [n for n, _ in named].count(name) == 1}
    places |= {name: chat for chat in whose.chats for name in (chat, _bare(chat))}
    at_once: Counter[tuple[str, datetime]] = Counter()
    read: list[Said | str] = []
    for row in rows:
        said = _placed(row, whose, places, by_id=by_id)
        if isinstance(said, Said) and not said.message:
            at_once[said.chat, said.at] += 1
            id_ = f"{UNNAMED}{said.at.isoformat()}#{at_once[said.chat, said.at]}"
            said = Said(said.person, said.chat, id_, said.at, said.text, source="file")
        read.append(said)
    return _counted(read)


def _placed(row: Row, whose: Whose, places: Mapping[str, str], *, by_id: bool) -> Said | str:
    """The owner's message in a row, without an id where it has none; or the kind of row that it is instead."""
    words = _UNSTORABLE.sub("", row.text).strip()
    if not words:
        return "bad"
    theirs = row.sender_id in (whose.owner, _bare(whose.owner)) if by_id else row.sender in whose.names
    chat = places.get(row.chat) if row.chat else whose.into
    if not theirs or (row.chat and chat is None):
        return "others"
    if row.at is None:
        return "undated"
    if chat is None:
        return "unplaced"
    id_ = row.id if row.id and len(row.id) <= LONGEST_ID and not _UNSTORABLE.search(row.id) else ""
    return Said(whose.owner, chat, id_, row.at, words, source="file")


def _read_rows(rows: Sequence[Row] | None, whose: Whose) -> Lines:
    if rows is None:
        raise NotReadable(NotReadable.__doc__)
    return _own(rows, whose)


def _notes(text: str, whose: Whose) -> Lines:
    if (notes := note_rows(text, whose.now)) is None:
        raise NotReadable(NotReadable.__doc__)
    return _own([_signed(note, whose.owner) for note in notes], whose)


def _about(part: str, whose: Whose) -> Lines:
    """What somebody else wrote of the owner's work: theirs if they say so, as notes that name no chat."""
    lines = _notes(part, whose)
    return replace(lines, about=len(lines.saids) + lines.unplaced)


def _signed(note: Row, owner: str) -> Row:
    """A note is its owner's own: they alone can send it."""
    return Row(note.text, note.at, sender_id=owner)


def _archive(data: bytes, whose: Whose) -> Lines:
    """The files of a ZIP taken together, or what Slack or a Colleague Skill put there; the unreadable count as bad."""
    if (files := unpacked(data, LARGEST)) is None:
        raise NotReadable(NotReadable.__doc__)
    if sum(lines_of(decoded(one) or "") for _, one in files) > MOST_LINES:
        raise NotReadable(NotReadable.__doc__)
    names = [name for name, _ in files]  # they lead nowhere
    if (root := slack_root(names)) is not None:
        return _read_rows(slack_rows(files, root, whose.owner, whose.names, whose.chats.values()), whose)
    if (work := work_file(names)) is not None:
        return _about(decoded(dict(files)[work]) or "", whose)
    mails = [one for _, one in files if is_mail(one)]
    found = [_member(one, whose) for _, one in files if not is_mail(one)]
    if mails:
        found.append(_read_rows(mail_rows(mails, whose.owner, whose.names), whose))
    saids = [said for lines in found for said in lines.saids]
    together = _counted(saids)
    counts = {f.name: sum(getattr(lines, f.name) for lines in (*found, together)) for f in fields(Lines)[1:]}
    return Lines(together.saids, **counts)


def _member(inside: bytes, whose: Whose) -> Lines:
    """One file of an archive; an archive within it is not opened."""
    if inside.startswith(b"PK\x03\x04"):
        return Lines((), bad=1)
    try:
        return read_file(inside, whose)
    except NotReadable:
        return Lines((), bad=1)


def _is_ours(text: str) -> bool:
    """Whether a line near the beginning is one of a `messages.jsonl`."""
    near = map(_object, text.split("\n", _LOOKED_AT)[:_LOOKED_AT])
    return any(row is not None and all(name in row for name in _NEEDED) for row in near)


def _object_rows(text: str) -> list[Row] | None:
    """The rows of a file with one JSON object a line, under other names than ours; None: it is none."""
    near = [line for line in text.split("\n", _LOOKED_AT)[:_LOOKED_AT] if line.strip()]
    if len(near) < 2 or any(_object(line) is None for line in near[:2]):
        return None
    lines = [line for line in text.split("\n") if line.strip()]
    return [Row("", None) if (row := _object(line)) is None else row_of(row) for line in lines]


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
    at, kept = _time(row.get("at")), bool(row.get("withheld"))
    return "undated" if at is None else Said(owner, chats[chat], id_, at, words, source="file", withheld=kept)


def _object(line: bytes | str) -> dict[str, Any] | None:
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
