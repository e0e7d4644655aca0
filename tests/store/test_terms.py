"""What a text is found by."""

import pytest

from skills.terms import INDEXED, asked, identifies, needed, terms


@pytest.mark.parametrize(
    "chatter",
    [
        *(
            "ok",
            "OK!",
            "ＯＫ",
            "收到",
            "好的，谢谢",
            "+1",
            "👍👍",
            "@Ana",
            "@Ana 收到",
            "",
            "LGTM",
            "@张三（产品） 收到",
        ),
        *(
            "[捂脸]",
            "[赞]好的",
            "[THUMBSUP]",
            "hahahaha",
            "哈哈哈哈哈哈",
            "666666",
            "好好好",
            "没毛病",
            "周末愉快",
            "早上好呀",
        ),
        *("thank you so much", "Sounds good!", "no problem", "makes sense", "Good morning everyone", "谢谢老师"),
    ],
)
def test_chatter_has_no_terms(chatter: str) -> None:
    """Agreement, thanks, greetings, emoji however they are written, and mere mentions are no knowledge."""
    assert not terms(chatter)


@pytest.mark.parametrize(
    "said",
    [
        "不行",
        "port 8080",
        "yes, on Friday",
        "no, Tuesday",
        "好的，周五",
        "no problem with port 8080",
        "[WARN] disk full",
    ],
)
def test_a_short_answer_is_no_chatter(said: str) -> None:
    """However politely it begins."""
    assert terms(said)


def test_names_mentioned_are_not_searched_for() -> None:
    """Whom a message calls on is no part of what it says."""
    assert "bo" not in terms("@Bo the gateway is down")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("@Ana怎么回滚支付", {"回滚", "支付"}),
        ("＠张三　请重启网关", {"重启", "网关"}),
        ("@值班同学请重启网关", {"值班", "同学", "重启", "网关"}),
        ("@babel/core 升级", {"babel/core", "babel", "core", "升级"}),
    ],
)
def test_a_mention_takes_no_words_with_it(said: str, found: set[str]) -> None:
    """Chinese follows a name without a space, and not everything with such a sign is one."""
    assert found <= set(terms(said))


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
        ("报错E1042了", {"报错", "e1042", "1042"}),
        ("升级到v2.3.1", {"升级", "v2.3.1", "v2", "2.3.1", "v2.3", "2.3"}),
        ("用C++写", {"c++", "c", "写", "用"}),
        ("C#和.NET", {"c#", "c", ".net", "net"}),
        ("预算12,500元", {"预算", "12500", "12", "500", "元"}),
        ("抛NullPointerException了", {"抛", "nullpointerexcept", "null", "pointer", "except"}),
        ("see std::vector, not foo__bar", {"see", "std::vector", "std", "vector", "foo__bar", "foo", "bar"}),
        ("看 deploy/prod.yaml", {"看", "deploy/prod.yaml", "deploy", "prod", "yaml"}),
        ("set MAX_RETRIES", {"set", "max_retries", "max", "retri"}),
        ("错误码", {"错误码", "错误", "误码"}),
    ],
)
def test_identifiers_are_found_whole_and_in_parts(text: str, found: set[str]) -> None:
    """Also where they stand glued to Chinese."""
    assert set(terms(text)) == found


@pytest.mark.parametrize(("question", "said"), [("2.3.1", "v2.3.1"), ("1000", "1,000"), ("pay gateway", "PayGateway")])
def test_an_identifier_is_found_however_it_is_written(question: str, said: str) -> None:
    """From either side; what has to be there to say it is the least of both."""
    assert set(asked(question)) & set(terms(said))
    assert set(asked(said)) & set(terms(question))
    assert set(needed(said)) <= set(terms(said))


def test_a_code_is_found_by_its_number_and_not_every_such_number_by_it() -> None:
    """Whoever asks for E1042 does not mean P1042, nor v2.3.4 whoever asks for v2.3.1."""
    assert set(asked("1042")) & set(terms("E1042")) == {"1042"}
    assert not set(asked("E1042")) & set(terms("P1042"))
    assert "v2.3" in set(asked("v2.3")) & set(terms("v2.3.1"))
    assert set(asked("v2.3.1")) & set(terms("v2.3.4")) == {"v2"}


def test_what_a_topic_needs_is_in_what_was_recorded_before_other_spellings_were() -> None:
    """Or whoever keeps a topic to themselves would share what they said of it once."""
    assert needed("v2.3.1") == ["v2", "v2.3.1"]
    assert needed("C++") == ["c"]


def test_how_often_a_term_occurs_is_counted() -> None:
    """A question asks for each once; a text says it as often as it does."""
    assert terms("回滚 回滚 支付")["回滚"] == 2
    assert asked("回滚 回滚 支付") == ["回滚", "支付"]


@pytest.mark.parametrize(
    ("term", "does"), [("e1042", True), ("pay-gateway", True), ("支付", False), ("7", False), ("8080", True)]
)
def test_an_identifier_is_known_by_its_looks(term: str, does: bool) -> None:
    """Digits or joints make a name of one thing."""
    assert identifies(term) == does


@pytest.mark.parametrize("term", ["2026", "2026-11-30", "11/30", "10:30", "18th", "10am"])
def test_a_time_names_no_one_thing(term: str) -> None:
    """Much else was said of that year, and none of it need answer."""
    assert not identifies(term)


def test_a_very_long_text_is_looked_at_up_to_a_point() -> None:
    """What lies beyond costs nothing."""
    assert "beyond" not in terms("word " * INDEXED + "beyond")
