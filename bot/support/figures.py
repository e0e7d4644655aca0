"""Numbers, units, times and dates of a text, Chinese and English, in a form in which equal ones are equal."""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: of which kind, and how much; of a time of day, whether before or after noon, "" where not said."""

    kind: str
    value: str
    half: str = ""

    def stands_for(self, other: "Figure") -> bool:
        """Whether it may be said where the other one was."""
        same = (self.kind, self.value) == (other.kind, other.value)
        return same and (self.half == other.half or "" in (self.half, other.half))


_HAN = "零一二两三四五六七八九十百千万亿"
_NUMBER = rf"(?:\d+(?:,\d{{3}})*(?:\.\d+)?|[{_HAN}]+)"
_WORDS = {
    **{w: n for n, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())},
    **{w: n for n, w in enumerate("thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(), 13)},
    **{w: 10 * n for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)},
}
_WORD = rf"(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?:[- ](?:{'|'.join(list(_WORDS)[1:10])}))?"
_TIMES = {"hundred": 100, "thousand": 1000, "k": 1000, "million": 1_000_000, "万": 10_000, "千": 1000, "亿": 10**8}

# by kind: how many of the smallest one each is
_UNITS: dict[str, dict[str, float]] = {
    "seconds": {
        r"毫秒|ms|milliseconds?": 0.001,
        r"秒钟?|s|secs?|seconds?": 1,
        r"分钟|mins?|minutes?": 60,
        r"个?小时|个?钟头|h|hrs?|hours?": 3600,
        r"天|日(?!志)|days?": 86_400,
        r"周|个?星期|weeks?": 7 * 86_400,
    },
    "months": {r"个月|months?": 1, r"年|years?": 12},
    "working days": {r"个?工作日|working days?|business days?": 1},
    "bytes": {r"kb|k字节": 2**10, r"mb|兆": 2**20, r"gb?": 2**30, r"tb": 2**40},
    "percent": {r"%|percent|per cent": 1},
    "yuan": {r"元|块钱?|rmb|yuan|cny": 1},
    "euros": {r"欧元|€|euros?|eur": 1},
    "dollars": {r"美元|美金|usd|dollars?": 1},
    "of the month": {r"号|st|nd|rd|th": 1},
    "times": {r"次|遍|倍|times": 1},
    "people": {r"个?人|位|people|persons?": 1},
    "": {r"个|条|台|页|行|份|章|层|步|点(?!钟|半|到|左右)": 1},
}
_UNIT = "|".join(f"(?:{unit})" for units in _UNITS.values() for unit in units)
_DAYS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7}
_WEEK = {d: n for n, d in enumerate("mon tue wed thu fri sat sun".split(), 1)}
_MONTH = {m: n for n, m in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_MONTHS = (
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|t(?:ember)?|ober|(?:em|tem)ber)?"
)
_PART = r"(凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|每晚|今晚|晚)"
_AFTER_NOON = ("下午", "傍晚", "晚上", "每晚", "今晚", "晚", "中午", "pm", "p.m.")

_PATTERNS = {
    "date": re.compile(
        rf"(?:\d{{4}}[-/年])(\d{{1,2}})[-/月](\d{{1,2}})(?:[日号]|(?!\w))"
        rf"|(\d{{1,2}}|[{_HAN}]{{1,2}})月(\d{{1,2}}|[{_HAN}]{{1,3}})[日号]"
        rf"|\b{_MONTHS}\.? (\d{{1,2}})(?:st|nd|rd|th)?\b|\b(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTHS}\b"
    ),
    "clocks": re.compile(r"\b(\d{1,2})(?::(\d{2}))?\s*(?:-|–|to|and|until)\s*(\d{1,2})(?::(\d{2}))?\s*([ap]\.?m\b\.?)"),
    "clock": re.compile(r"\b(\d{1,2})(?::(\d{2}))?\s*([ap]\.?m\b\.?)|(?<![\d:])(\d{1,2}):(\d{2})(?![\d:])"),
    "hour": re.compile(rf"{_PART}?\s*({_NUMBER})\s*[点](?:钟|(半)|({_NUMBER})分)?(?=$|[^点])"),
    "weekday": re.compile(
        r"(?:周|星期|礼拜)([一二三四五六日天])|\b(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?days?\b"
    ),
    "often": re.compile(
        r"(?:每(?:一)?个?|一个?(?=\S{1,4}一次))(小时|天|日|晚|周|星期|月|季度|年)(?:.?一次)?"
        r"|\b(?:every|each|per|once an?) (hour|day|night|morning|evening|week|month|quarter|year)\b"
        r"|\b(hourly|daily|nightly|weekly|monthly|quarterly|yearly)\b"
    ),
    "half": re.compile(
        rf"({_NUMBER})?个?半(?:个)?(小时|天|年|个?月)|\bhalf an? (hour|day|year)\b|\b(?:a )?(quarter) of an hour\b"
    ),
    "percent": re.compile(rf"百分之({_NUMBER})"),
    "number": re.compile(
        rf"(?<![\w.])(?:[¥￥$€]\s?)?(\d+(?:,\d{{3}})*(?:\.\d+)?)\s?(hundred|thousand|k\b|million|万|千|亿)?\s?-?({_UNIT})?(?![a-z])"
    ),
    "word": re.compile(
        rf"\b({_WORD}|an?)(?: (hundred|thousand|million))?(?: |-)({_UNIT})(?![a-z])"
        rf"|\b({_WORD})(?: (hundred|thousand|million))?\b"
    ),
    "han": re.compile(rf"(?<![第{_HAN}])(?!万一)([{_HAN}]+)({_UNIT}|(?<=[{_HAN}][{_HAN}]))(?![{_HAN}])"),
}
_OFTEN = {"小时": "hour", "日": "day", "天": "day", "晚": "day", "night": "day", "morning": "day", "evening": "day"}
_OFTEN |= {
    "季度": "quarter",
    "quarterly": "quarter",
    "周": "week",
    "星期": "week",
    "月": "month",
    "年": "year",
    "hourly": "hour",
    "daily": "day",
    "nightly": "day",
}
_OFTEN |= {"weekly": "week", "monthly": "month", "yearly": "year"}


def figures(text: str) -> tuple[frozenset[Figure], str]:
    """Every figure of a text in lower case, and the text without them."""
    found: set[Figure] = set()
    for kind, pattern in _PATTERNS.items():
        matches = list(pattern.finditer(text))
        for match in reversed(matches):
            read = list(_read(kind, match))
            if read:
                found.update(read)
                # what told when it happens is told: "every night", as the word it stood in
                text = text[: match.start()] + " " + text[match.end() :]
    return frozenset(found), text


def _read(kind: str, match: re.Match[str]) -> Iterator[Figure]:
    got = match.groups()
    match kind:
        case "date":
            yield from _date(got)
        case "clocks":
            yield _clock(got[0], got[1], got[4])
            yield _clock(got[2], got[3], got[4])
        case "clock":
            yield _clock(got[0], got[1], got[2]) if got[0] else _clock(got[3], got[4], "")
        case "hour":
            yield from _hour(got)
        case "weekday":
            yield Figure("weekday", str(_DAYS[got[0]] if got[0] else _WEEK[got[1]]))
        case "often":
            word = next(g for g in got if g)
            yield Figure("often", _OFTEN.get(word, word))
        case "half":
            yield _half(got)
        case "percent":
            yield Figure("percent", _plain(value(got[0])))
        case _:
            yield from _counted(kind, got)


def _date(got: tuple[str | None, ...]) -> Iterator[Figure]:
    month, day = next((m, str(d)) for m, d in zip(got[::2], got[1::2], strict=True) if m)
    if day[:3] in _MONTH:  # "4 March"
        month, day = day, month
    m = _MONTH.get(str(month)[:3]) or int(value(str(month)))
    if 1 <= m <= 12:
        yield Figure("date", f"{m}-{int(value(day))}")


def _clock(hour: str, minute: str | None, half: str) -> Figure:
    h, m = int(hour), int(minute or 0)
    if half:
        return Figure("clock", f"{h % 12}:{m:02}", "pm" if half.startswith("p") else "am")
    return Figure("clock", f"{h % 12}:{m:02}", "pm" if h >= 12 else "am" if len(hour) == 2 or h == 0 else "")


def _hour(got: tuple[str | None, ...]) -> Iterator[Figure]:
    part, hour, half, minutes = got
    h, m = int(value(str(hour))), 30 if half else int(value(minutes)) if minutes else 0
    if h <= 24:
        said = ("pm" if part in _AFTER_NOON else "am") if part else "pm" if h > 12 else ""
        yield Figure("clock", f"{h % 12}:{m:02}", said)
    if part == "每晚":
        yield Figure("often", "day")


def _half(got: tuple[str | None, ...]) -> Figure:
    many, unit, english, quarter = got
    if quarter:
        return Figure("seconds", "900")
    amount = (value(many) if many else 0) + 0.5
    word = unit or english or ""
    kind, size = _unit(word) if word != "月" else ("months", 1.0)
    return Figure(kind, _plain(amount * size))


def _counted(kind: str, got: tuple[str | None, ...]) -> Iterator[Figure]:
    if kind == "han":
        number, times, unit = str(got[0]), None, got[1]
        if (number, unit) == ("一", "个"):  # as in "leave one behind"
            return
    elif kind == "word":
        number, times, unit = (str(got[0]), got[1], got[2]) if got[0] else (str(got[3]), got[4], None)
        if number == "one" and unit is None:  # "this one"
            return
    else:
        number, times, unit = str(got[0]), got[1], got[2]
    amount = value(number) * _TIMES.get(times or "", 1)
    of, size = _unit(unit) if unit else ("", 1.0)
    yield Figure(of, _plain(amount * size))


def _unit(word: str) -> tuple[str, float]:
    for kind, units in _UNITS.items():
        for pattern, size in units.items():
            if re.fullmatch(pattern, word):
                return kind, size
    return "", 1.0


def value(number: str) -> float:
    """The value of a number in digits, in Chinese or in English words."""
    number = number.replace(",", "")
    if number[0].isdigit():
        return float(number)
    if number in ("a", "an"):
        return 1
    if number[0].isascii():
        return sum(_WORDS[word] for word in re.split("[- ]", number))
    return _han(number)


def _han(number: str) -> float:
    total, part, digit = 0, 0, 0
    for one in number:
        if one in "十百千":
            part += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[one]
            digit = 0
        elif one in "万亿":
            total, part, digit = (total + part + digit) * (10_000 if one == "万" else 10**8), 0, 0
        else:
            digit = "零一二三四五六七八九".find(one.replace("两", "二"))
    return total + part + digit


def _plain(amount: float) -> str:
    return f"{amount:.6g}"
