"""Vectors turned by a rotation that only a key knows: distances stay, directions mean nothing without it."""

import hashlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]  # one a row

ROUNDS = 3


def rotate(key: bytes, vectors: Vectors) -> Vectors:
    """Each vector in the key's own frame. Inner products within one frame are those of the plain vectors."""
    turned, (signs, orders) = vectors, _secrets(key, vectors.shape[1])
    mixing = _mixing(vectors.shape[1])
    for sign, order in zip(signs, orders, strict=True):
        turned = (turned[:, order] * sign) @ mixing
    return turned.astype(np.float32)


def unrotate(key: bytes, vectors: Vectors) -> Vectors:
    """The plain vectors again."""
    turned, (signs, orders) = vectors, _secrets(key, vectors.shape[1])
    mixing = _mixing(vectors.shape[1])
    for sign, order in zip(signs[::-1], orders[::-1], strict=True):
        turned = ((turned @ mixing.T) * sign)[:, np.argsort(order)]
    return turned.astype(np.float32)


def _secrets(key: bytes, dimension: int) -> tuple[Vectors, NDArray[np.int64]]:
    """For each round a sign and a new place for every coordinate, drawn from the key alone."""
    drawn = hashlib.shake_256(key + dimension.to_bytes(4, "big")).digest(ROUNDS * dimension * 16)
    numbers = np.frombuffer(drawn, dtype="<u8").reshape(2, ROUNDS, dimension)
    signs = np.where(numbers[0] & np.uint64(1), np.float32(1), np.float32(-1))
    return signs.astype(np.float32), np.argsort(numbers[1], axis=1, kind="stable")


@lru_cache(maxsize=4)
def _mixing(dimension: int) -> Vectors:
    """The orthonormal cosine transform, which spreads every coordinate over all."""
    n = np.arange(dimension)
    matrix = np.cos(np.pi / dimension * (n[:, None] + 0.5) * n[None, :]) * np.sqrt(2 / dimension)
    matrix[:, 0] /= np.sqrt(2)
    mixing: Vectors = matrix.astype(np.float32)
    return mixing
