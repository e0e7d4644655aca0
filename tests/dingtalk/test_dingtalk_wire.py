"""What DingTalk pushes becomes what somebody said, tapped or left, and never an exception."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import File, Mention, Message
from adapters.dingtalk.wire import CARD, LEAVE, ROBOT, Push, bare, chat_id, corp_of, parse, person_id, session

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
BASE: dict[str, Any] = {
    "msgId": "msg1",
    "conversationId": "cidOps==",
    "conversationType": "2",
    "conversationTitle": "支付运维",
    "isInAtList": True,
    "atUsers": [{"dingtalkId": "$:bot"}],
    "chatbotCorpId": "demo",
    "chatbotUserId": "$:bot",
    "senderNick": "Ana",
    "senderStaffId": "ana",
    "senderId": "$:ana",
    "senderCorpId": "demo",
    "createAt": 1700000000000,
    "sessionWebhook": "https://oapi.dingtalk.com/robot/sendBySession?session=canary",
    "sessionWebhookExpiredTime": 1700005400000,
    "msgtype": "text",
    "text": {"content": " 你好"},
}


def message(nick: str = "", **changes: Any) -> Message:
    """The message that a robot push with these changes becomes."""
    event = parse(Push(ROBOT, "frame1", {**BASE, **changes}), "demo", nick)[0]
    assert isinstance(event, Message)
    return event


def test_a_person_without_a_stable_id_is_nobody() -> None:
    """An external contact can be read to, but neither asks nor owns."""
    assert message(senderStaffId=None).sender is None
    assert message(senderStaffId="").sender is None


def test_a_person_of_another_corporation_is_nobody() -> None:
    """The same staff id in another company is somebody else."""
    assert message(senderCorpId="other").sender is None
    assert message(chatbotCorpId="other", senderCorpId="other").sender is None


def test_without_a_message_id_nothing_is_received() -> None:
    """What cannot be recognised when it comes again is not taken once."""
    for name in ("msgId", "conversationId"):
        assert parse(Push(ROBOT, "f", {**BASE, name: None}), "demo") == []
    assert parse(Push(ROBOT, "f", {**BASE, "chatbotCorpId": None})) == []


@given(st.sampled_from([ROBOT, CARD, LEAVE, "", "other"]), st.text(max_size=3), JSON, st.none() | st.just("demo"))
def test_whatever_arrives_nothing_is_raised(topic: str, event: str, data: object, corp: str | None) -> None:
    """Any JSON at all is parsed into some events, or none."""
    assert isinstance(parse(Push(topic, event, data, "demo"), corp, "分身"), list)


@given(st.dictionaries(st.sampled_from([*BASE, "content", "originalMsgId"]), JSON))
def test_any_field_may_be_anything(changes: dict[str, Any]) -> None:
    """A message whose fields have other types than documented is still parsed, with text and ids that are text."""
    for event in parse(Push(ROBOT, "f", {**BASE, **changes}), "demo", "分身"):
        assert isinstance(event, Message)
        assert all(isinstance(part, str) for part in (event.text, event.id, event.chat, event.name))
        (event.text + event.name + event.chat).encode()


def test_a_text_is_its_senders_own_words() -> None:
    """Who, where, when and what, with ids that carry platform and corporation."""
    assert message() == Message(
        platform="dingtalk",
        event="msg1",
        id="msg1",
        chat="dingtalk:demo:cidOps==",
        direct=False,
        sender="dingtalk:demo:ana",
        name="Ana",
        at=datetime.fromtimestamp(1700000000, UTC),
        text="你好",
        to_bot=True,
        chat_name="支付运维",
    )


def test_a_direct_chat_is_named_by_its_person() -> None:
    """DingTalk writes to a person by the person's id, also after a restart that forgot the conversation."""
    direct = message(conversationType="1", conversationId="cidDirect", isInAtList=None)
    assert (direct.chat, direct.direct, direct.to_bot) == ("dingtalk:demo:@ana", True, True)


def test_an_external_contacts_direct_chat_is_named_by_its_conversation() -> None:
    """Without a staff id there is only the conversation to name it by."""
    assert message(conversationType="1", senderStaffId=None).chat == "dingtalk:demo:cidOps=="


def test_a_quoted_message_is_not_the_senders_own_words() -> None:
    """Replying to somebody repeats that person's text in the JSON: only the reference stays."""
    replied = {"msgId": "msg0", "senderId": "$:bo", "content": {"text": "the words of Bo"}}
    quote = message(text={"content": "同意", "isReplyMsg": True, "repliedMsg": replied})
    assert (quote.text, quote.reply_to) == ("同意", "msg0")
    assert "Bo" not in repr(quote)


