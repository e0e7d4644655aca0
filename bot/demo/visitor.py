"""A script's hands on the demo page: for tests, benchmarks, and whoever wants to try something twice."""

import asyncio
import base64
from typing import Any

import httpx

PATIENCE = 60.0  # seconds until nothing is under way

Message = dict[str, Any]


class Visitor:
    """Does by the page's API what a person does in a browser; waits until nothing is under way before it reads."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        """`http` has the demo's address as its base."""
        self.http = http

    async def say(self, person: str, chat: str, text: str, reply_to: str | None = None) -> str:
        """Type into a chat; returns the message's id."""
        body = {"as": person, "chat": chat, "text": text, "reply_to": reply_to}
        answer = await self.http.post("/demo/say", json=body)
        answer.raise_for_status()
        return str(answer.json()["message"])

    async def click(self, person: str, message: str, action: str) -> str:
        """Tap a button; returns the toast."""
        body = {"as": person, "message": message, "action": action, "form": {}}
        answer = await self.http.post("/demo/click", json=body)
        answer.raise_for_status()
        return str(answer.json()["toast"])

    async def send_file(self, person: str, chat: str, data: bytes, name: str = "messages.jsonl") -> None:
        """Send a file into a chat."""
        body = {"as": person, "chat": chat, "name": name, "base64": base64.b64encode(data).decode()}
        (await self.http.post("/demo/file", json=body)).raise_for_status()

    async def direct(self, person: str) -> str:
        """The person's direct chat with the bot."""
        chats = (await self.http.get("/demo/chats", params={"as": person})).json()
        return str(next(c["id"] for c in chats if c["kind"] == "direct"))

    async def read(self, person: str, chat: str, after: int = 0) -> list[Message]:
        """What stands in a chat, once nothing is under way."""
        async with asyncio.timeout(PATIENCE):
            while True:
                answer = await self.http.get(f"/demo/chats/{chat}/messages", params={"as": person, "after": after})
                answer.raise_for_status()
                if answer.json()["quiet"]:
                    return list(answer.json()["messages"])
                await asyncio.sleep(0.02)

    async def last_card(self, person: str, chat: str) -> Message:
        """The last message with a card."""
        return [m for m in await self.read(person, chat) if m["card"]][-1]

    async def ask(self, person: str, chat: str, text: str) -> Message:
        """Ask, and return the bot's one reply; fails when there is none or more than one."""
        before = max((m["n"] for m in await self.read(person, chat)), default=0)
        await self.say(person, chat, text)
        said = [m for m in await self.read(person, chat, before) if m["sender"] == "bot"]
        assert len(said) == 1, said
        return said[0]

    async def join(self, person: str, chat: str, action: str = "join_here") -> Message:
        """Opt in with one word and one tap; returns the receipt."""
        await self.say(person, chat, "@分身 加入")
        await self.read(person, chat)
        direct = await self.direct(person)
        offer = await self.last_card(person, direct)
        await self.click(person, offer["id"], action)
        said = [m for m in await self.read(person, direct, offer["n"]) if m["card"]]
        # it takes the place of the offer where it can; pages may have come of what was found
        return next((m for m in said if m["id"] == offer["id"]), said[0])
