"""What only its owner can know the meaning of: words that point at something, where nothing names it."""

import re

from bot.support.figures import figures

_POINTS = re.compile(
    r"那个(?:东西|事情?|玩意|地方|谁)|老样子|老规矩|老地方|老时间|照旧|照常|[像和跟](?:上次|之前|以前|往常|平时)(?:的|那样)?一样|"
    r"上次那个|之前那个|那啥|你们?懂的|"
    r"\b(?:as usual|the usual|that thing|those things|the other one|like last time|same as (?:before|always|last time)|"
    r"the same as (?:before|always|last time)|you know (?:what|which|who|where)|whatever it(?:['’]s| is) called)\b",
    re.I,
)
_NAMES = re.compile(
    r"`|@\w|https?://|\w[._/-]\w|(?<=[a-z,;:，；] )[A-Z]\w+|(?<![A-Za-z])[A-Z]{2,}|[\u3400-\u9fff][A-Za-z]\w+"
)


def vague(text: str) -> str | None:
    """The words by which a text points at something that it does not name; None: it names it, or points at nothing."""
    pointing = _POINTS.search(text)
    if pointing is None or _NAMES.search(text) or figures(text)[0]:
        return None
    return pointing[0]
