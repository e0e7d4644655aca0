"""A message's own words: the text of every kind of Lark content, mentions resolved by id, others' words left out."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.lark.ids import is_id

ALL = "@_all"
_KEY = re.compile(r"@_all(?![A-Za-z0-9_])|@_user_[0-9]+")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_AT_TAG = re.compile(r"<at\b[^>]*>([^<]*)</at>")


@dataclass(frozen=True, slots=True)
class Named:
    """One entry of a message's mentions; `id` is None where Lark gave none."""

    key: str
    id: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Words:
    """What was said: the text, whether the bot was called, and who else was named."""

    text: str
    to_bot: bool
    others: tuple[Named, ...]


def clean(text: object) -> str:
    """Text that any database stores: no NUL, no lone surrogate. "" for what is no text."""
    return _UNSTORABLE.sub("", text) if isinstance(text, str) else ""


def loads(raw: object) -> Any:
    """The JSON in a string or bytes, None when there is none to be read."""
    if not isinstance(raw, str | bytes):
        return None
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def named(raw: object) -> tuple[Named, ...]:
    """A message's mentions: an event nests the id in an object, a history item gives it as a string."""
    found = []
    for entry in raw if isinstance(raw, list) else []:
        if not isinstance(entry, Mapping) or not isinstance(entry.get("key"), str):
            continue
        given = entry.get("id")
        bare = given.get("open_id") if isinstance(given, Mapping) else given
        found.append(Named(entry["key"], str(bare) if is_id(bare) else None, clean(entry.get("name"))))
    return tuple(found)


def own_words(kind: str, raw: object, mentions: Sequence[Named], bots: frozenset[str]) -> Words:
    """The author's own words. Forwards, shared cards, pictures and unknown kinds say nothing of their own."""
    content = loads(raw)
    text = ""
    if isinstance(content, Mapping):
        if kind == "text":
            text = clean(content.get("text"))
        elif kind == "post":
            text = clean(_post(content, mentions))
    others = tuple(m for m in mentions if m.key != ALL and m.id not in bots)
    return Words(_resolve(text, mentions, bots), any(m.id in bots for m in mentions), others)


def _resolve(text: str, mentions: Sequence[Named], bots: frozenset[str]) -> str:
    keys = "|".join(re.escape(m.key) for m in mentions if m.id in bots)
    if keys:
        text = re.sub(rf"\A(?:\s*(?:{keys})(?![0-9]))+", "", text)
    names = {ALL: "all"} | {m.key: m.name for m in mentions}
    # One pass, longest key first: @_user_1 is not @_user_10, and a name that looks like a key stays a name.
    text = _KEY.sub(lambda hit: f"@{names[hit[0]]}" if hit[0] in names else hit[0], text).strip()
    return "/" + text[1:] if text.startswith("／") else text


def _post(content: Mapping[str, Any], mentions: Sequence[Named]) -> str:
    if not isinstance(content.get("content"), list):  # some senders wrap it in a language: {"zh_cn": {...}}
        content = next((c for c in content.values() if isinstance(c, Mapping) and "content" in c), content)
    keys = {m.id: m.key for m in mentions if m.id} | {m.key: m.key for m in mentions}
    lines = content.get("content")
    rows = [row for row in lines if isinstance(row, list)] if isinstance(lines, list) else []
    spoken = ["".join(_spans(row, keys)) for row in rows]
    return "\n".join([title, *spoken] if (title := clean(content.get("title"))) else spoken)


def _spans(row: Sequence[object], keys: Mapping[str, str]) -> Iterator[str]:
    for span in row:
        if not isinstance(span, Mapping):
            continue
        match span.get("tag"):
            case "at":
                who = span.get("user_id")
                yield keys.get(who, "") if isinstance(who, str) and who in keys else f"@{clean(span.get('user_name'))}"
            case "a":
                yield _link(clean(span.get("text")), clean(span.get("href")))
            case "emotion":
                yield f"[{clean(span.get('emoji_type'))}]"
            case "md":
                yield _AT_TAG.sub(r"@\1", clean(span.get("text")))
            case _:
                yield clean(span.get("text"))


def _link(text: str, href: str) -> str:
    """A link's words, and where it leads unless the words say so."""
    if not href.startswith(("http://", "https://")) or href in text:
        return text
    return f"{text} {href}".strip()
