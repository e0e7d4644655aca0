"""A card as a post of plain text: what is sent when Lark will not take the card, so that no answer is lost."""

from collections.abc import Iterator
from typing import Any

from adapters.base import Card
from adapters.lark.cards import open_id
from adapters.lark.weight import cut

Span = dict[str, Any]


def write_post(card: Card) -> dict[str, Any]:
    """The card's words, line by line. A post's text spans are never read as markup, so nothing needs escaping."""
    return {"zh_cn": {"title": cut(card.title, 200), "content": list(_lines(card))}}


def _lines(card: Card) -> Iterator[list[Span]]:
    if card.at:
        yield [_at(open_id(mention), mention.name) for mention in card.at[:20]]
    yield from _text(cut(card.text, 4000))
    for quote in card.quotes[:20]:
        yield from _text(cut(quote.text, 300))
        yield from _text(" · ".join(part for part in (quote.who, quote.where, f"{quote.at:%Y-%m-%d}") if part))
    for button in card.buttons[:20]:
        if button.url:
            yield [{"tag": "a", "text": cut(button.label, 100), "href": button.url}]
        elif button.command:
            yield from _text(f"{cut(button.label, 100)}: {button.command}")
    yield from _text(cut(card.note, 300))
    yield from _text(" ".join(part for part in (cut(card.label, 300), (card.answer or "")[:40]) if part))


def _text(text: str) -> Iterator[list[Span]]:
    for line in text.split("\n") if text else ():
        yield [{"tag": "text", "text": line}]


def _at(bare: str | None, name: str) -> Span:
    return {"tag": "at", "user_id": bare} if bare else {"tag": "text", "text": f"@{name} "}
