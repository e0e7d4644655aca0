"""In which order a text says that things happen, and whether a sentence turns it round."""

import re
from collections.abc import Iterator, Sequence

from bot.support.clauses import Clause, clauses

_IN_ORDER = re.compile(
    r"先|再|然后|接着|最后|[之以]前|[之以]后|\b(?:first|then|before|after|finally|next|once)\b", re.I
)
_SENTENCES = re.compile(r"[。！!？?；;\n]|\.(?=\s|$)")
# what is said first and happens last
_TURNED = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"^(?P<late>.*\w.*?)\s+(?:only\s+)?(?:after|once|when|if)\s+(?P<early>.+)$",
        r"^\s*before\s+(?P<late>[^,]+),\s*(?P<early>.+)$",
        r"^(?P<late>.+?)(?:之前|以前|(?<![之以目])前)[,，]?\s*(?P<early>.+)$",
    )
)
_NATURAL = re.compile(r"\bbefore\b|\bafter\b|之后|以后", re.I)


def turns_round(sentence: str, passage: str, known: frozenset[str] = frozenset()) -> bool:
    """Whether two things that a passage puts in an order are put in the other one."""
    if not _IN_ORDER.search(passage):
        return False
    said, cited = list(_steps(sentence, known)), list(_steps(passage, frozenset()))
    ranked = [(n, rank) for n, step in enumerate(said) for rank in _ranks(step, cited)]
    return any(n < m and one > other for n, one in ranked for m, other in ranked)


def _ranks(step: Clause, cited: Sequence[Clause]) -> Iterator[int]:
    """Where in the passage each word and name of a step stands, if at one place alone."""
    for word in (*(w.text for w in step.words), *step.names):
        where = [n for n, one in enumerate(cited) if word in one.names or one.holds(word)]
        if len(where) == 1:
            yield where[0]


def _steps(text: str, known: frozenset[str]) -> Iterator[Clause]:
    for sentence in _SENTENCES.split(text):
        turned = next((found for pattern in _TURNED if (found := pattern.match(sentence))), None)
        for part in (turned["early"], turned["late"]) if turned else _NATURAL.split(sentence):
            yield from clauses(part, known)
