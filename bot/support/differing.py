"""Whether things that somebody said are about the same and do not agree: other figures, or one says not."""

import re
from collections.abc import Sequence
from itertools import combinations

from bot.support.figures import figures
from skills.terms import terms

ALIKE = 0.5  # of the words of the shorter one, from which both are about the same
_CLAUSE = re.compile(r"[^\n。！？!?；;，,.]+")
_NOT = re.compile(r"\b(?:not|never|no longer|cannot|(?:do|is|are|wo|ca)n['’]t)\b|不|没|别|勿", re.I)


def differ(texts: Sequence[str]) -> bool:
    """Whether any two of these do not agree."""
    return any(_differ(one, other) for one, other in combinations(texts, 2))


def _differ(one: str, other: str) -> bool:
    (mine, rest), (theirs, left) = figures(one), figures(other)
    said, told = set(terms(rest)), set(terms(left))
    if not said or not told or len(said & told) < ALIKE * min(len(said), len(told)):
        return False
    kinds = {figure.kind for figure in mine} & {figure.kind for figure in theirs}
    changed = any({f for f in mine if f.kind == k}.isdisjoint(f for f in theirs if f.kind == k) for k in kinds)
    return changed or _denies(one, told) != _denies(other, said)


def _denies(text: str, told: set[str]) -> bool:
    """Whether it says not of what the other one speaks of, too; “no problem” is about neither."""
    denied = (set(terms(clause)) for clause in _CLAUSE.findall(text) if _NOT.search(clause))
    return any(about and len(about & told) >= ALIKE * len(about) for about in denied)
