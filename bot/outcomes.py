"""What a question comes to: one card, with the answers in it and the noes."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from adapters.base import Card
from bot import cards
from bot.frames import Cited
from bot.questions import Question

log = logging.getLogger("fenshen.answering")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a question comes to: one card, and the answers in it that are recorded as sent."""

    card: Card
    gist: Sequence[str] = ()  # whom it offers to choose from
    answers: Cited = field(default_factory=dict)
    name: str | None = None  # whom it was asked of
    lacks: Sequence[Question] = ()  # to which it says the one sentence


def trouble(question: Question, error: Exception) -> Outcome:
    """That it failed is said, and nothing else."""
    # the class is enough: its text may quote a question
    log.error("a question failed: %s", type(error).__name__)
    return Outcome(cards.plain(question.language, "trouble"))
