"""Promises of the model that writes, over the real client and real HTTP: however it fails, a draft or nothing."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from langsmith import tracing_context
from pydantic import SecretStr

from bot import prompt
from bot.budget import FAILURES, REST, Budget, Limits, estimate
from bot.demo.scripted import Json, Says, Scripted, calls, given, with_arguments, writes
from bot.doctor import _model
from bot.grounding import Draft
from bot.models import Model, models_of, provider_of
from bot.settings import Settings
from bot.support.clauses import LOOKED_AT
from bot.writing import RETRIES, Writer
from skills.words import Passage

AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
SENTENCE = ("paraphrase", "先停网关。", ["1"])
GOOD = '{"sentences": [{"kind": "paraphrase", "text": "先停网关。", "passages": ["1"]}]}'


def passage(n: int, text: str) -> Passage:
    """A recalled passage of Ana's."""
    return Passage(f"p{n}", "lark:t:ana", "lark:t:ops", f"om_{n}", None, AT, text, 1.0)


PASSAGES = [passage(1, "先停网关，再跑 rollback.sh。"), passage(2, "The runbook is in the wiki.")]


class Clock:
    """It stands still unless the test moves it."""

    now = AT

    def __call__(self) -> datetime:
        """The time."""
        return self.now


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    """The scripted server, listening."""
    async with Scripted(says=calls(SENTENCE)).listening() as scripted:
        yield scripted


@pytest.fixture
async def other() -> AsyncIterator[Scripted]:
    """Another one, for the model that takes the first one's place."""
    async with Scripted(says=calls(SENTENCE)).listening() as scripted:
        yield scripted


Writes = Callable[..., Writer]


@pytest.fixture
def writer(server: Scripted) -> Writes:
    """A writer on the scripted server: `writer(seconds=1)`."""

    def make(*more: Model, clock: Callable[[], datetime] | None = None, **limits: float) -> Writer:
        model = Model("openai:m1", server.url, SecretStr("sk-canary"))
        return Writer([model, *more], Budget(Limits(**limits), clock or Clock()))  # type: ignore[arg-type]

    return make


async def draft(writer: Writer, asked: str = "怎么回滚", passages: list[Passage] = PASSAGES) -> Draft | None:
    """What it proposes."""
    return await writer.draft("Ana", asked, "zh", prompt.evidence(passages))


async def test_a_model_is_asked_once_with_the_passages_as_data(server: Scripted, writer: Writes) -> None:
    """One call, with its key, no tool but the one that takes the sentences, and all that people wrote in one object."""
    found = await draft(writer())
    assert found is not None
    assert [(s.kind, s.text, s.passages) for s in found.sentences] == [SENTENCE]
    (request,) = server.requests
    assert server.keys == ["bearer sk-canary"]
    assert len(request["tools"]) == 1
    assert given(request)["passages"] == [
        {"id": "1", "on": "2026-03-04", "text": PASSAGES[0].text},
        {"id": "2", "on": "2026-03-04", "text": PASSAGES[1].text},
    ]
    rules = request["messages"][0]["content"]
    assert "Ana" in rules
    assert not any(p.text in rules for p in PASSAGES)


@pytest.mark.parametrize(
    "says",
    [
        writes(""),
        writes("I am sorry, I cannot help with that."),
        writes('{"sentences": [{"kind": "quote"'),
        with_arguments('{"sentences": [{"kind": "quote"'),
        with_arguments('{"answer": 42}'),
        with_arguments('{"sentences": "all"}'),
        with_arguments("{}", name="delete_everything"),
        lambda _: {"role": "assistant", "content": None, "refusal": "no"},
    ],
)
async def test_whatever_a_model_writes_in_the_wrong_form_is_no_sentence(
    server: Scripted, writer: Writes, says: Says
) -> None:
    """Prose, half an object, wrong arguments, a tool that does not exist, a refusal: nothing, after two turns."""
    server.says = says
    found = await draft(writer())
    assert found is None or found.sentences == []
    assert len(server.requests) <= Limits().turns * (1 + RETRIES)


async def test_what_was_written_in_the_wrong_form_is_mended_in_a_second_turn(server: Scripted, writer: Writes) -> None:
    """The framework tells the model what was wrong, once."""

    def says(request: Json) -> Json:
        return (with_arguments('{"answer": 42}') if len(server.requests) == 1 else calls(SENTENCE))(request)

    server.says = says
    found = await draft(writer())
    assert found is not None
    assert len(found.sentences) == 1


