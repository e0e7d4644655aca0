"""Who and where: the bot itself, a chat's members and name, a message's author; remembered for a short while."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.base import Refused, Unreachable
from adapters.lark.content import clean
from adapters.lark.ids import bare, full, is_id
from adapters.lark.rest import Api, Ask
from adapters.lark.settings import Timings

log = logging.getLogger("fenshen.lark.directory")

_CHATS = 1000


@dataclass(frozen=True, slots=True)
class About:
    """A chat's display name, and whether it is one person's with the bot."""

    name: str = ""
    direct: bool = False


class Directory:
    """What Lark tells of people and chats."""

    def __init__(self, api: Api, app: str, timings: Timings) -> None:
        self._api, self._app, self._timings = api, app, timings
        self._bot: str | None = None
        self._members: dict[str, tuple[float, Mapping[str, str] | None]] = {}
        self._about: dict[str, tuple[float, About]] = {}

    async def bot(self) -> str:
        """The bot's own open_id, asked once. Raises Unavailable or Refused."""
        if self._bot is None:
            info = (await self._api.call(Ask("GET", "/open-apis/bot/v3/info"))).get("bot")
            found = info.get("open_id") if isinstance(info, Mapping) else None
            if not is_id(found):
                raise Refused("the app has no bot")
            self._bot = str(found)
        return self._bot

    async def members(self, chat: str) -> Mapping[str, str] | None:
        """Everybody in a chat but bots, by person; None where Lark does not tell."""
        now = asyncio.get_running_loop().time()
        kept = self._members.get(chat)
        if kept and now - kept[0] < self._timings.members:
            return kept[1]
        found: Mapping[str, str] | None
        try:
            found = await self._listed(bare(self._app, chat))
        except (Refused, Unreachable) as error:
            log.warning("members of %s not told: %s", chat, error)
            found = None
        _keep(self._members, chat, (now, found))
        return found

    async def _listed(self, chat: str) -> dict[str, str]:
        by_open_id, found = (("member_id_type", "open_id"),), {}
        async for item in self.pages(_MEMBERS, {"chat_id": chat}, by_open_id):
            if is_id(item.get("member_id")):
                found[full(self._app, item["member_id"])] = clean(item.get("name"))
        return found

    async def about(self, chat: str) -> About:
        """A chat's name and kind, as far as they can be told."""
        now = asyncio.get_running_loop().time()
        kept = self._about.get(chat)
        if kept and now - kept[0] < self._timings.names:
            return kept[1]
        try:
            ask = Ask("GET", "/open-apis/im/v1/chats/:chat_id", {"chat_id": bare(self._app, chat)})
            data = _data(await self._api.call(ask))
        except (Refused, Unreachable) as error:
            log.warning("chat %s not told: %s", chat, error)
            return About()
        found = About(clean(data.get("name")), data.get("chat_mode") == "p2p")
        _keep(self._about, chat, (now, found))
        return found

    async def also_called(self, person: str) -> tuple[str, ...]:
        """Somebody's nickname and English name, as far as Lark tells them; asked each time."""
        try:
            query = (("user_ids", bare(self._app, person)), ("user_id_type", "open_id"))
            data = _data(await self._api.call(Ask("GET", "/open-apis/contact/v3/users/batch", query=query)))
        except (Refused, Unreachable) as error:
            log.warning("other names not told: %s", error)
            return ()
        items = data.get("items")
        item = items[0] if isinstance(items, list) and items and isinstance(items[0], Mapping) else {}
        names = [clean(item.get(field)) for field in ("nickname", "en_name") if isinstance(item.get(field), str)]
        return tuple(dict.fromkeys(name for name in names if name and name != item.get("name")))

    async def author(self, chat: str, message: str) -> str | None:
        """Who wrote a message of this chat; None for bots and for what cannot be read."""
        sender = (await self.message(chat, message)).get("sender")
        if not isinstance(sender, Mapping):
            return None
        is_user = sender.get("sender_type") == "user" and sender.get("id_type") == "open_id"
        return full(self._app, sender["id"]) if is_user and is_id(sender.get("id")) else None

    async def message(self, chat: str, message: str) -> Mapping[str, Any]:
        """A message of this chat as Lark gives it; empty for one that cannot be read or stands elsewhere."""
        if not is_id(message):
            return {}
        try:
            data = _data(await self._api.call(Ask("GET", "/open-apis/im/v1/messages/:id", {"id": message})))
        except (Refused, Unreachable):
            return {}
        items = data.get("items")
        item = items[0] if isinstance(items, list) and items and isinstance(items[0], Mapping) else {}
        return item if full(self._app, str(item.get("chat_id"))) == chat else {}

    async def pages(
        self,
        path: str,
        paths: Mapping[str, str],
        query: tuple[tuple[str, str], ...],
        size: int = 100,
        user: str | None = None,
    ) -> AsyncIterator[dict[str, Any]]:
        """Every item of a paged list, page after page; as the person whose token `user` is, if there is one."""
        token = ""
        while True:
            more = (("page_token", token),) if token else ()
            asked = (*query, ("page_size", str(size)), *more)
            data = _data(await self._api.call(Ask("GET", path, paths, asked, user=user)))
            items = data.get("items")
            for item in items if isinstance(items, list) else []:
                if isinstance(item, dict):
                    yield item
            last, token = token, data.get("page_token") or ""
            if not data.get("has_more") or not isinstance(token, str) or token in ("", last):
                return


_MEMBERS = "/open-apis/im/v1/chats/:chat_id/members"


def _data(reply: Mapping[str, Any]) -> Mapping[str, Any]:
    data = reply.get("data")
    return data if isinstance(data, Mapping) else {}


def items(reply: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a reply lists."""
    listed = _data(reply).get("items")
    return [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []


def _keep(kept: dict[str, Any], key: str, value: object) -> None:
    """Remember, and forget what was learned first when there is too much."""
    kept.pop(key, None)
    kept[key] = value
    while len(kept) > _CHATS:
        del kept[next(iter(kept))]
