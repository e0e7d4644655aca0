"""What a model wrote on a page, as its owner sees it: by parts, with days, under the mark that a machine wrote it."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from string import ascii_lowercase

from bot import cards
from bot.budget import MILLION, Limits
from bot.sentences import Language, say
from skills.page_words import Part, Spent, Told

LETTERS = ascii_lowercase
CENT = 0.01
PARTS: Mapping[Part, str] = {
    "situation": "page_situation",
    "options": "page_options",
    "choice": "page_choice",
    "reason": "page_reason",
    "when": "page_when",
    "step": "page_step",
    "pitfall": "page_pitfall",
    "fact": "page_fact",
    "owner": "page_owner",
    "answer": "page_answer",
}


def written_part(language: Language, told: Sequence[Told]) -> list[str]:
    """Each line with its letter and the day of what it rests on, under the name of its part."""
    if not told:
        return []
    lines = ["", say(language, "page_told", provider=told[0].provider)]
    for part, some in groupby(zip(LETTERS, told, strict=False), key=lambda one: one[1].part):
        lines.append(say(language, PARTS[part]))
        lines += [f"{mark}. {line.text} ({cards.day(line.at)})" for mark, line in some]
    return [*lines, ""]


def progress(language: Language, spent: Spent, limits: Limits) -> str:
    """How far a model has come, how much it took, and what that costs where a price is set."""
    tokens = spent.tokens_in + spent.tokens_out
    price = (spent.tokens_in * limits.price_in + spent.tokens_out * limits.price_out) / MILLION
    told = {"provider": spent.provider, "lines": spent.lines, "read": spent.read, "of": spent.of, "tokens": tokens}
    text = say(language, "pages_spent", **told)
    cost = f"{price:.2f}" if price >= CENT else f"<{CENT}"
    return f"{text} {say(language, 'pages_cost', cost=cost)}" if price else text
