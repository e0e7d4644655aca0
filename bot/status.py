"""`fenshen status`: how far the background work has come, in numbers over everybody together."""

from bot.serve import ground_of
from bot.settings import Settings


async def status(settings: Settings) -> int:
    """Print how many passages are found by meaning too, and whether work is waiting; 0 always."""
    async with ground_of(settings) as ground:
        made, all_ = await ground.store.embedded()
        idle = await ground.queue.idle()
        calls = await ground.store.calls()
        objected = await ground.store.objected_chats()
    if all_:
        print(f"found by meaning: {made} of {all_} passages; the others by their words alone")
    else:
        print("found by meaning: nothing; all passages by their words alone")
    print(f"background work: {'none' if idle else 'going on'}")
    budgets = {"lark": settings.lark_monthly_calls, "dingtalk": settings.dingtalk_monthly_calls}
    for counted in calls:
        budget = budgets.get(counted.platform, 0)
        of = f" of {budget}" if budget else ""
        print(f"calls to {counted.platform}: {counted.today} today, {counted.month}{of} this month")
    for chat in objected:
        print(f"somebody objects in {chat}: what mentions or names them is kept out there")
    return 0
