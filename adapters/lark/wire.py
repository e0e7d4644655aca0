"""Lark's JSON as the bot's words: events and history items in, None for what cannot be understood. Pure."""

import hashlib
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.base import Click, Departed, Event, File, Mention, Message, Reaction, Recalled
from adapters.lark.cards import write_card
from adapters.lark.content import Named, Words, clean, loads, named, own_words
from adapters.lark.ids import full, is_id
from adapters.lark.reading import read_card
from adapters.lark.weight import light

__all__ = ["parse", "past", "read_card", "write_card", "write_reaction"]

log = logging.getLogger("fenshen.lark.wire")


def parse(payload: object, app: str, bot: str) -> Event | None:
    """One event or card callback. None for the bot's own echoes, what we do not read, and what makes no sense.

    `app` is the app's id, `bot` its bot's open_id. Never raises, whatever it is given.
    """
    kind = _str(payload, "header", "event_type")
    event: Event | None = None
    match kind:
        case "im.message.receive_v1":
            event = _message(payload, app, bot)
        case "card.action.trigger":
            event = _click(payload, app)
        case "im.message.recalled_v1":
            event = _recalled(payload, app)
        case "contact.user.deleted_v3":
            event = _departed(payload, app)
        case "" if _get(payload, "open_message_id"):
            event = _old_click(payload, app)
        case _:
            return None
    if event and is_id(event.event):
        return event
    if not _is_app(_get(payload, "event", "sender")):
        event_id = _str(payload, "header", "event_id")
        log.warning("event %s not understood (%s)", event_id if is_id(event_id) else "without id", kind or "callback")
    return None


def past(item: object, app: str, bot: str, *, direct: bool, chat_name: str = "") -> Message | Recalled | None:
    """One item of a chat's history, or that it was deleted. None when it is the bot's own, or makes no sense."""
    message, chat, at = _str(item, "message_id"), _str(item, "chat_id"), time_of(_get(item, "create_time"))
    sender, mine = _str(item, "sender", "id"), frozenset((app, bot))
    if not is_id(message) or not is_id(chat) or at is None or sender in mine:
        return None
    if _get(item, "deleted") is True:
        return Recalled("lark", f"deleted:{message}", full(app, chat), message)
    mentions, kind = named(_get(item, "mentions")), _str(item, "msg_type")
    content = _get(item, "body", "content")
    words = own_words(kind, content, mentions, mine)
    is_user = _str(item, "sender", "sender_type") == "user" and _str(item, "sender", "id_type") == "open_id"
    return Message(
        platform="lark",
        event=f"history:{message}",
        id=message,
        chat=full(app, chat),
        direct=direct,
        sender=full(app, sender) if is_user and is_id(sender) else None,
        name=clean(_str(item, "sender", "sender_name")),
        at=at,
        text=words.text,
        to_bot=direct or words.to_bot,
        mentions=_mentions(words, app),
        thread=_id(item, "thread_id"),
        reply_to=_id(item, "parent_id"),
        chat_name=chat_name,
        file=_file(kind, content),
        edited=_get(item, "updated") is True,
    )


def write_reaction(reaction: Reaction | None) -> dict[str, Any]:
    """What a card callback is answered with: the line and the card that the one who tapped sees at once."""
    toast = {"type": "info", "content": reaction.toast} if reaction and reaction.toast else None
    card = {"type": "raw", "data": light(reaction.card)} if reaction and reaction.card else None
    return {key: value for key, value in (("toast", toast), ("card", card)) if value}


def _message(payload: object, app: str, bot: str) -> Message | None:
    body = _get(payload, "event", "message")
    message, chat = _str(body, "message_id"), _str(body, "chat_id")
    at = time_of(_get(body, "create_time")) or time_of(_get(payload, "header", "create_time"))
    author = _str(payload, "event", "sender", "sender_id", "open_id")
    if not is_id(message) or not is_id(chat) or at is None or author == bot:
        return None
    words = own_words(
        kind := _str(body, "message_type"), _get(body, "content"), named(_get(body, "mentions")), frozenset((bot,))
    )
    direct = _str(body, "chat_type") == "p2p"
    return Message(
        platform="lark",
        event=_str(payload, "header", "event_id"),
        id=message,
        chat=full(app, chat),
        direct=direct,
        sender=_sender(payload, app),
        name="",
        at=at,
        text=words.text,
        to_bot=direct or words.to_bot,
        mentions=_mentions(words, app),
        thread=_id(body, "thread_id"),
        reply_to=_id(body, "parent_id"),
        file=_file(kind, _get(body, "content")),
    )


