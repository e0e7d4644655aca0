"""The work that waits on the queue, each kind with the one who does it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.learning import Learning
from bot.objecting import Objections
from bot.page_writing import PageWriting
from bot.streaming import Streaming
from bot.taking_down import TakingDown
from bot.tells import Tells
from skills import errands
from skills.store import Store

Handler = Callable[[Mapping[str, Any]], Awaitable[None]]


def handlers(
    store: Store,
    tells: Tells,
    learning: Learning,
    objections: Objections,
    taking_down: TakingDown,
    streaming: Streaming,
    page_writing: PageWriting,
) -> Mapping[str, Handler]:
    """By name of the job; every one may run twice with the effect of once."""

    async def tell(ids: Mapping[str, Any]) -> None:
        await tells.tell(errands.tell(ids))

    async def backfill(ids: Mapping[str, Any]) -> None:
        await learning.backfill(errands.backfill(ids))

    async def read_file(ids: Mapping[str, Any]) -> None:
        await learning.read_file(errands.import_(ids))

    async def strike(ids: Mapping[str, Any]) -> None:
        await objections.strike(errands.strike(ids))

    async def take_down(ids: Mapping[str, Any]) -> None:
        await taking_down.take_down(errands.take_down(ids))

    async def finish(ids: Mapping[str, Any]) -> None:
        await streaming.left_behind(errands.finish(ids))

    async def erase(ids: Mapping[str, Any]) -> None:
        await store.erase(str(ids["erasure"]))

    return {
        "tell": tell,
        "backfill": backfill,
        "import": read_file,
        "strike": strike,
        "takedown": take_down,
        errands.FINISH: finish,
        errands.ERASE: erase,
        errands.ORDER: store.carry_out,
        errands.EMBED: _of(store.embed),
        errands.DISTIL: _of(store.distil),
        errands.WRITE: _of(page_writing.write),
    }


def _of(work: Callable[[str], Awaitable[object]]) -> Handler:
    """What is done of one owner's by a job that carries nothing else."""

    async def done(ids: Mapping[str, Any]) -> None:
        await work(str(ids["owner"]))

    return done
