"""What a model may cost, by answer and by day, and a breaker that leaves a failing one alone for a while."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.metrics import Recorder

FAILURES = 3  # in a row, before it is left alone
REST = timedelta(minutes=1)
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The most of it; 0 of money: whatever it costs. Prices are for a million tokens."""

    turns: int = 2  # of the model in one answer: the second mends what the first wrote in the wrong form
    seconds: float = 20.0  # for one answer
    tokens: int = 800  # that one turn may write
    daily_answers: int = 2_000
    daily_tokens: int = 5_000_000
    daily_cost: float = 0.0
    price_in: float = 0.0
    price_out: float = 0.0


def estimate(text: str) -> int:
    """About how many tokens a text is, rather too many: counting exactly would need each model's own vocabulary."""
    narrow = sum(c.isascii() for c in text)
    return round(narrow / 3 + 1.3 * (len(text) - narrow)) + 1


class Budget:
    """Kept by each process for itself; it begins anew with a day, and with a start."""

    def __init__(self, limits: Limits, clock: Callable[[], datetime], recorder: Recorder | None = None) -> None:
        self.limits = limits
        self._recorder = recorder
        self._clock = clock
        self._day: date = clock().date()
        self._answers = self._tokens = self._failures = 0
        self._cost = 0.0
        self._rests_until: datetime | None = None

    def begin(self) -> bool:
        """Whether a model may be asked for one more answer now; it is counted."""
        now = self._clock()
        if now.date() != self._day:
            self._day, self._answers, self._tokens, self._cost = now.date(), 0, 0, 0.0
        if self._rests_until is not None and now < self._rests_until:
            return False
        most = self.limits
        if self._answers >= most.daily_answers or self._tokens >= most.daily_tokens:
            return False
        if most.daily_cost and self._cost >= most.daily_cost:
            return False
        self._answers += 1
        return True

    def spent(self, read: int, written: int) -> None:
        """Count what a turn has cost."""
        if self._recorder is not None:
            self._recorder.spent(read, written)
        self._tokens += read + written
        self._cost += (read * self.limits.price_in + written * self.limits.price_out) / MILLION

    def went(self, well: bool, seconds: float = 0.0) -> None:
        """Remember how an answer went: after several failures in a row the model is left alone for a minute."""
        if self._recorder is not None:
            self._recorder.went(well, seconds)
        self._failures = 0 if well else self._failures + 1
        if self._failures >= FAILURES:
            self._failures, self._rests_until = 0, self._clock() + REST
