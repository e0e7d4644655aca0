"""Promises of the questions proposed to an owner: few, the same each time, and only about what was really said."""

import pytest

from bot.sentences import Language
from bot.suggesting import suggestions

CHINESE = [
    "支付回滚先停网关，再跑回滚脚本，最后找财务对账。",
    "发布窗口改到周四晚上，灰度比例先放百分之五。",
    "数据库迁移要先备份，再加索引，注意锁表时间。",
    "值班表在共享文档里，交接时记得更新联系人。",
]
ENGLISH = [
    "Roll back payments by stopping the gateway first, then run the rollback script.",
    "The deployment window moved to Thursday evening.",
    "Database migrations need a backup before adding an index.",
    "The rota lives in the shared document.",
]


@pytest.mark.parametrize("chatter", [[], ["好的"], ["ok", "收到", "+1", "👍", "haha", "谢谢", "嗯嗯", "1", "@Bo"]])
def test_chatter_suggests_no_question(chatter: list[str]) -> None:
    """Nobody is invited to ask their double about "ok"."""
    assert list(suggestions(chatter, "zh")) == []


@pytest.mark.parametrize(("texts", "language"), [(CHINESE, "zh"), (ENGLISH, "en")])
def test_telling_texts_suggest_three_questions(texts: list[str], language: Language) -> None:
    """Three, each different, in the language of the card."""
    asked = suggestions(texts, language)
    assert len(asked) == len(set(asked)) == 3
    assert all(("我说过" in question) == (language == "zh") for question in asked)


@pytest.mark.parametrize(("texts", "language"), [(CHINESE, "zh"), (ENGLISH, "en")])
def test_the_same_texts_suggest_the_same_questions(texts: list[str], language: Language) -> None:
    """A button carries a number only, so its question must be found again."""
    assert suggestions(texts, language) == suggestions(list(texts), language)


def test_every_word_suggested_was_said() -> None:
    """A question about what was never said would be answered with nothing."""
    for question in suggestions(ENGLISH, "en"):
        words = question.removeprefix("What did I say about ").removesuffix("?").split(", ")
        assert len(words) == 2
        assert all(any(word in text for text in ENGLISH) for word in words)


def test_one_word_is_not_asked_about_twice() -> None:
    """Three questions about one outage are one question."""
    said = ["payment gateway timeout again", "payment gateway timeout today", "payment gateway restarted"]
    assert len(suggestions(said, "en")) == 1


def test_a_part_of_a_word_is_not_asked_about() -> None:
    """The search knows 数据 within 数据库; a person asks about the database."""
    (question,) = suggestions(["数据库迁移"], "zh")
    assert "数据库、迁移" in question
