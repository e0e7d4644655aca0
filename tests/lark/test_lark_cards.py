"""Cards on Lark: what was put in comes out, nothing in them is read as markup, and none is too heavy."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.base import Button, Card, Field, Mention, Part, Quote
from adapters.lark.cards import link, write_card
from adapters.lark.plain import write_post
from adapters.lark.reading import elements, read_card
from adapters.lark.settings import INTERNATIONAL
from adapters.lark.simulated.check import flaw
from adapters.lark.weight import dumps, light

QUIET = settings(max_examples=300, deadline=None, database=None)
ANA = Mention("lark:cli_a1:ou_ana", "Ana")
NASTY = "<at id=all></at> [x](https://evil.example) ![i](img_1) **b** `c` :OK: | a | ~~s~~ <font color='red'>r</font>"

texts = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n"), max_size=40) | st.just(NASTY)
names = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=12)
ids = st.from_regex(r"om_[a-z0-9]{1,12}", fullmatch=True)
times = st.integers(0, 4_000_000_000_000).map(lambda ms: datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=ms))
urls = st.sampled_from(["https://x.example/a?b=c", "http://x.example/#part", link("oc_1", "om_1")])
quotes = st.builds(Quote, texts, names, names | st.just(""), times, ids, st.none() | urls)
values = st.dictionaries(names.filter(lambda key: key != "action"), texts, max_size=3)
styles = st.sampled_from(["default", "primary", "danger"])
commands = st.none() | names
callbacks = st.builds(Button, names, texts, values, styles, commands)
pages = st.builds(Button, names, texts, st.just({}), styles, commands, urls)
people = st.just(ANA) | st.builds(Mention, st.none(), names)
cards = st.builds(
    Card,
    title=texts,
    text=texts,
    quotes=st.lists(quotes, max_size=3).map(tuple),
    note=texts,
    label=texts,
    answer=st.none() | names,
    buttons=st.lists(callbacks | pages, max_size=4).map(tuple),
    fields=st.lists(st.builds(Field, names, texts, texts), max_size=2, unique_by=lambda f: f.name).map(tuple),
    at=st.lists(people, max_size=3).map(tuple),
    parts=st.lists(
        st.builds(Part, texts, texts, st.lists(quotes, max_size=2).map(tuple), texts, st.none() | names), max_size=3
    ).map(tuple),
)


def markdown(raw: dict[str, Any]) -> str:
    """Everything in a card that Lark would read as markup."""
    return "\n".join(e["content"] for e in elements(raw) if e["tag"] == "markdown")


@QUIET
@given(cards)
def test_a_card_reads_back_as_itself(card: Card) -> None:
    """Nothing that the bot puts into a card is lost on the way, and Lark would take it."""
    raw = json.loads(dumps(write_card(card)))
    assert read_card(raw, "cli_a1", {"ou_ana": "Ana"}) == card
    assert flaw(raw) is None


@pytest.mark.parametrize("where", ["text", "note", "label", "quote", "who", "where", "name"])
def test_no_text_of_a_card_is_read_as_markup(where: str) -> None:
    """A colleague's words ping nobody, link nowhere and show no picture, wherever in the card they stand."""
    quote = Quote(NASTY, "Ana", "ops", datetime(2026, 3, 2, tzinfo=UTC), "om_1")
    given = {
        "text": Card("t", NASTY),
        "note": Card("t", "x", note=NASTY),
        "label": Card("t", "x", label=NASTY),
        "quote": Card("t", "x", (quote,)),
        "who": Card("t", "x", (Quote("q", NASTY, "", quote.at, "om_1"),)),
        "where": Card("t", "x", (Quote("q", "w", NASTY, quote.at, "om_1"),)),
        "name": Card("t", "x", at=(Mention("lark:cli_a1:all", NASTY), Mention(None, NASTY))),
    }[where]
    shown = markdown(write_card(given))
    assert not [mark for mark in ("<at", "<font", "](", "![", "**", "`", ":OK:", "~~") if mark in shown]


@pytest.mark.parametrize(
    "line",
    ["# h", "- item", "+ item", "1. item", "1) item", "    code", "===", "> quote", "www.x.example", "a@x.example"],
)
def test_no_line_of_a_card_begins_a_block_or_a_link(line: str) -> None:
    """What means something at the start of a line is escaped there."""
    shown = markdown(write_card(Card("", f"a\n{line}")))
    assert shown.split("\n")[1] != line
    assert read_card(write_card(Card("", f"a\n{line}"))).text == f"a\n{line}"


