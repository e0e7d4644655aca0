"""Rows of many passages, each looked up: a planner that takes an owner to have little reads all of theirs instead."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, FromClause, Select, Table, cast, column, func, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

# `offset 0` keeps it so, however few rows the planner takes to be an owner's. What is changed meanwhile is not found by
# its place; it goes with its passage, by trigger.
_GONE = (
    "DELETE FROM {table} WHERE ctid = ANY (ARRAY (SELECT found.ctid FROM unnest(cast(:ids AS uuid[])) AS given (id) "
    "CROSS JOIN LATERAL (SELECT ctid FROM {table} WHERE owner = :owner AND {passage} = given.id OFFSET 0) AS found))"
)


async def delete(connection: AsyncConnection, passage: Column[uuid.UUID], owner: str, ids: Sequence[uuid.UUID]) -> int:
    """Delete an owner's rows in the table whose column is `passage`; returns how many."""
    gone = text(_GONE.format(table=passage.table.name, passage=passage.name))
    return (await connection.execute(gone, {"owner": owner, "ids": list(ids)})).rowcount


def found(table: Table, owner: str, ids: Sequence[uuid.UUID]) -> tuple[Select[Any], FromClause]:
    """All columns of an owner's rows of these passages, in no order, and the rows to order them by."""
    given = func.unnest(cast(list(ids), ARRAY(Uuid))).table_valued(column("id", Uuid), name="given").render_derived()
    one = select(table).where(table.c.owner == owner, table.c.passage == given.c.id).offset(0).lateral("one")
    return select(one).select_from(given.join(one, literal(True))), one
