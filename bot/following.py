"""A question that goes on from an answer, under it or in its thread: naming nobody, it is of the same colleague."""

from collections.abc import Sequence
from dataclasses import replace

from bot.grounding import MOST_QUOTES, Quoted, both_sides
from bot.questions import Question
from skills import terms
from skills.answers import Earlier
from skills.pieces import piece
from skills.store import Store
from skills.words import Grant

FAR_BELOW_THE_BEST = 0.6  # as the double leaves out what scores less
MOST_WORDS = 80  # characters of what an earlier answer quoted, that help to find the next


class Following:
    """Keeps a subject by the ids of our own answers; nothing that anybody asked is remembered for it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, question: Question) -> Question:
        """The question, with the colleague it goes on about where it names none; whether they may be asked is open."""
        message = question.message
        if question.name or question.person or question.also:
            return question
        earlier = await self._store.earlier(message.chat, message.thread, message.reply_to)
        return question if earlier is None else replace(question, person=earlier.owner, earlier=earlier)

    async def found(self, grant: Grant, earlier: Earlier, asked: str) -> Sequence[Quoted]:
        """What says anything of the question, looked for with the words of what was quoted before.

        Of those words only what this grant covers helps; what says nothing of the question itself is not said again.
        """
        passages = await self._store.recall(grant, await self.widened(grant, earlier, asked))
        own = set(terms.asked(asked))
        about = [p for p in passages if p.text and (not own or own & set(terms.terms(p.text)))]
        best = max((p.score for p in about), default=0.0)
        near = [Quoted(piece(p.text, own), p) for p in about if p.score >= best * FAR_BELOW_THE_BEST][:MOST_QUOTES]
        return both_sides(near, about)

    async def widened(self, grant: Grant, earlier: Earlier, asked: str) -> str:
        """The question, and the words of what was quoted, as far as this grant covers them."""
        runs = await self._store.joined(grant, earlier.passages)
        said = [passage.text for id_, run in runs.items() for passage in run if passage.id == id_]
        return " ".join([asked, *(text[:MOST_WORDS] for text in said)])
