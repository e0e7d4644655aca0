"""Every sentence the bot says, in Chinese and English; nothing the bot shows is written anywhere else."""

import re
from typing import Literal, overload

from bot.sentences import (
    agreement,
    announcing,
    answers,
    correcting,
    credit,
    double,
    erasing,
    exporting,
    feedback,
    files,
    greeting,
    handover,
    interviewing,
    joining,
    leaving,
    leftovers,
    lending,
    mydata,
    pages,
    previewing,
    receipts,
    relaying,
    remembering,
    reminding,
    retracting,
    reviewing,
    scopes,
    speaking,
    withholding,
)

Language = Literal["zh", "en"]

_HAN = re.compile(r"[\u3400-\u9fff]")
_CHINESE = re.compile("[的了吗呢吧是在有不]|怎么|什么|为什么|哪|谁|多少|几|请|问|如何|说|记住|忘记|更正")
_ENGLISH = re.compile(
    r"\b(?:ask|what|how|when|where|who|which|why|is|are|was|were|do|does|did|can|could|should|we|the|and|of|to|in|for)\b",
    re.I,
)

TOPICS = (
    agreement,
    announcing,
    answers,
    correcting,
    credit,
    double,
    erasing,
    exporting,
    feedback,
    files,
    greeting,
    handover,
    interviewing,
    joining,
    leaving,
    leftovers,
    lending,
    mydata,
    pages,
    previewing,
    receipts,
    relaying,
    remembering,
    reminding,
    retracting,
    reviewing,
    scopes,
    speaking,
    withholding,
)
SENTENCES: dict[str, tuple[str, str]] = {key: both for topic in TOPICS for key, both in topic.SENTENCES.items()}


def say(language: Language, sentence: str, **fields: object) -> str:
    """The sentence in that language with its fields filled in. Raises KeyError for a sentence that does not exist."""
    return SENTENCES[sentence][0 if language == "zh" else 1].format(**fields)


@overload
def language_of(*texts: str, default: Language = "zh") -> Language: ...


@overload
def language_of(*texts: str, default: None) -> Language | None: ...


def language_of(*texts: str, default: Language | None = "zh") -> Language | None:
    """The language of the first text that shows one: Chinese characters or at least a word of letters.

    A slash command shows none, being the same in both; a colleague's Chinese name in an English sentence neither.
    """
    for text in texts:
        if _HAN.search(text):
            return "en" if len(_ENGLISH.findall(text)) > 1 and not _CHINESE.search(text) else "zh"
        if re.search(r"[A-Za-z]{2,}", text) and not text.lstrip().startswith("/"):
            return "en"
    return default
