"""What is quoted of what owners kept on purpose, asked for in other words, and of what they kept on other topics.

SET holds topics, one a line as in `topics.jsonl`: {id, reply, asks}, each in both languages. Made-up owners keep
one to six replies each, under the words in which it was asked for first, and are asked through the real store. Percent:
same_answered, cross_answered: in other words, in the language of those words or in the other; strange_answered: on a
topic of which the owner kept nothing; wrong_first: of what was answered, where something else stood first. The weights
of `skills/evidence.py` for what is kept were chosen on `topics_kept.jsonl`, the default, all but the base
(docs/recall.md).
"""

import argparse
import asyncio
import json
import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from month_plan import filled

from skills.ground import Ground, open_ground
from skills.notes import titled
from skills.small_model import small_model
from skills.words import Claim, Evidence, Notice, Said, Venue

OWNERS, MOST = 24, 6
STRANGE = 20  # questions on other topics, put to each owner
LANGUAGES = ("zh", "en")
NOW = datetime(2026, 6, 1, tzinfo=UTC)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Put:
    """One question to an owner and what recall made of it."""

    kind: str  # "same", "cross" or "strange"
    seen: Evidence
    right: bool  # whether what was asked for stood first


class Keeping:
    """Owners who keep, and are asked."""

    def __init__(self, ground: Ground, rows: Sequence[Row], dice: random.Random) -> None:
        self._store, self._rows, self._dice, self._numbers = ground.store, rows, dice, count(1)
        self._gaps = {"number": "5", "floor": "3", "word": "kite", "hour": "15"}

    async def owner(self, person: str) -> list[Put]:
        """One more owner: what they kept, and everything that they were asked."""
        chosen = self._dice.sample(self._rows, self._dice.randint(1, MOST))
        spoken = self._dice.choice(LANGUAGES)
        await self._join(person)
        kept: dict[str, tuple[str, int]] = {}
        for row in chosen:
            first = kept[row["id"]] = self._dice.choice(LANGUAGES), self._dice.randrange(3)
            said = Said(
                person, "bench:t:chat", row["id"], NOW, self._filled(row["reply"][spoken], spoken), None, "kept"
            )
            heading = self._filled(row["asks"][first[0]][first[1]], first[0])
            assert await self._store.keep(self._claim(), titled(said, heading))
        await self._store.embed(person)
        others = [row for row in self._rows if row["id"] not in kept]
        put = [await self._ask(person, row, kept[row["id"]], form) for row in chosen for form in _forms()]
        strange = [await self._ask(person, self._dice.choice(others), None, self._form()) for _ in range(STRANGE)]
        return [one for one in [*put, *strange] if one is not None]

    async def _ask(self, person: str, row: Row, kept: tuple[str, int] | None, form: tuple[str, int]) -> Put | None:
        if form == kept:
            return None
        grant = await self._store.grant(person, asker=person, venue=Venue("bench:t:alone", True), readers=None)
        assert grant is not None
        recalled = await self._store.search(grant, self._filled(row["asks"][form[0]][form[1]], form[0]), MOST)
        kind = "strange" if kept is None else "same" if kept[0] == form[0] else "cross"
        first = recalled.passages[0].message if recalled.passages else ""
        return Put(kind, recalled.evidence, first == row["id"])

    async def _join(self, person: str) -> None:
        offer = await self._store.offer(self._claim(), person, "bench:t:chat", "en")
        assert offer is not None
        wish: dict[str, Any] = {
            "audience": "chat",
            "since": NOW - timedelta(days=1),
            "notice": Notice("1", "en", "0" * 64),
        }
        await self._store.join(self._claim(), offer.id, person=person, name="", **wish)

    def _form(self) -> tuple[str, int]:
        return self._dice.choice(LANGUAGES), self._dice.randrange(3)

    def _filled(self, text: str, language: str) -> str:
        return filled(text, self._gaps, "1", language)

    def _claim(self) -> Claim:
        return Claim("bench", f"e{next(self._numbers)}")


def _forms() -> list[tuple[str, int]]:
    return [(language, n) for language in LANGUAGES for n in range(3)]


def shares(put: Sequence[Put]) -> dict[str, float]:
    """Percent answered of each kind, and of what was answered how often with something else first."""
    kinds = ("same", "cross", "strange")
    found = {f"{kind}_answered": _percent([one.seen.enough for one in put if one.kind == kind]) for kind in kinds}
    answered = [one for one in put if one.seen.enough and one.kind != "strange"]
    return found | {"wrong_first": _percent([not one.right for one in answered])}


def _percent(these: Sequence[bool]) -> float:
    return round(100 * sum(these) / max(len(these), 1), 1)


async def asked(rows: Sequence[Row], seed: int, owners: int) -> list[Put]:
    """Everything that made-up owners of these topics were asked, on a new server."""
    meaning, dice = small_model(), random.Random(seed)
    assert meaning is not None, "there is no small model for this platform"
    await meaning.warm()
    with tempfile.TemporaryDirectory(prefix="kept", dir="/var/tmp") as data:
        Path(data).chmod(0o755)
        async with open_ground(Path(data) / "d", meaning=meaning, clock=lambda: NOW) as ground:
            keeping = Keeping(ground, rows, dice)
            return [one for n in range(owners) for one in await keeping.owner(f"bench:t:ou_{n}")]


async def measure(table: Path, seed: int) -> dict[str, float]:
    """One run."""
    rows = [json.loads(line) for line in table.read_text(encoding="utf-8").splitlines()]
    return shares(await asked(rows, seed, OWNERS))


def main() -> None:
    """Print the figures, as one JSON object on the last line with --json."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--set", type=Path, default=Path(__file__).with_name("topics_kept.jsonl"), metavar="SET")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--json", action="store_true", help="one JSON object on the last line")
    chosen = arguments.parse_args()
    found = asyncio.run(measure(chosen.set, chosen.seed))
    print(json.dumps(found) if chosen.json else "\n".join(f"{k:24}{v}" for k, v in found.items()))


if __name__ == "__main__":
    main()
