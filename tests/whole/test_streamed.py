"""Promises of an answer that is shown while a model writes it: over both real SDKs, the real client, real PostgreSQL.

A sentence is shown once it is checked and decided on, and not before; whatever ends the writing, one message stands.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from adapters.lark.growing import SCOPE
from bot.demo.scripted import Json, Scripted, with_arguments
from bot.demo.visiting import Visit
from bot.sentences import say
from bot.settings import Settings
from skills.ground import Ground
from tests.whole.conftest import Open
from tests.whole.streamed import ASKED, FIRST, LIE, SECOND, Chat, Gate, tells

MOST_CALLS = 8
LARK = ("lark:demo:ou_ana", "oc_ops")
DING = ("dingtalk:demo:staff_wei", "cid_support")
both = pytest.mark.parametrize("where", [LARK, DING], ids=["lark", "ding"])
Begins = Callable[[Visit], Awaitable[Chat]]


@pytest.fixture
async def provider() -> AsyncIterator[Scripted]:
    """A made-up model of two true sentences."""
    async with Scripted(says=tells(FIRST, SECOND)).listening() as scripted:
        yield scripted


@pytest.fixture
def settings(tmp_path: Path, provider: Scripted, request: pytest.FixtureRequest) -> Settings:
    """Both platforms stream; only who is to be late is not waited for."""
    seconds = 3.0 if "late" in request.node.name else 60.0
    made_up = Settings(data=tmp_path, model="openai:made-up", model_base_url=provider.url, model_key=SecretStr("any"))
    return made_up.model_copy(update={"streaming": "lark,dingtalk", "model_seconds": seconds})


@pytest.fixture
def where() -> tuple[str, str]:
    """Whose double, and of which chat."""
    return LARK


@pytest.fixture
def begins(where: tuple[str, str]) -> Begins:
    """The owner joins, says two things, and lets the model write."""

    async def begin(visit: Visit) -> Chat:
        owner, chat = where
        page, direct = visit.page, await visit.page.direct(owner)
        await page.join(owner, chat, "join_today")
        for said in (FIRST, SECOND):
            await page.say(owner, chat, f"@分身 记住：{said}")
        await page.say(owner, direct, "让模型写")
        found = await page.read(owner, direct)
        offers = [m for m in found if m["card"] and any(b["action"] == "speak" for b in m["card"]["actions"])]
        await page.click(owner, offers[-1]["id"], "speak")
        await visit.quiet()
        return Chat(visit, owner, direct, visit.among.lark if owner.startswith("lark") else visit.among.dingtalk)

    return begin


async def asked(chat: Chat, question: str = ASKED) -> None:
    """Put the question, and wait for nothing."""
    await chat.visit.page.say(chat.owner, chat.id, question)


def calls_of(chat: Chat) -> int:
    """How many calls the platform counts."""
    platform = chat.visit.fenshen.platforms[chat.owner.partition(":")[0]]
    return int(platform.calls)  # type: ignore[attr-defined]


@both
@pytest.mark.parametrize("how", ["暂停", "只用原话", "/withhold 网关", "退出"])
async def test_when_consent_ends_in_the_middle_what_was_shown_is_taken_away(
    opened: Open, begins: Begins, provider: Scripted, where: tuple[str, str], how: str
) -> None:
    """Paused, quotes alone, withheld or left: at its next sentence the one sentence stands there, while it writes on.

    No credit was given.
    """
    async with opened() as visit:
        chat = await begins(visit)
        first, second = Gate(), Gate(after=2)

        async def held(written: str) -> None:
            await first(written)
            await second(written)

        provider.midway, provider.pause = held, 0.02
        async with chat.watched():
            await asked(chat)
            await first.reached.wait()
            await chat.until(FIRST)
            shown = chat.posts[-1].id
            await visit.page.say(chat.owner, chat.id, how)
            await asyncio.sleep(0.3)
            first.open.set()
            await chat.until_gone(FIRST, shown)
            second.open.set()
            await visit.quiet()
        after = chat.simulator.card(chat.simulator.world.posts[shown])
        assert after is not None
        assert after.text in (say("zh", "nothing"), say("zh", "withdrawn_text"))
        assert after.answer is None
        assert not any(SECOND in seen for seen in chat.seen)
        assert await visit.ground.store.credits(chat.owner) == []
        kinds = await chat.kinds(visit.ground.store._vault)
        assert "answered" not in kinds


@both
async def test_a_lie_in_the_middle_is_not_shown_at_any_moment(
    opened: Open, begins: Begins, provider: Scripted, where: tuple[str, str]
) -> None:
    """The sentences before and after it are."""
    provider.says, provider.pause = tells(FIRST, LIE, SECOND), 0.005
    async with opened() as visit:
        chat = await begins(visit)
        async with chat.watched():
            await asked(chat)
            await visit.quiet()
        assert not any("50 分钟" in seen for seen in chat.seen)
        assert chat.card().text == f"{FIRST}\n{SECOND}"


@both
async def test_sentences_are_shown_as_they_come_and_the_whole_costs_few_calls(
    opened: Open, begins: Begins, provider: Scripted, where: tuple[str, str]
) -> None:
    """One message grows, under its label from the start, and ends as the card that comes at once where none grows."""
    async with opened() as visit:
        chat = await begins(visit)
        before, calls, provider.midway = len(chat.posts), calls_of(chat), (gate := Gate())
        await asked(chat)
        await gate.reached.wait()
        await chat.until(FIRST)
        growing = chat.card()
        assert growing.growing
        assert growing.text == FIRST
        assert f"#{growing.answer} · openai:made-up · 127.0.0.1" in growing.label
        gate.open.set()
        await visit.quiet()
        whole = chat.card()
        assert len(chat.posts) == before + 1
        assert 4 <= calls_of(chat) - calls <= MOST_CALLS
        assert (whole.growing, whole.answer, whole.text) == (False, growing.answer, f"{FIRST}\n{SECOND}")
        assert [q.text for q in whole.quotes] == [FIRST, SECOND]
        assert await chat.kinds(visit.ground.store._vault) == ["opened", "answered"]


@both
@pytest.mark.parametrize("fault", ["cut", "malformed", "late"])
async def test_where_the_model_fails_in_the_middle_quotes_stand_on_the_same_card(
    opened: Open, begins: Begins, provider: Scripted, where: tuple[str, str], fault: str
) -> None:
    """Cut, in the wrong form, or never done: her own words, and the answer is given once."""
    async with opened() as visit:
        chat = await begins(visit)
        before = len(chat.posts)
        if fault == "malformed":
            provider.says = broken
        provider.cut = fault == "cut"
        provider.says = tells(FIRST, SECOND, FIRST, SECOND) if provider.cut else provider.says
        provider.pause, provider.midway = 0.002, Gate() if fault == "late" else None
        await asked(chat)
        if fault == "late":
            await chat.until(FIRST)
        await visit.quiet()
        card = chat.card()
        assert len(chat.posts) == before + 1
        assert card.text == say("zh", "answer_text", name=card.title.removesuffix(" 的分身"))
        assert FIRST in [q.text for q in card.quotes]
        assert "made-up" not in card.label
        assert await chat.kinds(visit.ground.store._vault) == ["opened", "answered"]


async def test_without_the_permission_an_answer_comes_whole(opened: Open, begins: Begins, provider: Scripted) -> None:
    """CardKit refuses: the first one is finished where it stands, and from then on none is begun."""
    async with opened() as visit:
        visit.among.lark.faults.denied.add(SCOPE)
        chat = await begins(visit)
        for question in (ASKED, "回滚支付的网关怎么办"):
            before = len(chat.posts)
            await asked(chat, question)
            await visit.quiet()
            assert len(chat.posts) == before + 1
            assert FIRST in chat.card().text
            assert not chat.card().growing
        assert sum("/cardkit/v1/cards" in one for one in visit.among.lark.tenant.requests) == 1


async def test_a_card_that_cannot_be_finished_is_sent_anew(opened: Open, begins: Begins, provider: Scripted) -> None:
    """Its window closed, and the card gone as well: the answer is not lost, and stands where it was sent last."""
    async with opened() as visit:
        chat = await begins(visit)
        visit.among.lark.faults.streaming_seconds = -1
        visit.among.lark.faults.fail_next("/cardkit/v1/cards/", 400, {"code": 200740, "msg": "gone"}, times=9)
        before = len(chat.posts)
        provider.midway = gate = Gate()
        await asked(chat)
        await gate.reached.wait()
        await chat.until(FIRST)
        gate.open.set()
        await visit.quiet()
        assert len(chat.posts) == before + 2
        assert chat.card().text == f"{FIRST}\n{SECOND}"
        places = await visit.ground.store.places(str(chat.card().answer))
        assert [place.message for place in places] == [chat.posts[-1].id]


@both
@pytest.mark.parametrize("known", [True, False], ids=["shown", "not known to be shown"])
async def test_an_answer_that_was_begun_and_not_finished_is_closed_by_whoever_comes_next(
    opened: Open, begins: Begins, provider: Scripted, where: tuple[str, str], ground: Ground, known: bool
) -> None:
    """Killed in the middle: after a while one friendly line stands in that message, once, and no answer was given."""
    async with opened() as visit:
        chat = await begins(visit)
        provider.midway = gate = Gate()
        await asked(chat)
        await gate.reached.wait()
        await chat.until(FIRST)
        async with asyncio.timeout(20):
            while not await _placed(ground):
                await asyncio.sleep(0.01)
    posts = len(chat.posts)
    forget = "UPDATE place SET platform = NULL, chat = NULL, message = NULL"
    for change in ([] if known else [forget]) + ["UPDATE procrastinate_jobs SET scheduled_at = now()"]:
        async with ground.database.transaction(owner=chat.owner) as connection:
            await connection.execute(text(change))
    provider.midway = None
    async with opened() as visit:
        chat.visit = visit
        await chat.until(say("zh", "trouble"))
        await visit.quiet()
        assert len(chat.posts) == posts
        assert chat.card().text == say("zh", "trouble")
        assert not chat.card().growing
        assert await chat.kinds(ground.store._vault) == ["opened", "ended"]


async def test_an_answer_in_english_grows_in_english(opened: Open, begins: Begins, provider: Scripted) -> None:
    """In the asker's language, while it grows as well."""
    async with opened() as visit:
        chat = await begins(visit)
        provider.midway = gate = Gate()
        await asked(chat, "how do we roll back 支付 with rollback.sh")
        await gate.reached.wait()
        await chat.until(FIRST)
        assert chat.card().note.startswith("Still writing")
        assert chat.card().label.startswith("AI double")
        gate.open.set()
        await visit.quiet()


def broken(request: Json) -> Json:
    """A model whose second sentence is none."""
    good = tells(FIRST)(request)["tool_calls"][0]["function"]["arguments"]
    return with_arguments(f"{good[:-2]}, 7]}}")(request)


async def _placed(ground: Ground) -> bool:
    async with ground.database.transaction() as connection:
        found = await connection.scalar(text("SELECT count(*) FROM place WHERE message IS NOT NULL"))
    return bool(found)
