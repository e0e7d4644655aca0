"""Files of other programs: the owner's own words come in from all of them, and no hostile file does harm."""

import io
import json
import time
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.decoding import MOST_LINES
from skills.imports import LARGEST, Lines, NotReadable, Whose, read_file
from skills.unpacking import MOST_MEMBERS

ANA, OPS, DEV = "lark:cli_a1:ou_ana", "lark:cli_a1:oc_ops", "lark:cli_a1:oc_dev"
NOW = datetime(2026, 3, 9, 9, tzinfo=UTC)
LINE = {"id": "m1", "chat": "oc_ops", "sender": "ou_ana", "text": "rollback", "at": "2026-03-01T09:00:00Z"}


def whose(into: str | None = OPS, chats: Mapping[str, str] | None = None) -> Whose:
    """Ana's file; she is called 安娜 or Ana, and switched on two chats."""
    return Whose(ANA, frozenset({"Ana", "安娜"}), chats or {OPS: "支付运维", DEV: "开发"}, NOW, into)


def words(lines: Lines) -> list[str]:
    """What was kept."""
    return [said.text for said in lines.saids]


def read(text: str, into: str | None = OPS) -> Lines:
    """A file of text."""
    return read_file(text.encode(), whose(into))


def zipped(*members: tuple[str, bytes]) -> bytes:
    """An archive."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return whole.getvalue()


# refusals


@pytest.mark.parametrize(
    "data",
    [
        b"x" * (LARGEST + 1),
        b"",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"\xff\xfe\x00",
        b"PK\x03\x04broken",
        "只是一段话，没有名字也没有时间".encode(),
        b"a,b,c\n1,2,3\n",
        b"name,\rtime,text",
        b"[" * 100_000,
        b'{"messages": 7}',
        b"9" * 10_000,
    ],
)
def test_what_is_no_file_of_ours_is_refused_as_a_whole(data: bytes) -> None:
    """Too large, of no kind that we know, or broken."""
    with pytest.raises(NotReadable):
        read_file(data, whose())


def test_an_archive_that_unpacks_without_end_is_refused() -> None:
    """However small it looks, no more than 50 MB of it is ever unpacked, in one file or in many."""
    with pytest.raises(NotReadable):
        read_file(zipped(("bomb.jsonl", b" " * (LARGEST + 1))), whose())
    half = b"x" * (LARGEST // 2 + 1)
    with pytest.raises(NotReadable):
        read_file(zipped(("one.txt", half), ("two.txt", half)), whose())
    with pytest.raises(NotReadable):
        read_file(zipped(*((f"{n}.txt", b"x") for n in range(MOST_MEMBERS + 1))), whose())


def test_an_archive_within_an_archive_is_not_opened() -> None:
    """It counts as one bad file, and the others are read."""
    inner = zipped(("a.jsonl", json.dumps(LINE).encode()))
    lines = read_file(zipped(("inner.zip", inner), ("b.jsonl", json.dumps({**LINE, "id": "m2"}).encode())), whose())
    assert (words(lines), lines.bad) == (["rollback"], 1)


def test_the_names_inside_an_archive_lead_nowhere() -> None:
    """Nothing is ever written: a path upwards is a name like any other."""
    lines = read_file(zipped(("../../etc/passwd", json.dumps(LINE).encode()), ("/abs", b"x")), whose())
    assert (words(lines), lines.bad) == (["rollback"], 1)


def test_a_locked_archive_is_refused() -> None:
    """There is nobody to ask for its password."""
    data = bytearray(zipped(("a.jsonl", json.dumps(LINE).encode())))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(NotReadable):
        read_file(bytes(data), whose())


@pytest.mark.parametrize("name", ["ana", "Ana ", "安娜娜", "Ana Lima", "Anа", "Bo", ""])
def test_another_name_is_another_person(name: str) -> None:
    """Exactly as the platform calls her, and a look-alike letter is another letter."""
    lines = read(json.dumps([{"sender_name": f"{name}.", "content": "not hers", "time": "2026-03-01 09:00"}]))
    assert (words(lines), lines.others) == ([], 1)


def test_where_a_file_tells_ids_a_name_counts_for_nothing() -> None:
    """Whoever writes her name beside their own id gains nothing, nor does a line that leaves its id out."""
    rows = [
        {"sender_id": "ou_bo", "sender_name": "Ana", "content": "a lie", "time": "2026-03-01 09:00"},
        {"sender_name": "Ana", "content": "without an id", "time": "2026-03-01 09:01"},
        {"sender_id": "ou_ana", "sender_name": "Bo", "content": "hers", "time": "2026-03-01 09:02"},
    ]
    lines = read(json.dumps(rows))
    assert (words(lines), lines.others) == (["hers"], 2)


def test_what_was_said_in_a_chat_that_is_not_switched_on_stays_out() -> None:
    """Whatever chat its owner chooses for the file: the file says otherwise."""
    rows = [
        {"chat_name": "高管群", "sender_name": "Ana", "content": "elsewhere", "time": "2026-03-01 09:00"},
        {"chat_name": "开发", "sender_name": "Ana", "content": "here", "time": "2026-03-01 09:00"},
    ]
    lines = read(json.dumps(rows), into=OPS)
    assert [(said.text, said.chat) for said in lines.saids] == [("here", DEV)]
    assert lines.others == 1


def test_a_chat_name_that_two_chats_share_is_no_answer() -> None:
    """It would be a guess."""
    row = {"chat_name": "群", "sender_name": "Ana", "content": "which", "time": "2026-03-01 09:00"}
    lines = read_file(json.dumps([row]).encode(), whose(chats={OPS: "群", DEV: "群"}))
    assert (words(lines), lines.others) == ([], 1)


def test_without_a_chat_nothing_is_kept_until_its_owner_chose_one() -> None:
    """What was said elsewhere must not slip into the one chat there is."""
    lines = read("2026-03-01 09:00 Ana：回滚\n2026-03-01 09:01 Bo：好\n", into=None)
    assert (words(lines), lines.unplaced, lines.others) == ([], 1, 1)


# what is read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_chat_saved_as_text_is_read_in_every_encoding_that_windows_writes(encoding: str) -> None:
    """Date, name, words; what follows on further lines belongs to the same message."""
    text = "2026-03-01 09:00 安娜：先停网关\n再切流量\n2026-03-01 09:01 陈屿：好\n[2026/3/1 9:02:05] Ana: 看 recon\n"
    lines = read_file(text.encode(encoding), whose())
    assert words(lines) == ["先停网关\n再切流量", "看 recon"]
    assert (lines.others, lines.saids[0].source, lines.saids[0].chat) == (1, "file", OPS)
    assert lines.saids[0].at == datetime(2026, 3, 1, 9).astimezone(UTC)


def test_a_name_and_a_time_may_stand_above_the_words() -> None:
    """As other clients copy a chat."""
    lines = read("安娜 2026-03-01 09:00:00\n回滚用脚本\n\n陈屿 2026-03-01 09:01:00\n收到\n")
    assert (words(lines), lines.others) == (["回滚用脚本"], 1)


@pytest.mark.parametrize(
    "row",
    [
        {"sender_name": "Ana", "content": "rollback", "create_time": "1772355600000"},
        {"from": "Ana", "text": "rollback", "timestamp": 1772355600},
        {"user_name": "安娜", "message": {"text": "rollback"}, "time": "2026-03-01T09:00:00+00:00"},
        {"sender": {"id": "ou_ana"}, "body": {"content": '{"text": "rollback"}'}, "create_time": 1772355600000},
        {"senderNick": "Ana", "text": {"content": "rollback"}, "createAt": 1772355600000},
    ],
)
@pytest.mark.parametrize("around", ["%s", '{"messages": %s}', '{"data": {"items": %s}}', '{"records": %s}'])
def test_exports_in_json_are_read_under_the_names_that_they_use(row: dict[str, object], around: str) -> None:
    """Lark's and DingTalk's own, and those of programs that collect from them."""
    lines = read(around % json.dumps([row]))
    assert [(said.text, said.at) for said in lines.saids] == [("rollback", datetime(2026, 3, 1, 9, tzinfo=UTC))]


@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_a_table_is_read_by_the_names_of_its_columns(mark: str) -> None:
    """In Chinese or English, with quoted cells that hold line ends."""
    head, row = ["时间", "发送人", "内容"], ["2026-03-01 09:00", "安娜", '"回滚\n用脚本"']
    lines = read("\n".join([mark.join(head), mark.join(row), mark.join(["2026-03-01 09:01", "Bo", "好"])]))
    assert (words(lines), lines.others) == (["回滚\n用脚本"], 1)


def test_other_programs_json_lines_are_read_like_their_lists() -> None:
    """One object a line, under names that are not ours."""
    rows = [{"from": "Ana", "content": f"line {n}", "time": "2026-03-01 09:00"} for n in range(3)]
    assert words(read("\n".join(map(json.dumps, rows)))) == ["line 0", "line 1", "line 2"]


def test_notes_are_read_heading_by_heading() -> None:
    """Dated by their front matter; a heading within code is none."""
    text = "---\ndate: 2026-03-01\n---\n# 回滚\n先停网关\n```\n# not a heading\n```\n## 空的\n## 发版\n周四下午\n"
    lines = read(text)
    assert words(lines) == ["回滚\n先停网关\n```\n# not a heading\n```", "发版\n周四下午"]
    assert {said.at for said in lines.saids} == {datetime(2026, 3, 1).astimezone(UTC)}
    assert read("# 回滚\n先停网关").saids[0].at == NOW


def test_what_is_quoted_of_others_stays_out() -> None:
    """In a reply that carries it, and in a note that cites it."""
    quoting = "2026-03-01 09:00 Ana：「Bo：怎么回滚」\n- - - - - - - -\n用脚本\n"
    assert words(read(quoting)) == ["用脚本"]
    assert words(read("# 回滚\n> Bo: use the button\n用脚本")) == ["回滚\n用脚本"]


def test_pictures_and_html_of_a_note_are_no_words() -> None:
    """They could carry a reader's clicks somewhere."""
    assert words(read("# 回滚\n![x](http://evil/p.png)<img src=x onerror=y>用脚本<!-- hidden -->")) == ["回滚\n用脚本"]


