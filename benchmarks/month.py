"""A seeded month of a simulated company through the whole bot on both simulators, in compressed time.

People join, pause and leave; they chat, and ask each other's doubles by name, in Chinese and English, the same thing in
other words each time. What a double lacks the asker puts to its owner with one tap; she replies, and keeps it with
another. `topics.jsonl` holds what is asked; with --set DIR the questions of a labelled set (see `recall.py`) take its
place. Every answer is held against the plain history: words that the one who was asked did not say in that chat, or
whose double was not switched on there, are a wrong owner's. A repeat is a fact that its owner has kept, noted or said
before and that is asked for again; it is answered when those very words stand in the answer.
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from month_plan import Asked, Day, Fact, Month, folder, ours, planned

from adapters.base import Card
from adapters.world import BOT, Post, Simulator, World
from bot.demo.company import Company
from bot.demo.stage import simulated
from bot.demo.visiting import Visit, visited
from bot.embeddings import open_meaning
from bot.settings import Settings
from skills.ground import open_ground

TOGETHER = 4  # groups in which somebody asks at the same moment
FREE = ("/robot/sendBySession", "/v1.0/oauth2/accessToken", "/open-apis/auth/v3/tenant_access_token/internal")


@dataclass(slots=True)
class Clock:
    """The store's and the worlds' clock: the machine's, and the days that the benchmark has let pass."""

    passed: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        """The moment it is."""
        return datetime.now(UTC) + self.passed


@dataclass(slots=True)
class Counted:
    """What is counted as the month goes by."""

    questions: int = 0
    answered: int = 0
    repeats: int = 0
    repeats_answered: int = 0
    strange: int = 0  # asked of somebody about what they never said, or who has no double
    strange_answered: int = 0
    wrong_owner: int = 0
    messages: int = 0  # of the bot, in answer to questions
    interruptions: int = 0
    unprompted: int = 0
    announcements: int = 0
    joins: int = 0
    taps: int = 0
    calls: dict[str, int] = field(default_factory=lambda: {"lark": 0, "dingtalk": 0})
    replies: dict[str, int] = field(default_factory=lambda: {"lark": 0, "dingtalk": 0})
    ms: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


