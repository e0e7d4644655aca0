"""An export as one signed ZIP, and what anybody can check of it with the public key alone."""

import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from bot.agent_skill import skill_of
from bot.others import Others
from bot.receipts import missing
from bot.sentences import Language, say
from skills import ledger
from skills.portable import Portable
from skills.signing import EXPORT, canonical, is_signed_by

FORMAT = "fenshen-export-1"
MANIFEST = "manifest.json"
LARGEST = 1 << 30  # bytes of all files together, when an archive is read
MOST = 10_000  # files
Files = Mapping[str, bytes]
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a check: a sentence with its fields, and whether all is well."""

    sentence: str
    fields: Mapping[str, object]
    ok: bool = False


def files_of(
    portable: Portable, receipts: Mapping[str, Document], others: Mapping[str, Others], language: Language
) -> dict[str, bytes]:
    """Every file but the manifest, by name; answers carry the mark that a machine gave them.

    `others`: who else is in which chat; the Agent Skill names none of them.
    """
    told = {"export": portable.id, "person": portable.person, "at": portable.at.isoformat()}
    marked = [
        {**row, "AIGC": {"Label": "1", "ContentProducer": "fenshen", "ProduceID": row["id"]}}
        for row in portable.answers
    ]
    pages = [_marked(portable.id, row) for row in portable.pages]
    messages = _lines(portable.messages)
    files = {
        "README.md": say(language, "export_readme", **told).encode(),
        "messages.jsonl": messages,
        "consents.jsonl": _lines(portable.consents),
        "answers.jsonl": _lines(marked),
        "withheld.jsonl": _lines(portable.withheld),
        "pages.jsonl": _lines(pages),
        "drafts.jsonl": _lines(portable.drafts),
        "speaking.jsonl": _lines(portable.speaking),
        "ledger.jsonl": _lines([_entry(entry) for entry in portable.ledger]),
    }
    files |= skill_of(portable, messages, others, language)
    return files | {f"receipts/{record}.json": canonical(signed) for record, signed in receipts.items()}


def _marked(export: str, row: Mapping[str, Any]) -> Document:
    """A page, with the mark that a machine wrote them on its model's lines, in every version."""
    mark = {"AIGC": {"Label": "1", "ContentProducer": "fenshen", "ProduceID": export}}
    written = [{**line, **mark} for line in row["written"]]
    versions = [_marked(export, one) for one in row.get("versions", ())]
    return {**row, "written": written} | ({"versions": versions} if versions else {})


def manifest(portable: Portable, files: Files) -> Document:
    """What the archive holds, to be signed: every file by its hash, and where the ledger ends."""
    return {
        "format": FORMAT,
        "export_id": portable.id,
        "person": portable.person,
        "made_at": portable.at.isoformat(),
        "messages": len(portable.messages),
        "ledger": {"seq": len(portable.ledger), "head": portable.head.hex()},
        "AIGC": {"Label": "1", "ContentProducer": "fenshen", "ProduceID": portable.id},
        "files": {name: {"sha256": sha256(data).hexdigest(), "bytes": len(data)} for name, data in files.items()},
    }


def zipped(files: Files, signed: Document) -> bytes:
    """The archive; its files in order, the manifest first."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, canonical(signed))
        for name in sorted(files):
            archive.writestr(name, files[name])
    return buffer.getvalue()


def unzipped(data: bytes, most: int = LARGEST) -> dict[str, bytes] | None:
    """The files of an archive by name; None where it is none, is larger than anybody's, or has a name twice."""
    found: dict[str, bytes] = {}
    left = most
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > MOST or len({member.filename for member in members}) < len(members):
                return None
            for member in members:
                with archive.open(member) as opened:
                    found[member.filename] = opened.read(left + 1)
                left -= len(found[member.filename])
                if left < 0:
                    return None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError):
        return None
    return found


def verdict(files: dict[str, bytes] | None, key: str) -> Verdict:
    """Whether an archive is whole: signed by this key, no file changed, missing or added, receipts and ledger right."""
    signed = _document((files or {}).get(MANIFEST, b""))
    if files is None or signed is None or signed.get("format") != FORMAT:
        return Verdict("export_unreadable", {})
    if not is_signed_by(signed, key, EXPORT):
        return Verdict("verify_forged", {})
    given = {name: data for name, data in files.items() if name != MANIFEST}
    if wrong := _changed(signed, given):
        return Verdict("export_changed", {"files": ", ".join(wrong)})
    receipts = {name: data for name, data in given.items() if name.startswith("receipts/")}
    if wrong := [name for name, data in receipts.items() if not _receipt(data, key, str(signed["person"]))]:
        return Verdict("export_receipts", {"files": ", ".join(sorted(wrong))})
    chain = _chain(given["ledger.jsonl"])
    broken = 1 if chain is None else ledger.broken(chain, bytes.fromhex(signed["ledger"]["head"]))
    if broken is not None:
        return Verdict("export_ledger", {"seq": broken})
    told = {"person": signed["person"], "export": signed["export_id"], "at": signed["made_at"]}
    counts = {"messages": signed["messages"], "seq": signed["ledger"]["seq"], "receipts": len(receipts)}
    return Verdict("export_valid", {**told, **counts}, ok=True)


def _changed(signed: Document, given: Files) -> list[str]:
    expected = {name: stated["sha256"] for name, stated in signed["files"].items()}
    found = {name: sha256(data).hexdigest() for name, data in given.items()}
    return sorted(name for name in {*expected, *found} if expected.get(name) != found.get(name))


def _receipt(data: bytes, key: str, person: str) -> bool:
    document = _document(data)
    whole = document is not None and is_signed_by(document, key) and not missing(document)
    return whole and document is not None and document.get("pii_principal_id") == person


def _entry(entry: ledger.Entry) -> Document:
    salt = entry.salt.hex() if entry.salt is not None else None
    hashes = {"commit": entry.commit.hex(), "hash": entry.hash.hex(), "salt": salt}
    return {"seq": entry.seq, "at": entry.at.isoformat(), "kind": entry.kind, **hashes, "content": entry.plain}


def _chain(data: bytes) -> list[ledger.Entry] | None:
    try:
        return [_read(json.loads(line)) for line in data.splitlines() if line]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _read(row: Document) -> ledger.Entry:
    salt = bytes.fromhex(row["salt"]) if row["salt"] is not None else None
    commit, hashed = bytes.fromhex(row["commit"]), bytes.fromhex(row["hash"])
    return ledger.Entry(
        row["seq"], datetime.fromisoformat(row["at"]), row["kind"], commit, hashed, salt, row["content"]
    )


def _lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return b"".join(canonical(row) + b"\n" for row in rows)


def _document(data: bytes) -> Document | None:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
