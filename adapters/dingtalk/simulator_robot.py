"""The simulated robot interface: messages into groups and to people, session webhooks, files, and who somebody is."""

import json
import secrets
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.dingtalk.markdown import plain
from adapters.dingtalk.simulator_rest import Answer, Body, Door, Rejected
from adapters.world import BOT, Person, World

LARGEST = 20_000  # bytes of a session webhook's body


class Unknown(Exception):
    """The directory has no such person or department; `code` is the older interface's."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def direct_chat(world: World, staff: str) -> str | None:
    """The person's chat with the bot; None if there is none, because nobody is called that."""
    return next((chat.id for chat in world.chats.values() if chat.direct and staff in chat.members), None)


class Robot:
    """What the bot sends as a robot becomes posts of the world, as a reader sees them."""

    def __init__(self, world: World, door: Door, code: str) -> None:
        self.sessions: dict[str, str] = {}  # session → chat
        self.keys: dict[str, str] = {}  # post → the key by which a quote of it tells what is quoted
        self.files: dict[str, tuple[str, bytes]] = {}  # download code → file
        self.base = ""  # where files are fetched from
        self._world = world
        self._door = door
        self._code = code

    def routes(self) -> list[Route]:
        """Every endpoint, by the platform's own paths."""
        door = self._door
        return [
            Route("/v1.0/robot/groupMessages/send", door.guarded(self._group), methods=["POST"]),
            Route("/v1.0/robot/oToMessages/batchSend", door.guarded(self._direct), methods=["POST"]),
            Route("/v1.0/robot/messageFiles/download", door.guarded(self._address), methods=["POST"]),
            Route("/robot/sendBySession", door.open(self._by_session), methods=["POST"]),
            Route("/topapi/v2/user/get", door.open(self._legacy(self._user)), methods=["POST"]),
            Route("/topapi/v2/department/listparentbyuser", door.open(self._legacy(self._above)), methods=["POST"]),
            Route("/topapi/v2/department/get", door.open(self._legacy(self._department)), methods=["POST"]),
            Route("/files/{code}", self._file),
        ]

    def session(self, chat: str) -> str:
        """A new session for a chat, for `sendBySession`."""
        session = secrets.token_urlsafe(16)
        self.sessions[session] = chat
        return session

    def keep(self, file: tuple[str, bytes]) -> str:
        """A download code for a file that somebody sent."""
        code = secrets.token_urlsafe(208)  # the platform's own have up to 280 characters
        self.files[code] = file
        return code

    def _group(self, body: Body) -> Answer:
        self._own(body)
        chat = self._world.chats.get(body["openConversationId"])
        if chat is None or chat.direct:
            raise Rejected(400, "invalidParameter.openConversationId.notFound")
        key = secrets.token_hex(8)
        self._say(chat.id, body, key)
        return {"processQueryKey": key}

    def _direct(self, body: Body) -> Answer:
        self._own(body)
        people = body["userIds"]
        if not isinstance(people, list) or not 1 <= len(people) <= 20:
            raise Rejected(400, "invalidParameter.userIds")
        held = [one for one in people if one in self._door.faults.held_back]
        chats = {one: direct_chat(self._world, one) for one in people if one not in held}
        invalid = [one for one, chat in chats.items() if chat is None]
        key = secrets.token_hex(8)
        for chat in chats.values():
            if chat is not None:
                self._say(chat, body, key)
        answer = {"invalidStaffIdList": invalid, "flowControlledStaffIdList": held}
        return {"processQueryKey": key, **answer}

    def _own(self, body: Body) -> None:
        if body["robotCode"] != self._code:
            raise Rejected(400, "invalidParameter.robotCode")

    def _say(self, chat: str, body: Body, key: str) -> None:
        parameter = json.loads(body["msgParam"])
        if body["msgKey"] == "sampleText":
            post = self._world.post(chat, BOT, parameter["content"])
        elif body["msgKey"] == "sampleMarkdown" and parameter["title"] and parameter["text"]:
            post = self._world.post(chat, BOT, plain(parameter["text"]))
        else:
            raise Rejected(400, "invalidParameter.msgParam")
        self.keys[post.id] = key

    def _by_session(self, request: Request, body: Body) -> Answer:
        chat = self.sessions.get(request.query_params.get("session", ""))
        if chat is None:
            return {"errcode": 300001, "errmsg": "session 不存在"}
        if int(request.headers["content-length"]) > LARGEST:
            return {"errcode": 460101, "errmsg": "message too long"}
        if body["msgtype"] == "markdown":
            if not body["markdown"]["title"]:
                return {"errcode": 40035, "errmsg": "title"}
            text = plain(body["markdown"]["text"])
        else:
            text = body["text"]["content"]
        # A mention needs both: the id in `at`, and `@id` in the text.
        called = [one for one in body.get("at", {}).get("atUserIds", []) if f"@{one}" in text]
        for one in called:
            text = text.replace(f"@{one}", f"@{self._world.people[one].name}")
        self._world.post(chat, BOT, text, mentions=tuple(called))
        return {"errcode": 0, "errmsg": "ok"}

    def _legacy(self, answer: Callable[[Body], Answer]) -> Callable[[Request, Body], Answer]:
        """The older interface: its token in the address, and every failure dressed as a success."""

        def checked(request: Request, body: Body) -> Answer:
            if request.query_params.get("access_token") not in self._door.tokens:
                return {"errcode": 40014, "errmsg": "不合法的access_token"}
            missing = self._door.faults.denied.get(request.url.path)
            if missing:
                said = f"应用尚未开通所需的权限：[{', '.join(missing)}]"
                return {"errcode": 88, "errmsg": "ding talk error", "sub_code": "60011", "sub_msg": said}
            try:
                return {"errcode": 0, "errmsg": "ok", "result": answer(body)}
            except Unknown as unknown:
                return {"errcode": unknown.code, "errmsg": "找不到"}

        return checked

    def _user(self, body: Body) -> Answer:
        person = self._person(body)
        return {"userid": person.id, "name": person.name, "dept_id_list": [int(d) for d in person.departments] or [1]}

    def _above(self, body: Body) -> Answer:
        own = self._person(body).departments
        lists = [[int(d), *(int(up) for up in self._world.above(d)), 1] for d in own] or [[1]]
        return {"parent_list": [{"parent_dept_id_list": ids} for ids in lists]}

    def _department(self, body: Body) -> Answer:
        found = self._world.departments.get(str(body["dept_id"]))
        if found is None:
            raise Unknown(60003)
        return {"dept_id": int(found.id), "name": found.name, "parent_id": int(found.parent or 1)}

    def _person(self, body: Body) -> Person:
        person = self._world.people.get(body["userid"])
        if person is None:
            raise Unknown(60121)
        return person

    def _address(self, body: Body) -> Answer:
        self._own(body)
        if body["downloadCode"] not in self.files:
            raise Rejected(400, "invalidParameter.downloadCode")
        return {"downloadUrl": f"{self.base}/files/{body['downloadCode']}?signature={secrets.token_hex(8)}"}

    async def _file(self, request: Request) -> Response:
        found = self.files.get(request.path_params["code"])
        if found is None or not request.query_params.get("signature"):
            return Response(status_code=403)
        return Response(found[1], media_type="application/octet-stream")
