"""Promises of what a model says: every sentence stands in what it cites, or it is not said."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grounding import Draft, Sentence
from bot.support.clauses import LOOKED_AT
from bot.support.figures import Figure, figures
from bot.support.standing import failing
from bot.support.told import LONGEST, MOST_TOLD, Held, Told, hold
from skills.words import Passage

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "grounding.md"
SETS = {"tuned on": "grounding_tuned.tsv", "held out": "grounding_held.tsv"}
LABELS = ("quote", "faithful", "number", "name", "negation", "order", "merged", "invention")
TRUE = ("quote", "faithful")
AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


def passage(id_: str, text: str) -> Passage:
    """A recalled passage of Ana's."""
    return Passage(id_, "lark:t:ana", "lark:t:ops", f"om_{id_}", None, AT, text, 1.0)


@dataclass(frozen=True)
class Labelled:
    """A sentence of ours: what it is, and the passages that it claims to rest on."""

    label: str
    text: str
    passages: Mapping[str, Passage]

    def held(self, kind: str = "") -> Held:
        """What becomes of it; by itself a quote is given as a quote, and all else as a paraphrase."""
        given_as = kind or ("quote" if self.label == "quote" else "paraphrase")
        sentence = Sentence(kind=given_as, text=self.text, passages=list(self.passages))
        return hold(Draft(sentences=[sentence]), self.passages, known=["Ana"])

    @property
    def unmarked(self) -> bool:
        """Whether it is said as if the owner had said it."""
        held = self.held()
        return bool(held.told or held.quoted)


def labelled(name: str) -> Iterator[Labelled]:
    """The sentences of a set, each with the passages named before it."""
    passages: dict[str, Passage] = {}
    for line in (HERE / "data" / name).read_text(encoding="utf-8").splitlines():
        label, ids, text = line.split("\t")
        if label == "passage":
            passages[ids] = passage(ids, text)
        else:
            yield Labelled(label, text, {id_: passages[id_] for id_ in ids.split(",")})


def share(some: int, of: int) -> str:
    """A percentage as the page has it."""
    return f"{100 * some / of:.1f}"


def measured(label: str, name: str) -> Sequence[Sequence[str]]:
    """The rows of the page's tables for one set, computed afresh."""
    every, said = Counter[str](), Counter[str]()
    for one in labelled(name):
        every[one.label] += 1
        said[one.label] += one.unmarked
    rows = [[label, kind, str(every[kind]), str(said[kind]), share(said[kind], every[kind])] for kind in LABELS]
    own, bad = said["faithful"], sum(said[kind] for kind in LABELS if kind not in TRUE)
    return [*rows, [label, "precision", "", "", share(own, own + bad)]]


