"""Promises of the tests of the decision: whatever is changed in it, they see it."""

import random
from collections.abc import Iterator, Sequence
from types import ModuleType

from skills import decision
from skills.words import Mode
from tests.store.mutated import mutants
from tests.store.worlds import World, draw, draw_house

ANA = "lark:t:ou_ana"
MODES: tuple[Mode, ...] = ("auto", "review", "either")
WORLDS = 1_500  # of the suite's 20,000, in which Python, SQL and Cedar agree
SCORE = 0.95


def _worlds(seed: int) -> list[World]:
    """As the suite draws them, in houses of their own."""
    dice = random.Random(seed)
    return [draw(dice, number, ANA, draw_house(dice, ANA)) for number in range(WORLDS)]


def _decided(kernel: ModuleType, world: World) -> Iterator[object]:
    """All that a kernel says of a world, for every mode, and what it would let its owner's double learn."""
    standings = [kernel.under(one, world.documents, world.house) for one in world.standings]
    for mode in MODES:
        use = kernel.decide(standings, world.kept, world.reading, mode)
        yield use and (use.level, use.speech)
    kept = world.kept
    yield [kernel.learns(one, at=kept.at, now=world.reading.now, says=kept.says) for one in standings]


def _killed(kernel: ModuleType, worlds: Sequence[World], right: Sequence[object]) -> bool:
    """Whether it decides any of the worlds otherwise, or cannot."""
    try:
        return any(list(_decided(kernel, world)) != said for world, said in zip(worlds, right, strict=True))
    except Exception:
        return True


def test_what_is_changed_in_the_kernel_decides_some_world_otherwise() -> None:
    """Of all single changes to its operators, its sides and its words, at least 95 of 100 (I23)."""
    worlds = _worlds(23)
    right = [list(_decided(decision, world)) for world in worlds]
    planted = [(name, _killed(kernel, worlds, right)) for name, kernel in mutants()]
    survived = [name for name, killed in planted if not killed]
    assert len(planted) > 100
    assert len(planted) - len(survived) >= SCORE * len(planted), "\n".join(survived)
