"""Read a folder's messages.jsonl, whoever wrote it, and give its lines times and ids that fit a vendor."""

import hashlib
import json
import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

LONGEST_LINE = 100_000  # bytes
RECENT = timedelta(days=80)  # within the 90 days that "here, with the last 90 days" reads
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

log = logging.getLogger("fenshen.company")


class NotACompany(Exception):
    """This is no company: a folder with a messages.jsonl is needed, one message a line, as the README shows."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{self.__doc__} ({path}: {why})")


@dataclass(frozen=True, slots=True)
class Line:
    """One message as it stands in the file; `at` is as written, or None where the source has no time."""

    id: str
    chat: str
    seq: int
    at: str | None
    sender: str
    name: str
    text: str
    reply_to: str | None = None


def read_lines(directory: Path) -> tuple[list[Line], int]:
    """The messages of a folder in file order, and how many lines were none. Raises NotACompany without a message."""
    path = directory / "messages.jsonl"
    lines: dict[str, Line] = {}
    bad: list[int] = []
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                line = _line(raw, number)
                if line is None or line.id in lines:
                    bad += [number] if raw.strip() else []
                else:
                    lines[line.id] = line
    except OSError as error:
        raise NotACompany(path, error.strerror or "cannot be read") from error
    if not lines:
        raise NotACompany(path, "not one readable message")
    if bad:
        log.warning("%s: %d lines skipped, not a message each (the first is line %d)", path.name, len(bad), bad[0])
    return list(lines.values()), len(bad)


def _line(raw: bytes, number: int) -> Line | None:
    if len(raw) > LONGEST_LINE:
        return None
    try:
        made = json.loads(raw.decode("utf-8-sig"))
        line = _checked(made, number)
        f"{line.id}{line.chat}{line.sender}{line.name}{line.text}".encode()  # a lone surrogate could never be sent
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return line if line.id and line.chat and line.sender and line.text.strip() else None


def _checked(made: dict[str, Any], number: int) -> Line:
    words = {key: made[key] for key in ("id", "chat", "sender", "text")}
    more = {"name": made.get("name") or made["sender"], "at": made.get("at"), "reply_to": made.get("reply_to")}
    if not all(isinstance(v, str) for v in [*words.values(), *(v for v in more.values() if v is not None)]):
        raise TypeError
    seq = made.get("seq")
    return Line(seq=seq if isinstance(seq, int) else number, **words, **more)


def slug(prefix: str, strange: str) -> str:
    """An id that a vendor could have minted: stable, and different for different `strange` ids."""
    plain = re.sub(r"[^A-Za-z0-9]+", "_", strange).strip("_")[:40]
    if plain == strange:
        return prefix + plain
    return prefix + "_".join(filter(None, [plain, hashlib.sha256(strange.encode()).hexdigest()[:6]]))


def adopted(line: Line) -> Line:
    """The line of a stranger under ids as Lark mints them. A message's id never looks like a running number."""
    said, chat, sender = slug("om_file_", line.id), slug("oc_", line.chat), slug("ou_", line.sender)
    answered = line.reply_to and slug("om_file_", line.reply_to)
    return replace(line, id=said, chat=chat, sender=sender, reply_to=answered)


def in_weeks(lines: Iterable[Line], now: datetime) -> list[tuple[datetime, Line]]:
    """Our own writing: `w3 Tue 10:32` is that office hour three weeks ago, in the time zone of `now`.

    Week w1 is the last one whose Friday is over, so that weekdays are right and nothing lies ahead.

    Raises ValueError for a time written otherwise.
    """
    today = now.date()
    friday = today - timedelta(days=(today.weekday() - DAYS.index("Fri") - 1) % 7 + 1)
    midnight = datetime(friday.year, friday.month, friday.day, tzinfo=now.tzinfo)
    timed = []
    for line in lines:
        week, day, clock = (line.at or "").split()
        hour, minute = map(int, clock.split(":"))
        days = DAYS.index(day) - DAYS.index("Fri") - 7 * (int(week.removeprefix("w")) - 1)
        timed.append(((midnight + timedelta(days=days, hours=hour, minutes=minute)).astimezone(UTC), line))
    return sorted(timed, key=lambda pair: (pair[0], pair[1].chat, pair[1].seq))


def near_now(lines: Iterable[Line], now: datetime) -> list[tuple[datetime, Line]]:
    """Each chat is shifted so that its newest message is an hour old, and squeezed into 80 days if it lasted longer.

    Spacing within a chat keeps its proportions, and so its order: by time, then `seq`. A line without a
    readable time comes a minute after the one before it.
    """
    timed: list[tuple[datetime, Line]] = []
    for _, chat in groupby(sorted(lines, key=lambda x: (x.chat, x.seq)), key=lambda x: x.chat):
        told = sorted(_told(list(chat)), key=lambda pair: (pair[0], pair[1].seq))
        oldest, newest = told[0][0], told[-1][0]
        squeeze = min(1.0, RECENT / max(newest - oldest, timedelta(seconds=1)))
        end = now.astimezone(UTC) - timedelta(hours=1)
        timed += [(end - (newest - at) * squeeze, line) for at, line in told]
    return sorted(timed, key=lambda pair: pair[0])


def _told(chat: Sequence[Line]) -> Iterable[tuple[datetime, Line]]:
    known = [_moment(line.at) for line in chat]
    last = next((at for at in known if at), datetime(2000, 1, 1, tzinfo=UTC))
    for at, line in zip(known, chat, strict=True):
        last = at or last + timedelta(minutes=1)
        yield last, line


def _moment(at: str | None) -> datetime | None:
    try:
        told = datetime.fromisoformat(at or "")
        return told if told.tzinfo else told.replace(tzinfo=UTC)
    except ValueError:
        return None
