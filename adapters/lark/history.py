"""What was said before: a chat's messages page by page, its threads after it."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from adapters.base import Message, Recalled
from adapters.lark.directory import Directory
from adapters.lark.ids import bare
from adapters.lark.wire import past

_MESSAGES = "/open-apis/im/v1/messages"
_PAGE = 50  # the most that Lark allows
# A chat's list holds threads by their first message alone: it is read from earlier on, for threads that went on.
_EARLIER = timedelta(days=30)


async def history(
    directory: Directory, app: str, chat: str, since: datetime, user: str | None = None
) -> AsyncIterator[Message | Recalled]:
    """A chat's messages from `since` on, oldest first, then each thread's; `user`: the token of who lends their eyes.

    A thread begun more than 30 days before `since` is not found. The bot's own messages are left out.
    """
    bot, about = await directory.bot(), await directory.about(chat)
    start = int((since - _EARLIER).timestamp())  # in seconds, though items tell milliseconds
    roots = _in("chat", bare(app, chat), ("start_time", str(max(start, 0))))
    threads: dict[str, None] = {}
    told: set[str] = set()

    def seen(item: Mapping[str, Any]) -> Message | Recalled | None:
        one = past(item, app, bot, direct=about.direct, chat_name=about.name)
        if one is None or one.chat != chat or one.event in told or (isinstance(one, Message) and one.at < since):
            return None
        told.add(one.event)
        return one

    async for item in directory.pages(_MESSAGES, {}, roots, _PAGE, user):
        if isinstance(thread := item.get("thread_id"), str) and thread:
            threads[thread] = None
        if one := seen(item):
            yield one
    for thread in threads:
        async for item in directory.pages(_MESSAGES, {}, _in("thread", thread), _PAGE, user):
            if one := seen(item):
                yield one


def _in(kind: str, container: str, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return (
        ("container_id_type", kind),
        ("container_id", container),
        ("sort_type", "ByCreateTimeAsc"),
        ("with_sender_name", "true"),
        *more,
    )
