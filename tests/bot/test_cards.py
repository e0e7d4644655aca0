"""Promises of the cards: a label and an id on every answer, one face for every kind of no, one tap for each choice."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.base import Card, Mention
from bot import cards
from bot.commands import CHOICES, parse_command
from bot.mydouble import layout
from bot.sentences import Language
from skills.words import Consent, Double, Erasure, Passage, Source

AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
HERE = Consent("lark:t:ana", "lark:t:ops", "chat", AT, AT, notice="1", messages=312, receipt="R3C31PT")
PASSAGE = Passage("p1", "lark:t:ana", "lark:t:ops", "om_1", None, AT, "先停网关，再跑脚本。", 1.0)
BOTH = pytest.mark.parametrize("language", ["zh", "en"])


def _answer(language: Language, passage: Passage = PASSAGE, question: str | None = "q1", name: str = "Ana") -> Card:
    shown = [cards.quote(language, passage, who=name, where="支付运维", url=None)]
    private = question is None
    return cards.answer(language, name=name, answer_id="A7F3C2", quotes=shown, question=question, private=private)


@BOTH
@pytest.mark.parametrize("question", ["q1", None])
def test_every_answer_says_that_it_is_a_double_and_which_answer(language: Language, question: str | None) -> None:
    """The label and the id are laid out by code, in a group and in private, so no model can leave them out."""
    card = _answer(language, question=question)
    assert ("AI 分身" if language == "zh" else "AI double") in card.label
    assert "A7F3C2" in card.label
    assert card.answer == "A7F3C2"


@BOTH
def test_an_outline_shows_no_word(language: Language) -> None:
    """At level outline the card says when and where, and asks to read it there."""
    card = _answer(language, replace(PASSAGE, text=""))
    assert [q.text for q in card.quotes] == [""]
    assert card.quotes[0].at == AT
    assert card.text != _answer(language).text


def test_a_quote_says_who_where_and_when() -> None:
    """Nothing is quoted without its source."""
    quote = cards.quote("en", PASSAGE, who="Ana", where="支付运维", url=None)
    assert (quote.text, quote.who, quote.where, quote.at, quote.message) == (
        PASSAGE.text,
        "Ana",
        "支付运维",
        AT,
        "om_1",
    )


@pytest.mark.parametrize(
    ("source", "language", "named"),
    [
        ("interview", "zh", "访谈里说的"),
        ("interview", "en", "in an interview"),
        ("file", "zh", "来自文件"),
        ("file", "en", "from a file"),
    ],
)
def test_words_that_nobody_heard_in_the_chat_say_where_they_are_from(
    source: Source, language: Language, named: str
) -> None:
    """Readers need not look for them in the chat; what was said there has nothing to add."""
    passage = replace(PASSAGE, source=source)
    shown = cards.quote(language, passage, who="Ana", where="支付运维", url=None)
    assert (shown.where, shown.at) == (f"支付运维 · {named}", AT)
    assert cards.quote(language, passage, who="Ana", where="", url=None).where == named
    heard: tuple[Source, ...] = ("live", "history", "note", "kept")
    for said in (replace(PASSAGE, source=one) for one in heard):
        assert cards.quote(language, said, who="Ana", where="支付运维", url=None).where == "支付运维"


@BOTH
def test_nothing_offers_to_ask_only_whoever_was_named(language: Language) -> None:
    """With no name, or where nobody else reads along, there is nobody to be asked in the chat."""
    named = cards.nothing(language, name="Ana", question="q1")
    assert [(b.action, dict(b.value)) for b in named.buttons] == [("ask_person", {"question": "q1"})]
    assert cards.nothing(language, name=None, question="q1").buttons == ()
    assert cards.nothing(language, name="Ana", question=None).buttons == ()


@BOTH
def test_the_one_sentence_depends_on_the_name_alone(language: Language) -> None:
    """For Ana, who shares nothing, and Zoe, who does not exist, it is the same sentence."""
    ana = cards.nothing(language, name="Ana", question="q1")
    zoe = cards.nothing(language, name="Zoe", question="q1")
    assert ana.text.replace("Ana", "Zoe") == zoe.text
    assert replace(ana, text="", buttons=()) == replace(zoe, text="", buttons=())


@BOTH
@pytest.mark.parametrize("by_file", [False, True])
def test_every_choice_of_the_consent_card_is_one_tap_or_one_line(language: Language, by_file: bool) -> None:
    """Each button carries this offer alone, none is chosen beforehand, and its text twin is a command."""
    card = cards.offer(language, offer_id="K7Q2", chat="支付运维", by_file=by_file, notice_url=None)
    choices = [b for b in card.buttons if b.action in CHOICES.values()]
    assert [b.action for b in choices] == ["join_me", "join_here", "join_today", "decline"]
    assert all(b.value["offer"] == "K7Q2" and b.style == "default" for b in choices)
    for button in choices:
        command = parse_command(button.command or "")
        assert command is not None
        assert CHOICES[command.words[0]] == button.action
        assert command.words[1] == "K7Q2"


@BOTH
def test_what_the_bot_cannot_see_is_said_before_the_tap(language: Language) -> None:
    """Where the platform lets a bot read no history, the consent card says so; elsewhere it does not."""
    told, quiet = (
        cards.offer(language, offer_id="K7Q2", chat="支付", by_file=by_file, notice_url=None)
        for by_file in (True, False)
    )
    assert "messages.jsonl" in told.note
    assert quiet.note == ""


@BOTH
@pytest.mark.parametrize("url", [None, "https://fenshen.example/notice?language=zh"])
def test_the_full_notice_is_one_tap_away(language: Language, url: str | None) -> None:
    """By a page where there is one, else by a command."""
    card = cards.offer(language, offer_id="K7Q2", chat="支付", by_file=False, notice_url=url)
    (button,) = (b for b in card.buttons if b.action == "notice")
    assert button.url == url
    assert parse_command(button.command or "") is not None


@BOTH
def test_the_receipt_of_a_consent_can_be_referred_to(language: Language) -> None:
    """It carries its record and the version of the notice, the questions to try, and the way out."""
    card = cards.joined(language, HERE, chat="支付运维", state="", questions=["a?", "b?"])
    assert "R3C31PT" in card.note
    assert [b.label for b in card.buttons if b.action == "try"] == ["a?", "b?"]
    assert card.buttons[-1].action == "leave"
    assert card.buttons[-1].value["chat"] == "lark:t:ops"


@BOTH
def test_only_me_and_here_are_told_apart(language: Language) -> None:
    """A receipt says who can ask."""
    mine = cards.joined(language, replace(HERE, audience="me"), chat="支付", state="")
    assert mine.text != cards.joined(language, HERE, chat="支付", state="").text


@BOTH
def test_of_several_colleagues_each_is_a_button_with_an_id(language: Language) -> None:
    """People of one name are told apart by whom the button means, which no reader sees."""
    card = cards.which(language, [Double("lark:t:1", "Bo"), Double("lark:t:2", "Bo")], "q1")
    assert [(b.label, b.value["owner"], b.value["question"]) for b in card.buttons] == [
        ("Bo (1)", "lark:t:1", "q1"),
        ("Bo (2)", "lark:t:2", "q1"),
    ]


@BOTH
def test_a_question_put_to_a_person_calls_on_them(language: Language) -> None:
    """The mention is a real one, and the asker is named, or called a colleague."""
    card = cards.ask_person(language, person=Mention("lark:t:ana", "Ana"), asker="Bo", question="where?", put="K7Q2")
    assert card.at == (Mention("lark:t:ana", "Ana"),)
    assert "Bo" in card.text
    assert "where?" in card.text
    assert "/answer K7Q2" in card.note
    nameless = cards.ask_person(language, person=Mention(None, "Ana"), asker="", question="where?", put="K7Q2")
    assert ("群里的同事" if language == "zh" else "A colleague") in nameless.text


@BOTH
def test_every_consent_can_be_left_from_the_list(language: Language) -> None:
    """Each with a button of its own, and with several one for all; with none the card says so."""
    two = [HERE, replace(HERE, chat="lark:t:dev", audience="me")]
    card = layout(language, two, {"lark:t:ops": "支付"})
    assert [b.value.get("chat") for b in card.buttons if b.action == "leave"] == ["lark:t:ops", "lark:t:dev", None]
    assert "312" in card.text
    assert [b.action for b in layout(language, [HERE], {}).buttons] == ["interview", "pause", "more", "leave"]
    one_paused = layout(language, [HERE], {}, paused=["lark:t:dev"])
    assert [b.action for b in one_paused.buttons] == ["interview", "pause", "resume", "more", "leave", "leave", "leave"]
    assert [b.action for b in layout(language, [], {}).buttons] == ["more"]


@BOTH
def test_an_erasure_that_could_not_be_checked_does_not_claim_to_be(language: Language) -> None:
    """The receipt says what the probe found, or that there was none."""
    done = Erasure("E1", "lark:t:ana", None, AT, AT, AT, {"messages": 312, "postings": 999}, residue=0)
    checked = cards.erased(language, done)
    unchecked = cards.erased(language, replace(done, residue=None))
    assert "312" in checked.text
    assert "999" in checked.text
    assert "0" in checked.text.splitlines()[-1]
    assert checked.text.splitlines()[-1] != unchecked.text.splitlines()[-1]
