"""The platform's side of Lark: a simulated company that speaks Lark's wire to the real SDK."""

import asyncio
from collections.abc import Mapping, Sequence
from secrets import token_hex
from typing import Any

from starlette.applications import Starlette
from starlette.types import ASGIApp

from adapters.base import Card
from adapters.lark.reading import callback, elements, read_card
from adapters.lark.simulated.gateway import CALLBACK, TAKEN, Ack, Delivery, Gateway
from adapters.lark.simulated.posts import TENANT_KEY, message_event, ms
from adapters.lark.simulated.rest import Rest
from adapters.lark.simulated.tenant import Faults, Tenant
from adapters.world import BOT, Post, World, numbered

_TAPS = 3  # until whoever taps gives up
_PATIENCE = 3.0  # seconds after which the client app tells the one who tapped that nothing came back


class LarkSimulator:
    """One company on a simulated Lark. `app` may be served anywhere; the socket's address follows the request's.

    Permissions, limits and redelivery are our model of Lark's documentation, not Lark.
    """

    def __init__(
        self,
        world: World,
        app_id: str = "demo",
        app_secret: str = "simulated",  # noqa: S107
        bot: str = "ou_bot",
        bot_name: str = "分身",
    ) -> None:
        self.world = world
        self.tenant = Tenant(world, app_id, app_secret, bot, bot_name)
        self.gateway = Gateway(self.tenant)
        rest = Rest(self.tenant, self.gateway)
        self.logins = rest.logins
        self._app = Starlette(routes=[*self.gateway.routes, *rest.routes])

    @property
    def app(self) -> ASGIApp:
        """Lark's HTTP and WebSocket endpoints."""
        return self._app

    @property
    def faults(self) -> Faults:
        """What is to go wrong."""
        return self.tenant.faults

    @property
    def busy(self) -> bool:
        """Whether an event is unacknowledged or a request is being served."""
        return self.tenant.serving > 0 or self.gateway.busy

    async def say(
        self,
        person: str,
        chat: str,
        text: str,
        *,
        reply_to: str | None = None,
        mentions: Sequence[str] = (),
        file: tuple[str, bytes] | None = None,
        rich: bool = False,
    ) -> str:
        """Post as a person; a group the bot may not listen to tells it of its mentions only.

        `rich` sends it as a post, as the client does with formatted text.
        """
        parent = self.world.posts[reply_to] if reply_to else None
        thread = parent.thread if parent else None
        post = self.world.post(
            chat, person, text, reply_to=reply_to, thread=thread, mentions=tuple(mentions), file=file
        )
        heard = self.world.chats[chat].direct or BOT in mentions or self.faults.group_messages
        if heard and chat not in self.tenant.without_bot:
            self.gateway.push("im.message.receive_v1", message_event(self.tenant, post, rich=rich))
        return post.id

    async def click(self, person: str, message: str, action: str, form: Mapping[str, str]) -> str:
        """Tap a card's button; a button that opens a page calls nobody, and nothing is shown."""
        post = self.world.posts[message]
        button, value = _button(post, action)
        if value is None:
            return ""
        ack = await self._called_back(self._tapped(person, post, button, value, form))
        if ack is None:
            return ""
        answer = ack.data if isinstance(ack.data, dict) else {}
        if answer.get("card", {}).get("type") == "raw" and not self.world.posts[message].recalled:
            raw = answer["card"]["data"]
            self.world.edit(message, text=read_card(raw).text, raw=raw)
        return str(answer.get("toast", {}).get("content", ""))

    async def _called_back(self, tapped: Mapping[str, Any]) -> Ack | None:
        """What the bot says to a tap; whoever sees nothing happen taps again, if events are to come again at all."""
        event = token_hex(16)
        for _ in range(_TAPS if self.faults.redeliver is not None else 1):
            delivery = self.gateway.push(CALLBACK, tapped, event)
            try:
                ack = await asyncio.wait_for(asyncio.shield(delivery.ack), _PATIENCE)
            except TimeoutError:
                continue
            if ack.code == TAKEN:
                return ack
        return None

    async def recall(self, person: str, message: str) -> None:
        """Take a message back, as its author. Raises PermissionError for anybody else."""
        post = self.world.posts[message]
        if post.sender != person:
            raise PermissionError("only its author takes a message back")
        self.world.edit(message, recalled=True, text="", edited=post.edited)
        told = {"message_id": message, "chat_id": post.chat, "recall_type": "message_owner", "recall_time": ms(post.at)}
        self.gateway.push("im.message.recalled_v1", told)

    def depart(self, person: str) -> Delivery:
        """The person leaves the company."""
        self.tenant.departed.add(person)
        name = self.world.people[person].name
        gone = {"open_id": person, "name": name, "status": {"is_resigned": True}}
        return self.gateway.push("contact.user.deleted_v3", {"object": gone, "old_object": {"open_id": person}})

    def card(self, post: Post) -> Card | None:
        """What a post's card shows, mentioned people by their names."""
        if post.raw is None:
            return None
        names = {who.id: who.name for who in self.world.people.values()}
        return read_card(post.raw, self.tenant.app_id, names)

    def _tapped(
        self, person: str, post: Post, button: Mapping[str, Any], value: Mapping[str, str], form: Mapping[str, str]
    ) -> dict[str, Any]:
        action: dict[str, Any] = {"tag": "button", "value": dict(value), "name": button.get("name", "")}
        if button.get("form_action_type") == "submit":
            given = {e["name"]: e.get("default_value", "") for e in elements(post.raw or {}) if e.get("tag") == "input"}
            action["form_value"] = {**given, **form}
        return {
            "operator": {"open_id": person, "tenant_key": TENANT_KEY},
            "token": "c-simulated",
            "host": "im_message",
            "action": action,
            "context": {"open_message_id": post.id, "open_chat_id": post.chat},
        }


def _button(post: Post, action: str) -> tuple[Mapping[str, Any], Mapping[str, str] | None]:
    """The button and what it sends, None where it opens a page. Raises KeyError when there is none."""
    found = [e for e in elements(post.raw or {}) if e.get("tag") == "button" and not post.recalled]
    values = [callback(element) for element in found]
    names = [
        str(value.get("action")) if value else str(element.get("name", "")).partition("_")[2]
        for element, value in zip(found, values, strict=True)
    ]
    place = numbered(names).index(action) if action in numbered(names) else None
    if place is None:
        raise KeyError(action)
    return found[place], values[place] or None
