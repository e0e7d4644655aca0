"""What a first screen shows of long quotes: a reader unfolds the rest where the client can, else the bot shows it."""

from collections.abc import Sequence
from dataclasses import replace

from adapters.base import Card, Quote

LONG, LINES, LEAD = 160, 6, 100  # characters, lines, and characters shown of what is longer


def long(text: str) -> bool:
    """Whether a quote would fill a phone's screen."""
    return len(text) > LONG or text.count("\n") >= LINES


def lead(text: str) -> str:
    """The beginning of a long quote, on few lines, marked as one."""
    return f"{' '.join(text[:LEAD].split())}…"


def first_screen(card: Card) -> Card:
    """The card for a client that cannot fold: long quotes by their beginnings, and the button that shows all of it.

    What is not long, or has no button of that kind, is shown as it is.
    """
    way, quotes = card.unfold, [*card.quotes, *(quote for part in card.parts for quote in part.quotes)]
    if way is None:
        return card
    if not any(long(quote.text) for quote in quotes):
        return replace(card, unfold=None)
    parts = tuple(replace(part, quotes=_short(part.quotes)) for part in card.parts)
    return replace(card, quotes=_short(card.quotes), parts=parts, buttons=(way, *card.buttons), unfold=None)


def _short(quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    return tuple(replace(quote, text=lead(quote.text)) if long(quote.text) else quote for quote in quotes)
