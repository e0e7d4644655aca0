"""The versioned notice that a colleague is shown before switching anything on, and the hash that receipts carry."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files

from bot.sentences import Language, say

VERSION = "1"


@dataclass(frozen=True, slots=True)
class NoticeText:
    """What is shown: the sentence on the card, the full notice, and the SHA-256 over both (hex)."""

    version: str
    language: Language
    short: str
    full: str
    sha256: str


def notice(language: Language) -> NoticeText:
    """The notice now in force, in that language."""
    full = (files("bot") / "notices" / f"{language}.md").read_text(encoding="utf-8")
    short = say(language, "offer_text")
    digest = hashlib.sha256(f"{short}\n\n{full}".encode()).hexdigest()
    return NoticeText(VERSION, language, short, full, digest)
