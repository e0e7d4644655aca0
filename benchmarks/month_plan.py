"""The plan of a seeded month: who works where, what each owner knows, and who asks whom what on which day."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from adapters.world import Chat, Person, World

Language = Literal["zh", "en"]
Known = Literal["asked", "said", "noted"]  # told when asked, said in the chat before, or noted for the double

GROUP = 10  # people
DOUBLES = 0.45  # of the people join sooner or later
FACTS = 8  # a group asks about, in a month
A_DAY = 0.14  # questions of one person
SURNAMES = "陈林黄张李王吴刘蔡杨许郑谢郭洪邱曾廖赖徐"
GIVEN = ("思远 雨桐 子涵 浩然 诗琪 俊杰 佳怡 明轩 晓彤 志强 美玲 建国 文静 天宇 海燕 永康 秀兰 国栋 小雅 立新").split()
ENGLISH = ("Mia Leo Nora Ivan Tess Hugo Zara Omar Lena Finn Ruby Axel Cora Dean Elsa Gwen Kurt Lucy Milo Nell").split()
FAMILY = ("Park Silva Novak Costa Weber Haddad Olsen Rossi Duarte Kovac Moreau Tanaka Petrov Okafor Quinn").split()
WORDS = ("kite maple delta onyx falcon harbor lotus amber comet cedar raven quartz willow orbit tiger basil").split()
CHATTER = {
    "zh": (
        "大家中午吃什么",
        "今天空调有点冷",
        "下午茶到了，在前台",
        "谁的快递还没拿",
        "周末去爬山吗",
        "收到，我看一下",
    ),
    "en": (
        "anyone for lunch",
        "the office is freezing today",
        "cake at the front desk",
        "nice work everybody",
        "on it",
    ),
}
DAYS = {"zh": ("周二", "周三", "周四"), "en": ("Tuesday", "Wednesday", "Thursday")}


@dataclass(frozen=True, slots=True)
class Fact:
    """What one owner knows, as it is asked of them in other words each time; `known`: how their double learns it."""

    id: str
    group: int
    owner: str
    reply: str
    asks: Mapping[str, Sequence[str]]
    known: Known = "asked"
    title: str | None = None  # under which it is kept; None: the one that is proposed


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody asks somebody something: a fact in one of its forms, or what nobody knows."""

    group: int
    asker: str
    owner: str
    text: str
    fact: Fact | None


@dataclass(slots=True)
class Day:
    """What happens on one day besides the questions."""

    joins: list[str] = field(default_factory=list)
    leaves: list[str] = field(default_factory=list)
    pauses: list[str] = field(default_factory=list)
    resumes: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    chatter: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Month:
    """Two worlds, the groups by number, who owns a double, what they know, and every day's plan."""

    worlds: dict[str, World]
    groups: list[Chat]
    platform: list[str]
    home: dict[str, int]  # person → group
    facts: list[Fact]
    days: list[Day]


