"""How far a question leans towards the floor by its meaning: by those of our labelled questions that it is near to."""

import base64
import json
import zlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skills.rotation import Vectors

WEIGHTS = "forbidden.json"  # what `benchmarks/floor.py` learns from the questions of ours
LEVELS = 7  # of a number that is stored, on either side of nought: half a byte is enough


class Leaning:
    """Kernel ridge regression over one model's vectors; another model's say nothing here."""

    def __init__(self, model: str, bar: float, reach: float, near: "Vectors", weights: "Vectors") -> None:
        """`near`: a vector a row, `weights`: what each is worth. `reach`: the higher, the nearer one has to be."""
        self.model = model
        self._bar = bar
        self._reach = reach
        self.near = near
        self.weights = weights
        self._lengths = (near * near).sum(axis=1)

    def refuses(self, vector: "Vectors") -> bool:
        """Whether a question of this vector, of unit length, leans too far."""
        return bool(self.of(vector.reshape(1, -1))[0] > self._bar)

    def of(self, vectors: "Vectors") -> "Vectors":
        """How far each leans: about 1 what is refused, about -1 what is not."""
        kernel: Vectors = closeness(vectors, self.near, self._lengths, self._reach) @ self.weights
        return kernel


def closeness(vectors: "Vectors", near: "Vectors", lengths: "Vectors", reach: float) -> "Vectors":
    """How near each of these is to each of those: 1 where they are the same. `lengths`: of those, squared."""
    import numpy as np  # takes its time: only when there are vectors

    close: Vectors = np.exp(-reach * (1 + lengths[None, :] - 2 * vectors @ near.T))
    return close


@cache
def leaning() -> Leaning:
    """What was learnt, read once."""
    import numpy as np

    learnt = json.loads(files("bot").joinpath(WEIGHTS).read_text(encoding="utf-8"))
    weights = np.asarray(learnt["weights"], dtype=np.float32)
    near = unpacked(learnt["near"], len(weights), learnt["step"])
    return Leaning(learnt["model"], learnt["bar"], learnt["reach"], near, weights)


def packed(near: "Vectors", step: float) -> str:
    """Vectors in half a byte a number."""
    import numpy as np

    halves = (np.round(near / step).clip(-LEVELS, LEVELS) + LEVELS + 1).astype(np.uint8).ravel()
    return base64.b64encode(zlib.compress((halves[::2] << 4 | halves[1::2]).tobytes(), 9)).decode()


def unpacked(text: str, rows: int, step: float) -> "Vectors":
    """The same again, as far as half a byte tells."""
    import numpy as np

    both = np.frombuffer(zlib.decompress(base64.b64decode(text)), dtype=np.uint8)
    halves = np.stack([both >> 4, both & 15], axis=1).reshape(rows, -1)
    return ((halves.astype(np.float32) - LEVELS - 1) * step).astype(np.float32)
