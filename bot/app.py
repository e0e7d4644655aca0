"""The composition root: every part is made here, once, and handed what it needs."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress

from adapters.base import History, Platform
from bot.agreement import Agreed
from bot.answering import Answerer, Answering
from bot.budget import Budget
from bot.clicks import Clicks
from bot.floor import Floor
from bot.inbox import Inbox
from bot.interviewing import Interviewing
from bot.jobs import handlers
from bot.learning import Learning
from bot.manners import Meter
from bot.models import limits_of, models_of, provider_of
from bot.mydata import MyData
from bot.mydouble import MyDouble
from bot.objecting import Objections
from bot.owning import Owning
from bot.previewing import Previewing
from bot.questions import Questions
from bot.reaching import Reaching
from bot.receipts import Receipts, controller_of
from bot.relaying import Relay
from bot.remembering import Remembering
from bot.reminders import Reminders
from bot.retracting import Retracting
from bot.scoping import Scoping
from bot.settings import Settings
from bot.speaking import Speaking
from bot.takeout import Takeout
from bot.taking_down import TakingDown
from bot.tells import Maker, Tells
from bot.waiting import Waiting
from bot.withholding import Withholding
from bot.wording import Wording, Writer
from skills.ground import Ground
from skills.lease import Lease
from skills.queue import every

log = logging.getLogger("fenshen.app")

SWEEP_SECONDS = 3600.0
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
    ) -> None:
        """`answerer` makes what answers; by default the double that quotes, loaded after the start."""
        store = ground.store
        self._ground = ground
        self.platforms = platforms
        self._make = answerer or self._quoting
        self._loaded: asyncio.Task[Answerer] | None = None
        self._listening: set[str] = set()
        floor, models = Floor(ground.meaning), models_of(settings)
        self._models, self._limits = models, limits_of(settings)
        wording = Wording(store, floor, provider_of(models), self._writing if models else None)
        self.answering = Answering(store, platforms, self._answerer, floor, wording)
        questions = Questions(store.now)
        objections = Objections(store, platforms)
        relay = Relay(store, platforms, questions, objections)
        reaching = Reaching(store, platforms, relay)
        remembering = Remembering(store, platforms, objections)
        waiting = Waiting(store, platforms, questions, relay, self.answering)
        interviewing = Interviewing(store, platforms, frozenset(histories), objections)
        reminders = Reminders(store, platforms, waiting)
        scoping = Scoping(store, platforms, frozenset(histories), settings.public_url)
        owning = Owning(
            Retracting(store, platforms),
            Withholding(store, platforms),
            MyData(store, platforms, questions),
            interviewing,
            reminders,
            Speaking(store, wording.provider),
            scoping,
            Previewing(store, platforms, self.answering),
        )
        clicks = Clicks(
            store,
            histories,
            self.answering,
            questions,
            relay,
            reaching,
            remembering,
            waiting,
            owning,
            settings.language,
        )
        self.inbox = Inbox(
            store,
            platforms,
            self.answering,
            questions,
            clicks,
            relay,
            remembering,
            objections,
            owning,
            settings.language,
        )
        receipts = Receipts(store, controller_of(settings))
        takeout = Takeout(store, platforms, controller_of(settings))
        mine = MyDouble(store, platforms, waiting, scoping)
        gathered: dict[str, Maker] = {
            "scopes": mine.card,
            "more": mine.more,
            "put": waiting.form,
            "rules": Agreed(store).card,
            "receipt": receipts.told,
            "why": owning.retracting.explained,
            "retracted": owning.retracting.retracted,
            "withheld": owning.withholding.card,
            "export": takeout.how,
            "export_file": takeout.send,
            "mydata": owning.mydata.card,
            "interview": interviewing.card,
            "interview_where": interviewing.where,
            "renewal": reminders.renewal,
            "scope": scoping.card,
            "scope_offer": scoping.offer_card,
            "scope_declined": scoping.declined,
            "scope_changed": scoping.changed,
            "scope_notice": scoping.notice,
            "weekly": reminders.weekly,
            "speak": owning.speaking.card,
        }
        tells = Tells(store, platforms, frozenset(histories), settings.public_url, gathered)
        budgets = {"lark": settings.lark_monthly_calls, "dingtalk": settings.dingtalk_monthly_calls}
        self.meter = Meter(store, platforms, budgets)
        self.learning = Learning(store, platforms, histories, tells, objections)
        taking_down = TakingDown(store, platforms, owning.retracting)
        self._handlers = handlers(store, tells, self.learning, objections, taking_down)

    async def run(self, *, listening: bool = True) -> None:
        """Listen, answer and work until cancelled; then finish what is under way, within a second.

        Not `listening`, it only works: nothing is heard, and cards that wait on the queue still go out.
        """
        holder = secrets.token_hex(8)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._ground.queue.work(self._handlers))
                tasks.create_task(self._sweep())
                tasks.create_task(self.meter.run())
                tasks.create_task(self._warm() if listening else every(SWEEP_SECONDS, self._catch_up))
                for platform in self.platforms.values() if listening else ():
                    tasks.create_task(self._listen(platform, holder))
        finally:
            await self.answering.aclose()
            with suppress(Exception):  # a database that is gone must not hold up the end
                await self.meter.flush()
            await asyncio.gather(*(platform.aclose() for platform in self.platforms.values()))

    async def idle(self) -> bool:
        """Whether no answer and no job is under way."""
        return not self.answering.busy and await self._ground.queue.idle()

    def states(self) -> Mapping[str, str]:
        """Each platform's state; `standby` where another replica holds the connection."""
        return {n: p.state if n in self._listening else "standby" for n, p in self.platforms.items()}

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

    async def _sweep(self) -> None:
        """Let go of what has expired; a sweep that fails is made up for by the next."""
        while True:
            try:
                await self._ground.store.prune()
                await self._ground.store.outlive()
                await self._ground.store.close_month()
                await self._ground.store.remind()
                await self._ground.store.publish_head()
                await self._ground.queue.prune()
            except Exception as error:
                log.warning("a sweep failed: %s", type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)

    async def _warm(self) -> None:
        """Load what answers once all platforms are heard, so that the first question need not wait for it."""
        while any(platform.state not in HEARD for platform in self.platforms.values()):
            await asyncio.sleep(0.5)
        await self._answerer()
        await every(SWEEP_SECONDS, self._catch_up)

    async def _catch_up(self) -> None:
        """The model of meaning comes after what answers: a first question is answered by words alone."""
        await self._ground.store.catch_up()

    async def _answerer(self) -> Answerer:
        if self._loaded is None:
            self._loaded = asyncio.create_task(asyncio.to_thread(self._make))
        return await asyncio.shield(self._loaded)

    def _quoting(self) -> Answerer:
        from bot.double import Double  # LangChain takes its time: only now

        return Double(self._ground.store.recall)

    def _writing(self) -> Writer:
        from bot import writing  # the client of the model: only where one is named, and only at the first need

        return writing.Writer(self._models, Budget(self._limits, self._ground.store.now))
