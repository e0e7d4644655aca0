"""DingTalk's markdown: plain text escaped into it, read back from it, and cut to the platform's limits."""

import re
from collections.abc import Iterator, Sequence

CHUNK = 3800  # characters of one message; at four bytes each this stays below the limit of 20,000 bytes
TITLE = 100

_BLANK = re.compile(r"[\t\xa0\x85\u2028\u2029]")
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_READ = re.compile(
    r"(?P<url>https?://[A-Za-z0-9.~:/?#@$%+,;=_-]+)"  # a bare address stays as it is
    r"|^(?P<number>\d+)(?=[.)])"
    r"|(?P<mark>[\\`*\[\]<]|(?<!\w)_|_(?!\w)|~(?=~)|(?<=~)~|&(?=#?\w+;)|^(?:[#>+|=-]|:(?=-)))",
    re.ASCII,
)
_WRITTEN = re.compile(
    r"\\(?P<mark>[!-/:-@\[-`{-~])"
    r"|^(?:> )?(?P<indent>\xa0+)"
    r"|^\#{3}[ ]|^>[ ]?|\*\*|[ ]{2}$"
    r"|\[(?P<label>(?:\\.|[^\]\\])*)\]\((?P<url>[^)]*)\)",
    re.MULTILINE,
)


def clean(text: str) -> str:
    """The text without what no client can draw: control characters, and halves of surrogate pairs."""
    return _UNSAFE.sub("", _BLANK.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")))


def escape(text: str) -> str:
    """Plain text as markdown that shows exactly it: every line kept, no mark-up of its own."""
    return "  \n".join(_escape_line(line.rstrip(" ")) for line in clean(text).split("\n"))


def plain(markdown: str) -> str:
    """What a reader sees of markdown made here: the inverse of `escape`, headings and quote marks gone."""

    def seen(found: re.Match[str]) -> str:
        if found["label"] is not None:
            return f"{plain(found['label'])} {found['url']}"
        return found["mark"] or " " * len(found["indent"] or "")

    return _WRITTEN.sub(seen, markdown)


def quoted(markdown: str) -> str:
    """Markdown as a block quote, line by line."""
    return "\n".join(f"> {line}" for line in markdown.split("\n"))


def chunks(markdown: str, most: int = CHUNK) -> Sequence[str]:
    """The markdown in pieces of at most `most` characters, cut between lines where that is possible."""
    parts = [""]
    for piece in (piece for line in markdown.split("\n") for piece in _pieces(line, most - 1)):
        if parts[-1] and len(parts[-1]) + len(piece) >= most:
            parts.append("")
        parts[-1] += ("\n" if parts[-1] else "") + piece
    return [part for part in parts if part.strip()]


def _pieces(line: str, most: int) -> Iterator[str]:
    mark = "> " if line.startswith("> ") else ""
    while len(line) > most:
        head = line[:most]
        if (len(head) - len(head.rstrip("\\"))) % 2:  # never between a backslash and what it escapes
            head = head[:-1]
        yield head
        line = mark + line[len(head) :]
    yield line


def _escape_line(line: str) -> str:
    body = line.lstrip(" ")
    # Four leading spaces would be a code block, in which a backslash shows: they become unbreakable ones.
    return "\xa0" * (len(line) - len(body)) + _READ.sub(_escape_mark, body)


def _escape_mark(found: re.Match[str]) -> str:
    return found["url"] or (f"{found['number']}\\" if found["number"] else f"\\{found['mark']}")
