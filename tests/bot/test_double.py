"""Promises of the double: one grant, one tool, and of what a model says only what stands word for word in a source."""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langsmith import tracing_context
from langsmith.utils import tracing_is_enabled
from pydantic import Field

from adapters.base import Message, Receive
from bot.double import FAR_BELOW_THE_BEST, MOST_CALLS, Double
from skills.store import Store
from skills.words import Grant, Passage, Venue

Says = Callable[..., Message]
Joins = Callable[..., Awaitable[None]]
ANA, BO, OPS = "lark:t:ana", "lark:t:bo", "lark:t:ops"
QUERIES = ["gateway restarts", "rollback payments", "canary secret", "lark:t:ana", "passwords"]


class Blabbermouth(BaseChatModel):
    """Recalls by every question it can think of, then repeats it all, with ids that it knows from elsewhere."""

    known: list[str] = Field(default_factory=list)  # texts it knows from elsewhere
    ids: list[str] = Field(default_factory=list)  # ids it knows from elsewhere
    turns: int = 0

    @property
    def _llm_type(self) -> str:
        return "blabbermouth"

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> Runnable[LanguageModelInput, AIMessage]:
        """Whatever tools there are."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> ChatResult:
        self.turns += 1
        if isinstance(messages[-1], ToolMessage):
            return _says(AIMessage(self._everything(messages)))
        calls = [
            {
                "name": "recall",
                "args": {"question": query, "owner": BO, "grant": "all"},
                "id": f"r{n}",
                "type": "tool_call",
            }
            for n, query in enumerate(QUERIES)
        ]
        return _says(AIMessage("", tool_calls=calls))

    def _everything(self, messages: list[BaseMessage]) -> str:
        heard = [
            p for m in messages if isinstance(m, ToolMessage) and str(m.content).startswith("[") for p in _listed(m)
        ]
        ids = [*(p["id"] for p in heard), *self.ids, "p-made-up"]
        texts = [*(p["text"] for p in heard), *self.known, *(str(m.content) for m in messages)]
        sentences = [{"kind": "quote", "text": text, "passages": [id_]} for text in texts for id_ in ids]
        return json.dumps({"sentences": sentences})


class Stubborn(Blabbermouth):
    """Never comes to an end: it recalls again and again."""

    def _everything(self, messages: list[BaseMessage]) -> str:
        return ""

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> ChatResult:
        self.turns += 1
        call = {"name": "recall", "args": {"question": "more"}, "id": f"r{self.turns}", "type": "tool_call"}
        return _says(AIMessage("", tool_calls=[call]))


def _says(message: AIMessage) -> ChatResult:
    return ChatResult(generations=[ChatGeneration(message=message)])


def _listed(message: ToolMessage) -> list[dict[str, str]]:
    listed: list[dict[str, str]] = json.loads(str(message.content))
    return listed


@pytest.fixture
async def said(joins: Joins, receive: Receive, says: Says, store: Store) -> dict[str, Passage]:
    """Ana and Bo have doubles in the group, Ana another elsewhere; what they said there, by text."""
    for person, chat in (("ana", "ops"), ("ana", "dev"), ("bo", "ops")):
        await joins(person, "join_today", chat=chat)
        await receive(says(person, f"the gateway restarts at nine, canary {person} {chat}", chat=chat))
    own = [*await store.own(ANA), *await store.own(BO)]
    return {p.text.partition("canary ")[2]: p for p in own}


async def test_a_blabbermouth_model_says_only_what_its_grant_recalls(said: dict[str, Passage], store: Store) -> None:
    """It knows the others' words and ids by heart, names another owner to the tool, and still quotes Ana here alone."""
    mouth = Blabbermouth(known=[p.text for p in said.values()], ids=[p.id for p in said.values()])
    venue = Venue(OPS, direct=False)
    grant = await store.grant(ANA, asker="lark:t:cy", venue=venue, readers=None)
    assert grant is not None
    quoted = await Double(store.recall, mouth).answer(grant, "when does the gateway restart")
    assert [q.passage.id for q in quoted] == [said["ana ops"].id]
    assert all(q.text in said["ana ops"].text for q in quoted)


