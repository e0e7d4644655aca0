"""Slack's export: the owner's own messages come in, and not a word that anybody else or a program wrote."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.imports import NotReadable, Whose, read_file
from tests.store.test_files import ANA, DEV, OPS, whose, words, zipped

USERS: list[dict[str, Any]] = [
    {
        "id": "U1",
        "name": "ana.l",
        "profile": {"display_name": "安娜", "real_name": "Ana Lima", "email": "a@ana.example"},
    },
    {"id": "U2", "name": "bo", "real_name": "Bo Chen", "profile": {"display_name": "bo", "real_name": "Bo Chen"}},
]
PUBLIC, PRIVATE = [{"id": "C1", "name": "general"}, {"id": "C2", "name": "开发"}], [{"id": "G1", "name": "board"}]
SAID = {"type": "message", "user": "U1", "text": "先停网关", "ts": "1772355600.000100"}
AT = datetime(2026, 3, 1, 9, tzinfo=UTC) + timedelta(microseconds=100)


def export(
    *said: object, users: object = USERS, channel: str = "general", root: str = "", private: object = PRIVATE
) -> bytes:
    """An export with one day of one channel."""
    files = {"users.json": users, "channels.json": PUBLIC, "groups.json": private, "dms.json": [{"id": "D1"}]}
    files |= {f"{one}/2026-03-01.json": list(said) for one in channel.split()}
    return zipped(*((f"{root}{name}", json.dumps(one).encode()) for name, one in files.items()))


@pytest.mark.parametrize(
    "users",
    [
        [USERS[1]],
        [*USERS, {"id": "U3", "name": "Ana"}],
        [*USERS, {"id": "U3", "profile": {"real_name": "安娜"}, "deleted": True, "is_bot": True}],
        [*USERS, {"id": "U1", "name": "bo"}],
        [{**USERS[0], "is_bot": True}],
        [{**USERS[0], "id": ["U1"]}],
        [{"id": "U1", "name": "ana"}, {"id": "U2", "name": "Ana "}],
        [{"id": "ou_ana", "name": "bo"}],
        [],
    ],
)
def test_where_it_is_not_plain_which_user_is_the_owner_nothing_is_theirs(users: object) -> None:
    """Nobody by that name, two people, one id twice, a program: and an id of ours is none of Slack's."""
    lines = read_file(export(SAID, {**SAID, "user": ANA}, {**SAID, "user": "ou_ana"}, users=users), whose())
    assert (lines.saids, lines.others) == ((), 3)


@pytest.mark.parametrize(
    "more",
    [
        {"user": "U2"},
        {"user": "U2", "user_profile": {"name": "Ana"}, "username": "Ana", "name": "Ana", "sender_id": "ou_ana"},
        {"user": None},
        {"subtype": "channel_join"},
        {"subtype": "bot_message"},
        {"subtype": "tombstone"},
        {"subtype": ["me_message"]},
        {"bot_id": "B1"},
        {"type": "event"},
    ],
)
def test_what_somebody_else_or_a_program_wrote_is_counted_and_dropped(more: dict[str, object]) -> None:
    """Names in a message count for nothing, and a program that speaks in the owner's place is not the owner."""
    lines = read_file(export({**SAID, "text": "not hers", **more}, SAID), whose())
    assert (words(lines), lines.others, lines.bad) == (["先停网关"], 1, 0)


@pytest.mark.parametrize("channel", ["board", "D1", "mpdm-ana--bo-1", "oc_ops", "unknown"])
def test_what_was_not_said_before_the_whole_company_stays_out(channel: str) -> None:
    """Wherever its owner puts the file, and whatever other system's id the channel is named as."""
    private = [*PRIVATE, {"id": "G2", "name": "oc_ops"}]
    assert read_file(export(SAID, channel=channel, private=private), whose()).saids == ()
    assert read_file(export(SAID, private=PUBLIC), whose()).saids == ()  # named as both, a channel is private


def test_a_day_without_its_users_tells_nobody_apart() -> None:
    """Alone or in a ZIP: it holds ids of Slack's, and its lines are counted as other people's."""
    day = json.dumps([SAID, {**SAID, "user": "ou_ana", "user_profile": {"name": "Ana"}}]).encode()
    for data in (day, zipped(("general/2026-03-01.json", day))):
        lines = read_file(data, whose())
        assert (lines.saids, lines.others) == ((), 2)


@pytest.mark.parametrize("broken", [b"", b"{}", b"[" * 100_000, b"\xff\xfe\x00"])
def test_an_export_without_readable_users_is_refused_as_a_whole(broken: bytes) -> None:
    """And so is one that holds a file twice: whichever of the two is read, it would be a choice of ours."""
    day = ("general/2026-03-01.json", json.dumps([SAID]).encode())
    with pytest.raises(NotReadable):
        read_file(zipped(("users.json", broken), day), whose())
    users = ("users.json", json.dumps(USERS).encode())
    with pytest.warns(UserWarning, match="Duplicate name"), pytest.raises(NotReadable):
        read_file(zipped(users, day, day), whose())


