"""What an owner's double has earned: one for each answer to somebody else, taken back with it, for them alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select

from skills import tables as t
from skills.parts import Parts


@dataclass(frozen=True, slots=True)
class Credit:
    """One entry: for which answer, given where, and whether it was earned (1) or taken back (-1); not who asked."""

    at: datetime
    answer: str
    chat: str
    direct: bool
    value: int


class Credits(Parts):
    """Read by their owner first, and by nobody else."""

    async def credits(self, owner: str) -> Sequence[Credit]:
        """Every entry that stands, in order."""
        a, c = t.answer.c, t.credit.c
        own = select(c.at, a.id, a.chat, a.direct, c.value).join(t.answer, and_(a.owner == c.owner, a.id == c.answer))
        earned = own.where(c.owner == owner, a.asker != owner).order_by(c.at, a.id, c.value.desc())
        async with self._database.transaction(owner=owner) as connection:
            return [Credit(*row) for row in (await connection.execute(earned)).all()]
