"""A group read with its owner's own login: page after page, their own words alone, as the bot's messages."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from adapters.base import Message, Recalled, Refused, Unavailable
from adapters.dingtalk.dws import Home, UnknownFlag
from adapters.dingtalk.markdown import clean
from adapters.dingtalk.whose import Own, walked
from adapters.dingtalk.wire import NAME, bare, corp_of
from adapters.history import Reached

_CHAT = re.compile(r"cid[A-Za-z0-9+/=_-]{1,200}")
_CHINA = timezone(timedelta(hours=8))
_SECOND = timedelta(seconds=1)
_LONGEST = 200  # characters of an id
_IDLE = 3  # pages in a row that hold nothing new, and then it is told to nobody any more

# What stands for something else than words, and what of it takes the whole message along.
_STANDS_FOR = re.compile(r"\[[^\[\]\n]{1,20}\](?:\([^()\n]*\))?")
_FILE = re.compile(r"\[[^\[\]\n]{1,20}\].*\bfileId:")
_RECALLED = re.compile(r"\[?[^\n]{0,40}(?:撤回了?一条消息|消息已撤回|recalled a message)[^\n]{0,10}\]?")
_FORWARDED = re.compile(r"[^\n]{0,80}(?:聊天记录|chat history)\s*\n[^\n:：]{1,40}[:：]", re.IGNORECASE)
_SEALED = re.compile(r"\|\|\d+\|\|\d+\|\|\d+\s*$")


@dataclass(frozen=True, slots=True)
class Eyes:
    """A History with one person's eyes, for as long as their login lasts."""

    home: Home
    own: Own
    nick: str = ""  # the bot's
    full: set[tuple[str, datetime]] = field(default_factory=set, compare=False, repr=False)  # seconds of a whole page

    @property
    def gaps(self) -> int:
        """How many seconds held a whole page or more: whether there was more in them, nobody can tell."""
        return len(self.full)

    async def history(
        self, chat: str, *, since: datetime, after: datetime | None = None
    ) -> AsyncIterator[Message | Recalled | Reached]:
        """What this person can read of a group. Raises Refused where they cannot, Unavailable where it breaks off.

        Topics' replies are not listed. Of a second that holds more than a page, the rest is passed over.
        """
        if corp_of(chat) != corp_of(self.own.person) or not _CHAT.fullmatch(bare(chat)):
            raise Refused("no group of this company")
        bots = await self._bots(bare(chat))
        start, step, last = max(since, after or since), 0, after
        async for item, when in self._items(bare(chat), start):
            if when < start:
                continue
            second = when.replace(microsecond=0)
            # at a page's end its second may go on
            if 2 * step >= self.home.dws.patience.page and last and second > last:
                yield Reached(second)
                step = 0
            step, last = step + 1, max(second, last or second)
            if seen := read(item, chat, self.own, bots):
                yield seen
        if step and last:
            yield Reached(last + _SECOND)

    async def _bots(self, chat: str) -> Sequence[str]:
        """What the bots there are called: a word to one of them was said to no colleague."""
        try:
            found = await self.home.ask("chat", "group", "bots", "--group", chat)
        except Refused:
            return [self.nick] if self.nick else []
        keys = ("robotName", "botName", "name", "nick")
        names = (one[key] for one in walked(found) for key in keys if isinstance(one.get(key), str))
        return [name for name in dict.fromkeys((*names, self.nick)) if name]

    async def _items(self, chat: str, since: datetime) -> AsyncIterator[tuple[Mapping[str, Any], datetime]]:
        """Every message once, oldest first. Pages begin at a second, so they overlap: a page may end within one."""
        at, idle = since.replace(microsecond=0) - _SECOND, 0
        seen: dict[str, datetime] = {}
        direction: Sequence[str] = ("--direction", "newer")
        while True:
            try:
                found = await self._page(chat, at, *direction)
            except UnknownFlag:  # older versions list in this direction by themselves
                if not direction:
                    raise
                direction = ()
                continue
            items = _listed(found, chat)
            fresh = [(item, when) for item, when in items if item["openMessageId"] not in seen]
            for item, when in fresh:
                seen[item["openMessageId"]] = when
                yield item, when
            if not _more(found):
                return
            idle = 0 if fresh else idle + 1
            if idle >= _IDLE:
                raise Unavailable("the list goes on without anything new")
            last = max((when for _, when in items), default=at)
            if items and all(when == last for _, when in items):
                self.full.add((chat, last))
            # whether a page holds what was said in its own first second differs between versions: begin one earlier
            at = last - _SECOND if last - _SECOND > at else max(last, at + _SECOND)
            seen = {message: when for message, when in seen.items() if when >= at}

    async def _page(self, chat: str, at: datetime, *direction: str) -> Mapping[str, Any]:
        when, most = at.astimezone(_CHINA).strftime("%Y-%m-%d %H:%M:%S"), str(self.home.dws.patience.page)
        return await self.home.ask(
            "chat", "message", "list", "--group", chat, "--time", when, "--limit", most, *direction
        )


