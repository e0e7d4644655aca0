"""What was said in one go is shown together: never from elsewhere, never what may not be read, never too much."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from skills.words import Said

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
DEV = "lark:t:oc_dev"
STEPS = "回滚支付分三步："
FIRST, SECOND, THIRD = "1. 先停 pay-gateway", "2. 再 kubectl rollout undo", "3. 看五分钟监控"


async def _said(company: "Company", *lines: tuple[float, str], thread: str | None = None, chat: str = "") -> None:
    """Each so many seconds after the one before."""
    for seconds, words in lines:
        at, where = company.later(seconds=seconds), chat or company.ops
        message = f"om_{at.timestamp()}_{thread or where}"
        await company.store.record(company.claim(), Said(ANA, where, message, at, words, thread))


async def _shown(company: "Company", question: str, asker: str = BO) -> Sequence[str]:
    """The best passage with what is shown beside it."""
    grant = await company.grant(ANA, asker)
    assert grant is not None
    best = (await company.store.recall(grant, question))[0]
    together = await company.store.joined(grant, [best.id])
    return [passage.text for passage in together[best.id]]


async def test_a_grant_that_is_given_no_more_joins_nothing(company: "Company") -> None:
    """As it recalls nothing."""
    await company.join(ANA)
    await _said(company, (1, STEPS), (5, FIRST))
    grant = await company.grant(ANA, BO)
    assert grant is not None
    (best, *_) = await company.store.recall(grant, "怎么回滚支付")
    await company.leave(ANA)
    assert await company.store.joined(grant, [best.id]) == {}


async def test_what_lies_outside_the_consent_is_not_joined(company: "Company") -> None:
    """The words right before a consent begins, those of another chat, and those of another thread."""
    await company.join(ANA)
    await company.join(ANA, DEV)
    await _said(company, (1, STEPS))
    await _said(company, (2, "在 dev 群里说的话"), chat=DEV)
    await _said(company, (2, "另一个话题里说的话"), thread="omt_1")
    await _said(company, (2, FIRST))
    assert await _shown(company, "怎么回滚支付") == [STEPS, FIRST]
    await company.store.record(company.claim(), Said(ANA, company.ops, "om_early", company.now, "晚到的"))
    await company.leave(ANA)
    await company.join(ANA)
    await _said(company, (5, "网关回滚看手册"))
    assert await _shown(company, "网关回滚看什么") == ["网关回滚看手册"]


async def test_what_was_taken_back_is_not_joined(company: "Company") -> None:
    """A recalled message is gone from the middle too."""
    await company.join(ANA)
    await _said(company, (1, STEPS), (5, FIRST))
    message = await company.say(ANA, SECOND, at=company.later(seconds=5))
    await _said(company, (5, THIRD))
    await company.store.forget(company.claim(), company.ops, message)
    assert await _shown(company, "怎么回滚支付") == [STEPS, FIRST, THIRD]


async def test_steps_are_shown_with_their_heading(company: "Company") -> None:
    """In the order in which they were said, whichever of them was found."""
    await company.join(ANA)
    await _said(company, (1, STEPS), (40, FIRST), (100, SECOND), (100, THIRD), (600, "中午吃鱼"))
    assert await _shown(company, "怎么回滚支付") == [STEPS, FIRST, SECOND, THIRD]
    assert await _shown(company, "kubectl rollout undo") == [STEPS, FIRST, SECOND, THIRD]


@pytest.mark.parametrize(("seconds", "together"), [(30, True), (60, False)])
async def test_only_what_was_said_at_once_belongs_together(company: "Company", seconds: float, together: bool) -> None:
    """Two sentences a minute apart are two, unless the words themselves go on."""
    await company.join(ANA)
    await _said(company, (1, "网关在机房 B"), (seconds, "钥匙找行政拿"))
    assert (await _shown(company, "网关在哪个机房") == ["网关在机房 B", "钥匙找行政拿"]) is together


@pytest.mark.parametrize(
    ("after", "shown"), [("不可以", True), ("No.", True), ("没有", True), ("收到", False), ("ok", False)]
)
async def test_a_no_is_shown_with_what_it_denies(company: "Company", after: str, shown: bool) -> None:
    """Without it the double would say the opposite; other chatter is left out, and neither is found by itself."""
    await company.join(ANA)
    await _said(company, (1, "周五发布网关？"), (5, after), (5, "等到下周二"))
    expected = ["周五发布网关？", *([after] if shown else []), "等到下周二"]
    assert await _shown(company, "网关发布") == expected
    assert await company.find(ANA, BO, after) == []


async def test_what_is_shown_together_fits_on_a_screen(company: "Company") -> None:
    """The nearest first, and no more of it than about five lines."""
    await company.join(ANA)
    talk = [(20.0, f"第{n}件事情是这样的" + "很长的话" * 12) for n in range(6)]
    await _said(company, (1, "网关在机房 B"), (5, "钥匙找行政拿"), *talk)
    shown = await _shown(company, "网关在哪个机房")
    assert shown[:2] == ["网关在机房 B", "钥匙找行政拿"]
    assert 2 < len(shown) < 8
    assert sum(map(len, shown)) <= 200


async def test_a_kept_note_stands_by_itself(company: "Company") -> None:
    """What was told to the double on purpose is whole."""
    await company.join(ANA)
    await _said(company, (1, "先说一句闲话"))
    at = company.later(seconds=5)
    await company.store.backfill(
        ANA, company.ops, [Said(ANA, company.ops, "note:1", at, "网关在机房 B", source="note")]
    )
    await _said(company, (5, "再说一句闲话"))
    grant = await company.grant(ANA, BO)
    assert grant is not None
    (best, *_) = await company.store.recall(grant, "网关在哪个机房")
    assert [p.text for p in (await company.store.joined(grant, [best.id])).get(best.id, [best])] == ["网关在机房 B"]


async def test_all_that_is_shown_is_cited(company: "Company") -> None:
    """So that an answer goes when any of its words do."""
    await company.join(ANA)
    await _said(company, (1, STEPS), (5, FIRST))
    grant = await company.grant(ANA, BO)
    assert grant is not None
    (best, *_) = await company.store.recall(grant, "怎么回滚支付")
    together = await company.store.joined(grant, [best.id])
    answered = await company.store.deliver(grant, [p.id for p in together[best.id]])
    assert answered is not None
    company.now += timedelta(seconds=1)
    assert await company.store.shown(answered.id, "lark", company.ops, "om_card")
