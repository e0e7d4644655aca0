"""What a big company costs: ingest, size, and one search of a small and of a huge owner, next to tantivy unfiltered.

Words are made up (Zipf's law, 60 % Chinese), so it shows speed and not relevance. The huge owner has a fifth of all
messages, at most 200,000; the others share the rest. With --vectors every message also has one, made up too, and is
searched by it; without, by words alone. `ingest_embedded_per_s` is that of the real small model on a sample.
"""

import argparse
import asyncio
import hashlib
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, count
from pathlib import Path

import numpy as np
import tantivy
from sqlalchemy import text

from skills.ground import Ground, open_ground
from skills.meaning import Meaning
from skills.small_model import small_model
from skills.words import Claim, Notice, Said, Venue

HUGE = 200_000
BATCH = 1_000
QUESTIONS = 200
SAMPLE = 200  # messages embedded by the real model
DIMENSION = 384
CHAT = "bench:t:chat"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
HAN = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心"
    "她本前开但因只从想实"
)


class Talk:
    """Messages of made-up words, always the same."""

    def __init__(self) -> None:
        self._random = random.Random(20260601)
        chinese = ["".join(self._random.choices(HAN, k=self._random.choice((2, 2, 3)))) for _ in range(30_000)]
        latin = ["".join(self._random.choices("abcdefghijklmnoprstuvw", k=self._random.randint(4, 9))) for _ in chinese]
        self._words = [word for pair in zip(chinese, latin, strict=True) for word in pair]
        self._weights = list(accumulate(1 / (rank + 10) for rank in range(len(self._words))))

    def message(self) -> str:
        """About twelve words."""
        return " ".join(self._random.choices(self._words, cum_weights=self._weights, k=self._random.randint(4, 20)))

    def question(self, message: str) -> str:
        """Three words of a message."""
        words = message.split()
        return " ".join(self._random.sample(words, min(3, len(words))))


class Hashed:
    """Made-up vectors, quickly: equal texts have equal ones."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text."""
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """From the text's hash alone."""
        seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
        vector: list[float] = np.random.default_rng(seed).normal(size=DIMENSION).tolist()
        return vector


async def join(ground: Ground, person: str, numbers: Iterator[int]) -> None:
    """Switch one owner's double on."""
    offer = await ground.store.offer(Claim("bench", f"e{next(numbers)}"), person, CHAT, "en")
    assert offer is not None
    claim, notice = Claim("bench", f"e{next(numbers)}"), Notice("1", "en", "0" * 64)
    since = NOW - timedelta(days=400)
    await ground.store.join(claim, offer.id, person=person, name="", audience="chat", since=since, notice=notice)


async def share(ground: Ground, person: str, texts: Sequence[str]) -> float:
    """Record an owner's messages; returns the seconds it took."""
    started = time.perf_counter()
    for number, start in enumerate(range(0, len(texts), BATCH)):
        at = NOW - timedelta(days=300) + timedelta(seconds=number * BATCH)
        saids = [
            Said(person, CHAT, f"{person}-{number}-{n}", at + timedelta(seconds=n), words, None, "history")
            for n, words in enumerate(texts[start : start + BATCH])
        ]
        await ground.store.backfill(person, CHAT, saids)
    return time.perf_counter() - started


async def ask(ground: Ground, person: str, questions: Sequence[str]) -> list[float]:
    """The milliseconds of each search, sorted."""
    venue, times = Venue(CHAT, False), []
    grant = await ground.store.grant(person, asker="bench:t:asker", venue=venue, readers=None)
    assert grant is not None
    for question in questions:
        started = time.perf_counter()
        await ground.store.search(grant, question)
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)


def tantivy_p50(texts: Sequence[str], questions: Sequence[str]) -> float:
    """The median milliseconds of a search over all messages, whoever they belong to."""
    schema = tantivy.SchemaBuilder().add_text_field("text", stored=False).add_integer_field("n", stored=True).build()
    with tempfile.TemporaryDirectory(prefix="tantivy", dir="/var/tmp") as folder:
        index = tantivy.Index(schema, path=folder)
        writer = index.writer(heap_size=128_000_000, num_threads=1)
        for n, words in enumerate(texts):
            writer.add_document(tantivy.Document(text=words, n=n))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        searcher, times = index.searcher(), []
        for question in questions:
            started = time.perf_counter()
            found = searcher.search(index.parse_query(question, ["text"]), 8)
            for _, address in found.hits:
                searcher.doc(address)
            times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


