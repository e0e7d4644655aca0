"""Promises of the commands: four plain words, their slash twins, and no question mistaken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import CHOICES, Command, parse_command


@pytest.mark.parametrize(
    "text",
    [
        "加入我们组的流程是什么",
        "Ana 怎么退出登录",
        "help me roll back",
        "please join",
        "帮助 Ana",
        "leave it",
        "我的分身呢",
    ],
)
def test_a_question_that_contains_a_word_is_no_command(text: str) -> None:
    """Asking about joining joins nothing, and asking about leaving erases nothing."""
    assert parse_command(text) is None


@pytest.mark.parametrize("text", ["/", "/optinn", "/delete everything", "/加入"])
def test_an_unknown_slash_word_is_no_question(text: str) -> None:
    """A mistyped command is never put to a double."""
    command = parse_command(text)
    assert command is not None
    assert command.verb == "unknown"


@pytest.mark.parametrize(
    ("words", "verb"),
    [
        (("加入", "join", "Join", "/optin", "/join", " 加入。", "加入！", "JOIN!"), "join"),
        (("退出", "leave", "/optout", "/leave", "/OPTOUT"), "leave"),
        (("我的分身", "my double", "My Double", "/scopes"), "scopes"),
        (("帮助", "help", "/help"), "help"),
        (("全文", "/notice"), "notice"),
    ],
)
def test_a_plain_word_and_its_slash_twin_do_the_same(words: tuple[str, ...], verb: str) -> None:
    """Chinese, English and slash are one command, whatever the case and the full stop."""
    assert {parse_command(word) for word in words} == {Command(verb)}  # type: ignore[arg-type]


def test_what_follows_a_slash_command_is_kept() -> None:
    """The text twin of a button names its choice and its card, whose id is as it was typed."""
    assert parse_command("/optin Today K7q2") == Command("join", ("Today", "K7q2"))


def test_every_choice_of_the_consent_card_has_a_word() -> None:
    """Where no buttons are drawn, each can be typed."""
    assert set(CHOICES.values()) == {"join_me", "join_here", "join_today", "decline"}


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader_of_commands(text: str) -> None:
    """Whatever is sent to the bot is a command or a question, and what begins with a slash is a command."""
    command = parse_command(text)
    assert (command is not None) or not text.strip().startswith("/")
