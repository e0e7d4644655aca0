"""Lark's JSON into the bot's words: whose they are, to whom they were said, and nothing raised by any of it."""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.base import Event, Mention, Message
from adapters.lark.wire import parse, past

APP, BOT = "cli_a1", "ou_bot"
QUIET = settings(max_examples=150, deadline=None, database=None)


def envelope(kind: str, event: object) -> dict[str, Any]:
    """An event as Lark wraps it."""
    header = {"event_id": "ev_1", "event_type": kind, "create_time": "1772409600000", "tenant_key": "t1"}
    return {"schema": "2.0", "header": header, "event": event}


def said(content: object, kind: str = "text", named: object = (), **message: object) -> Event | None:
    """What Ana said in the group of operations, parsed."""
    body: dict[str, object] = {
        "message_id": "om_1",
        "chat_id": "oc_ops",
        "chat_type": "group",
        "message_type": kind,
        "create_time": "1772409600123",
        "content": content if isinstance(content, str) else json.dumps(content),
        "mentions": list(named) if isinstance(named, tuple) else named,
    }
    sender = {"sender_id": {"open_id": "ou_ana"}, "sender_type": "user", "tenant_key": "t1"}
    event = {"sender": message.pop("sender", sender), "message": {**body, **message}}
    return parse(envelope("im.message.receive_v1", event), APP, BOT)


def heard(content: object, kind: str = "text", named: object = (), **message: object) -> Message:
    """What Ana said, as a message."""
    event = said(content, kind, named, **message)
    assert isinstance(event, Message)
    return event


def at(key: str, who: str | None, name: str) -> dict[str, object]:
    """A mention as an event carries it."""
    return {"key": key, "id": {"open_id": who} if who else None, "name": name}


BOT_AT = at("@_user_1", BOT, "分身")


def test_a_message_carries_full_ids_and_its_own_time() -> None:
    """Who, where and when are the platform's own, with the app in every id and an aware time."""
    message = heard({"text": "hello"}, thread_id="omt_1", parent_id="om_0")
    assert (message.sender, message.chat, message.id) == ("lark:cli_a1:ou_ana", "lark:cli_a1:oc_ops", "om_1")
    assert message.at == datetime(2026, 3, 2, 0, 0, 0, 123000, tzinfo=UTC)
    assert (message.event, message.thread, message.reply_to, message.direct) == ("ev_1", "omt_1", "om_0", False)


def test_a_bot_of_the_same_name_is_not_the_bot() -> None:
    """A mention is known by its id: a colleague who calls themselves like the bot is not addressed as it."""
    message = heard({"text": "@_user_1 hello"}, named=(at("@_user_1", "ou_eve", "分身"),))
    assert not message.to_bot
    assert message.mentions == (Mention("lark:cli_a1:ou_eve", "分身"),)


def test_everybody_is_not_the_bot() -> None:
    """A mention of all calls nobody in particular."""
    message = heard({"text": "@_all你好"})
    assert (message.to_bot, message.text, message.mentions) == (False, "@all你好", ())


def test_only_the_leading_mention_of_the_bot_goes() -> None:
    """What addresses the bot is no part of what is said; every other mention stays, by name."""
    named = (BOT_AT, at("@_user_2", "ou_bo", "Bo"))
    message = heard({"text": " @_user_1 ask @_user_2 about @_user_1"}, named=named)
    assert (message.to_bot, message.text) == (True, "ask @Bo about @分身")
    assert message.mentions == (Mention("lark:cli_a1:ou_bo", "Bo"),)


def test_the_tenth_mention_is_not_the_first() -> None:
    """`@_user_1` is no part of `@_user_10`."""
    message = heard({"text": "@_user_10 hello @_user_1"}, named=(BOT_AT, at("@_user_10", "ou_bo", "Bo")))
    assert message.text == "@Bo hello @分身"


def test_a_name_that_looks_like_a_key_stays_a_name() -> None:
    """Names are put in once: somebody called like a key does not turn into somebody else."""
    named = (at("@_user_1", "ou_eve", "@_user_2"), at("@_user_2", "ou_bo", "Bo"))
    assert heard({"text": "@_user_1 hi"}, named=named).text == "@@_user_2 hi"


@pytest.mark.parametrize("text", ["／optin", "@_user_1 ／optin", "@_user_1／optin", "  /optin "])
def test_a_full_width_slash_begins_a_command(text: str) -> None:
    """A Chinese keyboard's slash is a slash, behind the mention and without one."""
    assert heard({"text": text}, named=(BOT_AT,)).text == "/optin"


