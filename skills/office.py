"""The store's small records: cards that can be replaced, one-time codes, replay keys, and scopes."""

import hmac
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from skills import claims, consent, drafts, scopes
from skills import tables as t
from skills.parts import Parts
from skills.scopes import Scope, ScopeDocument

TRIES = 5
_CODE_LASTS = timedelta(minutes=15)


class Slot(NamedTuple):
    """Where a card stands that later ones replace."""

    platform: str
    chat: str
    message: str
    editable: bool


class Office(Parts):
    """Records without anybody's words."""

    async def seen(self, key: str, seconds: float) -> bool:
        """Remember a replay key for so long; False if it is known, to any replica."""
        now = self._clock()
        async with self._database.transaction() as connection:
            return await claims.first(connection, key, now + timedelta(seconds=seconds), now)

    async def slot(self, slot: str) -> Slot | None:
        """The card that stands in a slot; None: none was sent yet, or it is forgotten."""
        s = t.slot.c
        found = select(s.platform, s.chat, s.message, s.editable).where(s.slot == slot)
        async with self._database.transaction() as connection:
            row = (await connection.execute(found)).one_or_none()
        return None if row is None else Slot(*row)

    async def fill(
        self, slot: str, platform: str, chat: str, message: str, editable: bool, *, about: str | None = None
    ) -> None:
        """Remember the card that stands in a slot. One `about` an owner is forgotten with their erasure."""
        card = {"platform": platform, "chat": chat, "message": message, "editable": editable}
        row = {**card, "about": about, "at": self._clock()}
        made = upsert(t.slot).values(slot=slot, **row)
        async with self._database.transaction() as connection:
            await connection.execute(made.on_conflict_do_update(index_elements=["slot"], set_=row))

    async def import_code(self, person: str) -> str | None:
        """A one-time code, good for a quarter of an hour; None unless the person is an owner. It replaces the last."""
        now, code = self._clock(), consent.short_id(8)
        row = {"sha256": _digest(person, code), "until": now + _CODE_LASTS, "tries": 0}
        made = upsert(t.import_code).values(person=person, **row)
        async with self._database.transaction() as connection:
            if not await consent.owns(connection, person, now):
                return None
            await connection.execute(made.on_conflict_do_update(index_elements=["person"], set_=row))
        return code

    async def redeem(self, person: str, code: str) -> bool:
        """Use a code up. After five wrong ones even the right one is refused."""
        mine = t.import_code.c.person == person
        tried = update(t.import_code).where(mine, t.import_code.c.tries < TRIES).values(tries=t.import_code.c.tries + 1)
        async with self._database.transaction() as connection:
            row = (await connection.execute(tried.returning(t.import_code))).one_or_none()
            right = row is not None and hmac.compare_digest(bytes(row.sha256), _digest(person, code.strip().upper()))
            if row is None or not right or row.until <= self._clock():
                return False
            await connection.execute(delete(t.import_code).where(mine))
            return await consent.owns(connection, person, self._clock())

    async def put_scope(self, name: str, document: ScopeDocument, by: str) -> Scope:
        """A new version of a scope, in force for the next question. It opts nobody in. Raises BadScope."""
        async with self._database.transaction() as connection:
            scope = await scopes.put(connection, name, document, by, self._clock())
            await scopes.stale(connection, name, scope.version)
            await drafts.settle_all(connection, self._clock())
            return scope

    async def scope(self, name: str) -> Scope | None:
        """A scope's last version."""
        async with self._database.transaction() as connection:
            return await scopes.find(connection, name)

    async def scopes(self) -> Sequence[Scope]:
        """Every scope's last version, by name."""
        async with self._database.transaction() as connection:
            return await scopes.every(connection)

    async def named_departments(self) -> frozenset[str]:
        """The departments that any scope names as its readers: whoever belongs to no such one need not be looked up."""
        async with self._database.transaction() as connection:
            found = await scopes.every(connection)
        return frozenset(one for scope in found for one in scope.document.audience.departments)

    async def delete_scope(self, name: str, by: str) -> bool:
        """Delete a scope; False if there is none."""
        async with self._database.transaction() as connection:
            version = await scopes.remove(connection, name, by, self._clock())
            if version is not None:
                await scopes.stale(connection, name, version)
                await drafts.settle_all(connection, self._clock())
            return version is not None


def _digest(person: str, code: str) -> bytes:
    return sha256(f"{person}\0{code}".encode()).digest()
