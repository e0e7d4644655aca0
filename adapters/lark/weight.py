"""What a card may weigh: too long a card is shortened, quotes first, and never without its label and answer id."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from adapters.base import Card, Part, Quote
from adapters.lark.cards import Json, write_card

BYTES = 28_000  # Lark takes 30 KB, the rest of the request included; its 200 elements weigh more
_CUT = "…"


def light(card: Card) -> Json:
    """The card as JSON that Lark takes: itself, or the first shortened one that is light enough."""
    return next(made for lighter in chain((card,), _lighter(card)) if (made := _fitting(lighter)))


def dumps(made: Json) -> str:
    """A card's JSON as a request carries it; what is no Unicode, such as half a character, becomes a `?`."""
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode()


def _fitting(card: Card) -> Json | None:
    quotes = [*card.quotes, *(quote for part in card.parts for quote in part.quotes)]
    own = [text for part in card.parts for text in (part.title, part.text, part.label)]
    texts = (card.title, card.text, card.note, card.label, *own, *(q.text for q in quotes))
    if sum(map(len, texts)) > BYTES:  # no need to write it to know
        return None
    made = write_card(card)
    # It travels as a string inside JSON, so its own quotation marks weigh twice.
    return made if len(json.dumps(dumps(made), ensure_ascii=False).encode()) <= BYTES else None


def _lighter(card: Card) -> Iterator[Card]:
    """Ever shorter cards; the last is light whatever the first was."""
    card = replace(card, quotes=card.quotes[:20], buttons=card.buttons[:20], fields=card.fields[:10], at=card.at[:20])
    card = replace(card, parts=tuple(replace(p, quotes=p.quotes[:20]) for p in card.parts[:10]))
    for most in (1000, 500, 200, 80, 0):
        parts = tuple(replace(p, quotes=_cut(p.quotes, most)) for p in card.parts)
        yield replace(card, quotes=_cut(card.quotes, most), parts=parts)
    card = replace(card, quotes=card.quotes[:3], label=cut(card.label, 300), answer=card.answer and card.answer[:40])
    card = replace(card, quotes=_cut(card.quotes, 0), title=cut(card.title, 200), parts=tuple(map(_bare, card.parts)))
    for most in (8000, 4000, 2000, 1000):
        yield replace(card, text=cut(card.text, most), note=cut(card.note, 300))
    yield Card(card.title, cut(card.text, 1000), parts=card.parts, label=card.label, answer=card.answer)


def _cut(quotes: Sequence[Quote], most: int) -> tuple[Quote, ...]:
    return tuple(replace(quote, text=cut(quote.text, most)) for quote in quotes)


def _bare(part: Part) -> Part:
    """A person's share without its words, but never without its label and answer id."""
    answer = part.answer and part.answer[:40]
    return Part(cut(part.title, 100), cut(part.text, 200), _cut(part.quotes[:3], 0), cut(part.label, 300), answer)


def cut(text: str, most: int) -> str:
    """At most `most` characters, and a sign that there were more."""
    return text if len(text) <= most else text[:most] + _CUT if most else ""
