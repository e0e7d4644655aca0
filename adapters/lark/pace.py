"""How often Lark may be asked: so many requests in any one second, for each chat, message and app."""

import asyncio
from collections import OrderedDict, deque

_KEYS = 4096


class Pace:
    """At most `rate` turns a second for each key. Who comes early waits, in the order of coming."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._taken: OrderedDict[str, deque[float]] = OrderedDict()

    async def turn(self, key: str) -> None:
        """Return when it is this caller's turn."""
        now = asyncio.get_running_loop().time()
        times = self._taken.setdefault(key, deque(maxlen=self._rate))
        self._taken.move_to_end(key)
        if len(self._taken) > _KEYS:
            self._taken.popitem(last=False)
        at = max(now, times[0] + 1) if len(times) == self._rate else now
        times.append(at)
        if at > now:
            await asyncio.sleep(at - now)