def _sender(payload: object, app: str) -> str | None:
    sender = _get(payload, "event", "sender")
    is_user = _str(sender, "sender_type") == "user"
    return _colleague(payload, sender, _str(sender, "sender_id", "open_id"), app) if is_user else None


def _is_app(sender: object) -> bool:
    return _str(sender, "sender_type") in ("app", "bot")


def _colleague(payload: object, who: object, open_id: str, app: str) -> str | None:
    """The person, or None for an external contact: somebody of another tenant than the app's own."""
    ours, theirs = _str(payload, "header", "tenant_key"), _str(who, "tenant_key")
    external = bool(ours and theirs and ours != theirs)
    return full(app, open_id) if is_id(open_id) and not external else None


def _click(payload: object, app: str) -> Click | None:
    operator, context = _get(payload, "event", "operator"), _get(payload, "event", "context")
    person = _colleague(payload, operator, _str(operator, "open_id"), app)
    place = (_str(context, "open_chat_id"), _str(context, "open_message_id"))
    return _tap(_str(payload, "header", "event_id"), person, place, _get(payload, "event", "action"), app)


def _old_click(payload: object, app: str) -> Click | None:
    """The flat callback of older gateways; it has no event id, and its one-time token is a secret, so hashed."""
    place, open_id = (_str(payload, "open_chat_id"), _str(payload, "open_message_id")), _str(payload, "open_id")
    event = hashlib.sha256("\n".join((*place, open_id, clean(_str(payload, "token")))).encode()).hexdigest()
    person = full(app, open_id) if is_id(open_id) else None
    return _tap(event, person, place, _get(payload, "action"), app)


def _tap(event: str, person: str | None, place: tuple[str, str], action: object, app: str) -> Click | None:
    value, (chat, message) = _texts(_get(action, "value")), place
    name = value.pop("action", "")
    if not name or not is_id(chat) or not is_id(message):
        return None
    return Click("lark", event, person, full(app, chat), message, name, value, _texts(_get(action, "form_value")))


def _recalled(payload: object, app: str) -> Recalled | None:
    chat, message = _str(payload, "event", "chat_id"), _str(payload, "event", "message_id")
    if not is_id(chat) or not is_id(message):
        return None
    return Recalled("lark", _str(payload, "header", "event_id"), full(app, chat), message)


def _departed(payload: object, app: str) -> Departed | None:
    who = _str(payload, "event", "object", "open_id")
    return Departed("lark", _str(payload, "header", "event_id"), full(app, who)) if is_id(who) else None


def _mentions(words: Words, app: str) -> tuple[Mention, ...]:
    def person(one: Named) -> str | None:
        return full(app, one.id) if one.id else None

    return tuple(Mention(person(one), one.name) for one in words.others)


def _file(kind: str, raw: object) -> File | None:
    content = loads(raw) if kind == "file" else None
    key = _str(content, "file_key")
    return File(clean(_str(content, "file_name")), key) if is_id(key) else None


def _get(node: object, *path: str) -> Any:
    for step in path:
        if not isinstance(node, Mapping):
            return None
        node = node.get(step)
    return node


def _str(node: object, *path: str) -> str:
    found = _get(node, *path)
    return found if isinstance(found, str) else ""


def _id(node: object, key: str) -> str | None:
    found = _str(node, key)
    return found if is_id(found) else None


def _texts(node: object) -> dict[str, str]:
    pairs = node.items() if isinstance(node, Mapping) else ()
    return {clean(k): clean(v) for k, v in pairs if isinstance(k, str) and isinstance(v, str)}


def time_of(ms: object) -> datetime | None:
    """A moment in milliseconds; None for what is none."""
    try:
        return datetime.fromtimestamp(int(ms) / 1000, UTC) if isinstance(ms, str | int) else None
    except (ValueError, OverflowError, OSError):
        return None
