"""How well recall finds what an owner said, and knows when they said nothing: a labelled set through the real store.

DIR holds `messages.jsonl` ({id, chat, seq, at, sender, name, text}) and `questions.jsonl` ({id, chat, owner, question,
gold, answerable, scope?}). Every owner switches their double on in the chats that a question allows, records their own
messages there, and is asked through a grant. Figures are percent of the gold messages among the first k shown, and
milliseconds of one search. bm25_*: plain bm25s over the same owner's messages, in the same run.
"""

import argparse
import asyncio
import json
import re
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import bm25s
import rjieba
from bm25s.stopwords import STOPWORDS_EN

from bot.names import without_name
from skills.ground import Ground, open_ground
from skills.pages import Change
from skills.small_model import small_model
from skills.words import Claim, Notice, Said, Venue

SHOWN = 20
START = datetime(2020, 1, 1, tzinfo=UTC)
TOKEN = re.compile(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff]+")

Line = Mapping[str, Any]


class BadSet(Exception):
    """The folder is no set of messages and questions, and why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question with the ids found, best first, how sure recall was, and how long it took."""

    question: Line
    found: Sequence[str]
    plain: Sequence[str]
    probability: float
    enough: bool
    ms: float


class Sharing:
    """Owners who record and are asked; one person for each owner and each set of chats that is switched on."""

    def __init__(self, ground: Ground, messages: Sequence[Line], *, pages: bool = False) -> None:
        """`pages`: whether every owner's words come to pages, and each is taken into use."""
        self._store = ground.store
        self._since = min(moment(line) for line in messages) - timedelta(days=1)
        self._own: dict[str, list[Line]] = defaultdict(list)
        for line in messages:
            self._own[line["sender"]].append(line)
        self._names = {line["sender"]: line.get("name") or "" for line in messages}
        self._numbers, self._plain, self._pages = count(1), dict[str, Plain](), pages

    async def ask(self, question: Line) -> Outcome:
        """Ask an owner's double, which comes to life when it is first asked."""
        owner, chats = question["owner"], question.get("scope")
        person = f"bench:t:{owner}" + ("" if chats is None else "#" + ",".join(sorted(chats)))
        if person not in self._plain:
            own = [line for line in self._own[owner] if chats is None or line["chat"] in chats]
            self._plain[person] = Plain(own)
            await self._share(person, own)
        words = without_name((self._names.get(owner, ""),), question["question"])
        started = time.perf_counter()
        grant = await self._store.grant(person, asker=person, venue=Venue("bench:t:alone", True), readers=None)
        if grant is None:
            return Outcome(question, [], self._plain[person].search(question["question"]), 0.0, False, 0.0)
        recalled = await self._store.search(grant, words, SHOWN)
        ms = (time.perf_counter() - started) * 1000
        found, seen = [passage.message for passage in recalled.passages], recalled.evidence
        plain = self._plain[person].search(question["question"])
        return Outcome(question, found, plain, seen.probability, seen.enough, ms)

    async def _share(self, person: str, own: Sequence[Line]) -> None:
        for chat in sorted({line["chat"] for line in own}):
            offer = await self._store.offer(self._claim(), person, chat, "en")
            assert offer is not None
            notice = Notice("1", "en", "0" * 64)
            wish: dict[str, Any] = {"audience": "chat", "since": self._since, "notice": notice}
            await self._store.join(self._claim(), offer.id, person=person, name="", **wish)
            saids = [
                Said(person, chat, line["id"], moment(line), line["text"], None, "file")
                for line in own
                if line["chat"] == chat
            ]
            await self._store.backfill(person, chat, saids)
        await self._store.embed(person)
        if self._pages:
            await self._store.distil(person)
            for one in await self._store.pages(person):
                await self._store.change_page(self._claim(), person, one.id, Change("used"))

    def _claim(self) -> Claim:
        return Claim("bench", f"e{next(self._numbers)}")


class Plain:
    """bm25s (Lucene's variant, k1 1.5, b 0.75) over one owner's messages, as anybody would set it up."""

    def __init__(self, own: Sequence[Line]) -> None:
        said = [tokens(line["text"]) for line in own]
        self._ids = [line["id"] for line in own] if any(said) else []
        self._index = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
        if self._ids:
            self._index.index(said, show_progress=False)

    def search(self, question: str) -> list[str]:
        """The ids of what scores at all, best first."""
        if not self._ids or not (wanted := tokens(question)):
            return []
        scores = self._index.get_scores(wanted)
        order = sorted(range(len(self._ids)), key=lambda n: -scores[n])
        return [self._ids[n] for n in order[:SHOWN] if scores[n] > 0]


def tokens(text: str) -> list[str]:
    """As bm25s itself does it (lower case, two letters or more, no English stop words), and Chinese cut for search."""
    found: list[str] = []
    for part in TOKEN.findall(text.lower()):
        if "\u3400" <= part[0] <= "\u9fff":
            found += rjieba.cut_for_search(part)
        elif len(part) > 1 and part not in STOPWORDS_EN:
            found.append(part)
    return found


