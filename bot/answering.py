"""One question in, one message out: whose double is meant, what it may say here, and the decision at the door."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import ParamSpec

from adapters.base import Address, Card, Platform
from bot import cards
from bot.belonging import Belonging
from bot.drafting import Drafting
from bot.floor import Floor
from bot.meant import Meant
from bot.metrics import Metrics, Watch
from bot.outcomes import Outcome, trouble
from bot.preparing import Preparing, Ready
from bot.questions import Question
from bot.repeats import Repeats
from bot.sentences import say
from bot.showing import Showing
from bot.streaming import Streaming
from bot.support.told import counted
from bot.wording import sources
from skills.store import Store
from skills.words import Double

log = logging.getLogger("fenshen.answering")

P = ParamSpec("P")

MOST_AT_ONCE = 16  # answers under way in this process
MOST_DRAFTED = 2  # drafts and answers aside take no answer's turn: one that waits would tell of them
MOST_BUTTONS = 6


class Answering:
    """Answers questions beside the event loop's other work; each gets at most one message."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        preparing: Preparing,
        drafting: Drafting,
        floor: Floor,
        streaming: Streaming,
        metrics: Metrics,
        step: float,
    ) -> None:
        self._store, self._step = store, step
        self._platforms = platforms
        self._preparing = preparing
        self._drafting = drafting
        self._floor = floor
        self._streaming = streaming
        self._metrics = metrics
        self.frames = streaming.frames
        self._showing = Showing(platforms)
        self._meant = Meant(store, platforms)
        self._belonging = Belonging(store, platforms)
        self._repeats = Repeats()
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)
        self._spare = asyncio.Semaphore(MOST_DRAFTED)

    @property
    def busy(self) -> bool:
        """Whether an answer is under way."""
        return bool(self._tasks)

    def start(self, work: Callable[P, Awaitable[None]], *args: P.args, **more: P.kwargs) -> None:
        """Do this beside everything else, a bounded number at a time; a failure ends nothing but itself."""
        self._begin(self._within(partial(work, *args, **more), self._turns))

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def aclose(self, seconds: float = 0.8) -> None:
        """Let what is under way finish for a moment, then stop it."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _within(self, work: Callable[[], Awaitable[None]], turns: asyncio.Semaphore) -> None:
        async with turns:
            try:
                await work()
            except Exception as error:
                # the class is enough: its text may quote a question
                log.error("an answer failed: %s", type(error).__name__)

    async def answer(self, question: Question) -> None:
        """Answer a question in one message, whatever happens; asked again at once with nothing changed, in none."""
        watch = self._metrics.asked()
        try:
            with watch.stage("find"):
                question = await self._belonging.placed(question)
                ready = await self._ready_all(question)
            if _answers(ready) and self._repeats.again(question, [part.gist for part in ready]):
                self._metrics.unanswered()
                return
            with watch.stage("check"):
                left = await self._streamed(question, ready)
                if isinstance(left, bool):
                    self._metrics.answered(watch) if left else self._metrics.unanswered()
                    return
                outcome = await self._delivered_all(question, left)
        except Exception as error:
            outcome = trouble(question, error)
        if not outcome.answers:
            self._repeats.forget(question)  # nothing was told after all: asked again, it is not met with silence
        await self._sent(question, outcome, watch)

    async def _streamed(self, question: Question, ready: Sequence[Ready | Outcome]) -> Sequence[Ready | Outcome] | bool:
        """What is left to be answered as always; else whether what was shown of it, as it was written, stands."""
        one = ready[0]
        if not isinstance(one, Ready) or one.telling is None:
            return ready
        left = await self._streaming.answer(one, _reply(question), _key(question))
        if left is False:
            self._repeats.forget(question)
        return left if isinstance(left, bool) else [left]

    async def _answer_aside(self, question: Question) -> None:
        """What only the asker may have goes to them alone; where they asked stands the one sentence, as for any no."""
        for asked in question.alone():
            alone = await self._belonging.placed(asked)
            ready = await self._ready(alone)
            if isinstance(ready, Outcome) or self._repeats.again(alone, [ready.gist]):
                continue
            outcome = await self._delivered(ready)
            if outcome.answers:
                await self._send(alone, outcome)

    async def answer_as(self, question: Question, owner: str) -> None:
        """Answer as the owner whom the asker chose among several, in one message, whatever happens."""
        watch = self._metrics.asked()
        try:
            refused = await self._floor.refuses(question.text)
            question = await self._belonging.placed(question)
            double = None if refused else await self._meant.one(question, owner)
            ready = self._nothing(question) if double is None else await self._prepared(question, double)
            outcome = await self._delivered(ready)
        except Exception as error:
            outcome = trouble(question, error)
        await self._sent(question, outcome, watch, part=owner)

    async def would_say(self, question: Question, double: Double) -> Card:
        """The card of an answer as its asker would get it, without buttons; nothing is recorded, and nobody is told."""
        refused = await self._floor.refuses(question.text)
        ready = self._nothing(question) if refused else await self._prepared(question, double)
        if isinstance(ready, Outcome):
            return replace(cards.nothing(question.language, name=double.name, question=None), buttons=())
        shown = await self._showing.quotes(question, double, ready.quoted, say(question.language, "preview_id"))
        return replace(shown, buttons=(), answer=None, unfold=None)

    async def _ready_all(self, question: Question) -> Sequence[Ready | Outcome]:
        """What each of those meant would say, up to the decision at the door; whoever is meant twice speaks once."""
        ready: dict[str, Ready | Outcome] = {}
        for each in (question, *question.also):
            part = await self._ready(each, telling=not question.also)
            who = part.double.owner if isinstance(part, Ready) else each.person or (each.name or "").casefold()
            ready.setdefault(who, part)
        return list(ready.values())

    async def _ready(self, question: Question, *, telling: bool = False) -> Ready | Outcome:
        """One person's double, or whom it could mean, or the one sentence. `telling`: it may be shown as it grows."""
        if await self._floor.refuses(question.text):
            return self._nothing(question)  # before anybody is looked up: nothing of it depends on who is meant
        doubles = await self._meant.by(question)
        if question.earlier is not None:
            part = await self._prepared(question, doubles[0], telling=telling) if doubles else None
            if isinstance(part, Ready):
                return part
            # the colleague of before has nothing more on it, or may not be asked here: it is a question like any other
            return await self._ready(replace(question, person=None, earlier=None), telling=telling)
        if len(doubles) == 1:
            return await self._prepared(question, doubles[0], telling=telling)
        why = "which_text" if doubles else "knowing_text"
        some = doubles[:MOST_BUTTONS] or await self._meant.knowing(question)
        if not some:
            return self._nothing(question)
        return Outcome(cards.which(question.language, some, question.id, why), [d.owner for d in some])

    async def _delivered_all(self, question: Question, ready: Sequence[Ready | Outcome]) -> Outcome:
        """All doors are passed one right after another; several people share a card, each in a part of their own."""
        outcomes = [await self._delivered(part) for part in ready]
        if len(outcomes) == 1:
            return outcomes[0]
        names = [part.question.name if isinstance(part, Ready) else part.name for part in ready]
        card = cards.together(question.language, [(n or "", o.card) for n, o in zip(names, outcomes, strict=True)])
        answers = {answer: cited for outcome in outcomes for answer, cited in outcome.answers.items()}
        return Outcome(card, answers=answers, lacks=[lack for outcome in outcomes for lack in outcome.lacks])

    async def _prepared(self, question: Question, double: Double, *, telling: bool = False) -> Ready | Outcome:
        """What this double says on it; the one sentence in every other case."""
        telling = telling and self._streaming.fits(question, double)
        ready = await self._preparing.ready(question, double, telling=telling)
        if isinstance(ready, Ready):
            return ready
        if ready is not None and question.earlier is None:
            # beside the answer, which takes as long as every other no
            self.start(self._store.could_not, ready)
        return self._nothing(question)

    async def _delivered(self, ready: Ready | Outcome) -> Outcome:
        """The card to show and the answer recorded as sent; the one sentence if it may not be sent any more."""
        if isinstance(ready, Outcome):
            return ready
        question, double = ready.question, ready.double
        if (provider := self._streaming.provider) and ready.told:
            cited = [p.id for p in sources(ready.told)]
            answered = await self._store.deliver(ready.grant, cited, provider, counted(ready.told))
            if answered is not None:
                card = await self._showing.told(question, double, ready.told, answered.id, provider)
                return Outcome(card, answers={answered.id: [[id_] for id_ in cited]})
        answered = await self._store.deliver(ready.grant, [id_ for q in ready.quoted for id_ in q.cited])
        if answered is None:
            return self._nothing(question)
        card = await self._showing.quotes(question, double, ready.quoted, answered.id, ready.grant.handed)
        return Outcome(card, answers={answered.id: [q.cited for q in ready.quoted]})

    def _nothing(self, question: Question) -> Outcome:
        card = cards.nothing(question.language, name=question.name, question=question.id)
        return Outcome(card, name=question.name, lacks=(question,))

    async def _sent(self, question: Question, outcome: Outcome, watch: Watch, part: str = "") -> None:
        """Send it; a no when every no is sent, whatever was looked for until then, which takes nobody's turn."""
        work = partial(self._put, question, outcome, watch, part)
        if outcome.lacks:
            self._begin(self._in_step(work, watch))
        else:
            await work()

    async def _in_step(self, work: Callable[[], Awaitable[None]], watch: Watch) -> None:
        await asyncio.sleep(self._step - watch.so_far % self._step)
        await self._within(work, self._turns)

    async def _put(self, question: Question, outcome: Outcome, watch: Watch, part: str) -> None:
        """Count it, too: as an answer, or as a question that got none, whatever the reason."""
        with watch.stage("send"):
            await self._send(question, outcome, part)
        self._metrics.answered(watch) if outcome.answers else self._metrics.unanswered()
        if not (outcome.answers or question.venue.direct or part):
            self._begin(self._within(partial(self._answer_aside, question), self._spare))

    async def _send(self, question: Question, outcome: Outcome, part: str = "") -> None:
        platform = self._platforms[question.message.platform]
        try:
            sent = await platform.send(_reply(question), outcome.card, key=_key(question, part))
        except Exception:
            self._repeats.forget(question)
            raise
        self.frames.keep(outcome.card, outcome.answers, sent, question.language)
        where = sent.platform, sent.chat, sent.message, question.language, question.message.thread
        gone = [answer for answer in outcome.answers if not await self._store.shown(answer, *where)]
        if gone:
            # whose owner left while it was on its way is replaced at once, the others' parts stay
            await platform.update(sent, cards.without(question.language, outcome.card, gone))
            await self._store.replaced(gone)
        whole = None if outcome.card.parts else sent
        for lack in outcome.lacks:
            # after everybody was told the same: whether it comes to anything shows in nothing
            work = partial(self._drafting.prepare, lack, whole, part or None)
            self._begin(self._within(work, self._spare))


def _answers(ready: Sequence[Ready | Outcome]) -> bool:
    """Whether anything is quoted: the one sentence is said as often as somebody asks, for silence would puzzle them."""
    return any(isinstance(part, Ready) for part in ready)


def _key(question: Question, part: str = "") -> str:
    """A question is answered by one message even when it is worked on twice."""
    return f"answer:{question.message.id}:{part}:{question.id}{':aside' if question.aside else ''}"


def _reply(question: Question) -> Address:
    message = question.message
    if question.aside:
        return Address(person=message.sender)
    return Address(chat=message.chat, reply_to=message.id, thread=message.thread)
