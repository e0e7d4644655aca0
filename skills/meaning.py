"""What a text means, as a vector: any model behind LangChain's two methods, loaded off the path to readiness."""

import asyncio
import logging
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from skills.centre import SENTENCES
from skills.usual import NOTES

if TYPE_CHECKING:
    from skills.rotation import Vectors

log = logging.getLogger("fenshen.meaning")

LOOKED_AT = 2_000  # characters of one text
PATIENCE = 5.0  # seconds for which a question waits for its vector
CENTRING = 1  # raised when `centre.SENTENCES` change: vectors made around another centre do not compare

LONG = 40  # Chinese characters; in other scripts three times as many
MOST_PARTS = 4

_SENTENCE = re.compile(r"[^。！？!?.\n]+[。！？!?.\n]*[\"”’)]*")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[a-z]+", re.IGNORECASE)


class Embeddings(Protocol):
    """A model that turns texts into vectors, as LangChain's `Embeddings` do. Called in threads, several at once."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text that may be found."""

    def embed_query(self, text: str) -> list[float]:
        """The vector of a text that is looked for."""


class Meaning:
    """Vectors of one model: unit length, and centred for each language, without which languages never meet.

    Nothing waits for the model: until it is loaded a question has no vector, and is searched for by its words alone.
    """

    def __init__(self, name: str, load: Callable[[], Embeddings]) -> None:
        """`name` is stored with every vector: vectors of another model are never compared with this one's."""
        self.model = f"{name}#{CENTRING}"
        self._load = load
        self._loading: asyncio.Task[bool] | None = None
        self._embeddings: Embeddings | None = None
        self._centres: dict[tuple[str, bool], Vectors] = {}
        self._notes: Vectors | None = None

    @property
    def ready(self) -> bool:
        """Whether the model is loaded."""
        return self._embeddings is not None

    @property
    def dimension(self) -> int:
        """How many numbers a vector has; only of a loaded model."""
        return int(self._centres["en", False].shape[1])

    async def warm(self) -> bool:
        """Load the model, once; False where that fails, and recall stays lexical until it is tried again."""
        if self._loading is None:
            self._loading = asyncio.create_task(self._warmed())
        loaded = await asyncio.shield(self._loading)
        if not loaded:
            self._loading = None
        return loaded

    async def of_passages(self, passages: Sequence[Sequence[str]]) -> "Vectors":
        """One vector a row, for passages that may be found; of several texts of one passage the middle.

        Raises what the model raises.
        """
        await self.warm()
        return await asyncio.to_thread(self._passages, passages)

    async def of_question(self, text: str) -> "Vectors | None":
        """The whole in the first row, then the parts of a long question, a row each.

        None while the model is not loaded, and where it fails or takes too long.
        """
        if not self.ready or not text.strip():
            return None
        try:
            return await asyncio.wait_for(asyncio.to_thread(self._questions, [text, *parts(text)]), PATIENCE)
        except Exception as error:
            log.warning("a question has no vector: %s", type(error).__name__)
            return None

    def usual(self, question: "Vectors") -> float:
        """How near a question comes to notes of anybody's, on average: some come near to everything."""
        if self._notes is None:
            return 0.0
        near = self._notes @ question.T  # a row for each note; of a long question half to the whole, as passages
        both = near[:, 0] if near.shape[1] == 1 else (near[:, 0] + near[:, 1:].max(axis=1)) / 2
        return float(both.mean())

    async def _warmed(self) -> bool:
        try:
            await asyncio.to_thread(self._warm)
        except Exception as error:
            log.warning("the model %s could not be loaded: %s", self.model, type(error).__name__)
            return False
        log.info("the model %s is loaded", self.model)
        return True

    def _warm(self) -> None:
        embeddings = self._load()
        for language, sentences in SENTENCES.items():
            documents = _array(embeddings.embed_documents(list(sentences)))
            queries = _array([embeddings.embed_query(sentence) for sentence in sentences])
            self._centres[language, False] = documents.mean(axis=0, keepdims=True)
            self._centres[language, True] = queries.mean(axis=0, keepdims=True)
        self._notes = self._centred(NOTES, _array(embeddings.embed_documents(list(NOTES))), False)
        self._embeddings = embeddings

    def _passages(self, passages: Sequence[Sequence[str]]) -> "Vectors":
        import numpy as np

        assert self._embeddings is not None
        texts = [text for passage in passages for text in passage]
        made = self._centred(texts, _array(self._embeddings.embed_documents([t[:LOOKED_AT] for t in texts])), False)
        ends = np.cumsum([len(passage) for passage in passages])[:-1]
        return _unit(np.stack([some.mean(axis=0) for some in np.split(made, ends)]))

    def _questions(self, texts: Sequence[str]) -> "Vectors":
        assert self._embeddings is not None
        return self._centred(texts, _array([self._embeddings.embed_query(t[:LOOKED_AT]) for t in texts]), True)

    def _centred(self, texts: Sequence[str], vectors: "Vectors", asked: bool) -> "Vectors":
        import numpy as np

        return _unit(vectors - np.concatenate([self._centres[language(text), asked] for text in texts]))


def language(text: str) -> str:
    """Around which centre a text lies: "zh" or "en". Chinese is full of foreign names, hardly ever the reverse."""
    looked_at = text[:LOOKED_AT]
    han = len(_HAN.findall(looked_at))
    return "zh" if han and 2 * han >= len(_LATIN.findall(looked_at)) else "en"


def is_long(question: str) -> bool:
    """Whether it may mean several things at once."""
    return len(question) >= LONG * (1 if language(question) == "zh" else 3)


def parts(question: str) -> list[str]:
    """A long question in at most four pieces of whole sentences; each may mean something else. A short one: none."""
    sentences = [sentence for sentence in _SENTENCE.findall(question[:LOOKED_AT]) if sentence.strip()]
    length = sum(map(len, sentences))
    if len(sentences) < 2 or not is_long("".join(sentences)):
        return []
    pieces: list[str] = []
    for sentence in sentences:
        room = bool(pieces) and len(pieces[-1]) + len(sentence) / 2 < length / MOST_PARTS
        if room or len(pieces) == MOST_PARTS:
            pieces[-1] += sentence
        else:
            pieces.append(sentence)
    return pieces


def _array(vectors: Sequence[Sequence[float]]) -> "Vectors":
    import numpy as np  # takes its time: only when there are vectors

    return np.asarray(vectors, dtype=np.float32)


def _unit(vectors: "Vectors") -> "Vectors":
    import numpy as np

    lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit
