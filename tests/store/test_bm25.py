"""Adding up postings: whatever comes, each passage has the sum of its own, and the best come first."""

import math
import struct
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from skills.bm25 import LENGTH, Postings, ranked, weights

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MEAN = 7.5


def _sent(elements: Sequence[bytes]) -> bytes:
    """An array as PostgreSQL sends it; its header is not looked at."""
    return bytes(20) + b"".join(struct.pack(">i", len(one)) + one for one in elements)


# passages of few moments, so that many have the same one, and of few halves of ids, so that halves are shared
PASSAGES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(-4, 4), st.integers(1, 40)),
    min_size=1,
    max_size=40,
    unique_by=lambda one: one[:2],
)


@given(PASSAGES, st.data())
def test_each_passage_has_the_sum_of_its_own_postings(
    passages: list[tuple[int, int, int, int]], data: st.DataObject
) -> None:
    """In whatever order they come, and however many were said at one moment; the newer first, then by id."""
    said = list[Postings]()
    tf: dict[uuid.UUID, dict[int, int]] = defaultdict(dict)
    known = {uuid.UUID(int=high << 64 | low): (at, length) for high, low, at, length in passages}
    for n in range(3):
        some = data.draw(st.lists(st.sampled_from(sorted(known)), unique=True))
        for one in some:
            tf[one][n] = data.draw(st.integers(1, known[one][1]))
        told = [struct.pack(">q", (tf[one][n] << LENGTH) + known[one][1]) for one in some]
        at = [struct.pack(">q", known[one][0]) for one in some]
        if some:
            said.append(Postings(n, _sent([one.bytes for one in some]), _sent(told), _sent(at)))
    if not said:
        return
    often = [sum(n in of for of in tf.values()) for n in range(4)]
    idf = [math.log(1 + (len(known) - df + 0.5) / (df + 0.5)) for df in often]

    def score(one: uuid.UUID) -> float:
        by_length = 1.5 * (1 - 0.75 + 0.75 * known[one][1] / MEAN)
        return round(math.fsum(idf[n] * f / (f + by_length) for n, f in tf[one].items()), 9)

    most = data.draw(st.integers(1, 20))
    found = ranked(said, weights(said, 4, len(known), MEAN), frozenset({1}), most)
    right = sorted(tf, key=lambda one: (-score(one), -known[one][0], one))[:most]
    assert [one.id for one in found.found] == right
    assert all(abs(one.score - score(one.id)) < 2e-9 for one in found.found)
    assert [one.at for one in found.found] == [EPOCH + timedelta(microseconds=known[one][0]) for one in right]
    assert [one.named for one in found.found] == [1 in tf[one] for one in right]
    assert all(math.isclose(one.covered, math.fsum(idf[n] for n in tf[one.id])) for one in found.found)
    assert math.isclose(found.asked, math.fsum(idf))
    assert math.isclose(found.unheard, idf[3])