async def embedded_per_s(ground: Ground, talk: Talk, numbers: Iterator[int]) -> float | None:
    """Messages a second, recorded and embedded by the real model; None where there is none."""
    person, meaning = "bench:t:embedded", small_model()
    if meaning is None:
        return None
    await meaning.warm()
    texts = [talk.message() for _ in range(SAMPLE)]
    await join(ground, person, numbers)
    seconds = await share(ground, person, texts)
    started = time.perf_counter()
    await meaning.of_passages([(text,) for text in texts])
    return SAMPLE / (seconds + time.perf_counter() - started)


async def measure(messages: int, owners: int, vectors: bool) -> dict[str, float | None]:
    """One run on a new server."""
    talk, numbers, meaning = Talk(), count(1), Meaning("hashed", Hashed) if vectors else None
    huge = min(HUGE, messages // 5)
    rest = (messages - huge) // max(1, owners - 1)
    with tempfile.TemporaryDirectory(prefix="scale", dir="/var/tmp") as data:
        Path(data).chmod(0o755)
        async with open_ground(Path(data) / "d", meaning=meaning, clock=lambda: NOW) as ground:
            if meaning is not None:
                await meaning.warm()
            all_, own, seconds = list[str](), dict[str, list[str]](), 0.0
            for number in range(owners):
                person = f"bench:t:o{number}"
                texts = [talk.message() for _ in range(rest if number else huge)]
                await join(ground, person, numbers)
                seconds += await share(ground, person, texts)
                await ground.store.embed(person)
                all_ += texts
                if number in (0, owners // 2):
                    own[person] = texts
            (big, big_texts), (small, small_texts) = own.items()
            asked = [talk.question(words) for words in talk_of(big_texts)]
            few = [talk.question(words) for words in talk_of(small_texts)]
            await ask(ground, big, asked[:20])
            in_huge, in_small = await ask(ground, big, asked), await ask(ground, small, few)
            figures = {
                "ingest_per_s": len(all_) / seconds,
                "ingest_embedded_per_s": await embedded_per_s(ground, talk, numbers),
                "database_mb": await database_mb(ground),
                "rss_mb": rss_mb(),
            }
    for name, times in (("small", in_small), ("huge", in_huge)):
        figures |= {f"{name}_p50_ms": statistics.median(times), f"{name}_p95_ms": times[int(len(times) * 0.95)]}
    figures["tantivy_huge_p50_ms"] = tantivy_p50(all_, asked)
    return {name: None if value is None else round(value, 2) for name, value in figures.items()}


def talk_of(texts: Sequence[str]) -> list[str]:
    """A sample of messages to ask about, spread over all."""
    return [texts[n * len(texts) // QUESTIONS] for n in range(QUESTIONS)]


async def database_mb(ground: Ground) -> float:
    """The size of the database."""
    async with ground.database.transaction() as connection:
        return float(await connection.scalar(text("SELECT pg_database_size(current_database())"))) / 2**20


def rss_mb() -> float:
    """Resident memory of this process; PostgreSQL's is apart."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in status if line.startswith("VmRSS"))) / 1024


def main() -> None:
    """Print the figures, as one JSON object on the last line with --json."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--messages", type=int, default=1_000_000)
    arguments.add_argument("--owners", type=int, default=1_000)
    arguments.add_argument("--vectors", action="store_true", help="search by meaning too, with made-up vectors")
    arguments.add_argument("--json", action="store_true", help="one JSON object on the last line")
    chosen = arguments.parse_args()
    if chosen.owners < 2 or chosen.messages - chosen.messages // 5 < chosen.owners - 1 or chosen.messages < 5:
        arguments.error("there have to be two owners at least, and a message for each")
    figures = asyncio.run(measure(chosen.messages, chosen.owners, chosen.vectors))
    print(json.dumps(figures) if chosen.json else "\n".join(f"{k:24}{v}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
