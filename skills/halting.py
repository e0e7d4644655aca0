"""Kill switches: whom an admin halts is neither answered for nor recorded, at once, and loses nothing."""

from sqlalchemy import Column, ColumnElement, Table, Text, delete, exists, literal, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import tables as t
from skills.words import EVERYBODY

halt_table = Table("halt", t.tables, Column("person", Text, primary_key=True), Column("at", t.TIME), Column("by", Text))
_UNTIL = "order:"  # before the id of the event that is being carried out


def sql_halted(owner: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether an owner's double is halted, by themselves or with everybody's."""
    return exists().where((halt_table.c.person == owner) | (halt_table.c.person == EVERYBODY))


async def halted(connection: AsyncConnection, person: str) -> bool:
    """Whether somebody is halted; they need not have a double."""
    return bool((await connection.execute(select(sql_halted(literal(person, Text()))))).scalar_one())


async def halt(connection: AsyncConnection, row: dict[str, object]) -> bool:
    """Halt a person until an admin takes it back; False: they are already."""
    made = upsert(halt_table).values(row)
    over = {"at": made.excluded.at, "by": made.excluded.by}
    mine = made.on_conflict_do_update(index_elements=["person"], set_=over, where=halt_table.c.by.startswith(_UNTIL))
    return (await connection.execute(mine.returning(halt_table.c.person))).one_or_none() is not None


async def resume(connection: AsyncConnection, person: str) -> bool:
    """Take that back; False: they are not halted."""
    gone = delete(halt_table).where(halt_table.c.person == person, ~halt_table.c.by.startswith(_UNTIL))
    return (await connection.execute(gone)).rowcount > 0


async def hold(connection: AsyncConnection, row: dict[str, object], event: str) -> None:
    """Halt a person, with a double or without one, until what this event orders about them is carried out."""
    await halt(connection, {**row, "by": f"{_UNTIL}{event}"})


async def release(connection: AsyncConnection, person: str, event: str) -> None:
    """It is carried out; whoever is halted by another order stays so."""
    mine = halt_table.c.person == person, halt_table.c.by == f"{_UNTIL}{event}"
    await connection.execute(delete(halt_table).where(*mine))
