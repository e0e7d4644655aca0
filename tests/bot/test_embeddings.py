"""Which model finds by meaning, as the operator names it: what cannot be used is refused before anything starts."""

import logging
import sys
from types import ModuleType

import pytest

from bot import embeddings
from bot.embeddings import open_meaning
from bot.settings import BadSettings


@pytest.mark.parametrize("named", ["openai:text-embedding-3-small", "cohere", "e5", "ollama", "ollama:", "None"])
def test_a_provider_outside_or_without_a_model_is_refused(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one sentence that says why, and what can be named."""
    monkeypatch.setitem(sys.modules, "langchain_ollama", _installed())
    with pytest.raises(BadSettings, match="no words are sent outside for this; name `none`, or a model of ollama"):
        open_meaning(named)


def test_a_provider_that_is_not_installed_is_refused_by_its_package() -> None:
    """A bot that starts and never finds by meaning would not be noticed."""
    with pytest.raises(BadSettings, match="needs langchain-ollama"):
        open_meaning("ollama:bge-m3")


def test_a_model_inside_the_house_is_named_with_its_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not loaded yet."""
    monkeypatch.setitem(sys.modules, "langchain_ollama", _installed())
    meaning = open_meaning("ollama:bge-m3")
    assert meaning is not None
    assert meaning.model.startswith("ollama:bge-m3")
    assert not meaning.ready


def test_without_a_model_it_is_said_at_the_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whether nobody wants one or the platform has none."""
    caplog.set_level(logging.INFO, "fenshen.embeddings")
    assert open_meaning("none") is None
    monkeypatch.setattr(embeddings, "small_model", lambda: None)
    assert open_meaning(None) is None
    assert [record.message.endswith("found by their words alone") for record in caplog.records] == [True, True]


def _installed() -> ModuleType:
    from importlib.machinery import ModuleSpec

    module = ModuleType("langchain_ollama")
    module.__spec__ = ModuleSpec("langchain_ollama", None)
    return module
