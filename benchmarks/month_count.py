"""What is counted as a simulated month goes by, and the figures made of it."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Counted:
    """What is counted as the month goes by."""

    questions: int = 0
    answered: int = 0
    repeats: int = 0
    repeats_answered: int = 0
    verbatim: int = 0  # repeats in the very words for which an answer was kept
    verbatim_answered: int = 0
    known: int = 0  # asked for what was noted or said before anybody asked
    known_answered: int = 0
    strange: int = 0  # asked of somebody about what they never said, or who has no double
    strange_answered: int = 0
    wrong_owner: int = 0
    messages: int = 0  # of the bot, in answer to questions
    interruptions: int = 0
    unprompted: int = 0
    announcements: int = 0
    joins: int = 0
    taps: int = 0
    calls: dict[str, int] = field(default_factory=lambda: {"lark": 0, "dingtalk": 0})
    replies: dict[str, int] = field(default_factory=lambda: {"lark": 0, "dingtalk": 0})
    ms: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


def figures(counted: Counted, idle: float) -> dict[str, Any]:
    """All figures of a month."""
    ms = sorted(counted.ms)
    return {
        "questions": counted.questions,
        "answered_share": percent(counted.answered, counted.questions),
        "repeat_answered_share": percent(counted.repeats_answered, counted.repeats),
        "wrong_owner_answers": counted.wrong_owner,
        "messages_per_question": ratio(counted.messages, counted.questions),
        "owner_interruptions_per_question": ratio(counted.interruptions, counted.questions),
        "answers_per_interruption": ratio(counted.answered, counted.interruptions),
        "unprompted_group_messages": counted.unprompted,
        "announcements": counted.announcements,
        "calls_per_answer_lark": ratio(counted.calls["lark"], counted.replies["lark"]),
        "calls_per_answer_dingtalk": ratio(counted.calls["dingtalk"], counted.replies["dingtalk"]),
        "idle_calls_per_hour": idle,
        "p95_answer_ms": round(ms[int(len(ms) * 0.95)]) if ms else None,
        "taps_to_join": ratio(counted.taps, counted.joins),
        "repeats": counted.repeats,
        "verbatim_answered_share": percent(counted.verbatim_answered, counted.verbatim),
        "known_answered_share": percent(counted.known_answered, counted.known),
        "strange_answered_share": percent(counted.strange_answered, counted.strange),
    }


def percent(part: int, whole: int) -> float | None:
    """In percent; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def ratio(part: int, whole: int) -> float | None:
    """How many of one for one of the other; None of nothing."""
    return round(part / whole, 2) if whole else None
