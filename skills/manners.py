"""What the bot owes the platforms: how many calls it has made, and when it may send next; numbers and times alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from skills import tables as t
from skills.parts import Parts

CHINA = timezone(timedelta(hours=8))  # where the platforms' days and months begin


@dataclass(frozen=True, slots=True)
class Calls:
    """One platform's calls, today and this month."""

    platform: str
    today: int
    month: int


class Manners(Parts):
    """Shared by all replicas, and still known after a restart."""

    async def count_calls(self, platform: str, calls: int) -> None:
        """Add calls made to a platform to this day's."""
        day = self._clock().astimezone(CHINA).date()
        made = insert(t.calls).values(platform=platform, day=day, calls=calls)
        more = made.on_conflict_do_update(index_elements=["platform", "day"], set_={"calls": t.calls.c.calls + calls})
        async with self._database.transaction() as connection:
            await connection.execute(more)

    async def calls(self) -> Sequence[Calls]:
        """What was counted today and this month, by platform."""
        c, day = t.calls.c, self._clock().astimezone(CHINA).date()
        today = func.coalesce(func.sum(c.calls).filter(c.day == day), 0)
        month = select(c.platform, today, func.sum(c.calls)).where(c.day >= day.replace(day=1), c.day <= day)
        async with self._database.transaction() as connection:
            rows = await connection.execute(month.group_by(c.platform).order_by(c.platform))
            return [Calls(platform, int(today), int(all_)) for platform, today, all_ in rows]

    async def turn(self, key: str, rate: int) -> float:
        """Take the next turn of a key that has so many in any one second; how many seconds it is ahead."""
        async with self._database.transaction() as connection:
            ahead = await connection.scalar(text(_TURN), {"key": key, "rate": rate})
        return max(0.0, float(ahead or 0.0))


# by the database's clock: replicas' own may differ
_TURN = """
INSERT INTO turn (key, taken) VALUES (:key, ARRAY[clock_timestamp()])
ON CONFLICT (key) DO UPDATE SET taken = (
    turn.taken || greatest(
        clock_timestamp(),
        CASE WHEN cardinality(turn.taken) >= cast(:rate AS integer)
        THEN turn.taken[cardinality(turn.taken) - cast(:rate AS integer) + 1] + interval '1 second' END
    )
)[greatest(1, cardinality(turn.taken) + 2 - cast(:rate AS integer)):]
RETURNING extract(epoch FROM taken[cardinality(taken)] - clock_timestamp())
"""
