"""How an answer is shown: quotes as quotes, what a model worded above them, what it inferred as inferred."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.base import Card, Platform
from bot import cards
from bot.grounding import Quoted
from bot.meant import chat_name
from bot.questions import Question
from bot.sentences import Language, say
from bot.support.differing import differ
from bot.support.told import Told
from bot.wording import sources
from skills.words import Double


class Showing:
    """Makes the card of an answer that is recorded as sent."""

    def __init__(self, platforms: Mapping[str, Platform]) -> None:
        self._platforms = platforms

    async def quotes(
        self,
        question: Question,
        double: Double,
        quoted: Sequence[Quoted],
        answer_id: str,
        handed: datetime | None = None,
    ) -> Card:
        """The owner's words, each with where and when."""
        platform = self._platforms[question.message.platform]
        chats = {chat: await chat_name(platform, chat) for chat in {q.passage.chat for q in quoted}}
        card = cards.answer(
            question.language,
            name=double.name,
            answer_id=answer_id,
            quotes=[
                cards.quote(question.language, p, who=double.name, where=chats[p.chat], url=cards.link(platform, p))
                for p in (replace(q.passage, text=_marked(q)) for q in quoted)
            ],
            question=None if double.owner == question.asker else question.id,
            private=question.venue.direct and question.asker == double.owner,
            handed=handed,
        )
        if differ([q.passage.text for q in quoted]):
            card = replace(card, note=f"{say(question.language, 'not_agreed')} {card.note}".strip())
        if not question.aside:
            return card
        asked_in = await chat_name(platform, question.message.chat) or say(question.language, "this_chat")
        return replace(card, note=f"{say(question.language, 'aside_note', chat=asked_in)} {card.note}".strip())

    async def told(
        self, question: Question, double: Double, told: Sequence[Told], answer_id: str, provider: str
    ) -> Card:
        """A model's sentences first, then the words that they stand in, and who wrote what as of when."""
        language, cited = question.language, sources(told)
        card = await self.quotes(question, double, [Quoted(p.text, p) for p in cited], answer_id)
        newest = cards.day(max(p.at for p in cited))
        return replace(
            card,
            text="\n".join(line(language, one) for one in told),
            note=f"{say(language, 'told_note', name=double.name, day=newest)} {card.note}",
            label=say(language, "told_label", name=double.name, answer=answer_id, provider=provider),
        )


def _marked(quoted: Quoted) -> str:
    """Its words, with a sign wherever a message goes on that is shown in part."""
    whole, text = quoted.passage.text.strip(), quoted.text.strip()
    if quoted.beside or text == whole or text not in whole:
        return quoted.text
    return f"{'' if whole.startswith(text) else '… '}{text}{'' if whole.endswith(text) else ' …'}"


def growing(question: Question, double: Double, told: Sequence[Told], answer_id: str, provider: str) -> Card:
    """What of a model's sentences is checked so far, under the label that the whole will have."""
    language = question.language
    return Card(
        title=say(language, "answer_title", name=double.name),
        text="\n".join(line(language, one) for one in told),
        note=say(language, "telling_note", name=double.name),
        label=say(language, "told_label", name=double.name, answer=answer_id, provider=provider),
        answer=answer_id,
        growing=True,
    )


def line(language: Language, told: Told) -> str:
    """One sentence of a model's, as what it is."""
    return told.text if told.kind == "paraphrase" else say(language, "told_inference", text=told.text)
