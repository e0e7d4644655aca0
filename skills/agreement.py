"""The works agreement: what workers and the company have signed, which forbids, and which no admin edits or exceeds."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import Boolean, Column, ColumnElement, Integer, Table, Text, exists, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import tables as t
from skills.parts import Parts

agreement_table = Table(
    "agreement",
    t.tables,
    Column("one", Boolean, primary_key=True),
    Column("version", Integer),
    Column("sha256", Text),
    Column("at", t.TIME),
    Column("document", JSONB),
)


class AgreementGone(Exception):
    """This database is under a works agreement: FENSHEN_AGREEMENT has to name it, or a newer one."""


class AgreementOlder(Exception):
    """A newer works agreement is in force, or another one with the same version: a change needs a higher version."""


@dataclass(frozen=True, slots=True)
class Forbids:
    """What it forbids, and nothing that it could allow; empty and None: nothing."""

    chats: tuple[str, ...] = ()  # of which nothing may be learned
    retention_days: int | None = None
    answers_to_one: int | None = None
    answers_a_day: int | None = None
    level: Literal["outline", "withheld"] | None = None  # the most that anybody is answered with
    mode: Literal["review"] | None = None  # nothing goes out but what its owner sends
    days: int | None = None  # the longest that a consent lasts


@dataclass(frozen=True, slots=True)
class Agreement:
    """A document whose signature was found good."""

    version: int
    sha256: str
    zh: str
    en: str
    forbids: Forbids


class Agreed(Parts):
    """One for the whole house, under whatever admins say."""

    async def agree(self, agreement: Agreement | None) -> None:
        """Put an agreement in force; the same again changes nothing. Raises AgreementGone and AgreementOlder."""
        a = agreement_table.c
        async with self._database.transaction() as connection:
            before = await standing(connection)
            if agreement is None:
                if before is not None:
                    raise AgreementGone(AgreementGone.__doc__)
                return
            said = {"zh": agreement.zh, "en": agreement.en, "forbids": asdict(agreement.forbids)}
            row = {"version": agreement.version, "sha256": agreement.sha256, "document": said, "at": self._clock()}
            made = upsert(agreement_table).values(one=True, **row)
            newer = (a.version < agreement.version) | (a.sha256 == agreement.sha256)
            done = made.on_conflict_do_update(index_elements=["one"], set_=row, where=newer).returning(a.one)
            if (await connection.execute(done)).one_or_none() is None:
                raise AgreementOlder(AgreementOlder.__doc__)

    async def agreement(self) -> Agreement | None:
        """The one in force."""
        async with self._database.transaction() as connection:
            return await standing(connection)


async def standing(connection: AsyncConnection) -> Agreement | None:
    """The agreement in force."""
    row = (await connection.execute(select(agreement_table))).one_or_none()
    if row is None:
        return None
    said: dict[str, Any] = row.document
    forbids = Forbids(**{**said["forbids"], "chats": tuple(said["forbids"]["chats"])})
    return Agreement(row.version, row.sha256, said["zh"], said["en"], forbids)


def sql_forbids(chat: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether it forbids a chat as a source."""
    return exists().where(agreement_table.c.document["forbids"]["chats"].has_key(chat))


def sql_most(name: str) -> ColumnElement[int]:
    """The most of something that it allows; null: it says nothing of it."""
    return sql_said(name).cast(Integer)


def sql_said(name: str) -> ColumnElement[str]:
    """What it says of something; null: nothing."""
    return select(agreement_table.c.document["forbids"][name].astext).scalar_subquery()