def test_only_at_mentions_and_only_people() -> None:
    """A person with an id is really mentioned; a name, or all, is text."""
    raw = write_card(Card("t", "x", at=(ANA, Mention(None, "Bo"), Mention("lark:cli_a1:all", "all"))))
    assert markdown(raw).split("\n")[0] == "<at id=ou_ana></at> &#64;Bo &#64;all"


def test_a_quote_link_opens_the_message() -> None:
    """A source's date leads to its message, abroad under the international name."""
    url = link("oc_1", "om_1")
    raw = write_card(Card("t", "x", (Quote("q", "Ana", "ops", datetime(2026, 3, 2, tzinfo=UTC), "om_1", url),)))
    assert f"link='{url}'" in markdown(raw)
    assert "larksuite.com" in link("oc_1", "om_1", INTERNATIONAL)


def test_a_link_cannot_leave_its_place() -> None:
    """A quotation mark in an address ends nothing, and a scheme that runs code is no address."""
    when = datetime(2026, 3, 2, tzinfo=UTC)
    quote = Quote("q", "Ana", "ops", when, "om_1", "https://x.example/'></local_datetime><at id=all></at>")
    shown = markdown(write_card(Card("t", "x", (quote, Quote("q", "A", "o", when, "om_2", "javascript:alert(1)")))))
    assert "<at" not in shown
    assert "javascript" not in shown


heavy = st.builds(
    Card,
    title=st.sampled_from(["t", "标题" * 9000]),
    text=st.sampled_from(["", "<" * 40_000, "字" * 40_000, "x"]),
    quotes=st.integers(0, 120).map(
        lambda n: (Quote("<x>" * 3000, "Ana", "ops", datetime(2026, 3, 2, tzinfo=UTC), "om_1"),) * n
    ),
    note=st.sampled_from(["", "n" * 40_000]),
    label=st.sampled_from(["AI 分身", "l" * 40_000]),
    answer=st.sampled_from(["A7F3C2", "A" * 9000]),
    buttons=st.integers(0, 120).map(lambda n: (Button("a", "b", {"id": "x"}),) * n),
)


@settings(max_examples=40, deadline=None, database=None)
@given(heavy)
def test_no_card_is_too_heavy_and_none_loses_its_label(card: Card) -> None:
    """However much is put into a card, Lark takes it, and what says that an AI wrote it is still there."""
    raw = light(card)
    assert len(json.dumps(dumps(raw), ensure_ascii=False).encode()) <= 28_000
    assert flaw(raw) is None
    shown = read_card(raw)
    assert shown.label[:5] == card.label[:5]
    assert (shown.answer or "")[:6] == (card.answer or "")[:6]


def test_quotes_give_way_before_the_answer_does() -> None:
    """Of a card that is too heavy the quotes are shortened first; who said them stays."""
    quote = Quote("字" * 9000, "Ana", "ops", datetime(2026, 3, 2, tzinfo=UTC), "om_1")
    shown = read_card(light(Card("t", "the answer", (quote, quote), buttons=(Button("ask", "Ask"),))))
    assert (shown.text, shown.buttons[0].action) == ("the answer", "ask")
    assert [q.who for q in shown.quotes] == ["Ana", "Ana"]
    assert 0 < len(shown.quotes[0].text) < 9000


def test_a_plain_post_says_what_the_card_said() -> None:
    """Where cards fail, words, sources, commands, label and answer id go out as spans that are never read."""
    when = datetime(2026, 3, 2, tzinfo=UTC)
    buttons = (Button("ask", "Ask", command="/ask Ana"), Button("page", "Mine", url="https://x.example"))
    card = Card(
        "Title", f"one\n{NASTY}", (Quote("q", "Ana", "ops", when, "om_1"),), "note", "AI", "A7", buttons, (), (ANA,)
    )
    post = write_post(card)["zh_cn"]
    spans = [span for line in post["content"] for span in line]
    assert {span["tag"] for span in spans} == {"at", "text", "a"}
    said = [span["text"] for span in spans if span["tag"] == "text"]
    assert said == ["one", NASTY, "q", "Ana · ops · 2026-03-02", "Ask: /ask Ana", "note", "AI A7"]
    assert [span["user_id"] for span in spans if span["tag"] == "at"] == ["ou_ana"]
