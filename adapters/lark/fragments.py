"""Events that come in parts, joined again: bounded in number, size and age."""

from collections import OrderedDict
from dataclasses import dataclass, field

_PARTS = 1024
_MESSAGES = 64
_BYTES = 32 * 2**20
_SECONDS = 30.0


@dataclass(slots=True)
class _Started:
    count: int
    at: float
    parts: dict[int, bytes] = field(default_factory=dict)


class Fragments:
    """Parts by message id until all have come. What stays incomplete is forgotten, the oldest first."""

    def __init__(self) -> None:
        self._started: OrderedDict[str, _Started] = OrderedDict()

    def join(self, message: str, count: int, seq: int, part: bytes, now: float) -> bytes | None:
        """The whole message with its last part, None before. Raises ValueError where count or place make no sense."""
        if not 1 <= count <= _PARTS or not 0 <= seq < count:
            raise ValueError(f"part {seq} of {count}")
        if count == 1:
            return part
        self._forget(now)
        started = self._started.get(message)
        if started is None or started.count != count:
            started = self._started[message] = _Started(count, now)
        started.parts[seq] = part
        if len(started.parts) < count:
            return None
        del self._started[message]
        return b"".join(started.parts[n] for n in range(count))

    def _forget(self, now: float) -> None:
        size = sum(len(p) for s in self._started.values() for p in s.parts.values())
        while self._started:
            oldest = next(iter(self._started))
            started = self._started[oldest]
            if now - started.at < _SECONDS and len(self._started) < _MESSAGES and size < _BYTES:
                return
            size -= sum(len(p) for p in started.parts.values())
            del self._started[oldest]
