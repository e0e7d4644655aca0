"""Promises of how passages come to pages by code alone: the same each time, in their owner's words, of one thing."""

import random
import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from skills.gathering import FEWEST, MOST, Piece, gather, plain, shown
from skills.titling import WIDEST, beginning, kind_of, title_of, width
from tests.store.paged import ROLLBACK, TALK, VENDOR

START = datetime(2026, 3, 1, tzinfo=UTC)
ZH = (
    "回滚支付先冻结账本，然后执行 payctl rollback",
    "支付回滚的步骤：冻结账本，再执行 payctl rollback，最后看对账报表",
    "支付又要回滚？记得先冻结账本，不然对账报表是错的，payctl rollback 放在后面",
)


def pieces(*texts: str, apart: timedelta = timedelta(hours=1)) -> list[Piece]:
    """Things said one after another."""
    return [Piece(uuid.UUID(int=n), START + n * apart, text) for n, text in enumerate(texts, 1)]


def texts(some: list[Piece] | tuple[Piece, ...]) -> list[str]:
    """Their words, in their order."""
    return [piece.text for piece in some]


def test_questions_and_small_talk_come_to_no_page() -> None:
    """Whoever asks has told nothing."""
    asked = ("how do I roll back payments with payctl after the ledger froze?",) * 4
    assert gather(pieces(*asked, *TALK, "ok", "好的", "收到")).fresh == []


def test_what_is_said_on_one_thing_makes_one_page_the_newest_first() -> None:
    """In Chinese as in English, whatever else was said between."""
    mixed = pieces(*(one for pair in zip(ROLLBACK, VENDOR, strict=True) for one in pair), *TALK, *ZH)
    found = gather(mixed).fresh
    assert sorted(texts(list(page)) for page in found) == sorted(list(page[::-1]) for page in (ROLLBACK, VENDOR, ZH))


def test_in_whatever_order_passages_are_given_the_pages_are_the_same() -> None:
    """So a job that is done again makes nothing else."""
    given_ = pieces(*ROLLBACK, *VENDOR, *TALK)
    again = random.Random(7).sample(given_, len(given_))
    assert gather(again).fresh == gather(given_).fresh


def test_vectors_bring_together_what_shares_no_word() -> None:
    """And without them it stays apart."""
    said = pieces(
        "reimbursement forms travel through the finance portal",
        "expenses claims hand receipts over digitally upstairs",
        "money back after journeys comes with payroll monthly",
        *VENDOR,
    )
    near = {piece.id: [1.0, 0.02 * n, 0.0] for n, piece in enumerate(said[:3])}
    far = {piece.id: [0.0, 0.02 * n, 1.0] for n, piece in enumerate(said[3:])}
    alone, meant = gather(said).fresh, gather(said, near | far).fresh
    assert [texts(list(page)) for page in alone] == [list(VENDOR[::-1])]
    assert sorted(texts(list(page)) for page in meant) == sorted([texts(said[2::-1]), list(VENDOR[::-1])])


def test_what_is_new_joins_the_page_that_it_belongs_to() -> None:
    """And no page is made a second time."""
    there = [Piece(p.id, p.at, p.text, page="P") for p in pieces(*ROLLBACK)]
    new = Piece(uuid.UUID(int=99), START + timedelta(days=2), "payctl rollback of payments: freeze the ledger, always")
    found = gather([*there, new, *pieces(*TALK)])
    assert (found.grown, found.fresh) == ({"P": [new]}, [])


def test_what_was_said_in_one_go_stays_in_its_order() -> None:
    """Steps are not turned round though pages begin with the newest."""
    steps = pieces(
        "to deploy the gateway:", "1. drain the old pods", "2. apply the manifest", apart=timedelta(seconds=20)
    )
    later = Piece(uuid.UUID(int=50), START + timedelta(days=1), "the gateway deploy window is Tuesday now")
    assert texts(shown([*steps, later])) == [later.text, *texts(steps)]


def test_what_was_kept_on_purpose_stands_first() -> None:
    """However old it is."""
    old, new = pieces("the gateway is ours", "the gateway is theirs")
    kept = Piece(old.id, old.at, old.text, kept=True)
    assert shown([new, kept]) == [kept, new]


def test_a_title_is_a_place_in_one_passage_and_calls_on_nobody() -> None:
    """Nor is it an address, nor a single word."""
    said = pieces(*(f"bo_lee: see https://docs.example.org/payctl/rollback {text}" for text in ROLLBACK))
    title = title_of(said, said)
    words = next(piece.text for piece in said if piece.id == title.passage)[title.starts : title.ends]
    assert words == words.strip()
    assert 0 < width(words) <= WIDEST
    assert "rollback" in words
    assert "bo_lee" not in words
    assert "http" not in words


def test_no_figure_of_a_title_is_cut_in_two_and_no_number_of_a_list_stands_in_it() -> None:
    """Not “000 以上风控加财务”."""
    said = pieces(
        "退款额度：①8,000 以内客服直退 ②8,000 到 50,000 我批 ③50,000 以上风控加财务",
        "再贴一遍退款额度：①8,000 以内客服直退 ②50,000 以上风控加财务",
        "还是退款额度：①客服直退到 8,000 ②50,000 以上风控加财务，两人一起",
    )
    title = title_of(said)
    words = next(piece.text for piece in said if piece.id == title.passage)[title.starts : title.ends]
    assert words == "50,000 以上风控加财务"


def test_a_heading_that_its_owner_gave_is_the_title() -> None:
    """Instead of whatever code would choose."""
    kept = Piece(uuid.UUID(int=9), START, "Rolling back\nfreeze the ledger, run payctl", kept=True)
    title = title_of([kept, *pieces(*ROLLBACK)])
    assert (title.passage, kept.text[title.starts : title.ends]) == (kept.id, "Rolling back")


def test_the_kind_is_what_the_words_show() -> None:
    """In both languages; else they are answers."""
    assert kind_of(pieces(*ROLLBACK)) == kind_of(pieces(*ZH)) == "howto"
    assert kind_of(pieces("我们决定改成双周发布", "因为太赶，所以定在双周")) == "decision"
    assert kind_of(pieces("结算归老王负责", "Bo owns the gateway")) == "facts"
    assert kind_of(pieces("quite likely so", "大概吧")) == "answers"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=30), st.randoms(use_true_random=False))
def test_whatever_is_said_pages_are_of_whole_passages_each_on_one(words: list[str], dice: random.Random) -> None:
    """Of a bounded number, under a title that stands where it says, and an address never moves a place."""
    said = pieces(*words, *(dice.choice(ROLLBACK) + dice.choice(words or [""]) for _ in range(6)))
    found = gather(said)
    placed = [piece for page in found.fresh for piece in page]
    assert len(placed) == len({piece.id for piece in placed})
    for page in found.fresh:
        assert FEWEST <= len(page) <= MOST * 4
        title = title_of(page, said)
        text = next(piece.text for piece in page if piece.id == title.passage)
        assert text[title.starts : title.ends] in text
        assert width(beginning(text)) <= WIDEST
    assert all(len(plain(text)) == len(text) for text in words)
