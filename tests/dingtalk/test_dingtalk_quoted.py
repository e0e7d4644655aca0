"""Promises of quoted messages: whether the bot's own is meant, and what a colleague's says, from the push alone."""

from typing import Any

import pytest

from adapters.base import Message
from adapters.dingtalk import wire
from adapters.dingtalk.wire import Push

BOT, ANA = "$:LWCP_v1:$bot", "$:LWCP_v1:$ana"


def pushed(replied: dict[str, Any]) -> Push:
    """A message that quotes another."""
    text = {"content": " yes", "isReplyMsg": True, "repliedMsg": replied}
    ids = {"msgId": "m2", "conversationId": "cid1", "conversationType": "2", "chatbotUserId": BOT, "isInAtList": True}
    people = {"senderStaffId": "ana", "senderId": ANA, "chatbotCorpId": "corp"}
    return Push(wire.ROBOT, "f1", {**ids, **people, "msgtype": "text", "text": text, "originalMsgId": "m1"})


@pytest.mark.parametrize(("sender", "bots"), [(BOT, True), (ANA, False), ("", False), (None, False)])
def test_a_reply_to_the_bot_is_told_from_one_to_a_colleague(sender: str | None, bots: bool) -> None:
    """By the encrypted id; without one it is nobody's."""
    (message,) = wire.parse(pushed({"msgId": "m1", "senderId": sender}))
    assert isinstance(message, Message)
    assert (message.reply_to, message.reply_to_bot) == ("m1", bots)


@pytest.mark.parametrize(
    ("content", "says"),
    [({"text": " second shelf "}, "second shelf"), ({}, ""), ({"text": 7}, ""), (None, ""), ("second shelf", "")],
)
def test_what_a_quoted_message_says_is_read_where_it_is_told(content: object, says: str) -> None:
    """Whatever else stands there is nothing."""
    text, at = wire.quoted(pushed({"msgId": "m1", "senderId": ANA, "createdAt": 1_700_000_000_000, "content": content}))
    assert text == says
    assert at.year == 2023


def test_the_key_of_a_quote_counts_only_where_the_bots_own_message_is_quoted() -> None:
    """Whoever quotes a colleague's card means that card, whatever key comes with it."""
    for sender, key in ((BOT, "k1"), (ANA, ""), (None, "")):
        push = pushed({"msgId": "m1", "senderId": sender})
        assert isinstance(push.data, dict)
        keyed = Push(push.topic, push.id, {**push.data, "originalProcessQueryKey": "k1"})
        assert wire.carrier(keyed) == key
        assert wire.carrier(push) == ""
