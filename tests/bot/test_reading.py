"""Promises of a draft that is read while it is written: whole sentences alone, in order, whatever comes in between."""

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.grounding import Draft, Sentence
from bot.reading import LONGEST, Reading

TOLD = [
    Sentence(kind="paraphrase", text='先停网关，"再"跑 {脚本} ], \\ 。', passages=["1"]),
    Sentence(kind="inference", text="Then [the rest]\n.", passages=["1", "2"]),
    Sentence(kind="quote", text="", passages=[]),
]
WRITTEN = Draft(sentences=TOLD).model_dump_json()


def read(*pieces: str) -> list[int]:
    """How many sentences stand there after each piece that completed one."""
    reading = Reading()
    return [len(draft.sentences) for piece in pieces if (draft := reading.take(piece)) is not None]


@settings(max_examples=200, deadline=None, database=None)
@given(st.lists(st.integers(0, len(WRITTEN)), max_size=30))
def test_however_it_is_cut_every_sentence_comes_once_and_in_order(cuts: list[int]) -> None:
    """A character at a time or all at once; what is told of is always the beginning of the whole."""
    at = [0, *sorted(cuts), len(WRITTEN)]
    reading = Reading()
    drafts = [reading.take(WRITTEN[one:next_]) for one, next_ in pairwise(at)]
    seen = [draft.sentences for draft in drafts if draft is not None]
    assert all(sentences == TOLD[: len(sentences)] for sentences in seen)
    assert [len(s) for s in seen] == sorted({len(s) for s in seen})
    assert seen[-1] == TOLD


def test_a_sentence_is_not_told_before_its_last_bracket() -> None:
    """Half of one could be true, and its other half a lie."""
    pieces = list(WRITTEN)
    ends = [WRITTEN.index('"]}') + 3]
    reading = Reading()
    first = next(n for n, piece in enumerate(pieces, 1) if reading.take(piece) is not None)
    assert first == ends[0]


@pytest.mark.parametrize(
    "written",
    [
        "I am sorry.",
        '{"answer": 42}',
        '{"sentences": "all"}',
        '{"sentences": [42, {"kind": "quote", "text": "x", "passages": []}]}',
        '{"sentences": [{"kind": "quote", "text": 7, "passages": []}]}',
        '{"sentences": [{"kind": "quote", "text": "x", "passages": [], "more": 1}]}',
        '{"sentences": [{"kind": "quote", "text": "x"}]}',
        '{"sentences": [' + "[" * 5_000,
        '{"sentences": [' + " " * LONGEST + json.dumps(TOLD[0].model_dump()) + "]}",
        "",
    ],
)
def test_what_is_in_the_wrong_form_is_no_sentence(written: str) -> None:
    """Nor anything after it, however long it is or deep."""
    assert read(*written) == []


def test_a_line_break_written_as_it_is_spoils_nothing() -> None:
    """Small models write them so, and the framework reads them so."""
    assert read('{"sentences": [{"kind": "quote", "text": "one\ntwo", "passages": []}', "]}") == [1]


def test_after_something_wrong_nothing_is_read() -> None:
    """What came before it stands."""
    good = json.dumps(TOLD[0].model_dump())
    assert read('{"sentences": [', good, ", 7, ", good, "]}") == [1]
