"""What the demo's own company promises: enough people to be believed, and something worth asking them."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import rjieba

from adapters.world import World
from bot.demo.company import BOT_NAME, Company, load
from bot.demo.folder import NotACompany

HOME = Path(__file__).parents[1] / "bot" / "demo" / "company"
NOW = datetime(2031, 5, 14, 12, tzinfo=UTC)  # a Wednesday
DAYS = [NOW + timedelta(days=n) for n in range(7)]


@pytest.fixture
def ours() -> Company:
    """The company that the demo shows without a folder."""
    return load(now=NOW)


def worlds(company: Company) -> list[World]:
    """Both platforms."""
    return [company.lark, company.dingtalk]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("people.json", "{"),
        ("people.json", "{}"),
        ("people.json", "[7]"),
        ("people.json", "[]"),
        ("chats.json", "[]"),
        ("questions.json", '[{"chat": "oc_ops"}]'),
        ("messages.jsonl", '{"id":"om_1","chat":"oc_ops","sender":"ou_ana","text":"hi","at":"yesterday"}'),
    ],
)
def test_a_half_written_company_is_refused(tmp_path: Path, file: str, content: str) -> None:
    """Who lays out a company like ours is told what does not fit, instead of meeting half of it."""
    for name in ("people.json", "chats.json", "questions.json", "messages.jsonl"):
        (tmp_path / name).write_bytes((HOME / name).read_bytes())
    assert load(tmp_path, now=NOW).lark.posts
    (tmp_path / file).write_text(content)
    with pytest.raises(NotACompany, match="do not fit together"):
        load(tmp_path, now=NOW)


def test_the_company_is_large_enough_to_be_believed(ours: Company) -> None:
    """At least 6 people, 4 groups on both platforms and 300 messages, none of them skipped."""
    assert all(len(world.people) >= 6 for world in worlds(ours))
    groups = [[c for c in world.chats.values() if not c.direct] for world in worlds(ours)]
    assert sum(map(len, groups)) >= 4
    assert all(len(its) >= 2 for its in groups)
    assert sum(len(world.posts) for world in worlds(ours)) >= 300
    assert ours.skipped == 0


def test_everybody_belongs_to_a_department_and_some_lie_under_others(ours: Company) -> None:
    """On both platforms, so that a scope can name one."""
    for world in worlds(ours):
        belong = {department for person in world.people.values() for department in person.departments}
        assert belong <= set(world.departments)
        assert all(person.departments for person in world.people.values())
        assert any(world.above(department) for department in belong)


def test_every_group_is_lively_in_both_languages(ours: Company) -> None:
    """In each group everybody speaks, and both Chinese and English are heard."""
    for world in worlds(ours):
        for chat in (c for c in world.chats.values() if not c.direct):
            posts = world.read(chat.id)
            assert len(posts) >= 50, chat.name
            assert {p.sender for p in posts} == set(chat.members), chat.name
            chinese = [p for p in posts if re.search(r"[\u4e00-\u9fff]", p.text)]
            assert len(chinese) >= 15, chat.name
            assert len(posts) - len(chinese) >= 10, chat.name


def test_no_message_stands_twice_and_no_reply_hangs_in_the_air(ours: Company) -> None:
    """Texts differ, but for an emoji; every reply follows a message of its own chat."""
    for world in worlds(ours):
        texts = [p.text for p in world.posts.values() if len(p.text) > 5]
        assert len(texts) == len(set(texts))
        replies = [p for p in world.posts.values() if p.reply_to]
        assert len(replies) >= 5
        for reply in replies:
            origin = world.posts[str(reply.reply_to)]
            assert (origin.chat, origin.n < reply.n) == (reply.chat, True)


@pytest.mark.parametrize("now", DAYS, ids=[f"{day:%a}" for day in DAYS])
def test_whatever_today_is_the_last_months_look_alike(now: datetime) -> None:
    """Everything lies in the last 120 days in the order written, on the weekday written, mostly at office hours."""
    days = {m["id"]: m["at"].split()[1] for m in map(json.loads, (HOME / "messages.jsonl").read_text().splitlines())}
    for world in worlds(load(now=now)):
        posts = list(world.posts.values())
        assert now - timedelta(days=120) < posts[0].at < posts[-1].at < now
        assert now - timedelta(days=10) < posts[-1].at
        for chat in world.chats:
            its = world.read(chat)
            assert [p.at for p in its] == sorted(p.at for p in its)
            assert [p.id for p in its] == sorted(p.id for p in its)
        assert all(f"{p.at:%a}" == days[p.id] for p in posts)
        assert sum(9 <= p.at.hour < 18 for p in posts) > 0.95 * len(posts)


def test_office_hours_are_those_of_the_one_who_looks() -> None:
    """In another time zone, ten o'clock is still ten o'clock there."""
    tokyo = NOW.astimezone(ZoneInfo("Asia/Tokyo"))
    first = next(iter(load(now=tokyo).lark.posts.values()))
    assert first.at.astimezone(tokyo.tzinfo).strftime("%a %H:%M") == "Mon 10:02"


def test_ana_has_told_more_than_once_how_to_roll_back_payments(ours: Company) -> None:
    """Her way is in the group in both languages, her correction included, within the 90 days a tap may read."""
    recent = [p for p in ours.lark.read("oc_ops") if p.sender == "ou_ana" and p.at > NOW - timedelta(days=90)]
    assert len([p for p in recent if "支付回滚" in p.text]) >= 3
    assert any("怎么回滚支付" in p.text and "等 5 分钟" in p.text for p in recent)
    assert any("roll back payments" in p.text for p in recent)
    assert any("更正支付回滚" in p.text and "5 分钟" in p.text for p in recent)


def test_every_suggested_question_has_its_answer_in_the_owners_words(ours: Company) -> None:
    """Five a group; the owner wrote the messages that answer, in words of the question, and recently enough."""
    everything = {p.id: p for world in worlds(ours) for p in world.posts.values()}
    groups = [c.id for world in worlds(ours) for c in world.chats.values() if not c.direct]
    assert sorted(q.chat for q in ours.questions) == sorted(groups * 5)
    for question in ours.questions:
        answers = [everything[message] for message in question.gold]
        assert max(p.at for p in answers) > NOW - timedelta(days=88), question.zh
        assert {(p.sender, p.chat) for p in answers} == {(question.owner, question.chat)}
        said = " ".join(p.text for p in answers)
        assert terms(question.zh) & terms(said), question.zh
        assert terms(question.en) & terms(said), question.en


def terms(text: str) -> set[str]:
    """Words that say something: two Chinese characters, or three letters and no mere grammar."""
    grammar = {
        "what",
        "how",
        "the",
        "does",
        "who",
        "when",
        "from",
        "about",
        "after",
        "which",
        "must",
        "now",
        "for",
        "many",
    }
    found = re.findall(r"[a-z0-9+]{2,}|[\u4e00-\u9fff]{2,}", " ".join(rjieba.cut_for_search(text.lower())))
    return {w for w in found if len(w) > 2 or w > "一"} - grammar - {"什么", "怎么", "多少"}


def test_everybody_has_a_direct_chat_with_the_bot(ours: Company) -> None:
    """One each, under the bot's name, with nobody else in it and nothing said yet."""
    for world in worlds(ours):
        for person in world.people:
            direct = world.direct(person)
            assert (direct.name, direct.members) == (BOT_NAME, (person,))
            assert not world.read(direct.id)


