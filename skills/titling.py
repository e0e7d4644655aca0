"""What a page is called and what kind it is, read off its own words: a title is a place in one of its passages."""

import re
import unicodedata
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from skills.gathering import Piece, plain
from skills.terms import asked, terms

Kind = Literal["howto", "decision", "facts", "answers"]
WIDEST, NARROWEST = 44, 6  # of a title, in half-width characters
FEWEST = 2  # terms of it
_CLAUSE = re.compile(r"(?:[^\n。！？!?；;，,：:（）()【】\[\]①-⑳]|(?<=\d)[,:](?=\d))+")  # no figure is cut in two
_BULLET = re.compile(r"^\s*(?:[-*•·>]+|\d{1,2}\s*[.、)）]|@\S+)\s*")
_EMPTY = re.compile(r"^(?:yes|no|yeah|ok|well|so|but|and|also|then|hi|对|好|嗯|是|不是|那|就|然后|但|不过)\b", re.I)
_CUES: Mapping[Kind, re.Pattern[str]] = {
    "howto": re.compile(
        r"先.{0,30}[再然后]|然后|接着|步骤|第[一二三四五1-9]步|执行|运行|重启|回滚|点击|打开|配置|安装|记得|不要忘|"
        r"\b(?:first|then|after that|step|steps|run|restart|install|click|open|set|edit|add|make sure|remember to|"
        r"you need to|you have to|you can|try)\b|^\s*\d{1,2}\s*[.、)）]|`[^`]+`",
        re.I | re.M,
    ),
    "decision": re.compile(
        r"决定|定了|定为|定在|改成|改为|选了|选择|采用|之所以|因为.{0,40}所以|方案|不再|就用|取消|推迟|"
        r"\b(?:decided|decision|we(?:'| wi)ll go with|going with|agreed|instead of|chose|we picked|postponed|"
        r"no longer|moved to|switch(?:ed)? to)\b",
        re.I,
    ),
    "facts": re.compile(
        r"负责|归.{1,12}管|找.{1,12}[问批审]|地址|账号|端口|版本|截止|上限|周[一二三四五六日天]|[0-9]+\s*(?:点|号|天|元|万)|"
        r"\b(?:owns?|owner|responsible|in charge|lives? in|deadline|due|port|version|limit|costs?|is at|"
        r"(?:mon|tues|wednes|thurs|fri)day)\b|https?://",
        re.I,
    ),
}


@dataclass(frozen=True, slots=True)
class Title:
    """A place in a passage, as Python cuts it; without an end it is the rest."""

    passage: uuid.UUID
    starts: int
    ends: int | None


def kind_of(pieces: Sequence[Piece]) -> Kind:
    """The kind that most of the words show, and at least a third of them; else answers often given."""
    shows: Counter[Kind] = Counter(kind for piece in pieces for kind, cue in _CUES.items() if cue.search(piece.text))
    kind = max(_CUES, key=lambda one: shows[one])
    return kind if shows[kind] * 3 >= len(pieces) else "answers"


def title_of(pieces: Sequence[Piece], others: Iterable[Piece] = ()) -> Title:
    """The clause with most of what this page says and its owner's other words do not; a heading where they gave one."""
    for piece in pieces:
        heading, under, _ = piece.text.partition("\n")
        if piece.kept and under and heading.strip() and width(heading) <= WIDEST:
            return Title(piece.id, *_trimmed(piece.text, 0, len(heading)))
    telling = _telling(pieces, others)
    found = [
        (_worth(piece.text[starts:ends], telling), -width(piece.text[starts:ends]), -n, piece, starts, ends)
        for n, piece in enumerate(sorted(pieces, key=lambda p: (p.at, str(p.id))))
        for starts, ends in _clauses(piece.text)
    ]
    if not found or not any(worth for worth, *_ in found):
        return _first_words(pieces[0])
    *_, piece, starts, ends = max(found, key=lambda one: one[:3])
    return Title(piece.id, starts, ends)


def _first_words(piece: Piece) -> Title:
    said = plain(piece.text)
    starts = len(said) - len(said.lstrip())
    ends = said.find("\n", starts) % (len(said) + 1)
    return Title(piece.id, *_trimmed(piece.text, starts, starts + _cut(piece.text[starts:ends])))


def beginning(text: str) -> str:
    """The title of a page whose own may not be shown: how its first line begins."""
    line = text.strip().split("\n")[0]
    return line if width(line) <= WIDEST else f"{line[: _cut(line) - 1].rstrip()}…"


def width(text: str) -> int:
    """How wide it is shown, in half-width characters."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _telling(pieces: Sequence[Piece], others: Iterable[Piece]) -> Mapping[str, float]:
    """How much each term tells of this page: on how many of its passages it stands, and on how few others."""
    here = Counter(term for piece in pieces for term in set(terms(plain(piece.text))))
    elsewhere = Counter(term for piece in others for term in set(terms(plain(piece.text))))
    return {term: df * df / (df + elsewhere[term]) for term, df in here.items() if df > 1}


def _worth(clause: str, telling: Mapping[str, float]) -> float:
    found = set(asked(clause))
    if len(found) < FEWEST:
        return 0.0
    worth = sum(telling.get(term, 0.0) for term in found) / sqrt(len(found) + 1.0)
    return round(worth * (0.5 if _EMPTY.match(clause) else 1.0), 6)


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    for match in _CLAUSE.finditer(plain(text)):
        starts, ends = _trimmed(text, *match.span())
        if NARROWEST <= width(text[starts:ends]) <= WIDEST:
            yield starts, ends


def _trimmed(text: str, starts: int, ends: int) -> tuple[int, int]:
    bullet = _BULLET.match(text[starts:ends])
    starts += bullet.end() if bullet else 0
    clause = text[starts:ends]
    return starts + len(clause) - len(clause.lstrip()), ends - (len(clause) - len(clause.rstrip()))


def _cut(text: str) -> int:
    """How many characters of a text are as wide as a title may be."""
    for n in range(len(text)):
        if width(text[: n + 1]) > WIDEST - 1:
            return n
    return len(text)
