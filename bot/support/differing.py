"""Whether things that somebody said are about the same and do not agree: other figures, or one says not."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.support.figures import Figure, figures
from skills.terms import terms

ALIKE = 0.5  # of the words of the shorter one, from which both are about the same
_SOME_DAYS = re.compile(r"\b(?:weekday|weekend|workday|holiday)|工作日|周末|平时|节假日", re.I)
_CLAUSE = re.compile(r"[^\n。！？!?；;，,.]+")
_NOT = re.compile(r"\b(?:not|never|no longer|cannot|(?:do|is|are|wo|ca)n['’]t)\b|不|没|别|勿", re.I)


@dataclass(frozen=True, slots=True)
class _Said:
    """One of them, taken apart once, however many it is held against."""

    text: str
    figures: frozenset[Figure]
    terms: frozenset[str]


def differ(texts: Sequence[str]) -> bool:
    """Whether any two of these do not agree."""
    return any(against(texts))


def against(texts: Sequence[str]) -> Sequence[frozenset[int]]:
    """For each of these, the places of those with which it does not agree."""
    said = [_said(text) for text in texts]
    apart = {(n, m) for (n, one), (m, other) in combinations(enumerate(said), 2) if _differ(one, other)}
    return [frozenset(m for m in range(len(said)) if (n, m) in apart or (m, n) in apart) for n in range(len(said))]


def _said(text: str) -> _Said:
    found, rest = figures(text.lower())
    return _Said(text, found, frozenset(terms(rest)))


def _differ(one: _Said, other: _Said) -> bool:
    fewer = min(len(one.terms), len(other.terms))
    if not fewer or len(one.terms & other.terms) < ALIKE * fewer or _on_other_days(one, other):
        return False
    kinds = {figure.kind for figure in one.figures} & {figure.kind for figure in other.figures}
    for kind in kinds:
        if {f for f in one.figures if f.kind == kind}.isdisjoint(f for f in other.figures if f.kind == kind):
            return True
    return _denies(one.text, other.terms) != _denies(other.text, one.terms)


def _on_other_days(one: _Said, other: _Said) -> bool:
    """Whether one speaks of weekdays and the other of Friday: both may be so."""
    some, others = (frozenset(_SOME_DAYS.findall(each.text.lower())) for each in (one, other))
    named, called = (any(figure.kind == "weekday" for figure in each.figures) for each in (one, other))
    return some != others and bool(some or named) and bool(others or called)


def _denies(text: str, told: Collection[str]) -> bool:
    """Whether it says not of what the other one speaks of, too; “no problem” is about neither."""
    denied = (frozenset(terms(clause)) for clause in _CLAUSE.findall(text) if _NOT.search(clause))
    return any(about and len(about.intersection(told)) >= ALIKE * len(about) for about in denied)
