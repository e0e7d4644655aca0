"""What consent costs: a decision, a revocation while many ask, and an erasure with its proof. On a server of its own.

decide_p50_us, decide_p99_us: one `grant`, alone, in microseconds. revoke_p50_ms, revoke_p99_ms: from /optout's
transaction to its commit, with 50 askers at work. revoke_first_ms: the same of the very first who leaves, among the
very first questions that this process is asked, while every statement is compiled; it is not among the others. answers:
how many were delivered before; stale_answers: deliveries that began after the commit had returned, which must be 0.
stopped_s, erased_s: from the first word of leaving to *stopped* and to *erased* with its proof, for an owner of
--messages messages; residue: what the probe still found.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median, quantiles

from bot.answering import MOST_AT_ONCE
from skills.ground import Ground, open_ground
from skills.store import Store
from skills.words import Claim, Notice, Said, Venue

CHAT, NOTICE = "lark:b:oc_ops", Notice("1", "en", "ab" * 32)
WORDS = "gateway rollback payments retry queue ledger restart window canary deploy review staging".split()
BATCH = 500


@dataclass(slots=True)
class Revoked:
    """What was seen while doubles were asked and left."""

    answers: int = 0
    refused: int = 0  # deliveries that came too late, and were not made
    stale: int = 0  # deliveries that came too late, and were made
    took: list[float] = field(default_factory=list)  # seconds from leaving to its commit


class Bench:
    """People who join, speak, are asked and leave, by the store's own door."""

    def __init__(self, store: Store, seed: int) -> None:
        self._store, self._dice, self._numbers = store, random.Random(seed), count(1)

    def claim(self) -> Claim:
        """A delivery that never was before."""
        return Claim("lark", f"b{next(self._numbers)}")

    async def joined(self, owner: str, messages: int) -> None:
        """Switch a double on, and let its owner have said so much in the last month."""
        offer = await self._store.offer(self.claim(), owner, CHAT, "en")
        assert offer is not None
        now = datetime.now(UTC)
        wish = {"person": owner, "name": "Ana", "audience": "chat", "since": now - timedelta(days=30), "notice": NOTICE}
        assert await self._store.join(self.claim(), offer.id, **wish)  # type: ignore[arg-type]
        for start in range(0, messages, BATCH):
            some = range(start, min(start + BATCH, messages))
            ages = {n: now - timedelta(days=29) * (messages - n) / messages for n in some}
            said = [Said(owner, CHAT, f"om_{owner}_{n}", ages[n], self._sentence(n)) for n in some]
            await self._store.backfill(owner, CHAT, said)

    async def decided(self, owner: str, times: int) -> list[float]:
        """How long each decision took, in seconds."""
        took = []
        for n in range(times):
            start = time.perf_counter()
            grant = await self._store.grant(owner, asker=f"lark:b:{n}", venue=Venue(CHAT, direct=False), readers=None)
            took.append(time.perf_counter() - start)
            assert grant is not None
        return took

    async def revoked(self, owner: str, askers: int, seconds: float, seen: Revoked) -> None:
        """One owner is asked by many at once, and leaves while they ask, after so many seconds at the latest."""
        await self.joined(owner, 20)
        over, done = float("inf"), asyncio.Event()

        turns = asyncio.Semaphore(MOST_AT_ONCE)  # as in the bot

        async def asked(n: int) -> None:
            while not done.is_set():
                async with turns:
                    await ask(n)

        async def ask(n: int) -> None:
            venue, asker = Venue(CHAT, direct=False), f"lark:b:asker{n}"
            grant = await self._store.grant(owner, asker=asker, venue=venue, readers=None)
            if grant is None:
                return
            passages = await self._store.recall(grant, f"what does runbook{n % 20} say")
            begun = time.perf_counter()
            answered = await self._store.deliver(grant, [p.id for p in passages[:3]])
            seen.answers += answered is not None
            seen.refused += answered is None and bool(passages)
            seen.stale += answered is not None and begun > over

        asking = [asyncio.create_task(asked(n)) for n in range(askers)]
        await asyncio.sleep(self._dice.uniform(0.2, seconds))
        start = time.perf_counter()
        await self._store.leave(self.claim(), owner)
        over = time.perf_counter()
        seen.took.append(over - start)
        await asyncio.sleep(0.2)  # whoever asks on is refused
        done.set()
        await asyncio.gather(*asking)

    async def erased(self, owner: str, messages: int) -> Mapping[str, float | int]:
        """One owner of many messages leaves altogether."""
        await self.joined(owner, messages)
        start = time.perf_counter()
        begun = await self._store.leave(self.claim(), owner)
        stopped = time.perf_counter() - start
        assert begun is not None
        done = await self._store.erase(begun.id)
        erased = time.perf_counter() - start
        assert done.counts["messages"] == messages
        residue = -1 if done.residue is None else done.residue
        return {"stopped_s": round(stopped, 3), "erased_s": round(erased, 2), "residue": residue}

    def _sentence(self, n: int) -> str:
        return f"runbook{n} says {' '.join(self._dice.choices(WORDS, k=9))}"


async def measure(ground: Ground, chosen: argparse.Namespace) -> Mapping[str, float | int]:
    """All figures."""
    bench, seen, first = Bench(ground.store, chosen.seed), Revoked(), Revoked()
    await bench.joined("lark:b:ana", 200)
    await bench.decided("lark:b:ana", 50)  # the first ones prepare the statements
    decided = await bench.decided("lark:b:ana", chosen.decisions)
    await bench.revoked("lark:b:first", chosen.askers, chosen.seconds, first)
    while len(seen.took) < chosen.rounds or seen.answers < chosen.answers:
        await bench.revoked(f"lark:b:owner{len(seen.took)}", chosen.askers, chosen.seconds, seen)
        if len(seen.took) % 50 == 0:
            print(f"{len(seen.took)} left, {seen.answers} answers, {seen.stale} stale", file=sys.stderr, flush=True)
    erased = await bench.erased("lark:b:huge", chosen.messages)
    return {
        "decide_p50_us": round(median(decided) * 1e6),
        "decide_p99_us": round(quantiles(decided, n=100)[98] * 1e6),
        "revoke_p50_ms": round(median(seen.took) * 1e3, 1),
        "revoke_p99_ms": round(quantiles(seen.took, n=100)[98] * 1e3, 1),
        "revoke_first_ms": round(first.took[0] * 1e3, 1),
        "answers": seen.answers,
        "refused_at_the_door": seen.refused,
        "stale_answers": seen.stale + first.stale,
        **erased,
    }


async def run(chosen: argparse.Namespace) -> Mapping[str, float | int]:
    """On an embedded server that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="consent", dir="/var/tmp") as data:
        Path(data).chmod(0o755)
        async with open_ground(Path(data) / "d") as ground:
            return await measure(ground, chosen)


def main() -> None:
    """Print the figures, as one JSON object on the last line with --json."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--decisions", type=int, default=500)
    arguments.add_argument("--rounds", type=int, default=30, help="owners who leave while they are asked")
    arguments.add_argument("--answers", type=int, default=0, help="go on until so many were delivered")
    arguments.add_argument("--askers", type=int, default=50)
    arguments.add_argument("--seconds", type=float, default=1.5, help="for which an owner is asked at most, and leaves")
    arguments.add_argument("--messages", type=int, default=20_000, help="of the owner who is erased")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = arguments.parse_args()
    figures = asyncio.run(run(chosen))
    if chosen.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name}: {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
