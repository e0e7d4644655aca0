"""Promises of how an answer in an interview is told from a question: in doubt it is a question, and nothing is kept."""

from collections.abc import Callable

import pytest

from adapters.base import Mention, Message
from bot.interviewing import is_question

Says = Callable[..., Message]
ANSWER = "The quokka script lies in the gateway repository, call it before the rollback."


@pytest.mark.parametrize(
    "text",
    [
        *("怎么回滚支付", "回滚支付找谁", "ask Ana how we roll back", "问一下 Ana 回滚", "what is the quokka script?"),
        *(
            "how do we roll back payments",
            "where is the script",
            "回滚脚本在仓库里吗",
            "请问回滚的步骤",
            "发版窗口是几点",
        ),
        *("如何回滚，先停哪一个", "can we restart the gateway", "Is the gateway frozen?", "how we roll back payments"),
    ],
)
def test_whoever_asks_is_not_taken_to_answer(says: Says, text: str) -> None:
    """With a mark, an asking word, or somebody named to be asked."""
    assert is_question(says("ana", text, direct=True))


def test_whoever_calls_on_somebody_is_not_taken_to_answer(says: Says) -> None:
    """A message that begins with a mention is addressed to whoever it names."""
    assert is_question(says("ana", "@Bo 支付回滚的步骤", direct=True, mentions=(Mention("lark:t:bo", "Bo"),)))
    assert not is_question(says("ana", "脚本 @Bo 在管", direct=True, mentions=(Mention("lark:t:bo", "Bo"),)))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "先停网关，再跑脚本；出了错找值班经理",
            "脚本在网关仓库的 tools 目录",
            "没什么变化",
            "When the gateway stops, call ops.",
        ),
        *(
            "Do the drain first, then run the script.",
            "怎么回滚：先停网关，再切流量",
            "May is frozen",
            ANSWER,
            "Bo decides",
        ),
    ],
)
def test_whoever_tells_is_taken_to_answer(says: Says, text: str) -> None:
    """An asking word inside a longer explanation makes it no question."""
    assert not is_question(says("ana", text, direct=True))
