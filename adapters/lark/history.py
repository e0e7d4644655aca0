"""What was said before: a chat's messages page by page, and the threads that begin there."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from adapters.base import Message, Recalled
from adapters.history import Reached
from adapters.lark.directory import About, Directory
from adapters.lark.ids import bare
from adapters.lark.wire import past, time_of

_MESSAGES = "/open-apis/im/v1/messages"
_PAGE = 50  # the most that Lark allows
_STEP = 25  # messages after which it is told how far it is: where a page ends, its last second may go on
# A chat's list holds threads by their first message alone: it is read from earlier on, for threads that went on.
_EARLIER = timedelta(days=30)
_SECOND = timedelta(seconds=1)
_ASKED = (("sort_type", "ByCreateTimeAsc"), ("with_sender_name", "true"))


@dataclass(slots=True)
class _Chat:
    """One chat as it is read: what was told of it, and which of its threads were."""

    directory: Directory
    app: str
    chat: str
    since: datetime
    user: str | None
    bot: str
    about: About
    told: set[str] = field(default_factory=set)
    threads: dict[str, bool] = field(default_factory=dict)

    def items(self, kind: str, container: str, *more: tuple[str, str]) -> AsyncIterator[dict[str, Any]]:
        """Page after page, oldest first."""
        asked = (("container_id_type", kind), ("container_id", container), *_ASKED, *more)
        return self.directory.pages(_MESSAGES, {}, asked, _PAGE, self.user)

    def seen(self, item: Mapping[str, Any]) -> Message | Recalled | None:
        """What an item tells, once; its thread is remembered."""
        if isinstance(thread := item.get("thread_id"), str) and thread:
            self.threads.setdefault(thread, False)
        one = past(item, self.app, self.bot, direct=self.about.direct, chat_name=self.about.name)
        early = isinstance(one, Message) and one.at < self.since
        if one is None or one.chat != self.chat or one.event in self.told or early:
            return None
        self.told.add(one.event)
        return one

    async def begun(self) -> AsyncIterator[Message | Recalled]:
        """The threads of what was listed so far."""
        for thread in [thread for thread, was_read in self.threads.items() if not was_read]:
            async for item in self.items("thread", thread):
                if one := self.seen(item):
                    yield one
            self.threads[thread] = True


async def history(
    directory: Directory, app: str, chat: str, since: datetime, after: datetime | None = None, user: str | None = None
) -> AsyncIterator[Message | Recalled | Reached]:
    """A chat's messages from `since` on, oldest first, some at a time before their threads; `user`: a lender's token.

    A thread begun more than 30 days before `since` is not found. The bot's own messages are left out. `after`: what
    was begun before that second was told, its threads too, and is not asked for again.
    """
    there = _Chat(directory, app, chat, since, user, await directory.bot(), await directory.about(chat))
    # in seconds, though items tell milliseconds; whether what was said in the first of them is listed is not documented
    start = int((after - _SECOND if after else since - _EARLIER).timestamp())
    step, last = 0, after
    async for item in there.items("chat", bare(app, chat), ("start_time", str(max(start, 0)))):
        second = _second(item)
        if after and second and second < after:
            continue
        if step >= _STEP and second and last and second > last:
            async for one in there.begun():
                yield one
            yield Reached(second)
            step = 0
        step, last = step + 1, max(filter(None, (second, last)), default=None)
        if found := there.seen(item):
            yield found
    async for one in there.begun():
        yield one
    if step and last:
        yield Reached(last + _SECOND)


def _second(item: Mapping[str, Any]) -> datetime | None:
    """In which second something was said."""
    at = time_of(item.get("create_time"))
    return at and at.replace(microsecond=0)
