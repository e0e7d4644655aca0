"""What one owner said about one thing, gathered by code alone: the same words give the same pages, on any machine."""

import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log
from typing import TYPE_CHECKING, Any

from skills.joined import together
from skills.terms import terms

if TYPE_CHECKING:
    import numpy as np

LIKE = 0.3  # of two things said, from which they are about one thing
JOINS = 0.31  # of a thing said and a page, from which it belongs there
FEWEST, MOST = 3, 12  # things said on one page
TELLING = 5  # different terms, below which nothing is told by a thing said
NEAREST = 3  # lines of a page by which it is judged what belongs there
IN_ONE_GO = 4  # messages
_ADDRESS = re.compile(r"(?:https?|ftp)://\S+")
_CALLED = re.compile(r"^\s*@?[^\s:：,，]{2,24}[:：](?=\s)|(?<!\w)@\S+", re.M)  # whom it was said to, not what
_QUESTION = re.compile(
    r"[?？]\s*$|[吗呢么]\s*[。.!！~]*$|^\s*(?:请问|有没有人|anyone|does any|how (?:do|can) i)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One passage of an owner's, with its words."""

    id: uuid.UUID
    at: datetime
    text: str
    thread: str | None = None
    page: str | None = None  # on which it stands already
    kept: bool = False  # on purpose, by its owner's own word


@dataclass(frozen=True, slots=True)
class Gathered:
    """Which passages are new on which page, and which make a page of their own; in the order to be shown."""

    grown: Mapping[str, Sequence[Piece]]
    fresh: Sequence[Sequence[Piece]]


@dataclass(frozen=True, slots=True)
class _Unit:
    """What was said in one go."""

    pieces: tuple[Piece, ...]
    terms: Counter[str]
    page: str | None

    @property
    def key(self) -> tuple[datetime, str]:
        return self.pieces[0].at, str(self.pieces[0].id)


def gather(pieces: Iterable[Piece], vectors: Mapping[uuid.UUID, Sequence[float]] | None = None) -> Gathered:
    """What belongs to pages that are there, and which pages the rest makes; questions and small talk belong nowhere.

    `vectors`, as many as there are: passages are alike by what they mean, too. What stands on a page stays there.
    """
    units = _units(pieces)
    if not units:
        return Gathered({}, ())
    alike = _alike(units, vectors or {})
    grown, left = _joining(units, alike)
    return Gathered(
        {page: shown(p for u in some for p in u.pieces) for page, some in grown.items()}, _fresh(left, units, alike)
    )


def plain(text: str) -> str:
    """A text without whom it calls on and without addresses of pages, which say little; every place stays its own."""
    for left_out in (_ADDRESS, _CALLED):
        text = left_out.sub(lambda match: "\n" * len(match[0]), text)
    return text


def shown(pieces: Iterable[Piece]) -> list[Piece]:
    """The order of a page: what its owner said on purpose, then the newest; what was said in one go stays in order."""
    runs = sorted(_runs(pieces), key=lambda run: (run[0].kept, run[0].at, str(run[0].id)), reverse=True)
    return [piece for run in runs for piece in run]


def _runs(pieces: Iterable[Piece]) -> list[list[Piece]]:
    runs: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: (p.thread or "", p.at, str(p.id))):
        last = runs[-1][-1] if runs else None
        goes_on = last is not None and last.thread == piece.thread and last.page == piece.page and not piece.kept
        if goes_on and last is not None and not last.kept and len(runs[-1]) < IN_ONE_GO and together(last, piece):
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return runs


def _units(pieces: Iterable[Piece]) -> list[_Unit]:
    """Only what tells something; what stands on a page has told."""
    told = [piece for piece in pieces if piece.page is not None or not _QUESTION.search(piece.text)]
    units: list[_Unit] = []
    for run in _runs(told):
        found = sum((terms(plain(piece.text)) for piece in run), Counter[str]())
        if run[0].page is not None or len(found) >= TELLING:
            units.append(_Unit(tuple(run), found, run[0].page))
    units.sort(key=lambda unit: unit.key)
    last = {frozenset(unit.terms.items()): unit for unit in units}  # what was said again was said then
    return [unit for unit in units if unit.page is not None or last[frozenset(unit.terms.items())] is unit]


