"""Promises of `fenshen status`: how much work there is, and how long it will take, if that is known."""

import pytest

from bot.status import left, told


@pytest.mark.parametrize(("to_do", "done"), [(0, 10), (10, 0), (-3, 1)])
def test_no_time_is_told_that_is_not_known(to_do: int, done: int) -> None:
    """Nothing left, or nothing done while we watched."""
    assert left(to_do, done, 3.0) == ""


def test_the_time_left_follows_the_pace_just_seen() -> None:
    """30 in three seconds are ten a second: 1,200 take two minutes."""
    assert left(1200, 30, 3.0) == "; about 0:02:00 to go"


def test_work_is_told_by_kind() -> None:
    """In a steady order; none is said to be none."""
    assert told({"tell": 2, "embed": 1}) == "1 embed, 2 tell"
    assert told({}) == "none"
