"""What the simulated platform asks of a card JSON 2.0, as far as it is documented."""

import re
from collections.abc import Mapping
from typing import Any

from adapters.lark.reading import elements

_TAGS = frozenset(
    ("markdown", "div", "hr", "form", "input", "button", "column_set", "column", "img", "collapsible_panel")
)
_ELEMENT_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}")
_MOST = 200


def flaw(card: Any) -> str | None:
    """What is wrong with a card, None when nothing is."""
    if not isinstance(card, Mapping) or card.get("schema") != "2.0" or "elements" in card:
        return "not a card of schema 2.0"
    if card.get("config", {}).get("update_multi") is not True:
        return "update_multi must be true"
    found = list(elements(card))
    if len(found) > _MOST:
        return "too many elements"
    ids = [e["element_id"] for e in found if "element_id" in e]
    names = [e["name"] for e in found if "name" in e]
    if len(set(ids)) < len(ids) or not all(_ELEMENT_ID.fullmatch(i) for i in ids):
        return "element_id"
    if len(set(names)) < len(names):
        return "name must be unique"
    return next((wrong for e in found if (wrong := _element_flaw(e, card))), None)


def _element_flaw(element: Mapping[str, Any], card: Mapping[str, Any]) -> str | None:
    tag = element.get("tag")
    if tag not in _TAGS:
        return f"unsupported tag {tag}"
    if tag == "form" and element not in card["body"]["elements"]:
        return "form must stand at the root"
    if tag == "button" and not all(_is_behavior(b) for b in element.get("behaviors", [])):
        return "behaviors"
    if tag == "collapsible_panel" and element.get("header", {}).get("title", {}).get("tag") not in (
        "markdown",
        "plain_text",
    ):
        return "header"
    if tag == "markdown" and not isinstance(element.get("content"), str):
        return "content"
    return None


def _is_behavior(behavior: Mapping[str, Any]) -> bool:
    if behavior.get("type") == "callback":
        return isinstance(behavior.get("value"), Mapping)
    return behavior.get("type") == "open_url" and isinstance(behavior.get("default_url"), str)
