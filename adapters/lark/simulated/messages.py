"""The message API of the simulated platform: send, reply, edit, replace, recall, read, list, fetch a file."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from adapters.lark.reading import read_card
from adapters.lark.simulated.cardkit import CardKit
from adapters.lark.simulated.check import flaw
from adapters.lark.simulated.form import read_form
from adapters.lark.simulated.paging import page
from adapters.lark.simulated.posts import history_item, ms, root
from adapters.lark.simulated.tenant import Problem, Tenant, lacking
from adapters.world import BOT, Post

Json = dict[str, Any]

_LARGEST_CARD = 30 * 1024
_LARGEST_TEXT = 150 * 1024
_LARGEST_FILE = 30 * 2**20


class Messages:
    """Messages of one tenant's world."""

    def __init__(self, tenant: Tenant, cards: CardKit) -> None:
        self._tenant, self._world, self._cards = tenant, tenant.world, cards

    async def create(self, request: Request, body: Json) -> Json:
        """POST /im/v1/messages"""
        kind, receiver = request.query_params.get("receive_id_type"), str(body.get("receive_id"))
        if kind == "open_id":
            receiver = self._direct(receiver)
        elif kind != "chat_id":
            raise Problem(230001, "receive_id_type")
        if receiver not in self._world.chats or receiver in self._tenant.without_bot:
            raise Problem(230002, "The bot can not be outside the group.")
        return self._once(body, receiver)

    async def reply(self, request: Request, body: Json) -> Json:
        """POST /im/v1/messages/:id/reply"""
        parent, thread = self._standing(request), None
        if body.get("reply_in_thread") or parent.thread:
            thread = parent.thread or f"omt_{parent.id}"
        if body.get("reply_in_thread") and not parent.thread:
            self._world.edit(parent.id, thread=thread, edited=parent.edited)
        return self._once(body, parent.chat, reply_to=parent.id, thread=thread)

    async def patch(self, request: Request, body: Json) -> Json:
        """PATCH /im/v1/messages/:id: replace a card"""
        post = self._standing(request, own=True)
        if post.raw is None:
            raise Problem(230001, "This message is NOT a card.")
        if self._cards.of(post.id) is not None:
            raise Problem(230001, "The card of this message is changed by its id.")
        shown = self._shown({"msg_type": "interactive", "content": body.get("content")})
        self._world.edit(post.id, **shown)
        return {}

    async def put(self, request: Request, body: Json) -> Json:
        """PUT /im/v1/messages/:id: edit a text or post"""
        post = self._standing(request, own=True)
        if post.raw is not None or body.get("msg_type") not in ("text", "post"):
            raise Problem(230001, "only text and post can be edited")
        self._world.edit(post.id, **self._shown(body))
        return self._told(self._world.posts[post.id])

    async def delete(self, request: Request, body: Json) -> Json:
        """DELETE /im/v1/messages/:id"""
        self._world.edit(self._standing(request, own=True).id, recalled=True, text="", raw=None)
        return {}

    async def get(self, request: Request, body: Json) -> Json:
        """GET /im/v1/messages/:id"""
        return {"items": [history_item(self._tenant, self._post(request))]}

    async def react(self, request: Request, body: Json) -> Json:
        """POST /im/v1/messages/:id/reactions"""
        return {"reaction_id": f"r_{self._standing(request).id}", "reaction_type": body.get("reaction_type")}

    async def list(self, request: Request, body: Json) -> Json:
        """GET /im/v1/messages: a chat's thread roots, or one thread"""
        query = request.query_params
        self._may_list(request)
        await asyncio.sleep(self._tenant.faults.listing)
        kind, container = query.get("container_id_type"), query.get("container_id", "")
        if kind == "thread":
            threads = [p for p in self._world.posts.values() if p.thread == container]
            found = [p for p in threads if self._sees(request, p.chat)]
        elif self._sees(request, container):
            found = [p for p in self._world.posts.values() if p.chat == container and not self._inner(p)]
        else:
            raise Problem(230002, "The bot can not be outside the group.")
        start, end = int(query.get("start_time") or 0), int(query.get("end_time") or 2**40)
        if kind == "chat":
            found = [p for p in found if start <= p.at.timestamp() <= end]
        found.sort(key=lambda p: p.at, reverse=query.get("sort_type") == "ByCreateTimeDesc")
        return page([history_item(self._tenant, p) for p in found], query, most=50)

    def _may_list(self, request: Request) -> None:
        """A person's token lists what it was given for; the app's, what admins have approved."""
        denied, own, lent = self._tenant.faults.denied, "im:message.group_msg", "im:message.group_msg:get_as_user"
        if own in denied if request.state.person is None else lent not in request.state.scopes:
            raise Problem(230027, "Lack of necessary permissions.")

    def _sees(self, request: Request, chat: str) -> bool:
        """Whether whoever asks is in the chat: the bot, or the person whose token it is."""
        found, person = self._world.chats.get(chat), request.state.person
        if found is None:
            return False
        return chat not in self._tenant.without_bot if person is None else person in found.members

    async def resource(self, request: Request, body: Json) -> Response:
        """GET /im/v1/messages/:id/resources/:key"""
        post = self._post(request)
        if "im:resource" in self._tenant.faults.denied:
            raise lacking("im:resource")
        if (
            not post.file
            or request.path_params["key"] != f"file_{post.id}"
            or request.query_params.get("type") != "file"
        ):
            raise Problem(234003, "File not in msg.")
        return Response(post.file[1], media_type="application/octet-stream")

    async def upload(self, request: Request, body: Json) -> Json:
        """POST /im/v1/files: a form with the kind, the name and the file"""
        if "im:resource" in self._tenant.faults.denied:
            raise lacking("im:resource")
        form = read_form(request.headers.get("content-type", ""), await request.body())
        if (
            form.get("file_type") != b"stream"
            or not form.get("file_name")
            or not 0 < len(form["file"]) <= _LARGEST_FILE
        ):
            raise Problem(234001, "Invalid request param.")
        key = f"file_v3_{len(self._tenant.files) + 1}"
        self._tenant.files[key] = (form["file_name"].decode(), form["file"])
        return {"file_key": key}

    def _inner(self, post: Post) -> bool:
        return bool(post.thread and root(self._tenant, post))

    def _post(self, request: Request) -> Post:
        found = self._world.posts.get(request.path_params["id"])
        if found is None:
            raise Problem(230001, "invalid message_id")
        return found

    def _standing(self, request: Request, *, own: bool = False) -> Post:
        post = self._post(request)
        if post.recalled:
            raise Problem(230011, "The message was recalled.")
        if own and post.sender != BOT:
            raise Problem(230001, "The message is not the bot's own.")
        return post

    def _direct(self, person: str) -> str:
        chats = (c.id for c in self._world.chats.values() if c.direct and person in c.members)
        found = next(chats, None)
        if found is None or person in self._tenant.departed:
            raise Problem(230013, "Bot has NO availability to this user.")
        return found

    def _once(self, body: Json, chat: str, **more: Any) -> Json:
        """Post, unless the same uuid was posted before: then tell of that one."""
        uuid = str(body.get("uuid") or "")
        if len(uuid) > 50:
            raise Problem(230001, "uuid")
        if uuid and uuid in self._tenant.uuids:
            return self._told(self._world.posts[self._tenant.uuids[uuid]])
        entity = self._entity(body)
        shown = self._shown(body) if entity is None else _drawn(self._cards.sent(entity))
        post = self._world.post(chat, BOT, **shown, **more)
        if entity is not None:
            self._cards.placed(entity, post.id)
        if uuid:
            self._tenant.uuids[uuid] = post.id
        return self._told(post)

    def _entity(self, body: Json) -> str | None:
        """The id of the card that a message is to be; None: it brings its own."""
        content = json.loads(body["content"]) if body.get("msg_type") == "interactive" else {}
        return str(content["data"]["card_id"]) if content.get("type") == "card" else None

    def _shown(self, body: Json) -> Json:
        """What the message shows: its text, and its card where it is one."""
        kind, raw = body.get("msg_type"), body.get("content")
        if not isinstance(raw, str):
            raise Problem(230001, "content must be a string")
        if len(raw.encode()) > (_LARGEST_CARD if kind == "interactive" else _LARGEST_TEXT):
            raise Problem(230099, "Failed to create card content, ErrCode: 11310; ErrMsg: too large")
        content = json.loads(raw)
        if kind == "interactive":
            if found := flaw(content):
                raise Problem(230099, f"Failed to create card content, ErrCode: 200621; ErrMsg: {found}")
            return {"text": read_card(content).text, "raw": content}
        if kind == "post":
            return {"text": "\n".join(_lines(content))}
        if kind == "file":
            return {"text": "", "file": self._tenant.files[content["file_key"]]}
        if kind == "text":
            return {"text": str(content["text"])}
        raise Problem(230001, "msg_type")

    def _told(self, post: Post) -> Json:
        return {"message_id": post.id, "chat_id": post.chat, "thread_id": post.thread, "create_time": ms(post.at)}


def _drawn(raw: Json) -> Json:
    """A card, as a copy of its own: what is changed later is drawn anew."""
    return {"text": read_card(raw).text, "raw": json.loads(json.dumps(raw))}


def _lines(content: Json) -> Sequence[str]:
    spoken = next(iter(content.values())) if "content" not in content else content
    lines = ["".join(span.get("text", "") for span in line) for line in spoken["content"]]
    return [spoken["title"], *lines] if spoken.get("title") else lines
