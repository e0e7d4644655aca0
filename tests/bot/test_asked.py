"""Promises of the reading of questions: who is named depends on the words alone, never on who has a double."""

import inspect
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asked import Asked, matching, parse_question, spellings

OWNERS = {"lark:t:1": "Ana", "lark:t:2": "Bo", "lark:t:3": "安娜"}


@pytest.mark.parametrize(
    "text",
    [
        "怎么回滚支付",
        "how do we roll back payments",
        "what is the wifi password",
        "Who owns the gateway?",
        "ask how we roll back",
        "请问怎么回滚支付",
        "谁负责网关",
        "API 怎么限流",
        "the gateway is down",
        "",
        "？？？",
        "Ana",
    ],
)
def test_a_question_word_is_nobodys_name(text: str) -> None:
    """A question that names nobody is put to nobody in particular."""
    assert parse_question(text).name is None


@pytest.mark.parametrize(
    ("text", "name", "question"),
    [
        ("Ana 怎么回滚支付", "Ana", "怎么回滚支付"),
        ("Ana怎么回滚支付", "Ana", "怎么回滚支付"),
        ("安娜 怎么回滚支付", "安娜", "怎么回滚支付"),
        ("安娜，怎么回滚支付？", "安娜", "怎么回滚支付?"),
        ("问安娜怎么回滚支付", "安娜", "怎么回滚支付"),
        ("帮我问一下安娜怎么回滚支付", "安娜", "怎么回滚支付"),
        ("请教安娜：网关怎么限流", "安娜", "网关怎么限流"),
        ("ask Ana how we roll back payments", "Ana", "how we roll back payments"),
        ("Please ask bo where the runbook is", "bo", "where the runbook is"),
        ("Ana's rollback steps", "Ana", "rollback steps"),
        ("Ana’s rollback steps", "Ana", "rollback steps"),
        ("@Ana how do we roll back", "Ana", "how do we roll back"),
        ("Ａｎａ　怎么回滚支付", "Ana", "怎么回滚支付"),
        ("Mary-Jane: where is the runbook", "Mary-Jane", "where is the runbook"),
    ],
)
def test_a_name_that_opens_a_question_is_read(text: str, name: str, question: str) -> None:
    """Chinese or Latin, with or without a space, a verb or a possessive."""
    assert parse_question(text) == Asked(name, question)


def test_the_same_words_give_the_same_name_whoever_exists() -> None:
    """The reader of questions is told nothing but the words, so a refusal built on it tells nothing about anybody."""
    assert list(inspect.signature(parse_question).parameters) == ["text"]
    assert parse_question("Zoe 怎么回滚") == Asked("Zoe", "怎么回滚")


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader_of_questions(text: str) -> None:
    """Whatever is asked is read, and a name is always the asker's own word."""
    asked = parse_question(text)
    said = unicodedata.normalize("NFKC", text)
    assert asked.name is None or (asked.name in said and asked.name.strip() == asked.name != "")
    assert asked.question in said


@given(
    st.dictionaries(st.text(max_size=8), st.text(max_size=12), max_size=5),
    st.text(max_size=40),
    st.one_of(st.none(), st.text(min_size=1, max_size=12)),
)
def test_no_display_name_breaks_the_matching(names: dict[str, str], said: str, name: str | None) -> None:
    """People call themselves all sorts of things; the ids matched are among those given, each once."""
    found = matching(names, Asked(name, said), said)
    assert len(set(found)) == len(found)
    assert set(found) <= set(names)


def test_a_name_that_nobody_has_matches_nobody() -> None:
    """An unknown colleague is not replaced by somebody who is mentioned later."""
    said = "Zoe what did Ana say about the rollback"
    assert matching(OWNERS, parse_question(said), said) == ()


def test_a_latin_name_does_not_stand_inside_a_word() -> None:
    """Analysis is not Ana, and a robot is not Bo."""
    said = "how does the analysis of the robot work"
    assert matching(OWNERS, parse_question(said), said) == ()


@pytest.mark.parametrize("said", ["how did Ana roll back", "回滚问题Ana怎么说", "what would ana's rollback be"])
def test_a_name_within_a_question_counts(said: str) -> None:
    """A colleague need not be named first."""
    assert matching(OWNERS, Asked(None, said), said) == ("lark:t:1",)


def test_people_of_one_name_are_all_found_in_the_order_of_their_names() -> None:
    """Of several that match none is preferred: the asker chooses."""
    names = {"p3": "Bo Zhang", "p1": "Bo Li", "p2": "Cy"}
    assert matching(names, Asked("Bo", "where"), "Bo where") == ("p1", "p3")


@pytest.mark.parametrize("written", ["ana", "LIMA", "安娜", "Ana Lima (安娜)", "ａｎａ"])
def test_a_display_name_is_known_by_its_parts(written: str) -> None:
    """Colleagues write the first name, the last name, or the one in brackets."""
    assert unicodedata.normalize("NFKC", written).casefold() in spellings("Ana Lima (安娜)")
