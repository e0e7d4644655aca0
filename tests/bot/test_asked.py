"""Promises of the reading of questions: who is named depends on the words alone, never on who has a double."""

import inspect
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asked import MOST_NAMED, Asked, parse_question


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
        "那周五呢？",
        "周五呢?",
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


@pytest.mark.parametrize(
    "text",
    [
        "Ana和解方案是什么",
        "Ana 跟进的那个发版怎么样了",
        "Ana, Bo said so, is it true",
        "Ana and the team: how do they deploy",
        "Ana和我怎么对接",
        "ask Ana, where is the runbook",
        "请问 Ana，发版几点",
        "张和平 怎么部署",
        "Ana's rollback and Bo",
    ],
)
def test_a_word_that_is_joined_is_not_always_a_name(text: str) -> None:
    """和 also means with, and a comma most often ends the name."""
    assert parse_question(text).also == ()


@pytest.mark.parametrize(
    ("text", "names", "question"),
    [
        ("ask Ana and Bo how we roll back", ("Ana", "Bo"), "how we roll back"),
        ("ask ana and bo where it is", ("ana", "bo"), "where it is"),
        ("ask Ana, Bo and Chen: where", ("Ana", "Bo", "Chen"), "where"),
        ("Ana & Bo: where is it", ("Ana", "Bo"), "where is it"),
        ("Ana、Bo 怎么回滚", ("Ana", "Bo"), "怎么回滚"),
        ("问 Ana 和 陈屿 怎么回滚", ("Ana", "陈屿"), "怎么回滚"),
        ("问Ana和陈屿怎么回滚", ("Ana", "陈屿"), "怎么回滚"),
        ("问问陈屿和林晓：证书归谁", ("陈屿", "林晓"), "证书归谁"),
        ("陈屿、林晓、梅姐 谁管证书", ("陈屿", "林晓", "梅姐"), "谁管证书"),
    ],
)
def test_several_people_are_read_in_the_order_in_which_they_are_named(
    text: str, names: tuple[str, ...], question: str
) -> None:
    """With 和, 、 or "and", in either language and in both."""
    assert parse_question(text) == Asked(names[0], question, names[1:])


def test_no_more_people_are_read_than_a_card_can_show() -> None:
    """The rest is part of the question."""
    assert len(parse_question("ask A1 and B1 and C1 and D1 and E1 and F1 how").also) == MOST_NAMED - 1


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
