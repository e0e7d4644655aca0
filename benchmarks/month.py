"""A seeded month of a simulated company through the whole bot on both simulators, in compressed time.

People join, pause and leave; they chat, and ask each other's doubles by name, in Chinese and English, the same thing in
other words each time. What a double lacks the asker puts to its owner with one tap; she replies, and keeps it with
another. `topics.jsonl` holds what is asked; with --set DIR the questions of a labelled set (see `recall.py`) take its
place. Every answer is held against the plain history: words that the one who was asked did not say in that chat, or
whose double was not switched on there, are a wrong owner's. A repeat is what is asked for again, in other words,
after its owner was asked, replied and kept it; it is answered when that reply stands in the answer.
verbatim_answered_share: the same for what is asked in the very words for which it was kept; known_answered_share: for
what an owner noted, or had said in passing, before anybody asked; strange_answered_share: what was never said, or was
asked of somebody without a double, and got an answer all the same.
"""

import argparse
import asyncio
import json
import tempfile
from pathlib import Path

from month_count import Counted, figures
from month_life import Clock, Life, history
from month_plan import folder, ours, planned

from bot.demo.company import Company
from bot.demo.stage import simulated
from bot.demo.visiting import visited
from bot.embeddings import open_meaning
from bot.settings import Settings
from skills.ground import open_ground


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
