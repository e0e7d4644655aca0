"""Handovers: what an owner lets go on after they have left, for people whom they name, until a day that they name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import claims, consent, errands, halting, leaving, ledger, membership, owners
from skills import tables as t
from skills.consent import short_id
from skills.decision import Kind
from skills.errands import Errand
from skills.keyring import Keyring
from skills.membership import Joined
from skills.ordering import Hands, Taken
from skills.parts import Parts
from skills.permission import sql_live
from skills.standings import last_events, standings
from skills.vault import Vault
from skills.words import DEFAULT, HANDOVER, Claim, Erasure, Language, Notice, Offer


@dataclass(frozen=True, slots=True)
class Handover:
    """What is to be handed over: to whom, before when, and of which chats; None: of all that may be."""

    people: tuple[str, ...]
    until: datetime
    chats: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class EndHandover:
    """End what somebody handed over, for a leaver who wrote to the company because no chat reaches them any more."""

    person: str

    async def take(self, hands: Hands) -> Taken:
        """Halted until it is ended, and upkeep erases it; the same whether there is one or not."""
        await halting.hold(hands.connection, {"person": self.person, "at": hands.now}, hands.event)
        return Taken({}, {"what": "handover", "person": self.person})


class Handing(Parts):
    """Signed by its owner alone, while they are here; it gives nobody anything before they have left."""

    async def offer_handover(
        self, claim: Claim, person: str, wish: Handover, language: Language, *then: Errand
    ) -> Offer | bool | None:
        """Offer a handover to one person, to its last possible day at most; None: claimed before.

        False: there is nobody to hand anything to, or nothing that may be.
        """
        now = self._clock()
        async with self._database.transaction(owner=person) as connection:
            if not await claims.take(connection, claim, now):
                return None
            chats, last = await _possible(connection, person, wish.chats, now)
            people, until = tuple(dict.fromkeys(p for p in wish.people if p != person)), min(wish.until, last)
            if not chats or not people or until <= now:
                return False
            about = {"chats": tuple(chats), "people": people, "until": until}
            offer = Offer(short_id(12), person, "", language, scope=HANDOVER, **about)  # type: ignore[arg-type]
            await consent.make_offer(connection, offer, now)
            await errands.enqueue(self._queue, connection, *then, offer=offer.id)
            return offer

    async def sign_handover(
        self, claim: Claim, offer_id: str, person: str, notice: Notice, *then: Errand
    ) -> Joined | None:
        """Say yes to exactly what was offered, in the place of an earlier one; None: it is not theirs, or not possible.

        One consent event for each chat, all with the same other sides.
        """
        now, mine = self._clock(), select(t.offer).where(t.offer.c.id == offer_id, t.offer.c.person == person)
        async with self._database.transaction(owner=person) as connection:
            fresh = await claims.take(connection, claim, now)
            held, offer = await owners.lock(connection, person), await consent.find_offer(connection, mine)
            if held is None or offer is None or offer.scope != HANDOVER or offer.until is None:
                return None
            chats, last = await _possible(connection, person, offer.chats, now)
            if set(chats) != set(offer.chats) or not now < offer.until <= last:
                return None
            if fresh and not offer.taken:
                earlier = [row for row in await _handed(connection, person) if row.chat not in chats]
                await consent.end(connection, earlier, "withdrawn", now)
                for row in chats.values():
                    await consent.append(connection, person, "signed", _event(offer, row, notice, now))
                note: ledger.Payload = {"signed": len(chats), "readers": len(offer.people), "notice": notice.sha256}
                await _changed(connection, self._vault, person, now, note)
                await connection.execute(update(t.offer).where(t.offer.c.id == offer_id).values(taken=True))
                await errands.enqueue(self._queue, connection, *then)
            return await _standing(connection, person, now)

    async def handover(self, person: str) -> Joined | None:
        """What a person has handed over, begun or not; for their eyes alone."""
        async with self._database.transaction(owner=person) as connection:
            return await _standing(connection, person, self._clock())

    async def end_handover(self, claim: Claim, person: str, *then: Errand) -> bool | None:
        """Take a handover back, whole; None: claimed before, False: there is none."""
        async with self._database.transaction(owner=person, first=True) as connection:
            if not await claims.take(connection, claim, self._clock()):
                return None
            done = await end(connection, self._vault, self._keyring, person, self._clock(), "withdrawn")
            if done is False:
                return False
            if isinstance(done, Erasure):
                await errands.enqueue_erasure(self._queue, connection, person, done.id)
            await errands.enqueue(self._queue, connection, *then)
        await self._keys_changed()
        return True


async def end(
    connection: AsyncConnection, vault: Vault, keyring: Keyring, person: str, now: datetime, kind: Kind
) -> Erasure | bool:
    """End a handover; where it alone still held words, they are erased. False: there is none."""
    if await owners.lock(connection, person) is None:
        return False
    kept = await consent.kept(connection, person)
    rows, others = [r for r in kept if r.scope == HANDOVER], {r.chat for r in kept if r.scope == DEFAULT}
    if not rows:
        return False
    if any(row.chat not in others for row in rows):
        done = await leaving.leave(connection, vault, keyring, person, now, chat=None, kind=kind, scope=HANDOVER)
        assert done is not None
        return done
    await consent.end(connection, rows, kind, now)
    await _changed(connection, vault, person, now, {"ended": len(rows)})
    return True


async def ended(hands: Hands, person: str) -> None:
    """Nothing is answered of it any more, by an admin's order; let go of what stopped it until then."""
    connection, now = hands.connection, hands.now
    await owners.act_for(connection, person)
    rows = await _handed(connection, person) if await owners.lock(connection, person) else []
    for row in rows:
        await consent.follow(connection, row, "departed", {"at": now, "until": now})
    if rows:
        await _changed(connection, hands.vault, person, now, {"ended": len(rows)})
    await halting.release(connection, person, hands.event)


