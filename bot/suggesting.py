"""Questions that an owner could ask their own double, made from what they said."""

import re
from collections import Counter
from collections.abc import Sequence

from bot.sentences import Language, say
from skills.terms import asked

MOST = 3
LOOKED_AT = 200  # of the owner's latest passages
WORDS_EACH = 2
_HAN = re.compile(r"[\u3400-\u9fff]{2,6}")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{3,}[A-Za-z0-9]")


def suggestions(texts: Sequence[str], language: Language) -> Sequence[str]:
    """Up to three questions, each on the two most telling words of one text; the same texts give the same questions."""
    glue = "、" if language == "zh" else ", "
    return [say(language, "question_shape", words=glue.join(pair)) for pair in telling_words(texts)]


def telling_words(texts: Sequence[str]) -> Sequence[Sequence[str]]:
    """Up to three times the two most telling words of one text; no word twice.

    A word tells when it is long and stands in a few of the texts, but not in most.
    """
    lines = [_words(text) for text in texts]
    spread = Counter(word.casefold() for line in lines for word in set(line))

    def telling(word: str) -> float:
        often = spread[word.casefold()]
        return min(len(word), 8) * (1.0 if 1 < often <= 6 else 0.6 if often == 1 else 0.2)

    def best(line: Sequence[str]) -> list[str]:
        two = sorted(line, key=telling, reverse=True)[:WORDS_EACH]
        return sorted(two, key=line.index)

    chosen: list[Sequence[str]] = []
    used: set[str] = set()
    for line in sorted(lines, key=lambda line: -sum(map(telling, best(line)))):
        pair = best(line)
        if len(pair) == WORDS_EACH and used.isdisjoint(pair) and len(chosen) < MOST:
            used.update(line)
            chosen.append(pair)
    return chosen


def _words(text: str) -> list[str]:
    """The words worth showing, as they were written, in order."""
    han = [word for word in asked(text) if _HAN.fullmatch(word)]
    latin = [word for word in _LATIN.findall(text) if asked(word)]
    # the search cuts "数据库" into "数据" as well: only the whole word is worth showing
    whole = [word for word in han if not any(word != other and word in other for other in han)]
    return list(dict.fromkeys([*latin, *whole]))
