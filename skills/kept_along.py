"""What an owner kept to themselves, as they take it along, and what of it is kept back before a word comes back."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, delete, exists, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import tables as t
from skills.masking import masked
from skills.terms import terms
from skills.vault import Vault
from skills.withheld import kept_back, place, reached, wanted

Row = Mapping[str, Any]
Key = tuple[str, str]  # the chat and the id of a message

# what keeps a message back, by its ids; for the table `passage`
by = (
    select(func.array_agg(aggregate_order_by(reached.c.withheld, reached.c.withheld)))
    .where(reached.c.owner == t.passage.c.owner, reached.c.passage == t.passage.c.id)
    .scalar_subquery()
    .label("withheld_by")
)


@dataclass(frozen=True, slots=True)
class PastWithheld:
    """What an export says that its owner keeps to themselves."""

    topics: tuple[str, ...] = ()
    messages: frozenset[Key] = frozenset()
    on_pages: frozenset[Key] = frozenset()  # kept back by pages alone: by themselves until the pages lie there again


async def rows(connection: AsyncConnection, vault: Vault, owner: str) -> list[Row]:
    """One for each thing that an owner keeps back; a topic in its words."""
    w = kept_back.c
    found: list[Row] = []
    for row in (await connection.execute(select(kept_back).where(w.owner == owner).order_by(w.at, w.id))).all():
        words: str | None = None
        if row.kind == "topic":
            words = await vault.unseal(row.key_id, place(owner, row.id), row.sealed)
        plain = {"id": row.id, "at": row.at.isoformat(), "kind": row.kind, "words": words}
        found.append({**plain, "chat": row.chat, "message": row.message, "answer": row.answer})
    return found


def past_withheld(kept: Iterable[Row], messages: Sequence[Row], ledger: Sequence[Row]) -> PastWithheld:
    """What `withheld.jsonl`, `messages.jsonl` and `ledger.jsonl` come to.

    What a topic reaches it reaches again; whatever else kept a message back, that message is kept back by itself: what
    an answer quoted, for there is no such answer any more, and what a correction took the place of.
    """
    listed = [row for row in kept if row["kind"] != "topic" or row["words"]]  # words that were lost reach nothing
    kinds = {str(row["id"]): row["kind"] for row in listed}
    topics = {str(row["words"]) for row in listed if row["kind"] == "topic"}
    single = {(str(row["chat"]), str(row["message"])) for row in listed if row["kind"] == "message"}
    on_pages: set[Key] = set()
    for row in messages:
        if not row["withheld"]:
            continue
        key = (str(row["chat"]), str(row["id"]))
        why = {kinds.get(id_) for id_ in row.get("withheld_by") or ("",)}
        if why <= {"page", "topic"} and "page" in why:
            on_pages.add(key)
        elif why != {"topic"} or not _reaches(topics, str(row["text"])):
            single.add(key)
    return PastWithheld(tuple(sorted(topics)), frozenset(single | _replaced(messages, ledger)), frozenset(on_pages))


async def leave_to_pages(connection: AsyncConnection, owner: str, keys: Iterable[Key]) -> None:
    """Keep back no more by itself what of these messages a page keeps back."""
    w, m, r = kept_back.c, t.message.c, reached.alias("others").c
    recorded = and_(m.owner == w.owner, m.chat == w.chat, m.message == w.message)
    others = and_(r.owner == m.owner, r.passage == m.passage, r.withheld.in_(_pages(owner)))
    held = and_(exists().where(recorded), ~exists().where(recorded, ~exists().where(others)))
    for chat, message in sorted(keys):
        mine = and_(w.owner == owner, w.kind == "message", w.chat == chat, w.message == message)
        await connection.execute(delete(kept_back).where(mine, held))


def _pages(owner: str) -> Any:
    p = kept_back.alias("by_pages").c
    return select(p.id).where(p.owner == owner, p.kind == "page")


def _reaches(topics: Iterable[str], text: str) -> bool:
    """Whether one of the topics will reach a message when it is recorded again."""
    there = terms(masked(text)).keys()
    return any(wanted(words) and there >= set(wanted(words)) for words in topics)


def _replaced(messages: Sequence[Row], ledger: Sequence[Row]) -> set[Key]:
    """Messages that are not there, because a correction took their place: a history still has them."""
    chats = {str(row["id"]): str(row["chat"]) for row in messages}
    found: set[Key] = set()
    for entry in reversed(ledger):
        note = json.loads(entry["content"] or "{}") if entry["kind"] == "corrected" else {}
        if note.get("by") in chats and note["message"] not in chats:
            chats[note["message"]] = chats[note["by"]]
            found.add((chats[note["by"]], str(note["message"])))
    return found
