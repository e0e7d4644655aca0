"""A simulated month, played day by day through both simulators, with a plain record of its own to judge answers by."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from month_count import Counted
from month_plan import Asked, Day, Fact, Month

from adapters.base import Card
from adapters.world import BOT, Post, Simulator, World
from bot.demo.visiting import Visit

TOGETHER = 4  # groups in which somebody asks at the same moment
FREE = ("/robot/sendBySession", "/v1.0/oauth2/accessToken", "/open-apis/auth/v3/tenant_access_token/internal")


@dataclass(slots=True)
class Clock:
    """The store's and the worlds' clock: the machine's, and the days that the benchmark has let pass."""

    passed: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        """The moment it is."""
        return datetime.now(UTC) + self.passed


class Life:
    """Plays a month day by day, with a plain record of its own of who has switched what on and kept what."""

    def __init__(self, visit: Visit, month: Month, clock: Clock) -> None:
        self._visit, self._month, self._clock = visit, month, clock
        self._simulators: dict[str, Simulator] = {"lark": visit.among.lark, "dingtalk": visit.among.dingtalk}
        self._on: set[str] = set()
        self._known: set[str] = set()  # facts that were said or noted before anybody asked
        self._kept: dict[str, set[str]] = {}  # facts whose owner replied and kept it, with what had been asked
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
                theirs = {fact.id for fact in self._month.facts if fact.owner == person}
                self._known -= theirs
                self._kept = {fact: asked for fact, asked in self._kept.items() if fact not in theirs}
            await self._say(person, self._direct(person), word)
        for person in day.resumes:
            self._on.add(person)
            await self._say(person, self._direct(person), "resume")
        await self._visit.quiet()
        for fact in self._month.facts:
            if fact.owner in day.joins and fact.known == "noted":
                await self._say(fact.owner, self._direct(fact.owner), f"{self._word(fact.owner)}{fact.reply}")
            if fact.owner in day.joins and fact.known != "asked":
                self._known.add(fact.id)
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
        if asked.owner in self._on:
            self._judged(asked, asked.fact, found, shown)
        return found

    def _judged(self, asked: Asked, fact: Fact, found: bool, shown: Sequence[str]) -> None:
        """A repeat is in other words than all for which its owner kept an answer; the same words are counted apart."""
        counted = self.counted
        if asked.text in self._kept.get(fact.id, ()):
            counted.verbatim += 1
            counted.verbatim_answered += found
        elif fact.id in self._kept:
            counted.repeats += 1
            counted.repeats_answered += found
        elif fact.id in self._known:
            counted.known += 1
            counted.known_answered += found
        else:
            return
        if not found:
            counted.missed.append(f"{asked.text} | {fact.reply} | {fact.known} | {shown}")

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
        self._kept.setdefault(fact.id, set()).add(asked.text)

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
