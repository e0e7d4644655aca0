"""The model that writes, behind LangChain: it is asked once, retried and replaced, and may fail in any way it likes."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import (
    AgentMiddleware,
    ModelCallLimitMiddleware,
    ModelFallbackMiddleware,
    ModelRetryMiddleware,
)
from langchain.agents.structured_output import ToolStrategy
from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage
from langsmith import tracing_context
from pydantic import BaseModel

from bot import page_prompt, prompt
from bot.budget import Budget, Limits, estimate
from bot.grounding import Draft, read_draft
from bot.models import Model
from bot.reading import Reading
from skills.page_words import Told
from skills.titling import Kind
from skills.words import Language, Passage

log = logging.getLogger("fenshen.writing")

RETRIES = 1  # of a turn that failed
PAUSE = 0.2  # seconds before one


class Writer:
    """Proposes sentences; whatever it proposes is held against the passages by whoever asked for it."""

    def __init__(self, models: Sequence[Model], budget: Budget) -> None:
        """`models`: the one that is asked, and those that are asked where it fails."""
        self._budget = budget
        self._models = [_made(model, budget.limits) for model in models]

    async def draft(
        self,
        name: str,
        asked: str,
        language: Language,
        given: Mapping[str, Passage],
        grown: Callable[[Draft], None] | None = None,
    ) -> Draft | None:
        """A draft out of these passages and nothing else; None where the model is spent, resting, late or broken.

        `grown` is told of the draft so far at every sentence that is complete; another attempt begins anew.
        """
        if not given:
            return None
        said = prompt.data(asked, language, given)
        found, turns, _ = await self._turns(prompt.system(name), said, Draft, grown)
        if isinstance(found, Draft):
            return found
        # a model that calls no tool may have written the object as its answer
        written = (read_draft(str(turn.content)) for turn in turns)
        return next((draft for draft in written if draft.sentences), None)

    async def lines(
        self, name: str, kind: Kind, language: Language, given: Mapping[str, Passage], there: Sequence[Told]
    ) -> tuple[page_prompt.Lines | None, tuple[int, int]]:
        """Lines for a page out of these passages, within the same limits as answers; and the tokens that it took.

        None where the model is spent, resting, late or broken; no lines where what it wrote cannot be read.
        """
        said = page_prompt.data(kind, language, given, there)
        found, turns, tokens = await self._turns(page_prompt.system(name), said, page_prompt.Lines)
        if isinstance(found, page_prompt.Lines) or not turns:
            return found if isinstance(found, page_prompt.Lines) else None, tokens
        written = [page_prompt.read_lines(str(turn.content)) for turn in turns]
        return next((one for one in written if one.lines), page_prompt.Lines(lines=[])), tokens

    async def _turns(
        self, rules: str, said: str, shape: type[BaseModel], grown: Callable[[Draft], None] | None = None
    ) -> tuple[object, Sequence[AIMessage], tuple[int, int]]:
        """What the model gave in this shape, if it did; its turns, none where it was not to be had; and the tokens."""
        if not self._budget.begin():
            return None, (), (0, 0)
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._budget.limits.seconds):
                result = await self._ask(rules, said, shape, grown)
        except Exception as error:
            # the class is enough: its text may quote what was sent
            log.warning("the model failed: %s", type(error).__name__)
            self._budget.spent(estimate(rules + said), 0)
            self._budget.went(well=False, seconds=time.monotonic() - began)
            return None, (), (0, 0)
        turns = [m for m in result["messages"] if isinstance(m, AIMessage)]
        each = [turn.usage_metadata for turn in turns]
        spent = [
            (used["input_tokens"], used["output_tokens"]) if used else (estimate(said), estimate(_written(turn)))
            for turn, used in zip(turns, each, strict=True)
        ]
        for one in spent:
            self._budget.spent(*one)
        self._budget.went(well=True, seconds=time.monotonic() - began)
        return result.get("structured_response"), turns, (sum(i for i, _ in spent), sum(o for _, o in spent))

    async def _ask(
        self, rules: str, said: str, shape: type[BaseModel], grown: Callable[[Draft], None] | None
    ) -> dict[str, Any]:
        agent = create_agent(
            self._models[0],
            system_prompt=rules,
            middleware=self._middleware(),
            response_format=ToolStrategy(shape),
        )
        # an operator's LANGSMITH_TRACING, set for something else, would send questions and words to a third party
        with tracing_context(enabled=False):
            if grown is None:
                asked: dict[str, Any] = await agent.ainvoke({"messages": [HumanMessage(said)]})
                return asked
            attempts, result = _Attempts(grown), dict[str, Any]()
            modes: list[Any] = ["messages", "values"]
            async for _, part in agent.astream({"messages": [HumanMessage(said)]}, stream_mode=modes):
                if isinstance(part, dict):
                    result = part
                else:
                    attempts.take(part[0])
            return result

    def _middleware(self) -> list[AgentMiddleware[Any, None, Any]]:
        """The framework's own: so many turns; where one fails the next model; and each is tried again once."""
        limits = [ModelCallLimitMiddleware(run_limit=self._budget.limits.turns, exit_behavior="end")]
        others = [ModelFallbackMiddleware(*self._models[1:])] if len(self._models) > 1 else []
        retries = [ModelRetryMiddleware(max_retries=RETRIES, initial_delay=PAUSE, on_failure="error")]
        return [*limits, *others, *retries]


class _Attempts:
    """What a model writes, in pieces; each attempt is read from its beginning."""

    def __init__(self, grown: Callable[[Draft], None]) -> None:
        self._grown, self._id, self._reading = grown, "", Reading()

    def take(self, piece: object) -> None:
        """Read one piece on."""
        if not isinstance(piece, AIMessageChunk):
            return
        if piece.id and piece.id != self._id:
            self._id, self._reading = piece.id, Reading()
        called = "".join(call["args"] or "" for call in piece.tool_call_chunks if not call["index"])
        draft = self._reading.take(called or str(piece.text))
        if draft is not None:
            self._grown(draft)


def _written(turn: AIMessage) -> str:
    """All that a model wrote in a turn, about as long as it was."""
    return f"{turn.content}{[call['args'] for call in turn.tool_calls]}"


def _made(model: Model, limits: Limits) -> BaseChatModel:
    """The chat model that a setting names; each call is its own time's, and nothing is tried again behind our back."""
    more: dict[str, Any] = {"temperature": 0}
    if model.kind == "openai":
        more |= {"timeout": limits.seconds, "max_retries": 0, "max_tokens": limits.tokens}
    if model.url:
        more["base_url"] = model.url
    if model.key is not None:
        more["api_key"] = model.key
    name = model.name if ":" in model.name else f"openai:{model.name}"
    made: BaseChatModel = init_chat_model(name, **more)
    return made
