"""What an owner can be shown of their own consent events, each with the head of the ledger that it stands in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from skills import signing, speaking
from skills import tables as t
from skills.parts import Parts


@dataclass(frozen=True, slots=True)
class Record:
    """One consent event as it was written, and how far its owner's ledger has come since."""

    owner: str
    id: str
    at: datetime
    kind: str
    scope: str
    scope_version: int
    chat: str
    audience: str
    level: str
    mode: str
    since: datetime
    until: datetime
    notice: str
    notice_sha256: str
    language: str
    chats: Sequence[str] | None  # of a scope that was joined by its name
    people: Sequence[str] | None
    departments: Sequence[str] | None
    words: Sequence[str] | None
    speech: str | None
    quota: int | None
    ledger_seq: int
    ledger_head: str  # hexadecimal


@dataclass(frozen=True, slots=True)
class SpokenRecord:
    """One yes or no to a model that writes, as it was written, and how far its owner's ledger has come since."""

    owner: str
    id: str
    at: datetime
    kind: str
    provider: str
    sha256: str  # over the words that were shown
    language: str
    ledger_seq: int
    ledger_head: str


class Records(Parts):
    """Read and signed, never changed: a consent event is a row that nobody updates."""

    async def record_ids(self, person: str) -> Sequence[str]:
        """The ids of a person's consent events, the newest first; each yes and no to a model among them."""
        event, spoken = t.consent_event.c, speaking.speaking.c
        own = select(event.id, event.at, event.seq).where(event.owner == person)
        both = own.union_all(select(spoken.id, spoken.at, spoken.seq).where(spoken.owner == person)).subquery()
        found = select(both.c.id).order_by(both.c.at.desc(), both.c.seq.desc(), both.c.id)
        async with self._database.transaction(owner=person) as connection:
            return list((await connection.execute(found)).scalars())

    async def consent_record(self, person: str, record_id: str) -> Record | None:
        """One consent event of a person's own; None for anybody else's."""
        event = t.consent_event
        names = [name for name in Record.__dataclass_fields__ if not name.startswith("ledger")]
        chosen = select(*(event.c[name] for name in names), t.owner.c.ledger_seq, t.owner.c.ledger_head)
        mine = chosen.join(t.owner, t.owner.c.owner == event.c.owner)
        mine = mine.where(event.c.owner == person, event.c.id == record_id)
        async with self._database.transaction(owner=person) as connection:
            row = (await connection.execute(mine)).one_or_none()
        if row is None:
            return None
        return Record(**{**row._mapping, "ledger_head": bytes(row.ledger_head).hex()})

    async def spoken_record(self, person: str, record_id: str) -> SpokenRecord | None:
        """One yes or no of a person's own to a model; None for anybody else's."""
        event = speaking.speaking
        names = [name for name in SpokenRecord.__dataclass_fields__ if not name.startswith("ledger")]
        chosen = select(*(event.c[name] for name in names), t.owner.c.ledger_seq, t.owner.c.ledger_head)
        mine = chosen.join(t.owner, t.owner.c.owner == event.c.owner)
        mine = mine.where(event.c.owner == person, event.c.id == record_id)
        async with self._database.transaction(owner=person) as connection:
            row = (await connection.execute(mine)).one_or_none()
        if row is None:
            return None
        return SpokenRecord(**{**row._mapping, "ledger_head": bytes(row.ledger_head).hex()})

    async def signed(self, document: Mapping[str, Any], what: str = signing.RECEIPT) -> dict[str, Any]:
        """The document with the house's signature, as what it is."""
        return await signing.sign(self._keyring, document, what)

    async def public_key(self) -> bytes:
        """The key by which everybody verifies what this house signs."""
        return await self._keyring.public_key()
