"""A model's sentences held against the passages they cite: each shown as what it is, or not at all."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.grounding import MOST_QUOTES, Draft, Quoted, Sentence, ground
from bot.support.differing import against
from bot.support.figures import Figure
from bot.support.standing import failing
from bot.support.visible import brings_in, visible
from skills.words import Passage

MOST_TOLD = 4  # sentences of a model's own
LONGEST = 400  # characters of one

Kind = Literal["paraphrase", "inference"]

# a double never speaks as the person, outside of a quote
_AS_THE_PERSON = re.compile(
    r"(?<![\w/])(?:I|I['’](?:m|ve|d|ll)|me|my|mine|myself)(?![\w/])|(?<!自)我(?![们国司行方])|本人"
)


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence of a model's own that stands in what it cites."""

    kind: Kind
    text: str
    passages: tuple[Passage, ...]  # and the older ones that say otherwise, after them


@dataclass(frozen=True, slots=True)
class Held:
    """What is left of a draft, and how many sentences fell, by why."""

    told: Sequence[Told] = ()
    quoted: Sequence[Quoted] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)


def counted(told: Sequence[Told]) -> tuple[int, int]:
    """How many say it in other words, and how many are inferred."""
    inferred = sum(one.kind == "inference" for one in told)
    return len(told) - inferred, inferred


def hold(draft: Draft, recalled: Mapping[str, Passage], known: Collection[str] = ()) -> Held:
    """The sentences of a draft that stand in what they cite. `known`: the owner's names, which say nothing."""
    dropped: Counter[str] = Counter()
    told: dict[str, Told] = {}
    for sentence in draft.sentences:
        if sentence.kind == "quote":
            continue
        found = _held(sentence, recalled, known)
        if isinstance(found, Told) and len(told) < MOST_TOLD:
            told.setdefault(found.text.casefold(), found)
        else:
            dropped["too many" if isinstance(found, Told) else found] += 1
    quoted = ground(draft, recalled)
    dropped["quote"] += sum(s.kind == "quote" for s in draft.sentences) - len(quoted)
    return Held(list(told.values()), quoted[:MOST_QUOTES], +dropped)


def both_sides(told: Sequence[Told], found: Sequence[Passage], given: Collection[Passage]) -> Sequence[Told]:
    """Each with the older passages that say otherwise; what a newer one contradicts is left to quotes.

    `found`: all that was recalled. `given`: what of it a model may read; what it may not is quoted, beside the rest.
    """
    apart = against([p.text for p in found]) if told else ()
    others_of = {p.id: [found[n] for n in places] for p, places in zip(found, apart, strict=bool(told))}
    kept, may = [], {p.id for p in given}
    for one in told:
        cited, newest = {p.id for p in one.passages}, max(p.at for p in one.passages)
        others = {p.id: p for id_ in cited for p in others_of.get(id_, ()) if p.id not in cited}
        if all(p.at <= newest and p.id in may for p in others.values()):
            both = sorted((*one.passages, *others.values()), key=lambda p: p.at, reverse=True)
            kept.append(replace(one, passages=tuple(both) if others else one.passages))
    return kept


def _held(sentence: Sentence, recalled: Mapping[str, Passage], known: Collection[str]) -> Told | str:
    """The sentence, or why it falls."""
    text = visible(sentence.text)
    cited = [recalled[id_] for id_ in dict.fromkeys(sentence.passages) if id_ in recalled]
    if sentence.kind not in ("paraphrase", "inference"):
        return "kind"
    if not cited or len(cited) < len(set(sentence.passages)):
        return "citation"
    if not text or len(text) > LONGEST:
        return "length"
    if _AS_THE_PERSON.search(text):
        return "person"
    if brings_in(text, "\n".join(p.text for p in cited)):
        return "link"
    if sentence.kind == "inference":
        whole = "\n".join(p.text for p in cited)
        why = failing(text, whole, known=known, days=_days(cited), inferred=True)
        return why or Told("inference", text, tuple(cited))
    # a paraphrase stands in one passage: two that are each true may not make a third
    reasons = [failing(text, p.text, known=known, days=_days([p])) for p in cited]
    if None not in reasons:
        return str(reasons[0])
    return Told("paraphrase", text, (cited[reasons.index(None)],))


def _days(cited: Sequence[Passage]) -> frozenset[Figure]:
    """The days on which the passages were written may be told, and their years."""
    return frozenset(figure for passage in cited for figure in _day(passage))


def _day(passage: Passage) -> Iterator[Figure]:
    at = passage.at.astimezone()
    yield Figure("date", f"{at.month}-{at.day}")
    yield Figure("", str(at.year))
