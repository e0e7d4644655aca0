"""People, chats and messages of the simulated company as the demo page's API gives them."""

from datetime import UTC, datetime
from typing import Any

from adapters.base import Card, Quote
from adapters.world import BOT, Chat, Post, Simulator, World, numbered
from bot.demo.company import TENANT


def full(platform: str, bare: str) -> str:
    """A whole id, as the rest of Fenshen knows it."""
    return f"{platform}:{TENANT}:{bare}"


def drawn_chat(platform: str, chat: Chat) -> dict[str, Any]:
    """A chat as the page lists it."""
    kind = "direct" if chat.direct else "group"
    members = [full(platform, m) for m in chat.members]
    return {"id": chat.id, "platform": platform, "kind": kind, "name": chat.name, "members": members}


def drawn(platform: str, simulator: Simulator, post: Post) -> dict[str, Any]:
    """A message as the page shows it; a card is read back from the vendor's own JSON."""
    sender = BOT if post.sender == BOT else full(platform, post.sender)
    person = simulator.world.people.get(post.sender)
    card = simulator.card(post)
    return {
        "n": post.n,
        "id": post.id,
        "at": _moment(post.at),
        "sender": sender,
        "sender_name": person.name if person else "",
        "text": post.text,
        "edited": post.edited,
        "recalled": post.recalled,
        "reply_to": post.reply_to,
        "file": post.file[0] if post.file else None,
        "card": _card(card, post.raw, simulator.world if platform == "lark" else None) if card and post.raw else None,
    }


def _card(card: Card, raw: dict[str, Any], world: World | None) -> dict[str, Any]:
    return {
        "title": card.title,
        "text": card.text,
        "label": card.label,
        "answer": card.answer,
        "note": card.note,
        "quotes": [_quote(q, world) for q in card.quotes],
        "parts": [
            {
                "title": p.title,
                "text": p.text,
                "label": p.label,
                "answer": p.answer,
                "quotes": [_quote(q, world) for q in p.quotes],
            }
            for p in card.parts
        ],
        "actions": [
            {"action": name, "label": b.label, "style": b.style, "url": b.url, "command": b.command}
            for name, b in zip(numbered([b.action for b in card.buttons]), card.buttons, strict=True)
        ],
        "fields": [{"name": f.name, "label": f.label, "value": f.value} for f in card.fields],
        "raw": raw,
    }


def _quote(quote: Quote, world: World | None) -> dict[str, Any]:
    """With the chat of the message, in the `world` of a platform whose messages have an address."""
    post = world.posts.get(quote.message) if world else None
    shown = {"text": quote.text, "message": quote.message, "chat": post.chat if post else None}
    return {**shown, "at": _moment(quote.at), "who": quote.who, "where": quote.where}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
