"""An export that comes back to where it was signed: its messages, and its pages as they were."""

import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.archive import FORMAT, MANIFEST, unzipped, verdict
from skills.imports import LARGEST
from skills.kept_along import Key, PastWithheld, past_withheld
from skills.page_tables import TITLE
from skills.returning import PastPage, past_page
from skills.words import IN_PASSING, Said

MOST = 4 * LARGEST  # bytes of all files together


@dataclass(frozen=True, slots=True)
class Brought:
    """What of an export is taken in again: words by the owner's new consents, and pages over these words."""

    messages: bytes
    pages: Sequence[PastPage]
    looked_at: frozenset[Key]
    withheld: PastWithheld
    told: Mapping[Key, Mapping[str, Any]]  # each message as it was

    def as_it_was(self, said: Said) -> Said:
        """A message in its thread; what was told to the double on purpose is that again."""
        before = self.told[said.chat, said.message]
        source = said.source if before["source"] in IN_PASSING else before["source"]
        return replace(said, thread=before["thread"], source=source)

    def titles(self, owner: str, chat: str, now: datetime) -> list[Said]:
        """The titles in one chat that the owner gave, as things that they say."""
        given = {
            past.title.message: past.title.words
            for one in self.pages
            if one.chat == chat
            for past in one.versions
            if past.title is not None and past.title.message.startswith(f"{TITLE}:")
        }
        return [Said(owner, chat, id_, now, words, source="title") for id_, words in given.items()]


def is_export(data: bytes) -> bool:
    """Whether a file is an export of ours, by its first entry; not whether it is whole."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(MANIFEST) as opened:
            document = json.loads(opened.read(LARGEST))
    except (KeyError, ValueError, RecursionError, zipfile.BadZipFile, zlib.error, NotImplementedError, OSError):
        return False
    except (RuntimeError, EOFError):  # encrypted, or cut off
        return False
    return isinstance(document, dict) and document.get("format") == FORMAT


def brought(data: bytes, owner: str, key: str) -> Brought | None:
    """What an owner's export brings back; None where it is changed, not signed by this key, or somebody else's."""
    files = unzipped(data, MOST)
    found = verdict(files, key)
    if files is None or not found.ok or found.fields["person"] != owner:
        return None
    messages, pages = _rows(files["messages.jsonl"]), _rows(files.get("pages.jsonl", b""))
    told = {(str(row["chat"]), str(row["id"])): row for row in messages}
    looked_at = frozenset(key for key, row in told.items() if row.get("looked_at") is True)
    withheld = past_withheld(_rows(files["withheld.jsonl"]), messages, _rows(files["ledger.jsonl"]))
    there = [page for row in pages if (page := past_page(row)) is not None]
    return Brought(files["messages.jsonl"], there, looked_at, withheld, told)


def _rows(data: bytes) -> Sequence[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines() if line]
