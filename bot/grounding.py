"""Sentences held against the passages they cite: what is not there word for word is not said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from skills.words import Passage

MOST_QUOTES = 3


class Sentence(BaseModel):
    """One sentence of a draft, with the passages it rests on."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: str
    text: str
    passages: list[str]


class Draft(BaseModel):
    """What a model proposes to say; nothing of it is shown before it is grounded."""

    model_config = ConfigDict(extra="forbid", strict=True)

    sentences: list[Sentence]


@dataclass(frozen=True, slots=True)
class Quoted:
    """One grounded quote: the words to show, and the passage in which they stand."""

    text: str
    passage: Passage


def read_draft(said: str) -> Draft:
    """The draft in a model's last message; an empty one where it cannot be read."""
    try:
        return Draft.model_validate_json(said)
    except ValueError:
        return Draft(sentences=[])


def ground(draft: Draft, recalled: Mapping[str, Passage]) -> Sequence[Quoted]:
    """The draft's quotes that stand word for word in a recalled passage, at most three, no passage twice.

    Whatever else a model said is dropped: the default scope is for the owner's own words alone.
    """
    kept: dict[str, Quoted] = {}
    said: set[str] = set()  # what stands in a file and was heard as well is one quote
    for sentence in draft.sentences:
        if sentence.kind != "quote":
            continue
        for cited in sentence.passages:
            passage = recalled.get(cited)
            if passage is None or sentence.text not in passage.text or cited in kept:
                continue
            text = sentence.text.strip()
            if text not in said if text else not passage.text:
                kept[cited] = Quoted(sentence.text, passage)
                said.add(text)
            break
    return tuple(kept.values())[:MOST_QUOTES]