def test_the_same_file_again_gives_the_same_ids() -> None:
    """So that nothing is kept twice; two messages of one minute stay two."""
    text = "2026-03-01 09:00 Ana：一\n2026-03-01 09:00 Ana：二\n"
    first, again = (read(text).saids for _ in range(2))
    assert [said.message for said in first] == [said.message for said in again]
    assert len({said.message for said in first}) == 2
    assert all("一" not in said.message for said in first)


def test_several_files_come_in_one_archive() -> None:
    """Their lines are counted together, and an id that two of them hold counts once."""
    notes = "# 发版\n周四下午".encode()
    lines = read_file(
        zipped(("a.jsonl", json.dumps(LINE).encode()), ("b.jsonl", json.dumps(LINE).encode()), ("n.md", notes)), whose()
    )
    assert (words(lines), lines.repeated) == (["rollback", "发版\n周四下午"], 1)


# whatever arrives

_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_NAMES = st.sampled_from(
    ["sender", "sender_id", "sender_name", "from", "content", "text", "time", "timestamp", "chat", "id"]
)
_LINES = st.lists(
    st.sampled_from(
        [
            "2026-03-01 09:00 Ana：回滚",
            "2026-13-41 99:99 Ana：bad",
            "Ana 2026-03-01 09:00",
            "# 标题",
            "> 引用",
            "---",
            "时间,发送人,内容",
            '"unclosed',
            "```",
            " " * 300,
            "\x00\ud7ff",
            "「「「",
        ]
    )
    | st.text(max_size=30),
    max_size=12,
)


