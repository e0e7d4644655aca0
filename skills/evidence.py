"""Whether an owner really said something on a question: a small calibrated sum over their own passages alone."""

import math
import re
from collections.abc import Mapping, Sequence

from skills.fusing import Fused
from skills.words import Evidence

# Fitted once by logistic regression on questions that owners could answer, that only somebody else could, and that
# belonged to other conversations; docs/recall.md says how, and what each part is worth.
_WITH_MEANING = {"base": -3.84, "best": 3.35, "three": 1.72, "nearest": 7.44, "fits": 0.39}
_WORDS_ALONE = {"base": -2.65, "best": 3.67, "three": 2.99, "nearest": 0.0, "fits": 0.35}
# What its owner kept in order to be asked for it answers sooner than what was said in passing: how much nearer it is
# than any note would be decides. Chosen apart, on notes and replies; docs/recall.md says how, and how the base was set.
_KEPT = {"base": -2.85, "best": 2.5, "three": 0.0, "nearest": 17.0, "fits": 0.0}
_KEPT_WORDS_ALONE = {"base": -0.9, "best": 3.67, "three": 0.0, "nearest": 0.0, "fits": 0.35}
ENOUGH = 0.43  # of probability: above it the double quotes, below it says the one sentence

# beside a Chinese character `\b` never fires: in "Q3上线" these do
_BEGINS, _ENDS = "(?<![0-9A-Za-z_])", "(?![0-9A-Za-z_])"
_WHEN = re.compile(
    rf"{_BEGINS}when{_ENDS}|what (?:time|date|day|year|month)|how (?:long|often|recently|soon)|{_BEGINS}deadline"
    r"|什么(?:时候|时间|日子)|何时|啥时|几[点号月时]|哪(?:一|个)?[天年月]|(?:周|星期|礼拜)几|多久|多长时间|截止",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(
    r"how (?:many|much|old|far|big|high|large)|多少|第几|多[大高远宽重深]"
    r"|几[个次人台条份天层楼种家位块张件页遍级步轮成倍元秒岁年周只把套箱本篇]",
    re.IGNORECASE,
)
_TIME = re.compile(
    rf"{_BEGINS}(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|yesterday|today|tonight|tomorrow|ago"
    r"|(?-i:May|Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat)|may [0-9]{1,2}|q[1-4]|noon|midnight|eod|eow"
    r"|daily|weekly|monthly|yearly"
    r"|weeks?|weekend|months?|years?|days?|hours?|minutes?|morning|afternoon|evening|summer|winter|spring|autumn"
    r"|last|next|recently|soon|[0-9]{1,2}(?::[0-9]{2})?\s?(?:am|pm)|[0-9]{4}s?|[0-9]{1,2}:[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}"
    rf"|[0-9]{{1,2}}(?:st|nd|rd|th)){_ENDS}"
    r"|[0-9一二三四五六七八九十两]+\s?(?:年|月|日|号|点|天|周|小时|分钟|季度)|[今昨明前后当每]天|[上下本这每]周|周[一二三四五六日天末]"
    r"|星期|礼拜|[上下本这每]个?月|[去明今每]年|[月年季][初底末]|季度|工作日|早上|上午|中午|下午|傍晚|晚上|凌晨|半夜|刚才|刚刚",
    re.IGNORECASE,
)
_FIGURE = "[零〇一二两三四五六七八九十百千万亿半]"
_NUMBER = re.compile(
    rf"[0-9]|{_BEGINS}(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand"
    rf"|few|couple|several|once|twice|first|second|third){_ENDS}"
    # 一起, 万一 and 十分 are no numbers, 三个 and 二十 are
    rf"|(?!十分)(?:第{_FIGURE}|百分之|(?!万一|千万|一一){_FIGURE}{{2,}}|一半|[好几]几|几[个次人台条份天层家位十百千万]"
    rf"|{_FIGURE}+(?:[个次人台条份天层楼种家位块张件页遍级步轮成倍元秒岁年月周点号度只把套箱本篇分]|小时|公里))",
    re.IGNORECASE,
)


def weigh(question: str, fused: Sequence[Fused], first: str, *, kept: bool = False, usual: float = 0.0) -> Evidence:
    """The evidence that passages, best first, answer a question; `first` is the text of the best one.

    `kept`: its owner kept it on purpose. `usual`: how near the question comes to notes of anybody's.
    """
    best = max((one.covered for one in fused), default=0.0)
    three = sum(one.covered for one in fused[:3]) / 3
    cosines = [one.cosine for one in fused if one.cosine is not None]
    nearest = max(cosines, default=None)
    fit = fits(question, first)
    by = _weights(nearest is not None, kept)
    kind = 0 if fit is None else 1 if fit else -1
    nearer = (nearest or 0.0) - (usual if kept else 0.0)
    total = by["base"] + by["best"] * best + by["three"] * three + by["nearest"] * nearer + by["fits"] * kind
    probability = 1 / (1 + math.exp(-total)) if fused else 0.0
    named = any(one.named for one in fused[:3])
    bm25 = max((one.bm25 or 0.0 for one in fused), default=0.0)
    return Evidence(probability, named or probability >= ENOUGH, best, three, bm25, nearest, fit, named)


def _weights(meaning: bool, kept: bool) -> Mapping[str, float]:
    if kept:
        return _KEPT if meaning else _KEPT_WORDS_ALONE
    return _WITH_MEANING if meaning else _WORDS_ALONE


def fits(question: str, text: str) -> bool | None:
    """Whether a text holds the kind of thing that is asked for, a time or a number; None: no kind is asked for."""
    if _WHEN.search(question):
        return bool(_TIME.search(text))
    if _HOW_MANY.search(question):
        return bool(_NUMBER.search(text))
    return None