class Life:
    """Plays a month day by day, with a plain record of its own of who has switched what on and kept what."""

    def __init__(self, visit: Visit, month: Month, clock: Clock) -> None:
        self._visit, self._month, self._clock = visit, month, clock
        self._simulators: dict[str, Simulator] = {"lark": visit.among.lark, "dingtalk": visit.among.dingtalk}
        self._on: set[str] = set()
        self._kept: set[str] = set()
        self.counted = Counted()

    async def day(self, number: int) -> None:
        """One day: comings and goings, talk, then the questions, a few groups at a time."""
        self._clock.passed = timedelta(days=number)
        day = self._month.days[number]
        await self._switches(day)
        await self._talk(day)
        rounds: dict[int, list[Asked]] = {}
        for asked in day.asked:
            rounds.setdefault(asked.group, []).append(asked)
        while rounds:
            now = list(rounds)[:TOGETHER]
            await self._ask([rounds[group].pop(0) for group in now])
            rounds = {group: rest for group, rest in rounds.items() if rest}

    async def idle(self, seconds: float) -> float:
        """Metered calls in an hour in which nobody says anything, sweeps included, from so many seconds of it."""
        before = self._requests()
        await self._visit.ground.store.prune()
        await self._visit.ground.queue.prune()
        await asyncio.sleep(seconds)
        made = sum(after - before[platform] for platform, after in self._requests().items())
        return made * 3600 / seconds

    async def _switches(self, day: Day) -> None:
        for person in day.joins:
            await self._say(person, self._home(person), "@bot join" if self._english(person) else "@分身 加入")
        await self._visit.quiet()
        for person in day.joins:
            offer = self._last_card(person, "join_here")
            await self._simulator(person).click(person, offer.id, "join_here", {})
            self.counted.joins += 1
            self.counted.taps += 1
            self._on.add(person)
        for person, word in [(p, "leave") for p in day.leaves] + [(p, "pause") for p in day.pauses]:
            self._on.discard(person)
            if word == "leave":
                self._kept -= {fact.id for fact in self._month.facts if fact.owner == person}
            await self._say(person, self._direct(person), word)
        for person in day.resumes:
            self._on.add(person)
            await self._say(person, self._direct(person), "resume")
        await self._visit.quiet()
        for fact in self._month.facts:
            if fact.owner in day.joins and fact.known == "noted":
                await self._say(fact.owner, self._direct(fact.owner), f"{self._word(fact.owner)}{fact.reply}")
            if fact.owner in day.joins and fact.known != "asked":
                self._kept.add(fact.id)
        await self._visit.quiet()

    async def _talk(self, day: Day) -> None:
        """Ordinary talk; on DingTalk the bot does not even hear it. Whatever the bot says to it is unprompted."""
        before = {platform: world.count for platform, world in self._month.worlds.items()}
        for group, person, text in day.chatter:
            await self._say(person, self._month.groups[group].id, text)
        await self._visit.quiet()
        for group in {group for group, _, _ in day.chatter}:
            posted = self._posted(group, before[self._month.platform[group]])
            news = [p for p in posted if self._announces(group, p)]
            self.counted.announcements += len(news)
            self.counted.unprompted += len(posted) - len(news)

    async def _ask(self, asked: Sequence[Asked]) -> None:
        """Ask in several groups at once; then, where the words did not come, the askers tap and the owners reply."""
        before, calls = {p: w.count for p, w in self._month.worlds.items()}, self._requests()
        said = [await self._say(one.asker, self._month.groups[one.group].id, self._typed(one)) for one in asked]
        await self._visit.quiet()
        for platform, made in self._requests().items():
            self.counted.calls[platform] += made - calls[platform]
        unanswered = []
        for one, question in zip(asked, said, strict=True):
            posted = self._posted(one.group, before[self._month.platform[one.group]])
            self.counted.messages += len(posted)
            if posted and not self._weighed(one, self._post(one.group, question), posted[0]):
                unanswered.append((one, posted[0]))
        for one, reply in unanswered:
            if one.fact is not None and one.owner in self._on:
                await self._put(one, one.fact, reply)

    def _weighed(self, asked: Asked, question: Post, reply: Post) -> bool:
        """Count one answer; whether the fact's very words stand in it."""
        counted, platform = self.counted, self._month.platform[asked.group]
        card = self._simulators[platform].card(reply)
        shown = [quote.text for quote in card.quotes] if card else []
        counted.questions += 1
        counted.replies[platform] += 1
        counted.answered += bool(shown)
        counted.ms.append((reply.at - question.at).total_seconds() * 1000)
        counted.wrong_owner += not all(self._hers(asked, text) for text in shown)
        if asked.fact is None:
            counted.strange += 1
            counted.strange_answered += bool(shown)
            return False
        found = any(asked.fact.reply in text for text in shown)
        if asked.fact.id in self._kept and asked.owner in self._on:
            counted.repeats += 1
            counted.repeats_answered += found
            if not found:
                counted.missed.append(f"{asked.text} | {asked.fact.reply} | {asked.fact.known} | {shown}")
        return found

    def _hers(self, asked: Asked, text: str) -> bool:
        """The oracle: said by the one who was asked, in this chat or noted for it, while their double is on."""
        if asked.owner not in self._on:
            return False
        places = (self._month.groups[asked.group].id, self._direct(asked.owner))
        return any(
            post.sender == asked.owner and post.chat in places and _words(post.text) in text
            for post in self._world(asked.owner).posts.values()
            if _words(post.text)
        )

    async def _put(self, asked: Asked, fact: Fact, reply: Post) -> None:
        """One tap by the asker, a reply by the owner, one tap that keeps it."""
        owner, chat = asked.owner, self._month.groups[asked.group].id
        before = self._world(owner).count
        await self._simulator(owner).click(asked.asker, reply.id, "ask_person", {})
        await self._visit.quiet()
        put = self._posted(asked.group, before)[-1]
        self.counted.interruptions += 1
        call = "@分身 " if self._month.platform[asked.group] == "dingtalk" else ""
        await self._say(owner, chat, f"{call}{fact.reply}", reply_to=put.id)
        await self._visit.quiet()
        offer = self._last_card(owner, "keep")
        form = {} if fact.title is None else {"title": fact.title}
        await self._simulator(owner).click(owner, offer.id, "keep", form)
        await self._visit.quiet()
        self._kept.add(fact.id)

    def _typed(self, asked: Asked) -> str:
        """Half of the people use a real mention, half the plain name."""
        owner, english = self._world(asked.owner).people[asked.owner].name, self._english(asked.asker)
        if sum(map(ord, asked.text)) % 2:
            return f"{'@bot' if english else '@分身'} @{owner} {asked.text}"
        plain = owner.split()[0]
        return f"@bot ask {plain} {asked.text}" if english else f"@分身 问一下 {plain} {asked.text}"

    async def _say(self, person: str, chat: str, text: str, reply_to: str | None = None) -> str:
        world, mentions = self._world(person), []
        for call in ("@分身", "@bot"):
            if text.startswith(call):
                mentions, text = [BOT], text.replace(call, "@分身", 1)
        people = [m for m in world.chats[chat].members if f"@{world.people[m].name}" in text]
        return await self._simulator(person).say(person, chat, text, reply_to=reply_to, mentions=[*mentions, *people])

    def _posted(self, group: int, after: int) -> list[Post]:
        """What the bot has posted in a group since."""
        chat, world = self._month.groups[group].id, self._month.worlds[self._month.platform[group]]
        return [post for post in world.read(chat, after) if post.sender == BOT and not post.edited]

    def _last_card(self, person: str, action: str) -> Post:
        for post in reversed(self._world(person).read(self._direct(person))):
            card = self._simulator(person).card(post) if post.sender == BOT else None
            if card and any(button.action == action for button in card.buttons):
                return post
        raise LookupError(f"no card offers {person} to {action}")

    def _announces(self, group: int, post: Post) -> bool:
        card: Card | None = self._simulators[self._month.platform[group]].card(post)
        return card is not None and any(button.action == "object" for button in card.buttons)

    def _requests(self) -> dict[str, int]:
        """The metered REST calls so far: neither tokens nor session webhooks."""
        lark = [request.partition(" ")[2] for request in self._visit.among.lark.tenant.requests]
        dingtalk = [path for _, path in self._visit.among.dingtalk.door.requests]
        return {"lark": sum(p not in FREE for p in lark), "dingtalk": sum(p not in FREE for p in dingtalk)}

    def _post(self, group: int, message: str) -> Post:
        return self._month.worlds[self._month.platform[group]].posts[message]

    def _home(self, person: str) -> str:
        return self._month.groups[self._month.home[person]].id

    def _direct(self, person: str) -> str:
        return self._world(person).direct(person).id

    def _world(self, person: str) -> World:
        return self._month.worlds[self._month.platform[self._month.home[person]]]

    def _simulator(self, person: str) -> Simulator:
        return self._simulators[self._month.platform[self._month.home[person]]]

    def _english(self, person: str) -> bool:
        return self._world(person).people[person].language == "en"

    def _word(self, person: str) -> str:
        return "remember: " if self._english(person) else "记住："


