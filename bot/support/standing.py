"""Whether a sentence stands in one passage: every figure, name and negation of it, and enough of its words."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Literal

from bot.support.clauses import Clause, Word, clauses
from bot.support.figures import Figure
from bot.support.order import turns_round
from bot.support.vocabulary import vocabulary

ENOUGH = 0.8  # of the words of a paraphrase, as `docs/grounding.md` measures it
ENOUGH_TO_INFER = 0.5

Fact = Figure | str | Word
Failing = Literal["figure", "name", "thing", "opposite", "manner", "bound elsewhere", "order", "words", "nothing"]


def failing(
    sentence: str, passage: str, *, known: Collection[str] = (), days: Collection[Figure] = (), inferred: bool = False
) -> Failing | None:
    """Why a sentence does not stand in a passage; None where it stands.

    `known`: the owner's names. `days`: figures that may be said besides, such as the day on which it was written.
    An inference may deny, doubt and conclude; its figures, names and things must stand all the same.
    """
    names = frozenset(name.lower() for name in known)
    said, cited = clauses(sentence, names), clauses(passage)
    if not said:
        return "nothing"
    for clause in said:
        if why := _hard(clause, cited, days):
            return why
        if not inferred and (why := _turned(clause, said, cited)):
            return why
    if not inferred and turns_round(sentence, passage, names):
        return "order"
    return _too_little(said, cited, inferred=inferred)


def _hard(clause: Clause, cited: Sequence[Clause], days: Collection[Figure]) -> Failing | None:
    figures = {figure for one in cited for figure in one.figures} | set(days)
    if not all(any(said.stands_for(figure) for figure in figures) for said in clause.figures):
        return "figure"
    if not clause.names <= {name for one in cited for name in one.names} | _spelt(cited):
        return "name"
    every = "conditional" in clause.manner  # a condition is a claim: nothing of it is made up
    if any((word.hard or every) and not _stands(word, cited) for word in clause.words):
        return "thing"
    return None


def _spelt(cited: Sequence[Clause]) -> set[str]:
    return {word for one in cited for word in one.text.split()}


def _turned(clause: Clause, said: Sequence[Clause], cited: Sequence[Clause]) -> Failing | None:
    """Whether a clause says the opposite, more than was said, or of one thing what was said of another."""
    if _opposed(clause, cited):
        return "opposite"
    if _bound_elsewhere(clause, cited):
        return "bound elsewhere"
    if _only_denied(clause, said, cited):
        return "manner"
    closest = _closest(clause, cited)
    if not closest:
        return "words" if clause.words else None
    return None if any(_same_manner(clause, said, cited, one) for one in closest) else "manner"


def _only_denied(clause: Clause, said: Sequence[Clause], cited: Sequence[Clause]) -> bool:
    """Whether it asserts something of what was only ever said with a "not"."""
    if any(one.negations for one in said):
        return False
    exact = clause.figures or clause.names  # these tell which clause is meant
    where = [[one for one in cited if one.holds(word.text)] for word in clause.words if not (word.hard and exact)]
    return any(ones and all(one.negations for one in ones) for ones in where)


def _opposed(clause: Clause, cited: Sequence[Clause]) -> bool:
    """Whether it has a word for whose opposite it cites, and not the word itself."""
    mine = {word.text for word in clause.words}
    for pair in vocabulary().opposite:
        for one, other in (pair, pair[::-1]):
            has = mine & one or {word for word in one if not word.isascii() and word in clause.text}
            if has and not _any_of(has, cited) and _any_of(other, cited):
                return True
    return False


def _any_of(words: Collection[str], cited: Sequence[Clause]) -> bool:
    return any(one.holds(word) for word in words for one in cited)


def _bound_elsewhere(clause: Clause, cited: Sequence[Clause]) -> bool:
    """Whether it says of one thing what was said of another."""
    facts, cited = list(_facts(clause)), _with_their_figures(cited)
    if any(_alone(fact, clause, cited) for fact in facts if not isinstance(fact, Word) or fact.proper):
        return True
    has = [frozenset(n for n, fact in enumerate(facts) if _has(one, fact)) for one in cited]
    said = [frozenset(word.text for word in clause.words if one.holds(word.text)) for one in cited]
    apart = ((n, m) for n, m in permutations(range(len(cited)), 2) if has[n] - has[m] and has[m] - has[n])
    return any(said[n] & said[m] or _rivalled(facts, has[n] - has[m], clause, cited[m]) for n, m in apart)


def _rivalled(facts: Sequence[Fact], mine: Collection[int], clause: Clause, other: Clause) -> bool:
    """Whether another clause has a figure of its own in place of one of these."""
    kinds = {fact.kind for n in mine if isinstance(fact := facts[n], Figure)}
    return any(figure.kind in kinds and figure not in clause.figures for figure in other.figures)


def _with_their_figures(cited: Sequence[Clause]) -> Sequence[Clause]:
    """A clause of figures alone belongs to what was said before it: "a large room, three days ahead"."""
    kept: list[Clause] = []
    for one in cited:
        if kept and not one.words and not one.names:
            kept[-1] = replace(kept[-1], figures=kept[-1].figures | one.figures)
        else:
            kept.append(one)
    return kept


def _alone(fact: Fact, clause: Clause, cited: Sequence[Clause]) -> bool:
    """Whether a fact was said with nothing else of this clause, all of which was said of another like it."""
    about = [word.text for word in clause.words if word != fact]
    where = [one for one in cited if _has(one, fact)]
    beside = [other for other in _facts(clause) if other != fact]
    if not where or not about or any(one.holds(word) for one in where for word in about):
        return False
    if any(_has(one, other) for one in where for other in beside):
        return False
    others = [one for one in cited if one not in where and any(_rivals(fact, other) for other in _facts(one))]
    return any(one.holds(word) for one in others for word in about)


def _facts(clause: Clause) -> Iterator[Fact]:
    yield from clause.figures
    yield from clause.names
    yield from (word for word in clause.words if word.hard)


def _has(clause: Clause, fact: Fact) -> bool:
    if isinstance(fact, Word):
        return clause.holds(fact.text)
    if isinstance(fact, str):
        return fact in clause.names or fact in clause.text.split()
    return any(fact.stands_for(figure) for figure in clause.figures)


def _rivals(fact: Fact, other: Fact) -> bool:
    if isinstance(fact, Figure) and isinstance(other, Figure):
        return fact.kind == other.kind
    return type(fact) is type(other)


def _closest(clause: Clause, cited: Sequence[Clause]) -> Sequence[Clause]:
    """The cited clauses that have most of its figures and names, and of these the ones that say most of it."""
    exact: list[Fact] = [*(figure for figure in clause.figures if figure.kind != "often"), *clause.names]
    shares = [(sum(_has(one, fact) for fact in exact), _share(clause, one)) for one in cited]
    best = max(shares, default=(0, 0.0))
    return [one for one, share in zip(cited, shares, strict=True) if share == best and any(share)]


def _share(clause: Clause, cited: Clause) -> float:
    """What is done counts for more than what it is done to: that is what a "not" turns."""
    return sum(_held(word, cited) * (1 if word.hard else 2) for word in clause.words)


def _held(word: Word, cited: Clause) -> float:
    if word.text.isascii():
        return float(cited.holds(word.text))
    return sum(c in cited.text for c in word.text) / len(word.text)


def _same_manner(clause: Clause, said: Sequence[Clause], all_cited: Sequence[Clause], cited: Clause) -> bool:
    mine, theirs = clause.manner, cited.manner
    anywhere = frozenset(manner for one in said for manner in one.manner)
    if clause.negations != cited.negations:
        # what was said in one clause may be said in two
        both = sum(one.negations for one in said if cited in _closest(one, all_cited))
        if both != cited.negations:
            return False
    if ("needless" in mine and "forbidden" in theirs) or ("forbidden" in mine and "needless" in theirs):
        return False
    if "asking" in theirs and "asking" not in mine:
        return False
    if "hedged" in theirs and "hedged" not in anywhere:
        return False
    if theirs & {"conditional", "only then"} and "provided" not in anywhere:
        return False
    return "universal" not in mine or "universal" in theirs


def _too_little(said: Sequence[Clause], cited: Sequence[Clause], *, inferred: bool) -> Failing | None:
    words = [word for clause in said for word in clause.words]
    facts = sum(len(clause.figures) + len(clause.names) for clause in said)
    found = sum(_stands(word, cited) for word in words)
    enough = ENOUGH_TO_INFER if inferred else ENOUGH
    return None if (found + facts) >= enough * (len(words) + facts) else "words"


def _stands(word: Word, cited: Sequence[Clause]) -> bool:
    if any(one.holds(word.text) for one in cited):
        return True
    plain = vocabulary().neutral_han
    return not word.text.isascii() and all(
        any(c in one.text for one in cited) or plain.fullmatch(c) is not None for c in word.text
    )
