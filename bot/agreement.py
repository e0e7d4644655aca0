"""The works agreement as it is signed, read and shown: a file beside its signature, which stops the start if wrong."""

from base64 import b64decode
from binascii import Error
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapters.base import Card
from bot.handovers import Handovers
from bot.sentences import Language, say
from bot.settings import BadSettings, Settings
from bot.strict import BadJson, strict_json
from skills import agreement as agreed
from skills.agreement import Agreement, AgreementGone, AgreementOlder, Forbids
from skills.store import Store
from skills.words import Tell

SUFFIX = ".sig"  # of the signature: 64 bytes over the file as it lies there
Text = Annotated[str, Field(min_length=1, max_length=3000)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ForbidsBody(_Body):
    """What is forbidden; there is no word by which anything could be allowed."""

    chats: Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=1000)] = []
    retention_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    answers_to_one: Annotated[int, Field(ge=1, le=20)] | None = None
    answers_a_day: Annotated[int, Field(ge=1, le=100)] | None = None
    level: Literal["outline", "withheld"] | None = None
    mode: Literal["review"] | None = None
    days: Annotated[int, Field(ge=1, le=180)] | None = None


class AgreementBody(_Body):
    """The file: which version, what everybody is shown, and what is forbidden."""

    version: Annotated[int, Field(ge=1, le=1_000_000)]
    zh: Text
    en: Text
    forbids: ForbidsBody = ForbidsBody()


async def agree(settings: Settings, store: Store) -> None:
    """Put the agreement that the settings name in force, before anything is served. Raises BadSettings."""
    try:
        await store.agree(read(settings.agreement, settings.agreement_signer))
    except (AgreementGone, AgreementOlder) as error:
        raise BadSettings(f"FENSHEN_AGREEMENT: {error}") from None


def read(path: Path | None, signer: str | None) -> Agreement | None:
    """The agreement in a file, if its signature is good; None where no file is named. Raises BadSettings."""
    if path is None or signer is None:
        return None
    try:
        data, signature = path.read_bytes(), path.with_name(path.name + SUFFIX).read_bytes()
        key = Ed25519PublicKey.from_public_bytes(b64decode(signer, validate=True))
        key.verify(signature, data)
        strict_json(data)
        said = AgreementBody.model_validate_json(data)
    except OSError as error:
        raise BadSettings(f"FENSHEN_AGREEMENT: the file or its {SUFFIX} cannot be read: {error.strerror}") from None
    except (Error, ValidationError, BadJson):
        raise BadSettings("FENSHEN_AGREEMENT: the file is no works agreement, or the signer no public key") from None
    except (InvalidSignature, ValueError):
        raise BadSettings("FENSHEN_AGREEMENT: the signature is not that of FENSHEN_AGREEMENT_SIGNER") from None
    forbids = Forbids(**{**said.forbids.model_dump(), "chats": tuple(said.forbids.chats)})
    return Agreement(said.version, sha256(data).hexdigest(), said.zh, said.en, forbids)


class Agreed:
    """Shown to anybody who asks, wherever they ask; alone with the bot, with a handover of their own."""

    def __init__(self, store: Store, handovers: Handovers) -> None:
        self._store, self._handovers = store, handovers

    async def card(self, tell: Tell) -> Card:
        """The agreement in force with its hash, or that there is none, and what holds for handovers."""
        signed = None if tell.person is None else await self._handovers.line(tell)
        return layout(tell.language, await self._store.agreement(), signed)


def layout(language: Language, agreement: "agreed.Agreement | None", handover: str | None = None) -> Card:
    """The text as it was signed, what the bot itself keeps to of it, and what holds for handovers."""
    title = say(language, "rules_title")
    handed = "\n".join([say(language, "rules_handover"), *([handover] if handover else [])])
    if agreement is None:
        return Card(title, f"{say(language, 'rules_none')}\n\n{handed}")
    text = agreement.zh if language == "zh" else agreement.en
    said = asdict(agreement.forbids)
    lines = [say(language, told, most=said[name]) for name, told in _NUMBERS.items() if said[name] is not None]
    lines += [say(language, told) for limit, told in _LIMITS.items() if limit in (said["level"], said["mode"])]
    if agreement.forbids.chats:
        lines.append(say(language, "rules_chats", chats=len(agreement.forbids.chats)))
    note = say(language, "rules_note", version=agreement.version, sha256=agreement.sha256)
    return Card(title, "\n".join([text, "", *lines, handed]), note=note)


_NUMBERS = {
    "retention_days": "rules_retention_days",
    "answers_to_one": "rules_answers_to_one",
    "answers_a_day": "rules_answers_a_day",
    "days": "rules_days",
}
_LIMITS = {"outline": "rules_outline", "withheld": "rules_withheld", "review": "rules_review"}
