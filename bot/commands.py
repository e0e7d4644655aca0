"""What people say to the bot in plain words or after a slash, in Chinese and English."""

import re
from dataclasses import dataclass
from typing import Literal

Verb = Literal[
    "join",
    "leave",
    "scopes",
    "help",
    "notice",
    "pause",
    "resume",
    "remember",
    "forget",
    "correct",
    "object",
    "unobject",
    "answer",
    "keep",
    "receipt",
    "why",
    "retract",
    "withhold",
    "allow",
    "more",
    "mydata",
    "unask",
    "export",
    "interview",
    "skip",
    "stop",
    "renew",
    "weekly",
    "speak",
    "quote",
    "rules",
    "narrow",
    "handover",
    "preview",
    "review",
    "useful",
    "useless",
    "erase",
    "pages",
    "page",
    "credit",
    "show",
    "lend",
    "unknown",
]

_WORDS: dict[str, Verb] = {
    "加入": "join",
    "join": "join",
    "/optin": "join",
    "/join": "join",
    "退出": "leave",
    "leave": "leave",
    "/optout": "leave",
    "/leave": "leave",
    "暂停": "pause",
    "pause": "pause",
    "/pause": "pause",
    "恢复": "resume",
    "resume": "resume",
    "/resume": "resume",
    "我的分身": "scopes",
    "my double": "scopes",
    "/scopes": "scopes",
    "规则": "rules",
    "rules": "rules",
    "/rules": "rules",
    "帮助": "help",
    "help": "help",
    "/help": "help",
    "全文": "notice",
    "/notice": "notice",
    "记住": "remember",
    "remember": "remember",
    "/remember": "remember",
    "忘记": "forget",
    "forget": "forget",
    "/forget": "forget",
    "更正": "correct",
    "correct": "correct",
    "/correct": "correct",
    "我反对": "object",
    "object": "object",
    "/object": "object",
    "撤回反对": "unobject",
    "withdraw objection": "unobject",
    "/unobject": "unobject",
    "/answer": "answer",
    "/keep": "keep",
    "收据": "receipt",
    "receipt": "receipt",
    "/receipt": "receipt",
    "为什么": "why",
    "为什么？": "why",
    "为什么?": "why",
    "why": "why",
    "why?": "why",
    "/why": "why",
    "撤回回答": "retract",
    "retract": "retract",
    "/retract": "retract",
    "不分享": "withhold",
    "withhold": "withhold",
    "/withhold": "withhold",
    "允许": "allow",
    "allow": "allow",
    "/allow": "allow",
    "更多": "more",
    "more": "more",
    "/more": "more",
    "我的数据": "mydata",
    "my data": "mydata",
    "/mydata": "mydata",
    "删除我的问题": "unask",
    "delete my questions": "unask",
    "/unask": "unask",
    "导出": "export",
    "export": "export",
    "/export": "export",
    "访谈": "interview",
    "interview": "interview",
    "/interview": "interview",
    "跳过": "skip",
    "skip": "skip",
    "/skip": "skip",
    "结束": "stop",
    "stop": "stop",
    "/stop": "stop",
    "续期": "renew",
    "renew": "renew",
    "/renew": "renew",
    "每周小结": "weekly",
    "weekly": "weekly",
    "/weekly": "weekly",
    "页面": "pages",
    "pages": "pages",
    "/pages": "pages",
    "/page": "page",
    "预览": "preview",
    "preview": "preview",
    "/preview": "preview",
    "贡献": "credit",
    "credit": "credit",
    "/credit": "credit",
    "有用": "useful",
    "useful": "useful",
    "/useful": "useful",
    "没用": "useless",
    "useless": "useless",
    "/useless": "useless",
    "审阅": "review",
    "review": "review",
    "/review": "review",
    "让模型写": "speak",
    "let a model write": "speak",
    "/speak": "speak",
    "只用原话": "quote",
    "quotes only": "quote",
    "/quote": "quote",
    "删除": "erase",
    "erase": "erase",
    "/erase": "erase",
    "展开": "show",
    "show all": "show",
    "/show": "show",
    "以我的身份读取": "lend",
    "read as me": "lend",
    "/lend": "lend",
    "收窄": "narrow",
    "narrow": "narrow",
    "/narrow": "narrow",
    "交接": "handover",
    "handover": "handover",
    "/handover": "handover",
    "/交接": "handover",
}
_NOTE = re.compile(r"(记住|忘记|更正|不分享|预览|remember|forget|correct|withhold|preview)\s*[:：]\s*(.+)", re.I | re.S)
_SCOPE = re.compile(r"(加入|退出|收窄)\s+([a-z0-9][a-z0-9-]*(?:\s.*)?)", re.I | re.S)
_DAYS = re.compile(
    r"(删除|erase)[\s:：]*((?:[\d年月日./~\s—–-]|to|至|到|今天|昨天|today|yesterday)+|剩下的|leftover)", re.I
)
# to whom and, at the end, until when, or that it ends: so that a question about a handover stays one
_DAY = r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?"
_HANDOVER = re.compile(rf"(交接|handover)[\s:：]+(\S.*{_DAY}|收回|取消|off|end)", re.I | re.S)
# a draft's code, and what to do about it
_REVIEW = re.compile(
    r"(审阅|review)\s+([0-9A-Z]{5})(?:\s+(发送|以后都发|自己答|不发|不分享|send|always|myself|no|withhold)(?:\s+(.+))?)?",
    re.I | re.S,
)
_PARTS: dict[Verb, int] = {
    "remember": 1,
    "forget": 1,
    "correct": 1,
    "answer": 2,
    "keep": 2,
    "withhold": 1,
    "preview": 1,
    "page": 3,
    "review": 3,
}  # how many, the last one whole
CHOICES = {"me": "join_me", "here": "join_here", "today": "join_today", "no": "decline"}


@dataclass(frozen=True, slots=True)
class Command:
    """A verb and what follows it: `/optin today` is `Command("join", ("today",))`."""

    verb: Verb
    words: tuple[str, ...] = ()


def parse_command(text: str) -> Command | None:
    """The command that a message to the bot is; None for a question.

    A plain word is a command only when it stands alone, so that a question may contain it; anything after a
    slash is one, and an unknown slash word is `unknown` rather than a question. A note follows its word and a colon, a
    scope's name its Chinese word, days, or what is left over, the word by which they are erased, people and a day the
    one that hands over.
    """
    said = text.strip().rstrip("。.!！")
    if verb := _WORDS.get(said.casefold()):
        return Command(verb)
    if note := _NOTE.fullmatch(text.strip()):
        return Command(_WORDS[note[1].casefold()], (note[2],))
    if scope := _SCOPE.fullmatch(said):
        return Command(_WORDS[scope[1]], tuple(scope[2].split()))
    if days := _DAYS.fullmatch(said):
        return Command("erase", (days[2],))
    if handover := _HANDOVER.fullmatch(said):
        return Command("handover", tuple(handover[2].split()))
    if review := _REVIEW.fullmatch(text.strip()):
        return Command("review", tuple(part for part in review.groups()[1:] if part))
    if not said.startswith("/"):
        return None
    verb = _WORDS.get(said.split()[0].casefold(), "unknown")
    if verb in _PARTS:
        return Command(verb, tuple(text.split(maxsplit=_PARTS[verb])[1:]))
    return Command(verb, tuple(said.split()[1:]))
