"""Promises of the days that somebody names: whole days, both included, and nothing that is no day."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.days import both, last, span

NOW = datetime(2026, 3, 15, 9, 30).astimezone()


@pytest.mark.parametrize(
    "words",
    [
        "",
        "march",
        "2026-02-30",
        "2026-13-01",
        "2026-03-05 to 2026-03-01",
        "2026-03-01 2026-03-02 2026-03-03",
        "0000-01-01",
        "9999-12",
        "20260301",
    ],
)
def test_what_is_no_day_is_none(words: str) -> None:
    """No such date, the later one first, or more than two."""
    assert span(words, NOW) is None


@pytest.mark.parametrize(
    ("words", "first", "final"),
    [
        ("2026-03-01 2026-03-31", "2026-03-01", "2026-03-31"),
        ("2026-03-01 to 2026-03-02", "2026-03-01", "2026-03-02"),
        ("2026年3月1日到2026年3月31日", "2026-03-01", "2026-03-31"),
        ("2026/2/3", "2026-02-03", "2026-02-03"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2025年12月", "2025-12-01", "2025-12-31"),
        ("2025年12月 至 今天", "2025-12-01", "2026-03-15"),
        ("yesterday", "2026-03-14", "2026-03-14"),
        ("昨天到今天", "2026-03-14", "2026-03-15"),
    ],
)
def test_days_and_months_are_read_in_both_languages(words: str, first: str, final: str) -> None:
    """From the first one's midnight to the midnight after the last."""
    named = span(words, NOW)
    assert named is not None
    assert both(*named) == (first, final)
    assert [moment.astimezone().time().isoformat() for moment in named] == ["00:00:00"] * 2


def test_the_last_days_end_with_today() -> None:
    """One is today alone."""
    assert both(*last(1, NOW)) == ("2026-03-15", "2026-03-15")
    assert both(*last(30, NOW)) == ("2026-02-14", "2026-03-15")


@given(st.dates(min_value=date(1971, 1, 1), max_value=date(2200, 1, 1)), st.integers(0, 400))
def test_what_is_shown_can_be_typed_again(first: date, more: int) -> None:
    """The twin of the button names the very days of the card."""
    final = first + timedelta(days=more)
    named = span(f"{first} {final} ab12", NOW)
    assert named is not None
    assert both(*named) == (str(first), str(final))


@given(st.text(max_size=60))
def test_whatever_is_said_raises_nothing(words: str) -> None:
    """A message is anything at all."""
    span(words, NOW)
