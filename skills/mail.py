"""Mail as rows: what the owner wrote themselves in what they sent, and of everybody else's mail nothing."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.parser import BytesParser
from email.policy import Compat32
from email.utils import getaddresses, parsedate_to_datetime

from skills.decoding import MOST_LINES, decoded
from skills.mail_words import written
from skills.notebook import LONGEST
from skills.rows import OTHERS, Row, elsewhere

MOST_MAILS, MOST_PARTS = 10_000, 100_000  # of a file, or of all that an archive holds
MOST_WITHIN = 20  # multiparts of a mail: one within the other, each line is held against each
_LONGEST_HEADER, _LONGEST_HEAD = 300, 64 * 1024  # characters, bytes
_NO_TEXT = "application/octet-stream"  # stands for a header that is too long: what it is of is not read
_HEADER = re.compile(rb"([!-9;-~]{1,100})[ \t]*:|[ \t]")
_BEGINS = re.compile(
    rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]{0,300}\d\d:\d\d[^\r\n]{0,300}\r?\n(?=[!-9;-~]{1,100}:)"
)
_HEAD_ENDS = re.compile(rb"\r?\n\r?\n")
_BESIDE = (b"date", b"subject", b"message-id", b"mime-version", b"received")
_DELIVERED = ("Delivered-To", "X-Original-To", "Authentication-Results", "Received-SPF")  # written by who receives
_AGAIN = re.compile(r"\s*(?:re|aw|sv|回复|回覆|答复|答覆)\s*(?:\[\d+\])?\s*[:：]", re.I)
_ON = re.compile(r"\s*(?:fwd?|wg|转发|轉寄|轉發)\s*[:：]", re.I)
_HOSTILE = (ValueError, IndexError, KeyError, AttributeError, TypeError, LookupError, OverflowError, AssertionError)


class _Short(Compat32):
    """Headers as they stand, in raw Chinese too: the newer policies read each at once, and hostile ones for long."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        if len(value) > _LONGEST_HEADER:
            return name, _NO_TEXT
        value = value.replace("\r", "").replace("\n", "")
        return name, value if value.isascii() else decoded(value.encode("ascii", "surrogateescape")) or ""


_PARSER = BytesParser(policy=_Short())


def is_mail(data: bytes) -> bool:
    """Whether a file is a mail, by the headers that it begins with, or holds an mbox, after whatever else.

    In doubt it is: what is none is read as its sender's own notes, and mail is mostly other people's.
    """
    return _is_letter(data) or _BEGINS.search(_bare(data)) is not None


def _is_letter(data: bytes) -> bool:
    headers = [_HEADER.match(line) for line in _head(_bare(data[: 2 * _LONGEST_HEAD])).splitlines()]
    names = {found[1].lower() for found in headers if found and found[1]}
    return bool(headers) and headers[0] is not None and b"from" in names and not names.isdisjoint(_BESIDE)


def _bare(data: bytes) -> bytes:
    return data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")


def mail_rows(files: Sequence[bytes], owner: str, names: Collection[str]) -> list[Row] | None:
    """The rows of mails and mboxes; `owner` is the id that the owner's rows get.

    Theirs is what comes from one of the names, if that has one address in all of them. None: there are too many
    lines, mails or parts.
    """
    if sum(one.count(b"\n") + one.count(b"\r") for one in files) > MOST_LINES:
        return None
    if sum(one.count(b"\n--") + one.count(b"\r--") for one in files) > MOST_PARTS:
        return None
    mails = [mail for one in files for mail in _mails(one)]
    if len(mails) > MOST_MAILS:
        return None
    senders = [_sender(mail, names) for mail in mails]
    alone = len(set(senders) - {None}) == 1  # under two addresses it may be two people
    told = zip(mails, senders, strict=True)
    return [row for mail, who in told for row in (_rows(mail, owner) if who and alone else [OTHERS])]


def _mails(data: bytes) -> Iterator[bytes]:
    """The mails of a file, each without the line that begins it in an mbox."""
    data = _bare(data)
    found = [] if _is_letter(data) else list(_BEGINS.finditer(data))
    begins, ends = [one.end() for one in found] or [0], [one.start() for one in found[1:]]
    for begin, end in zip(begins, [*ends, len(data)], strict=True):
        yield data[begin:end]


def _head(mail: bytes) -> bytes:
    found = _HEAD_ENDS.search(mail, 0, _LONGEST_HEAD)
    return mail[: found.start() if found else _LONGEST_HEAD]


def _sender(mail: bytes, names: Collection[str]) -> str | None:
    """The address of who wrote a mail, if they have one of the names and nobody else had a hand in it."""
    try:
        head = _PARSER.parsebytes(_head(mail), headersonly=True)
        if any(name in head for name in _DELIVERED):
            return None
        froms = getaddresses(head.get_all("From", []))
        addresses = {address.casefold() for _, address in (*froms, *getaddresses(head.get_all("Sender", [])))}
        named = len(froms) == 1 and _unfolded(froms[0][0]) in names
        return addresses.pop() or None if named and len(addresses) == 1 else None
    except (MessageError, RecursionError, *_HOSTILE):
        return None


def _rows(mail: bytes, owner: str) -> list[Row]:
    """An owner's mail, in several rows if it is long; without words of theirs it is somebody else's."""
    if mail.lower().count(b"multipart/") + mail.lower().count(b"message/") > MOST_WITHIN:
        return [Row("", None)]
    try:
        read = _PARSER.parsebytes(mail)
        subject, answers = (
            _unfolded(read.get("Subject", "").replace(_NO_TEXT, "")),
            "In-Reply-To" in read or "References" in read,
        )
        words, cut = written(read)
        id_, at = read.get("Message-ID", "").strip(), _at(read.get("Date", ""))
    except (MessageError, RecursionError, *_HOSTILE):
        return [Row("", None)]
    if not words or (_ON.match(subject) and not cut):
        return [OTHERS]  # passed on, and nothing shows where that begins
    title = "" if answers or _AGAIN.match(subject) or _ON.match(subject) else " ".join(subject.split())
    parts = [f"{title}\n{words[start : start + LONGEST]}" for start in range(0, len(words), LONGEST)]
    ids = [elsewhere("mail", id_, str(n)) if id_ else None for n in range(len(parts))]
    return [Row(part, at, sender_id=owner, id=one) for part, one in zip(parts, ids, strict=True)]


def _at(date: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(date)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except _HOSTILE:
        return None


def _unfolded(value: str) -> str:
    """A header's words; "" where they are in no charset that there is."""
    try:
        return str(make_header(decode_header(value))) if "=?" in value else value
    except (MessageError, *_HOSTILE):
        return ""