def read(item: Mapping[str, Any], chat: str, own: Own, bots: Sequence[str]) -> Message | Recalled | None:
    """One message of the list, or that they recalled it. Whoever else wrote it, their words are left behind."""
    at, message = _time(item.get("createTime")), item["openMessageId"]
    said = item.get("content")
    text = clean(said) if isinstance(said, str) else ""
    if at is None:
        return None
    mine = item.get("senderOpenDingTalkId") == own.open_id
    if _RECALLED.fullmatch(text.strip()):
        return Recalled(NAME, f"recalled:{message}", chat, message) if mine else None
    text = _own_words(item, text) if mine else ""
    return Message(
        platform=NAME,
        event=message,
        id=message,
        chat=chat,
        direct=False,
        sender=own.person if mine else None,
        name="",
        at=at,
        text=text,
        to_bot=_to_bot(text, bots),
    )


def _own_words(item: Mapping[str, Any], text: str) -> str:
    """What its sender wrote themselves: no forward, no quote, nothing that an agent sent in their name."""
    quoted = [one["content"] for one in walked(item.get("quotedMessage")) if isinstance(one.get("content"), str)]
    within = any(part.strip() and part.strip() in text for part in quoted)
    if within or item.get("forwardMessages") or item.get("messageAiSendFlag"):
        return ""
    if _FORWARDED.match(text) or _FILE.match(text) or _SEALED.search(text):
        return ""
    words = _STANDS_FOR.sub("", text)
    return text.strip() if words.strip() and "(mediaId=" not in text else words.strip()


def _to_bot(text: str, bots: Sequence[str]) -> bool:
    """Whether it was said to a bot; where nobody tells what bots are called there, an @ in front may be one."""
    return any(f"@{name}" in text for name in bots) if bots else text.startswith("@")


def _listed(found: Mapping[str, Any], chat: str) -> Sequence[tuple[Mapping[str, Any], datetime]]:
    """The messages of a page with their times, oldest first: some versions list the newest first."""
    result = found.get("result", found)
    listed: object = result
    if isinstance(result, dict):
        listed = next((result[key] for key in ("messages", "items", "list", "data") if key in result), [])
    timed = [
        (item, when)
        for item in (listed if isinstance(listed, list) else [])
        if isinstance(item, dict) and _is_id(item.get("openMessageId"))
        if item.get("openConversationId", chat) == chat and (when := _time(item.get("createTime")))
    ]
    if timed and timed[0][1] > timed[-1][1]:
        timed.reverse()
    return timed


def _is_id(given: object) -> bool:
    return isinstance(given, str) and 0 < len(given) <= _LONGEST and given.isascii() and given.isprintable()


def _more(found: Mapping[str, Any]) -> bool:
    result = found.get("result")
    return any(one.get("hasMore") is True for one in (found, result) if isinstance(one, dict))


def _time(given: object) -> datetime | None:
    """A time without a zone is China's; milliseconds are everybody's. None for what is none."""
    try:
        if isinstance(given, int) or (isinstance(given, str) and given.isascii() and given.isdigit()):
            return datetime.fromtimestamp(int(given) / 1000, UTC)
        when = datetime.fromisoformat(given) if isinstance(given, str) else None
        return when and (when.replace(tzinfo=_CHINA) if when.tzinfo is None else when).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
