"""Which answers a model worded, and how many sentences on the card were its own: their number, and no text."""

from dataclasses import dataclass

from sqlalchemy import Column, ForeignKeyConstraint, Integer, Table, Text, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import tables as t

worded = Table(
    "worded",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("answer", Text, primary_key=True),
    Column("provider", Text),
    Column("paraphrases", Integer),
    Column("inferences", Integer),
    ForeignKeyConstraint(["owner", "answer"], ["answer.owner", "answer.id"], ondelete="CASCADE"),
)


@dataclass(frozen=True, slots=True)
class Worded:
    """What a model wrote of an answer: sentences in other words first, then what it inferred."""

    provider: str
    paraphrases: int = 0
    inferences: int = 0


async def keep(connection: AsyncConnection, owner: str, answer: str, by: Worded) -> None:
    """Remember it with the answer."""
    row = {"owner": owner, "answer": answer, "provider": by.provider}
    await connection.execute(insert(worded).values(**row, paraphrases=by.paraphrases, inferences=by.inferences))


async def read(connection: AsyncConnection, owner: str, answer: str) -> Worded | None:
    """Who worded an answer; None: it quotes."""
    w = worded.c
    found = select(w.provider, w.paraphrases, w.inferences).where(w.owner == owner, w.answer == answer)
    row = (await connection.execute(found)).one_or_none()
    return None if row is None else Worded(row.provider, row.paraphrases, row.inferences)
