"""What a text is found by."""

import pytest

from skills.terms import INDEXED, asked, identifies, terms


@pytest.mark.parametrize(
    "chatter", ["ok", "OK!", "ＯＫ", "收到", "好的，谢谢", "+1", "👍👍", "@Ana", "@Ana 收到", "", "LGTM"]
)
def test_chatter_has_no_terms(chatter: str) -> None:
    """Agreement, thanks, emoji and mere mentions are no knowledge."""
    assert not terms(chatter)


def test_names_mentioned_are_not_searched_for() -> None:
    """Whom a message calls on is no part of what it says."""
    assert "bo" not in terms("@Bo the gateway is down")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("payments", "Payment"),
        ("rolling", "rolls"),
        ("Ｖ２.３.１", "v2.3.1"),
        ("PAY-GATEWAY", "pay-gateway"),
        ("don't deploy", "do not deploy"),
        ("the rollback", "rollback"),
        ("支付閘道的回滾步驟", "支付闸道的回滚步骤"),
    ],
)
def test_spellings_of_one_word_are_one_term(one: str, other: str) -> None:
    """Case, width, inflection and the script of Chinese do not matter, and words without weight are dropped."""
    assert set(terms(one)) == set(terms(other))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("重启 pay-gateway 吧", {"重启", "pay-gateway", "pay", "gateway"}),
        ("报错E1042了", {"报错", "e1042"}),
        ("升级到v2.3.1", {"升级", "v2.3.1", "v2"}),
        ("看 deploy/prod.yaml", {"看", "deploy/prod.yaml", "deploy", "prod", "yaml"}),
        ("set MAX_RETRIES", {"set", "max_retries", "max", "retri"}),
        ("错误码", {"错误码", "错误", "误码"}),
    ],
)
def test_identifiers_are_found_whole_and_in_parts(text: str, found: set[str]) -> None:
    """Also where they stand glued to Chinese."""
    assert set(terms(text)) == found


def test_how_often_a_term_occurs_is_counted() -> None:
    """A question asks for each once; a text says it as often as it does."""
    assert terms("回滚 回滚 支付")["回滚"] == 2
    assert asked("回滚 回滚 支付") == ["回滚", "支付"]


@pytest.mark.parametrize(("term", "does"), [("e1042", True), ("pay-gateway", True), ("支付", False), ("7", False)])
def test_an_identifier_is_known_by_its_looks(term: str, does: bool) -> None:
    """Digits or joints make a name of one thing."""
    assert identifies(term) == does


def test_a_very_long_text_is_looked_at_up_to_a_point() -> None:
    """What lies beyond costs nothing."""
    assert "beyond" not in terms("word " * INDEXED + "beyond")
