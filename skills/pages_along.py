"""An owner's pages as they take them along: titles in words, lines by the messages that they are, every version."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import distilling, paging
from skills.page_tables import TITLE, page, version
from skills.page_words import Told
from skills.paging import Standing
from skills.titling import beginning
from skills.vault import Vault
from skills.withheld import reached
from skills.words import Passage
from skills.written import lines as written_lines

Row = Mapping[str, Any]


async def rows(connection: AsyncConnection, vault: Vault, owner: str) -> list[Row]:
    """One for each page that has lines; what was erased or is sealed under a destroyed key is in none."""
    v = version.c
    mine = select(page.c.id).where(page.c.owner == owner).order_by(page.c.id)
    found: list[Row] = []
    for id_ in (await connection.execute(mine)).scalars().all():
        there = await paging.find(connection, owner, id_)
        made = select(v.version, v.at, v.why).where(v.owner == owner, v.page == id_).order_by(v.version)
        each = [(row, await paging.find(connection, owner, id_, row.version)) for row in await connection.execute(made)]
        stood = [one for _, one in each if one is not None]
        wrote = await written_lines(connection, vault, owner, list({id_ for one in stood for id_ in one.written}))
        ids = {id_ for one in stood for id_ in (*one.lines, *([one.title.passage] if one.title else []))}
        said = {str(id_): p for id_, p in (await distilling.passages(connection, vault, owner, sorted(ids))).items()}
        if there is None or not any(str(line) in said for line in there.lines):
            continue
        named = there.title is not None and str(there.title.passage) in await _named(connection, owner, said)
        told = [
            {**_row(one, said, wrote), "at": row.at.isoformat(), "why": row.why} for row, one in each if one is not None
        ]
        found.append(
            {
                "id": id_,
                "chat": there.chat,
                "kind": there.kind,
                "named": named,
                **_row(there, said, wrote),
                "versions": told,
            }
        )
    return found


async def _named(connection: AsyncConnection, owner: str, said: Mapping[str, Passage]) -> set[str]:
    """Titles that the owner gave and keeps from nobody."""
    given = {id_ for id_, passage in said.items() if passage.source == TITLE}
    kept_back = select(reached.c.passage).where(reached.c.owner == owner)
    return given - {str(id_) for id_ in (await connection.execute(kept_back)).scalars()}


def _row(one: Standing, said: Mapping[str, Passage], wrote: Mapping[uuid.UUID, Told]) -> dict[str, Any]:
    lines = [said[str(id_)] for id_ in one.lines if str(id_) in said]
    title = beginning(lines[0].text) if lines else ""
    if one.title and str(one.title.passage) in said:
        title = said[str(one.title.passage)].text[one.title.starts : one.title.ends]
    plain = {"version": one.version, "state": one.state, "pinned": one.pinned, "absorbed": list(one.absorbed)}
    return {
        **plain,
        "title": title,
        "titled": _place(one, said),
        "lines": _messages(lines),
        "written": _written(one, said, wrote),
    }


def _place(one: Standing, said: Mapping[str, Passage]) -> Row | None:
    """Where in which message the title stands; None: it is how the first line begins."""
    if one.title is None or str(one.title.passage) not in said:
        return None
    return {"id": said[str(one.title.passage)].message, "starts": one.title.starts, "ends": one.title.ends}


def _written(one: Standing, said: Mapping[str, Passage], wrote: Mapping[uuid.UUID, Told]) -> list[Row]:
    """A model's lines, each with the messages that it cites."""
    told = [wrote[id_] for id_ in one.written if id_ in wrote]
    return [
        {
            "part": line.part,
            "text": line.text,
            "provider": line.provider,
            "cites": [said[c].message for c in line.cites],
        }
        for line in told
        if all(cited in said for cited in line.cites)
    ]


def _messages(lines: Sequence[Passage]) -> list[str]:
    return [line.message for line in lines]
