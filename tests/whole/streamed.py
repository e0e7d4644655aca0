"""What tests of answers that grow need: a model that can be held between two sentences, and eyes on the card."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from adapters.base import Card
from adapters.dingtalk.simulator import DingTalkSimulator
from adapters.lark.simulator import LarkSimulator
from adapters.world import BOT, Post
from bot.demo.scripted import Json, Says, given, with_arguments
from bot.demo.visiting import Visit
from skills import ledger
from skills.vault import Vault

FIRST = "回滚支付：先停网关，再跑 rollback.sh，大概 15 分钟"
SECOND = "回滚支付之后要在群里说一声，再开网关"
LIE = "回滚支付：先停网关，再跑 rollback.sh，大概 50 分钟"
ASKED = "怎么回滚支付"


def tells(*texts: str) -> Says:
    """A model that says these in this order, each of the passage that it says, or of the first one."""

    def says(request: Json) -> Json:
        passages = given(request)["passages"]
        ids = {p["text"]: p["id"] for p in passages}
        told = [{"kind": "paraphrase", "text": t, "passages": [ids.get(t, passages[0]["id"])]} for t in texts]
        return with_arguments(json.dumps({"sentences": told}, ensure_ascii=False))(request)

    return says


@dataclass
class Gate:
    """Holds the model once it has written so many sentences, until it may go on."""

    after: int = 1
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, written: str) -> None:
        """After each piece."""
        if written.count("]}") >= self.after and not self.open.is_set():
            self.reached.set()
            await self.open.wait()


@dataclass
class Chat:
    """An owner's direct chat with the bot, and everything that its reader has seen in it."""

    visit: Visit
    owner: str
    id: str
    simulator: LarkSimulator | DingTalkSimulator
    seen: list[str] = field(default_factory=list)

    @property
    def posts(self) -> list[Post]:
        """What the bot has said there."""
        bare = self.id.rpartition(":")[2]
        return [p for p in self.simulator.world.read(bare) if p.sender == BOT]

    def card(self) -> Card:
        """The last card there."""
        found = self.simulator.card(self.posts[-1])
        assert found is not None
        return found

    async def until(self, text: str) -> None:
        """Wait until the last card says so."""
        async with asyncio.timeout(20):
            while text not in self.posts[-1].text:
                await asyncio.sleep(0.01)

    async def until_gone(self, text: str, post: str) -> None:
        """Wait until this message does not say so any more."""
        async with asyncio.timeout(20):
            while text in self.simulator.world.posts[post].text:
                await asyncio.sleep(0.01)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Look at every message of the bot's all the time."""

        async def look() -> None:
            while True:
                self.seen += [post.text for post in self.posts if post.text not in self.seen]
                await asyncio.sleep(0.005)

        looking = asyncio.create_task(look())
        try:
            yield
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking

    async def kinds(self, vault: Vault) -> list[str]:
        """What the owner's ledger says of answers, in order."""
        async with self.visit.ground.database.transaction(owner=self.owner) as connection:
            entries = await ledger.entries(connection, vault, self.owner, but=())
        return [e.kind for e in entries if e.kind in ("opened", "answered", "ended", "retracted")]
