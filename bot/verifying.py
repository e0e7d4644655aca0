"""`fenshen verify` and `fenshen keys`: what anybody can check with the public key, and what only the data can show."""

import html
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.archive import Verdict, unzipped, verdict
from bot.receipts import missing
from bot.sentences import Language, say
from bot.serve import ground_of
from bot.settings import Settings
from skills.signing import is_signed_by
from skills.store import Store

_SPACES = {0xA0: " ", 0x200B: None, 0x200C: None, 0x200D: None, 0x2060: None, 0xFEFF: None}  # what clients put in
_ESCAPED = re.compile(r"\\([^\w\s\"\\/])")  # by a backslash that JSON knows nothing of

BESIDE = "fenshen.pub"
_FLAWS = {"entry": "ledger_entry", "head": "ledger_false_head", "kept": "ledger_lost_head"}


def verify_receipt(path: Path, key: str | None, default: Language) -> int:
    """Say whether a receipt is whole and signed by this key; no server, no database. 0 valid, 1 not."""
    found, public = list(copied(path)), key or _beside(path)
    if not found:
        print(say(default, "verify_unreadable"))
        return 1
    document = next((read for read in found if public and is_signed_by(read, public)), found[0])
    notice = document.get("notice")
    spoken = notice.get("language") if isinstance(notice, dict) else None
    language: Language = spoken if spoken in ("zh", "en") else default
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


async def verify_ledger(settings: Settings, head: Path | None) -> int:
    """Say what of the ledgers is not as it was written, by owner and number; 0 when everything is."""
    kept = _read(head) if head else None
    if head and kept is None:
        print(say(settings.language, "ledger_head_unreadable"))
        return 1
    async with ground_of(settings) as ground:
        return await audited(ground.store, settings.language, kept)


async def audited(store: Store, language: Language, kept: dict[str, Any] | None) -> int:
    """Say what is found wrong with the ledgers, each flaw in a line; 0 when nothing is."""
    public = b64encode(await store.public_key()).decode()
    flaws, newest = await store.audit(public, kept), await store.ledger_head()
    for flaw in flaws:
        print(say(language, _FLAWS[flaw.what], number=flaw.number, owner=flaw.owner or ""))
    if not flaws:
        print(say(language, "ledger_whole" if newest else "ledger_whole_unsigned", **(newest or {})))
    return 1 if flaws else 0


def _beside(path: Path) -> str | None:
    beside = path.with_name(BESIDE)
    return beside.read_text(encoding="ascii").strip() if beside.exists() else None


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return _document(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return None


def _document(written: str) -> dict[str, Any] | None:
    try:
        document = json.loads(written)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def copied(path: Path) -> Iterator[dict[str, Any]]:
    """A receipt as the file holds it, then as a card's text may hold it: among words, escaped, its lines broken.

    None of it can make a false receipt valid: whatever is read must still be what was signed.
    """
    try:
        written = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return
    cut = written[written.find("{") : written.rfind("}") + 1].translate(_SPACES)
    lines = [line.removeprefix("> ").removeprefix(">") for line in cut.splitlines()]
    for whole in dict.fromkeys((written, cut, "".join(lines), " ".join(map(str.strip, lines)))):
        for read in dict.fromkeys((whole, _ESCAPED.sub(r"\1", whole), _ESCAPED.sub(r"\1", html.unescape(whole)))):
            document = _document(read)
            if document is not None:
                yield document
