"""BM25 of the postings that somebody may read, added up in arrays: a huge owner's are tens of thousands."""

import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

K1, B = 1.5, 0.75
EXACT = 1e9  # the digits of a score that count, in whatever order its sum was made
LENGTH = 32  # bits; above them stands how often a passage says the term
_HEADER = 20  # bytes before the elements of an array as PostgreSQL sends it, each behind its size
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # from which PostgreSQL counts microseconds


@dataclass(frozen=True, slots=True)
class Matched:
    """A passage that says something of what is asked."""

    id: uuid.UUID
    at: datetime
    score: float  # BM25
    covered: float  # the weight of the terms it says
    named: bool  # whether it says an identifier that was asked for


@dataclass(frozen=True, slots=True)
class Lexical:
    """What a search by words found, best first, and what it is measured by; all of it from permitted rows alone."""

    found: Sequence[Matched]
    asked: float = 0.0  # the weight of all terms of the question
    unheard: float = 0.0  # the weight of one that was never said


@dataclass(frozen=True, slots=True)
class Postings:
    """The `n`th term asked for: which passages say it, how often and how long they are, and when; as PostgreSQL sends
    arrays of uuid, bigint and timestamptz."""

    n: int
    passages: bytes
    told: bytes
    at: bytes

    @property
    def count(self) -> int:
        """How many passages say it."""
        return (len(self.told) - _HEADER) // 12


@dataclass(frozen=True, slots=True)
class Weights:
    """What each term of a question weighs among so many passages of such a mean length."""

    idf: Sequence[float]
    unheard: float
    mean: float


def weights(said: Sequence[Postings], terms: int, passages: int, mean: float) -> Weights:
    """By how often each is said, also of those that were never said: they weigh most in what a question asks for."""
    often = [0] * terms
    for one in said:
        often[one.n] += one.count
    return Weights([_idf(passages, df) for df in often], _idf(passages, 0), mean)


def ranked(said: Sequence[Postings], weigh: Weights, telling: frozenset[int], limit: int) -> Lexical:
    """The passages with any of the terms, by score; the newer first where scores are equal."""
    import numpy as np

    ids = np.concatenate([_elements(one.passages, ">u8", 2) for one in said])
    at = np.concatenate([_elements(one.at, ">i8") for one in said])
    order = _together(at, ids)
    ids = ids[order]
    begins = np.flatnonzero(np.append(True, _differ(ids)))
    score = np.rint(np.add.reduceat(_scores(said, weigh)[order], begins) * EXACT)
    groups = np.column_stack((begins, np.append(begins[1:], len(order))))
    best = _best(score, at[order[begins]], limit)
    numbers = np.repeat([one.n for one in said], [one.count for one in said])[order]
    found = []
    for n, (first, end) in zip(best.tolist(), groups[best].tolist(), strict=True):
        terms = set(numbers[first:end].tolist())
        covered = math.fsum(weigh.idf[term] for term in terms)
        when = _EPOCH + timedelta(microseconds=int(at[order[first]]))
        id_ = uuid.UUID(bytes=ids[first].astype(">u8").tobytes())
        found.append(Matched(id_, when, float(score[n]) / EXACT, covered, not telling.isdisjoint(terms)))
    return Lexical(found, math.fsum(weigh.idf), weigh.unheard)


def _together(at: "NDArray[np.int64]", ids: "NDArray[np.uint64]") -> "NDArray[np.int64]":
    """An order in which the postings of one passage stand next to each other.

    By time, for each term's come in that order and are merged in no time; by id only where several passages have one.
    """
    import numpy as np

    order: NDArray[np.int64] = np.argsort(at, kind="stable")
    at, ids = at[order], ids[order]
    later = at[1:] != at[:-1]
    moment = np.cumsum(np.append(False, later))
    several = np.zeros(len(order), np.bool_)
    several[moment[1:][~later & _differ(ids)]] = True
    shared = np.flatnonzero(several[moment])
    order[shared] = order[shared][np.lexsort((ids[shared, 1], ids[shared, 0], moment[shared]))]
    return order


def _differ(ids: "NDArray[np.uint64]") -> "NDArray[np.bool_]":
    """Of each but the first, whether it is another than the one before."""
    differ: NDArray[np.bool_] = (ids[1:, 0] != ids[:-1, 0]) | (ids[1:, 1] != ids[:-1, 1])
    return differ


def _scores(said: Sequence[Postings], weigh: Weights) -> "NDArray[np.float64]":
    """What each posting adds to its passage's score."""
    import numpy as np

    told = np.concatenate([_elements(one.told, ">i8") for one in said])
    idf = np.repeat([weigh.idf[one.n] for one in said], [one.count for one in said])
    often, length = told >> LENGTH, told & ((1 << LENGTH) - 1)
    scores: NDArray[np.float64] = idf * often / (often + (K1 * (1 - B) + K1 * B / weigh.mean * length))
    return scores


def _best(score: "NDArray[np.float64]", at: "NDArray[np.int64]", limit: int) -> "NDArray[np.int64]":
    """The places of the best; where time is equal, too, as they come, which is by id."""
    import numpy as np

    least = np.partition(score, -limit)[-limit] if len(score) > limit else -np.inf
    some = np.flatnonzero(score >= least)
    best: NDArray[np.int64] = some[np.lexsort((-at[some], -score[some]))][:limit]
    return best


def _elements(array: bytes, kind: str, words: int = 1) -> "NDArray[np.integer]":
    """The elements of an array without NULL, in the machine's order of bytes."""
    import numpy as np

    each = np.dtype([("size", ">i4"), ("words", kind, (words,) if words > 1 else ())])
    found = np.frombuffer(array, each, offset=_HEADER)["words"]
    return found.astype(found.dtype.newbyteorder("="))


def _idf(passages: int, often: int) -> float:
    return math.log(1 + (passages - often + 0.5) / (often + 0.5))
