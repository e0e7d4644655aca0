"""Rules of the whole house: how long words are kept, how often a double answers, and which chats are no source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Integer, Table, Text, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

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
    """Whether an admin forbids a chat as a source."""
    return exists().where(chat_table.c.chat == chat)


def sql_most(name: str, built_in: int) -> ColumnElement[int]:
    """The most that is allowed: the rule's number, or what is built in where that is less."""
    said = select(rule_table.c.value).where(rule_table.c.name == name).scalar_subquery()
    return func.least(built_in, said)  # which leaves out what is null


async def forbidden(connection: AsyncConnection, chat: str) -> bool:
    """Whether an admin forbids a chat as a source."""
    found = select(chat_table.c.chat).where(chat_table.c.chat == chat)
    return (await connection.execute(found)).one_or_none() is not None


async def in_force(connection: AsyncConnection) -> Rules:
    """The rules as they stand."""
    found = await connection.execute(select(rule_table.c.name, rule_table.c.value))
    return Rules(**{row.name: row.value for row in found})


async def oldest(connection: AsyncConnection, now: datetime) -> datetime | None:
    """From when on words may be kept; None: there is no rule."""
    days = (await in_force(connection)).retention_days
    return None if days is None else now - timedelta(days=days)


async def young_enough(connection: AsyncConnection, said: Mapping[str, Said], now: datetime) -> dict[str, Said]:
    """Those messages that may be kept at all."""
    since = await oldest(connection, now)
    return {id_: one for id_, one in said.items() if since is None or one.at >= since}
