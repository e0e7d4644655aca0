"""The LangChain agent that answers as one owner, built fresh around one grant."""

import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, ModelCallLimitMiddleware, ToolCallLimitMiddleware
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool, StructuredTool
from langsmith import tracing_context

from bot.grounding import Quoted, both_sides, ground, read_draft
from skills.pieces import piece
from skills.terms import asked
from skills.words import Grant, Passage

log = logging.getLogger("fenshen.double")

Recall = Callable[[Grant, str], Awaitable[Sequence[Passage]]]

MOST_CALLS = 6  # of the model, and of recall, in one answer
FAR_BELOW_THE_BEST = 0.6  # a passage scoring less than this share of the best one is left out

INSTRUCTIONS = (
    "You answer as one colleague's double. Call `recall` with the question. Answer with one JSON object "
    '{"sentences": [{"kind": "quote", "text": "...", "passages": ["id"]}]}: every sentence is copied word for word '
    "from one recalled passage and cites it. With nothing fitting, answer with no sentences."
)


def _limits() -> list[AgentMiddleware[Any, None, Any]]:
    return [
        ModelCallLimitMiddleware(run_limit=MOST_CALLS, exit_behavior="end"),
        ToolCallLimitMiddleware(run_limit=MOST_CALLS, exit_behavior="end"),
    ]


class QuotingModel(BaseChatModel):
    """The model used when none is named: it recalls by the question and lays out the best passages verbatim."""

    @property
    def _llm_type(self) -> str:
        return "fenshen-quoting"

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> Runnable[LanguageModelInput, AIMessage]:
        """It knows the one tool there is."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> ChatResult:
        last = messages[-1]
        question = next(str(m.content) for m in reversed(messages) if isinstance(m, HumanMessage))
        if isinstance(last, ToolMessage):
            reply = AIMessage(_lay_out(str(last.content), question))
        else:
            call = {"name": "recall", "args": {"question": question}, "id": "recall-1", "type": "tool_call"}
            reply = AIMessage("", tool_calls=[call])
        return ChatResult(generations=[ChatGeneration(message=reply)])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **more: Any,
    ) -> ChatResult:
        # pure and quick: LangChain's default would take a thread for it
        return self._generate(messages, stop, None, **more)


def _lay_out(recalled: str, question: str) -> str:
    """Each whole; of a long one the part that says most of what is asked."""
    passages, wanted = json.loads(recalled), asked(question)
    best = max((p["score"] for p in passages), default=0.0)
    near = [p for p in passages if p["score"] >= best * FAR_BELOW_THE_BEST]
    sentences = [{"kind": "quote", "text": piece(p["text"], wanted), "passages": [p["id"]]} for p in near]
    return json.dumps({"sentences": sentences}, ensure_ascii=False)


class Double:
    """Answers a question as the owner of one grant, out of what that grant recalls and nothing else."""

    def __init__(self, recall: Recall, model: BaseChatModel | None = None) -> None:
        self._recall = recall
        self._model = model or QuotingModel()

    async def answer(self, grant: Grant, question: str) -> Sequence[Quoted]:
        """The owner's words on it, each found under this grant; nothing where the model finds or says nothing fit.

        Of what does not agree both sides, the newest first.
        """
        seen: dict[str, Passage] = {}
        agent = create_agent(
            self._model,
            [self._recall_tool(grant, seen)],
            system_prompt=INSTRUCTIONS,
            middleware=_limits(),
        )
        # an operator's LANGSMITH_TRACING, set for something else, would send questions and words to a third party
        with tracing_context(enabled=False):
            result = await agent.ainvoke({"messages": [HumanMessage(question)]})
        said = str(result["messages"][-1].content)
        return both_sides(ground(read_draft(said), seen), seen.values())

    def _recall_tool(self, grant: Grant, seen: dict[str, Passage]) -> BaseTool:
        """Recall closed over the grant: the model chooses the words to search, never whose they are."""

        async def recall(question: str) -> str:
            """Find what this colleague said about a question."""
            found = await self._recall(grant, question)
            seen.update((p.id, p) for p in found)
            shown = [{"id": p.id, "text": p.text, "at": p.at.isoformat(), "score": p.score} for p in found]
            return json.dumps(shown, ensure_ascii=False)

        return StructuredTool.from_function(coroutine=recall, name="recall", description=recall.__doc__)
