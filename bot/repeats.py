"""Questions that somebody has just asked: the same again, with nothing changed, is answered once."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

from bot.names import fold
from bot.questions import Question

SECONDS = 60.0
_MOST = 10_000
_Key = tuple[str | None, str, bool, str]
_Gist = tuple[tuple[str, ...], ...]


class Repeats:
    """Remembers for a minute, in memory alone, who asked what where and what came of it.

    An answer that would be another one now, after a change of consent or with newer words, is no repetition.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._latest: OrderedDict[_Key, tuple[float, _Gist]] = OrderedDict()

    def again(self, question: Question, gists: Sequence[Sequence[str]]) -> bool:
        """Whether this person was told just this a moment ago; if not, they are told it now."""
        now, key, gist = self._clock(), _key(question), tuple(map(tuple, gists))
        told_at, told = self._latest.get(key, (0.0, None))
        if told == gist and now - told_at < SECONDS:
            return True
        self._latest[key] = now, gist
        self._latest.move_to_end(key)
        while len(self._latest) > _MOST:
            self._latest.popitem(last=False)
        return False

    def forget(self, question: Question) -> None:
        """What was to be told did not arrive: asked again, it is told."""
        self._latest.pop(_key(question), None)


def _key(question: Question) -> _Key:
    message = question.message
    return message.sender, message.chat, question.aside, " ".join(fold(message.text).split()).rstrip("?？。.!！ ")
