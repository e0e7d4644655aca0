"""Posts of the simulated world as Lark's JSON: what an event carries, and how history lists it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.lark.simulated.tenant import Tenant
from adapters.world import BOT, Post

TENANT_KEY = "tenant_demo"
_BOT_NAMES = ("分身", "bot", "Bot")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A post's kind and content, with who is mentioned under which key."""

    kind: str
    content: dict[str, Any]
    named: tuple[tuple[str, str, str], ...] = ()  # key, bare id, name


def spoken(tenant: Tenant, post: Post, *, rich: bool = False) -> Spoken:
    """The post as Lark's content: mentions become keys; `rich` writes it as the client does formatted text."""
    if post.raw is not None:
        return Spoken("interactive", post.raw)
    if post.file:
        return Spoken("file", {"file_key": f"file_{post.id}", "file_name": post.file[0]})
    text, named = post.text, []
    for n, who in enumerate(post.mentions, 1):
        key, names = f"@_user_{n}", _names(tenant, who)
        said = next((f"@{name}" for name in sorted(names, key=len, reverse=True) if f"@{name}" in text), None)
        text = text.replace(said, key, 1) if said else f"{key} {text}"
        named.append((key, tenant.bot if who == BOT else who, names[0]))
    if rich:
        return Spoken("post", {"title": "", "content": [_rich(line, named) for line in text.split("\n")]}, tuple(named))
    return Spoken("text", {"text": text}, tuple(named))


def message_event(tenant: Tenant, post: Post, *, rich: bool = False) -> dict[str, Any]:
    """The body of `im.message.receive_v1`."""
    said, chat = spoken(tenant, post, rich=rich), tenant.world.chats[post.chat]
    mentions = [{"key": key, "id": _ids(who), "name": name, "tenant_key": TENANT_KEY} for key, who, name in said.named]
    message = {
        "message_id": post.id,
        "root_id": root(tenant, post),
        "parent_id": post.reply_to or "",
        "create_time": ms(post.at),
        "update_time": ms(post.at),
        "chat_id": post.chat,
        "chat_type": "p2p" if chat.direct else "group",
        "message_type": said.kind,
        "content": json.dumps(said.content, ensure_ascii=False),
        **({"thread_id": post.thread} if post.thread else {}),
        **({"mentions": mentions} if mentions else {}),
    }
    sender = {"sender_id": _ids(post.sender), "sender_type": "user", "tenant_key": TENANT_KEY}
    return {"sender": sender, "message": message}


def history_item(tenant: Tenant, post: Post) -> dict[str, Any]:
    """The post as the message API lists it: other names than an event's, and ids as strings."""
    said, by_app = spoken(tenant, post), post.sender == BOT
    sender = {
        "id": tenant.app_id if by_app else post.sender,
        "id_type": "app_id" if by_app else "open_id",
        "sender_type": "app" if by_app else "user",
        "tenant_key": TENANT_KEY,
        "sender_name": tenant.bot_name if by_app else _names(tenant, post.sender)[0],
    }
    mentions = [
        {"key": key, "id": who, "id_type": "open_id", "name": name, "tenant_key": TENANT_KEY}
        for key, who, name in said.named
    ]
    return {
        "message_id": post.id,
        "root_id": root(tenant, post),
        "parent_id": post.reply_to or "",
        "thread_id": post.thread or "",
        "msg_type": said.kind,
        "create_time": ms(post.at),
        "update_time": ms(post.at),
        "deleted": post.recalled,
        "updated": post.edited,
        "chat_id": post.chat,
        "sender": sender,
        "body": {"content": "" if post.recalled else json.dumps(said.content, ensure_ascii=False)},
        "mentions": mentions,
    }


def root(tenant: Tenant, post: Post) -> str:
    """The first message of the replies that this one belongs to, "" if it is no reply."""
    seen = post
    while seen.reply_to and seen.reply_to in tenant.world.posts:
        seen = tenant.world.posts[seen.reply_to]
    return "" if seen is post else seen.id


def ms(at: datetime) -> str:
    """A time as Lark writes it: milliseconds, as a string."""
    return str(round(at.timestamp() * 1000))


def _names(tenant: Tenant, who: str) -> tuple[str, ...]:
    if who == BOT:
        return (tenant.bot_name, *_BOT_NAMES)
    return (tenant.world.people[who].name if who in tenant.world.people else who,)


def _ids(open_id: str) -> dict[str, str]:
    return {"open_id": open_id, "union_id": open_id.replace("ou_", "on_", 1), "user_id": ""}


def _rich(line: str, named: list[tuple[str, str, str]]) -> list[dict[str, str]]:
    """One line as spans, its mentions apart."""
    spans, rest = [], line
    for key, _, name in named:
        before, found, after = rest.partition(key)
        if found:
            spans += [{"tag": "text", "text": before}, {"tag": "at", "user_id": key, "user_name": name}]
            rest = after
    return [*spans, {"tag": "text", "text": rest}]
