"""Cards as DingTalk shows them: a buttons card on the AI markdown template, or a markdown message in pieces."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode

from adapters.base import Button, Card, Field, Mention, Part, Quote
from adapters.dingtalk import markdown
from adapters.dingtalk.markdown import clean, escape
from adapters.folding import first_screen

Style = Literal["default", "primary", "danger"]
_COLORS: Mapping[Style, str] = {"default": "gray", "primary": "blue", "danger": "red"}
_STYLES: Mapping[str, Style] = {color: style for style, color in _COLORS.items()}
GROWS = "msgContent"  # the template's variable whose text may grow
_WRITING, _FINISHED = "2", "3"  # any status but finished leaves the template spinning
_ORDER = ["msgTitle", GROWS, "msgButtons"]


@dataclass(frozen=True, slots=True)
class Text:
    """One markdown message: its title (what the notification shows), its body, and whom it really mentions."""

    title: str
    body: str
    at: tuple[str, ...] = ()


def texts(card: Card, staff: Callable[[str], str] | None = None) -> Sequence[Text]:
    """The card as markdown messages, buttons as the commands that do the same.

    `staff` gives the id that `@` takes for a person; None where the way of sending mentions nobody.
    """
    card = first_screen(card)
    ids = {m.person: staff(m.person) for m in card.at if staff and m.person}
    heading = f"### {escape(card.title)}" if card.title else ""
    parts = [heading, *_body(card, ids), _commands(card.buttons)]
    pieces = markdown.chunks("\n\n".join(part for part in parts if part)) or ["…"]
    at = tuple(ids.values())
    return [Text(_title(card), piece, at if n == 0 else ()) for n, piece in enumerate(pieces)]


def _title(card: Card) -> str:
    return (clean(card.title or card.text).split("\n")[0] or "…")[: markdown.TITLE]


def _body(card: Card, ids: Mapping[str, str]) -> list[str]:
    quotes = [part for shown in card.quotes for part in _quote(shown)]
    parts = [line for part in card.parts for line in _part(part)]
    return [_called(card, ids), *quotes, *parts, escape(card.note), escape(card.label)]


def _part(part: Part) -> list[str]:
    """One person's share, under a heading of its own."""
    quotes = [line for shown in part.quotes for line in _quote(shown)]
    return [f"### {escape(part.title)}", escape(part.text), *quotes, escape(part.label)]


def _called(card: Card, ids: Mapping[str, str]) -> str:
    """The text with its mentions: `@id` really calls somebody and is drawn as the name, `@Name` is only read."""
    text, first = escape(card.text), []
    for one in card.at:
        name, call = escape(one.name), f"@{ids.get(one.person or '') or escape(one.name)}"
        found = re.compile(rf"@{re.escape(name)}(?!\w)") if name else None
        if found and found.search(text):
            text = found.sub(lambda _, call=call: call, text)  # type: ignore[misc]
        else:
            first.append(call)
    return " ".join([*first, text] if text else first)


def _quote(shown: Quote) -> list[str]:
    source = escape(" · ".join(part for part in (shown.who, shown.where, f"{shown.at:%Y-%m-%d}") if part))
    if shown.url:
        source = f"[{source}]({quote(shown.url, safe=':/?#@!$&+,;=%~-._')})"
    return [*([markdown.quoted(escape(shown.text))] if shown.text else []), f"— {source}"]


def _commands(buttons: Sequence[Button]) -> str:
    lines = [f"**{escape(b.label)}** → {escape(b.command)}" for b in buttons if b.command and not b.url]
    links = [f"[{escape(b.label)}]({quote(b.url, safe=':/?#@!$&+,;=%~-._')})" for b in buttons if b.url]
    return "  \n".join(lines + links)


def params(card: Card) -> dict[str, str]:
    """The card as the template's variables: all of them, always, because an update changes only those it names.

    Every value is a string (the platform refuses others). `fenshen` and `AIGC` are unknown to the template: they
    carry what its drawing loses, the messages quoted and the mark that a machine wrote this.
    """
    card = first_screen(card)
    parts = _body(card, {})
    # Forms need a template made by hand: with this one, the commands say where to write.
    parts += [_commands(card.buttons)] if card.fields else []
    shown = {"order": _ORDER, "msgButtons": [_button(button) for button in card.buttons]}
    return {
        "msgTitle": clean(card.title),
        GROWS: "\n\n".join(part for part in parts if part),
        "sys_full_json_obj": _json(shown),
        "flowStatus": _WRITING if card.growing else _FINISHED,
        "fenshen": _json(asdict(card)),
        "AIGC": _json({"Label": "1", "ContentProducer": "fenshen", "ProduceID": _answers(card)})
        if _answers(card)
        else "",
    }


def _answers(card: Card) -> str:
    """The ids of all answers that the card shows."""
    return " ".join(answer for answer in (card.answer, *(part.answer for part in card.parts)) if answer)


def _button(button: Button) -> dict[str, object]:
    shown: dict[str, object] = {"text": clean(button.label), "color": _COLORS[button.style]}
    return {**shown, "url": button.url} if button.url else {**shown, "id": button_id(button), "request": True}


def button_id(button: Button) -> str:
    """The button's action and value as one id, because a callback gives back nothing else: `action|k=v&k=v`."""
    return f"{quote(button.action, safe='')}|{urlencode(button.value)}"


def read_button(given: str) -> tuple[str, Mapping[str, str]]:
    """The action and value of a button's id; whatever the id, some action."""
    action, _, value = given.partition("|")
    return unquote(action), dict(parse_qsl(value, keep_blank_values=True, max_num_fields=100))


def read_card(shown: Mapping[str, str]) -> Card:
    """The card that the template's variables show: the inverse of `params`. Raises ValueError on other JSON."""
    full = json.loads(shown.get("sys_full_json_obj") or "{}")
    told = json.loads(shown.get("fenshen") or "{}")
    commands = [b.get("command") for b in told.get("buttons", [])]
    given = full.get("msgButtons", [])
    commands += [None] * (len(given) - len(commands))
    return Card(
        title=shown.get("msgTitle", ""),
        text=_read_text(shown, told),
        quotes=_read_quotes(told),
        parts=tuple(Part(**{**p, "quotes": _read_quotes(p)}) for p in told.get("parts", [])),
        note=told.get("note", ""),
        label=told.get("label", ""),
        answer=told.get("answer"),
        buttons=tuple(_read_button(b, command) for b, command in zip(given, commands, strict=False)),
        fields=tuple(Field(**f) for f in told.get("fields", [])),
        at=tuple(Mention(**m) for m in told.get("at", [])),
        growing=shown.get("flowStatus") == _WRITING,
    )


def _read_text(shown: Mapping[str, str], told: Mapping[str, Any]) -> str:
    """The text; of a card that grows, as it is shown by now: what came with the card tells only how it began."""
    if told and shown.get("flowStatus") != _WRITING:
        return str(told["text"])
    text = markdown.plain(shown.get(GROWS, ""))
    for below in (told.get("label", ""), told.get("note", "")):
        text = text.removesuffix(below).rstrip("\n")
    return text


def _read_quotes(told: Mapping[str, Any]) -> tuple[Quote, ...]:
    return tuple(Quote(**{**q, "at": datetime.fromisoformat(q["at"])}) for q in told.get("quotes", []))


def _read_button(shown: Mapping[str, Any], command: str | None) -> Button:
    action, value = read_button(shown.get("id", ""))
    style = _STYLES.get(shown.get("color", ""), "default")
    return Button(action, shown.get("text", ""), value, style, command, shown.get("url"))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=lambda at: at.isoformat())
