"""A text as clauses, each with what it is about: its words, its names and identifiers, its figures and its manner."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.support.figures import Figure, figures
from bot.support.vocabulary import stem, vocabulary
from skills.terms import simplified

LOOKED_AT = 1_500  # characters of a text
HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"

_ENDS = re.compile(
    r"[，,；;。！!？?\n、：]|\.(?=\s|$)|:(?!\d)|\b(?:and|then|but|so|before|after)\b"
    rf"|的话|的时候|(?<=[{HAN}][{HAN}])(?<!小)时(?![间候刻期机段效长点常])|(?<![不别要勿])再|然后|接着|(?<![也早])就(?!是|算|行|好)"
)
_ENDLESS = re.compile(r"[A-Za-z0-9_]{65,}|[零〇一二两三四五六七八九十百千万亿]{13,}")  # no word, and slow to look at
_SENTENCES = re.compile(r"(?<=[。！!？?；;\n])|(?<=\.)(?=\s)")
_KEPT = ("?", "？", "after", "的话", "的时候", "时")  # they say something of what they end
_NAME = re.compile(
    r"(?=[^\s]*[A-Za-z_])[A-Za-z0-9_]+(?:[._/:@\\-]+[A-Za-z0-9_]+)+|-{1,2}[A-Za-z][\w-]+"
    r"|[A-Za-z]+\d\w*|\d+[A-Za-z_]\w{2,}"
)
_LATIN = re.compile(r"[A-Za-z][A-Za-z'’]*")
_CONTRACTED = re.compile(r"n['’]t\b")
_POSSESSIVE = re.compile(r"['’]s\b")
_SOFT = "v vd vi a ad d z".split()  # verbs, adjectives and adverbs, as the segmenter calls them
_NOUNS = "n nz vn".split()
_BEFORE_A_NOUN = "a an the this that these those of in on at to with from by for via per".split()


@dataclass(frozen=True, slots=True)
class Word:
    """A word that tells something; a hard one (a thing, a name) may not be exchanged for another."""

    text: str  # of an English word, its stem
    hard: bool
    proper: bool = False  # a name of somebody or something


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence."""

    text: str  # in lower case, words of one meaning made the same
    words: tuple[Word, ...]
    names: frozenset[str]  # what must stand letter for letter: identifiers, and Latin words beside Chinese ones
    figures: frozenset[Figure]
    manner: frozenset[str]
    negations: int
    stems: frozenset[str]  # every Latin word in it

    def holds(self, word: str) -> bool:
        """Whether a word stands in it."""
        return word in self.stems if word.isascii() else word in self.text


def clauses(text: str, known: frozenset[str] = frozenset()) -> Sequence[Clause]:
    """The clauses of a text. `known`: names that say nothing here, the owner's own, in lower case."""
    plain = _POSSESSIVE.sub("", simplified(unicodedata.normalize("NFKC", _ENDLESS.sub(" ", text[:LOOKED_AT]))))
    return [clause for sentence in _SENTENCES.split(plain) for clause in _of_one_sentence(sentence, known)]


def _of_one_sentence(sentence: str, known: frozenset[str]) -> Iterator[Clause]:
    """Its clauses; what follows an "if" holds only then."""
    only_then = False
    for part in _parts(sentence):
        clause = _clause(part, known)
        only_then |= "conditional" in clause.manner
        if clause.words or clause.names or clause.figures:
            yield replace(clause, manner=clause.manner | {"only then"}) if only_then else clause


def _parts(text: str) -> Iterator[str]:
    """What stands between two ends, the mark that asks included."""
    hidden = {match.start() for name in _NAME.finditer(text) for match in _ENDS.finditer(text, *name.span())}
    start = 0
    for end in _ENDS.finditer(text):
        if end.start() in hidden or _within_a_figure(text, end):
            continue
        yield text[start : end.end() if end[0] in _KEPT else end.start()]
        start = end.end()
    yield text[start:]


def _within_a_figure(text: str, end: re.Match[str]) -> bool:
    """ "between 2 and 4 pm", "5,000"."""
    before, after = text[: end.start()].rstrip()[-1:], text[end.end() :].lstrip()[:1]
    return end[0] in (",", "and", ":") and before.isdigit() and after.isdigit()


def _clause(part: str, known: frozenset[str]) -> Clause:
    words = vocabulary()
    names = frozenset(match[0].lower() for match in _NAME.finditer(part)) - known
    rest = _CONTRACTED.sub(" ", _NAME.sub(" ", part))
    if re.search(f"[{HAN}]", part):
        names |= {m[0].lower() for m in _LATIN.finditer(rest) if len(m[0]) > 1} - known - words.neutral
    said = words.alike(rest.lower())
    found, left = figures(said)
    harmless = words.manner["harmless"].sub(" ", part.lower())
    return Clause(
        text=f"{said} {' '.join(names)}",
        words=tuple(_words(left, rest, known)),
        names=names,
        figures=found,
        manner=frozenset(name for name, how in words.manner.items() if name != "harmless" and how.search(harmless)),
        negations=len(words.manner["negated"].findall(harmless)),
        stems=frozenset(_same(m[0]) for m in _LATIN.finditer(said)) | _parts_of(names),
    )


def _parts_of(names: frozenset[str]) -> frozenset[str]:
    return frozenset(stem(part) for name in names for part in re.findall(r"[a-z]+", name))


def _same(word: str) -> str:
    found = stem(word.lower())
    return vocabulary().same.get(found, found)


def _words(left: str, original: str, known: frozenset[str]) -> Iterator[Word]:
    """The words that tell something, of a clause without its figures and names."""
    neutral = vocabulary()
    chinese = re.search(f"[{HAN}]", original) is not None
    first = next((m[0].lower() for m in _LATIN.finditer(original)), "")
    capital = {m[0].lower() for m in _LATIN.finditer(original) if m[0][0].isupper()}
    before = ""
    for match in _LATIN.finditer(left):
        word = match[0]
        if not chinese and word not in known and stem(word) not in neutral.neutral and len(word) > 1:
            named = word in capital and not (word == first and stem(word) in neutral.same)
            yield Word(_same(word), named or before in _BEFORE_A_NOUN, proper=named and word != first)
        before = word
    for run in re.findall(f"[{HAN}]+", left):
        tagged = [*neutral.tagged(run), ("", "")]
        for (word, kind), (_, following) in pairwise(tagged):
            if word not in known and not neutral.neutral_han.fullmatch(word):
                # a verb right before a noun tells which one: 搜索服务
                yield Word(
                    word,
                    hard=kind not in _SOFT or following in _NOUNS,
                    proper=kind.startswith(("nr", "ns", "nt", "nz")),
                )
