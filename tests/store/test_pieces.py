"""Of a long message the part that answers is shown, in whole sentences and word for word."""

import pytest

from skills.pieces import LONG, MOST, WIDE, borders, piece
from skills.terms import asked

FILLER = "今天的班次照表走，没有什么特别的事情。"
ANSWER = "退款超过三十天的要走人工审核，找老何签字。"


@pytest.mark.parametrize(
    ("filler", "answer", "question"),
    [
        (FILLER, ANSWER, "退款超过三十天找谁"),
        (
            "Nothing special happened on this shift, as planned. ",
            "Refunds over 30 days go to Hector. ",
            "refunds 30 days?",
        ),
        ("GET /health 200 in 3 ms\r\n", "POST /refund 502 in 900 ms\r\n", "refund 502"),
        ("没有句号的日志一行接着一行" * 40, "退款端口是八四四三", "退款端口"),
    ],
)
def test_the_part_that_says_what_is_asked_is_shown(filler: str, answer: str, question: str) -> None:
    """Wherever it stands, as it was written, and with what follows as far as there is room."""
    text = filler * 40 + answer + filler * 40
    shown = piece(text, asked(question))
    assert answer.strip() in shown
    assert shown in text
    assert len(shown) <= WIDE


def test_a_short_message_is_shown_whole_and_one_that_says_nothing_of_it_from_its_beginning() -> None:
    """No part of what fits on a screen is left out."""
    short = (FILLER * 40)[:LONG]
    assert piece(short, asked("退款")) == short
    assert (FILLER * 40).startswith(piece(FILLER * 40, asked("退款")))


def test_the_rarest_words_decide() -> None:
    """What the message says all the time tells nothing of where."""
    texts = ["班次照表走。" * 20, ANSWER, "班次照表走，没有特别的。" * 20]
    assert ANSWER in piece("\n".join(texts), asked("照表走的班次里退款找谁"))


def test_a_message_of_crumbs_is_told_apart_no_further_than_helps() -> None:
    """Whoever writes fifty thousand sentences of one letter holds nobody up; what answers is found all the same."""
    crumbs = "a;" * 25_000
    assert len(borders(crumbs * 2)) <= MOST + 1
    assert "ledger" in piece(f"{crumbs}The ledger is rolled back at noon. {crumbs}", asked("ledger rolled back"))
