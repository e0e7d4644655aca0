"""Rules of the whole house: how long words are kept, how often a double answers, and which chats are no source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Integer, Table, Text, exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import agreement
from skills import tables as t
from skills.words import Said

rule_table = Table(
    "rule",
    t.tables,
    Column("name", Text, primary_key=True),
    Column("value", Integer),
    Column("at", t.TIME),
    Column("by", Text),
)
chat_table = Table(
    "forbidden_chat", t.tables, Column("chat", Text, primary_key=True), Column("at", t.TIME), Column("by", Text)
)


@dataclass(frozen=True, slots=True)
class Rules:
    """Each can only narrow; None: nothing beyond what is built in."""

    retention_days: int | None = None
    answers_to_one: int | None = None
    answers_a_day: int | None = None


def sql_forbidden(chat: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether an admin, or the works agreement, forbids a chat as a source."""
    return exists().where(chat_table.c.chat == chat) | agreement.sql_forbids(chat)


def sql_most(name: str, built_in: int) -> ColumnElement[int]:
    """The most that is allowed: the least of what is built in, what admins say and what was agreed."""
    said = select(rule_table.c.value).where(rule_table.c.name == name).scalar_subquery()
    return func.least(built_in, said, agreement.sql_most(name))  # which leaves out what is null


async def forbidden(connection: AsyncConnection, *chats: str) -> bool:
    """The same, of any of these."""
    each = [select(sql_forbidden(literal(chat, Text()))) for chat in chats]
    return any([(await connection.execute(asked)).scalar_one() for asked in each])


async def in_force(connection: AsyncConnection) -> Rules:
    """The rules as they stand, under the works agreement."""
    found = await connection.execute(select(rule_table.c.name, rule_table.c.value))
    said = {row.name: row.value for row in found}
    agreed = await agreement.standing(connection)
    forbids = agreed.forbids if agreed else agreement.Forbids()
    return Rules(*(_least(said.get(name), getattr(forbids, name)) for name in Rules.__dataclass_fields__))


def _least(*said: int | None) -> int | None:
    return min((most for most in said if most is not None), default=None)


async def oldest(connection: AsyncConnection, now: datetime) -> datetime | None:
    """From when on words may be kept; None: there is no rule."""
    days = (await in_force(connection)).retention_days
    return None if days is None else now - timedelta(days=days)


async def young_enough(connection: AsyncConnection, said: Mapping[str, Said], now: datetime) -> dict[str, Said]:
    """Those messages that may be kept at all."""
    since = await oldest(connection, now)
    return {id_: one for id_, one in said.items() if since is None or one.at >= since}
