"""The words of a mail that its sender wrote: without what they quote, pass on or sign with; in doubt, less."""

import re
from collections.abc import Sequence
from email.message import Message
from html import unescape
from itertools import takewhile

from skills.decoding import decoded

LONGEST_BODY = 1_000_000  # characters
_NEAR = 300  # characters of a line in which something shows what it is
_CHINESE = ("gb18030", "gb2312", "gbk")
_WESTERN = (
    "ascii",
    "us-ascii",
    "latin1",
    "iso-8859-1",
    "windows-1252",
)  # said of anything, by programs that do not know
_OTHERS = ("utf-8", "big5", "big5-hkscs", "iso-2022-jp", "shift_jis", "euc-jp", "euc-kr", "koi8-r", "windows-1251")
_TOKEN = re.compile(r"(<[^<>]{0,2000}>)")  # html.parser tries without end at tags that nobody closes
_HIDDEN = re.compile(r"<(script|style|head|title|template|noscript)\b", re.I)
_QUOTES = re.compile(
    r"<blockquote\b|<(?!a\b|img\b)[a-z].*(?:quote|cite|reply|rply|forward|signature|appendonsend|includetail)",
    re.I | re.S,
)
_BREAKS = re.compile(r"</?(?:br|p|div|li|tr|ul|ol|table|h[1-6]|pre|section|article)\b", re.I)
_MARK = re.compile(r"[>＞|│┃]")
_PEOPLE = "from|von|de|发件人|發件人|发送人|寄件者|寄件人|差出人"
_BESIDE = "to|cc|bcc|sent|date|subject|reply-to|收件人|收件者|抄送|副本|发送时间|發送時間|日期|时间|主题|主旨"
_HEADER = re.compile(rf"[*\s]*(?:{_PEOPLE}|{_BESIDE})[*\s]*[:：]", re.I)
_ENDS = re.compile(
    rf"[-_=*—–]{{3,}}|[*\s]*(?:{_PEOPLE})[*\s]*[:：]|begin forwarded message|sent from my |get outlook for "
    r"|(?:发自|發自|来自)我的|.{0,40}(?:原始?邮件|原始郵件|转发的?邮件|轉寄郵件|original message|forwarded message)",
    re.I,
)
_WROTE = re.compile(r"(?:wrote|writes|schrieb|écrit|escribió|写道|寫道)[^:：]{0,80}[:：]\s*\Z", re.I)
_WHO = re.compile(r"(?:on|am|le|el|在|於|于)\b|[在於于]|.*(?:\S@\S|[12]\d{3}|\d:\d\d)", re.I)


def written(mail: Message) -> tuple[str, bool]:
    """What the sender wrote in a mail themselves, and whether somebody else's words stood there as well.

    Raises what the standard library does at mail that is none, and ValueError for one without end.
    """
    part = _body(mail)
    if part is None:
        return "", False
    data = part.get_payload(decode=True)
    text = _text(data if isinstance(data, bytes) else b"", str(part.get_content_charset() or "").casefold())
    if len(text) > LONGEST_BODY:
        raise ValueError("longer than any letter")
    if part.get_content_subtype() == "html":
        text, quoted = _plain(text)
        words, cut = _own_part(text)
        return words, cut or quoted
    return _own_part(text)


def _body(part: Message) -> Message | None:
    """The part that is read first: of alternatives the plain one, of everything else the first."""
    if part.get_content_maintype() == "multipart":
        payload = part.get_payload()
        inside = [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []
        if part.get_content_subtype() != "alternative":
            return _body(inside[0]) if inside else None
        bodies = [body for one in inside if (body := _body(one)) is not None]
        return next((one for one in bodies if one.get_content_subtype() == "plain"), bodies[0] if bodies else None)
    words = part.get_content_type() in ("text/plain", "text/html") and part.get_content_disposition() in (
        None,
        "inline",
    )
    return part if words else None


def _text(data: bytes, charset: str) -> str:
    """The words of a part in the charset that it tells, or in the one that they are in; "" in none of ours."""
    told = "gb18030" if charset in _CHINESE else charset
    for encoding in ("utf-8",) * (told in _WESTERN) + (told,) * (told in (*_OTHERS, *_WESTERN, "gb18030")):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return decoded(data) or ""


def _plain(html: str) -> tuple[str, bool]:
    """A page's words up to where somebody is quoted, and whether somebody is."""
    first, *others = html.split("<!--")
    shown: list[str] = []
    hidden = ""
    for piece in _TOKEN.split(first + "".join(other.partition("-->")[2] for other in others)):
        if hidden:
            hidden = "" if piece[:2] == "</" and piece[2:-1].strip().casefold() == hidden else hidden
        elif not _TOKEN.fullmatch(piece):
            shown.append(" ".join(unescape(piece).split(" ")).replace("\r", " ").replace("\n", " "))
        elif found := _HIDDEN.match(piece):
            hidden = found[1].casefold()
        elif _QUOTES.match(piece):
            return "".join(shown), True
        elif _BREAKS.match(piece):
            shown.append("\n")
        elif piece[:3].casefold() == "<hr":
            shown.append("\n---\n")
    return "".join(shown), False


def _own_part(text: str) -> tuple[str, bool]:
    """A text without its quotes, up to a signature or somebody else's letter; and whether others' words were there."""
    lines = [line.strip(" \t\xa0\u200b\ufeff") for line in text.splitlines()]
    kept: list[str] = []
    quoting = cut = False
    for n, line in enumerate(lines):
        after = next((one for one in lines[n + 1 : n + 4] if one), "")
        if _MARK.match(line):
            if not quoting and "".join(kept[-2:]).endswith((":", "：")):
                _take_off_attribution(kept)
            quoting = cut = True
        elif quoting and line:
            continue  # a line that its quote has been broken into, perhaps
        elif line == "--":
            break
        elif _ENDS.match(line[:_NEAR]) or (_HEADER.match(line[:_NEAR]) and _HEADER.match(after[:_NEAR])):
            return _joined(kept), True
        elif _WROTE.search(line[-_NEAR:]):
            kept.append(line)
            _take_off_attribution(kept)
            cut = True
            if not _MARK.match(after):
                break
        else:
            quoting = False
            if line or kept[-1:] != [""]:
                kept.append(line)
    return _joined(kept), cut


def _take_off_attribution(kept: list[str]) -> None:
    """The last line goes, and with it those above it that tell who wrote and when."""
    if kept[-1] == "":
        kept.pop()
    above = list(takewhile(bool, reversed(kept[-3:-1])))
    most = max((n for n, line in enumerate(above, 1) if _WHO.match(line[:_NEAR])), default=0)
    del kept[len(kept) - 1 - most :]


def _joined(kept: Sequence[str]) -> str:
    return "\n".join(kept).strip()
