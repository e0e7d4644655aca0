"""What any folder of messages is promised when it becomes the demo's company."""

import json
import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo.company import load
from bot.demo.folder import LONGEST_LINE, NotACompany, slug

NOW = datetime(2031, 5, 14, 12, tzinfo=UTC)


def written(folder: Path, *lines: object) -> Path:
    """A folder whose messages.jsonl has these lines; text goes in as it is."""
    texts = [x if isinstance(x, bytes) else json.dumps(x, ensure_ascii=False).encode() for x in lines]
    (folder / "messages.jsonl").write_bytes(b"\n".join(texts) + b"\n")
    return folder


def line(number: int, text: str = "hello", **more: object) -> dict[str, object]:
    """A good line of somebody else's folder."""
    at = f"2019-01-{number:02d}T10:00:00Z"
    made = {"id": f"a/{number}", "chat": "rust", "seq": number, "at": at, "sender": "zed", "name": "Zed", "text": text}
    return {**made, **more}


def test_a_folder_without_messages_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """Whoever points at the wrong folder reads what is missing and where."""
    with pytest.raises(NotACompany, match=r"one message a line.*messages\.jsonl: No such file") as refusal:
        load(tmp_path, now=NOW)
    assert str(tmp_path) in str(refusal.value)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"not json\n", b"[]\n{}\n"])
def test_a_folder_without_one_readable_message_is_refused(tmp_path: Path, content: bytes) -> None:
    """An empty company is no company."""
    (tmp_path / "messages.jsonl").write_bytes(content)
    with pytest.raises(NotACompany, match="not one readable message"):
        load(tmp_path, now=NOW)


