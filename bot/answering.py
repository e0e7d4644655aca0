"""One question in, one message out: whose double is meant, what it may say here, and the decision at the door."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import ParamSpec, Protocol

from adapters.base import Address, Card, Platform, PlatformError, Sent
from bot import cards
from bot.asked import matching, parse_question, without_name
from bot.grounding import Quoted
from bot.questions import Question
from bot.sentences import Language
from skills.store import Store
from skills.words import Double, Grant, Passage

log = logging.getLogger("fenshen.answering")

P = ParamSpec("P")

MOST_AT_ONCE = 16  # answers under way in this process
MOST_BUTTONS = 6
MOST_OFFERED = 3  # colleagues, where a question names nobody


class Answerer(Protocol):
    """Whatever answers as one owner, out of one grant."""

    async def answer(self, grant: Grant, question: str) -> Sequence[Quoted]:
        """The owner's words on it; empty when there are none."""


class Answering:
    """Answers questions beside the event loop's other work; each gets at most one message.

    `answerer` is awaited at the first question, so that what it loads is off the path to readiness.
    """

    def __init__(
        self, store: Store, platforms: Mapping[str, Platform], answerer: Callable[[], Awaitable[Answerer]]
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._answerer = answerer
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)

    @property
    def busy(self) -> bool:
        """Whether an answer is under way."""
        return bool(self._tasks)

    def start(self, work: Callable[P, Awaitable[None]], *args: P.args, **more: P.kwargs) -> None:
        """Do this beside everything else, a bounded number at a time; a failure ends nothing but itself."""
        task = asyncio.create_task(self._within(partial(work, *args, **more)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def aclose(self, seconds: float = 0.8) -> None:
        """Let what is under way finish for a moment, then stop it."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _within(self, work: Callable[[], Awaitable[None]]) -> None:
        async with self._turns:
            try:
                await work()
            except Exception as error:
                # the class is enough: its text may quote a question
                log.error("an answer failed: %s", type(error).__name__)

    async def answer(self, question: Question) -> None:
        """Answer a question in one message, whatever happens."""
        await self._answered(question, self._settled(question))

    async def answer_as(self, question: Question, owner: str) -> None:
        """Answer as the owner whom the asker chose among several, in one message, whatever happens."""
        await self._answered(question, self._chosen(question, owner), part=owner)

    async def _answered(self, question: Question, work: Awaitable[tuple[Card, str | None]], part: str = "") -> None:
        try:
            card, answered = await work
        except Exception as error:
            log.error("a question failed: %s", type(error).__name__)
            card, answered = cards.plain(question.language, "trouble"), None
        await self._send(question, card, answered, part)

    async def _chosen(self, question: Question, owner: str) -> tuple[Card, str | None]:
        meant = [d for d in await self._doubles(question) if d.owner == owner]
        return await self._as(question, meant[0]) if meant else (self._nothing(question), None)

    async def _settled(self, question: Question) -> tuple[Card, str | None]:
        doubles = await self._meant(question)
        if len(doubles) > 1:
            return cards.which(question.language, doubles[:MOST_BUTTONS], question.id), None
        if not doubles:
            knowing = await self._knowing(question)
            known = cards.which(question.language, knowing, question.id, "knowing_text") if knowing else None
            return known or self._nothing(question), None
        return await self._as(question, doubles[0])

    async def _knowing(self, question: Question) -> Sequence[Double]:
        """Where nobody is named: the first of this chat's owners, by name, who have something on it. No rank."""
        found: list[Double] = []
        if question.asker is None or question.name or question.person or question.venue.direct:
            return found
        for double in sorted(await self._doubles(question), key=lambda d: (d.name, d.owner)):
            grant = await self._store.grant(double.owner, asker=question.asker, venue=question.venue, readers=None)
            if double.name and grant and await self._store.recall(grant, question.text, limit=1):
                found.append(double)
            if len(found) == MOST_OFFERED:
                break
        return found

    async def _doubles(self, question: Question) -> Sequence[Double]:
        if question.asker is None:
            return ()
        doubles = await self._store.doubles(asker=question.asker, venue=question.venue)
        return [d if d.name else await self._named(d, question) for d in doubles]

    async def _named(self, double: Double, question: Question) -> Double:
        """An owner whose name no tap carried, by the name that the platform has told since."""
        platform = self._platforms[question.message.platform]
        name = await person_name(platform, double.owner, question.message.chat)
        if name:
            await self._store.rename(double.owner, name)
        return replace(double, name=name)

    async def _meant(self, question: Question) -> Sequence[Double]:
        """The owners who may be meant, among those whose grant covers these readers and nobody else."""
        doubles = await self._doubles(question)
        if question.person is not None:
            return [d for d in doubles if d.owner == question.person]
        if question.venue.direct and question.name is None:
            return [d for d in doubles if d.owner == question.asker]
        by_owner = {d.owner: d for d in doubles}
        said = question.message.text
        chosen = matching({d.owner: d.name for d in doubles}, parse_question(said), said)
        return [by_owner[owner] for owner in chosen]

    async def _as(self, question: Question, double: Double) -> tuple[Card, str | None]:
        """The card to show and the id of the answer recorded as sent; the one sentence in every other case."""
        asker = str(question.asker)
        readers = frozenset({asker}) if question.venue.direct else None
        grant = await self._store.grant(double.owner, asker=asker, venue=question.venue, readers=readers)
        if grant is None:
            return self._nothing(question), None
        quoted = await (await self._answerer()).answer(grant, without_name(double.name, question.text))
        if not quoted:
            # beside the answer, which takes as long as every other no
            self.start(self._store.could_not, grant)
        answered = await self._store.deliver(grant, [q.passage.id for q in quoted]) if quoted else None
        if answered is None:
            return self._nothing(question), None
        return await self._shown(question, double, quoted, answered.id), answered.id

    async def _shown(self, question: Question, double: Double, quoted: Sequence[Quoted], answer_id: str) -> Card:
        platform = self._platforms[question.message.platform]
        chats = {chat: await chat_name(platform, chat) for chat in {q.passage.chat for q in quoted}}
        private = question.venue.direct
        return cards.answer(
            question.language,
            name=double.name,
            answer_id=answer_id,
            quotes=[
                cards.quote(p, who=double.name, where=chats[p.chat], url=_link(platform, p))
                for p in (q.passage for q in quoted)
            ],
            question=None if private else question.id,
            private=private,
        )

    def _nothing(self, question: Question) -> Card:
        asking = None if question.venue.direct else question.id
        return cards.nothing(question.language, name=question.name, question=asking)

    async def _send(self, question: Question, card: Card, answered: str | None, part: str) -> None:
        platform = self._platforms[question.message.platform]
        # a question is answered by one message even when it is worked on twice
        sent = await platform.send(_reply(question), card, key=f"answer:{question.message.id}:{part}:{question.id}")
        if answered is not None:
            await self._keep(answered, sent, question.language)

    async def _keep(self, answered: str, sent: Sent, language: Language) -> None:
        """Remember where an answer stands; one whose owner left while it was on its way is replaced at once."""
        if not await self._store.shown(answered, sent.platform, sent.chat, sent.message):
            notice = cards.plain(language, "withdrawn_text", title="withdrawn_title")
            await self._platforms[sent.platform].update(sent, notice)


def _link(platform: Platform, passage: Passage) -> str | None:
    """Where readers find the message; a note to the bot, or a line of a file without ids, stands nowhere for them."""
    return None if passage.message.startswith(("note:", "file:")) else platform.link(passage.chat, passage.message)


def _reply(question: Question) -> Address:
    message = question.message
    return Address(chat=message.chat, reply_to=message.id, thread=message.thread)


async def person_name(platform: Platform, person: str, chat: str) -> str:
    """Somebody's name for display, "" when the platform does not tell it just now."""
    try:
        return await platform.person_name(person, chat)
    except PlatformError:
        return ""


async def chat_name(platform: Platform, chat: str) -> str:
    """A chat's name for display, "" when the platform does not tell it just now."""
    try:
        return await platform.chat_name(chat)
    except PlatformError:
        return ""
