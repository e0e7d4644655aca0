"""The demo page's API: what a person of the simulated company sees, says and taps. Never part of `fenshen serve`."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field

from adapters.world import BOT, Chat, Person, Simulator
from bot.demo.company import TENANT, Company, Walk
from bot.demo.drawing import drawn, drawn_chat, full
from bot.demo.learned import Learned
from bot.demo.week import Week

PAGE = Path(__file__).parent / "page"
CALLS = ("@分身", "@bot")
MOST_TEXT = 12 * 2**20
MOST_FILE = 64 * 2**20
As = Annotated[str, Query(alias="as")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    person: str = Field(alias="as")


class Say(_Body):
    """Something typed into a chat; `@分身` and `@bot` become a real mention, as do members' names."""

    chat: str
    text: str = Field(max_length=MOST_TEXT)
    reply_to: str | None = None


class Tap(_Body):
    """A tap on a card's button."""

    message: str
    action: str
    form: dict[str, str] = {}


class Scope(BaseModel):
    """A scope of the guided week, as an admin writes it."""

    scope: str


class Slow(BaseModel):
    """How long Lark takes for each page of a chat's history, as on a busy day."""

    seconds: float = Field(ge=0, le=5)


class Upload(_Body):
    """A file sent into a chat."""

    chat: str
    name: str = Field(min_length=1, max_length=200)
    base64: str = Field(max_length=MOST_FILE * 4 // 3 + 4)


@dataclass(frozen=True, slots=True)
class Stage:
    """The simulated platforms by name, and whether nothing is under way anywhere."""

    simulators: Mapping[str, Simulator]
    company: Company
    quiet: Callable[[], Awaitable[bool]]
    offer: Callable[[Week], Awaitable[None]]  # as an admin does who writes a scope
    take: Callable[[str], Awaitable[bytes]]  # as an operator does by `fenshen export`, whom its owner tells the code
    slow: Callable[[float], None]
    model: bool = False  # whether one writes for owners who agree to it

    def acting(self, person: str) -> tuple[str, Simulator, Person]:
        """Whom the page acts as, with their platform. Raises 404."""
        platform, _, bare = person.replace(f":{TENANT}:", "::", 1).partition("::")
        simulator = self.simulators.get(platform)
        found = simulator.world.people.get(bare) if simulator else None
        if simulator is None or found is None:
            raise HTTPException(404, "nobody has this id: GET /demo/people lists everybody")
        return platform, simulator, found

    def chat(self, person: str, chat: str) -> tuple[str, Simulator, Person, Chat]:
        """A chat that this person is in. Raises 404 for others."""
        platform, simulator, found = self.acting(person)
        place = simulator.world.chats.get(chat.rpartition(":")[2])
        if place is None or found.id not in place.members:
            raise HTTPException(404, "this person is in no such chat: GET /demo/chats?as=PERSON lists theirs")
        return platform, simulator, found, place


def demo_router(stage: Stage) -> APIRouter:
    """The page and its API."""
    router = APIRouter()
    router.mount("/demo/page", StaticFiles(directory=PAGE))
    router.add_api_route("/", _page, include_in_schema=False)
    _add_reading(router, stage)
    _add_doing(router, stage)
    _add_staging(router, stage)
    return router


async def _page() -> FileResponse:
    return FileResponse(PAGE / "index.html", headers={"Content-Security-Policy": "default-src 'self'"})


def _add_reading(router: APIRouter, stage: Stage) -> None:
    @router.get("/demo/people")
    async def people() -> list[dict[str, Any]]:
        return [
            {"id": full(name, p.id), "name": p.name, "platform": name, "language": p.language}
            for name, simulator in stage.simulators.items()
            for p in simulator.world.people.values()
        ]

    @router.get("/demo/chats")
    async def chats(person: As) -> list[dict[str, Any]]:
        platform, simulator, found = stage.acting(person)
        return [drawn_chat(platform, c) for c in simulator.world.chats.values() if found.id in c.members]

    @router.get("/demo/chats/{chat}/messages")
    async def messages(chat: str, person: As, after: int = 0) -> dict[str, Any]:
        platform, simulator, _, place = stage.chat(person, chat)
        quiet = await stage.quiet()
        posts = simulator.world.read(place.id, after)
        return {"quiet": quiet, "messages": [drawn(platform, simulator, p) for p in posts]}

    @router.get("/demo/guide")
    async def guide() -> dict[str, Any]:
        company = stage.company
        return {
            "steps": [{**_walk(walk), "file": _file(company, walk)} for walk in company.guide],
            "weeks": [asdict(week) for week in company.weeks],
            "learned": [{**asdict(one), "file": _file(company, one)} for one in company.learned],
            "model": stage.model,
        }

    @router.get("/demo/files/{message}")
    async def file(message: str, person: As) -> Response:
        _, simulator, found = stage.acting(person)
        post = simulator.world.posts.get(message)
        if post is None or post.file is None or found.id not in simulator.world.chats[post.chat].members:
            raise HTTPException(404, "this person was sent no such file")
        named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(post.file[0], safe='')}"}
        return Response(post.file[1], media_type="application/octet-stream", headers=named)


