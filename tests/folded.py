"""The events of consents folded a second time, by plain rules and apart from the view that the store decides by."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from skills.consent import sql_kept
from skills.database import Database
from skills.standings import last_events
from skills.tables import consent_event


@dataclass(frozen=True, slots=True)
class Stands:
    """What one person's yes to one scope comes to in one chat."""

    going: bool
    audience: str
    birth: int
    since: datetime
    until: datetime
    level: str
    mode: str
    departments: frozenset[str]


States = dict[tuple[str, str, str], Stands]  # by owner, chat and scope


def fold(events: Iterable[Any]) -> States:
    """One event after another: a yes opens, looking back moves the start, narrowing takes away, an end ends."""
    stand: States = {}
    for event in events:
        place = event.owner, event.chat, event.scope
        if event.kind == "given":
            stand[place] = _read(event, going=True)
        elif event.kind == "look_back":
            assert event.since < stand[place].since
            stand[place] = replace(stand[place], since=event.since)
        elif event.kind == "narrowed":
            stand[place] = _less(stand[place], event)
        elif event.kind in ("paused", "departed"):
            stand[place] = replace(stand[place], going=False)
        else:
            del stand[place]
    return stand


async def folded(database: Database) -> int:
    """Holds the fold against how the view says that things stand; how many consents stand."""
    e = consent_event.c
    async with database.transaction() as connection:
        events = (await connection.execute(select(consent_event).order_by(e.owner, e.seq))).all()
        last = last_events()
        rows = (await connection.execute(select(last).where(sql_kept(last)))).all()
    going = ("given", "look_back", "narrowed")
    seen = {(row.owner, row.chat, row.scope): _read(row, going=row.kind in going) for row in rows}
    assert fold(events) == seen
    return len(seen)


def _read(event: Any, *, going: bool) -> Stands:
    times = {"since": event.since, "until": event.until}
    sides = {"level": event.level, "mode": event.mode, "departments": frozenset(event.departments or ())}
    return Stands(going, event.audience, event.birth, **times, **sides)


def _less(before: Stands, event: Any) -> Stands:
    after = _read(event, going=before.going)
    assert after.departments <= before.departments
    assert after.until <= before.until
    levels = ("full", "outline", "withheld")
    assert levels.index(after.level) >= levels.index(before.level)
    assert (after.birth, after.since, after.audience) == (before.birth, before.since, before.audience)
    assert after.mode in (before.mode, "review")
    return after