@pytest.mark.parametrize(
    "forged",
    [
        Grant(ANA, "lark:t:cy", Venue("lark:t:other", direct=False), 1, "full"),
        Grant(ANA, "lark:t:cy", Venue("lark:t:direct-cy", direct=True), 1, "full"),
        Grant(ANA, "lark:t:cy", Venue(OPS, direct=False), 99, "full"),
        Grant("lark:t:cy", ANA, Venue(OPS, direct=False), 0, "full"),
    ],
)
async def test_a_blabbermouth_model_without_a_grant_says_nothing(
    said: dict[str, Passage], store: Store, forged: Grant
) -> None:
    """A made-up grant (another chat, private, stale, of nobody's) recalls nothing, so there is nothing to repeat."""
    mouth = Blabbermouth(known=[p.text for p in said.values()], ids=[p.id for p in said.values()])
    assert list(await Double(store.recall, mouth).answer(forged, "when does the gateway restart")) == []


def _recalling(*passages: Passage) -> Callable[[Grant, str], Awaitable[Sequence[Passage]]]:
    async def recall(grant: Grant, question: str) -> Sequence[Passage]:
        return passages

    return recall


@pytest.fixture
def grant() -> Grant:
    """A grant to ask Ana."""
    return Grant(ANA, BO, Venue(OPS, direct=False), 1, "full")


@pytest.fixture
def passage() -> Callable[[str, float], Passage]:
    """A passage of Ana's with a score."""
    at = datetime(2026, 3, 4, tzinfo=UTC)
    return lambda text, score: Passage(f"id-{text}", ANA, OPS, f"om-{text}", None, at, text, score)


async def test_a_model_that_never_ends_is_ended(grant: Grant, passage: Callable[[str, float], Passage]) -> None:
    """A loop of recalls stops after a few calls, with nothing said."""
    stubborn = Stubborn()
    quoted = await Double(_recalling(passage("a", 1.0)), stubborn).answer(grant, "anything")
    assert list(quoted) == []
    assert stubborn.turns <= MOST_CALLS


async def test_the_quoting_double_says_the_best_passages_word_for_word(
    grant: Grant, passage: Callable[[str, float], Passage]
) -> None:
    """Best first, at most three, and none that fits far worse than the best."""
    found = [passage("best", 10.0), passage("good", 9.0), passage("fair", 8.0), passage("four", 7.5)]
    far = passage("far", 10.0 * FAR_BELOW_THE_BEST - 0.1)
    quoted = await Double(_recalling(*found, far)).answer(grant, "anything")
    assert [q.text for q in quoted] == ["best", "good", "fair"]
    assert [q.text for q in await Double(_recalling(found[0], far)).answer(grant, "anything")] == ["best"]


async def test_of_a_long_message_the_part_that_answers_is_quoted(
    grant: Grant, passage: Callable[[str, float], Passage]
) -> None:
    """Word for word, with what it cites; a short one stays whole, and the rest of a long one is no second quote."""
    notes = "Nothing special happened on this shift. "
    long = passage(f"{notes * 20}Refunds over 30 days go to Hector. {notes * 20}Refunds over 60 days go to Bo.", 10.0)
    short = passage("Refunds take a day.", 9.0)
    quoted = await Double(_recalling(long, short)).answer(grant, "who signs refunds over 30 days?")
    assert [q.passage for q in quoted] == [long, short]
    assert "Refunds over 30 days go to Hector." in quoted[0].text
    assert quoted[0].text in long.text
    assert len(quoted[0].text) < 250
    assert quoted[1].text == short.text


async def test_no_question_and_no_words_are_traced_to_a_third_party(grant: Grant) -> None:
    """Tracing that an operator has switched on for something else stays off while a double answers."""
    traced: list[object] = []

    async def recall(_: Grant, __: str) -> Sequence[Passage]:
        traced.append(tracing_is_enabled())
        return []

    with tracing_context(enabled=True):
        await Double(recall).answer(grant, "rollback payments")
    assert traced == [False]


async def test_the_quoting_double_has_nothing_to_say_where_nothing_is_found(grant: Grant) -> None:
    """No passage, no sentence."""
    assert list(await Double(_recalling()).answer(grant, "anything")) == []