def test_a_post_is_read_as_its_words() -> None:
    """Formatted text says what its spans say, mentions and code included, and may begin with a command."""
    rows = [
        [{"tag": "at", "user_id": "@_user_1", "user_name": "分身"}, {"tag": "text", "text": " /ask "}],
        [
            {"tag": "at", "user_id": "ou_bo", "user_name": "Bo"},
            {"tag": "a", "text": "runbook", "href": "https://x.example"},
        ],
        [{"tag": "code_block", "language": "sh", "text": "make undo"}, {"tag": "emotion", "emoji_type": "OK"}],
        [{"tag": "md", "text": "> kept <at user_id='ou_bo'>Bo</at>"}, {"tag": "img", "image_key": "img_1"}],
        [{"tag": "hologram"}, "no span", None],
    ]
    named = (BOT_AT, at("@_user_2", "ou_bo", "Bo"))
    message = heard({"title": "", "content": rows}, "post", named)
    assert message.text == "/ask \n@Borunbook https://x.example\nmake undo[OK]\n> kept @Bo"
    assert message.to_bot


def test_a_post_wrapped_in_its_language_is_read() -> None:
    """Some senders wrap a post in a language."""
    post = {"zh_cn": {"title": "发布", "content": [[{"tag": "text", "text": "完成"}]]}}
    assert heard(post, "post").text == "发布\n完成"


@pytest.mark.parametrize(
    "kind",
    [
        "image",
        "file",
        "audio",
        "media",
        "sticker",
        "interactive",
        "share_chat",
        "share_user",
        "merge_forward",
        "system",
        "hologram",
    ],
)
def test_what_is_not_the_authors_own_words_says_nothing(kind: str) -> None:
    """Forwards, shared cards, pictures and kinds yet unknown arrive, with no text."""
    content = {"text": "somebody else's", "title": "theirs", "content": [[{"tag": "text", "text": "theirs"}]]}
    assert heard(content, kind).text == ""


def test_a_file_can_be_fetched() -> None:
    """A file arrives with its name and the key to fetch it by."""
    file = heard({"file_key": "file_v3_1", "file_name": "messages.jsonl"}, "file").file
    assert file is not None
    assert (file.name, file.key) == ("messages.jsonl", "file_v3_1")


def test_what_no_database_stores_is_taken_out() -> None:
    """NUL and lone surrogates are gone; everything else stays."""
    assert heard('{"text": "a\\u0000b\\ud800c🙂"}').text == "abc🙂"


def test_the_bots_own_echo_is_dropped() -> None:
    """The bot does not hear itself."""
    assert said({"text": "x"}, sender={"sender_id": {"open_id": BOT}, "sender_type": "app"}) is None


@pytest.mark.parametrize(
    "sender",
    [
        {"sender_id": {"open_id": "ou_other"}, "sender_type": "app", "tenant_key": "t1"},
        {"sender_id": {"open_id": "ou_ext"}, "sender_type": "user", "tenant_key": "t2"},
        {"sender_id": {}, "sender_type": "anonymous"},
        None,
    ],
)
def test_bots_strangers_and_the_nameless_are_nobody(sender: object) -> None:
    """Another bot, an external contact and whoever has no id are readers, never persons."""
    assert heard({"text": "x"}, sender=sender).sender is None


def test_a_direct_message_is_to_the_bot() -> None:
    """In a direct chat nobody else can be meant."""
    message = heard({"text": "hello"}, chat_type="p2p")
    assert (message.direct, message.to_bot) == (True, True)


def test_an_event_that_makes_no_sense_is_logged_by_id_alone(caplog: pytest.LogCaptureFixture) -> None:
    """What cannot be read is nothing, and its text stays out of the log."""
    with caplog.at_level(logging.DEBUG):
        assert said({"text": "payroll"}, chat_id="not an id") is None
    assert "ev_1" in caplog.text
    assert "payroll" not in caplog.text


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
kinds = st.sampled_from(["text", "post", "file", "image", "interactive", "merge_forward", "x"])


@QUIET
@given(
    kinds,
    json_values,
    json_values,
    st.dictionaries(st.sampled_from(["chat_id", "sender", "create_time", "thread_id"]), json_values),
)
def test_no_content_raises(kind: str, content: object, named: object, wild: Mapping[str, Any]) -> None:
    """Whatever stands where content, mentions or ids should be, a message comes out, or nothing."""
    event = said(json.dumps(content) if isinstance(content, dict) else content, kind, named, **wild)
    if event is not None:
        assert isinstance(event, Message)
        event.text.encode()


@settings(QUIET, max_examples=60)
@given(
    st.lists(
        st.lists(
            json_values
            | st.fixed_dictionaries(
                {"tag": st.sampled_from(["text", "at", "a", "md", "emotion"])},
                optional={"text": json_values, "user_id": json_values, "href": json_values},
            )
        )
    )
)
def test_no_post_raises(rows: object) -> None:
    """Any spans at all are read, or passed over."""
    heard(json.dumps({"title": "t", "content": rows}), "post").text.encode()


@QUIET
@given(
    st.sampled_from(
        ["im.message.receive_v1", "card.action.trigger", "im.message.recalled_v1", "contact.user.deleted_v3", "x"]
    ),
    json_values,
)
def test_no_event_raises(kind: str, event: object) -> None:
    """Any event body, any payload, any history item is read, or is nothing."""
    parse(envelope(kind, event), APP, BOT)
    parse(event, APP, BOT)
    past(event, APP, BOT, direct=False)