class Topics:
    """Our templates, each filled anew for each group; or a folder's questions, as they were asked."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._rows = rows

    def some(self, dice: random.Random, many: int) -> Iterator[tuple[Mapping[str, Any], dict[str, str], str]]:
        """So many different topics with what fills their gaps."""
        for row in dice.sample(self._rows, min(many, len(self._rows))):
            day = dice.randrange(3)
            gaps = {"number": str(dice.randint(2, 9)), "floor": str(dice.randint(2, 9)), "word": dice.choice(WORDS)}
            gaps["hour"] = str(dice.randint(10, 19))
            yield row, gaps, str(day)


def ours() -> Topics:
    """The templates in `topics.jsonl`."""
    path = Path(__file__).with_name("topics.jsonl")
    return Topics([json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()])


def folder(directory: Path) -> Topics:
    """The answerable questions of a labelled set, each with the first of its gold messages as the reply."""
    texts = {row["id"]: row["text"] for row in _rows(directory / "messages.jsonl")}
    found = []
    for row in _rows(directory / "questions.jsonl"):
        if row["answerable"] and row["gold"] and len(row["question"]) <= 200:
            both = [row["question"]]
            reply = texts[row["gold"][0]]
            found.append({"id": row["id"], "reply": {"zh": reply, "en": reply}, "asks": {"zh": both, "en": both}})
    return Topics(found)


def planned(people: int, days: int, seed: int, topics: Topics) -> Month:
    """The same numbers give the same month."""
    dice = random.Random(seed)
    month = _peopled(people, dice)
    month.days = [Day() for _ in range(days)]
    owners = _owners(month, days, dice)
    for number, chat in enumerate(month.groups):
        _facts(month, number, [m for m in chat.members if m in owners], topics, dice)
    for number in range(len(month.groups)):
        _questions(month, number, owners, dice)
    return month


def _peopled(people: int, dice: random.Random) -> Month:
    worlds = {"lark": World("om_"), "dingtalk": World("msg_")}
    month = Month(worlds, [], [], {}, [], [])
    given, english = list(GIVEN), list(ENGLISH)
    for number in range(max(2, people // GROUP)):
        platform = "dingtalk" if number % 3 == 2 else "lark"
        chinese = number % 4 != 1
        who, where = ("ou_", "oc_") if platform == "lark" else ("staff_", "cid_")
        members = []
        for n, name in enumerate(dice.sample(given if chinese else english, GROUP)):
            called = dice.choice(SURNAMES) + name if chinese else f"{name} {dice.choice(FAMILY)}"
            person = Person(f"{who}{number}_{n}", called, "zh" if chinese or dice.random() < 0.1 else "en")
            worlds[platform].people[person.id] = person
            members.append(person.id)
            month.home[person.id] = number
        chat = Chat(f"{where}{number}", f"{'小组' if chinese else 'Team'} {number}", False, tuple(members))
        worlds[platform].chats[chat.id] = chat
        month.groups.append(chat)
        month.platform.append(platform)
        for person_id in members:
            direct = Chat(f"{where}direct_{person_id}", "分身", True, (person_id,))
            worlds[platform].chats[direct.id] = direct
    return month


def _owners(month: Month, days: int, dice: random.Random) -> dict[str, tuple[int, int]]:
    """Who owns a double from which day to which: most join in the first week, some leave, a few pause for a while."""
    owners: dict[str, tuple[int, int]] = {}
    for chat in month.groups:
        for person in dice.sample(chat.members, max(2, round(len(chat.members) * DOUBLES))):
            since = dice.randrange(min(7, days)) if dice.random() < 0.8 else dice.randrange(days)
            until = dice.randrange(since + 1, days) if dice.random() < 0.1 and since + 1 < days else days
            owners[person] = since, until
            month.days[since].joins.append(person)
            if until < days:
                month.days[until].leaves.append(person)
            elif dice.random() < 0.06 and since + 4 < days:
                month.days[since + 1].pauses.append(person)
                month.days[since + 4].resumes.append(person)
    return owners


def _facts(month: Month, number: int, owners: Sequence[str], topics: Topics, dice: random.Random) -> None:
    world = month.worlds[month.platform[number]]
    for row, gaps, day in topics.some(dice, FACTS):
        owner = dice.choice(owners)
        spoken = world.people[owner].language
        known: Known = "asked"
        if dice.random() < 0.15:
            known = "noted"
        elif month.platform[number] == "lark" and dice.random() < 0.2:
            known = "said"
        reply = filled(row["reply"][spoken], gaps, day, spoken)
        asks = {lang: [filled(one, gaps, day, lang) for one in row["asks"][lang]] for lang in ("zh", "en")}
        fact = Fact(f"{number}:{row['id']}", number, owner, reply, asks, known)
        month.facts.append(replace(fact, title="") if asks["zh"] == asks["en"] else fact)


def filled(text: str, gaps: Mapping[str, str], day: str, language: str) -> str:
    """A template with its gaps filled; texts of others keep their braces."""
    for gap, value in {**gaps, "day": DAYS[language][int(day)]}.items():
        text = text.replace("{" + gap + "}", value)
    return text


def _questions(month: Month, number: int, owners: Mapping[str, tuple[int, int]], dice: random.Random) -> None:
    """A few facts are asked for often, most now and then; some ask people without a double, or what was never said."""
    chat, world = month.groups[number], month.worlds[month.platform[number]]
    facts = [fact for fact in month.facts if fact.group == number]
    elsewhere = [fact for fact in month.facts if fact.group != number]
    last: dict[tuple[str, str], str] = {}
    for now, day in enumerate(month.days):
        day.chatter += [(number, who, dice.choice(CHATTER[world.people[who].language])) for who in _two(chat, dice)]
        for _ in range(_many(len(chat.members) * A_DAY, dice)):
            asker = dice.choice(chat.members)
            spoken, roll = world.people[asker].language, dice.random()
            if roll < 0.08:
                nobody = dice.choice([m for m in chat.members if m not in owners and m != asker])
                form = dice.choice(dice.choice(facts).asks[spoken])
                day.asked.append(Asked(number, asker, nobody, form, None))
                continue
            fact = dice.choices(facts, [1 / (n + 1) for n in range(len(facts))])[0]
            since, until = owners[fact.owner]
            if fact.owner == asker or not since < now < until:
                continue
            if roll < 0.14 and elsewhere:
                form = dice.choice(dice.choice(elsewhere).asks[spoken])
                known = {ask for other in facts for asks in other.asks.values() for ask in asks}
                if form not in known:
                    day.asked.append(Asked(number, asker, fact.owner, form, None))
                continue
            forms = [form for form in fact.asks[spoken] if form != last.get((fact.id, spoken))]
            form = dice.choice(forms or fact.asks[spoken])
            last[fact.id, spoken] = form
            day.asked.append(Asked(number, asker, fact.owner, form, fact))


def _two(chat: Chat, dice: random.Random) -> Sequence[str]:
    return dice.sample(chat.members, 2)


def _many(mean: float, dice: random.Random) -> int:
    whole = int(mean)
    return whole + (dice.random() < mean - whole)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
