"""`fenshen verify` and `fenshen keys`: what anybody can check with the public key, and what only the data can show."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

from bot.archive import Verdict, unzipped, verdict
from bot.receipts import missing
from bot.sentences import Language, say
from bot.serve import ground_of
from bot.settings import Settings
from skills.signing import is_signed_by

BESIDE = "fenshen.pub"


def verify_receipt(path: Path, key: str | None, default: Language) -> int:
    """Say whether a receipt is whole and signed by this key; no server, no database. 0 valid, 1 not."""
    document = _read(path)
    if document is None:
        print(say(default, "verify_unreadable"))
        return 1
    notice = document.get("notice")
    spoken = notice.get("language") if isinstance(notice, dict) else None
    language: Language = spoken if spoken in ("zh", "en") else default
    public = key or _beside(path)
    if public is None:
        print(say(language, "verify_no_key"))
        return 1
    if not is_signed_by(document, public):
        print(say(language, "verify_forged"))
        return 1
    if lacking := missing(document):
        print(say(language, "verify_incomplete", fields=", ".join(lacking)))
        return 1
    event, ledger = document["event"], document["ledger"]
    told = {"record": document["record_id"], "state": event["event_state"], "at": event["event_time"]}
    print(say(language, "verified", **told, seq=ledger["seq"], head=ledger["head"]))
    return 0


async def show_keys(settings: Settings) -> int:
    """Print the public key by which receipts are verified; 0 always."""
    async with ground_of(settings) as ground:
        print(b64encode(await ground.store.public_key()).decode())
    return 0


def verify_export(path: Path, key: str | None, default: Language) -> int:
    """Say whether an export is whole and signed by this key; no server, no database. 0 valid, 1 not."""
    public = key or _beside(path)
    if public is None:
        print(say(default, "verify_no_key"))
        return 1
    try:
        found = verdict(unzipped(path.read_bytes()), public)
    except OSError:
        found = Verdict("export_unreadable", {})
    print(say(default, found.sentence, **found.fields))
    return 0 if found.ok else 1


def _beside(path: Path) -> str | None:
    beside = path.with_name(BESIDE)
    return beside.read_text(encoding="ascii").strip() if beside.exists() else None


def _read(path: Path) -> dict[str, Any] | None:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
