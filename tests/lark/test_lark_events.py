"""Lark's clicks, recalls, departures and history items into the bot's words."""

from typing import Any

import pytest
from hypothesis import settings

from adapters.base import Card, Click, Departed, Message, Reaction, Recalled
from adapters.lark.wire import parse, past, write_reaction

APP, BOT = "cli_a1", "ou_bot"
QUIET = settings(max_examples=150, deadline=None, database=None)


def envelope(kind: str, event: object) -> dict[str, Any]:
    """An event as Lark wraps it."""
    header = {"event_id": "ev_1", "event_type": kind, "create_time": "1772409600000", "tenant_key": "t1"}
    return {"schema": "2.0", "header": header, "event": event}


def test_a_click_carries_action_ids_and_form() -> None:
    """A tap arrives with who, where, what, and the lines filled in."""
    event = {
        "operator": {"open_id": "ou_ana", "tenant_key": "t1"},
        "action": {"value": {"action": "join", "offer": "o1", "n": 3}, "form_value": {"name": "x", "ok": True}},
        "context": {"open_message_id": "om_9", "open_chat_id": "oc_ana"},
    }
    click = Click(
        "lark", "ev_1", "lark:cli_a1:ou_ana", "lark:cli_a1:oc_ana", "om_9", "join", {"offer": "o1"}, {"name": "x"}
    )
    assert parse(envelope("card.action.trigger", event), APP, BOT) == click


def test_an_old_click_is_one_event_without_its_token() -> None:
    """The older callback has no event id: the same tap gives the same one, and the secret token is not in it."""
    raw = {
        "open_id": "ou_ana",
        "open_message_id": "om_9",
        "open_chat_id": "oc_a",
        "token": "c-secret",
        "action": {"value": {"action": "a"}},
    }
    click = parse(raw, APP, BOT)
    assert isinstance(click, Click)
    assert click == parse(raw, APP, BOT)
    assert "secret" not in click.event


@pytest.mark.parametrize("value", ["join", None, {}, {"action": ""}, {"action": 7}])
def test_a_click_without_an_action_is_nothing(value: object) -> None:
    """A button that is not ours is nothing to act on."""
    event = {
        "operator": {"open_id": "ou_ana"},
        "action": {"value": value},
        "context": {"open_message_id": "om_9", "open_chat_id": "oc_a"},
    }
    assert parse(envelope("card.action.trigger", event), APP, BOT) is None


def test_recalls_and_departures_arrive() -> None:
    """A message taken back and a colleague who left are told by id."""
    recalled = envelope("im.message.recalled_v1", {"chat_id": "oc_ops", "message_id": "om_1"})
    departed = envelope("contact.user.deleted_v3", {"object": {"open_id": "ou_ana"}})
    assert parse(recalled, APP, BOT) == Recalled("lark", "ev_1", "lark:cli_a1:oc_ops", "om_1")
    assert parse(departed, APP, BOT) == Departed("lark", "ev_1", "lark:cli_a1:ou_ana")


def test_a_history_item_reads_like_its_event() -> None:
    """History writes ids and kinds differently; the words are the same."""
    item = {
        "message_id": "om_1", "chat_id": "oc_ops", "msg_type": "text", "create_time": "1772409600123", "deleted": False,
        "sender": {"id": "ou_ana", "id_type": "open_id", "sender_type": "user", "sender_name": "Ana"},
        "body": {"content": '{"text": "@_user_1 how"}'},
        "mentions": [{"key": "@_user_1", "id": BOT, "id_type": "open_id", "name": "分身"}],
    }  # fmt: skip
    message = past(item, APP, BOT, direct=False, chat_name="支付运维")
    assert isinstance(message, Message)
    assert (message.text, message.to_bot, message.sender, message.name) == ("how", True, "lark:cli_a1:ou_ana", "Ana")
    assert message.chat_name == "支付运维"
    gone = Recalled("lark", "deleted:om_1", "lark:cli_a1:oc_ops", "om_1")
    assert past({**item, "deleted": True, "body": {"content": ""}}, APP, BOT, direct=False) == gone
    assert (
        past({**item, "sender": {"id": APP, "id_type": "app_id", "sender_type": "app"}}, APP, BOT, direct=False) is None
    )


def test_a_reaction_without_anything_is_empty() -> None:
    """Nothing to say is an empty object; a line and a card are both told."""
    assert write_reaction(None) == write_reaction(Reaction()) == {}
    full = write_reaction(Reaction("done", Card("t", "x")))
    assert full["toast"]["content"] == "done"
    assert full["card"]["type"] == "raw"