BAD = {
    "no json": b"{oops",
    "no object": b"[1, 2]",
    "no utf-8": b'{"id": "\xff"}',
    "deep": b"[" * 90_000,
    "a lone surrogate": b'{"id":"x","chat":"rust","sender":"zed","text":"\\ud800"}',
    "no sender": {"id": "x", "chat": "rust", "text": "hi"},
    "a number for a text": line(9, id="x") | {"text": 7},
    "a list for a name": line(9, id="x") | {"name": ["Zed"]},
    "blank": line(9, " \n "),
    "too long": line(9, "x" * LONGEST_LINE),
    "an id twice": line(1, "again"),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_a_bad_line_is_counted_and_skipped(tmp_path: Path, caplog: pytest.LogCaptureFixture, bad: object) -> None:
    """One line that is no message costs that line alone, and one log line without its text."""
    with caplog.at_level(logging.WARNING):
        company = load(written(tmp_path, line(1, "first"), bad, line(2, "second")), now=NOW)
    assert [post.text for post in company.lark.posts.values()] == ["first", "second"]
    assert company.skipped == 1
    assert [r.getMessage() for r in caplog.records] == [
        "messages.jsonl: 1 lines skipped, not a message each (the first is line 2)"
    ]


def test_a_mention_calls_the_longest_name_that_fits(tmp_path: Path) -> None:
    """`@Annabel` is not Ann, an address is nobody, and Chinese needs no space."""
    people = [line(1, sender="ann", name="Ann"), line(2, sender="annabel", name="Annabel"), line(3, name="梅姐")]
    said = line(4, "@Annabel asks @梅姐看一下, mail bob@Ann.example", sender="ann", name="Ann")
    world = load(written(tmp_path, *people, said), now=NOW).lark
    assert list(world.posts.values())[-1].mentions == ("ou_annabel", "ou_zed")


def test_a_strangers_folder_becomes_a_company_on_lark(tmp_path: Path) -> None:
    """Senders become people in their language, chats groups of those who spoke, and a reply finds its message."""
    home = written(
        tmp_path,
        line(1, "which trait?", sender="conv 1/Zed"),
        line(2, "用这个特征就好", sender="小明", name="小明", reply_to="a/1", chat="rust"),
        line(3, "alone here", chat="other"),
        line(4, "to nobody", reply_to="gone"),
    )
    company = load(home, now=NOW)
    world = company.lark
    assert not company.dingtalk.people
    assert {p.name: p.language for p in world.people.values()} == {"Zed": "en", "小明": "zh"}
    groups = {c.name: len(c.members) for c in world.chats.values() if not c.direct}
    assert groups == {"rust": 3, "other": 1}
    replies = {p.text: p.reply_to for p in world.posts.values()}
    assert replies["用这个特征就好"] == slug("om_file_", "a/1")
    assert replies["to nobody"] is None
    for some_id in [*world.people, *world.chats, *world.posts]:
        assert re.fullmatch(r"(ou|oc|om)_[A-Za-z0-9_]+", some_id)


def test_a_file_from_a_spreadsheet_is_read_from_its_first_line(tmp_path: Path) -> None:
    """A byte order mark before the first line costs nothing."""
    written(tmp_path, b"\xef\xbb\xbf" + json.dumps(line(1)).encode(), line(2, "second"))
    assert load(tmp_path, now=NOW).skipped == 0


def test_strange_ids_stay_apart_and_stay_the_same() -> None:
    """Ids that look alike when cleaned differ, and none depends on what else is in the folder."""
    strange = ["a b", "a_b", "a/b", "小明", "小红", "A b", "x" * 99, "x" * 98, "-"]
    assert len({slug("ou_", one) for one in strange}) == len(strange)
    assert slug("ou_", "talchas") == "ou_talchas"
    assert all(len(slug("ou_", one)) < 64 for one in strange)
    assert slug("ou_", "conv-26/Mel") == "ou_conv_26_Mel_02eacf"


def test_what_is_typed_later_never_replaces_a_loaded_message(tmp_path: Path) -> None:
    """A folder whose ids are plain numbers leaves the running numbers of new messages free."""
    world = load(written(tmp_path, line(1, id="3"), line(2, id="4")), now=NOW).lark
    typed = [world.post("oc_rust", "ou_zed", "new").id for _ in range(4)]
    assert len(world.posts) == 6
    assert not {"om_file_3", "om_file_4"} & set(typed)


def test_old_times_move_near_now_and_keep_their_proportions(tmp_path: Path) -> None:
    """The newest message of each chat is an hour old; a chat of years is squeezed into 80 days, a short one is not."""
    years = [line(n, at=f"20{10 + n}-01-01", chat="years") for n in (1, 2, 9)]
    days = [line(n + 20, at=f"1999-01-0{n}T12:00:00+08:00", chat="days") for n in (1, 2, 4)]
    world = load(written(tmp_path, *years, *days), now=NOW).lark
    first, second, last = (p.at for p in world.read("oc_years"))
    assert last == NOW - timedelta(hours=1)
    assert last - first == timedelta(days=80)
    assert second - first == pytest.approx(timedelta(days=10), abs=timedelta(hours=1))
    assert [p.at for p in world.read("oc_days")] == [last - timedelta(days=d) for d in (3, 2, 0)]


def test_lines_without_a_time_follow_the_line_before(tmp_path: Path) -> None:
    """`seq` orders what has no readable time; such a line comes a minute after the one before it."""
    home = written(tmp_path, line(3, "c", at=None), line(1, "a"), line(2, "b", at="the other day"))
    posts = load(home, now=NOW).lark.read("oc_rust")
    assert [p.text for p in posts] == ["a", "b", "c"]
    assert [p.at - posts[0].at for p in posts] == [timedelta(minutes=n) for n in range(3)]


def test_a_strangers_guide_asks_what_its_busiest_person_said(tmp_path: Path) -> None:
    """The question is made of the owner's own words, names nobody else, and goes to the busiest in the largest chat."""
    chatter = [
        line(n, f"borrow checker lifetimes again, {'traits' * (n % 2)} whoever", id=f"z{n}") for n in range(1, 9)
    ]
    others = [line(n, "whoever said hello there", id=f"y{n}", sender="yan", name="checker") for n in range(1, 5)]
    company = load(written(tmp_path, *chatter, *others, line(1, "alone", id="q", chat="q")), now=NOW)
    (walk,) = company.guide
    assert (walk.chat, walk.owner, walk.asker) == ("oc_rust", "lark:demo:ou_zed", "lark:demo:ou_yan")
    assert walk.question["en"] == "@bot ask Zed about borrow lifetimes again"


def test_a_company_of_one_can_still_ask_itself(tmp_path: Path) -> None:
    """With a single person, however little they said, owner and asker are the same."""
    (walk,) = load(written(tmp_path, line(1, "lifetimes confuse!")), now=NOW).guide
    assert walk.owner == walk.asker == "lark:demo:ou_zed"
    assert walk.question["en"] == "@bot ask Zed about lifetimes confuse"


def test_a_big_folder_loads_in_seconds(tmp_path: Path) -> None:
    """Seventy thousand messages of a thousand people in one channel, all members kept."""
    rows = [line(n % 28 + 1, f"about topic {n}", id=str(n), sender=f"p{n % 1000}", seq=n) for n in range(70_000)]
    begun = datetime.now(UTC)
    world = load(written(tmp_path, *rows), now=NOW).lark
    assert datetime.now(UTC) - begun < timedelta(seconds=20)
    assert len(world.chats["oc_rust"].members) == len(world.people) == 1000
    assert len(world.posts) == 70_000
