"""A bounded number of daemon threads for blocking calls: a hanging one holds up neither the loop nor the exit."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


class Threads:
    """At most `most` calls at a time. A place is free again when its call ends, not when its caller gives up."""

    def __init__(self, name: str, most: int) -> None:
        self._name = name
        self._places = asyncio.Semaphore(most)

    async def run(self, call: Callable[[], T]) -> T:
        """What `call` returns or raises, once there is a place for it."""
        await self._places.acquire()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def settle(result: Callable[[], None]) -> None:
            self._places.release()
            if not future.done():
                result()

        def work() -> None:
            try:
                value = call()
            except Exception as error:
                failed = error
                outcome = lambda: future.set_exception(failed)  # noqa: E731
            else:
                outcome = lambda: future.set_result(value)  # noqa: E731
            with suppress(RuntimeError):  # the loop is gone, and with it whoever waited
                loop.call_soon_threadsafe(settle, outcome)

        Thread(target=work, name=self._name, daemon=True).start()
        return await future
