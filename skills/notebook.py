"""Notes in Markdown as rows: one for each heading with what stands under it, all of them their owner's own."""

import re
from datetime import datetime

from skills.rows import Row, moment, own_words

_FRONT = re.compile(r"\A---\s*\n(.*?)\n---\s*(?:\n|\Z)", re.S)
_DATED = re.compile(r"^(?:date|日期)\s*[:：]\s*(.+?)\s*$", re.M | re.I)
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_TAG = re.compile(r"<!--.{0,2000}?-->|</?[A-Za-z][^<>]{0,200}>|!\[[^\]]{0,200}\]\([^)]{0,500}\)", re.S)
LONGEST = 20_000  # characters of one note; longer ones are cut into several


def note_rows(text: str, now: datetime) -> list[Row] | None:
    """The notes of a Markdown file, dated by its front matter or else now; None: it has no heading.

    What it quotes (`>`) is somebody else's and stays out; pictures and HTML are no words.
    """
    front = _FRONT.match(text)
    dated = _DATED.search(front[1]) if front else None
    at = (moment(dated[1].strip("\"'")) if dated else None) or now
    notes: list[tuple[str, list[str]]] = []
    fenced = False
    for line in (text[front.end() :] if front else text).splitlines():
        fenced ^= bool(_FENCE.match(line))
        heading = None if fenced else _HEADING.match(line)
        if heading:
            notes.append((heading[1], []))
        elif notes:
            notes[-1][1].append(line)
    if not notes:
        return None
    return [
        Row(part, at) for title, lines in notes for part in _parts(title, own_words(_TAG.sub("", "\n".join(lines))))
    ]


def _parts(title: str, words: str) -> list[str]:
    """A note under its heading; of a heading without words nothing."""
    return [f"{title}\n{words[start : start + LONGEST]}" for start in range(0, len(words), LONGEST)]
