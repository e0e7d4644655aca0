"""Promises of names: a colleague is known by every name that others use, and by nobody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.names import called, fold, in_order, matching, spellings, told_apart, without_name

ANA, BO, NA = "lark:t:1", "lark:t:2", "lark:t:3"
OWNERS = {ANA: ("Ana",), BO: ("Bo",), NA: ("安娜",)}


@given(
    st.dictionaries(st.text(max_size=8), st.lists(st.text(max_size=12), max_size=2), max_size=5),
    st.text(max_size=40),
    st.one_of(st.none(), st.text(min_size=1, max_size=12)),
)
def test_no_display_name_breaks_the_matching(names: dict[str, list[str]], said: str, name: str | None) -> None:
    """People call themselves all sorts of things; the ids matched are among those given, each once."""
    found = matching(names, name, said)
    assert len(set(found)) == len(found)
    assert set(found) <= set(names)


def test_a_name_that_nobody_has_matches_nobody() -> None:
    """An unknown colleague is not replaced by somebody who is mentioned later."""
    assert matching(OWNERS, "Zoe", "Zoe what did Ana say about the rollback") == ()


@pytest.mark.parametrize("written", ["王大明", "小李", "wang", "xiao", "ming", "李总", "明", "王", "wxm", "明明"])
def test_another_name_is_not_taken_for_his(written: str) -> None:
    """One syllable, an initial or another surname is no name of 王小明."""
    assert matching({ANA: ("王小明",)}, written, written) == ()


def test_a_latin_name_does_not_stand_inside_a_word() -> None:
    """Analysis is not Ana, and a robot is not Bo."""
    assert matching(OWNERS, None, "how does the analysis of the robot work") == ()


def test_what_names_could_also_be_counts_only_where_a_name_is_asked_for() -> None:
    """永远 is a given name, and in the middle of a sentence a word like any other."""
    names = {ANA: ("张永远",)}
    assert matching(names, None, "这个永远不会发生吗") == ()
    assert matching(names, "永远", "问永远怎么部署") == (ANA,)


@pytest.mark.parametrize("said", ["how did Ana roll back", "回滚问题Ana怎么说", "what would ana's rollback be"])
def test_a_name_within_a_question_counts(said: str) -> None:
    """A colleague need not be named first."""
    assert matching(OWNERS, None, said) == (ANA,)


def test_people_of_one_name_are_all_found_in_the_order_of_their_names() -> None:
    """Of several that match none is preferred: the asker chooses."""
    names = {"p3": ("Bo Zhang",), "p1": ("Bo Li",), "p2": ("Cy",)}
    assert matching(names, "Bo", "Bo where") == ("p1", "p3")


def test_a_surname_or_the_next_word_tells_namesakes_apart() -> None:
    """Whoever writes more of the name means one of them."""
    names = {"p3": ("Bo Zhang",), "p1": ("Bo Li",)}
    assert matching(names, "Bo", "ask Bo Zhang where it is") == ("p3",)


@pytest.mark.parametrize("written", ["ana", "LIMA", "安娜", "Ana Lima (安娜)", "ａｎａ"])
def test_a_display_name_is_known_by_its_parts(written: str) -> None:
    """Colleagues write the first name, the last name, or the one in brackets."""
    assert fold(written) in spellings("Ana Lima (安娜)")


@pytest.mark.parametrize(
    ("display", "written"),
    [
        ("王小明", "小明"),
        ("王小明", "老王"),
        ("王小明", "小王"),
        ("王小明", "王总"),
        ("王小明", "王工"),
        ("王小明", "明哥"),
        ("王小明", "阿明"),
        ("王小明", "小明老师"),
        ("王小明", "wangxiaoming"),
        ("王小明", "Xiaoming"),
        ("王小明", "XiaomingWang"),
        ("陳嶼", "陈屿"),
        ("陈屿", "陳嶼"),
        ("陈屿", "Chenyu"),
        ("欧阳娜娜", "娜娜"),
        ("欧阳娜娜", "ouyangnana"),
        ("梅姐", "梅姐"),
        ("Ana", "Ana姐"),
    ],
)
def test_a_colleague_is_called_by_pinyin_and_politely(display: str, written: str) -> None:
    """As people in an office do, in simplified and traditional characters."""
    assert matching({ANA: (display,), BO: ("Priya",)}, written, f"{written} 怎么部署") == (ANA,)


@pytest.mark.parametrize("said", ["ask Wang Xiaoming how", "ask Xiaoming Wang how", "ask wang xiao ming how"])
def test_pinyin_may_be_written_apart(said: str) -> None:
    """The name is read word by word, and the next one or two belong to it where that makes it a name."""
    name = said.split()[1]
    assert matching({ANA: ("王小明",), BO: ("王芳",)}, name, said) == (ANA,)


def test_nicknames_of_the_directory_count_like_the_name_on_display() -> None:
    """Colleagues use the one they know."""
    names = {ANA: ("林晓", "Shawn", "晓晓"), BO: ("Bo",)}
    assert [matching(names, one, one) for one in ("shawn", "晓晓", "林晓", "Bo")] == [(ANA,), (ANA,), (ANA,), (BO,)]


def test_names_are_in_the_order_of_the_alphabet_chinese_ones_by_pinyin() -> None:
    """As a reader would look for them."""
    assert sorted(["张三", "Bo", "陈屿", "ana", "林晓"], key=in_order) == ["ana", "Bo", "陈屿", "林晓", "张三"]


def test_namesakes_are_told_apart_on_their_buttons() -> None:
    """By what else they are called; else by their order, which means nothing."""
    assert told_apart([("Bo",), ("Cy",), ("Bo",)]) == ["Bo (1)", "Cy", "Bo (2)"]
    assert told_apart([("王芳", "Fang"), ("王芳", "Fiona")]) == ["王芳 (Fang)", "王芳 (Fiona)"]
    assert told_apart([("王芳", "Fang"), ("王芳", "Fang")]) == ["王芳 (1)", "王芳 (2)"]


def test_the_name_is_taken_out_of_the_words_that_are_looked_for() -> None:
    """Its owner hardly ever says it; a question that is nothing else is left as it is."""
    assert without_name(("Ana Lima", "安娜"), "what did Ana say, 安娜?") == "what did   say,  ?"
    assert without_name(("Ana",), "Ana") == "Ana"


@given(st.text(max_size=20))
def test_every_name_is_known_by_itself(name: str) -> None:
    """Whatever somebody calls themselves."""
    assert not fold(name) or fold(name) in called(name)
