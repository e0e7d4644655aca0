"""Where answers still stand in chats whose words are erased: kept until each is taken down, or found to stay."""

from collections.abc import Collection, Sequence

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Table,
    Text,
    and_,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import tables as t
from skills.parts import Parts
from skills.retracting import Place

placed = Table(
    "placed",
    t.tables,
    Column("answer", Text, primary_key=True),
    Column("owner", Text),
    Column("platform", Text),
    Column("chat", Text),
    Column("message", Text),
    Column("language", Text),
    Column("at", t.TIME),
    Column("refused", Boolean),
    Column("since", t.TIME),
)


class Placed(Parts):
    """Ids alone; whatever else stood in the same message still has its own place."""

    async def placed(self, owner: str, *, refused: bool = False) -> Sequence[Place]:
        """Where answers of an owner still stand and are to be taken down; or those that the platform keeps there."""
        p = placed.c
        found = select(placed).where(p.owner == owner, p.refused.is_(refused)).order_by(p.at, p.answer)
        async with self._database.transaction() as connection:
            rows = (await connection.execute(found)).all()
        return [Place(r.answer, r.owner, r.platform, r.chat, r.message, r.language, r.since) for r in rows]

    async def taken_down(self, place: Place, *, stays: bool = False) -> None:
        """Note that an answer is gone from its chat, or that it stays there."""
        mine = placed.c.answer == place.answer
        done = update(placed).where(mine).values(refused=True) if stays else delete(placed).where(mine)
        async with self._database.transaction() as connection:
            await connection.execute(done)

    async def replaced(self, answers: Collection[str]) -> None:
        """Forget where answers stood that are replaced already: nothing of them is left to be taken down."""
        nowhere = update(t.place).where(t.place.c.answer.in_(answers)).values(message=None)
        async with self._database.transaction() as connection:
            await connection.execute(nowhere)
            await connection.execute(delete(placed).where(placed.c.answer.in_(answers)))

    async def beside(self, place: Place) -> Sequence[Place]:
        """Whatever still stands in the same message."""
        p = t.place.c
        same = select(t.place).where(p.chat == place.chat, p.message == place.message)
        async with self._database.transaction() as connection:
            rows = (await connection.execute(same)).all()
        return [Place(r.answer, r.owner, r.platform, r.chat, r.message, r.language, r.at) for r in rows]


async def prune(connection: AsyncConnection) -> None:
    """Forget after a month whatever could not be taken down."""
    await connection.execute(delete(placed).where(placed.c.at < text("now() - interval '30 days'")))


async def waiting(connection: AsyncConnection) -> Sequence[str]:
    """Whose answers stand somewhere and are to be taken down."""
    found = select(placed.c.owner).where(~placed.c.refused).distinct().order_by(placed.c.owner)
    return list((await connection.execute(found)).scalars())


async def drop(connection: AsyncConnection, which: ColumnElement[bool]) -> int:
    """Delete answers; where they stand is kept until they are taken down. Returns how many they were."""
    gone = delete(t.answer).where(which).returning(t.answer.c.id)
    answers = list((await connection.execute(gone)).scalars())
    if answers:
        await _outlive(connection, answers)
    return len(answers)


async def _outlive(connection: AsyncConnection, answers: Collection[str]) -> None:
    """Keep the places of answers that are gone, those that were sent, in place of the answers' own."""
    p, names = t.place.c, ["answer", "owner", "platform", "chat", "message", "language", "at", "refused", "since"]
    sent = and_(p.answer.in_(answers), p.platform.is_not(None), p.message.is_not(None))
    now, no = func.now(), literal(False)
    kept = select(p.answer, p.owner, p.platform, p.chat, p.message, p.language, now, no, p.at).where(sent)
    await connection.execute(insert(placed).from_select(names, kept))
    await connection.execute(delete(t.place).where(p.answer.in_(answers)))
