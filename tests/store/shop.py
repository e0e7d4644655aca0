"""Stores on one ground whose model of meaning is a small one of ours."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skills.meaning import Embeddings, Meaning
from skills.store import Store

if TYPE_CHECKING:
    from tests.store.conftest import Company

SENSES = (("rollback", "revert", "undo", "回滚"), ("deploy", "release", "发布"), ("lunch", "canteen", "食堂"))


class Senses:
    """A model that knows three things, each by several words in two languages."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text."""
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """What a text is about, beside a little that every text has."""
        return [0.1, *(float(any(word in text.lower() for word in words)) for words in SENSES)]


@dataclass(frozen=True, slots=True)
class Shop:
    """The company, with stores on the same ground whose model is another."""

    company: "Company"
    open: Callable[[Meaning | None], Store]

    async def use(self, name: str = "senses", load: Callable[[], Embeddings] = Senses) -> Store:
        """From now on, with this model, loaded."""
        meaning = Meaning(name, load)
        assert await meaning.warm()
        self.company.store = self.open(meaning)
        return self.company.store
