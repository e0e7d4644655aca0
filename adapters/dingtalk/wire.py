"""DingTalk's pushed JSON as messages, clicks and departures: pure, and never raising, whatever arrives."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adapters.base import Click, Departed, Event, File, Mention, Message
from adapters.dingtalk.cards import read_button
from adapters.dingtalk.markdown import clean

NAME = "dingtalk"
ROBOT = "/v1.0/im/bot/messages/get"
CARD = "/v1.0/card/instances/callback"
LEAVE = "user_leave_org"
DIRECT = "fsd-"  # how the id of a card begins that was sent to one person; `fsg-` into a group
GROUP = "fsg-"


@dataclass(frozen=True, slots=True)
class Push:
    """One pushed frame, unwrapped: its topic (an EVENT's type), its id, the vendor's JSON, its corporation."""

    topic: str
    id: str
    data: object
    corp: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Where a chat can be answered without a token, until when. A secret: it never leaves the adapter."""

    url: str
    until: datetime


def person_id(corp: str, staff: str) -> str:
    """The person's id everywhere outside the adapter."""
    return f"{NAME}:{corp}:{staff}"


def chat_id(corp: str, chat: str) -> str:
    """The chat's id everywhere outside the adapter; `chat` is a conversation's id, or `@staff` for a direct chat."""
    return f"{NAME}:{corp}:{chat}"


def bare(given: str) -> str:
    """The platform's own id within an id made here."""
    return given.split(":", 2)[-1]


def corp_of(given: str) -> str:
    """The corporation within an id made here."""
    return given.split(":", 2)[1]


def parse(push: Push, corp: str | None = None, nick: str = "") -> Sequence[Event]:
    """The events in a push, none if it is of a kind that nobody asked for or lacks what identifies it.

    `corp` is the one corporation whose people count (None: the push's own); `nick` the bot's display name.
    """
    data = _map(push.data)
    if push.topic == ROBOT:
        message = _message(data, corp, nick)
        return [message] if message else []
    if push.topic == CARD:
        click = _click(data, push.id, corp)
        return [click] if click else []
    return _departed(data, push, corp) if push.topic == LEAVE else []


def session(push: Push) -> Session | None:
    """The session webhook that a robot message brings along."""
    data = _map(push.data)
    url = _str(data.get("sessionWebhook"))
    return Session(url, _time(data.get("sessionWebhookExpiredTime"))) if url else None


def senders(push: Push) -> tuple[str, str]:
    """Who wrote a robot message and the one it quotes, both by the encrypted id; "" where it is not told."""
    data = _map(push.data)
    return _str(data.get("senderId")), _str(_replied(data).get("senderId"))


def quoted(push: Push) -> tuple[str, datetime]:
    """What the message that a robot message quotes says, and when it was said; "" where it is not told."""
    replied = _replied(_map(push.data))
    return _str(_map(replied.get("content")).get("text")).strip(), _time(replied.get("createdAt"))


def carrier(push: Push) -> str:
    """Under which key the bot's own message that a robot message quotes was sent; "" for a quote of anything else."""
    data = _map(push.data)
    ours = _is_bot({"dingtalkId": _replied(data).get("senderId")}, data)
    return _str(data.get("originalProcessQueryKey")) if ours else ""


def ack(frame: Mapping[str, Any], code: int, message: str, data: object = None) -> str:
    """An acknowledgement for frames that the SDK would leave without one."""
    headers = {"contentType": "application/json", "messageId": _map(frame.get("headers")).get("messageId")}
    return json.dumps({"code": code, "headers": headers, "message": message, "data": json.dumps(data or {})})


def _message(data: Mapping[str, Any], corp: str | None, nick: str) -> Message | None:
    home = corp or _str(data.get("chatbotCorpId"))
    message, conversation = _str(data.get("msgId")), _str(data.get("conversationId"))
    if not (home and message and conversation):
        return None
    staff = _str(data.get("senderStaffId"))
    sender = person_id(home, staff) if staff and _ours(data, home) else None
    direct = str(data.get("conversationType")) == "1"
    text = _strip_nick(_own_words(data).strip(), nick)
    return Message(
        platform=NAME,
        event=message,  # a frame's own id changes when it is pushed again; the message's does not
        id=message,
        # A direct chat is written to by its person's id, never by its conversation's.
        chat=chat_id(home, f"@{staff}" if direct and sender else conversation),
        direct=direct,
        sender=sender,
        name=_str(data.get("senderNick")),
        at=_time(data.get("createAt")),
        text=text,
        to_bot=direct or _at_bot(data),
        mentions=_mentions(data, home, text),
        reply_to=_str(data.get("originalMsgId")) or _str(_replied(data).get("msgId")) or None,
        reply_to_bot=_is_bot({"dingtalkId": _replied(data).get("senderId")}, data),
        chat_name="" if direct else _str(data.get("conversationTitle")),
        file=_file(data),
    )


def _ours(data: Mapping[str, Any], home: str) -> bool:
    corps = (_str(data.get("senderCorpId")), _str(data.get("chatbotCorpId")))
    return all(corp in ("", home) for corp in corps)


def _own_words(data: Mapping[str, Any]) -> str:
    """What the sender wrote or spoke: never the quoted message, which is somebody else's."""
    content = _map(data.get("content"))
    match data.get("msgtype"):
        case "text":
            return _str(_map(data.get("text")).get("content"))
        case "richText":
            parts = [_map(part) for part in _list(content.get("richText"))]
            return "".join(_str(part.get("text")) for part in parts if part.get("type") in (None, "text"))
        case "audio":
            return _str(content.get("recognition"))
    return ""


def _strip_nick(text: str, nick: str) -> str:
    """The text as a command would be read: HarmonyOS leaves the bot's mention in front, IMEs write `／`."""
    first, *rest = text.split(maxsplit=1)[:2] or [""]
    if nick and first == f"@{nick}":
        text = "".join(rest)
    return "/" + text[1:] if text.startswith("／") else text


def _at_users(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [_map(user) for user in _list(data.get("atUsers"))]


def _is_bot(user: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    return bool(user.get("dingtalkId")) and user.get("dingtalkId") == data.get("chatbotUserId")


def _at_bot(data: Mapping[str, Any]) -> bool:
    return data.get("isInAtList") is True or any(_is_bot(user, data) for user in _at_users(data))


def _mentions(data: Mapping[str, Any], home: str, text: str) -> tuple[Mention, ...]:
    """Who is mentioned, by id; the names are those of the text, where there is one for each."""
    users = [user for user in _at_users(data) if not _is_bot(user, data)]
    names = re.findall(r"@([^\s@]+)", text)
    if len(names) != len(users):
        names = [""] * len(users)
    staff = [_str(user.get("staffId")) for user in users]
    return tuple(Mention(person_id(home, one) if one else None, name) for one, name in zip(staff, names, strict=True))


def _replied(data: Mapping[str, Any]) -> Mapping[str, Any]:
    for part in (_map(data.get("text")), _map(data.get("content"))):
        if part.get("isReplyMsg"):
            return _map(part.get("repliedMsg"))
    return {}


def _file(data: Mapping[str, Any]) -> File | None:
    content = _map(data.get("content"))
    name, key = _str(content.get("fileName")), _str(content.get("downloadCode"))
    return File(name or str(data["msgtype"]), key) if key and data.get("msgtype") in ("file", "video") else None


def _click(data: Mapping[str, Any], event: str, corp: str | None) -> Click | None:
    told = _str(data.get("corpId"))
    home = corp or told
    private = _map(_map(_json(data.get("content"))).get("cardPrivateData"))
    actions = [_str(action) for action in _list(private.get("actionIds"))]
    message, staff = _str(data.get("outTrackId")), _str(data.get("userId"))
    if not (home and event and message and actions and actions[0]):
        return None
    person = person_id(home, staff) if staff and told in ("", home) else None
    action, value = read_button(actions[0])
    space = _str(data.get("spaceId")).rpartition("//")[2].removeprefix("IM_GROUP.")
    direct = message.startswith(DIRECT) or not space
    return Click(
        platform=NAME,
        event=event,
        person=person,
        chat=chat_id(home, f"@{staff}" if direct else space),
        message=message,
        action=action,
        value=value,
        form={str(name): _form(given) for name, given in _map(private.get("params")).items()},
    )


def _departed(data: Mapping[str, Any], push: Push, corp: str | None) -> Sequence[Departed]:
    home = corp or push.corp
    people = data.get("userId")
    staff = [_str(one) for one in ([people] if isinstance(people, str) else _list(people))]
    if not home or not push.id or push.corp not in (None, home):
        return []
    # One event may name several people: each is an event of its own, the same on every redelivery.
    return [Departed(NAME, f"{push.id}:{one}", person_id(home, one)) for one in staff if one]


def _form(given: object) -> str:
    return _str(given) if isinstance(given, str) else json.dumps(given)


def _str(given: object) -> str:
    return clean(given) if isinstance(given, str) else ""


def _map(given: object) -> Mapping[str, Any]:
    return given if isinstance(given, dict) else {}


def _list(given: object) -> Sequence[Any]:
    return given if isinstance(given, list) else []


def _json(given: object) -> object:
    try:
        return json.loads(given) if isinstance(given, str) else given
    except (ValueError, RecursionError):
        return None


def _time(given: object) -> datetime:
    """Milliseconds since 1970 as a time; now, where the platform tells none that can be."""
    try:
        return datetime.fromtimestamp(int(str(given)) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.now(UTC)