async def test_a_model_that_calls_no_tool_may_write_the_object(server: Scripted, writer: Writes) -> None:
    """Small models do."""
    server.says = writes(GOOD)
    found = await draft(writer())
    assert found is not None
    assert len(found.sentences) == 1


@pytest.mark.parametrize("status", [429, 500])
async def test_one_failure_is_tried_again(server: Scripted, writer: Writes, status: int) -> None:
    """Once, after a moment."""
    server.statuses = [status]
    assert await draft(writer()) is not None
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 429, 500])
async def test_a_model_that_keeps_failing_proposes_nothing(server: Scripted, writer: Writes, status: int) -> None:
    """No error, no text of one."""
    server.statuses = [status] * 9
    assert await draft(writer()) is None
    assert len(server.requests) <= 1 + RETRIES


async def test_a_body_that_is_cut_proposes_nothing(server: Scripted, writer: Writes) -> None:
    """Half an answer is none."""
    server.cut = True
    assert await draft(writer()) is None


async def test_a_model_that_is_late_is_not_waited_for(server: Scripted, writer: Writes) -> None:
    """An answer has its seconds, whatever is tried in them."""
    server.delay = 60.0
    async with asyncio.timeout(30):
        assert await draft(writer(seconds=0.3)) is None


async def test_a_model_that_drips_is_not_waited_for(server: Scripted, writer: Writes) -> None:
    """However soon each piece comes after the last: an answer has its seconds."""
    server.pause, grown = 0.1, list[Draft]()
    found = await writer(seconds=0.5).draft("Ana", "怎么回滚", "zh", prompt.evidence(PASSAGES), grown.append)
    assert found is None


async def test_where_the_first_model_fails_the_second_is_asked(
    server: Scripted, other: Scripted, writer: Writes
) -> None:
    """The fallback that the operator named, and nobody else."""
    server.statuses = [500] * 9
    found = await draft(writer(Model("openai:m2", other.url, SecretStr("sk-2"))))
    assert found is not None
    assert len(found.sentences) == 1
    assert [request["model"] for request in other.requests] == ["m2"]


async def test_nothing_is_asked_without_a_passage(server: Scripted, writer: Writes) -> None:
    """A question alone goes to nobody."""
    assert await draft(writer(), passages=[]) is None
    assert server.requests == []


