"""What an owner has said already on an interview's questions, found among their own words alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.sentences import Language, say
from bot.suggesting import LOOKED_AT, telling_words
from skills.store import Store
from skills.words import Passage, Source, Venue

LOOKED_THROUGH = 20  # passages that recall finds best for a question
ON_PURPOSE: tuple[Source, ...] = ("note", "kept", "interview")  # what was told to the double answers it for good


@dataclass(frozen=True, slots=True)
class Asking:
    """One question: its sentence, and by which words somebody has spoken of such a thing."""

    sentence: str
    spoken_of: re.Pattern[str]


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


QUESTIONS: Mapping[str, Asking] = {
    "come_for": Asking(
        "asked_come_for",
        _words(r"问我|找我|归我管?|我负责|\b(?:come to|ask) me\b|\bI(?:'m| am) (?:in charge|responsible)"),
    ),
    "where": Asking(
        "asked_where",
        _words(
            r"https?://|wiki|文档|仓库|目录|文件夹|表格|看板|柜|放在|存在|链接|\brepo|\bdocuments?\b|\bfolder|\bboard\b"
            r"|spreadsheet|cabinet|\b(?:lies?|lives?|kept|stored|is) (?:in|on|under) "
        ),
    ),
    "wrong": Asking(
        "asked_wrong",
        _words(
            r"出问题|报错|故障|失败|超时|卡住|容易错|异常|\bfail|\berror|\bbr[eo]ak|\bwrong\b|time[sd]? ?out|\bstuck\b"
        ),
    ),
    "decides": Asking(
        "asked_decides",
        _words(
            r"拍板|批准|审批|签字|说了算|决定|点头"
            r"|\bapprov|\bsign(?:s|ed|ature)?\b|\bsign[- ]?off|\bdecides?\b|\bagrees?\b"
        ),
    ),
    "changed": Asking(
        "asked_changed",
        _words(
            r"改成|改为|改到|换成|搬到|不再|从.{1,12}起|\bno longer\b|\binstead of\b|\bchanged\b|\bmoved to\b|\bas of\b"
        ),
    ),
    "routine": Asking(
        "asked_routine",
        _words(
            r"每(?:天|周|月|季|年|次)|定期|周[一二三四五六日]"
            r"|\bevery (?:day|week|month|\w+day)|\b(?:daily|weekly|monthly)\b"
        ),
    ),
    "others": Asking(
        "asked_others", _words(r"不归我|别找我|不用找我|\bnot (?:me|mine)\b|\bask \w+ instead\b|\bbelongs to\b")
    ),
}

FIRST = next(iter(QUESTIONS))  # what they are asked for at all: to be told without an example


class Known:
    """Reads only what the owner could ask their own double, in the chat that the interview is for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def left(self, owner: str, chat: str, language: Language) -> Sequence[str]:
        """The questions worth asking: without those that a note, a kept reply or an earlier interview answers."""
        topics = await self._topics(owner, chat)
        found = {name: await self._said(owner, chat, name, self._asked(name, topics, language)) for name in QUESTIONS}
        left = [name for name, passage in found.items() if passage is None or passage.source not in ON_PURPOSE]
        return left or list(QUESTIONS)  # all answered: each is asked again with what was said

    async def up(self, owner: str, chat: str, name: str, language: Language) -> tuple[str, Passage | None]:
        """A question's words, with an example from what this owner talks about there, and what they said on it.

        Of that the likeliest; None: nothing that speaks of such a thing.
        """
        asked = self._asked(name, await self._topics(owner, chat), language)
        return asked, await self._said(owner, chat, name, asked)

    def _asked(self, name: str, topics: Sequence[Sequence[str]], language: Language) -> str:
        n, glue = list(QUESTIONS).index(name), "、" if language == "zh" else ", "
        asked = say(language, QUESTIONS[name].sentence)
        if not topics or name == FIRST:
            return asked
        example = say(language, "interview_such_as", words=glue.join(topics[n % len(topics)]))
        return f"{asked}{example}" if language == "zh" else f"{asked} {example}"

    async def _said(self, owner: str, chat: str, name: str, asked: str) -> Passage | None:
        venue = Venue(chat, direct=True)
        grant = await self._store.grant(owner, asker=owner, venue=venue, readers=frozenset({owner}))
        if grant is None:
            return None
        found = await self._store.search(grant, asked, LOOKED_THROUGH)
        there = (p for p in found.passages if p.chat == chat and QUESTIONS[name].spoken_of.search(p.text))
        return next(there, None)

    async def _topics(self, owner: str, chat: str) -> Sequence[Sequence[str]]:
        """Telling words of theirs: out of interviews first, which begin with what they are asked for."""
        own = await self._store.own(owner, chat, LOOKED_AT)
        return telling_words([p.text for p in own if p.source == "interview"]) or telling_words([p.text for p in own])
