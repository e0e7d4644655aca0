"""Cards as Lark's card JSON 2.0 and back: every text escaped, buttons as callbacks, quotes with their links."""

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote, unquote, urlencode

from adapters.base import Button, Card, Field, Mention, Part, Quote
from adapters.folding import lead, long
from adapters.lark.markdown import escape, quoted
from adapters.lark.settings import FEISHU

Json = dict[str, Any]

LINK = "https://applink.feishu.cn/client/chat/open"
_INTERNATIONAL_LINK = "https://applink.larksuite.com/client/chat/open"
_CARRIED = re.compile(r"[?&#]openMessageId=([^&#]*)")
TEXT = "text"  # the element that grows
_SPACE = re.compile(r"\s")
# Only people: `all` and anything that could end the tag are shown as plain names.
_OPEN_ID = re.compile(r"ou_[A-Za-z0-9_-]{1,64}")


def link(chat: str, message: str, domain: str = FEISHU) -> str:
    """Where the client opens this message of this chat; both as Lark calls them."""
    base = LINK if domain == FEISHU else _INTERNATIONAL_LINK
    return f"{base}?{urlencode({'openChatId': chat, 'openMessageId': message})}"


def write_card(card: Card) -> Json:
    """The card as JSON 2.0. Its texts show as they are; only `card.at` mentions anybody."""
    header: Json = {"title": plain(card.title), "template": "blue"}
    answers = {"answer": card.answer, **{f"p{n}answer": part.answer for n, part in enumerate(card.parts, 1)}}
    if any(answers.values()):
        header["text_tag_list"] = [
            {"tag": "text_tag", "element_id": id_, "text": plain(answer), "color": "neutral"}
            for id_, answer in answers.items()
            if answer
        ]
    return {
        "schema": "2.0",
        # without the first a card cannot be replaced, without the second its text cannot grow
        "config": {"update_multi": True, **({"streaming_mode": True} if card.growing else {})},
        "header": header,
        "body": {"elements": list(_elements(card))},
    }


def plain(text: str) -> Json:
    """A text that Lark shows without reading it."""
    return {"tag": "plain_text", "content": text}


def open_id(mention: Mention) -> str | None:
    """The bare id under which this person can really be mentioned."""
    last = (mention.person or "").rpartition(":")[2]
    return last if _OPEN_ID.fullmatch(last) else None


def _elements(card: Card) -> Iterator[Json]:
    if card.at:
        yield _markdown("at", " ".join(_at(mention) for mention in card.at))
    if card.text:
        yield _markdown(TEXT, escape(card.text))
    yield from _quotes(card.quotes)
    for n, part in enumerate(card.parts, 1):
        yield from _part(part, f"p{n}")
    if card.note:
        yield _markdown("note", escape(card.note), text_size="notation")
    if card.label:
        yield _markdown("label", escape(card.label), text_size="notation")
    if card.fields:
        yield _form(card)
    elif card.buttons:
        yield _row([_button(n, button, submit=False) for n, button in enumerate(card.buttons, 1)])


def _quotes(quotes: Sequence[Quote], of: str = "") -> Iterator[Json]:
    for n, given in enumerate(quotes, 1):
        if given.text:
            whole = _markdown(f"{of}q{n}", quoted(given.text))
            yield _folded(f"{of}f{n}", given.text, whole) if long(given.text) else whole
        yield _markdown(f"{of}s{n}", _source(given), text_size="notation")


def _folded(element_id: str, text: str, whole: Json) -> Json:
    """A long quote behind its beginning: one tap of the reader's unfolds all of it, and none of it is lost."""
    title = {"tag": "markdown", "content": quoted(lead(text))}
    return {"tag": "collapsible_panel", "element_id": element_id, "header": {"title": title}, "elements": [whole]}


def _part(part: Part, of: str) -> Iterator[Json]:
    """One person's share, under a line: nothing of it can be taken for another's."""
    yield {"tag": "hr", "element_id": f"{of}hr"}
    yield _markdown(f"{of}title", escape(part.title), text_size="heading")
    if part.text:
        yield _markdown(f"{of}text", escape(part.text))
    yield from _quotes(part.quotes, of)
    if part.label:
        yield _markdown(f"{of}label", escape(part.label), text_size="notation")


def _markdown(element_id: str, content: str, **more: str) -> Json:
    return {"tag": "markdown", "element_id": element_id, "content": content, **more}


def _at(mention: Mention) -> str:
    bare = open_id(mention)
    return f"<at id={bare}></at>" if bare else _SPACE.sub(lambda c: f"&#{ord(c[0])};", escape(f"@{mention.name}"))


def _source(given: Quote) -> str:
    """Who, where and when; the date is shown in each reader's own time zone and leads to the message."""
    when = round(given.at.timestamp() * 1000)
    place = f"{escape(given.who)} · {escape(given.where)}" if given.where else escape(given.who)
    address = re.sub(r"[\s'\"<>\\]", lambda hit: quote(hit[0], safe=""), _address(given))
    return f"{place} <local_datetime millisecond='{when}' format_type='date_num' link='{address}'></local_datetime>"


def _address(given: Quote) -> str:
    """The quote's link, carrying the message's id; a reader who may not follow gets one without the chat."""
    if given.url is None or not given.url.startswith(("https://", "http://")):
        return f"{LINK}?{urlencode({'openMessageId': given.message})}"
    if carried(given.url) == given.message:
        return given.url
    return f"{given.url}{'&' if '#' in given.url else '#'}{urlencode({'openMessageId': given.message})}"


def carried(address: str) -> str:
    """The message's id that a quote's link carries, "" if none."""
    found: list[str] = _CARRIED.findall(address)
    return unquote(found[-1]) if found else ""


def _button(n: int, button: Button, *, submit: bool) -> Json:
    made: Json = {"tag": "button", "element_id": f"b{n}", "text": plain(button.label), "type": button.style}
    if button.command:
        made["hover_tips"] = plain(button.command)
    if button.url:
        # The name tells what it was for; a form wants names that differ.
        opens = {"type": "open_url", "default_url": button.url}
        return made | {"name": f"b{n}_{button.action}", "behaviors": [opens]}
    # A value must be an object: the SDK and the client both fail on a string.
    made["behaviors"] = [{"type": "callback", "value": {**button.value, "action": button.action}}]
    return made | ({"name": f"b{n}", "form_action_type": "submit"} if submit else {})


def _row(buttons: list[Json]) -> Json:
    """Buttons side by side: JSON 2.0 has no action row, and stacks what stands alone."""
    columns = [{"tag": "column", "width": "auto", "elements": [button]} for button in buttons]
    return {"tag": "column_set", "element_id": "buttons", "flex_mode": "flow", "columns": columns}


def _form(card: Card) -> Json:
    """Lines to fill in; every button sends them along. A form must stand at the root of the body."""
    buttons = [_button(n, button, submit=True) for n, button in enumerate(card.buttons, 1)]
    inputs = [_input(field) for field in card.fields]
    row = [_row(buttons)] if buttons else []
    return {"tag": "form", "element_id": "form", "name": "form", "elements": [*inputs, *row]}


def _input(field: Field) -> Json:
    return {"tag": "input", "name": field.name, "label": plain(field.label), "default_value": field.value}
