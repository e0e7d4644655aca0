"""An answer shown while a model writes it, to an owner alone: each sentence checked first, and decided again."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from adapters.base import Address, Card, Platform, PlatformError, Sent
from adapters.growing import Streams
from bot import cards
from bot.frames import Frames
from bot.preparing import Ready
from bot.questions import Question
from bot.showing import Showing, growing
from bot.support.told import Told, counted
from bot.wording import sources
from skills.store import Store
from skills.words import Double, Finish

log = logging.getLogger("fenshen.streaming")

SPARE = 40.0  # seconds, beside those of the model, after which an answer that is not complete never is


@dataclass(slots=True)
class Stream:
    """One answer on its way; `sent` once something of it is shown."""

    ready: Ready
    answer: str
    provider: str
    key: str
    to: Address
    sent: Sent | None = None

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.ready.question


@dataclass(slots=True)
class Growth:
    """What is checked so far; of several sentences that come at once the last tells of all."""

    told: Sequence[Told] = ()
    shown: Sequence[Told] = ()
    grew: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, told: Sequence[Told]) -> None:
        """More is checked; what another attempt writes anew waits for its end."""
        if len(told) > len(self.shown) and list(told[: len(self.shown)]) == list(self.shown):
            self.told = told
            self.grew.set()

    async def until(self, model: "asyncio.Task[Sequence[Told]]") -> AsyncIterator[Sequence[Told]]:
        """All that is checked, each time that it has grown, until the model is done."""
        model.add_done_callback(lambda _: self.grew.set())
        while True:
            await self.grew.wait()
            if model.done():
                return
            self.grew.clear()
            self.shown = self.told
            yield self.shown


class Streaming:
    """Nothing is shown that is not checked, cited and recorded; what may not stand any more is taken away at once."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], provider: str | None, seconds: float) -> None:
        """`provider`: whose model writes, None: nobody's. `seconds`: how long it may take for an answer."""
        self.provider = provider
        self._store = store
        self._platforms = platforms
        self._showing = Showing(platforms)
        self.frames = Frames(store.now)
        self._after = timedelta(seconds=seconds + SPARE)

    def fits(self, question: Question, double: Double) -> bool:
        """Whether an owner asks their own double alone, of a model, where cards can grow."""
        own = question.venue.direct and question.asker == double.owner and not question.aside
        platform = self._platforms[question.message.platform]
        return self.provider is not None and own and isinstance(platform, Streams) and platform.streams

    async def answer(self, ready: Ready, to: Address, key: str) -> Ready | bool:
        """What is left to be answered as always; else whether the answer that was shown stands."""
        assert ready.telling is not None
        growth = Growth()
        model = asyncio.ensure_future(ready.telling(growth.take))
        try:
            return await self._followed(ready, to, key, growth, model)
        finally:
            model.cancel()
            await asyncio.gather(model, return_exceptions=True)

    async def left_behind(self, work: Finish) -> None:
        """Say one friendly line where an answer was begun by somebody who is gone. Raises PlatformError."""
        platform = self._platforms.get(work.platform)
        if platform is None or not await self._store.end_answer(work.owner, work.answer):
            return
        log.warning("answer %s was begun and not finished: taken away", work.answer)
        card = cards.plain(work.language, "trouble")
        to = Address(chat=work.chat, reply_to=work.reply_to, thread=work.thread)
        if isinstance(platform, Streams):
            await platform.recover(to, card, work.key)
        await self._store.replaced([work.answer])

    async def _followed(
        self, ready: Ready, to: Address, key: str, growth: Growth, model: "asyncio.Task[Sequence[Told]]"
    ) -> Ready | bool:
        stream: Stream | None = None
        try:
            async for told in growth.until(model):
                if stream is None:
                    stream = await self._opened(ready, told, to, key)
                    if stream is None:
                        return replace(ready, telling=None)
                    stands = await self._begun(stream, told)
                else:
                    stands = await self._grown(stream, told)
                if not stands:
                    return await self._taken_away(stream)
            if stream is None:
                return replace(ready, told=await model, telling=None)
            return await self._ended(stream, await model)
        except Exception as error:
            if stream is None:
                raise
            # the class is enough: its text may quote a question
            log.error("a stream failed: %s", type(error).__name__)
            return await self._taken_away(stream, cards.plain(ready.question.language, "trouble"))

    async def _opened(self, ready: Ready, told: Sequence[Told], to: Address, key: str) -> Stream | None:
        """The answer and its entry in the ledger, before its first sentence; None where it may not be shown."""
        assert self.provider is not None
        message, language = ready.question.message, ready.question.language
        where = (str(to.chat), str(to.reply_to), to.thread)
        finish = Finish(message.platform, ready.double.owner, *where, key, language)
        cited = [p.id for p in sources(told)]
        opened = await self._store.open_answer(ready.grant, cited, self.provider, finish, self._after)
        return None if opened is None else Stream(ready, opened.id, self.provider, key, to)

    async def _begun(self, stream: Stream, told: Sequence[Told]) -> bool:
        stream.sent = await self._platform(stream).send(stream.to, self._card(stream, told), key=stream.key)
        return await self._shown(stream)

    async def _grown(self, stream: Stream, told: Sequence[Told]) -> bool:
        """Decide again, with all that is cited by now, and show it; where the platform is slow, what stands stays."""
        cited = [p.id for p in sources(told)]
        if not await self._store.grow_answer(stream.ready.grant, stream.answer, cited, stream.provider):
            return False
        assert stream.sent is not None
        try:
            await self._platform(stream).update(stream.sent, self._card(stream, told))
        except PlatformError as error:
            log.info("a card did not grow: %s", type(error).__name__)
        return True

    async def _ended(self, stream: Stream, told: Sequence[Told]) -> bool:
        """The whole card in the place of what grew: the model's sentences, or quotes where it failed after all."""
        ready = stream.ready
        by = stream.provider if told else None
        quoted = [[p.id] for p in sources(told)] or [list(q.cited) for q in ready.quoted]
        cited = [id_ for quote in quoted for id_ in quote]
        if not await self._store.complete_answer(ready.grant, stream.answer, cited, by, counted(told)):
            return await self._taken_away(stream)
        whole = (ready.question, ready.double)
        if told:
            card = await self._showing.told(*whole, told, stream.answer, stream.provider)
        else:
            card = await self._showing.quotes(*whole, ready.quoted, stream.answer)
        sent = await self._replaced(stream, card)
        self.frames.keep(card, {stream.answer: quoted}, sent, stream.question.language)
        return await self._shown(stream) or await self._taken_away(stream)

    async def _replaced(self, stream: Stream, card: Card) -> Sent:
        platform = self._platform(stream)
        assert stream.sent is not None
        try:
            await platform.update(stream.sent, card)
        except PlatformError as error:
            log.warning("a card that grew cannot be replaced (%s): sent anew", type(error).__name__)
            stream.sent = await platform.send(stream.to, card, key=f"{stream.key}:whole")
        return stream.sent

    async def _shown(self, stream: Stream) -> bool:
        """Remember where it stands; False when it may not stand there any more."""
        sent, question = stream.sent, stream.question
        assert sent is not None
        where = sent.platform, sent.chat, sent.message, question.language, question.message.thread
        return await self._store.shown(stream.answer, *where)

    async def _taken_away(self, stream: Stream, card: Card | None = None) -> bool:
        """Nothing of what was shown stays: the one sentence in its place, or what went wrong. Always False."""
        question = stream.question
        card = card or cards.nothing(question.language, name=question.name, question=question.id)
        await self._store.end_answer(stream.ready.double.owner, stream.answer)
        if stream.sent is not None:  # else it is told later, by whoever looks whether it is complete
            await self._platform(stream).update(stream.sent, card)
            await self._store.replaced([stream.answer])
        return False

    def _card(self, stream: Stream, told: Sequence[Told]) -> Card:
        return growing(stream.question, stream.ready.double, told, stream.answer, stream.provider)

    def _platform(self, stream: Stream) -> Platform:
        return self._platforms[stream.question.message.platform]