async def over(connection: AsyncConnection, now: datetime) -> Sequence[str]:
    """Whose handover has come to its end, or was ended for them."""
    events = last_events()
    kept = select(events.c.owner).where(events.c.scope == HANDOVER, consent.sql_kept(events))
    found = kept.group_by(events.c.owner).having(func.max(events.c.until) <= now).order_by(events.c.owner)
    return list((await connection.execute(found)).scalars())


async def _possible(
    connection: AsyncConnection, person: str, chats: Sequence[str] | None, now: datetime
) -> tuple[dict[str, Row[Any]], datetime]:
    """The consents to what may be handed over, by chat, and how long at most: where the double answers now, at once."""
    s = standings()
    answering = select(s.c.seq).where(s.c.owner == person, s.c.scope == DEFAULT, s.c.audience == "chat", ~s.c.review)
    seqs = set((await connection.execute(answering.where(sql_live(s, now)))).scalars())
    rows = [row for row in await consent.kept(connection, person) if row.seq in seqs]
    found = {row.chat: row for row in rows if chats is None or row.chat in chats}
    days = [await consent.allowed(connection, chat, consent.LONGEST) for chat in found]
    return found, now + timedelta(days=min((n for n in days if n is not None), default=0))


async def _handed(connection: AsyncConnection, person: str) -> list[Row[Any]]:
    return [row for row in await consent.kept(connection, person) if row.scope == HANDOVER]


async def _standing(connection: AsyncConnection, person: str, now: datetime) -> Joined | None:
    return next(iter(await membership.joined(connection, person, now, HANDOVER)), None)


def _event(offer: Offer, row: Row[Any], notice: Notice, now: datetime) -> dict[str, Any]:
    """The sides of a consent to others: no finer than what the chat itself is answered with, word for word."""
    told = {"scope": HANDOVER, "scope_version": 0, "audience": "scope", "level": row.level, "mode": "auto"}
    readers = {"chats": [], "people": list(offer.people), "departments": [], "words": None}
    read = {"notice": notice.version, "notice_sha256": notice.sha256, "language": notice.language}
    words = {"chat": row.chat, "birth": row.birth, "since": row.since, "until": offer.until}
    return {**told, **readers, **read, **words, "at": now, "offer": offer.id, "speech": "quotes", "quota": None}


async def _changed(connection: AsyncConnection, vault: Vault, person: str, now: datetime, note: ledger.Payload) -> None:
    await owners.raise_epoch(connection, person)
    await ledger.append(connection, vault, person, "handover", now, note, None)
