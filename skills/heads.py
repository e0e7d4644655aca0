"""The head over all ledgers: signed and published, so that a chain cut short or left out afterwards is found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import BigInteger, Column, LargeBinary, Row, Table, Text, func, insert, select, text, union
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import ledger, owners, signing
from skills import tables as t
from skills.parts import Parts

SCHEMA_VERSION = "fenshen-ledger-head-1"
HEAD = "ledger head"  # what is signed as one is no receipt
DAILY = timedelta(days=1)
_FIRST = "0" * 64
_TURN = 5_170_349_224_601_187_331  # the advisory lock of whoever writes the next head
_GROWN = text(
    "INSERT INTO ledger_leaf (owner, number, seq, hash) SELECT o.owner, :number, o.ledger_seq, o.ledger_head "
    "FROM owner AS o WHERE o.ledger_seq > coalesce("
    "(SELECT max(l.seq) FROM ledger_leaf AS l WHERE l.owner = o.owner), 0)"
)

leaf_table = Table(
    "ledger_leaf",
    t.tables,
    Column("owner", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger),
    Column("hash", LargeBinary),
)
head_table = Table(
    "ledger_head",
    t.tables,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", t.TIME),
    Column("document", JSONB),
)
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is not as it was written: an entry of an owner's, a head, or the head that somebody kept."""

    what: Literal["entry", "head", "kept"]
    number: int
    owner: str | None = None


class Heads(Parts):
    """Names nobody and counts nobody: a head is one hash over where every chain stands."""

    async def ledger_head(self) -> Document | None:
        """The newest head, as it was signed; None before the first."""
        async with self._database.transaction() as connection:
            row = await _newest(connection)
        return None if row is None else dict(row.document)

    async def publish_head(self) -> Document | None:
        """A new head if a chain has grown and the last is a day old, else the last; None: nothing was ever written."""
        async with self._database.transaction() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_TURN})"))
            last, now = await _newest(connection), self._clock()
            if last is not None and now - last.at < DAILY:
                return dict(last.document)
            number = 1 if last is None else last.number + 1
            if not (await connection.execute(_GROWN, {"number": number})).rowcount:
                return None if last is None else dict(last.document)
            leaves = (await connection.execute(select(leaf_table))).all()
            ((_, root),) = _roots(leaves, [number])
            unsigned = {"schema_version": SCHEMA_VERSION, "number": number, "at": now.isoformat(), "root": root}
            unsigned["previous"] = _FIRST if last is None else _digest(last.document)
            signed = await signing.sign(self._keyring, unsigned, HEAD)
            await connection.execute(insert(head_table).values(number=number, at=now, document=signed))
            return signed

    async def audit(self, public_key: str, kept: Mapping[str, Any] | None = None) -> Sequence[Flaw]:
        """Everything that was changed, removed, inserted or cut off, each chain's first; erased content is no flaw.

        `kept`: a head that was published and that somebody has kept, which the data must still have.
        """
        async with self._database.transaction() as connection:
            leaves = (await connection.execute(select(leaf_table))).all()
            heads = (await connection.execute(select(head_table).order_by(head_table.c.number))).all()
            known = union(select(t.owner.c.owner), select(leaf_table.c.owner)).order_by("owner")
            people = list((await connection.execute(known)).scalars())
        flaws = [Flaw("head", number) for number in _false_heads(heads, leaves, public_key)]
        if kept is not None and not _still_there(kept, heads, public_key):
            number = kept.get("number")
            flaws.append(Flaw("kept", number if isinstance(number, int) else 0))
        for person in people:
            number = await self._first_flaw(person)
            if number is not None:
                flaws.append(Flaw("entry", number, person))
        return flaws

    async def _first_flaw(self, owner: str) -> int | None:
        leaf, entry = leaf_table.c, t.ledger.c
        heads = select(leaf.seq, leaf.hash, entry.hash.label("found")).order_by(leaf.seq)
        joined = leaf_table.outerjoin(t.ledger, (entry.owner == leaf.owner) & (entry.seq == leaf.seq))
        async with self._database.transaction(owner=owner) as connection:
            await owners.lock(connection, owner, read=True)  # or an entry written meanwhile would look like a flaw
            broken = await ledger.verify(connection, self._vault, owner)
            rows = (await connection.execute(heads.select_from(joined).where(leaf.owner == owner))).all()
            length = (await connection.execute(select(func.count()).where(entry.owner == owner))).scalar_one()
        if broken is not None:
            return broken
        # a whole chain that is too short was cut, and its end forged; one that says something else was written anew
        return next((min(row.seq, length + 1) for row in rows if row.found != row.hash), None)


async def _newest(connection: AsyncConnection) -> Row[Any] | None:
    last = select(head_table).order_by(head_table.c.number.desc()).limit(1)
    return (await connection.execute(last)).one_or_none()


def _false_heads(heads: Sequence[Row[Any]], leaves: Sequence[Row[Any]], public_key: str) -> list[int]:
    """The numbers of heads that are missing, not signed, or not over what the leaves say; of leaves without a head."""
    roots, false, before = dict(_roots(leaves, [head.number for head in heads])), [], _FIRST
    for number, head in enumerate(heads, 1):
        said = head.document
        right = {"number": number, "previous": before, "root": roots[head.number]}
        whole = head.number == number and right.items() <= said.items() and said.get("at") == head.at.isoformat()
        if not (whole and signing.is_signed_by(said, public_key, HEAD)):
            false.append(number)
        before = _digest(said)
    return false + sorted({leaf.number for leaf in leaves if leaf.number > len(heads)})


def _still_there(kept: Mapping[str, Any], heads: Sequence[Row[Any]], public_key: str) -> bool:
    return signing.is_signed_by(kept, public_key, HEAD) and any(head.document == kept for head in heads)


def _roots(leaves: Iterable[Row[Any]], numbers: Iterable[int]) -> list[tuple[int, str]]:
    """The root of each head: over every owner's last leaf up to it, in the order of owners."""
    waiting, last, found = sorted(leaves, key=lambda leaf: (-leaf.number, leaf.owner)), dict[str, bytes](), []
    for number in numbers:
        while waiting and waiting[-1].number <= number:
            leaf = waiting.pop()
            name = leaf.owner.encode()
            body = len(name).to_bytes(4, "big") + name + leaf.seq.to_bytes(8, "big") + bytes(leaf.hash)
            last[leaf.owner] = sha256(b"\x02" + body).digest()
        found.append((number, sha256(b"\x03" + b"".join(last[owner] for owner in sorted(last))).hexdigest()))
    return found


def _digest(document: Mapping[str, Any]) -> str:
    return sha256(signing.canonical(document)).hexdigest()
