"""The demo's company: our own, or any folder of messages, as two worlds for the two simulators."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import rjieba

from adapters.world import Chat, Department, Person, Post, World
from bot.demo.folder import Line, NotACompany, adopted, in_weeks, near_now, read_lines
from bot.demo.learned import Learned, read_learned
from bot.demo.week import Week, read_weeks

BOT_NAME = "分身"
TENANT = "demo"
PREFIX = {"lark": ("om_", "oc_", "ou_"), "dingtalk": ("msg_", "cid_", "staff_")}  # of messages, chats, people


@dataclass(frozen=True, slots=True)
class Question:
    """Something worth asking: whose double, in which chat, in both languages; `gold` are the messages that answer."""

    chat: str
    owner: str  # bare, as in the world: `ou_ana`
    zh: str
    en: str
    gold: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Walk:
    """One guided minute: who opts in where, who asks, and what they type, in both languages."""

    platform: str
    chat: str  # bare, as the page names it: `oc_ops`
    owner: str  # whole: `lark:demo:ou_ana`
    asker: str
    question: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Company:
    """People, chats and what was said, on both platforms; `skipped` lines of the folder were no messages."""

    lark: World
    dingtalk: World
    questions: tuple[Question, ...]
    guide: tuple[Walk, ...]
    skipped: int
    weeks: tuple[Week, ...] = ()
    learned: tuple[Learned, ...] = ()

    def sample_file(self, person: str, chat: str | None = None) -> bytes:
        """A messages.jsonl of what was said in this person's groups, or in one: their own lines and the others'.

        The ids are the platform's, the times absolute, so that the import has words to keep and words to drop.
        """
        bare = person.rpartition(":")[2]
        world = self.lark if bare in self.lark.people else self.dingtalk
        groups = {c.id for c in world.chats.values() if bare in c.members and not c.direct and chat in (None, c.id)}
        posts = [p for p in world.posts.values() if p.chat in groups and p.sender in world.people]
        return "".join(_as_line(post, world.people[post.sender].name) for post in posts).encode()


@dataclass(frozen=True, slots=True)
class _Cast:
    people: Sequence[Person]
    groups: Sequence[Chat]
    said: Sequence[tuple[datetime, Line]]


def load(directory: Path | None = None, *, now: datetime) -> Company:
    """The company of a folder, ours without one. Raises NotACompany, with the reason.

    A folder with `people.json` and `chats.json` is laid out like ours: two platforms, and times such as `w3 Tue 10:32`,
    counted back from now. Any other needs only `messages.jsonl`; its senders become people and its chats groups, all on
    Lark, because only there can a bot read what was said before; and its times move near now (`folder.near_now`).
    """
    home = directory or Path(__file__).with_name("company")
    lines, skipped = read_lines(home)
    written = (home / "people.json").is_file()
    try:
        cast = _written(home, lines, now) if written else _found(lines, now)
        questions = _questions(home) if written else _guesses(cast)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotACompany(home, f"its people, chats, questions or times do not fit together: {error}") from error
    worlds = {platform: _world(platform, cast) for platform in PREFIX}
    for platform, world in worlds.items() if written else ():
        world.departments.update(_departments(home, platform))
    weeks = read_weeks(home, worlds, TENANT, BOT_NAME) if written else ()
    learned = read_learned(home, worlds, TENANT, BOT_NAME) if written else ()
    guide = tuple(walk for platform in PREFIX if (walk := _walk(platform, worlds[platform], questions)))
    return Company(worlds["lark"], worlds["dingtalk"], questions, guide, skipped, weeks, learned)


def _written(home: Path, lines: Sequence[Line], now: datetime) -> _Cast:
    people = [_person(one) for one in _json(home / "people.json")]
    groups = [Chat(c["id"], c["name"], False, tuple(c["members"])) for c in _json(home / "chats.json")]
    known = {p.id for p in people}
    strangers = {m for g in groups for m in g.members} | {line.sender for line in lines}
    nowhere = {line.chat for line in lines} - {g.id for g in groups}
    if unknown := (strangers - known) | nowhere:
        raise ValueError(f"nobody knows {', '.join(sorted(unknown))}")
    return _Cast(people, groups, in_weeks(lines, now))


def _person(said: Mapping[str, Any]) -> Person:
    return Person(said["id"], said["name"], said["language"], departments=tuple(said.get("departments", ())))


def _departments(home: Path, platform: str) -> dict[str, Department]:
    """The company's parts on one platform, where the folder names any."""
    file = home / "departments.json"
    listed = [one for one in _json(file) if one["platform"] == platform] if file.is_file() else []
    return {one["id"]: Department(one["id"], one["name"], one.get("parent")) for one in listed}


