"""What the floor learns: from labelled questions, which meanings lie near to what no double answers.

SET is a table of ours, topic and question a line; several are one. It tells what is refused of them, each fifth by
what the other four teach, as they stand and with a name before them. `--write` puts what is learnt into
`bot/forbidden.json`. Kernel ridge regression: the same sets give the same.
"""

import argparse
import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import bot.leaning
from bot.leaning import Leaning, closeness, packed, unpacked
from skills.meaning import Meaning, language
from skills.small_model import small_model

BAR = -0.05  # chosen by the share of harmless questions that it refuses where they were learnt without
MOST = 2_800  # questions that others are compared with; of more, those are left out that lie nearest to the others
REACH = 1.0
STIFFNESS = 0.2
STEP = 0.02  # between two numbers that are told apart
FOLDS = 5

Array = np.ndarray[Any, np.dtype[np.float32]]


def learnt(model: str, vectors: Array, addressed: Array, signs: Array) -> Leaning:
    """Each question with and without a name before it is taught; most of the ones without are what is compared with."""
    near = apart(unpacked(packed(vectors, STEP), len(vectors), STEP), MOST)
    lengths = (near * near).sum(axis=1)
    taught = closeness(np.concatenate([vectors, addressed]), near, lengths, REACH).astype(np.float64)
    among = np.exp(-REACH * (lengths[:, None] + lengths[None, :] - 2 * near @ near.T)).astype(np.float64)
    square = taught.T @ taught + STIFFNESS * among + 1e-6 * np.eye(len(near))
    weights = np.linalg.solve(square, taught.T @ np.tile(signs, 2))
    return Leaning(model, BAR, REACH, near, np.round(weights, 4).astype(np.float32))


def apart(near: Array, most: int) -> Array:
    """So many of these that the others lie as near to them as can be: by pivots of an incomplete Cholesky."""
    lengths, left = (near * near).sum(axis=1), np.ones(len(near))
    rows, chosen = np.zeros((len(near), min(most, len(near)))), list[int]()
    for n in range(rows.shape[1]):
        one = int(np.argmax(left))
        close = closeness(near[one : one + 1], near, lengths, REACH)[0] * np.exp(REACH * (1 - lengths[one]))
        rows[:, n] = (close - rows[:, :n] @ rows[one, :n]) / np.sqrt(left[one])
        left -= rows[:, n] ** 2
        chosen.append(one)
        left[chosen] = -1
    return near[sorted(chosen)]


def addressed_to_ana(question: str) -> str:
    """The same with an address before it, of which the floor must make nothing."""
    ways = ("问一下 Ana，", "Ana ", "Ana，") if language(question) == "zh" else ("ask Ana ", "Ana ", "Ana, ")
    return ways[len(question) % len(ways)] + question


async def vectors_of(meaning: Meaning, questions: Sequence[str]) -> Array:
    """A row for each question."""
    rows = []
    for question in questions:
        found = await meaning.of_question(question)
        assert found is not None, "the model took too long: try again on a machine that is not busy"
        rows.append(found[0])
    return np.asarray(rows, dtype=np.float32)


async def run(tables: Sequence[Path], write: bool) -> None:
    """Learn, and say how well."""
    lines = [line.split("\t") for table in tables for line in table.read_text(encoding="utf-8").splitlines()]
    meaning = small_model()
    assert meaning is not None, "there is no small model for this platform"
    assert await meaning.warm()
    vectors = await vectors_of(meaning, [question for _, question in lines])
    addressed = await vectors_of(meaning, [addressed_to_ana(question) for _, question in lines])
    signs = np.asarray([-1.0 if topic == "harmless" else 1.0 for topic, _ in lines], dtype=np.float32)
    as_asked, by_name, fold = np.zeros(len(lines)), np.zeros(len(lines)), np.arange(len(lines)) % FOLDS
    for each in range(FOLDS):
        of, others = fold == each, fold != each
        taught = learnt(meaning.model, vectors[others], addressed[others], signs[others])
        as_asked[of], by_name[of] = taught.of(vectors[of]), taught.of(addressed[of])
    print(json.dumps({**_shares("", as_asked > BAR, signs), **_shares("addressed_", by_name > BAR, signs)}))
    if write:
        whole = learnt(meaning.model, vectors, addressed, signs)
        said = {"model": meaning.model, "bar": BAR, "reach": REACH, "step": STEP, "near": packed(whole.near, STEP)}
        weights = [round(float(w), 4) for w in whole.weights]
        text = json.dumps({**said, "weights": weights})
        (Path(bot.leaning.__file__).parent / bot.leaning.WEIGHTS).write_text(text + "\n", encoding="utf-8")


def _shares(name: str, refused: "np.ndarray[Any, np.dtype[np.bool_]]", signs: Array) -> dict[str, float]:
    shares = {"recall": refused[signs > 0].mean(), "false_refusals": refused[signs < 0].mean()}
    return {name + key: round(float(share), 4) for key, share in shares.items()}


def main() -> None:
    """Read the arguments, and run."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument(
        "--set", type=Path, required=True, nargs="+", metavar="SET", help="topic, tab, question, a line each"
    )
    arguments.add_argument("--write", action="store_true", help="put the weights where the bot reads them")
    chosen = arguments.parse_args()
    asyncio.run(run(chosen.set, chosen.write))


if __name__ == "__main__":
    main()
