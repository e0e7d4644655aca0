"""What is left to do after a transaction, as jobs that carry ids only: cards, history, erasures, vectors."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from skills.queue import Queue
from skills.words import Backfill, Finish, Import, Language, Strike, TakeDown, Tell

ERASE, EMBED, DISTIL, WRITE, FINISH, ORDER = "erase", "embed", "distil", "write", "finish", "order"
_ID = "ids."
Errand = Tell | Backfill | Import | Strike
Ids = dict[str, str | int | None]


async def enqueue(queue: Queue, connection: AsyncConnection, *then: Errand, **ids: str) -> None:
    """Enqueue in the caller's transaction; `ids` join those of every Tell. What would collide runs in order."""
    for errand in then:
        done = replace(errand, ids={**errand.ids, **ids}) if isinstance(errand, Tell) else errand
        await queue.defer(connection, type(done).__name__.lower(), packed(done), lock=_lock(done))


async def enqueue_erasure(queue: Queue, connection: AsyncConnection, owner: str, erasure: str) -> None:
    """Erasures of one owner are done in the order in which they were asked for."""
    await queue.defer(connection, ERASE, {"erasure": erasure}, lock=f"erase:{owner}", once=f"erase:{erasure}")


async def enqueue_order(queue: Queue, connection: AsyncConnection, event: str, what: Mapping[str, str]) -> None:
    """What is left to do of an admin's order; those about the same are done one after another, as they came."""
    about = next(what[name] for name in ("person", "chat", "scope") if name in what)
    await queue.defer(connection, ORDER, {"event": event, **what}, lock=f"order:{about}")


async def enqueue_taking_down(
    queue: Queue, connection: AsyncConnection, owner: str, language: Language | None = None
) -> None:
    """Answers that are erased go from where they stand; in a `language`, the owner is told where they stay."""
    down = TakeDown(owner.partition(":")[0], owner, language)
    lock, once = f"takedown:{owner}", f"takedown:{owner}:{language or ''}"  # who is to be told is told apart
    await queue.defer(connection, "takedown", packed(down), lock=lock, once=once)


async def enqueue_embedding(queue: Queue, connection: AsyncConnection, owner: str) -> None:
    """What an owner said gets its vectors: one job for all that waits, after the one that may be running."""
    await queue.defer(connection, EMBED, {"owner": owner}, lock=f"embed:{owner}", once=f"embed:{owner}")


async def enqueue_distilling(queue: Queue, connection: AsyncConnection, owner: str) -> None:
    """What an owner said comes to pages: one job for all that waits, after the one that may be running."""
    await queue.defer(connection, DISTIL, {"owner": owner}, lock=f"distil:{owner}", once=f"distil:{owner}")


async def enqueue_finish(
    queue: Queue, connection: AsyncConnection, finish: Finish, answer: str, after: timedelta
) -> None:
    """Look after so long whether an answer that was opened is complete."""
    await queue.defer(connection, FINISH, asdict(replace(finish, answer=answer)), delay=after)


async def enqueue_writing(queue: Queue, connection: AsyncConnection, owner: str) -> None:
    """A model may have something to write of an owner's pages: one job for all that waits."""
    await queue.defer(connection, WRITE, {"owner": owner}, lock=f"write:{owner}", once=f"write:{owner}")


async def enqueue_once(queue: Queue, connection: AsyncConnection, tell: Tell) -> None:
    """A card of a slot, unless one of it waits already: it is made of how things stand when its turn comes."""
    await queue.defer(connection, "tell", packed(tell), lock=_lock(tell), once=tell.slot)


async def enqueue_strike(queue: Queue, connection: AsyncConnection, work: Strike) -> None:
    """Strike a minute from now, when what is being recorded is there; once for whatever comes until then."""
    once = f"{_lock(work)}:{work.person}"
    await queue.defer(connection, "strike", packed(work), lock=_lock(work), delay=timedelta(minutes=1), once=once)


def packed(errand: Errand | TakeDown) -> Ids:
    """An errand as the flat arguments of its job: "tell", "backfill", "import", "strike" or "takedown"."""
    flat = asdict(errand)
    ids = flat.pop("ids", {})
    return {**flat, **{_ID + name: value for name, value in ids.items()}}


def tell(ids: Mapping[str, Any]) -> Tell:
    """The Tell that a "tell" job carries."""
    more = {name.removeprefix(_ID): str(value) for name, value in ids.items() if name.startswith(_ID)}
    plain = {name: value for name, value in ids.items() if not name.startswith(_ID)}
    return Tell(**plain, ids=more)


def backfill(ids: Mapping[str, Any]) -> Backfill:
    """The Backfill that a "backfill" job carries."""
    return Backfill(**ids)


def import_(ids: Mapping[str, Any]) -> Import:
    """The Import that an "import" job carries."""
    return Import(**ids)


def take_down(ids: Mapping[str, Any]) -> TakeDown:
    """The TakeDown that a "takedown" job carries."""
    return TakeDown(**ids)


def finish(ids: Mapping[str, Any]) -> Finish:
    """The Finish that a "finish" job carries."""
    return Finish(**ids)


def strike(ids: Mapping[str, Any]) -> Strike:
    """The Strike that a "strike" job carries."""
    return Strike(**ids)


def _lock(errand: Errand) -> str | None:
    if isinstance(errand, Tell):
        return f"slot:{errand.slot}" if errand.slot else None
    if isinstance(errand, Strike):
        return f"strike:{errand.chat}"
    return f"learn:{errand.owner}"