async def test_no_question_and_no_words_are_traced(
    server: Scripted, writer: Writes, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither to a third party nor into the log: of a failure its class is logged."""
    server.statuses = [500] * 9
    with tracing_context(enabled=True), caplog.at_level("DEBUG", logger="fenshen"):
        assert await draft(writer(), asked="canary question") is None
    assert "canary" not in caplog.text
    assert "网关" not in caplog.text
    assert "the model failed" in caplog.text


@pytest.mark.parametrize(
    "limits",
    [
        {"daily_answers": 1},
        {"daily_tokens": 120},
        {"daily_cost": 0.0002, "price_in": 1.0, "price_out": 5.0},
    ],
)
async def test_a_day_has_its_limits(server: Scripted, writer: Writes, limits: dict[str, float]) -> None:
    """Answers, tokens and money: with one of them spent nothing is asked until the next day."""
    clock = Clock()
    one = writer(clock=clock, **limits)
    assert await draft(one) is not None
    assert await draft(one) is None
    assert len(server.requests) == 1
    clock.now += timedelta(days=1)
    assert await draft(one) is not None


async def test_a_failure_costs_too(server: Scripted, writer: Writes) -> None:
    """What a failed turn read is counted by our own estimate: nobody told us better."""
    server.statuses = [500] * 9
    one = writer(daily_tokens=1)
    assert await draft(one) is None
    asked = len(server.requests)
    assert await draft(one) is None
    assert len(server.requests) == asked


async def test_what_a_server_does_not_count_is_estimated(server: Scripted, writer: Writes) -> None:
    """Some servers tell no usage."""
    server.usage = None
    one = writer(daily_tokens=1)
    assert await draft(one) is not None
    assert await draft(one) is None


async def test_a_model_that_fails_again_and_again_is_left_alone_for_a_minute(server: Scripted, writer: Writes) -> None:
    """Whoever asks meanwhile is quoted at once."""
    clock = Clock()
    one = writer(clock=clock)
    server.statuses = [400] * 99
    for _ in range(FAILURES):
        assert await draft(one) is None
    asked, server.statuses = len(server.requests), []
    assert await draft(one) is None
    assert len(server.requests) == asked
    clock.now += REST
    assert await draft(one) is not None


async def test_a_draft_is_told_of_as_it_grows_by_whole_sentences(server: Scripted, writer: Writes) -> None:
    """While the model still writes the next one; the same draft in the end as for whoever does not look on."""
    other = ("inference", "不停网关不能跑 rollback.sh。", ["1"])
    server.says, written = calls(SENTENCE, other), ""
    seen: list[tuple[int, str]] = []

    async def midway(by_then: str) -> None:
        nonlocal written
        written = by_then

    server.midway, server.pause = midway, 0.01
    whole = await writer().draft(
        "Ana", "怎么回滚", "zh", prompt.evidence(PASSAGES), lambda draft: seen.append((len(draft.sentences), written))
    )
    assert whole is not None
    assert [(s.kind, s.text, s.passages) for s in whole.sentences] == [SENTENCE, other]
    assert [n for n, _ in seen] == [1, 2]
    assert "rollback.sh。" not in seen[0][1]
    assert server.requests[0]["stream"] is True


@pytest.mark.parametrize("says", [writes(GOOD), writes("I am sorry."), with_arguments('{"answer": 42}')])
async def test_what_is_streamed_comes_to_what_comes_at_once(server: Scripted, writer: Writes, says: Says) -> None:
    """The object as text, prose, wrong arguments: read the same way."""
    server.says = says
    at_once, grown = await draft(writer()), list[Draft]()
    streamed = await writer().draft("Ana", "怎么回滚", "zh", prompt.evidence(PASSAGES), grown.append)
    assert streamed == at_once
    assert all(draft == streamed for draft in grown)
    assert bool(grown) == bool(streamed and streamed.sentences)


async def test_a_stream_that_is_cut_proposes_nothing_in_the_end(server: Scripted, writer: Writes) -> None:
    """Tried once more, read from its beginning; what had come of it was no draft."""
    server.cut, server.says = True, calls(SENTENCE, SENTENCE, SENTENCE, SENTENCE)
    grown: list[Draft] = []
    assert await writer().draft("Ana", "怎么回滚", "zh", prompt.evidence(PASSAGES), grown.append) is None
    assert len(server.requests) == 1 + RETRIES
    half = [len(draft.sentences) for draft in grown]
    assert half == half[: len(half) // 2] * 2
    assert max(half) < 4


def test_the_passages_fit_their_tokens() -> None:
    """At most so many by our estimate, best first; one too long to be checked is left out whole."""
    many = [passage(n, "先停网关，再跑脚本。" * 20) for n in range(30)]
    kept = prompt.evidence([passage(99, "长" * (LOOKED_AT + 1)), passage(98, ""), *many])
    assert list(kept)[:3] == ["1", "2", "3"]
    assert list(kept.values()) == many[: len(kept)]
    assert 3 < len(kept) < 30
    assert estimate(prompt.data("", "zh", kept)) <= prompt.MOST_EVIDENCE * 1.05


def test_what_an_owner_says_yes_to_names_every_model_and_machine() -> None:
    """The fallback as well; and without a model there is nothing to say yes to."""
    settings = Settings(model="openai:m1", model_fallback="m2", model_fallback_base_url="https://b.example/v1")
    assert provider_of(models_of(settings)) == "openai:m1 · api.openai.com, m2 · b.example"
    assert provider_of(models_of(Settings())) is None


def test_no_model_is_loaded_where_none_is_named() -> None:
    """Importing stays light: a program that quotes knows nothing of the client."""
    modules = "('openai', 'tiktoken', 'langchain_openai')"
    program = f"import bot.app, bot.double, bot.models, sys; print([m for m in sys.modules if m.startswith({modules})])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("key", [None, SecretStr("sk-canary")])
async def test_the_doctor_tells_whether_the_model_can_be_loaded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: SecretStr | None
) -> None:
    """By its name and machine, and without asking it anything or telling its key."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    nobody = "http://127.0.0.1:9/v1"
    settings = Settings(data=tmp_path, port=0, model="m1", model_base_url=nobody, model_key=key)
    found = await _model(settings, str(provider_of(models_of(settings))))
    assert (found.what, found.ok) == ("model m1 · 127.0.0.1", key is not None)
    assert "canary" not in found.cure
