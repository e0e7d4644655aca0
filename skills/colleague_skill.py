"""A Colleague Skill: what somebody else wrote of a person, whose part on work is put before that person alone."""

import re
from collections.abc import Sequence

_BESIDE = frozenset({"persona.md", "meta.json", "manifest.json"})
_NAMED = re.compile(r"^name:[ \t]*[\"']?(?:colleague|relationship|celebrity)[_-]([^\n]*)", re.M)
_PART = re.compile(r"^##[ \t]*PART ([AB])\b", re.M)
_FRONT = 2_000  # characters in which a file tells what it is


def work_file(names: Sequence[str]) -> str | None:
    """Of a folder's files the one that tells of work, as it stands now; None: it is no such folder."""
    found = [name for name in names if _last(name) == "work.md"]
    if not found or _BESIDE.isdisjoint(map(_last, names)):
        return None
    return min(found, key=lambda name: (name.count("/"), name))


def work_part(text: str) -> str | None:
    """What one of its files tells of work, "" where it tells of the person alone; None: it is no such file."""
    begins = {part[1]: part.start() for part in _PART.finditer(text)}
    if "B" in begins:
        return text[begins.get("A", 0) : begins["B"]]
    named = _NAMED.search(text[:_FRONT])
    if named is None:
        return None
    return "" if "persona" in named[1] else text


def _last(name: str) -> str:
    return name.rsplit("/", 1)[-1].casefold()