def test_the_guide_walks_on_both_platforms(ours: Company) -> None:
    """Ana and then 魏来 are asked by a colleague of the same group, the double called by name."""
    lark, dingtalk = ours.guide
    assert (lark.platform, lark.chat, lark.owner, lark.asker) == (
        "lark",
        "oc_ops",
        "lark:demo:ou_ana",
        "lark:demo:ou_bo",
    )
    assert lark.question == {"zh": "@分身 Ana 怎么回滚支付", "en": "@bot ask Ana how do we roll back payments"}
    assert (dingtalk.platform, dingtalk.owner) == ("dingtalk", "dingtalk:demo:staff_wei")
    members = ours.dingtalk.chats[dingtalk.chat].members
    assert {walker.rpartition(":")[2] for walker in (dingtalk.owner, dingtalk.asker)} <= set(members)


def test_a_sample_file_holds_ones_own_lines_and_others_to_drop(ours: Company) -> None:
    """It is the whole group in the format of messages.jsonl, with times of now, and loads again as a company."""
    ours.dingtalk.post("cid_direct_wei", "staff_wei", "to the bot alone", at=NOW)
    data = ours.sample_file("dingtalk:demo:staff_wei", "cid_support")
    lines = [json.loads(row) for row in data.decode().splitlines()]
    assert len(lines) == len(ours.dingtalk.read("cid_support"))
    senders = {row["sender"] for row in lines}
    assert "staff_wei" in senders
    assert len(senders) > 1
    assert all(datetime.fromisoformat(row["at"]) < NOW for row in lines)
    whole = ours.sample_file("staff_wei").decode()
    assert {json.loads(row)["chat"] for row in whole.splitlines()} == {"cid_support", "cid_expense"}
