"""Promises of grounding: what does not stand word for word in a recalled passage is not said."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grounding import Draft, Quoted, Sentence, ground, in_one_go, read_draft
from skills.words import Passage

AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


def passage(id_: str, text: str) -> Passage:
    """A recalled passage of Ana's."""
    return Passage(id_, "lark:t:ana", "lark:t:ops", f"om_{id_}", None, AT, text, 1.0)


RECALLED = {
    "p1": passage("p1", "先停网关，再跑 rollback.sh，最后对账。"),
    "p2": passage("p2", "The runbook is in the wiki, page 12."),
}


def draft(*sentences: tuple[str, str, list[str]]) -> Draft:
    """A draft of (kind, text, cited ids)."""
    return Draft(sentences=[Sentence(kind=kind, text=text, passages=ids) for kind, text, ids in sentences])


@pytest.mark.parametrize(
    ("kind", "text", "cited"),
    [
        ("quote", "先停网关，再跑 rollback.sh，最后对账！", ["p1"]),  # one mark changed
        ("quote", "The runbook is in the Wiki", ["p2"]),  # one letter changed
        ("quote", "The runbook is in the wiki", ["p1"]),  # it stands in another passage
        ("quote", "先停网关", ["p9"]),  # never recalled
        ("quote", "先停网关", []),  # cites nothing
        ("inference", "先停网关", ["p1"]),  # true, but not hers
        ("paraphrase", "The runbook is in the wiki, page 12.", ["p2"]),
        ("Quote", "先停网关", ["p1"]),
        ("quote", "", ["p1"]),
        ("quote", "  \n", ["p1"]),
    ],
)
def test_what_is_not_the_owners_own_words_is_dropped(kind: str, text: str, cited: list[str]) -> None:
    """Altered, attributed wrongly, made up, inferred or empty: nothing of it is shown."""
    assert ground(draft((kind, text, cited)), RECALLED) == ()


def test_a_quote_that_stands_word_for_word_is_kept_with_its_passage() -> None:
    """The good sentence survives its bad neighbours."""
    kept = ground(draft(("inference", "she hates it", ["p1"]), ("quote", "page 12", ["p9", "p2"])), RECALLED)
    assert [(q.text, q.passage.id) for q in kept] == [("page 12", "p2")]


def test_no_passage_is_shown_twice() -> None:
    """Two sentences of one passage are one quote."""
    kept = ground(draft(("quote", "先停网关", ["p1"]), ("quote", "最后对账", ["p1"])), RECALLED)
    assert [q.text for q in kept] == ["先停网关"]


def test_words_that_two_passages_share_are_shown_once() -> None:
    """What stands in the owner's file and was heard in the chat as well is one quote."""
    twice = {id_: passage(id_, "page 12") for id_ in ("a", "b")}
    assert len(ground(draft(("quote", "page 12", ["a"]), ("quote", "page 12", ["b"])), twice)) == 1


def test_at_most_three_quotes_are_kept() -> None:
    """A wall of quotes helps nobody: the first three stand."""
    many = {f"p{n}": passage(f"p{n}", f"line {n}") for n in range(9)}
    kept = ground(draft(*(("quote", f"line {n}", [f"p{n}"]) for n in range(9))), many)
    assert [q.passage.id for q in kept] == ["p0", "p1", "p2"]


def test_at_level_outline_a_passage_is_cited_without_a_word() -> None:
    """Where only date and chat may be shown, an empty quote points there and a text finds nothing to stand in."""
    outline = {"p1": passage("p1", "")}
    assert [q.text for q in ground(draft(("quote", "", ["p1"])), outline)] == [""]
    assert ground(draft(("quote", "先停网关", ["p1"])), outline) == ()


@pytest.mark.parametrize(
    "said",
    [
        "",
        "I am sorry, I cannot help with that.",
        "[]",
        "null",
        '{"sentences": "先停网关"}',
        '{"sentences": [{"kind": "quote", "text": "a"}]}',
        '{"sentences": [{"kind": "quote", "text": "a", "passages": "p1"}]}',
        '{"sentences": [{"kind": "quote", "text": "a", "passages": [1]}]}',
        '{"sentences": [], "more": 1}',
        '{"sentences": [{"kind": "quote", "text": "先停网关", "passages": ["p1"]}',
        "[" * 20_000,
    ],
)
def test_a_draft_that_cannot_be_read_says_nothing(said: str) -> None:
    """A model that answers in prose, in half an object or in a thousand brackets is not quoted."""
    assert ground(read_draft(said), RECALLED) == ()


@given(st.text(max_size=80), st.lists(st.sampled_from(["p1", "p2", "p9"]), max_size=3))
def test_whatever_a_model_says_a_kept_quote_stands_in_its_passage(text: str, cited: list[str]) -> None:
    """Grounding is a substring or nothing."""
    said = json.dumps({"sentences": [{"kind": "quote", "text": text, "passages": cited}]})
    for quoted in ground(read_draft(said), RECALLED):
        assert quoted.text in quoted.passage.text
        assert quoted.passage is RECALLED[quoted.passage.id]


TWICE = {"p1": [passage("p0", "步骤："), passage("p1", "先停网关"), passage("p2", "再对账")]}


def test_a_part_that_was_chosen_is_not_filled_up() -> None:
    """Whoever quotes a part left the rest out."""
    part = Quoted("停网关", passage("p1", "先停网关"))
    assert in_one_go([part], TWICE) == [part]


def test_what_was_said_in_one_go_is_one_quote_that_cites_all_of_it() -> None:
    """In order, with the link of what was found."""
    (one,) = in_one_go([Quoted("先停网关", passage("p1", "先停网关"))], TWICE)
    assert one.text == "步骤：\n先停网关\n再对账"
    assert one.passage.id == "p1"
    assert one.cited == ("p1", "p0", "p2")


def test_nothing_is_said_twice_where_two_quotes_stand_together() -> None:
    """What the first shows already is not shown again, alone or within another."""
    quotes = [Quoted(text, passage(id_, text)) for id_, text in (("p1", "先停网关"), ("p2", "再对账"), ("p3", "完"))]
    joined = TWICE | {"p2": TWICE["p1"], "p3": [passage("p2", "再对账"), passage("p3", "完")]}
    assert [q.text for q in in_one_go(quotes, joined)] == ["步骤：\n先停网关\n再对账", "完"]
