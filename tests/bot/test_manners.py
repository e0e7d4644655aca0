"""Promises of the meter: every metered call is counted once, and from four fifths of a budget on the bot saves."""

import logging

import pytest

from adapters.metered import OUTCOMES, Outcome
from bot.manners import Meter
from skills.manners import Calls
from skills.store import Store


class Counting:
    """A platform that counts its calls and can do with fewer."""

    def __init__(self) -> None:
        self.calls, self.scarce = 0, False
        self.outcomes: dict[Outcome, int] = dict.fromkeys(OUTCOMES, 0)

    def spare(self, scarce: bool) -> None:
        """Remember whether to save."""
        self.scarce = scarce


@pytest.fixture
def platform() -> Counting:
    """One that has made no call yet."""
    return Counting()


@pytest.fixture
def meter(store: Store, platform: Counting) -> Meter:
    """A meter with a budget of a hundred calls a month."""
    return Meter(store, {"dingtalk": platform}, {"dingtalk": 100})  # type: ignore[dict-item]


async def test_calls_are_added_up_once_and_none_is_lost_to_a_restart(
    store: Store, platform: Counting, meter: Meter
) -> None:
    """What was written is not written again; another process adds its own."""
    platform.calls = 7
    for _ in range(2):
        await meter.flush()
    platform.calls = 9
    await meter.flush()
    other = Counting()
    other.calls = 1
    await Meter(store, {"dingtalk": other}, {}).flush()  # type: ignore[dict-item]
    assert list(await store.calls()) == [Calls("dingtalk", 10, 10)]


async def test_from_four_fifths_of_the_budget_on_it_warns_once_and_saves(
    platform: Counting, meter: Meter, caplog: pytest.LogCaptureFixture
) -> None:
    """Not before; and no line for every flush."""
    caplog.set_level(logging.WARNING, logger="fenshen.manners")
    platform.calls = 79
    await meter.flush()
    before = platform.scarce
    for calls in (80, 81, 90):
        platform.calls = calls
        await meter.flush()
    assert (before, platform.scarce) == (False, True)
    assert len(caplog.records) == 1
    assert "80 of 100" in caplog.text


async def test_a_restarted_bot_saves_from_its_first_breath(store: Store, platform: Counting) -> None:
    """The month is in the database."""
    await store.count_calls("dingtalk", 85)
    await Meter(store, {"dingtalk": platform}, {"dingtalk": 100}).flush()  # type: ignore[dict-item]
    assert platform.scarce
