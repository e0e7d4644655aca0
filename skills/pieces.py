"""Of a long message the part that answers: whole sentences together that say most of what is asked."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise

from skills.terms import asked

LONG = 400  # characters, from which a message is more than one screen shows
WIDE = 200  # characters of a part
MOST = 1_000  # sentences, as far as they are told apart: looking at one costs the same however short it is
_END = re.compile(r"[。！？!?；;\n]+[\"”’」』)）]*|(?<=\w)[.](?=\s)")


def piece(text: str, wanted: Collection[str]) -> str:
    """The part of a long text that says most of these terms, the rarest in it first; a short one whole."""
    if len(text) <= LONG:
        return text
    cuts = borders(text)
    said = [wanted_in(text[start:end], wanted) for start, end in pairwise(cuts)]
    often = Counter(term for terms in said for term in terms)

    def worth(run: tuple[int, int]) -> tuple[float, int]:
        first, last = run
        found = frozenset[str]().union(*said[first:last])
        return round(sum(1 / often[term] for term in found), 9), cuts[first] - cuts[last]

    first, last = max(_within(cuts), key=worth) if often else (0, 1)
    while last + 1 < len(cuts) and cuts[last + 1] - cuts[first] <= WIDE:
        last += 1
    return text[cuts[first] : cuts[last]].strip()


def wanted_in(text: str, wanted: Collection[str]) -> frozenset[str]:
    """Those of these terms that a text says."""
    return frozenset(wanted).intersection(asked(text)) if wanted else frozenset()


def borders(text: str) -> Sequence[int]:
    """Where sentences begin and the last one ends; what has no sentences is cut by its length."""
    cuts, least = [0], len(text) // MOST
    for end in (*(match.end() for match in _END.finditer(text)), len(text)):
        while end - cuts[-1] > WIDE:
            space = text.rfind(" ", cuts[-1] + WIDE // 2, cuts[-1] + WIDE)
            cuts.append(space + 1 if space > 0 else cuts[-1] + WIDE)
        if end - cuts[-1] > least or cuts[-1] < end == len(text):
            cuts.append(end)
    return cuts


def _within(cuts: Sequence[int]) -> list[tuple[int, int]]:
    """All runs of sentences that are no wider than a part."""
    runs = list[tuple[int, int]]()
    for first in range(len(cuts) - 1):
        last = first + 1
        while last < len(cuts) and (last == first + 1 or cuts[last] - cuts[first] <= WIDE):
            runs.append((first, last))
            last += 1
    return runs
