"""A draft for its owner's eyes, begun when its asker has been told that there is nothing, as everybody is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from adapters.base import Platform, Sent
from bot.belonging import Belonging
from bot.floor import Floor
from bot.meant import Meant
from bot.preparing import Preparing, Ready
from bot.questions import Question
from bot.support.told import Told
from bot.wording import sources
from skills.drafting import Asked
from skills.store import Store
from skills.words import Double, Passage


class Drafting:
    """Runs after the one sentence was sent, whoever was asked: whether it makes anything shows in nothing."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        preparing: Preparing,
        floor: Floor,
        provider: str | None,
    ) -> None:
        self._store = store
        self._preparing = preparing
        self._floor = floor
        self._provider = provider
        self._meant = Meant(store, platforms, mode="review")
        self._belonging = Belonging(store, platforms)

    async def prepare(self, question: Question, sent: Sent | None, owner: str | None) -> None:
        """Draft what the one double says who is meant, if a consent lets it say so after its owner's look.

        `sent`: the one sentence, whose place the answer may take; `owner`: whom the asker chose. Where the readers of a
        group may not have it even then, it is drafted for the asker alone.
        """
        if await self._drafted(question, sent, owner) or question.venue.direct:
            return
        for asked in replace(question, also=()).alone():
            await self._drafted(await self._belonging.placed(asked), None, owner)

    async def _drafted(self, question: Question, sent: Sent | None, owner: str | None) -> bool:
        """Whether the one double who is meant may be drafted for; for an asker alone, if it has not answered them."""
        if await self._floor.refuses(question.text):
            return False
        if owner is not None:
            chosen = await self._meant.one(question, owner)
            doubles: Sequence[Double] = [] if chosen is None else [chosen]
        else:
            doubles = await self._meant.by(question)
        if len(doubles) != 1:
            return False
        if question.aside and isinstance(await self._preparing.ready(question, doubles[0]), Ready):
            return False
        ready = await self._preparing.ready(question, doubles[0], "review")
        if isinstance(ready, Ready):
            await self._keep(question, ready, sent)
        return isinstance(ready, Ready)

    async def _keep(self, question: Question, ready: Ready, sent: Sent | None) -> None:
        message = question.message
        stands = None if sent is None else (sent.message, sent.editable)
        where = (message.platform, message.id, question.id, question.language, message.thread, question.aside, stands)
        if ready.told and self._provider is not None:
            cited = [[passage.id] for passage in sources(ready.told)]
            if await self._store.draft(ready.grant, Asked(*where), cited, packed(ready.told), self._provider):
                return
        await self._store.draft(ready.grant, Asked(*where), [quote.cited for quote in ready.quoted])


def packed(told: Sequence[Told]) -> str:
    """A model's sentences as text, to be sealed: what each is, and which passages it stands in."""
    plain = [{"kind": one.kind, "text": one.text, "passages": [p.id for p in one.passages]} for one in told]
    return json.dumps(plain, ensure_ascii=False)


def unpacked(said: str, passages: Sequence[Passage]) -> Sequence[Told]:
    """The sentences again, each with what it stands in."""
    by_id = {passage.id: passage for passage in passages}
    return [
        Told(one["kind"], one["text"], tuple(by_id[id_] for id_ in one["passages"] if id_ in by_id))
        for one in json.loads(said or "[]")
    ]
