"""Notes in Markdown as rows: one for each heading with what stands under it, all of them their owner's own."""

import re
from collections.abc import Sequence
from datetime import datetime

from skills.rows import Row, moment, own_words

# Files come from anybody: each of these tries a place at most once, or a bounded number of times.
_DATED = re.compile(r"(?:date|日期)\s*[:：]\s*(\S.*)", re.I)
_HEADING = re.compile(r"#{1,6}\s+(\S.*)")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_TAG = re.compile(r"<!--(?:(?!<!--).){0,2000}?-->|</?[A-Za-z][^<>]{0,200}>|!\[[^\[\]]{0,200}\]\([^()]{0,500}\)", re.S)
_FRONT = "---"  # stands above and below the front matter
_LONGEST_DATE = 200  # characters of a line that tells a date
LONGEST = 20_000  # characters of one note; longer ones are cut into several


def note_rows(text: str, now: datetime) -> list[Row] | None:
    """The notes of a Markdown file, dated by its front matter or else now; None: it has no heading.

    What it quotes (`>`) is somebody else's and stays out; pictures and HTML are no words.
    """
    front, lines = _apart(text.splitlines())
    dated = next((found[1] for line in front if (found := _DATED.match(line[:_LONGEST_DATE]))), "")
    at = moment(dated.strip().strip("\"'")) or now
    notes: list[tuple[str, list[str]]] = []
    fenced = False
    for line in lines:
        fenced ^= bool(_FENCE.match(line))
        heading = None if fenced else _HEADING.match(line)
        if heading:
            notes.append((_title(heading[1]), []))
        elif notes:
            notes[-1][1].append(line)
    if not notes:
        return None
    return [
        Row(part, at) for title, lines in notes for part in _parts(title, own_words(_TAG.sub("", "\n".join(lines))))
    ]


def _apart(lines: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The front matter, if it begins with one, and the rest."""
    if lines and lines[0].rstrip() == _FRONT:
        for n, line in enumerate(lines[1:], 1):
            if line.rstrip() == _FRONT:
                return lines[1:n], lines[n + 1 :]
    return (), lines


def _title(given: str) -> str:
    """A heading without the marks that may close it."""
    return given.rstrip().rstrip("#").rstrip() or given.rstrip()


def _parts(title: str, words: str) -> list[str]:
    """A note under its heading; of a heading without words nothing."""
    return [f"{title}\n{words[start : start + LONGEST]}" for start in range(0, len(words), LONGEST)]
