"""The rest of the simulated API that a bot asks: itself, its scopes and connections, chats, members, people."""

from typing import Any

from starlette.requests import Request

from adapters.lark.doctor import FOR_DEPARTMENTS, GROWING, NEEDED
from adapters.lark.simulated.gateway import Gateway
from adapters.lark.simulated.paging import page
from adapters.lark.simulated.posts import TENANT_KEY
from adapters.lark.simulated.tenant import Problem, Tenant, lacking
from adapters.world import Chat, Department

Json = dict[str, Any]


class People:
    """Who there is, and where."""

    def __init__(self, tenant: Tenant, gateway: Gateway) -> None:
        self._tenant, self._gateway = tenant, gateway

    async def bot(self, request: Request, body: Json) -> Json:
        """GET /bot/v3/info"""
        return {"open_id": self._tenant.bot, "app_name": self._tenant.bot_name, "activate_status": 2}

    async def scopes(self, request: Request, body: Json) -> Json:
        """GET /application/v6/scopes"""
        denied = self._tenant.faults.denied
        all_ = (*NEEDED, *GROWING, *FOR_DEPARTMENTS)
        return {"scopes": [{"scope_name": s, "grant_status": 2 if s in denied else 1} for s in all_]}

    async def connection(self, request: Request, body: Json) -> Json:
        """GET /event/v1/connection"""
        return {"online_instance_cnt": self._gateway.connections}

    async def chats(self, request: Request, body: Json) -> Json:
        """GET /im/v1/chats: groups only"""
        self._need("im:chat:read")
        groups = [c for c in self._tenant.world.chats.values() if not c.direct]
        return page([{"chat_id": c.id, "name": c.name} for c in groups], request.query_params, most=100)

    async def chat(self, request: Request, body: Json) -> Json:
        """GET /im/v1/chats/:id"""
        self._need("im:chat:read")
        chat = self._chat(request)
        return {"name": chat.name, "chat_mode": "p2p" if chat.direct else "group", "tenant_key": TENANT_KEY}

    async def members(self, request: Request, body: Json) -> Json:
        """GET /im/v1/chats/:id/members: everybody but bots"""
        self._need("im:chat.members:read")
        people, chat = self._tenant.world.people, self._chat(request)
        items = [
            {"member_id_type": "open_id", "member_id": who, "name": people[who].name, "tenant_key": TENANT_KEY}
            for who in chat.members
            if who in people and who not in self._tenant.departed
        ]
        return {**page(items, request.query_params, most=100), "member_total": len(items)}

    async def users(self, request: Request, body: Json) -> Json:
        """GET /contact/v3/users/batch"""
        self._need("contact:user.base:readonly")
        people = self._tenant.world.people
        asked = [who for who in request.query_params.getlist("user_ids") if who in people]
        gone = self._tenant.departed
        items = [
            {
                "open_id": who,
                "name": people[who].name,
                "en_name": people[who].en_name,
                "nickname": people[who].nickname,
                "status": {"is_resigned": who in gone, "is_frozen": False},
                **self._belongs(who),
            }
            for who in asked[:50]
        ]
        return {"items": items}

    def _belongs(self, who: str) -> Json:
        """A field of its own permission, left out in silence without it; who is in no department is under the root."""
        if "contact:user.department:readonly" in self._tenant.faults.denied:
            return {}
        return {"department_ids": list(self._tenant.world.people[who].departments) or ["0"]}

    async def parents(self, request: Request, body: Json) -> Json:
        """GET /contact/v3/departments/parent: the nearest first, and never the root"""
        self._need("contact:department.organize:readonly")
        world, asked = self._tenant.world, self._department(request.query_params["department_id"])
        found = [{"open_department_id": one, "name": world.departments[one].name} for one in world.above(asked.id)]
        return page(found, request.query_params, most=50)

    async def department(self, request: Request, body: Json) -> Json:
        """GET /contact/v3/departments/:id: its name is a field of its own permission"""
        self._need("contact:contact.base:readonly")
        found = self._department(request.path_params["id"])
        denied = "contact:department.base:readonly" in self._tenant.faults.denied
        named = {} if denied else {"name": found.name}
        return {"department": {"open_department_id": found.id, **named}}

    def _department(self, id_: str) -> Department:
        found = self._tenant.world.departments.get(id_)
        if found is None:
            raise Problem(40015, "department not exist")
        return found

    def _need(self, scope: str) -> None:
        if scope in self._tenant.faults.denied:
            raise lacking(scope)

    def _chat(self, request: Request) -> Chat:
        found = self._tenant.world.chats.get(request.path_params["id"])
        if found is None:
            raise Problem(232006, "invalid chat_id")
        if found.id in self._tenant.without_bot:
            raise Problem(232011, "Operator can NOT be out of the chat.")
        return found