def _alike(units: Sequence[_Unit], vectors: Mapping[uuid.UUID, Sequence[float]]) -> "np.ndarray[Any, Any]":
    """How alike each two are: by rare words in common, and where both have a vector, half by what they mean."""
    import numpy as np  # takes its time, and most of the store never needs it

    by_words = _by_words(units)
    has = np.array([all(p.id in vectors for p in unit.pieces) for unit in units])
    if has.sum() < 2:
        return by_words
    means = np.stack(
        [np.mean([vectors[p.id] for p in u.pieces], axis=0) for u, there in zip(units, has, strict=True) if there]
    )
    means = means - means.mean(axis=0)  # what all have in common tells nothing
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    both, rows = by_words.copy(), np.flatnonzero(has)
    both[np.ix_(rows, rows)] = (by_words[np.ix_(rows, rows)] + np.maximum(means @ means.T, 0.0)) / 2
    return np.round(both, 6)  # the last digits differ from machine to machine


def _by_words(units: Sequence[_Unit]) -> "np.ndarray[Any, Any]":
    import numpy as np

    often = Counter(term for unit in units for term in unit.terms)
    number = {term: n for n, term in enumerate(sorted(term for term, df in often.items() if df > 1))}
    weights = np.zeros((len(units), len(number) + 1), dtype=np.float32)
    for row, unit in enumerate(units):
        lonely = 0.0  # the weight of what nobody else says: it makes two alike less, and no pair more
        for term, tf in unit.terms.items():
            weight = (1 + log(tf)) * log(1 + len(units) / often[term])
            if term in number:
                weights[row, number[term]] = weight
            else:
                lonely += weight * weight
        weights[row] /= max(float(np.sqrt((weights[row] ** 2).sum() + lonely)), 1e-9)
    return np.round(weights @ weights.T, 6)


def _joining(units: Sequence[_Unit], alike: "np.ndarray[Any, Any]") -> tuple[dict[str, list[_Unit]], list[int]]:
    """Each new thing said with the page that it is most like, if any; and what is left."""
    pages: dict[str, list[int]] = defaultdict(list)
    for n, unit in enumerate(units):
        if unit.page is not None:
            pages[unit.page].append(n)
    grown: dict[str, list[_Unit]] = defaultdict(list)
    left: list[int] = []
    for n, unit in enumerate(units):
        if unit.page is not None:
            continue
        near = {
            page: sorted((float(alike[n, m]) for m in lines), reverse=True)[:NEAREST] for page, lines in pages.items()
        }
        best = max(near, key=lambda page: (sum(near[page]) / len(near[page]), page), default=None)
        if best is not None and sum(near[best]) / len(near[best]) >= JOINS:
            grown[best].append(unit)
        else:
            left.append(n)
    return grown, left


def _fresh(left: Sequence[int], units: Sequence[_Unit], alike: "np.ndarray[Any, Any]") -> list[list[Piece]]:
    """Stars: whatever most others are like, with the nearest of them; then the same with the rest."""
    free, stars = set(left), list[list[int]]()
    near = {n: [m for m in left if m != n and alike[n, m] >= LIKE] for n in left}
    while free:
        around = {n: [m for m in near[n] if m in free] for n in free}
        centre = max(
            sorted(free, key=lambda n: units[n].key),
            key=lambda n: (len(around[n]), sum(float(alike[n, m]) for m in around[n])),
        )
        if len(around[centre]) + 1 < FEWEST:
            break
        rays = sorted(around[centre], key=lambda m: (-float(alike[centre, m]), units[m].key))[: MOST - 1]
        stars.append([centre, *rays])
        free -= {centre, *rays}
    return [shown(p for n in star for p in units[n].pieces) for star in stars]
