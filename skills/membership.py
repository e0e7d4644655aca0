"""Scopes that owners join by their names: offered in one version, joined, narrowed, left; each an event of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import claims, consent, errands, leaving, ledger, owners, scope_words, scopes
from skills import tables as t
from skills.consent import short_id
from skills.decision import LIVE
from skills.errands import Errand
from skills.halting import halted
from skills.parts import Parts
from skills.rules import forbidden, sql_forbidden
from skills.scopes import Scope, is_default
from skills.standings import standings
from skills.words import HANDOVER, Claim, Language, Notice, Offer, Speech, Tell

FINER = ("withheld", "outline", "full")
AUDIENCE = ("chats", "people", "departments")


@dataclass(frozen=True, slots=True)
class Joined:
    """A scope that somebody joined, all its sides as they stand under its admin's last version."""

    owner: str
    scope: str
    version: int  # the one that they said yes to
    sources: tuple[str, ...]
    chats: tuple[str, ...]
    people: tuple[str, ...]
    departments: tuple[str, ...]
    words: tuple[str, ...] | None
    level: Literal["full", "outline", "withheld"]
    mode: Literal["auto", "review"]
    speech: Speech
    quota: int | None
    since: datetime
    until: datetime
    state: Literal["going", "paused", "over", "signed", "handed", "halted", "forbidden", "left"]
    receipt: str


@dataclass(frozen=True, slots=True)
class Narrower:
    """What an owner takes back: a coarser level, an earlier end, some of the readers, answers without their look."""

    level: Literal["outline", "withheld"] | None = None
    until: datetime | None = None
    without: frozenset[str] = frozenset()
    review: bool = False


@dataclass(frozen=True, slots=True)
class Yes:
    """What somebody tapped on a scope's card: from when, for how long, and what they had read."""

    name: str
    since: datetime
    days: int
    notice: Notice


