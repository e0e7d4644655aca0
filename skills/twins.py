"""The same message under another id: as a file without ids tells it, or as its owner had it remembered."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Boolean, Select, and_, literal_column, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import tables as t
from skills.masking import masked
from skills.owners import Owner
from skills.page_tables import TITLE
from skills.rows import UNNAMED
from skills.vault import Vault, message_place
from skills.words import IN_PASSING, Said

_ZONES = timedelta(hours=26)  # a file may tell the clock of another time zone, or of none
_QUARTER = 15  # minutes: zones differ by so many, or a multiple of them
_FEW = literal_column("(message.message LIKE 'file:%' OR message.source NOT IN ('live', 'history', 'file'))", Boolean)
# `_unsure` in SQL, word for word as the index of migration 0290 says it: with parameters it would not be used


async def recorded(
    connection: AsyncConnection, vault: Vault, owner: Owner, chat: str, saids: Sequence[Said]
) -> Mapping[str, Sequence[Said]]:
    """What is recorded of these messages under other ids, by the ids that they have here.

    The same words at the same minute, whatever the time zone, where the id of either is not the platform's.
    """
    if owner.key_id is None or not saids:
        return {}
    near = _by_minute(saids)
    rows = await connection.execute(_around(owner, chat, saids))
    found = [(row, there) for row in rows if (there := _maybe(row.message, row.source, row.at, near))]
    items = [(message_place(owner.owner, chat, row.message), row.sealed) for row, _ in found]
    words = await vault.unseal_many(owner.key_id, items) if items else []
    same: dict[str, list[Said]] = defaultdict(list)
    for (row, there), text in zip(found, words, strict=True):
        one = Said(owner.owner, chat, row.message, row.at, text or "", source=row.source)
        for said in there:
            if not _words(one).isdisjoint(_words(said)):
                same[said.message].append(one)
    return same


def _around(owner: Owner, chat: str, saids: Sequence[Said]) -> Select[tuple[str, datetime, str, bytes]]:
    """What may be one of them by its time: of what the platform has named itself, nothing if it named all of these."""
    m, p = t.message.c, t.passage.c
    first, last = min(said.at for said in saids) - _ZONES, max(said.at for said in saids) + _ZONES
    mine = and_(m.owner == owner.owner, m.chat == chat, m.key_id == owner.key_id, m.source != TITLE)
    found = select(m.message, m.at, m.source, m.sealed).where(mine)
    if not any(_unsure(said.message, said.source) for said in saids):
        return found.where(m.at.between(first, last), _FEW)
    within = select(p.id).where(p.owner == owner.owner, p.chat == chat, p.at.between(first, last))
    near = within.cte("near").prefix_with("MATERIALIZED")
    one = found.where(m.passage == near.c.id).offset(0).lateral("one")  # each is looked up
    return select(one.c.message, one.c.at, one.c.source, one.c.sealed).select_from(near.join(one, true()))


def _by_minute(saids: Iterable[Said]) -> Mapping[int, Sequence[Said]]:
    near: dict[int, list[Said]] = defaultdict(list)
    for said in saids:
        near[_minute(said.at)].append(said)
    return near


def _maybe(message: str, source: str, at: datetime, near: Mapping[int, Sequence[Said]]) -> Collection[Said]:
    """Those that may be this recorded message, as far as ids and times tell."""
    return [
        said
        for said in near.get(_minute(at), ())
        if said.message != message
        and abs(said.at - at) <= _ZONES
        and (_unsure(message, source) or _unsure(said.message, said.source))
        and not (message.startswith(UNNAMED) and said.message.startswith(UNNAMED))
    ]


def _minute(at: datetime) -> int:
    return int(at.timestamp() // 60) % _QUARTER


def _unsure(message: str, source: str) -> bool:
    """Whether the platform may call this message something else."""
    return message.startswith(UNNAMED) or source not in IN_PASSING


def _words(said: Said) -> frozenset[str]:
    """What was said, and without the heading under which it was kept."""
    under = said.text.partition("\n")[2] if said.source == "kept" else ""
    return frozenset(" ".join(masked(words).split()) for words in (said.text, under) if words.strip())
