"""AI cards that grow while they are read: each update a metered call, and every card finalised exactly once."""

import asyncio
import logging
import time
from dataclasses import dataclass
from uuid import uuid4

from adapters.base import Card, PlatformError, Refused
from adapters.dingtalk import cards
from adapters.dingtalk.recent import Recent
from adapters.dingtalk.rest import Denied, Rest

log = logging.getLogger("fenshen.dingtalk.growing")

STREAM = "/v1.0/card/streaming"


@dataclass(slots=True)
class _Grown:
    """What a card shows so far, and since when; `open` until it is finalised."""

    text: str
    at: float
    open: bool = True


class Growing:
    """One app's growing cards, by the ids that we chose for them."""

    def __init__(self, rest: Rest, *, wanted: bool, pause: float) -> None:
        """`pause`: seconds between two updates of a card."""
        self.granted = wanted  # until DingTalk says that the permission is missing
        self._rest, self._pause = rest, pause
        self._known: Recent[str, _Grown] = Recent()

    def begun(self, track: str, card: Card) -> None:
        """This card was sent, and grows."""
        self._known.put(track, _Grown(card.text, time.monotonic()))

    async def grow(self, track: str, card: Card) -> None:
        """Show the whole text so far. A card that cannot grow stands as it was sent."""
        grown = self._known.get(track)
        if grown is None or not grown.open:
            return
        await asyncio.sleep(max(0.0, grown.at + self._pause - time.monotonic()))
        try:
            await self._stream(track, card)
        except Refused as error:
            self.granted = self.granted and not isinstance(error, Denied)
            grown.open = False
            log.warning("card %s grows no more: %s", track, error)
        else:
            grown.text = card.text
        grown.at = time.monotonic()

    async def finalise(self, track: str, card: Card, *, began_here: bool = True) -> None:
        """End the growing, once; as a failure, unless all that was shown stays."""
        grown = self._known.get(track)
        if grown is None if began_here else not self.granted:
            return
        if grown is not None and not grown.open:
            return
        well = grown is not None and card.text.startswith(grown.text)
        self._known.put(track, _Grown(card.text, time.monotonic(), open=False))
        try:
            await self._stream(track, card, final=True, failed=not well)
        except PlatformError as error:
            log.info("card %s was not finalised: %s", track, error)

    async def _stream(self, track: str, card: Card, *, final: bool = False, failed: bool = False) -> None:
        flags = {"isFull": True, "isFinalize": final, "isError": failed}
        shown = {"key": cards.GROWS, "content": cards.params(card)[cards.GROWS]}
        body = {"outTrackId": track, "guid": str(uuid4()), **shown, **flags}
        await self._rest.call("PUT", STREAM, body)
