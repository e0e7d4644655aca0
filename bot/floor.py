"""What no double ever answers, whatever its owner consents to: refused as a question, and dropped as a sentence."""

import re
import unicodedata
from collections.abc import Mapping
from configparser import ConfigParser
from dataclasses import dataclass
from importlib.resources import files

from bot.leaning import leaning
from bot.support.visible import INVISIBLE
from skills.meaning import Meaning, is_long

QUOTED_WITH_ITS_DATE = ("commitment", "whereabouts")
WORDS = "forbidden.ini"  # beside this file: one regular expression a line


@dataclass(frozen=True, slots=True)
class _Topic:
    """How one topic is known."""

    asked: re.Pattern[str]  # about a colleague for certain
    unless_thing: re.Pattern[str] | None  # about a colleague, unless a system is named beside it
    said: re.Pattern[str] | None  # told of a colleague, rather than asked


class Floor:
    """The one list of what is refused for everybody; it knows no owner and no consent, and can only forbid."""

    def __init__(self, meaning: Meaning | None = None) -> None:
        """`meaning`: questions in words that nobody thought of are known by it too, once it is loaded."""
        self._meaning = meaning
        parser = ConfigParser(interpolation=None, comment_prefixes=("#",), delimiters=("=",))
        parser.read_string(files("bot").joinpath(WORDS).read_text(encoding="utf-8"))
        who = parser["who"]["words"].strip()

        def pattern(topic: str, key: str) -> re.Pattern[str] | None:
            lines = parser[topic].get(key, "").split("\n")
            parts = [line.strip().replace("<who>", who) for line in lines if line.strip()]
            return re.compile("|".join(parts)) if parts else None

        def certain(topic: str, key: str) -> re.Pattern[str]:
            found = pattern(topic, key)
            assert found is not None, f"{WORDS}: {topic} has no {key}"
            return found

        self._thing = certain("thing", "words")
        self._duty = certain("duty", "words")
        self._topics: Mapping[str, _Topic] = {
            topic: _Topic(certain(topic, "asked"), pattern(topic, "asked_unless_thing"), pattern(topic, "said"))
            for topic in parser.sections()
            if topic not in ("who", "thing", "duty")
        }

    async def refuses(self, question: str) -> bool:
        """Whether a question is refused: by its words, and a short one by its meaning as well."""
        if self.asked(question):
            return True
        if self._meaning is None or is_long(question) or self._duty.search(_plain(question)):
            return False  # who is on duty, and who keeps a thing, is asked of the company and not of somebody's life
        if not self._meaning.ready or self._meaning.model != leaning().model:
            return False  # what was learnt says something about the vectors of its own model alone
        vectors = await self._meaning.of_question(_visible(question))
        return vectors is not None and leaning().refuses(vectors[0])

    def asked(self, question: str) -> str | None:
        """The topic for which a question is refused; None where it may be asked."""
        text = _plain(question)
        system = self._thing.search(text) is not None
        for name, topic in self._topics.items():
            if topic.asked.search(text) or (topic.unless_thing and not system and topic.unless_thing.search(text)):
                return name
        return None

    def said(self, sentence: str) -> str | None:
        """The topic for which a sentence is dropped; None where it may be said."""
        text = _plain(sentence)
        return next((name for name, topic in self._topics.items() if topic.said and topic.said.search(text)), None)

    def bars(self, quote: str) -> bool:
        """Whether a quote is kept back: what its owner promised, and where they were, is quoted with its date."""
        return self.said(quote) not in (None, *QUOTED_WITH_ITS_DATE)


def _plain(text: str) -> str:
    return _visible(text).lower()


def _visible(text: str) -> str:
    """Text as everybody reads it: what cannot be seen must not hide a word."""
    return " ".join(INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).split())
