"""The words by which sentences are compared: which say nothing, which are the same, which are opposite, and manners."""

import re
from collections.abc import Iterator, Mapping, Sequence
from configparser import ConfigParser
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import rjieba
from snowballstemmer import stemmer

WORDS = "words.ini"

_STEMMER = stemmer("english")
_IRREGULAR = dict(
    pair.split(":")
    for pair in """
    went:go gone:go kept:keep ran:run sent:send took:take taken:take found:find told:tell wrote:write written:write
    left:leave gave:give given:give came:come built:build broke:break broken:break fell:fall fallen:fall held:hold
    brought:bring thought:think bought:buy lost:lose met:meet paid:pay spent:spend chose:choose chosen:choose
    """.split()
)


@cache
def stem(word: str) -> str:
    """An English word as its other forms have it too."""
    return str(_STEMMER.stemWord(_IRREGULAR.get(word, word)))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What `words.ini` says, ready to be looked up."""

    neutral: frozenset[str]  # English stems
    neutral_han: re.Pattern[str]  # one such word, or several in a row
    same: Mapping[str, str]  # English stem → the first of its group
    same_han: Mapping[str, str]
    opposite: Sequence[tuple[frozenset[str], frozenset[str]]]
    manner: Mapping[str, re.Pattern[str]]
    segmenter: rjieba.Jieba

    def alike(self, text: str) -> str:
        """A text in lower case with each Chinese word replaced by the first of those that mean the same."""
        return "".join(word for word, _ in self.tagged(text))

    def tagged(self, text: str) -> Iterator[tuple[str, str]]:
        """The same, word by word, each with its part of speech."""
        for word, kind in self.segmenter.tag(text):
            yield self.same_han.get(word, word), kind


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary, read once."""
    parser = ConfigParser(interpolation=None, comment_prefixes=("#",), delimiters=("=",))
    parser.read_string(files("bot.support").joinpath(WORDS).read_text(encoding="utf-8"))
    same, same_han = _groups(parser["same"]["en"]), _groups(parser["same"]["zh"])
    first = {stem(word): stem(group[0]) for group in same for word in group}
    return Vocabulary(
        neutral=frozenset(stem(word) for word in parser["neutral"]["en"].split()),
        neutral_han=re.compile(f"(?:{'|'.join(parser['neutral']['zh'].split())})+"),
        same=first,
        same_han={word: group[0] for group in same_han for word in group},
        opposite=[*_opposites(parser["opposite"]["en"]), *_opposites(parser["opposite"]["zh"])],
        manner={name: re.compile(pattern) for name, pattern in parser["manner"].items()},
        segmenter=_segmenter([word for group in same_han for word in group]),
    )


def _segmenter(words: Sequence[str]) -> rjieba.Jieba:
    """One of our own: words that it learns must not change what recall finds."""
    made = rjieba.Jieba()
    for word in words:
        if len(word) > 1:
            made.add_word(word, 10_000, "v")
    return made


def _groups(lines: str) -> list[list[str]]:
    return [[word.replace("_", " ") for word in line.split()] for line in lines.splitlines() if line.strip()]


def _opposites(lines: str) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    for line in filter(str.strip, lines.splitlines()):
        one, other = line.split("/")
        yield frozenset(map(stem, one.split())), frozenset(map(stem, other.split()))
