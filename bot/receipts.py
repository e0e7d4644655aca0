"""The receipt of a consent event: every mandatory field of ISO/IEC TS 27560, as JSON-LD, ready to be signed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from adapters.base import Card
from bot.cards import plain
from bot.sentences import Language, say
from bot.settings import Settings
from skills.agreement import Agreement
from skills.records import Record, SpokenRecord
from skills.signing import canonical
from skills.store import Store
from skills.words import HANDOVER, Tell

SCHEMA_VERSION = "fenshen-27560-1"
MOST_OTHERS = 10  # named on a card
_STATES = {
    "given": "dpv:ConsentGiven",
    "look_back": "dpv:ConsentGiven",
    "narrowed": "dpv:ConsentGiven",
    "paused": "fenshen:ConsentPaused",
    "withdrawn": "dpv:ConsentWithdrawn",
    "expired": "dpv:ConsentExpired",
    "departed": "dpv:ConsentInvalidated",
    "signed": "dpv:ConsentGiven",
    "handed": "dpv:ConsentGiven",
}
_OWN = ("given", "look_back", "narrowed", "paused", "withdrawn", "signed")  # kinds that are their owner's own doing
_CONTEXT = {"dpv": "https://w3id.org/dpv#", "fenshen": "urn:fenshen:", "@vocab": "urn:iso:std:iso-iec:ts:27560:"}


@dataclass(frozen=True, slots=True)
class Controller:
    """Who answers for the processing, and to whom words go besides the readers."""

    name: str
    address: str
    contact: str
    jurisdiction: str
    storage: str
    model: str | None = None


def controller_of(settings: Settings) -> Controller:
    """The controller that the settings name."""
    model = settings.embeddings if settings.embeddings not in (None, "none") else None
    return Controller(
        settings.controller_name,
        settings.controller_address,
        settings.controller_contact,
        settings.jurisdiction,
        settings.storage_location,
        model,
    )


class Receipts:
    """The signed copies of consent events, each for its own owner alone."""

    def __init__(self, store: Store, controller: Controller) -> None:
        self._store, self._controller = store, controller

    async def told(self, tell: Tell) -> Card:
        """One consent event of the asker's own: the one named, else the newest."""
        person = str(tell.person)
        ids = await self._store.record_ids(person)
        wanted = tell.ids.get("record") or (ids[0] if ids else "")
        signed = await receipt_of(self._store, person, wanted, self._controller)
        if signed is None:
            return plain(tell.language, "receipt_none")
        return card(tell.language, signed, [known for known in ids if known != wanted])


async def receipt_of(store: Store, person: str, record_id: str, controller: Controller) -> dict[str, Any] | None:
    """The signed receipt of one consent event of a person's own, or of their yes or no to a model; None: neither."""
    record = await store.consent_record(person, record_id) or await store.spoken_record(person, record_id)
    if record is None:
        return None
    return await store.signed(receipt(record, controller, store.now(), await store.agreement()))


def receipt(
    record: Record | SpokenRecord, controller: Controller, now: datetime, agreement: Agreement | None = None
) -> dict[str, Any]:
    """The whole receipt, but for its signature; in the language of the notice that was shown.

    It names the works agreement that is in force when it is made.
    """
    spoken = isinstance(record, SpokenRecord)
    agreed = {"agreement": {"version": agreement.version, "sha256": agreement.sha256}} if agreement else {}
    return {
        **agreed,
        "@context": _CONTEXT,
        "@type": "dpv:ConsentRecord",
        "schema_version": SCHEMA_VERSION,
        "receipt_id": f"{record.id}-{record.ledger_seq}",
        "record_id": record.id,
        "pii_principal_id": record.owner,
        "issued_at": now.isoformat(),
        "notice": _shown(record),
        "processing": _spoken(record, controller)
        if isinstance(record, SpokenRecord)
        else _processing(record, controller),
        "party": {
            "party_id": "controller",
            "party_name": controller.name,
            "party_address": controller.address,
            "party_contact": controller.contact,
            "party_type": "dpv:DataController",
        },
        "event": {
            "event_time": record.at.isoformat(),
            "validity_duration": _lasts(record),
            "entity_id": record.owner if record.kind in _OWN else "controller",
            "event_type": f"fenshen:{'model_' if spoken else ''}{record.kind}",
            "event_state": _STATES.get(record.kind, f"fenshen:{record.kind}"),
        },
        "ledger": {"seq": record.ledger_seq, "head": record.ledger_head},
    }


