"""What an operator watches: numbers of the machine, none of them of a person, and none that tells why a no was a no."""

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, Protocol

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client import Counter as Total

from adapters.base import Platform
from adapters.metered import OUTCOMES, Metered

Stage = Literal["find", "check", "send", "all"]
STAGES: tuple[Stage, ...] = ("find", "check", "send", "all")
RESULTS = ("well", "failed")
DIRECTIONS = ("read", "written")
# why a model's sentence falls; each is said by code
REASONS = (
    *("kind", "citation", "length", "person", "link", "quote", "too many", "floor", "older", "room"),
    *("nothing", "order", "figure", "name", "thing", "opposite", "bound elsewhere", "manner", "words"),
)
SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0)
PACE = timedelta(minutes=5)  # what could tell one no from another is published together for all questions of these

Waiting = Callable[[], Awaitable[tuple[int, float]]]  # jobs that are due, and the oldest one's seconds


class Recorder(Protocol):
    """What the rooms tell of a model; all of it numbers."""

    def spent(self, read: int, written: int) -> None:
        """So many tokens."""

    def went(self, well: bool, seconds: float) -> None:
        """A model was asked, and how that went."""

    def dropped(self, reasons: Mapping[str, int]) -> None:
        """So many of its sentences fell."""


class Watch:
    """One question's way; its stages are told only if it comes to an answer: a no tells of nothing."""

    def __init__(self) -> None:
        self.took: dict[Stage, float] = {}
        self._began = time.monotonic()

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[None]:
        """Time a part of it."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.took[stage] = time.monotonic() - began

    @property
    def so_far(self) -> float:
        """Seconds since the question came."""
        return time.monotonic() - self._began

    def end(self) -> Mapping[Stage, float]:
        """All that it took."""
        return {**self.took, "all": self.so_far}


class Metrics:
    """Two kinds of numbers, in a registry of their own.

    Every question is counted at once, as one that was answered or one that was not, whatever the reason. What a
    question moves beside that (a model, a card to somebody else, a job) could tell the reasons apart when it is read
    before and after one's own question: so it is held back, and published with that of all others, every `PACE`.
    """

    def __init__(self, platforms: Mapping[str, Platform], clock: Callable[[], datetime]) -> None:
        self._platforms, self._clock = platforms, clock
        self._held: list[Callable[[], object]] = []
        self._published = clock()
        self._seen: Counter[tuple[str, str]] = Counter()
        self.registry = made = CollectorRegistry(auto_describe=True)
        self._questions = Total("fenshen_questions", "Questions asked, by words or by a tap.", registry=made)
        self._answers = Total("fenshen_answers", "Questions that got an answer.", registry=made)
        self._unanswered = Total("fenshen_unanswered", "Questions that got none, for whatever reason.", registry=made)
        told = "Seconds of questions that got an answer, by stage."
        self._seconds = Histogram("fenshen_answer_seconds", told, ["stage"], buckets=SECONDS, registry=made)
        self._asked = Total(
            "fenshen_model_asked", "Times a model was asked, by how it went.", ["result"], registry=made
        )
        told = "Seconds that a model took."
        self._model = Histogram("fenshen_model_seconds", told, buckets=SECONDS, registry=made)
        self._tokens = Total("fenshen_model_tokens", "Tokens of models.", ["direction"], registry=made)
        told = "Sentences of a model that fell, by why."
        self._dropped = Total("fenshen_sentences_dropped", told, ["reason"], registry=made)
        told = "Requests to platforms, by how they went."
        self._calls = Total("fenshen_platform_calls", told, ["platform", "outcome"], registry=made)
        self._jobs = Gauge("fenshen_queue_jobs", "Jobs that run or are due.", registry=made)
        self._oldest = Gauge("fenshen_queue_oldest_seconds", "How long the oldest of them is due.", registry=made)
        self._label()

    def asked(self) -> Watch:
        """A question came."""
        self._questions.inc()
        return Watch()

    def answered(self, watch: Watch) -> None:
        """It was answered."""
        self._answers.inc()
        for stage, seconds in watch.end().items():
            self._seconds.labels(stage).observe(seconds)

    def unanswered(self) -> None:
        """It was not; there is one number for that."""
        self._unanswered.inc()

    def spent(self, read: int, written: int) -> None:
        """So many tokens; held back."""
        self._hold(lambda: self._tokens.labels("read").inc(read))
        self._hold(lambda: self._tokens.labels("written").inc(written))

    def went(self, well: bool, seconds: float) -> None:
        """How asking a model went; held back."""
        self._hold(lambda: self._asked.labels("well" if well else "failed").inc())
        self._hold(lambda: self._model.observe(seconds))

    def dropped(self, reasons: Mapping[str, int]) -> None:
        """Sentences that fell; held back. A reason that nobody knows is none of ours to print."""
        known = Counter({reason if reason in REASONS else "kind": n for reason, n in reasons.items()})
        for reason, n in known.items():
            self._hold(partial(self._dropped.labels(reason).inc, n))

    async def scrape(self, waiting: Waiting) -> bytes:
        """All of it as text, with what was held back if its time has come."""
        if self._due():
            jobs, oldest = await waiting()
            self._jobs.set(jobs)
            self._oldest.set(oldest)
            self._publish()
        return generate_latest(self.registry)

    def _label(self) -> None:
        """Every label stands from the start: one that appears would tell when something happened first."""
        for stage in STAGES:
            self._seconds.labels(stage)
        for result in RESULTS:
            self._asked.labels(result)
        for direction in DIRECTIONS:
            self._tokens.labels(direction)
        for reason in REASONS:
            self._dropped.labels(reason)
        for name in self._platforms:
            for outcome in OUTCOMES:
                self._calls.labels(name, outcome)

    def _hold(self, tell: Callable[[], object]) -> None:
        if self._due():
            self._publish()
        self._held.append(tell)

    def _due(self) -> bool:
        return self._clock() - self._published >= PACE

    def _publish(self) -> None:
        self._published, held = self._clock(), self._held
        self._held = []
        for tell in held:
            tell()
        for name, platform in self._platforms.items():
            outcomes = platform.outcomes if isinstance(platform, Metered) else {}
            for outcome, so_far in outcomes.items():
                made = so_far - self._seen[name, outcome]
                self._seen[name, outcome] += made
                self._calls.labels(name, outcome).inc(made)