def test_what_cannot_be_read_in_it_harms_nothing_else() -> None:
    """A message that is none is bad, one without a time is not kept, and the same one twice is one."""
    said = [7, {**SAID, "text": 7}, {**SAID, "ts": 1772355600}, {**SAID, "ts": "soon"}, SAID, SAID]
    lines = read_file(export(*said), whose())
    assert (words(lines), lines.bad, lines.undated, lines.repeated) == (["先停网关"], 2, 2, 1)


@pytest.mark.parametrize("root", ["", "Export Mar 2026/"])
def test_the_owners_own_messages_are_kept_with_their_time(root: str) -> None:
    """Four kinds of messages are somebody's own; an id tells no name of a channel, and no link leads to it."""
    kinds: list[dict[str, object]] = [
        {**SAID, "ts": f"177235560{n}.000100", "subtype": kind}
        for n, kind in enumerate((None, "me_message", "thread_broadcast", "file_share"))
    ]
    lines = read_file(export(*kinds, root=root), whose())
    assert [said.at for said in lines.saids] == [AT + timedelta(seconds=n) for n in range(4)]
    assert {(said.person, said.chat, said.source) for said in lines.saids} == {(ANA, OPS, "file")}
    assert all(said.message.startswith("file:slack:") and "general" not in said.message for said in lines.saids)
    again = read_file(export(*kinds, root=root), whose())
    assert [said.message for said in again.saids] == [said.message for said in lines.saids]


def test_a_channel_goes_where_its_owner_chooses_or_to_their_one_chat_of_that_name() -> None:
    """Nothing is kept before they chose; a private channel is kept by its name alone."""
    lines = read_file(export(SAID), whose(into=None))
    assert (lines.saids, lines.unplaced) == ((), 1)
    for channel in ("开发", "board"):
        (said,) = read_file(export(SAID, channel=channel), whose(into=None, chats={OPS: "支付", DEV: channel})).saids
        assert said.chat == DEV
    two = read_file(export(SAID, channel="general 开发"), whose(into=DEV))
    assert (len(two.saids), two.repeated) == (2, 0)  # an id is one within its channel
    assert read_file(export(SAID, channel="开发"), whose(chats={OPS: "开发", DEV: "开发"})).saids == ()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("问 <@U2> 或 <@U9|cy>", "问 @Bo Chen 或 @cy"),
        ("见 <#C1|general> <!here> <!subteam^S1|@ops>", "见 #general @here @ops"),
        (
            "<https://wiki.example/a?b=1&amp;c|wiki> <https://wiki.example>",
            "wiki (https://wiki.example/a?b=1&c) https://wiki.example",
        ),
        ("a &lt;b&gt; &amp;lt; c", "a <b> &lt; c"),
        ("&gt; bo said\nmine", "mine"),
        ("mine\n&gt;&gt;&gt; bo said\nand more", "mine"),
    ],
)
def test_words_are_kept_as_they_were_read_on_the_screen(text: str, shown: str) -> None:
    """Names for ids, addresses for links; what is quoted of somebody else stays out."""
    assert words(read_file(export({**SAID, "text": text}), whose())) == [shown]


_KEYS = st.sampled_from(["id", "name", "real_name", "profile", "type", "user", "text", "ts", "subtype", "bot_id"])
_ANY = st.none() | st.integers() | st.text(max_size=8) | st.sampled_from(["U1", "U2", "Ana", "message", SAID["ts"]])
_DEEP = st.recursive(_ANY, lambda one: st.lists(one, max_size=3) | st.dictionaries(_KEYS, one, max_size=4))


@settings(max_examples=150, deadline=timedelta(seconds=2))
@given(
    _DEEP, st.lists(st.dictionaries(_KEYS, _DEEP, max_size=6), max_size=4), st.sampled_from(["general", "开发", "D1"])
)
def test_no_export_of_slack_breaks_the_reader_and_of_others_nothing_is_in_it(
    users: object, said: list[dict[str, object]], channel: str
) -> None:
    """Whatever stands where users or messages should; what Bo says beside it is nowhere in what comes out."""
    bo = {**SAID, "user": "U2", "text": "a secret of Bo's"}
    for known in (users, USERS):
        try:
            lines = read_file(export(bo, *said, bo, users=known, channel=channel, private=users), whose())
        except NotReadable:
            continue
        assert "secret" not in repr(lines)
        assert all(said.person == ANA and said.chat in (OPS, DEV) for said in lines.saids)


@pytest.mark.parametrize("text", ["<" * 900_000, "<a|" * 300_000, ">>>\n" * 200_000, "&amp;" * 150_000])
def test_no_message_is_read_for_long(text: str) -> None:
    """Nor do thousands of files or users take long."""
    begun = time.process_time()
    read_file(export({**SAID, "text": text}), Whose(ANA, frozenset({"安娜"}), {OPS: "开发"}, AT, OPS))
    assert time.process_time() - begun < 20
