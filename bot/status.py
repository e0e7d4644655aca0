"""`fenshen status`: how far the background work has come, in numbers over everybody together."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from bot.serve import ground_of
from bot.settings import Settings

WATCHED = 3.0  # seconds between two counts, by which work that goes on is timed


async def status(settings: Settings) -> int:
    """Print how many passages are found by meaning too, and whether work is waiting; 0 always."""
    async with ground_of(settings) as ground:
        waiting = await ground.queue.waiting()
        before, _ = await ground.store.embedded()
        await asyncio.sleep(WATCHED if "embed" in waiting else 0)
        made, all_ = await ground.store.embedded()
        calls = await ground.store.calls()
        objected = await ground.store.objected_chats()
    if all_:
        eta = left(all_ - made, made - before, WATCHED)
        print(f"found by meaning: {made} of {all_} passages; the others by their words alone{eta}")
    else:
        print("found by meaning: nothing; all passages by their words alone")
    print(f"background work: {told(waiting)}")
    budgets = {"lark": settings.lark_monthly_calls, "dingtalk": settings.dingtalk_monthly_calls}
    for counted in calls:
        budget = budgets.get(counted.platform, 0)
        of = f" of {budget}" if budget else ""
        print(f"calls to {counted.platform}: {counted.today} today, {counted.month}{of} this month")
    for chat in objected:
        print(f"somebody objects in {chat}: what mentions or names them is kept out there")
    return 0


def told(waiting: Mapping[str, int]) -> str:
    """How many jobs of each kind run or are due."""
    return ", ".join(f"{many} {kind}" for kind, many in sorted(waiting.items())) or "none"


def left(to_do: int, done: int, seconds: float) -> str:
    """How long what is left will take at the pace just seen; nothing where there is none."""
    if to_do <= 0 or done <= 0:
        return ""
    return f"; about {timedelta(seconds=round(to_do * seconds / done))} to go"