@settings(max_examples=150, deadline=timedelta(seconds=2))
@given(st.one_of(st.binary(max_size=400), _LINES.map(lambda lines: "\n".join(lines).encode("utf-8", "replace"))))
def test_no_file_breaks_the_reader(data: bytes) -> None:
    """It is read or refused, and nobody else's word is taken for hers."""
    try:
        lines = read_file(data, whose())
    except NotReadable:
        return
    assert all(said.person == ANA and said.chat in (OPS, DEV) and said.text.strip() for said in lines.saids)


@settings(max_examples=150, deadline=timedelta(seconds=2))
@given(st.lists(st.dictionaries(_NAMES, _VALUE, max_size=6), max_size=5), st.binary(max_size=60))
def test_no_export_breaks_the_reader(rows: list[dict[str, object]], noise: bytes) -> None:
    """Whatever stands where a name, a time or words should."""
    data = json.dumps({"messages": rows}).encode()
    for given_data in (data, zipped(("a", data), ("b", noise))):
        try:
            lines = read_file(given_data, whose())
        except NotReadable:
            continue
        assert all(said.source == "file" for said in lines.saids)


@pytest.mark.parametrize(
    "text",
    [
        "# h\n" + "<!--" * 100_000,
        "# h\n" + "![" * 100_000,
        "2026-03-01 09:00 " + " " * 500_000,
        "2026-03-01 09:00 Ana：" + "「" * 90_000,
        "\n".join(["x" + " " * 199] * 5_000),
        "# h\n" + "\n" * 500_000,
        "# h" + " " * 3_000 + "h",
        "---" + "\n" * 60_000 + "a" * 60_000,
        "---\ndate: a" + " " * 100_000 + "b\n---\n# h\nx",
    ],
)
def test_no_file_is_read_for_long(text: str) -> None:
    """What could make a pattern try without end is bounded: minutes of the processor would be spent otherwise."""
    begun = time.process_time()
    with suppress(NotReadable):
        read(text)
    assert time.process_time() - begun < 20


@pytest.mark.parametrize(("line", "within"), [("{},", "[]"), ("1,", "[]"), ("2026-03-01 09:00 Ana：x\n", "")])
def test_a_file_of_more_lines_than_anybody_writes_is_refused_as_a_whole(line: str, within: str) -> None:
    """However few bytes they are, each takes time and memory; in an archive they are counted together."""
    begins, ends = within[:1], within[1:]
    with pytest.raises(NotReadable):
        read(begins + line * MOST_LINES + line.strip(",") + ends)
    half = (begins + line * (MOST_LINES // 2 + 1) + line.strip(",") + ends).encode()
    if line[0] != "1":
        with pytest.raises(NotReadable):
            read_file(zipped(("a", half), ("b", half)), whose())
