"""Promises of the sentences: both languages say everything, and nothing is written anywhere else."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import bot
from bot.sentences import SENTENCES, TOPICS, Language, language_of, say

HOUSE = Path(bot.__file__).parent
# where a sentence's key stands among the arguments of a call
KEY_AT = {"say": 1, "plain": 1, "_tell": 1}
# cards that `Tells` lays out itself, so that they are no keys
LAID_OUT = {"help", "declined", "notice"}


def _trees() -> Iterator[ast.Module]:
    for path in sorted(HOUSE.rglob("*.py")):
        if path.parent.name != "sentences":
            yield ast.parse(path.read_text(encoding="utf-8"))


def _constants() -> set[str]:
    nodes = (node for tree in _trees() for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _named(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _keys_said() -> set[str]:
    """Every key that a call names outright; those chosen at run time are seen as constants only."""
    found: set[str] = set()
    for tree in _trees():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            place = KEY_AT.get(_named(call))
            named = [call.args[place]] if place is not None and len(call.args) > place else []
            titles = [word.value for word in call.keywords if word.arg == "title" and _named(call) == "plain"]
            found.update(c for part in (*named, *titles) for c in _choices(part))
    return found


def _choices(part: ast.expr) -> Iterator[str]:
    parts = (part.body, part.orelse) if isinstance(part, ast.IfExp) else (part,)
    yield from (p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str))


def _fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_every_sentence_that_the_bot_says_exists() -> None:
    """A key misspelt anywhere in the bot is found here, not by whoever was to read the card."""
    missing = _keys_said() - LAID_OUT - set(SENTENCES)
    assert not missing


def test_a_key_belongs_to_one_topic() -> None:
    """Two topics that use the same key would silently say each other's sentence."""
    told = [key for topic in TOPICS for key in topic.SENTENCES]
    assert sorted(set(told)) == sorted(told)


def test_no_sentence_is_kept_that_nothing_says() -> None:
    """What nobody can be shown need not be translated."""
    assert set(SENTENCES) - _constants() == set()


@pytest.mark.parametrize("key", SENTENCES)
def test_a_sentence_takes_the_same_fields_in_both_languages(key: str) -> None:
    """Whoever reads English learns the same names, counts and times as whoever reads Chinese."""
    chinese, english = SENTENCES[key]
    assert chinese.strip()
    assert english.strip()
    # a Chinese sentence may leave the name to its title and say 本人 ("the person themselves")
    assert _fields(chinese) ^ _fields(english) <= ({"name"} if "本人" in chinese else set())


def test_a_sentence_that_does_not_exist_is_not_said() -> None:
    """A wrong key raises rather than showing itself to a reader."""
    with pytest.raises(KeyError):
        say("zh", "no_such_sentence")


def test_the_consent_text_fits_one_screen() -> None:
    """The text above the buttons is at most 120 characters in Chinese."""
    assert len(say("zh", "offer_text")) <= 120


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_consent_text_says_what_tells_on_the_owner(language: Language) -> None:
    """That an answer shows who switched it on is said before the tap, and so is the way out."""
    text = say(language, "offer_text")
    assert ("就知道你开了" if language == "zh" else "they know you") in text
    assert ("随时退出" if language == "zh" else "Leave at any time") in text


@pytest.mark.parametrize(
    ("texts", "spoken"),
    [
        (("Ana 怎么回滚",), "zh"),
        (("how do we roll back",), "en"),
        (("/optin", "支付运维"), "zh"),
        (("/optin", "payments"), "en"),
        (("/optin",), "zh"),
        (("/optin here K7Q2",), "zh"),
        (("/加入", "payments"), "zh"),
        (("+1 ?", "42"), "zh"),
        (("ask 陈屿 how we roll back",), "en"),
        (("what did 林晓 and 梅姐 say of the gateway",), "en"),
        (("陈屿 rollback",), "zh"),
        (("问 Ana what is the rollback",), "zh"),
        (("how to rollback 怎么弄 in the gateway",), "zh"),
    ],
)
def test_the_first_text_that_shows_a_language_decides(texts: tuple[str, ...], spoken: Language) -> None:
    """A slash command is the same in both languages: then the chat's name decides, then the setting."""
    assert language_of(*texts, default="zh") == spoken


def test_where_no_text_shows_a_language_the_setting_decides() -> None:
    """An English company is not answered in Chinese because somebody typed a slash command."""
    assert language_of("/optout", "", default="en") == "en"