def _words(text: str) -> str:
    """What somebody said, without whom they called or the word that has it kept."""
    return text.removeprefix("@分身").strip().removeprefix("记住：").removeprefix("remember:").strip()


def history(month: Month, clock: Clock) -> None:
    """What stood in the chats before the bot came: some of what the owners know, among ordinary talk."""
    for fact in month.facts:
        if fact.known == "said":
            chat, world = month.groups[fact.group], month.worlds[month.platform[fact.group]]
            world.post(chat.id, fact.owner, fact.reply, at=clock.now() - timedelta(days=3))


def figures(counted: Counted, idle: float) -> dict[str, Any]:
    """All figures of a month."""
    ms = sorted(counted.ms)
    return {
        "questions": counted.questions,
        "answered_share": percent(counted.answered, counted.questions),
        "repeat_answered_share": percent(counted.repeats_answered, counted.repeats),
        "wrong_owner_answers": counted.wrong_owner,
        "messages_per_question": ratio(counted.messages, counted.questions),
        "owner_interruptions_per_question": ratio(counted.interruptions, counted.questions),
        "answers_per_interruption": ratio(counted.answered, counted.interruptions),
        "unprompted_group_messages": counted.unprompted,
        "announcements": counted.announcements,
        "calls_per_answer_lark": ratio(counted.calls["lark"], counted.replies["lark"]),
        "calls_per_answer_dingtalk": ratio(counted.calls["dingtalk"], counted.replies["dingtalk"]),
        "idle_calls_per_hour": idle,
        "p95_answer_ms": round(ms[int(len(ms) * 0.95)]) if ms else None,
        "taps_to_join": ratio(counted.taps, counted.joins),
        "repeats": counted.repeats,
        "strange_answered_share": percent(counted.strange_answered, counted.strange),
    }


