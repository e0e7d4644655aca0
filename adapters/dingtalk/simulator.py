"""DingTalk's side of a simulated company: what people say and tap is pushed, what the bot sends is posted."""

import asyncio
import json
import re
import secrets
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.base import Card
from adapters.dingtalk import wire
from adapters.dingtalk.cards import read_button, read_card
from adapters.dingtalk.simulator_cards import Cards, carrier, shown
from adapters.dingtalk.simulator_rest import Answer, Door, Faults, Rejected
from adapters.dingtalk.simulator_robot import Robot
from adapters.dingtalk.simulator_stream import Pushed, Stream
from adapters.world import BOT, Post, World, numbered

PREFIX = "$:LWCP_v1:$"  # how encrypted ids look
LIFE = timedelta(minutes=90)  # of a session webhook


class _Counted:
    """An app that knows how many requests it is serving."""

    def __init__(self, app: ASGIApp) -> None:
        self.requests = 0
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        counted = scope["type"] == "http"
        self.requests += counted
        try:
            await self._app(scope, receive, send)
        finally:
            self.requests -= counted


class DingTalkSimulator:
    """Only what mentions the bot, or is written to it directly, reaches it: as on the platform."""

    def __init__(
        self,
        world: World,
        client_id: str,
        client_secret: str,
        corp: str = "demo",
        names: Sequence[str] = ("分身", "bot"),
        ping_every: float = 20.0,
    ) -> None:
        self.world = world
        self.stream = Stream(client_id, client_secret, ping_every)
        self.door = Door(client_id, client_secret)
        self.robot = Robot(world, self.door, client_id)
        self.cards = Cards(world, self.door, client_id)
        self._client_id = client_id
        self._corp = corp
        self._names = names
        self._clicking = 0
        robot, cards = self.robot.routes(), self.cards.routes()
        self._counted = _Counted(Starlette(routes=[*self.stream.routes(), self.door.token_route(), *robot, *cards]))

    @property
    def app(self) -> ASGIApp:
        """The vendor's HTTP and WebSocket endpoints, to be served on any port."""
        return self._counted

    @property
    def busy(self) -> bool:
        """Whether an event is unacknowledged or a request is being served."""
        return bool(self._counted.requests or self._clicking or self.stream.waiting)

    @property
    def faults(self) -> Faults:
        """What goes wrong on purpose in REST."""
        return self.door.faults

    def fail_next(self, path: str, status: int, answer: Answer, times: int = 1) -> None:
        """Give this answer to the next requests of a path instead of the true one."""
        self.faults.next.setdefault(path, deque()).extend([(status, answer)] * times)

    def revoke_tokens(self) -> None:
        """No token that was given is valid any more."""
        self.door.tokens.clear()

    def expire_sessions(self) -> None:
        """No session webhook that was given answers any more, whatever it said of its life."""
        self.robot.sessions.clear()

    async def say(
        self,
        person: str,
        chat: str,
        text: str,
        *,
        reply_to: str | None = None,
        mentions: Sequence[str] = (),
        file: tuple[str, bytes] | None = None,
    ) -> str:
        """Post as a person, and push it where it mentions the bot (`BOT`) or is written to it directly."""
        people = tuple(one for one in mentions if one != BOT)
        post = self.world.post(chat, person, text, reply_to=reply_to, mentions=people, file=file)
        if self.world.chats[chat].direct or BOT in mentions:
            await self.push(post)
        return post.id

    async def push(self, post: Post, **changes: Any) -> Pushed:
        """Push a post as the platform would, with some of its data changed."""
        return await self.stream.push("CALLBACK", wire.ROBOT, {**self.frame_data(post), **changes})

    async def push_again(self, message: str) -> Pushed:
        """Push a message's frame once more, as it was: a duplicate."""
        wanted = [pushed for pushed in self.stream.pushed if self._about(pushed) == message]
        return await self.stream.push_frame(wanted[0].frame)

    async def acked(self, message: str) -> Pushed:
        """The frame that told of a message, once it is acknowledged or lost. Raises KeyError if there is none."""
        for pushed in self.stream.pushed:
            if self._about(pushed) == message:
                await pushed.done.wait()
                return pushed
        raise KeyError(message)

    def _about(self, pushed: Pushed) -> object:
        data = json.loads(pushed.frame["data"])
        return data.get("msgId") if isinstance(data, dict) else None

    async def leave(self, *people: str) -> Pushed:
        """Push that these people left the company."""
        data = {"timeStamp": "0", "userId": list(people), "optStaffId": "staff_hr"}
        headers = {"eventType": wire.LEAVE, "eventId": secrets.token_hex(12), "eventCorpId": self._corp}
        return await self.stream.push("EVENT", "*", data, eventBornTime="0", **headers)

    async def click(self, person: str, message: str, action: str, form: Mapping[str, str]) -> str:
        """Tap a button, named by its action or its whole id; the card changes as the acknowledgement says.

        Returns "": DingTalk shows no toast. Raises KeyError when the card has no such button.
        """
        post = self.world.posts[message]
        button = self._button(post, action)
        chat = self.world.chats[post.chat]
        private = {"cardPrivateData": {"actionIds": [button], "params": dict(form)}}
        data = {"extension": "{}", "corpId": self._corp, "type": "actionCallback", "userId": person}
        data |= {"outTrackId": message, "spaceType": "IM_ROBOT" if chat.direct else "IM_GROUP", "spaceId": chat.id}
        self._clicking += 1
        try:
            pushed = await self.stream.push("CALLBACK", wire.CARD, {**data, "content": json.dumps(private)})
            await asyncio.wait_for(pushed.done.wait(), 30)
            self._apply(message, pushed)
        finally:
            self._clicking -= 1
        return ""

    def _button(self, post: Post, action: str) -> str:
        """Raises KeyError when there is none."""
        full = json.loads((shown(post) or {}).get("sys_full_json_obj", "{}"))
        ids = [str(button.get("id", "")) for button in full.get("msgButtons", []) if button.get("request")]
        named = dict(zip(numbered([read_button(one)[0] for one in ids]), ids, strict=True))
        if action not in named and action not in ids:
            raise KeyError(action)
        return named.get(action, action)

    def _apply(self, message: str, pushed: Pushed) -> None:
        response = pushed.answer().get("response") if pushed.ack and pushed.ack.get("code") == 200 else None
        if not response:
            return
        try:
            self.cards.change(message, response)
        except Rejected as rejected:
            pushed.ack = {**(pushed.ack or {}), "rejected": rejected.answer}

    async def recall(self, person: str, message: str) -> None:
        """Take a message back, as its author: nothing is pushed, DingTalk tells no bot of it."""
        if self.world.posts[message].sender != person:
            raise KeyError(message)
        self.world.edit(message, text="", recalled=True, edited=False)

    def card(self, post: Post) -> Card | None:
        """What the vendor's card of a post shows, read back from the vendor's own JSON."""
        params = shown(post)
        return read_card(params) if params else None

    def frame_data(self, post: Post) -> dict[str, Any]:
        """The robot message that the platform makes of a post."""
        chat, person = self.world.chats[post.chat], self.world.people[post.sender]
        self.robot.base = self.stream.base
        session = f"{self.stream.base}/robot/sendBySession?session={self.robot.session(chat.id)}"
        at = [{"dingtalkId": PREFIX + one, "staffId": one} for one in post.mentions]
        group = {"conversationTitle": chat.name, "isInAtList": True, "atUsers": [{"dingtalkId": PREFIX + BOT}, *at]}
        return {
            "msgId": post.id,
            "createAt": _ms(post.at),
            "conversationId": chat.id,
            "conversationType": "1" if chat.direct else "2",
            "senderNick": person.nickname or person.name,
            "senderStaffId": person.id,
            "senderId": PREFIX + person.id,
            "senderCorpId": self._corp,
            "isAdmin": False,
            "chatbotCorpId": self._corp,
            "chatbotUserId": PREFIX + BOT,
            "robotCode": self._client_id,
            "sessionWebhook": session,
            "sessionWebhookExpiredTime": _ms(datetime.now(UTC) + LIFE),
            **({} if chat.direct else group),
            **self._content(post),
        }

    def _content(self, post: Post) -> dict[str, Any]:
        if post.file:
            content = {"downloadCode": self.robot.keep(post.file), "fileName": post.file[0]}
            return {"msgtype": "file", "content": content}
        text: dict[str, Any] = {"content": f" {self._without_bot(post.text)}"}
        quoted = self.world.posts.get(post.reply_to or "")
        if quoted is None:
            return {"msgtype": "text", "text": text}
        # Of what the bot sent nobody but the platform knows the message's id; a key tells the bot what it was.
        ours = quoted.sender == BOT
        key = carrier(quoted.id) if quoted.raw else self.robot.keys.get(quoted.id)
        told = f"of_{quoted.id}" if ours else quoted.id
        replied = {"msgId": told, "senderId": PREFIX + quoted.sender, "createdAt": _ms(quoted.at)}
        replied |= (
            {"msgType": "interactiveCard"} if quoted.raw else {"msgType": "text", "content": {"text": quoted.text}}
        )
        return {
            "msgtype": "text",
            "text": {**text, "isReplyMsg": True, "repliedMsg": replied},
            "originalMsgId": told,
            **({"originalProcessQueryKey": key} if ours and key else {}),
        }

    def _without_bot(self, text: str) -> str:
        """The text without the bot's mention, which the platform takes out."""
        for name in self._names:
            text = re.sub(rf"@{re.escape(name)}(?![A-Za-z0-9_])", "", text)
        return text.strip()


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
