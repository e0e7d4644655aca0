"""Cards reach DingTalk as they were meant, within its limits, and can be read back from its own JSON."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Button, Card, Field, Mention, Part, Quote
from adapters.dingtalk.cards import button_id, params, read_button, read_card, texts
from adapters.dingtalk.markdown import CHUNK, chunks, clean, escape, plain
from adapters.dingtalk.wire import bare
from adapters.folding import lead

words = st.text(max_size=60)
drawn = words.map(clean)
times = st.datetimes(timezones=st.just(UTC))
values = st.dictionaries(words, words, max_size=3)
styles = st.sampled_from(["default", "primary", "danger"])
buttons = st.builds(Button, words, drawn, values, styles, st.none() | words)
links = st.builds(Button, st.just(""), drawn, st.just({}), styles, st.none(), st.just("https://example.com/a"))
quotes = st.builds(Quote, words, words, words, times, words, st.none() | words)
cards = st.builds(
    Card,
    drawn,
    words,
    st.lists(quotes, max_size=3).map(tuple),
    words,
    words,
    st.none() | words.filter(bool),
    st.lists(buttons | links, max_size=3).map(tuple),
    st.lists(st.builds(Field, words, words, words), max_size=2).map(tuple),
    st.lists(st.builds(Mention, st.none() | words, words), max_size=2).map(tuple),
    st.lists(
        st.builds(Part, words, words, st.lists(quotes, max_size=2).map(tuple), words, st.none() | words.filter(bool)),
        max_size=3,
    ).map(tuple),
)
QUOTE = Quote("先切流量", "Ana", "支付运维", datetime(2026, 3, 5, tzinfo=UTC), "msg1")
JOIN = Button("join", "加入", {"offer": "o1"}, "primary", "/optin")


@given(cards)
def test_a_card_is_read_back_from_the_vendors_json_as_it_was(card: Card) -> None:
    """What the simulator and the demo page draw is what the bot sent."""
    assert read_card(params(card)) == card


@given(cards)
def test_every_variable_of_a_card_is_text(card: Card) -> None:
    """The platform refuses a card with any other."""
    assert all(isinstance(value, str) for value in params(card).values())


@given(cards, cards)
def test_every_card_sets_every_variable(one: Card, other: Card) -> None:
    """An update changes only what it names, so nothing of the card before may be left unnamed."""
    assert params(one).keys() == params(other).keys()


def test_a_card_of_a_template_that_is_not_ours_can_be_read() -> None:
    """Without our own variable, title, text and buttons are what the template draws."""
    shown = {"msgTitle": "t", "msgContent": "a\\*b", "sys_full_json_obj": '{"msgButtons":[{"text":"好","id":"ok"}]}'}
    assert read_card(shown) == Card("t", "a*b", buttons=(Button("ok", "好"),))


def test_a_button_asks_for_a_callback_and_a_link_does_not() -> None:
    """The vendor's JSON: an id with `request`, or a url."""
    link = Button("", "全文", url="https://example.com/notice")
    shown = json.loads(params(Card("t", "x", buttons=(JOIN, link)))["sys_full_json_obj"])
    assert shown["msgButtons"] == [
        {"text": "加入", "color": "blue", "id": "join|offer=o1", "request": True},
        {"text": "全文", "color": "gray", "url": "https://example.com/notice"},
    ]


@given(words, values)
def test_a_buttons_id_carries_action_and_value(action: str, value: dict[str, str]) -> None:
    """Whatever the ids are made of."""
    assert read_button(button_id(Button(action, "x", value))) == (action, value)


def test_an_answer_carries_the_mark_that_a_machine_wrote_it() -> None:
    """For machines too, with the answer's id; a card that is no answer claims nothing."""
    assert json.loads(params(Card("t", "x", answer="A7F3"))["AIGC"])["ProduceID"] == "A7F3"
    assert params(Card("t", "x"))["AIGC"] == ""


def test_quotes_stand_with_who_where_and_when() -> None:
    """And the label is on the card, under them."""
    shown = params(Card("t", "x", quotes=(QUOTE,), label="AI 分身"))["msgContent"]
    assert shown == "x\n\n> 先切流量\n\n— Ana · 支付运维 · 2026-03-05\n\nAI 分身"


def test_a_quote_at_level_outline_shows_no_text() -> None:
    """Only where and when."""
    outline = Quote("", "Ana", "支付运维", QUOTE.at, "msg1", url="https://example.com/(1)")
    shown = params(Card("t", "", quotes=(outline,)))["msgContent"]
    assert shown == "— [Ana · 支付运维 · 2026-03-05](https://example.com/%281%29)"


def test_in_text_a_button_is_the_command_that_does_the_same() -> None:
    """A client that draws no buttons loses none of them; a link stays a link."""
    (text,) = texts(Card("同意", "x", buttons=(JOIN, Button("", "全文", url="https://example.com/n"))))
    assert text.body == "### 同意\n\nx\n\n**加入** → /optin  \n[全文](https://example.com/n)"
    assert text.title == "同意"


