"""Two searches made one: reciprocal ranks beside raw scores, and what stands next to a good find."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from skills.bm25 import Lexical, Matched
from skills.nearest import Near, Nearest

K = 10  # of the reciprocal ranks: small, for the passages of one owner are few
MOST_UNHEARD = 3  # words never said: a question asks for as much as these weigh at most
BESIDE = 0.2  # the share of its neighbour's score that a passage gets


@dataclass(frozen=True, slots=True)
class Fused:
    """One passage with what each search says of it; None where a search did not find it."""

    id: uuid.UUID
    at: datetime
    score: float
    bm25: float | None = None
    cosine: float | None = None
    covered: float = 0.0  # the share of the question, by weight, that it says
    named: bool = False  # whether it says an identifier that was asked for


def fuse(said: Lexical, near: Nearest) -> list[Fused]:
    """All that either search found, best first. A search by words alone keeps its scores."""
    matched = {m.id: (rank, m) for rank, m in enumerate(said.found, 1)}
    if not near.found:
        return [_one(said, m, None, m.score) for _, m in matched.values()]
    close = {n.id: (rank, n) for rank, n in enumerate(near.found, 1)}
    best = said.found[0].score if said.found else 1.0
    span = max(near.found[0].cosine - near.mean, 1e-9)
    fused: list[Fused] = []
    for id_ in dict.fromkeys([*matched, *close]):
        by_words, by_meaning = matched.get(id_), close.get(id_)
        score = 0.0
        if by_words is not None:
            score += _points(by_words[0], by_words[1].score / best)
        if by_meaning is not None:
            score += _points(by_meaning[0], (by_meaning[1].cosine - near.mean) / span)
        fused.append(_one(said, by_words and by_words[1], by_meaning and by_meaning[1], score))
    return _sorted(fused)


def beside(fused: Sequence[Fused], pairs: Iterable[tuple[uuid.UUID, uuid.UUID]]) -> list[Fused]:
    """The same, each raised by its neighbours: what was said right before or after a good find belongs to it."""
    scores = {one.id: one.score for one in fused}
    more = dict.fromkeys(scores, 0.0)
    for one, other in pairs:
        if one in scores and other in scores:
            more[one] += BESIDE * scores[other]
            more[other] += BESIDE * scores[one]
    return _sorted([replace(one, score=one.score + more[one.id]) for one in fused])


def _points(rank: int, share: float) -> float:
    """Half for the place, half for how near its raw score comes to the best one."""
    return K / 2 / (K + rank) + max(0.0, share) / 2


def _one(said: Lexical, matched: Matched | None, near: Near | None, score: float) -> Fused:
    found = matched or near
    assert found is not None
    cosine = near.cosine if near else None
    if matched is None:
        return Fused(found.id, found.at, score, None, cosine)
    return Fused(found.id, found.at, score, matched.score, cosine, _share(said, matched), matched.named)


def _share(said: Lexical, matched: Matched) -> float:
    """Of a long question nobody says more than a part: what it asks for is bounded."""
    return min(1.0, matched.covered / max(min(said.asked, MOST_UNHEARD * said.unheard), 1e-9))


def _sorted(fused: Sequence[Fused]) -> list[Fused]:
    """By score; the newer first where scores are equal."""
    return sorted(fused, key=lambda one: (-one.score, -one.at.timestamp(), one.id))