def percent(part: int, whole: int) -> float | None:
    """In percent; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def ratio(part: int, whole: int) -> float | None:
    """How many of one for one of the other; None of nothing."""
    return round(part / whole, 2) if whole else None


async def measure(chosen: argparse.Namespace) -> tuple[Counted, float]:
    """One month on a new server; its counts, and the calls of an idle hour."""
    topics = folder(chosen.set) if chosen.set else ours()
    clock = Clock()
    month = planned(chosen.people, chosen.days, chosen.seed, topics)
    for world in month.worlds.values():
        world.clock = clock.now
    history(month, clock)
    company = Company(month.worlds["lark"], month.worlds["dingtalk"], (), (), 0)
    meaning = open_meaning(chosen.embeddings)
    if meaning is not None:
        await meaning.warm()
    with tempfile.TemporaryDirectory(prefix="month", dir="/var/tmp") as data:
        Path(data).chmod(0o755)
        async with (
            open_ground(Path(data) / "d", meaning=meaning, clock=clock.now) as ground,
            simulated(Settings(data=Path(data)), company) as among,
            visited(ground, among) as visit,
        ):
            life = Life(visit, month, clock)
            for number in range(chosen.days):
                await life.day(number)
            return life.counted, await life.idle(chosen.idle)


def main() -> None:
    """Print the figures, as one JSON object on the last line with --json."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--set", type=Path, metavar="DIR", help="ask the questions of this folder instead of ours")
    arguments.add_argument("--people", type=int, default=300)
    arguments.add_argument("--days", type=int, default=30)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--embeddings", help="as FENSHEN_EMBEDDINGS: `none` for words alone")
    arguments.add_argument(
        "--idle", type=float, default=15.0, help="for so many seconds nobody says anything at the end"
    )
    arguments.add_argument("--missed", action="store_true", help="print every repeat that was not answered, first")
    arguments.add_argument("--json", action="store_true", help="one JSON object on the last line")
    chosen = arguments.parse_args()
    counted, idle = asyncio.run(measure(chosen))
    if chosen.missed:
        print("\n".join(counted.missed))
    found = figures(counted, idle)
    print(json.dumps(found) if chosen.json else "\n".join(f"{k:36}{v}" for k, v in found.items()))


if __name__ == "__main__":
    main()
