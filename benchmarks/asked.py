"""How a labelled set fares when it is asked through the whole bot: typed into the demo, read off the answers.

DIR holds `messages.jsonl` and `questions.jsonl`, as for `recall.py`; the folder becomes a company of the demo. Every
owner whom a question names switches their double on in the question's chat, by word and tap, with the default scope and
no model. New colleagues, who say nothing else, call on the owner by an @ and ask, each within a day's quota; when a
day's quota is spent, the next day begins.

Percent: visible_share, of the answerable questions those where the words of a gold message stand on the answer's first
screen; blocked_share, those that got the one sentence; answered_wrong_share, of the questions that the owner never
answered those that got an answer all the same.
"""

import argparse
import asyncio
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from adapters.world import Person, World
from bot.demo.company import TENANT, load
from bot.demo.folder import slug
from bot.demo.stage import simulated
from bot.demo.visiting import Visit, visited
from bot.embeddings import open_meaning
from bot.settings import Settings
from skills import quota
from skills.ground import Ground, open_ground
from skills.pages import Change
from skills.words import Claim

AT_ONCE = 64

Line = Mapping[str, Any]


@dataclass(slots=True)
class Days:
    """The store's clock: the machine's, and the days that the benchmark has let pass."""

    passed: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        """The moment it is."""
        return datetime.now(UTC) + self.passed


@dataclass(frozen=True, slots=True)
class Put:
    """One question, typed by somebody on some day."""

    line: Line
    day: int
    asker: str  # bare, as in the world

    @property
    def chat(self) -> str:
        """The chat as the demo names it."""
        return slug("oc_", self.line["chat"])

    @property
    def owner(self) -> str:
        """The owner as the demo names them, bare."""
        return slug("ou_", self.line["owner"])


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question and what stood on its answer's first screen; nothing where it got the one sentence."""

    line: Line
    shown: Sequence[str]


def planned(lines: Iterable[Line]) -> list[Put]:
    """Who asks what on which day, so that nobody's quota is spent before the day ends.

    What a set asks twice is asked by another: the same question of one person is answered once in a minute.
    """
    asked: Counter[str] = Counter()
    same: Counter[tuple[str, str]] = Counter()
    puts = []
    for line in lines:
        before = asked[line["owner"]]
        asked[line["owner"]] += 1
        day, rest = divmod(before, quota.FOR_ALL)
        again = same[line["owner"], line["question"]]
        same[line["owner"], line["question"]] += 1
        puts.append(Put(line, day, f"ou_asker_{rest // quota.FOR_ONE}" + "_again" * again))
    return puts


def welcome(world: World, askers: Iterable[str]) -> None:
    """Let the askers into every group, as colleagues of the language that is spoken there."""
    new = sorted(set(askers))
    for asker in new:
        world.people[asker] = Person(asker, asker.removeprefix("ou_"), "en")
    for chat in list(world.chats.values()):
        if not chat.direct:
            world.chats[chat.id] = replace(chat, members=(*chat.members, *new))


async def join(visit: Visit, pairs: Iterable[tuple[str, str]]) -> None:
    """Switch owners on, each in their chats: one word, one tap; all of it read and embedded when this returns."""
    wanted = sorted(set(pairs))
    for owner, chat in wanted:
        await visit.page.say(full(owner), chat, "@bot join")
    await visit.quiet()
    for owner in sorted({owner for owner, _ in wanted}):
        direct = await visit.page.direct(full(owner))
        for message in await visit.page.read(full(owner), direct):
            actions = {one["action"] for one in (message["card"] or {"actions": []})["actions"]}
            if "join_here" in actions:
                await visit.page.click(full(owner), message["id"], "join_here")
                await visit.quiet()  # reading waits for it, too, but not for as long as a slow machine takes


async def ask(visit: Visit, puts: Sequence[Put], names: Mapping[str, str]) -> list[Outcome]:
    """Ask these questions at once, and read what became of each."""
    before = visit.among.lark.world.count
    said: dict[str, Put] = {}
    for put in puts:
        typed = f"@bot @{names[put.line['owner']]} {put.line['question']}"
        said[await visit.page.say(full(put.asker), put.chat, typed)] = put
    await visit.quiet()
    found: dict[str, list[Any]] = defaultdict(list)
    for chat in {put.chat for put in puts}:
        for posted in await visit.page.read(full(puts[0].asker), chat, before):
            if posted["sender"] == "bot":
                found[posted["reply_to"]].append(posted["card"])
    for message, put in said.items():
        assert len(found[message]) == 1, f"{put.line['id']} got {len(found[message])} messages"
    return [Outcome(put.line, [q["text"] for q in found[message][0]["quotes"]]) for message, put in said.items()]