@pytest.mark.parametrize(("label", "name"), SETS.items())
def test_the_page_has_the_figures_that_the_labelled_sets_give(label: str, name: str) -> None:
    """docs/grounding.md tells what is said of each kind of sentence, and nothing flatters it."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {label}")]
    assert [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines] == measured(label, name)


@pytest.mark.parametrize("name", SETS.values())
def test_no_invention_is_delivered_unmarked(name: str) -> None:
    """What its owner never said is not said as theirs, neither as a quote nor in other words."""
    invented = [one for one in labelled(name) if one.label == "invention"]
    assert [one.text for one in invented if one.unmarked or one.held("quote").quoted] == []
    assert len(invented) >= 15


@pytest.mark.parametrize("name", SETS.values())
def test_most_faithful_paraphrases_survive(name: str) -> None:
    """At least 85 in a hundred: a check that drops everything would hold, too."""
    faithful = [one for one in labelled(name) if one.label == "faithful"]
    assert sum(one.unmarked for one in faithful) >= 0.85 * len(faithful)
    assert all(one.unmarked for one in labelled(name) if one.label == "quote")


@pytest.mark.parametrize("name", SETS.values())
def test_of_sentences_that_were_changed_hardly_any_gets_through(name: str) -> None:
    """Numbers, names, negations, orders and merged facts: at most one in twenty, and it is on the page."""
    changed = [one for one in labelled(name) if one.label not in (*TRUE, "invention")]
    assert sum(one.unmarked for one in changed) <= 0.05 * len(changed)


def test_the_sets_are_large_enough_and_share_no_passage() -> None:
    """At least 200 sentences, in both languages; what was held out rests on passages of its own."""
    tuned, held = (list(labelled(name)) for name in SETS.values())
    assert len(tuned) + len(held) >= 200
    texts = [{p.text for one in some for p in one.passages.values()} for some in (tuned, held)]
    assert not texts[0] & texts[1]
    chinese = sum(any("\u4e00" <= c <= "\u9fff" for c in one.text) for one in (*tuned, *held))
    assert 0.4 < chinese / len([*tuned, *held]) < 0.6


SAID = "先停网关，再跑 rollback.sh，大概 15 分钟。"
P = {"p1": passage("p1", SAID), "p2": passage("p2", "The runbook is at https://wiki.example/rollback, page 12.")}


def told(text: str, *cited: str, kind: str = "paraphrase") -> Held:
    """What becomes of one sentence."""
    draft = Draft(sentences=[Sentence(kind=kind, text=text, passages=list(cited or ("p1",)))])
    return hold(draft, P, known=["Ana"])


@pytest.mark.parametrize(
    ("text", "cited", "why"),
    [
        ("先停网关再跑 rollback.sh。", ["p9"], "citation"),  # never recalled
        ("先停网关再跑 rollback.sh。", ["p1", "p9"], "citation"),  # a true one does not cover for it
        ("", ["p1"], "length"),
        ("\u200b\u202e", ["p1"], "length"),
        ("停网关" * LONGEST, ["p1"], "length"),
        ("我先停网关再跑 rollback.sh。", ["p1"], "person"),
        ("The runbook is where I keep it, page 12.", ["p2"], "person"),
        ("The runbook is at https://evil.example/rollback, page 12.", ["p2"], "link"),
        ("The runbook is on page 12 ![x](https://evil.example/?q=1)", ["p2"], "link"),
        ("The runbook is on page 12 <img src=x>", ["p2"], "link"),
        ("先停网关再跑 rollback.sh，要 20 分钟。", ["p1"], "figure"),
        ("先停网关再跑 restore.sh。", ["p1"], "name"),
        ("先停数据库再跑 rollback.sh。", ["p1"], "thing"),
        ("不要先停网关。", ["p1"], "manner"),
        ("先跑 rollback.sh，再停网关。", ["p1"], "order"),
    ],
)
def test_a_sentence_that_does_not_stand_in_what_it_cites_falls(text: str, cited: list[str], why: str) -> None:
    """Each for its own reason, and nothing of it is shown."""
    held = told(text, *cited)
    assert list(held.told) == []
    assert held.dropped == {why: 1}


@pytest.mark.parametrize(
    ("source", "sentence", "why"),
    [
        ("You can enable it in the admin page.", "You can disable it in the admin page.", "opposite"),
        ("要不要重启网关？", "要重启网关。", "manner"),
        ("回滚大概 15 分钟。", "回滚要 15 分钟。", "manner"),
        ("如果对账失败，就回滚支付。", "回滚支付。", "manner"),
        ("Roll back if orders fail.", "Roll back.", "manner"),
        ("网关重启后跑脚本。", "网关重启后总是跑脚本。", "manner"),
        ("不用重启网关。", "不要重启网关。", "manner"),
        ("不要重启网关。", "不用重启网关。", "manner"),
        ("重启网关，不要重启订单服务。", "重启订单服务。", "manner"),
        (SAID, "先停网关，再跑 rollback.sh，大概 15 分钟，讨论。", "words"),
        (SAID, "如果失败，先停网关，再跑 rollback.sh，大概 15 分钟。", "thing"),
    ],
)
def test_how_it_was_said_is_part_of_what_was_said(source: str, sentence: str, why: str) -> None:
    """Opposites, questions, doubts, conditions, rules without exception, and what need not and what must not be."""
    assert failing(sentence, source) == why


def test_a_kind_that_does_not_exist_falls() -> None:
    """What is neither quote, paraphrase nor inference is nothing."""
    assert told("先停网关再跑 rollback.sh。", kind="fact").dropped == {"kind": 1}


def test_a_paraphrase_stands_with_the_one_passage_that_holds_it() -> None:
    """The others that were cited beside it are not shown as its source."""
    (one,) = told("先停网关，再跑 rollback.sh。", "p2", "p1").told
    assert (one.kind, [p.id for p in one.passages]) == ("paraphrase", ["p1"])


def test_an_inference_is_marked_as_one() -> None:
    """It may conclude and deny what was not denied, out of things, names and figures that stand in what it cites."""
    (one,) = told("不停网关就不能跑 rollback.sh。", kind="inference").told
    assert one.kind == "inference"
    assert told("不停网关就不能跑 restore.sh。", kind="inference").dropped == {"name": 1}
    assert told("停网关要 20 分钟。", kind="inference").dropped == {"figure": 1}
    assert told("考虑，讨论。", kind="inference").dropped == {"words": 1}
    assert told("停网关，讨论。", kind="inference").told
    assert told("停网关，讨论。").dropped


def test_what_nobody_sees_is_taken_out() -> None:
    """Zero-width, bidirectional and tag characters, and line ends, hide nothing and reach nobody."""
    (one,) = told("先停网关\u200b，\u202e再跑\U000e0041 rollback.sh\n。").told
    assert one.text == "先停网关，再跑 rollback.sh 。"


def test_a_link_of_the_source_may_be_told() -> None:
    """The one that its owner wrote."""
    assert told("The runbook is at https://wiki.example/rollback.", "p2").told


def test_the_day_on_which_it_was_written_may_be_told() -> None:
    """And no other."""
    assert told("As of March 4, the runbook is on page 12.", "p2").told
    assert told("As of 2026, the runbook is on page 12.", "p2").told
    assert told("As of March 5, the runbook is on page 12.", "p2").dropped == {"figure": 1}


def test_at_most_a_few_sentences_are_told_and_none_twice() -> None:
    """The first ones; a wall of sentences helps nobody."""
    many = {f"q{n}": passage(f"q{n}", f"The runbook {n} is in the wiki.") for n in range(9)}
    texts = [f"The runbook {n} is in the wiki." for n in (0, 0, *range(1, 9))]
    cited = [f"q{n}" for n in (0, 0, *range(1, 9))]
    draft = Draft(
        sentences=[
            Sentence(kind="paraphrase", text=text, passages=[id_]) for text, id_ in zip(texts, cited, strict=True)
        ]
    )
    assert [one.text for one in hold(draft, many).told] == list(dict.fromkeys(texts))[:MOST_TOLD]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("90 分钟", "一个半小时"),
        ("half an hour", "30 minutes"),
        ("下午三点", "15:00"),
        ("3 pm", "15:00"),
        ("周四", "Thursday"),
        ("三月四日", "3月4日"),
        ("百分之五", "5%"),
        ("twenty-five people", "25 人"),
        ("两百", "200"),
        ("3 万", "30,000"),
        ("every night", "daily"),
    ],
)
def test_equal_figures_are_equal_however_they_are_written(one: str, other: str) -> None:
    """In digits and in words, in Chinese and in English, in one unit and in another."""
    (mine,), (theirs,) = figures(one.lower())[0], figures(other.lower())[0]
    assert mine.stands_for(theirs)
    assert theirs.stands_for(mine)


@pytest.mark.parametrize(("one", "other"), [("3 am", "3 pm"), ("5 minutes", "5 hours"), ("5%", "5"), ("周三", "周四")])
def test_different_figures_are_different(one: str, other: str) -> None:
    """Half a day, a unit or a day apart."""
    (mine,), (theirs,) = figures(one)[0], figures(other)[0]
    assert not mine.stands_for(theirs)


def test_a_time_of_day_that_says_no_half_may_be_either() -> None:
    """三点 may be in the night or in the afternoon, whoever says so in the source."""
    assert Figure("clock", "3:00").stands_for(Figure("clock", "3:00", "pm"))


def test_of_an_endless_passage_the_beginning_is_looked_at() -> None:
    """Whoever wrote a book into one message holds nobody up; what stands at its end supports nothing."""
    assert failing("先停网关再跑 rollback.sh。", SAID + "对账。" * LOOKED_AT) is None
    assert failing("先停网关再跑 rollback.sh。", "对账。" * LOOKED_AT + SAID)
    assert failing("先停网关再跑 rollback.sh。", f"{SAID} {'a1' * 40} {'十' * 40}") is None


@given(st.text(max_size=60))
def test_whatever_a_model_says_nothing_breaks(text: str) -> None:
    """It stands or it falls; the check does not."""
    held = told(text)
    assert all(isinstance(one, Told) for one in held.told)
    failing(text, text)


@given(st.text(alphabet="先停再跑网关 0123456789:.,%不没 rollback.sh pmPM一二十百万点半小时", max_size=60))
def test_whatever_is_made_of_a_sources_own_words_nothing_breaks(text: str) -> None:
    """Times, numbers and clauses in any order and disorder."""
    assert told(text).dropped or told(text).told
    failing(SAID, text)