class Membership(Parts):
    """Only the person themselves joins; an admin's next version can narrow what they said yes to, and nothing else."""

    async def offer_scope(
        self, claim: Claim, person: str, scope: str, language: Language, *then: Errand
    ) -> Offer | bool | None:
        """Offer a scope as it stands to one person; None when claimed before, False: no such scope can be joined."""
        async with self._database.transaction() as connection:
            if not await claims.take(connection, claim, self._clock()):
                return None
            found = await scopes.find(connection, scope)
            if found is None or not joinable(found):
                return False
            offer = Offer(short_id(12), person, "", language, scope=scope, version=found.version)
            await consent.make_offer(connection, offer, self._clock())
            await errands.enqueue(self._queue, connection, *then, offer=offer.id)
            return offer

    async def join_scope(
        self,
        claim: Claim,
        offer_id: str,
        person: str,
        yes: Yes,
        *then: Errand,
        announce: Iterable[Tell] = (),
    ) -> Joined | None:
        """Say yes to exactly the version that was offered; None: it is not theirs, or no longer how it stands.

        `announce` are told in their chats if those never were a source before.
        """
        now, mine = self._clock(), select(t.offer).where(t.offer.c.id == offer_id, t.offer.c.person == person)
        async with self._database.transaction(owner=person) as connection:
            fresh = await claims.take(connection, claim, now)
            offer = await consent.find_offer(connection, mine)
            scope = None if offer is None or offer.scope is None else await scopes.find(connection, offer.scope)
            stands = scope is not None and offer is not None and scope.version == offer.version and joinable(scope)
            if offer is None or scope is None or not stands or await halted(connection, person):
                return None
            if await forbidden(connection, *scope.document.sources.chats):
                return None
            if fresh:
                await self._left_out(connection, person, scope)
                await self._given(connection, offer, scope, yes)
                await connection.execute(update(t.offer).where(t.offer.c.id == offer_id).values(taken=True))
                await errands.enqueue(self._queue, connection, *then)
                for tell in announce:
                    if await claims.announced(connection, str(tell.chat), now):
                        await errands.enqueue(self._queue, connection, tell)
            found = await joined(connection, person, now, scope.name)
        await self._keys_changed()
        return next(iter(found), None)

    async def narrow_scope(
        self, claim: Claim, person: str, scope: str, narrower: Narrower, *then: Errand
    ) -> Joined | bool | None:
        """Take something back of a scope that was joined, or of the built-in one in every chat; None: claimed before.

        False: it would be no less. True: done, of the built-in one.
        """
        now = self._clock()
        async with self._database.transaction(owner=person) as connection:
            if not await claims.take(connection, claim, now):
                return None
            await owners.lock(connection, person)
            rows = [r for r in await consent.kept(connection, person) if r.scope == scope and r.kind != "departed"]
            ends = {r.seq: r.ends for r in await _standing(connection, person) if r.scope == scope}
            changes = [(row, _less(row, narrower, ends[row.seq])) for row in rows]
            if not any(less for _, less in changes):
                return False
            for row, less in changes:
                await consent.follow(connection, row, "narrowed" if row.kind in LIVE else row.kind, less | {"at": now})
            await owners.raise_epoch(connection, person)
            note: ledger.Payload = {"scope": scope, "consents": len(rows)}
            await ledger.append(connection, self._vault, person, "narrowed", now, note, None)
            await errands.enqueue(self._queue, connection, *then)
            found = await joined(connection, person, now, scope)
        return next(iter(found), True)

    async def joined_scopes(self, person: str) -> Sequence[Joined]:
        """The scopes that a person has joined and not left, by name; for their eyes alone."""
        async with self._database.transaction(owner=person) as connection:
            return await joined(connection, person, self._clock())

    async def sources(self, person: str) -> Sequence[str]:
        """The chats of which anything of a person's is recorded now, by whichever scope."""
        async with self._database.transaction(owner=person) as connection:
            return await consent.sources(connection, person, self._clock())

    async def learns_since(self, person: str, chat: str) -> datetime | None:
        """From when on anything of a person's may be recorded of a chat, by whichever scope; None: nothing may."""
        async with self._database.transaction(owner=person) as connection:
            rows = await _standing(connection, person)
        here = [row.since for row in rows if row.chat == chat and row.kind in LIVE and self._clock() < row.ends]
        return min(here, default=None)

    async def _left_out(self, connection: AsyncConnection, person: str, scope: Scope) -> None:
        """Chats that an earlier yes was about, and this version is not any more, are left."""
        rows = await consent.kept(connection, person) if await owners.lock(connection, person) else []
        old = [r.chat for r in rows if r.scope == scope.name and r.chat not in scope.document.sources.chats]
        for chat in old:
            hands = (connection, self._vault, self._keyring, person, self._clock())
            done = await leaving.leave(*hands, chat=chat, scope=scope.name, kind="withdrawn")
            if done is not None:
                await errands.enqueue_erasure(self._queue, connection, person, done.id)

    async def _given(self, connection: AsyncConnection, offer: Offer, scope: Scope, yes: Yes) -> None:
        """One event for each source chat, all with the same sides; looking back is an event of its own."""
        now, person, name = self._clock(), offer.person, scope.name
        owner = await owners.admit(connection, self._keyring, person, now)
        assert owner.key_id is not None
        epoch = await owners.raise_epoch(connection, person)
        await owners.rename(connection, self._vault, person, owner.key_id, yes.name)
        await scope_words.blind(connection, self._vault, person, owner.key_id, scope.document.sources.words)
        event = _event(offer, scope, yes, now)
        back = consent.looks_back(yes.since, now)
        for chat in dict.fromkeys(scope.document.sources.chats):
            birth = await consent.born(connection, person, chat, epoch)
            here = {**event, "chat": chat, "birth": birth, "since": now if back else yes.since}
            await consent.append(connection, person, "given", here)
            if back:
                await consent.append(connection, person, "look_back", here | {"since": yes.since})
        note: ledger.Payload = {"scope": name, "version": scope.version, "notice": yes.notice.sha256}
        if back:
            note = {**note, "since": yes.since.isoformat()}
        await ledger.append(connection, self._vault, person, "given", now, note, None)


def joinable(scope: Scope) -> bool:
    """Whether there is anything to say yes to."""
    document, named = scope.document, not is_default(scope.name)
    audience = document.audience
    somebody = bool(audience.chats or audience.people or audience.departments)
    return named and bool(document.sources.chats) and somebody and document.ceiling.level != "withheld"


async def joined(connection: AsyncConnection, person: str, now: datetime, scope: str | None = None) -> list[Joined]:
    """What a person joined by name and keeps, as it stands under its admin's last version; of handovers one by name.

    A chat that is forbidden is none of its sources; with no other, it is withheld.
    """
    named = [r for r in await _standing(connection, person) if r.audience == "scope"]
    rows = [r for r in named if (r.scope != HANDOVER if scope is None else r.scope == scope)]
    stopped = bool(rows) and await halted(connection, person)
    found: dict[str, Joined] = {}
    barred = {(row.scope, row.chat): row.barred for row in rows}
    for row in rows:
        known = found.get(row.scope)
        if known is None or (barred[known.scope, known.sources[-1]] and not row.barred):
            found[row.scope] = _shape(row, now, stopped)
        elif not row.barred:
            found[row.scope] = replace(known, sources=(*known.sources, row.chat))
    return [found[name] for name in sorted(found)]


def _shape(row: Row[Any], now: datetime, stopped: bool) -> Joined:
    allowed = row.allowed or {}
    readers = {side: _both(getattr(row, side), allowed.get(side)) for side in AUDIENCE}
    level = "withheld" if row.withheld or row.barred else "outline" if row.outline else "full"
    waits = row.kind in ("paused", "signed", "handed")
    going = "halted" if stopped else "forbidden" if row.barred else "going"
    over = "left" if row.kind == "departed" and row.scope != HANDOVER else "over"
    state = row.kind if waits else going if row.kind in LIVE and now < row.ends else over
    sides = {**readers, "words": None if row.words is None else tuple(row.words)}
    limits = {"level": level, "mode": "review" if row.review else "auto", "quota": row.quota}
    speech = "model" if row.modelled else "quotes"
    times = {"since": row.since, "until": row.ends, "receipt": row.id, "state": state}
    return Joined(row.owner, row.scope, row.scope_version, (row.chat,), **sides, **limits, speech=speech, **times)  # type: ignore[arg-type]


def _both(joined: Sequence[str] | None, allowed: Sequence[str] | None) -> tuple[str, ...]:
    """Whom an owner said yes to and the scope still lists."""
    return tuple(one for one in joined or () if one in (allowed or ()))


async def _standing(connection: AsyncConnection, person: str) -> Sequence[Row[Any]]:
    standing = standings()
    kept = consent.sql_kept(standing)
    barred = sql_forbidden(standing.c.chat).label("barred")
    found = select(standing, barred).where(standing.c.owner == person, kept).order_by(standing.c.scope, standing.c.chat)
    return (await connection.execute(found)).all()


def _less(row: Row[Any], narrower: Narrower, ends: datetime) -> dict[str, Any]:
    """What changes of an event; nothing where it would be as wide as before."""
    less: dict[str, Any] = {}
    if narrower.level is not None and FINER.index(narrower.level) < FINER.index(row.level):
        less["level"] = narrower.level
    if narrower.until is not None and narrower.until < ends:
        less["until"] = narrower.until
    if narrower.review and row.mode != "review":
        less["mode"] = "review"
    for side in AUDIENCE:
        listed = getattr(row, side) or ()
        rest = [one for one in listed if one not in narrower.without]
        if len(rest) < len(listed):
            less[side] = rest
    # a later event must not put off what a ceiling counts from
    return less | {"until": min(ends, less.get("until", ends))} if less else less


def _event(offer: Offer, scope: Scope, yes: Yes, now: datetime) -> dict[str, Any]:
    document, ceiling = scope.document, scope.document.ceiling
    days = min(yes.days, scopes.LONGEST, ceiling.days or scopes.LONGEST)
    said = {"scope": scope.name, "scope_version": scope.version, "audience": "scope", "offer": offer.id}
    limits = {"level": ceiling.level, "mode": ceiling.mode or "review", "speech": ceiling.words, "quota": ceiling.quota}
    sides = {side: list(getattr(document.audience, side)) for side in AUDIENCE}
    notice = {"notice": yes.notice.version, "notice_sha256": yes.notice.sha256, "language": yes.notice.language}
    times = {"at": now, "until": now + timedelta(days=days), "words": list(document.sources.words) or None}
    return {**said, **limits, **sides, **notice, **times}
