"""The versioned notice that a colleague is shown before switching anything on, and the hash that receipts carry."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from bot.sentences import Language, say
from skills.words import Offer

VERSION = "2"


@dataclass(frozen=True, slots=True)
class NoticeText:
    """What is shown: the sentence on the card, the full notice, and the SHA-256 over both (hex)."""

    version: str
    language: Language
    short: str
    full: str
    sha256: str


def scope_notice(language: Language, scope: str, version: int, document: Mapping[str, Any]) -> NoticeText:
    """The notice of a scope by its name; the hash covers what the scope says as well, in the version that was shown."""
    full = (files("bot") / "notices" / f"scope.{language}.md").read_text(encoding="utf-8")
    short = say(language, "scope_offer_text")
    shown = json.dumps([scope, version, document], ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(f"{short}\n\n{shown}\n\n{full}".encode()).hexdigest()
    return NoticeText(VERSION, language, short, full, digest)


def handover_notice(language: Language, offer: Offer | None) -> NoticeText:
    """The notice of a handover; the hash covers who, which chats and until when as well, as they were shown."""
    full = (files("bot") / "notices" / f"handover.{language}.md").read_text(encoding="utf-8")
    short = say(language, "handover_text")
    until = offer.until.isoformat() if offer is not None and offer.until is not None else None
    sides = [list(offer.people), list(offer.chats), until] if offer is not None else []
    digest = hashlib.sha256(f"{short}\n\n{json.dumps(sides)}\n\n{full}".encode()).hexdigest()
    return NoticeText(VERSION, language, short, full, digest)


def notice(language: Language) -> NoticeText:
    """The notice now in force, in that language."""
    full = (files("bot") / "notices" / f"{language}.md").read_text(encoding="utf-8")
    short = say(language, "offer_text")
    digest = hashlib.sha256(f"{short}\n\n{full}".encode()).hexdigest()
    return NoticeText(VERSION, language, short, full, digest)
