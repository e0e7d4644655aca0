"""What an export's Agent Skill says of itself: by which consents it is used, until when, and on which terms."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.sentences import Language, say
from skills.decision import LIVE
from skills.portable import Portable

TOLD = ("id", "chat", "scope", "scope_version", "audience", "level", "mode", "since", "until", "notice")
Row = Mapping[str, Any]


def live(portable: Portable) -> Sequence[Row]:
    """The consents that stand, one for each chat and scope."""
    last = {(event["chat"], event["scope"]): event for event in portable.consents}
    return [event for event in last.values() if event["kind"] in LIVE]


def consent_of(portable: Portable, label: str, language: Language) -> dict[str, bytes]:
    """`LICENSE-DISTILL.md` for people and `consent.json` for programs; both carry the AI mark."""
    standing = live(portable)
    until = min((str(event["until"]) for event in standing), default=portable.at.isoformat())
    terms = {"name": portable.name or say(language, "somebody"), "label": label, "until": until[:10]}
    document = {
        "version": "1",
        "subject": portable.person,
        "export_id": portable.id,
        "exported_at": portable.at.isoformat(),
        "expires_at": until,
        "grants": [{name: event[name] for name in TOLD} for event in standing],
        "words": "quotes",
        "forbidden": ["ranking", "assessment", "replacement_planning", "training", "passing_on"],
        "withdrawal": say(language, "skill_withdrawal"),
        "ai_label": label,
        "AIGC": {"Label": "1", "ContentProducer": "fenshen", "ProduceID": portable.id},
    }
    written = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return {"LICENSE-DISTILL.md": say(language, "skill_license", **terms).encode(), "consent.json": written.encode()}
