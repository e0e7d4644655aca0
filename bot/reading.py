"""A draft read while a model writes it: every sentence as soon as its last bracket has come, and not before."""

import json
import re

from bot.grounding import Draft, Sentence

LONGEST = 20_000  # characters of what a model writes that are read as they come
_OPENS = re.compile(r'\s*\{\s*"sentences"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_JSON = json.JSONDecoder(strict=False)  # small models write line breaks as they are


class Reading:
    """One attempt of a model's, piece by piece. What is in the wrong form is read no further."""

    def __init__(self) -> None:
        self._written = ""
        self._at = 0  # up to where it is read
        self._sentences: list[Sentence] = []
        self._broken = False

    def take(self, written: str) -> Draft | None:
        """The draft so far, if this piece has completed a sentence of it."""
        self._written += written
        before = len(self._sentences)
        self._broken = self._broken or len(self._written) > LONGEST
        while not self._broken and self._next():
            pass
        return Draft(sentences=list(self._sentences)) if len(self._sentences) > before else None

    def _next(self) -> bool:
        """Read one more sentence; False where none is complete."""
        opened = _OPENS.match(self._written) if self._at == 0 else None
        at = opened.end() if opened else self._at
        if at == 0:
            return False
        gap = _BETWEEN.match(self._written, at)
        try:
            found, self._at = _JSON.raw_decode(self._written, gap.end() if gap else at)
        except json.JSONDecodeError:
            return False
        except RecursionError:
            self._broken = True
            return False
        try:
            self._sentences.append(Sentence.model_validate(found))
        except ValueError:
            self._broken = True
        return not self._broken
