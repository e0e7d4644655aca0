"""`fenshen status`: how far the background work has come, in numbers over everybody together."""

from bot.serve import ground_of
from bot.settings import Settings


async def status(settings: Settings) -> int:
    """Print how many passages are found by meaning too, and whether work is waiting; 0 always."""
    async with ground_of(settings) as ground:
        made, all_ = await ground.store.embedded()
        idle = await ground.queue.idle()
    if all_:
        print(f"found by meaning: {made} of {all_} passages; the others by their words alone")
    else:
        print("found by meaning: nothing; all passages by their words alone")
    print(f"background work: {'none' if idle else 'going on'}")
    return 0
