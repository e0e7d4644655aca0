"""How long to wait before the next attempt: twice as long after each failure, never in step with other replicas."""

import random


class Backoff:
    """Waits in seconds, from `first` to `longest`, each spread by half either way."""

    def __init__(self, first: float, longest: float) -> None:
        self._first, self._longest = first, longest
        self._next = first

    def reset(self) -> None:
        """The next failure is a first one."""
        self._next = self._first

    def wait(self, at_least: float = 0) -> float:
        """The wait after one more failure; `at_least`, before it is spread, where the platform said no."""
        now = max(self._next, at_least)
        self._next = min(now * 2, self._longest)
        return now * (0.5 + random.random())  # noqa: S311 - spreads load, keeps no secret