def _found(lines: Sequence[Line], now: datetime) -> _Cast:
    """People are whoever wrote, members of the groups in which they did, and speak the language they mostly wrote."""
    ours = [adopted(line) for line in lines]
    titles = {mine.chat: line.chat for mine, line in zip(ours, lines, strict=True)}
    members: dict[str, dict[str, None]] = defaultdict(dict)
    chinese: Counter[str] = Counter()
    names: dict[str, str] = {}
    for line in ours:
        members[line.chat][line.sender] = None
        names[line.sender] = line.name
        chinese[line.sender] += 1 if re.search(r"[\u4e00-\u9fff]", line.text) else -1
    people = [Person(who, name, "zh" if chinese[who] > 0 else "en") for who, name in names.items()]
    groups = [Chat(chat, titles[chat], False, tuple(whoever)) for chat, whoever in members.items()]
    return _Cast(people, groups, near_now(ours, now))


def _world(platform: str, cast: _Cast) -> World:
    message, chat, person = PREFIX[platform]
    world = World(prefix=message)
    world.people.update((p.id, p) for p in cast.people if p.id.startswith(person))
    world.chats.update((g.id, g) for g in cast.groups if g.id.startswith(chat))
    for who in world.people:
        direct = f"{chat}direct_{who.removeprefix(person)}"
        world.chats[direct] = Chat(direct, BOT_NAME, True, (who,))
    calls = {g.id: _calls(world, g) for g in world.chats.values()}
    ids = {line.id for _, line in cast.said}
    for at, line in cast.said:
        if line.chat in world.chats:
            named = tuple(calls[line.chat][name] for name in _names(calls[line.chat], line.text))
            reply = line.reply_to if line.reply_to in ids else None
            world.post(line.chat, line.sender, line.text, at=at, id=line.id, reply_to=reply, mentions=named)
    return world


def _calls(world: World, chat: Chat) -> dict[str, str]:
    return {world.people[member].name: member for member in chat.members}


def _names(names: Iterable[str], text: str) -> list[str]:
    """The names called with an @ in the text, the longest that fits at each place."""
    longest = sorted(names, key=len, reverse=True)
    starts = [match.end() for match in re.finditer(r"(?<![\w.])@", text)]
    found = [next((name for name in longest if text.startswith(name, start)), None) for start in starts]
    return [name for name in found if name is not None]


def _questions(home: Path) -> tuple[Question, ...]:
    path = home / "questions.json"
    rows = _json(path) if path.is_file() else []
    return tuple(Question(q["chat"], q["owner"], q["zh"], q["en"], tuple(q.get("gold", ()))) for q in rows)


def _guesses(cast: _Cast) -> tuple[Question, ...]:
    """One question for each group, to its busiest member: about what they said in words that are rather their own."""
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for _, line in cast.said:
        said[line.chat][line.sender].append(line.text)
    names = {word for p in cast.people for word in _words(p.name)}  # would call on somebody else
    made = []
    for chat, texts in sorted(said.items(), key=lambda pair: -sum(map(len, pair[1].values()))):
        owner = max(texts, key=lambda sender: len(texts[sender]))
        words = " ".join(_own_words(texts[owner], [t for whose in texts.values() for t in whose], names))
        asked = f"about {words}" if words.isascii() else f"关于 {words}"
        made.append(Question(chat, owner, asked, asked))
    return tuple(made)


def _own_words(own: Sequence[str], everybody: Sequence[str], names: set[str]) -> list[str]:
    mine, total = (Counter(w for text in texts for w in set(_words(text))) for texts in (own, everybody))
    weight = {w: n / total[w] * min(n, 6) for w, n in mine.items() if 1 < n < 20 and w not in names}
    telling = ([w for w in dict.fromkeys(_words(text)) if w in weight] for text in own if len(text) < 300)
    best = max(telling, key=lambda words: sum(sorted(weight[w] for w in words)[-3:]), default=[])
    return sorted(sorted(best, key=lambda w: -weight[w])[:3], key=best.index) or _words(max(own, key=len))[:3]


def _words(text: str) -> list[str]:
    return [w for w in rjieba.cut(text.lower()) if re.fullmatch(r"(?!https?)[a-z]{5,}|[\u4e00-\u9fff]{2,}", w)]


def _walk(platform: str, world: World, questions: Sequence[Question]) -> Walk | None:
    asked = next((q for q in questions if q.chat in world.chats), None)
    if asked is None:
        return None
    asker = next((m for m in world.chats[asked.chat].members if m != asked.owner), asked.owner)
    name = world.people[asked.owner].name
    question = {"zh": f"@{BOT_NAME} {name} {asked.zh}", "en": f"@bot ask {name} {asked.en}"}
    whole = f"{platform}:{TENANT}:"
    return Walk(platform, asked.chat, whole + asked.owner, whole + asker, question)


def _as_line(post: Post, name: str) -> str:
    at = post.at.isoformat(timespec="seconds").replace("+00:00", "Z")
    words = {"id": post.id, "chat": post.chat, "seq": post.n, "at": at}
    more = {"sender": post.sender, "name": name, "text": post.text, "reply_to": post.reply_to}
    return json.dumps({**words, **{k: v for k, v in more.items() if v is not None}}, ensure_ascii=False) + "\n"


def _json(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return rows
