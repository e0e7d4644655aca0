"""What the floor learns: from labelled questions, a direction among the small model's vectors that tells them apart.

SET is a table of ours, topic and question a line. It tells what is refused of it, each fifth by what the other four
teach. `--write` puts the weights into `bot/forbidden.json`. Ridge regression: the same set gives the same weights.
"""

import argparse
import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import bot.floor
from skills.meaning import Meaning, language
from skills.small_model import small_model

BAR = 0.1  # chosen by the share of harmless questions that it refuses where they were learnt without
STIFFNESS = 1.0
FOLDS = 5
BIAS = 0.1

Array = np.ndarray[Any, np.dtype[np.float64]]


def learnt(vectors: Array, signs: Array) -> Array:
    """One weight for each dimension, and the bias last."""
    square = vectors.T @ vectors + STIFFNESS * np.eye(vectors.shape[1])
    return np.asarray(np.linalg.solve(square, vectors.T @ signs), dtype=np.float64)


def addressed_to_ana(question: str) -> str:
    """The same with an address before it, of which the floor must make nothing."""
    ways = ("问一下 Ana，", "Ana ", "Ana，") if language(question) == "zh" else ("ask Ana ", "Ana ", "Ana, ")
    return ways[len(question) % len(ways)] + question


async def vectors_of(meaning: Meaning, questions: Sequence[str]) -> Array:
    """A row for each question, the bias last."""
    rows = []
    for question in questions:
        found = await meaning.of_question(question)
        assert found is not None, "the model took too long: try again on a machine that is not busy"
        rows.append([*map(float, found[0]), BIAS])
    return np.asarray(rows, dtype=np.float64)


async def run(table: Path, write: bool) -> None:
    """Learn, and say how well."""
    lines = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]
    meaning = small_model()
    assert meaning is not None, "there is no small model for this platform"
    assert await meaning.warm()
    vectors = await vectors_of(meaning, [question for _, question in lines])
    addressed = await vectors_of(meaning, [addressed_to_ana(question) for _, question in lines])
    signs = np.asarray([-1.0 if topic == "harmless" else 1.0 for topic, _ in lines])
    leaning, fold = np.zeros(len(lines)), np.arange(len(lines)) % FOLDS
    for each in range(FOLDS):
        others = fold != each
        taught = learnt(np.concatenate([vectors[others], addressed[others]]), np.tile(signs[others], 2))
        leaning[fold == each] = vectors[fold == each] @ taught
    refused = leaning > BAR
    print(json.dumps({"recall": float(refused[signs > 0].mean()), "false_refusals": float(refused[signs < 0].mean())}))
    if write:
        weights = learnt(np.concatenate([vectors, addressed]), np.tile(signs, 2))
        weights[-1] *= BIAS
        said = {"model": meaning.model, "bar": BAR, "weights": [round(float(w), 4) for w in weights]}
        path = Path(bot.floor.__file__).parent / bot.floor.WEIGHTS
        path.write_text(json.dumps(said) + "\n", encoding="utf-8")


def main() -> None:
    """Read the arguments, and run."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--set", type=Path, required=True, metavar="SET", help="topic, tab, question, a line each")
    arguments.add_argument("--write", action="store_true", help="put the weights where the bot reads them")
    chosen = arguments.parse_args()
    asyncio.run(run(chosen.set, chosen.write))


if __name__ == "__main__":
    main()
