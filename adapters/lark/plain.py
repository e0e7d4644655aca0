"""A card as a post of plain text: what is sent when Lark will not take the card, so that no answer is lost."""

from collections.abc import Iterator, Sequence
from typing import Any

from adapters.base import Card, Quote
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
    yield from _quotes(card.quotes)
    for part in card.parts[:10]:
        yield from _text(f"— {cut(part.title, 200)}")
        yield from _text(cut(part.text, 500))
        yield from _quotes(part.quotes)
        yield from _label(part.label, part.answer)
    for button in card.buttons[:20]:
        if button.url:
            yield [{"tag": "a", "text": cut(button.label, 100), "href": button.url}]
        elif button.command:
            yield from _text(f"{cut(button.label, 100)}: {button.command}")
    yield from _text(cut(card.note, 300))
    yield from _label(card.label, card.answer)


def _quotes(quotes: Sequence[Quote]) -> Iterator[list[Span]]:
    for quote in quotes[:20]:
        yield from _text(cut(quote.text, 300))
        yield from _text(" · ".join(part for part in (quote.who, quote.where, f"{quote.at:%Y-%m-%d}") if part))


def _label(label: str, answer: str | None) -> Iterator[list[Span]]:
    yield from _text(" ".join(part for part in (cut(label, 300), (answer or "")[:40]) if part))


def _text(text: str) -> Iterator[list[Span]]:
    for line in text.split("\n") if text else ():
        yield [{"tag": "text", "text": line}]


def _at(bare: str | None, name: str) -> Span:
    return {"tag": "at", "user_id": bare} if bare else {"tag": "text", "text": f"@{name} "}
