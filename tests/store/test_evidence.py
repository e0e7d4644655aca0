"""How sure recall is: more of the question said is surer, and the kind of answer counts."""

import uuid
from datetime import UTC, datetime

import pytest

from skills.evidence import fits, weigh
from skills.fusing import Fused

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def found(covered: float, cosine: float | None = None, *, named: bool = False) -> Fused:
    """One passage that says so much of the question."""
    return Fused(uuid.uuid4(), NOW, 1.0, 1.0, cosine, covered, named)


@pytest.mark.parametrize(
    ("question", "text", "fit"),
    [
        ("when do we release?", "every Tuesday at 9 am", True),
        ("when do we release?", "after the tests", False),
        ("什么时候发布", "下周二", True),
        ("什么时候发布", "测试通过以后", False),
        ("how many replicas?", "we run three of them", True),
        ("保留多少份备份", "保留 30 份", True),
        ("how many replicas?", "enough of them", False),
        ("who has the key?", "Bo", None),
        ("when is it due?", "you may ask Bo", False),
        ("when is it due?", "EOD Fri", True),
        ("哪天上线", "Q3上线", True),
        ("周会几点", "改到10:30开始", True),
        ("截止是哪天", "月底", True),
        ("几天到货", "两天", True),
        ("多少人参加", "大家一起去", False),
        ("多少人参加", "万一不行再说", False),
        ("几天到货", "十分快", False),
        ("报销多少", "百分之八十", True),
    ],
)
def test_a_question_for_a_time_or_a_number_needs_one(question: str, text: str, fit: bool | None) -> None:
    """In both languages; other questions need nothing of the kind."""
    assert fits(question, text) is fit


def test_nothing_found_is_no_evidence() -> None:
    """Probability nought."""
    seen = weigh("when?", [], "")
    assert (seen.probability, seen.enough) == (0.0, False)


def test_more_said_and_nearer_is_surer() -> None:
    """With every part the probability rises."""
    little, more = weigh("q", [found(0.2, 0.1)], "x"), weigh("q", [found(0.9, 0.1)], "x")
    nearer = weigh("q", [found(0.9, 0.5)], "x")
    assert little.probability < more.probability < nearer.probability
    assert (little.enough, nearer.enough) == (False, True)


def test_what_was_kept_on_purpose_needs_less_but_not_nothing() -> None:
    """A paraphrase of what a note answers says few of its words; something else is still not near."""
    for cosine, enough in ((0.3, True), (0.15, False)):
        assert weigh("q", [found(0.1, cosine)], "x", kept=True, usual=0.05).enough is enough
    assert not weigh("q", [found(0.1, 0.3)], "x").enough
    for share, enough in ((0.25, True), (0.1, False)):
        assert weigh("q", [found(share)], "x", kept=True).enough is enough
    assert not weigh("q", [found(0.25)], "x").enough


def test_what_was_kept_counts_by_how_much_nearer_it_is_than_anybodys_notes() -> None:
    """What was said in passing counts as before."""
    assert weigh("q", [found(0.1, 0.3)], "x", kept=True, usual=0.05).enough
    assert not weigh("q", [found(0.1, 0.3)], "x", kept=True, usual=0.2).enough
    assert weigh("q", [found(0.1, 0.3)], "x", usual=0.2) == weigh("q", [found(0.1, 0.3)], "x")


def test_an_identifier_that_was_asked_for_is_enough() -> None:
    """An error code in a long question is what it is about."""
    assert not weigh("q", [found(0.1)], "x").enough
    assert weigh("q", [found(0.1, named=True)], "x").enough
