"""Card JSON 2.0 read back as a Card, as a colleague would see it: for the simulator and the demo."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, cast

from adapters.base import Button, Card, Field, Mention, Part, Quote
from adapters.lark.cards import LINK, carried
from adapters.lark.ids import full
from adapters.lark.markdown import unescape, unquoted

Elements = Mapping[str, Mapping[str, Any]]
_PART = re.compile(r"<at [^>]*></at>|\S+")
_AT = re.compile(r"<at id=(\S+)></at>")
_SOURCE = re.compile(r"(.*) <local_datetime millisecond='(-?\d+)' [^>]*?link='([^']*)'></local_datetime>", re.DOTALL)


def read_card(raw: Mapping[str, Any], app: str = "", names: Mapping[str, str] | None = None) -> Card:
    """The inverse of `write_card`. `names` are those of mentioned people by bare id, which a card does not hold."""
    header = raw.get("header", {})
    tags = header.get("text_tag_list", [])
    found = list(elements(raw))
    by_id = {e["element_id"]: e for e in found if "element_id" in e}
    answers = {tag.get("element_id"): tag["text"]["content"] for tag in tags}
    at = _PART.findall(by_id["at"]["content"]) if "at" in by_id else []
    return Card(
        title=header.get("title", {}).get("content", ""),
        text=_text(by_id, "text"),
        quotes=tuple(_quotes(by_id)),
        parts=tuple(_parts(by_id, answers)),
        note=_text(by_id, "note"),
        label=_text(by_id, "label"),
        answer=answers.get("answer"),
        buttons=tuple(_button(e) for e in found if e.get("tag") == "button"),
        fields=tuple(_field(e) for e in found if e.get("tag") == "input"),
        at=tuple(_mention(part, app, names or {}) for part in at),
        growing=raw.get("config", {}).get("streaming_mode") is True,
    )


def elements(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every element of a card, containers before what they contain."""
    waiting = list(raw.get("body", {}).get("elements", []))
    while waiting:
        element = waiting.pop(0)
        yield element
        waiting = [*element.get("elements", []), *element.get("columns", []), *waiting]


def callback(button: Mapping[str, Any]) -> Mapping[str, str] | None:
    """What a button sends when tapped; None when it opens a page."""
    given = (b["value"] for b in button.get("behaviors", []) if b.get("type") == "callback")
    return cast("Mapping[str, str] | None", next(given, None))


def _mention(part: str, app: str, names: Mapping[str, str]) -> Mention:
    if hit := _AT.fullmatch(part):
        return Mention(full(app, hit[1]), names.get(hit[1], ""))
    return Mention(None, unescape(part).removeprefix("@"))


def _text(by_id: Elements, key: str) -> str:
    return unescape(by_id[key]["content"]) if key in by_id else ""


def _parts(by_id: Elements, answers: Mapping[str, str]) -> Iterator[Part]:
    n = 1
    while (of := f"p{n}") and f"{of}title" in by_id:
        title, text, label = (_text(by_id, f"{of}{key}") for key in ("title", "text", "label"))
        yield Part(title, text, tuple(_quotes(by_id, of)), label, answers.get(f"{of}answer"))
        n += 1


def _quotes(by_id: Elements, of: str = "") -> Iterator[Quote]:
    n = 1
    while (source := by_id.get(f"{of}s{n}")) and (hit := _SOURCE.fullmatch(source["content"])):
        who, _, where = hit[1].partition(" · ")
        text = unquoted(by_id[f"{of}q{n}"]["content"]) if f"{of}q{n}" in by_id else ""
        at = datetime.fromtimestamp(int(hit[2]) / 1000, UTC)
        yield Quote(text, unescape(who), unescape(where), at, carried(hit[3]), _url(hit[3]))
        n += 1


def _url(address: str) -> str | None:
    """The link as it was given, without the message's id that a card adds to it."""
    if address.startswith(f"{LINK}?openMessageId="):
        return None
    base, hash_, fragment = address.rpartition("#")
    if not hash_:
        return address
    kept = re.sub(r"(?:\A|&)openMessageId=[^&]*\Z", "", fragment)
    return f"{base}#{kept}" if kept else base


def _button(element: Mapping[str, Any]) -> Button:
    label, command = element["text"]["content"], element.get("hover_tips", {}).get("content")
    style = cast("Literal['default', 'primary', 'danger']", element.get("type", "default"))
    value = callback(element)
    if value is None:
        action = element.get("name", "").partition("_")[2]
        url = next((b["default_url"] for b in element.get("behaviors", []) if b.get("type") == "open_url"), None)
        return Button(action, label, {}, style, command, url)
    rest = {key: text for key, text in value.items() if key != "action"}
    return Button(value.get("action", ""), label, rest, style, command)


def _field(element: Mapping[str, Any]) -> Field:
    return Field(element["name"], element.get("label", {}).get("content", ""), element.get("default_value", ""))
