"""The tokens by which admins read: kept as hashes, each for what it may, until it expires."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import Column, LargeBinary, Table, Text, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from skills import tables as t
from skills.admins import DAYS, MAYS, May, Token
from skills.parts import Parts

token_table = Table(
    "admin_token",
    t.tables,
    Column("name", Text, primary_key=True),
    Column("sha256", LargeBinary),
    Column("at", t.TIME),
    Column("may", ARRAY(Text)),
    Column("until", t.TIME),
)


class Tokens(Parts):
    """Whoever holds one changes nothing: what changes anything is signed."""

    async def create_token(self, name: str, may: Sequence[May] = MAYS, *, days: int = DAYS) -> str:
        """A new token under a name; it is shown this once, and replaces the name's last."""
        token = f"fenshen_{secrets.token_urlsafe(32)}"
        await self.adopt_token(name, token, may, days=days)
        return token

    async def adopt_token(self, name: str, token: str, may: Sequence[May] = MAYS, *, days: int = DAYS) -> None:
        """Let a given token read under a name. Only its hash is kept."""
        now = self._clock()
        row = {"sha256": _hash(token), "at": now, "may": list(may), "until": now + timedelta(days=days)}
        made = upsert(token_table).values(name=name, **row)
        async with self._database.transaction() as connection:
            await connection.execute(made.on_conflict_do_update(index_elements=["name"], set_=row))

    async def token(self, token: str) -> Token | None:
        """What a token may; None: unknown, or expired."""
        a = token_table.c
        good = select(a.name, a.may).where(a.sha256 == _hash(token), a.until > self._clock())
        async with self._database.transaction() as connection:
            row = (await connection.execute(good)).one_or_none()
        return None if row is None else Token(row.name, frozenset(row.may))


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