def _shown(record: Record | SpokenRecord) -> dict[str, str]:
    """The words that were agreed to; a card that names a model has no version but its hash."""
    if isinstance(record, SpokenRecord):
        return {"version": f"model-{record.sha256[:8]}", "language": record.language, "sha256": record.sha256}
    return {"version": record.notice, "language": record.language, "sha256": record.notice_sha256}


def _lasts(record: Record | SpokenRecord) -> str:
    """ISO 8601 has no word for a yes that lasts until it is withdrawn: as long as a thousand years."""
    if isinstance(record, SpokenRecord):
        return "P1000Y" if record.kind == "given" else "PT0S"
    return f"PT{max(0, int((record.until - record.at).total_seconds()))}S"


def _spoken(record: SpokenRecord, controller: Controller) -> dict[str, Any]:
    spoken: Language = "en" if record.language == "en" else "zh"
    return {
        "purpose": say(spoken, "receipt_spoken_purpose"),
        "lawful_basis": "dpv:Consent",
        "pii_information": say(spoken, "receipt_spoken_pii"),
        "pii_type": say(spoken, "receipt_pii_type"),
        "pii_controller": controller.name,
        "scope": {"name": "model", "version": 1, "level": "full", "mode": "model"},
        "collection_method": say(spoken, "receipt_collection"),
        "processing_method": say(spoken, "receipt_spoken_processing"),
        "storage_location": controller.storage,
        "retention_period": say(spoken, "receipt_spoken_retention"),
        "jurisdiction": controller.jurisdiction,
        "recipients": [record.provider],
        "withdrawal_method": say(spoken, "receipt_spoken_withdrawal"),
        "privacy_rights": say(spoken, "receipt_rights"),
    }


def _processing(record: Record, controller: Controller) -> dict[str, Any]:
    spoken: Language = "en" if record.language == "en" else "zh"
    handed = record.scope == HANDOVER
    until = record.until.isoformat()
    readers = "receipt_alone" if record.audience == "me" else "receipt_readers"
    recipients = [say(spoken, readers, chat=record.chat)]
    if record.audience == "scope":
        recipients = [*(record.chats or ()), *(record.people or ()), *(record.departments or ())]
    if controller.model:
        recipients.append(say(spoken, "receipt_model", model=controller.model))
    return {
        "purpose": say(spoken, "receipt_handover_purpose" if handed else "receipt_purpose", until=until),
        "lawful_basis": "dpv:Consent",
        "pii_information": say(spoken, "receipt_pii", chat=record.chat, since=record.since.isoformat()),
        "pii_type": say(spoken, "receipt_pii_type"),
        "pii_controller": controller.name,
        "scope": _scope(record),
        "collection_method": say(spoken, "receipt_collection"),
        "processing_method": say(spoken, "receipt_processing"),
        "storage_location": controller.storage,
        "retention_period": say(spoken, "receipt_handover_retention" if handed else "receipt_retention", until=until),
        "jurisdiction": controller.jurisdiction,
        "recipients": recipients,
        "withdrawal_method": say(
            spoken, "receipt_handover_withdrawal" if handed else "receipt_withdrawal", contact=controller.contact
        ),
        "privacy_rights": say(spoken, "receipt_rights"),
    }


def _scope(record: Record) -> dict[str, Any]:
    """What is switched on; of a scope that was joined by its name with what else limits it."""
    scope = {"name": record.scope, "version": record.scope_version, "level": record.level, "mode": record.mode}
    limits = {"words": record.words, "speech": record.speech, "quota": record.quota}
    return scope | {side: limit for side, limit in limits.items() if limit}


def card(language: Language, signed: Mapping[str, Any], others: Sequence[str]) -> Card:
    """The receipt as it is sent to its owner: a line of how to check it, then the file itself."""
    text = f"{say(language, 'receipt_text')}\n\n{canonical(signed).decode()}"
    note = say(language, "receipt_others", records=", ".join(others[:MOST_OTHERS])) if others else ""
    return Card(say(language, "receipt_title", record=signed["record_id"]), text, note=note)


def schema() -> dict[str, Any]:
    """The JSON schema that every receipt fulfils."""
    loaded: dict[str, Any] = json.loads((files("bot") / "receipt.schema.json").read_text(encoding="utf-8"))
    return loaded


def missing(document: Mapping[str, Any]) -> list[str]:
    """The mandatory fields that a receipt lacks, or leaves empty, by their path."""
    return sorted(_missing(document, schema(), ""))


def _missing(part: Any, of: Mapping[str, Any], at: str) -> Iterator[str]:
    for name in of.get("required", ()):
        if not isinstance(part, Mapping) or part.get(name) in (None, "", [], {}):
            yield f"{at}{name}"
        else:
            yield from _missing(part[name], of["properties"][name], f"{at}{name}.")