def figures(outcomes: Sequence[Outcome], texts: Mapping[str, str]) -> dict[str, float | int | None]:
    """All figures of a run."""
    answerable = [one for one in outcomes if one.line["answerable"] and one.line["gold"]]
    others = [one for one in outcomes if not one.line["answerable"]]
    return {
        "visible_share": percent([visible(one, texts) for one in answerable]),
        "answered_wrong_share": percent([bool(one.shown) for one in others]),
        "blocked_share": percent([not one.shown for one in answerable]),
        "questions": len(outcomes),
    }


def visible(outcome: Outcome, texts: Mapping[str, str]) -> bool:
    """Whether a gold message can be read on the first screen, whole."""
    screen = [squeezed(shown) for shown in outcome.shown]
    return any(squeezed(texts[gold]) in shown for gold in outcome.line["gold"] if gold in texts for shown in screen)


def squeezed(text: str) -> str:
    """A text whose spaces and line breaks do not matter."""
    return " ".join(text.split())


def percent(found: Sequence[bool]) -> float | None:
    """The share of what is true; None of nothing."""
    return round(100 * sum(found) / len(found), 1) if found else None


def full(person: str) -> str:
    """A whole id, as the demo's API names people."""
    return f"lark:{TENANT}:{person}"


def lines(path: Path) -> list[Line]:
    """A file of JSON objects, one a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


async def use(ground: Ground, owners: Iterable[str]) -> None:
    """What owners said comes to pages, and each is taken into use."""
    for owner in sorted(set(owners)):
        await ground.store.distil(owner)
        for n, one in enumerate(await ground.store.pages(owner)):
            assert await ground.store.change_page(Claim("bench", f"{owner}:{n}"), owner, one.id, Change("used"))


async def measure(
    folder: Path, limit: int | None, embeddings: str | None, *, pages: bool
) -> dict[str, float | int | None]:
    """One run: one stage, every question."""
    messages, puts = lines(folder / "messages.jsonl"), planned(lines(folder / "questions.jsonl")[:limit])
    names = {line["sender"]: line.get("name") or line["sender"] for line in messages}
    company, days = load(folder, now=datetime.now(UTC)), Days()
    welcome(company.lark, (put.asker for put in puts))
    meaning = open_meaning(embeddings)
    if meaning is not None:
        await meaning.warm()
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="asked", dir="/var/tmp") as data:
        Path(data).chmod(0o755)
        async with (
            open_ground(Path(data) / "d", meaning=meaning, clock=days.now) as ground,
            simulated(Settings(data=Path(data)), company) as among,
            visited(ground, among) as visit,
        ):
            await join(visit, ((put.owner, put.chat) for put in puts))
            if pages:
                await use(ground, (put.owner for put in puts))
            for day, whole in groupby(sorted(puts, key=lambda put: put.day), key=lambda put: put.day):
                days.passed = timedelta(days=day)
                today = mixed(list(whole))
                for start in range(0, len(today), AT_ONCE):
                    outcomes += await ask(visit, today[start : start + AT_ONCE], names)
    return figures(outcomes, {line["id"]: line["text"] for line in messages})


def mixed(puts: Sequence[Put]) -> list[Put]:
    """In turn from every chat: a chat takes only so many messages a second."""
    turn: Counter[str] = Counter()
    placed = []
    for put in puts:
        placed.append((turn[put.chat], put))
        turn[put.chat] += 1
    return [put for _, put in sorted(placed, key=lambda pair: pair[0])]


def main() -> None:
    """Print the figures, as one JSON object on the last line with --json."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--set", type=Path, required=True, metavar="DIR", help="the folder with both files")
    arguments.add_argument("--limit", type=int, help="only the first so many questions")
    arguments.add_argument("--embeddings", help="as FENSHEN_EMBEDDINGS: `none` for words alone")
    arguments.add_argument("--pages", action="store_true", help="with every page of everybody's in use")
    arguments.add_argument("--json", action="store_true", help="one JSON object on the last line")
    chosen = arguments.parse_args()
    found = asyncio.run(measure(chosen.set, chosen.limit, chosen.embeddings, pages=chosen.pages))
    print(json.dumps(found) if chosen.json else "\n".join(f"{k:24}{v}" for k, v in found.items()))


if __name__ == "__main__":
    main()