def test_the_original_message_id_is_what_is_replied_to() -> None:
    """The id beside the text wins over the one inside."""
    assert message(originalMsgId="msg9").reply_to == "msg9"
    assert message().reply_to is None


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"text": None}, ""),
        ({"text": {"content": None}}, ""),
        ({"msgtype": "unknownMsgType"}, ""),
        ({"msgtype": "picture", "content": {"downloadCode": "c"}}, ""),
        ({"msgtype": "audio", "content": {"recognition": "先回滚", "downloadCode": "c"}}, "先回滚"),
        ({"msgtype": "richText", "content": {"richText": [{"text": "a"}, {"type": "picture"}, {"text": "b"}]}}, "ab"),
        ({"msgtype": "richText", "content": {"richText": [{"type": "quote", "text": "theirs"}, {"text": "b"}]}}, "b"),
        ({"msgtype": "chatRecord", "content": {"chatRecord": "theirs"}}, ""),
        ({"msgtype": "interactiveCard", "content": {"text": "theirs"}}, ""),
        ({"text": {"content": "\x00a\ud800b"}}, "ab"),
        ({"text": {"content": " ／optin"}}, "/optin"),
        ({"text": {"content": "a ／ b"}}, "a ／ b"),
    ],
)
def test_every_kind_of_message_gives_the_senders_words_alone(changes: dict[str, Any], text: str) -> None:
    """What was written or spoken counts; pictures, forwards and cards say nothing of one's own."""
    assert message(**changes).text == text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("@分身 /help", "/help"),
        ("@分身", ""),
        ("@分身的人 在吗", "@分身的人 在吗"),
        ("看 @分身", "看 @分身"),
        ("@Ana hi", "@Ana hi"),
    ],
)
def test_a_leading_mention_of_the_bot_is_no_part_of_the_text(content: str, text: str) -> None:
    """HarmonyOS leaves it there; nobody else's mention, and none further in, is taken away."""
    assert message("分身", text={"content": content}).text == text


def test_mentions_are_by_id_and_without_the_bot() -> None:
    """A name is what the text says, where there is one for each; an external contact has no id."""
    users = [{"dingtalkId": "$:bot"}, {"dingtalkId": "$:bo", "staffId": "bo"}, {"dingtalkId": "$:x"}]
    found = message(atUsers=users, text={"content": "@Bo @外部 看"}).mentions
    assert found == (Mention("dingtalk:demo:bo", "Bo"), Mention(None, "外部"))


def test_a_mention_whose_name_cannot_be_told_has_none() -> None:
    """Two ids and one name in the text: guessing would name the wrong person."""
    users = [{"dingtalkId": "$:bo", "staffId": "bo"}, {"dingtalkId": "$:cy", "staffId": "cy"}]
    assert [one.name for one in message(atUsers=users, text={"content": "@Bo 看"}).mentions] == ["", ""]


def test_a_group_message_that_does_not_mention_the_bot_is_not_to_it() -> None:
    """Should the platform ever push one, it is not taken for a question."""
    assert message(isInAtList=False, atUsers=[{"dingtalkId": "$:bo", "staffId": "bo"}]).to_bot is False
    assert message(isInAtList=None).to_bot is True


def test_a_file_can_be_fetched_by_its_code() -> None:
    """A file keeps its name and the code that buys its bytes."""
    content = {"fileName": "messages.jsonl", "downloadCode": "code1"}
    assert message(msgtype="file", content=content).file == File("messages.jsonl", "code1")
    assert message(msgtype="file", content={}).file is None


def test_the_session_webhook_never_leaves_the_adapter() -> None:
    """It is read apart from the message and stands in no field of it."""
    assert "canary" not in repr(message())
    found = session(Push(ROBOT, "f", BASE))
    assert found is not None
    assert found.until == datetime.fromtimestamp(1700005400, UTC)


def test_a_time_that_cannot_be_is_now() -> None:
    """A message without a readable time is as old as its arrival."""
    before = datetime.now(UTC)
    assert message(createAt="soon").at >= before
    assert message(createAt=10**30).at >= before


def test_ids_can_be_taken_apart_by_who_made_them() -> None:
    """A platform's id may itself hold the separator."""
    assert person_id("demo", "a:b") == "dingtalk:demo:a:b"
    assert bare(chat_id("demo", "cid:1")) == "cid:1"
    assert corp_of(chat_id("demo", "cid:1")) == "demo"
