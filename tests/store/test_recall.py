"""Recall finds what was said where it may be read, ranks it exactly, and is silent where nothing answers."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from skills.terms import asked, terms
from skills.words import Said, Venue

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA, BO, CHEN = "lark:t:ou_ana", "lark:t:ou_bo", "lark:t:ou_chen"
OPS, DEV = "lark:t:oc_ops", "lark:t:oc_dev"
SAID = [
    "支付网关的回滚步骤：先停 pay-gateway，再 kubectl rollout undo，最后看 5 分钟监控",
    "报错 E1042 是证书过期，去 certbot 那台机器上续一下",
    "We release payments every Tuesday, never on Friday afternoon",
    "数据库密码都在保险箱里，找我开权限，不要发群里",
    "v2.3.1 之后 pay-gateway 的配置都搬到 config-center 了",
    "Rolling back payments: stop the gateway, then run kubectl rollout undo",
    "今天食堂的鱼不错",
    "The staging password rotates weekly, ask the vault",
]


async def _speak(company: "Company", person: str = ANA) -> None:
    await company.join(person)
    for words in SAID:
        company.later(minutes=1)
        await company.say(person, words)


@pytest.mark.parametrize(
    "question", ["wifi password", "办公室 wifi 密码是多少", "年会在哪里办", "how do I book a flight", "嗯？", ""]
)
async def test_what_was_never_said_finds_nothing(company: "Company", question: str) -> None:
    """Grounded or silent: one shared word of two is not an answer."""
    await _speak(company)
    assert await company.find(ANA, BO, question) == []


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("怎么回滚支付", 0),
        ("昨晚发布失败了，值班的人应该怎么回滚支付网关？步骤是什么", 0),
        ("how do we roll back payments?", 5),
        ("E1042 是什么错误", 1),
        ("PAY-GATEWAY 的配置在哪", 4),
        ("ｖ２.３.１ 有什么变化", 4),
        ("when do we release payments", 2),
        ("数据库密码在哪里", 3),
    ],
)
async def test_a_question_finds_the_message_that_answers_it(company: "Company", question: str, best: int) -> None:
    """In Chinese and English, by identifiers whole or in parts, in any width and case."""
    await _speak(company)
    assert (await company.find(ANA, BO, question))[0] == SAID[best]


def bm25(said: Sequence[str], question: str) -> dict[str, float]:
    """The score of each text by Lucene's variant with k1 1.5 and b 0.75, worked out one by one."""
    counted = [terms(words) for words in said]
    mean = sum(c.total() for c in counted) / len(counted)
    often = Counter(term for c in counted for term in c)
    return {
        words: sum(
            math.log(1 + (len(said) - often[q] + 0.5) / (often[q] + 0.5))
            * (c[q] / (c[q] + 1.5 * (0.25 + 0.75 * c.total() / mean)))
            for q in asked(question)
        )
        for words, c in zip(said, counted, strict=True)
    }


async def test_scores_are_exact_bm25(company: "Company") -> None:
    """Lucene's variant with k1 1.5 and b 0.75, over the passages that may be read and no others."""
    await _speak(company)
    question = "roll back payments gateway"
    expected = bm25(SAID, question)
    found = await company.ask(ANA, BO, question)
    assert found
    for passage in found:
        assert passage.score == pytest.approx(expected[passage.text], abs=1e-6)


async def test_scores_are_exact_to_the_minute_in_which_a_consent_begins_and_ends(company: "Company") -> None:
    """Sums by days are used for whole days alone, and follow what is taken back."""
    await company.join(ANA)
    hours = (0, 5, 16, 30, 46, 47.9, 48, 49, 80)
    said = [f"gateway notes{' more' * n} of hour {hour}" for n, hour in enumerate(hours)]
    ids = [
        await company.say(ANA, words, at=company.now + timedelta(hours=hour))
        for words, hour in zip(said, hours, strict=True)
    ]
    await company.ceiling("default", days=2)
    held = [words for words, hour in zip(said, hours, strict=True) if hour < 48]

    async def scores() -> dict[str, float]:
        return {p.text: p.score for p in await company.ask(ANA, BO, "gateway hour")}

    assert await scores() == pytest.approx(bm25(held, "gateway hour"), abs=1e-6)
    for gone in (4, 1):
        await company.store.forget(company.claim(), company.ops, ids[gone])
        del held[gone]
        assert await scores() == pytest.approx(bm25(held, "gateway hour"), abs=1e-6)


