"""The days that somebody names, in Chinese or English, as moments from the first one's midnight to the last one's."""

import re
from datetime import date, datetime, timedelta

_DATE = r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?|\s*月)?"
_TOKEN = re.compile(rf"{_DATE}(?!\d)|(今天|today)|(昨天|yesterday)", re.I)


def span(words: str, now: datetime) -> tuple[datetime, datetime] | None:
    """One day or month, or from one to another, both included, in this machine's time zone; None: it names none."""
    named = list(_TOKEN.finditer(words))
    if not 1 <= len(named) <= 2:
        return None
    try:
        days = [_days(token, now.astimezone().date()) for token in named]
    except (ValueError, OverflowError):
        return None
    (first, _), (_, after) = days[0], days[-1]
    return (_midnight(first), _midnight(after)) if first < after else None


def without(words: str) -> str:
    """The words without the days that they name."""
    return _TOKEN.sub(" ", words)


def last(days: int, now: datetime) -> tuple[datetime, datetime]:
    """So many days, with today as the last."""
    today = now.astimezone().date()
    return _midnight(today - timedelta(days=days - 1)), _midnight(today + timedelta(days=1))


def both(since: datetime, until: datetime) -> tuple[str, str]:
    """The first and the last day of a span, as they are shown and typed."""
    final = until.astimezone() - timedelta(microseconds=1)
    return since.astimezone().date().isoformat(), final.date().isoformat()


def _days(token: re.Match[str], today: date) -> tuple[date, date]:
    """A token's first day, and the one after its last."""
    year, month, day, this, before = token.groups()
    if this or before:
        first = today if this else today - timedelta(days=1)
        return first, first + timedelta(days=1)
    first = date(int(year), int(month), int(day or 1))
    return first, first + timedelta(days=1) if day else (first.replace(day=1) + timedelta(days=31)).replace(day=1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day).astimezone()