def moment(line: Line) -> datetime:
    """When a message was said; a set without times is given one a minute."""
    if not line.get("at"):
        return START + timedelta(minutes=int(line.get("seq") or 0))
    at = datetime.fromisoformat(str(line["at"]).replace("Z", "+00:00"))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def figures(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    """All figures of a run."""
    answerable = [one for one in outcomes if one.question["answerable"] and one.question["gold"]]
    found = {f"r{k}": mean(share(o.found[:k], o.question["gold"]) for o in answerable) for k in (1, 5, 10)}
    hits = mean(float(bool(set(o.found[:10]) & set(o.question["gold"]))) for o in answerable)
    plain = {f"bm25_r{k}": mean(share(o.plain[:k], o.question["gold"]) for o in answerable) for k in (1, 5, 10)}
    times = sorted(one.ms for one in outcomes)
    return {
        **found,
        "hit10": hits,
        "mrr": mean(first(o.found, o.question["gold"]) for o in answerable),
        "auroc": auroc([(o.probability, bool(o.question["answerable"])) for o in outcomes]),
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(times[int(len(times) * 0.95)], 1),
        **plain,
        "quoted": mean(float(one.enough) for one in outcomes if one.question["answerable"]),
        "quoted_unanswerable": mean(float(one.enough) for one in outcomes if not one.question["answerable"]),
    }


def share(shown: Sequence[str], gold: Sequence[str]) -> float:
    """How much of the gold is shown."""
    return len(set(shown) & set(gold)) / len(set(gold))


def first(shown: Sequence[str], gold: Sequence[str]) -> float:
    """The reciprocal place of the first gold message."""
    return next((1 / place for place, id_ in enumerate(shown, 1) if id_ in set(gold)), 0.0)


def mean(values: Iterable[float]) -> float | None:
    """In percent; None of nothing."""
    all_ = list(values)
    return round(100 * statistics.fmean(all_), 1) if all_ else None


def auroc(scored: Sequence[tuple[float, bool]]) -> float | None:
    """How often an answerable question is surer than one that is not; None where all are of one kind."""
    yes, no = [score for score, right in scored if right], [score for score, right in scored if not right]
    if not yes or not no:
        return None
    won = sum((one > other) + (one == other) / 2 for one in yes for other in no)
    return round(won / len(yes) / len(no), 3)


def lines(path: Path, *needed: str) -> list[Line]:
    """A file of JSON objects, one a line, each with what is needed. Raises BadSet."""
    try:
        written = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSet(f"{path}: {error}") from None
    found = list[Line]()
    for number, line in enumerate(written.split("\n"), 1):  # a text may hold what else ends a line
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise BadSet(f"{path}, line {number}: {error}") from None
            if missing := [name for name in needed if not isinstance(row, dict) or row.get(name) is None]:
                raise BadSet(f"{path}, line {number}: no {', '.join(missing)}")
            found.append(row)
    if not found:
        raise BadSet(f"{path}: nothing is in it")
    return found


def asked(path: Path, limit: int | None) -> list[Line]:
    """The first so many questions; one that says neither is answerable if it has gold. Raises BadSet."""
    rows = lines(path, "owner", "question")[:limit]
    golden = [{**row, "gold": row.get("gold") or []} for row in rows]
    return [{**row, "answerable": row.get("answerable", bool(row["gold"]))} for row in golden]


async def measure(folder: Path, limit: int | None, *, pages: bool) -> dict[str, float | None]:
    """One run on a new server."""
    messages = lines(folder / "messages.jsonl", "id", "chat", "sender", "text")
    questions = asked(folder / "questions.jsonl", limit)
    now = max(moment(line) for line in messages) + timedelta(days=1)
    meaning = small_model()
    if meaning is not None:
        await meaning.warm()
    with tempfile.TemporaryDirectory(prefix="recall", dir="/var/tmp") as data:
        Path(data).chmod(0o755)
        async with open_ground(Path(data) / "d", meaning=meaning, clock=lambda: now) as ground:
            sharing = Sharing(ground, messages, pages=pages)
            return figures([await sharing.ask(question) for question in questions])


def positive(said: str) -> int:
    """A number of at least one. Raises ValueError."""
    if (number := int(said)) < 1:
        raise ValueError(said)
    return number


def main() -> None:
    """Print the figures, as one JSON object on the last line with --json."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--set", type=Path, required=True, metavar="DIR", help="the folder with both files")
    arguments.add_argument("--limit", type=positive, help="only the first so many questions")
    arguments.add_argument("--pages", action="store_true", help="with every page of everybody's in use")
    arguments.add_argument("--json", action="store_true", help="one JSON object on the last line")
    chosen = arguments.parse_args()
    try:
        found = asyncio.run(measure(chosen.set, chosen.limit, pages=chosen.pages))
    except BadSet as error:
        arguments.error(str(error))
    print(json.dumps(found) if chosen.json else "\n".join(f"{k:24}{v}" for k, v in found.items()))


if __name__ == "__main__":
    main()
