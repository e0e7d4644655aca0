"""What the floor learns: from labelled questions, which meanings lie near to what no double answers.

SET is a table of ours, topic and question a line; several are one. Each is taught in several forms: as it stands, with
a name before it, about somebody else, and put otherwise (`floor_forms.py`). It tells what is refused of them, by their
meaning alone and by words as well, each fifth by what the other four teach, as they stand, with a name before them, and
about people whose names were not taught; what means nearly the same lies in the same fifth. `--write` puts what is
learnt into `bot/forbidden.json`. Kernel ridge regression: the same sets give the same.
"""

import argparse
import asyncio
import json
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from floor_forms import JUDGED, TAUGHT, of_another, put_otherwise

import bot.leaning
from bot.floor import Floor
from bot.leaning import Leaning, closeness, packed, unpacked
from skills.meaning import Meaning, language
from skills.small_model import small_model

# chosen by the share of harmless questions that are refused, by words or by it, where it was not taught them
BAR = 0.04
MOST = 2_800  # questions that others are compared with; of more, those are left out that lie nearest to the others
REACH = 1.0
STIFFNESS = 0.4
STEP = 0.02  # between two numbers that are told apart
FOLDS = 5
ALIKE = 0.75  # cosine from which two questions are taken for one, and are judged by what neither teaches

FLOOR = Floor()  # by its words alone
Array = np.ndarray[Any, np.dtype[np.float32]]


def learnt(model: str, forms: Sequence[Array], signs: Array) -> Leaning:
    """All forms of a question are taught; most of the questions as they stand are what others are compared with."""
    near = apart(unpacked(packed(forms[0], STEP), len(signs), STEP), MOST)
    lengths = (near * near).sum(axis=1)
    among = np.exp(-REACH * (lengths[:, None] + lengths[None, :] - 2 * near @ near.T)).astype(np.float64)
    square, side = STIFFNESS * among + 1e-6 * np.eye(len(near)), np.zeros(len(near))
    for vectors in forms:
        taught = closeness(vectors, near, lengths, REACH).astype(np.float64)
        square += taught.T @ taught
        side += taught.T @ signs
    return Leaning(model, BAR, REACH, near, np.round(np.linalg.solve(square, side), 4).astype(np.float32))


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


FORMS: Mapping[str, Callable[[str], str]] = {
    "as_asked": lambda question: question,
    "addressed": addressed_to_ana,
    "of_another": lambda question: of_another(question, TAUGHT, random.Random(question)),
    "put_otherwise": lambda question: put_otherwise(question, TAUGHT, random.Random(question)),
    "of_strangers": lambda question: of_another(question, JUDGED, random.Random(question)),
}
TAUGHT_FORMS = ("as_asked", "addressed", "of_another", "put_otherwise")
JUDGED_FORMS = ("as_asked", "addressed", "of_strangers")


def fifths(vectors: Array) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """In which fifth each is judged: with all that is like it, and with what is like those."""
    of = list(range(len(vectors)))
    for one, other in zip(*np.where(np.triu(vectors @ vectors.T > ALIKE, 1)), strict=True):
        of = [of[one] if each == of[other] else each for each in of] if of[one] != of[other] else of
    alike = {first: [n for n, each in enumerate(of) if each == first] for first in of}
    folds, sizes = np.zeros(len(vectors), dtype=np.int64), [0] * FOLDS
    for some in sorted(alike.values(), key=len, reverse=True):
        least = sizes.index(min(sizes))
        folds[some] = least
        sizes[least] += len(some)
    return folds


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
    asked = {name: [form(question) for _, question in lines] for name, form in FORMS.items()}
    vectors = {name: await vectors_of(meaning, questions) for name, questions in asked.items()}
    signs = np.asarray([-1.0 if topic == "harmless" else 1.0 for topic, _ in lines], dtype=np.float32)
    folds, leans = fifths(vectors["as_asked"]), {name: np.zeros(len(lines)) for name in JUDGED_FORMS}
    for each in range(FOLDS):
        of, others = folds == each, folds != each
        taught = learnt(meaning.model, [vectors[name][others] for name in TAUGHT_FORMS], signs[others])
        for name in JUDGED_FORMS:
            leans[name][of] = taught.of(vectors[name][of])
    print(json.dumps({name: _told(asked[name], leans[name], signs) for name in JUDGED_FORMS}, indent=1))
    if write:
        whole = learnt(meaning.model, [vectors[name] for name in TAUGHT_FORMS], signs)
        said = {"model": meaning.model, "bar": BAR, "reach": REACH, "step": STEP, "near": packed(whole.near, STEP)}
        weights = [round(float(w), 4) for w in whole.weights]
        text = json.dumps({**said, "weights": weights})
        (Path(bot.leaning.__file__).parent / bot.leaning.WEIGHTS).write_text(text + "\n", encoding="utf-8")


def _told(
    questions: Sequence[str], leans: "np.ndarray[Any, np.dtype[np.float64]]", signs: Array
) -> Mapping[str, float]:
    words = np.asarray([FLOOR.asked(question) is not None for question in questions])
    judged = {"meaning": leans > BAR, "words_or_meaning": words | (leans > BAR)}
    return {
        f"{how}_{key}": round(float(refused[signs * side > 0].mean()), 4)
        for how, refused in judged.items()
        for key, side in (("recall", 1), ("false_refusals", -1))
    }


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
