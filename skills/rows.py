"""Rows of other programs' files: who said what and when, under whatever names their columns have."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_IDS = ("message_id", "msg_id", "msgId", "openMsgId", "id")
_CHATS = ("chat_id", "openConversationId", "conversationId", "chat", "chat_name", "conversationTitle", "群", "群聊")
_SENDER_IDS = ("sender_id", "senderStaffId", "staff_id", "open_id", "user_id", "senderId")
_SENDERS = (
    *("sender_name", "senderNick", "user_name", "sender", "from", "name", "nickname"),
    *("发送人", "发送者", "发言人", "姓名", "昵称"),
)
_TIMES = (
    *("timestamp", "create_time", "createTime", "createAt", "time", "date", "at", "datetime", "sent_at"),
    *("时间", "日期", "发送时间"),
)
_TEXTS = ("content", "text", "message", "body", "msg", "内容", "消息", "消息内容")
COLUMNS = frozenset(name.casefold() for name in (*_SENDERS, *_TIMES, *_TEXTS))
_MOMENT = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_QUOTED = re.compile(r"\A「[^「」]*」[ \t]*\n[ \t]*(?:- ){3,}-?[ \t]*\n|^[ \t]{0,3}[>＞].*$", re.M)
_DEEPEST = 4  # text within text: Lark's content is JSON in a string, DingTalk's a text in an object


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file: `sender` is a display name, `sender_id` an id; None where the file tells neither."""

    text: str
    at: datetime | None
    sender: str | None = None
    sender_id: str | None = None
    chat: str | None = None  # an id or a name
    id: str | None = None


OTHERS = Row("-", None)  # a line of somebody else, without their words
UNNAMED = "file:"  # begins the id of what carried none of the platform's in its file: no link leads to it


def elsewhere(*named: str) -> str:
    """The id of what another system has named, which tells neither the name nor who else is in it."""
    return f"{UNNAMED}{named[0]}:{hashlib.sha256(chr(0).join(named).encode('utf-8', 'replace')).hexdigest()[:32]}"


def row_of(given: Mapping[str, Any], chat: str | None = None) -> Row:
    """A row of an object or of a table's line; `chat` is what the file as a whole says of itself."""
    by_name = {str(name).strip(): value for name, value in given.items()}
    folded = {name.casefold(): value for name, value in by_name.items()}

    def first(names: tuple[str, ...]) -> Any:
        return next((v for name in names if (v := folded.get(name.casefold())) not in (None, "")), None)

    sender = first(_SENDERS)
    sender_id = first(_SENDER_IDS)
    if isinstance(sender, Mapping):
        who = {str(name): value for name, value in sender.items()}
        sender_id, sender = sender_id or who.get("id"), who.get("name") or who.get("sender_name")
    return Row(
        text=own_words(text_of(first(_TEXTS))),
        at=moment(first(_TIMES)),
        sender=_word(sender),
        sender_id=_word(sender_id),
        chat=_word(first(_CHATS)) or chat,
        id=_word(first(_IDS)),
    )


def text_of(given: object, depth: int = 0) -> str:
    """The words of a message, however deep its export has wrapped them; "" for a picture or a file."""
    if depth > _DEEPEST:
        return ""
    if isinstance(given, Mapping):
        inner = next((given[name] for name in ("text", "content", "message", "body") if name in given), None)
        return text_of(inner, depth + 1)
    if not isinstance(given, str):
        return ""
    if given.lstrip()[:1] == "{":
        try:
            inner = json.loads(given)
        except (ValueError, RecursionError):
            return given
        return text_of(inner, depth + 1) if isinstance(inner, Mapping) else given
    return given


def own_words(text: str) -> str:
    """The text without what it quotes of somebody else."""
    return _QUOTED.sub("", text.strip()).strip()


def moment(given: object) -> datetime | None:
    """A time in seconds, milliseconds or words; without a zone it is the time of this machine. None: no time."""
    if isinstance(given, bool):
        return None
    if isinstance(given, str) and given.strip().isdecimal() and len(given.strip()) in (10, 13):
        given = int(given)
    try:
        if isinstance(given, int | float):
            return datetime.fromtimestamp(given / 1000 if given > 10**11 else given, UTC)
        return _written(given.strip()) if isinstance(given, str) else None
    except (ValueError, OverflowError, OSError):
        return None


def _written(given: str) -> datetime | None:
    try:
        return datetime.fromisoformat(given).astimezone(UTC)
    except ValueError:
        found = _MOMENT.fullmatch(given)
    if found is None:
        return None
    return datetime(*(int(part or 0) for part in found.groups())).astimezone(UTC)  # type: ignore[arg-type]


def _word(given: object) -> str | None:
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    return given.strip() or None if isinstance(given, str) else None
