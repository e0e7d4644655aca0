"""The bot's manners towards the platforms: turns to send that outlive a restart, and calls counted against a budget."""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping

from adapters.base import Platform
from adapters.metered import Frugal, Metered
from skills.queue import every
from skills.store import Store

log = logging.getLogger("fenshen.manners")

FLUSH_SECONDS = 60.0
SCARCE = 0.8  # of a month's budget: from there on the bot saves


class Turns:
    """Sends at most so often in any one second to a chat or person, and from the app; all replicas together."""

    def __init__(self, store: Store, app: str, *, a_chat: int, an_app: int) -> None:
        self._store, self._app = store, app
        self._a_chat, self._an_app = a_chat, an_app

    async def turn(self, key: str) -> None:
        """Return when it is this message's turn."""
        waits = await self._store.turn(key, self._a_chat), await self._store.turn(self._app, self._an_app)
        if ahead := max(waits):
            await asyncio.sleep(ahead)


class Meter:
    """Adds up the metered calls of each platform, now and then in one row; warns and saves when they become scarce."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], budgets: Mapping[str, int]) -> None:
        """`budgets`: calls a month by platform; 0 or none is no limit."""
        self._store, self._platforms, self._budgets = store, platforms, budgets
        self._counted: Counter[str] = Counter()
        self._scarce: dict[str, bool] = {}

    async def run(self) -> None:
        """Count until cancelled."""
        await every(FLUSH_SECONDS, self.flush)

    async def flush(self) -> None:
        """Write down what was called since; what cannot be written now is written next time."""
        news = not self._scarce
        for name, platform in self._platforms.items():
            made = platform.calls - self._counted[name] if isinstance(platform, Metered) else 0
            if made:
                await self._store.count_calls(name, made)
                self._counted[name] += made
                news = True
        if news:
            await self._weigh()

    async def _weigh(self) -> None:
        spent = {counted.platform: counted.month for counted in await self._store.calls()}
        for name, platform in self._platforms.items():
            budget = self._budgets.get(name, 0)
            scarce = bool(budget) and spent.get(name, 0) >= budget * SCARCE
            if scarce != self._scarce.get(name, False):
                log.warning(
                    "%s: %d of %d calls this month, %s",
                    name,
                    spent.get(name, 0),
                    budget,
                    "saving from now on" if scarce else "saving no more",
                )
                if isinstance(platform, Frugal):
                    platform.spare(scarce)
            self._scarce[name] = scarce
