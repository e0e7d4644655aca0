"""What an order means for those whom it touches, done once by the queue after it is in force and answered."""

from collections.abc import Mapping
from typing import Any

from skills import claims, drafts, errands, freezing, handing, news, ruling, scopes
from skills.ordering import Hands
from skills.parts import Parts
from skills.words import Claim


class Carrying(Parts):
    """So that the time in which an admin is answered tells nothing of whom an order touched, or how much."""

    async def carry_out(self, ids: Mapping[str, Any]) -> None:
        """Do what is left of one order; a second time nothing."""
        event, now = str(ids["event"]), self._clock()
        async with self._database.transaction() as connection:
            if not await claims.take(connection, Claim("order", event), now):
                return
            hands = Hands(connection, self._vault, self._queue, "", event, now)
            match str(ids["what"]):
                case "scope":
                    await _scope(hands, str(ids["scope"]), int(ids["version"]))
                case "forbidden" | "allowed" as what:
                    await ruling.turned(hands, str(ids["chat"]), what)
                case "left":
                    await freezing.left(hands, str(ids["person"]))
                case "returned":
                    await freezing.returned(hands, str(ids["person"]))
                case "handover":
                    await handing.ended(hands, str(ids["person"]))
                case what:
                    await freezing.turned(hands, str(ids["person"]), what)


async def _scope(hands: Hands, name: str, version: int) -> None:
    """Whoever is under it, or joined it, needs a fresh grant, and is told if anything changed for them."""
    before, after = [await scopes.at(hands.connection, name, n) for n in (version - 1, version)]
    await scopes.stale(hands.connection, name, version)
    await drafts.settle_all(hands.connection, hands.now)
    for tell in await news.of_change(hands.connection, name, before, after, hands.event):
        await errands.enqueue(hands.queue, hands.connection, tell)
