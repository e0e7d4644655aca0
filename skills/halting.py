"""Kill switches: whom an admin halts is neither answered for nor recorded, at once, and loses nothing."""

from sqlalchemy import Column, ColumnElement, Table, Text, exists, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import tables as t
from skills.words import EVERYBODY

halt_table = Table("halt", t.tables, Column("person", Text, primary_key=True), Column("at", t.TIME), Column("by", Text))


def sql_halted(owner: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether an owner's double is halted, by themselves or with everybody's."""
    return exists().where((halt_table.c.person == owner) | (halt_table.c.person == EVERYBODY))


async def halted(connection: AsyncConnection, person: str) -> bool:
    """Whether somebody is halted; they need not have a double."""
    return bool((await connection.execute(select(sql_halted(literal(person, Text()))))).scalar_one())
