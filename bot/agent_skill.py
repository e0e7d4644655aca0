"""An export's Agent Skill: a folder by the open standard, by which an owner's own agent quotes them."""

import json
import re
import unicodedata
from collections.abc import Mapping
from hashlib import sha256
from itertools import groupby
from typing import Any

from bot.others import Others
from bot.sentences import Language, say
from bot.skill_consent import consent_of, live
from bot.work_part import work_part
from skills.portable import Portable

MOST_QUOTES = 2_000  # of one chat, the newest
_NO_SLUG = re.compile(r"[^a-z0-9]+")


def skill_of(portable: Portable, messages: bytes, others: Mapping[str, Others], language: Language) -> dict[str, bytes]:
    """The folder's files by name; what is withheld is not among them, and of other people's names none.

    `messages` is what the words are taken from, `others` who else is in which chat.
    """
    slug = slug_of(portable)
    told = {"name": portable.name or say(language, "somebody"), "label": f"AI double · {portable.name or slug}"}
    description = " ".join(say(language, "skill_description", **told).split())[:1024]
    head = {"name": slug, "description": description, "license": "LICENSE-DISTILL.md"}
    metadata = "".join(
        f"  {key}: {json.dumps(value, ensure_ascii=False)}\n"
        for key, value in _metadata(portable, messages, told["label"]).items()
    )
    front = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in head.items())
    body = say(language, "skill_body", **told)
    files = {f"skill/{slug}/SKILL.md": f"---\n{front}metadata:\n{metadata}---\n\n{body}".encode()}
    work = consent_of(portable, told["label"], language) | work_part(portable, slug, told["label"], others, language)
    files |= {f"skill/{slug}/{name}": data for name, data in work.items()}
    shared = [row for row in portable.messages if not row["withheld"]]
    for n, (chat, rows) in enumerate(groupby(shared, key=lambda row: row["chat"]), start=1):
        newest = list(rows)[-MOST_QUOTES:][::-1]
        quotes = "".join(_quote(row, others.get(chat, Others())) for row in newest)
        files[f"skill/{slug}/references/chat-{n}.md"] = f"# {chat}\n\n{quotes}".encode()
    return files


def slug_of(portable: Portable) -> str:
    """The folder's name, which is the skill's: small Latin letters and digits, whoever the owner is."""
    plain = unicodedata.normalize("NFKD", portable.name).encode("ascii", "ignore").decode().lower()
    slug = _NO_SLUG.sub("-", plain).strip("-")[:40].strip("-")
    return f"colleague-{slug or sha256(portable.person.encode()).hexdigest()[:8]}"


def _metadata(portable: Portable, messages: bytes, label: str) -> dict[str, str]:
    """By which consents, until when, from what: every value a string, as the standard wants it."""
    standing = live(portable)
    return {
        "subject": portable.person,
        "subject-consent-id": " ".join(event["id"] for event in standing) or "none",
        "consent-version": " ".join(sorted({str(event["notice"]) for event in standing})) or "none",
        "consent-file": "consent.json",
        "scopes": " ".join(sorted({f"{event['scope']}@{event['scope_version']}" for event in standing})) or "none",
        "expires-at": min((str(event["until"]) for event in standing), default=portable.at.isoformat()),
        "ai-label": label,
        "aigc-label": "1",
        "aigc-content-producer": "fenshen",
        "aigc-produce-id": portable.id,
        "export-id": portable.id,
        "source-digest": f"sha256:{sha256(messages).hexdigest()}",
        "generator": "fenshen",
    }


def _quote(row: Mapping[str, Any], others: Others) -> str:
    words = "\n".join(f"> {line}" for line in others.masked(str(row["text"])).splitlines())
    return f"- {str(row['at'])[:10]}\n\n{words}\n\n"
