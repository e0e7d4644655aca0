"""Which model finds by meaning: the small one in its wheel, one that LangChain reaches inside the house, or none."""

import logging
from collections.abc import Callable
from importlib.util import find_spec

from bot.settings import BadSettings
from skills.meaning import Embeddings, Meaning
from skills.small_model import small_model

log = logging.getLogger("fenshen.embeddings")

NONE = "none"
INSIDE = ("ollama",)  # LangChain's providers that run where their operator runs them


def open_meaning(setting: str | None) -> Meaning | None:
    """The model that FENSHEN_EMBEDDINGS names, not loaded yet; None: passages are found by their words alone.

    Raises BadSettings for a provider outside: sending words there is a consent of its own, which nobody can give yet;
    and for one that no model is named of, or that cannot be reached as this is installed.
    """
    if setting == NONE:
        log.info("FENSHEN_EMBEDDINGS is none: passages are found by their words alone")
        return None
    if setting is None:
        found = small_model()
        if found is None:
            log.warning("there is no small model for this platform: passages are found by their words alone")
        return found
    provider, _, model = setting.partition(":")
    if provider not in INSIDE or not model.strip():
        raise BadSettings(
            f"FENSHEN_EMBEDDINGS: no words are sent outside for this; name `{NONE}`, or a model of {', '.join(INSIDE)} "
            "with the provider before it, as `ollama:bge-m3`"
        )
    if find_spec(f"langchain_{provider}") is None:
        raise BadSettings(f"FENSHEN_EMBEDDINGS: {provider} needs langchain-{provider} to be installed beside Fenshen")
    return Meaning(setting, _loader(setting))


def _loader(setting: str) -> Callable[[], Embeddings]:
    def load() -> Embeddings:
        from langchain.embeddings import init_embeddings  # LangChain takes its time: only now

        return init_embeddings(setting)

    return load