async def test_sums_by_days_go_with_the_words(company: "Company") -> None:
    """Nothing tells any more on which days somebody spoke who left."""
    await company.join(ANA)
    await company.say(ANA, "the gateway restarts at nine")
    assert await company.rows("SELECT n, length FROM tally", ANA) == [(1, 3)]
    erasure = await company.leave(ANA)
    assert erasure is not None
    await company.store.erase(erasure.id)
    assert await company.rows("SELECT n, length FROM tally", ANA) == []


async def test_others_rows_change_nobodys_scores(company: "Company") -> None:
    """No statistics leak: neither from another owner, nor from another chat, nor from what was withdrawn."""
    await _speak(company)
    before = await company.ask(ANA, BO, "回滚支付")
    await company.join(CHEN)
    await company.join(ANA, DEV)
    for n in range(30):
        await company.say(CHEN, f"回滚支付 回滚支付 {n}")
        await company.say(ANA, f"回滚支付 回滚支付 {n}", DEV)
    after = await company.ask(ANA, BO, "回滚支付")
    assert [(p.id, p.score) for p in after] == [(p.id, p.score) for p in before]


async def test_ties_are_broken_the_same_way_every_time(company: "Company") -> None:
    """Of equal scores the newer comes first."""
    await company.join(ANA)
    for n in range(6):
        company.later(minutes=1)
        await company.say(ANA, f"rollback {n}")
    found = await company.find(ANA, BO, "rollback")
    assert found == [f"rollback {n}" for n in reversed(range(6))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the timeout is 1.5 seconds", "the timeout is 15 seconds"),
        ("we write the timeout in C++", "we write the timeout in C#"),
        ("the timeout is -5", "the timeout is 5"),
        ("timeout test ✅", "timeout test ❌"),
        ("timeout != 30", "timeout = 30"),
    ],
)
async def test_what_differs_by_a_sign_alone_is_not_the_same(company: "Company", one: str, other: str) -> None:
    """Both are found; what differs by its full stop, its spaces or its case is one, and the latest is shown."""
    await company.join(ANA)
    await company.say(ANA, one)
    company.later(minutes=1)
    await company.say(ANA, other)
    company.later(minutes=1)
    await company.say(ANA, f"  {other.upper()}。")
    assert set(await company.find(ANA, BO, "timeout")) == {one, f"  {other.upper()}。"}


async def test_what_was_said_over_and_over_takes_nobodys_place(company: "Company") -> None:
    """It is shown once, and as much else as was asked for."""
    await company.join(ANA)
    others = [f"the rollback of part {n} takes long, as everybody knows" for n in range(3)]
    for words in (*others, *["rollback reports are due"] * 30):
        company.later(minutes=1)
        await company.say(ANA, words)
    grant = await company.grant(ANA, BO)
    assert grant is not None
    found = [passage.text for passage in await company.store.recall(grant, "rollback", limit=4)]
    assert found == ["rollback reports are due", *reversed(others)]


async def test_a_long_message_is_found_by_its_last_words(company: "Company") -> None:
    """A pasted document is looked at to its end, however often it says something."""
    await company.join(ANA)
    text = "第一章 环境准备。" * 2_000 + "网关的端口是 8443"
    await company.say(ANA, text)
    assert await company.find(ANA, BO, "网关端口") == [text]
    over_and_over = "⑵" * 70_000  # as two bytes cannot count
    await company.say(ANA, over_and_over)
    assert over_and_over in await company.find(ANA, BO, "2")


async def test_a_long_message_counts_by_its_parts(company: "Company") -> None:
    """What answers in one place comes before what shares a word; a little of everything all over is no answer."""
    await company.join(ANA)
    shift = "今天的班次照表走，没有什么特别的事情。" * 40
    handbook = f"{shift}退款超过三十天的订单走人工审核，找老何签字。{shift}"
    scattered = f"门禁{shift}续期{shift}押金{shift}退还{shift}"
    await company.say(ANA, handbook)
    await company.say(ANA, scattered)
    said = [f"{'班次' if n % 10 else '退款'}先等 {n}" for n in range(300)]
    short = [Said(ANA, OPS, f"om_s{n}", company.now, words, None, "history") for n, words in enumerate(said)]
    await company.store.backfill(ANA, OPS, short)
    assert (await company.find(ANA, BO, "退款超过三十天的订单怎么处理"))[0] == handbook
    grant = await company.grant(ANA, BO)
    assert grant is not None
    seen = (await company.store.search(grant, "门禁续期押金退还")).evidence
    assert seen.best == pytest.approx(0.25, abs=0.1)
    assert not seen.enough


async def test_only_as_many_as_asked_for(company: "Company") -> None:
    """The limit holds."""
    await _speak(company)
    grant = await company.grant(ANA, BO)
    assert grant is not None
    assert len(await company.store.recall(grant, "rollback pay-gateway 回滚 支付", limit=1)) == 1


async def test_at_level_outline_no_text_comes_out(company: "Company") -> None:
    """Where and when, but no word."""
    await _speak(company)
    await company.ceiling("default", level="outline")
    (found,) = await company.ask(ANA, BO, "回滚支付", limit=1)
    assert found.text == ""
    assert found.chat == OPS


async def test_a_stale_or_made_up_grant_recalls_nothing(company: "Company") -> None:
    """A grant is a record of a decision; recall decides again."""
    await _speak(company)
    await company.join(BO, DEV)
    grant = await company.grant(ANA, BO)
    assert grant is not None
    forged = [
        replace(grant, epoch=grant.epoch - 1),
        replace(grant, owner=BO),
        replace(grant, owner="lark:t:ou_nobody"),
        replace(grant, venue=Venue(DEV, False)),
        replace(grant, venue=Venue(OPS, True)),
    ]
    for made_up in forged:
        assert await company.store.recall(made_up, "回滚支付") == []
        assert not await company.store.holds(made_up)
    assert await company.store.recall(grant, "回滚支付") != []


async def test_a_key_destroyed_meanwhile_leaves_nothing_to_read(company: "Company") -> None:
    """Rows that outlive their key are as good as gone."""
    await _speak(company)
    for key_id in [row.key_id for row in await company.rows("SELECT key_id FROM owner_key")]:
        await company.vault.destroy(key_id)
    assert await company.find(ANA, BO, "回滚支付") == []
    assert await company.store.own(ANA) == []


async def test_an_owners_latest_words_are_for_their_eyes(company: "Company") -> None:
    """Newest first, one chat or all, no chatter."""
    await _speak(company)
    await company.say(ANA, "ok")
    latest = await company.store.own(ANA, limit=2)
    assert [passage.text for passage in latest] == [SAID[-1], SAID[-2]]
    assert await company.store.own(ANA, DEV) == []
    assert await company.store.own(BO) == []


async def test_a_name_is_offered_where_its_owner_may_be_asked(company: "Company") -> None:
    """By name, in alphabetical order, and nowhere else."""
    await company.join(CHEN)
    await company.join(ANA)
    await company.join(BO, audience="me")
    assert [d.name for d in await company.store.doubles(BO, Venue(OPS, False))] == ["Ana", "Chen"]
    assert await company.store.doubles(BO, Venue(DEV, False)) == []
    assert [d.name for d in await company.store.doubles(BO, Venue("lark:t:oc_p2p", True))] == ["Bo"]


async def test_only_me_is_for_the_owner_alone_with_the_bot(company: "Company") -> None:
    """Neither others, nor the owner in a group, nor another reader of a direct chat."""
    await company.join(ANA, audience="me")
    await company.say(ANA, "rollback the gateway")
    assert await company.find(ANA, BO, "rollback") == []
    assert await company.find(ANA, ANA, "rollback") == []
    assert await company.find(ANA, BO, "rollback", direct=True) == []
    assert await company.find(ANA, ANA, "rollback", direct=True) == ["rollback the gateway"]
    alone = Venue("lark:t:oc_p2p", True)
    assert await company.store.grant(ANA, asker=ANA, venue=alone, readers=frozenset({ANA, BO})) is None


async def test_words_of_a_chat_are_not_told_in_a_direct_message(company: "Company") -> None:
    """Where said, there answered."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    assert await company.find(ANA, BO, "rollback", direct=True) == []
    assert await company.find(ANA, BO, "rollback", DEV) == []