def _add_doing(router: APIRouter, stage: Stage) -> None:
    @router.post("/demo/say")
    async def say(body: Say) -> dict[str, str]:
        _, simulator, found, place = stage.chat(body.person, body.chat)
        if body.reply_to is not None and body.reply_to not in simulator.world.posts:
            raise HTTPException(404, "there is no message of this id to reply to")
        text, mentions = _mentions(simulator, place, body.text)
        return {"message": await simulator.say(found.id, place.id, text, reply_to=body.reply_to, mentions=mentions)}

    @router.post("/demo/click")
    async def click(body: Tap) -> dict[str, str]:
        _, simulator, found = stage.acting(body.person)
        post = simulator.world.posts.get(body.message)
        if post is None or found.id not in simulator.world.chats[post.chat].members:
            raise HTTPException(404, "this person sees no such message")
        try:
            return {"toast": await simulator.click(found.id, post.id, body.action, body.form)}
        except KeyError:
            raise HTTPException(404, "the card has no such button") from None

    @router.post("/demo/file")
    async def upload(body: Upload) -> dict[str, str]:
        _, simulator, found, place = stage.chat(body.person, body.chat)
        try:
            data = base64.b64decode(body.base64, validate=True)
        except (binascii.Error, ValueError):
            raise HTTPException(422, "the file is not base64") from None
        return {"message": await simulator.say(found.id, place.id, "", file=(body.name, data))}


def _add_staging(router: APIRouter, stage: Stage) -> None:
    """What somebody else than a person of the chats does: an admin, the operator, the platform itself."""

    @router.post("/demo/scope")
    async def scope(body: Scope) -> dict[str, str]:
        week = next((one for one in stage.company.weeks if one.scope == body.scope), None)
        if week is None:
            raise HTTPException(404, "the company's week knows no such scope")
        await stage.offer(week)
        return {"scope": week.scope}

    @router.post("/demo/slow")
    async def slow(body: Slow) -> dict[str, float]:
        stage.slow(body.seconds)
        return {"seconds": body.seconds}

    @router.post("/demo/export")
    async def export(body: _Body) -> dict[str, str]:
        stage.acting(body.person)
        return {"base64": base64.b64encode(await stage.take(body.person)).decode()}


def _mentions(simulator: Simulator, chat: Chat, text: str) -> tuple[str, list[str]]:
    """Who a typed text really mentions; the bot's names are made one."""
    found: list[str] = []
    bot_name = CALLS[0].removeprefix("@")
    for call in CALLS:
        if call in text:
            text = text.replace(call, f"@{bot_name}")
            found = [BOT]
    people = simulator.world.people
    names = sorted((people[m].name, m) for m in chat.members)
    return text, found + [member for name, member in names if f"@{name}" in text]


def _walk(walk: Walk) -> dict[str, Any]:
    told = {"platform": walk.platform, "chat": walk.chat, "owner": walk.owner, "asker": walk.asker}
    return {**told, "question": dict(walk.question)}


def _file(company: Company, walk: Walk | Learned) -> dict[str, str] | None:
    """What the owner hands over where a bot cannot read what was said before."""
    if walk.platform != "dingtalk":
        return None
    data = company.sample_file(walk.owner, walk.chat)
    return {"name": "messages.jsonl", "base64": base64.b64encode(data).decode()}
