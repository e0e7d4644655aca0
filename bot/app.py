"""The running bot: what it listens to, works on and sweeps, from its start to its end."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress

from adapters.base import Platform
from adapters.history import History
from bot.budget import Budget
from bot.manners import Meter
from bot.metrics import Metrics
from bot.models import limits_of, models_of
from bot.preparing import Answerer
from bot.rooms import furnish
from bot.settings import Settings
from bot.wording import Writer
from skills.ground import Ground
from skills.lease import Lease
from skills.queue import every

log = logging.getLogger("fenshen.app")

SWEEP_SECONDS = 3600.0
NO_STEP = 0.5  # seconds: a no goes out at a whole number of these after its question, for more than any search takes
HEARD = ("connected", "webhook")


class Fenshen:
    """The running bot: one inbox for all platforms, answers and jobs beside it."""

    def __init__(
        self,
        ground: Ground,
        platforms: Mapping[str, Platform],
        histories: Mapping[str, History],
        settings: Settings,
        answerer: Callable[[], Answerer] | None = None,
        step: float = NO_STEP,
    ) -> None:
        """`answerer` makes what answers; by default the double that quotes, loaded after the start."""
        self._ground = ground
        self.platforms = platforms
        self._make = answerer or self._quoting
        self._loaded: asyncio.Task[Answerer] | None = None
        self._listening: set[str] = set()
        self._models = models_of(settings)
        self.metrics = Metrics(platforms, ground.store.now)
        self._budget = Budget(limits_of(settings), ground.store.now, self.metrics)  # of answers and pages together
        rooms = furnish(ground, platforms, histories, settings, self._answerer, self._writing, self.metrics, step)
        self.answering, self.inbox, self.learning = rooms.answering, rooms.inbox, rooms.learning
        self._borrowing = rooms.borrowing
        budgets = {"lark": settings.lark_monthly_calls, "dingtalk": settings.dingtalk_monthly_calls}
        self.meter = Meter(ground.store, platforms, budgets)
        self._handlers = rooms.handlers

    async def run(self, *, listening: bool = True) -> None:
        """Listen, answer and work until cancelled; then finish what is under way, within a second.

        Not `listening`, it only works: nothing is heard, and cards that wait on the queue still go out.
        """
        holder = secrets.token_hex(8)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._ground.queue.work(self._handlers))
                tasks.create_task(every(SWEEP_SECONDS, self.sweep))
                tasks.create_task(self.meter.run())
                tasks.create_task(self._warm() if listening else every(SWEEP_SECONDS, self._catch_up))
                for platform in self.platforms.values() if listening else ():
                    tasks.create_task(self._listen(platform, holder))
        finally:
            await self.answering.aclose()
            await self._borrowing.aclose()
            with suppress(Exception):  # a database that is gone must not hold up the end
                await self.meter.flush()
            await asyncio.gather(*(platform.aclose() for platform in self.platforms.values()))

    async def idle(self) -> bool:
        """Whether no answer and no job is under way."""
        return not self.answering.busy and await self._ground.queue.idle()

    def states(self) -> Mapping[str, str]:
        """Each platform's state; `standby` where another replica holds the connection."""
        return {n: p.state if n in self._listening else "standby" for n, p in self.platforms.items()}

    async def scrape(self) -> bytes:
        """The metrics as Prometheus reads them."""
        return await self.metrics.scrape(self._ground.queue.due)

    async def _listen(self, platform: Platform, holder: str) -> None:
        """Of all replicas one holds each platform's connection: the platform gives each event to one at random."""
        lease = Lease(self._ground.database, f"listen:{platform.name}", holder)

        async def listen() -> None:
            self._listening.add(platform.name)
            try:
                await platform.listen(self.inbox.receive)
            finally:
                self._listening.discard(platform.name)

        await lease.hold(listen)

    async def sweep(self) -> None:
        """Let go of what has expired, everywhere it stands."""
        store = self._ground.store
        tidying = (store.prune, store.outlive, store.outlast, store.take_down)
        for step in (*tidying, store.close_month, store.remind, store.publish_head):
            await step()
        await self._ground.queue.prune()

    async def _warm(self) -> None:
        """Load what answers once all platforms are heard, so that the first question need not wait for it."""
        while any(platform.state not in HEARD for platform in self.platforms.values()):
            await asyncio.sleep(0.5)
        await self._answerer()
        await every(SWEEP_SECONDS, self._catch_up)

    async def _catch_up(self) -> None:
        """The model of meaning comes after what answers: a first question is answered by words alone."""
        await self._ground.store.catch_up()
        if self._models:
            await self._ground.store.write_on()

    async def _answerer(self) -> Answerer:
        if self._loaded is None:
            self._loaded = asyncio.create_task(asyncio.to_thread(self._make))
        return await asyncio.shield(self._loaded)

    def _quoting(self) -> Answerer:
        from bot.double import Double  # LangChain takes its time: only now

        return Double(self._ground.store.recall)

    def _writing(self) -> Writer:
        from bot import writing  # the client of the model: only where one is named, and only at the first need

        return writing.Writer(self._models, self._budget)