def test_a_form_without_inputs_says_what_to_write() -> None:
    """The template draws no fields, so the card shows the commands beside its buttons."""
    form = Card("t", "x", buttons=(JOIN,), fields=(Field("why", "为什么"),))
    assert params(form)["msgContent"].endswith("**加入** → /optin")
    assert "/optin" not in params(Card("t", "x", buttons=(JOIN,)))["msgContent"]


def test_a_person_is_really_mentioned_where_the_way_of_sending_can() -> None:
    """By `@id` in the text and the id beside it; else the name is only read."""
    card = Card("t", "@Ana 看一下", at=(Mention("dingtalk:demo:ana", "Ana"), Mention(None, "外部")))
    (called,) = texts(card, bare)
    assert (called.body, called.at) == ("### t\n\n@外部 @ana 看一下", ("ana",))
    (read,) = texts(card)
    assert (read.body, read.at) == ("### t\n\n@外部 @Ana 看一下", ())


def test_a_mention_is_not_made_of_a_longer_name() -> None:
    """@Ana is not the beginning of @Anabel."""
    (text,) = texts(Card("", "@Anabel", at=(Mention("dingtalk:demo:ana", "Ana"),)), bare)
    assert text.body == "@ana @Anabel"


@given(st.text(st.sampled_from("ab_*`[]()<>#+-=|:~&;!\\ \n1.中@/https://"), max_size=80) | st.text())
def test_plain_text_shows_exactly_itself(text: str) -> None:
    """No word of a message is read as mark-up: escaped and drawn, it is the same text again."""
    shown = "\n".join(line.rstrip(" ") for line in clean(text).split("\n"))
    assert plain(escape(text)) == shown


@given(st.text(st.sampled_from('ab\\*\n🙂"') | st.characters(), max_size=400), st.integers(1, 60))
def test_long_texts_are_cut_within_the_platforms_limits(text: str, times: int) -> None:
    """No piece is too long in characters or bytes, as JSON within JSON, and nothing is lost."""
    pieces = texts(Card("标题" * 80, text * times))
    assert all(len(piece.body) <= CHUNK for piece in pieces)
    for piece in pieces:
        inner = json.dumps({"title": piece.title, "text": piece.body}, ensure_ascii=False)
        assert len(json.dumps({"msgParam": inner}, ensure_ascii=False).encode()) < 19_000
    squeezed = "".join("".join(plain(piece.body).split()) for piece in pieces)
    assert squeezed == "".join(("标题" * 80 + clean(text * times)).split())


def test_a_cut_never_parts_a_backslash_from_its_mark() -> None:
    """Half an escape would turn the rest of the message into mark-up."""
    for most in range(5, 12):
        assert "".join(plain(piece) for piece in chunks(escape("*" * 40), most)) == "*" * 40


def test_a_cut_quote_is_still_a_quote() -> None:
    """Every piece of a quoted line is marked as quoted."""
    assert all(piece.startswith("> ") for piece in chunks("> " + "长" * 50, 20))


def test_an_empty_card_is_still_a_message() -> None:
    """The platform refuses a message without a title or text."""
    (text,) = texts(Card("", ""))
    assert text.title
    assert text.body


def test_long_quotes_are_a_first_screen_with_the_way_to_all_of_it() -> None:
    """On a card by a button, in text by its command; a short quote, and what nothing can unfold, stands whole."""
    way = Button("unfold", "展开全部", {"answer": "A7F3"}, "primary", "/show A7F3")
    long = replace(QUOTE, text="先停网关，" * 40)
    card = Card("t", "x", quotes=(long, QUOTE), label="AI 分身", answer="A7F3", buttons=(JOIN,), unfold=way)
    shown = read_card(params(card))
    assert [quote.text for quote in shown.quotes] == [lead(long.text), QUOTE.text]
    assert (shown.buttons, shown.label, shown.answer) == ((way, JOIN), card.label, card.answer)
    assert long.text not in str(params(card))  # nor in what the template does not draw
    (text,) = texts(card)
    assert lead(long.text) in text.body
    assert long.text not in text.body
    assert "**展开全部** → /show A7F3" in text.body
    for whole in (replace(card, unfold=None), replace(card, quotes=(QUOTE,))):
        assert read_card(params(whole)) == replace(whole, unfold=None)


def test_of_several_people_each_ones_long_quotes_are_shortened() -> None:
    """By one button for all of them."""
    part = Part("Ana 的分身", "", (replace(QUOTE, text="先停网关，" * 40),), "AI 分身", "A7F3")
    way = Button("unfold", "展开全部", {"answer": "A7F3"}, "primary", "/show A7F3")
    shown = read_card(params(Card("t", "", parts=(part, replace(part, answer="B2")), unfold=way)))
    assert [quote.text for one in shown.parts for quote in one.quotes] == [lead(part.quotes[0].text)] * 2
    assert shown.buttons == (way,)
