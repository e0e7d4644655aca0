"""The one door to consent and knowledge: every method is one transaction, with consent in its WHERE."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, delete, select, update

from skills import claims, consent, drafts, erasure, errands, leaving, ledger, messages, owners
from skills import tables as t
from skills.agreement import Agreed
from skills.asking import Asking
from skills.carried import Carried
from skills.carrying import Carrying
from skills.chat_names import ChatNames
from skills.consent import Wish
from skills.credits import Credits
from skills.earlier import Earlier
from skills.errands import Errand
from skills.feedback import Feedback
from skills.freezing import Halting
from skills.halting import halted
from skills.handing import Handing
from skills.heads import Heads
from skills.interviews import Interviews
from skills.inventory import Inventory
from skills.leftover import Leftovers
from skills.manners import Manners
from skills.membership import Membership
from skills.notes import Notes
from skills.objecting import Objecting
from skills.office import Office
from skills.ordering import Ordering
from skills.pausing import Pausing
from skills.placed import Placed
from skills.portable import Portability
from skills.putting import Putting
from skills.readings import Readings
from skills.records import Records
from skills.renewing import Renewing
from skills.retracting import Retracting
from skills.returning import Returning
from skills.reviewing import Reviewing
from skills.rules import forbidden
from skills.ruling import Ruling
from skills.speaking import Speaking
from skills.streamed import Streamed
from skills.tokens import Tokens
from skills.totals import Totals
from skills.unanswered import Unanswered
from skills.upkeep import Upkeep
from skills.windows import Windows
from skills.words import HANDOVER, Audience, Claim, Consent, Erasure, Language, Notice, Offer, Said, Tell
from skills.written import Written


class Store(
    Office,
    Ordering,
    Carrying,
    Tokens,
    Totals,
    Asking,
    Putting,
    Unanswered,
    Notes,
    Earlier,
    Interviews,
    Objecting,
    Pausing,
    Agreed,
    Halting,
    Handing,
    Ruling,
    Readings,
    ChatNames,
    Records,
    Renewing,
    Heads,
    Retracting,
    Feedback,
    Reviewing,
    Credits,
    Speaking,
    Streamed,
    Membership,
    Inventory,
    Portability,
    Returning,
    Written,
    Placed,
    Carried,
    Manners,
    Windows,
    Leftovers,
    Upkeep,
):
    """What colleagues share: who consented to what, what they said there, and who was answered with it."""

    async def claim(self, claim: Claim, *then: Errand) -> bool:
        """Claim a delivery and enqueue what follows; False, and nothing done, when it was claimed before."""
        async with self._database.transaction() as connection:
            if not await claims.take(connection, claim, self._clock()):
                return False
            await errands.enqueue(self._queue, connection, *then)
            return True

    async def defer(self, *then: Errand) -> None:
        """Enqueue errands that follow from no event."""
        async with self._database.transaction() as connection:
            await errands.enqueue(self._queue, connection, *then)

    async def record(self, claim: Claim, said: Said) -> bool:
        """Claim a message and record it if its author's consent covers it; False when it was claimed before.

        Of anybody else's words no trace is left.
        """
        async with self._database.transaction(owner=said.person) as connection:
            if not await claims.take(connection, claim, self._clock()):
                return False
            if await messages.record(connection, self._vault, said.person, said.chat, [said], self._clock()):
                await self._to_be_embedded(connection, said.person)
            return True

    async def forget(self, claim: Claim, chat: str, message: str) -> bool:
        """Erase a message that was taken back, and refuse it should it come later; False when claimed before."""
        now = self._clock()
        async with self._database.transaction() as connection:
            if not await claims.take(connection, claim, now):
                return False
            await claims.bar(connection, claim, chat, message, now)
            await drafts.taken_back(connection, chat, message)
            for owner in await messages.owners_in(connection, chat):
                if await messages.forget(connection, self._vault, owner, chat, message):
                    await ledger.append(connection, self._vault, owner, "forgotten", now, {"message": message}, chat)
                    await errands.enqueue_taking_down(self._queue, connection, owner)
            return True

    async def depart(self, claim: Claim, person: str) -> bool:
        """End the consents of a person who left the company, now; their words are erased after 30 days."""
        async with self._database.transaction(owner=person, first=True) as connection:
            if not await claims.take(connection, claim, self._clock()):
                return False
            await leaving.depart(connection, self._vault, person, self._clock())
            return True

    async def offer(self, claim: Claim, person: str, chat: str, language: Language, *then: Errand) -> Offer | None:
        """Offer consent for a chat to one person; None when claimed before. Every Tell gets the id as `offer`."""
        offer = Offer(consent.short_id(12), person, chat, language)
        async with self._database.transaction() as connection:
            if not await claims.take(connection, claim, self._clock()):
                return None
            await consent.make_offer(connection, offer, self._clock())
            await errands.enqueue(self._queue, connection, *then, offer=offer.id)
            return offer

    async def find_offer(self, offer_id: str) -> Offer | None:
        """An offer by its id, taken or not; None when declined or a week old."""
        async with self._database.transaction() as connection:
            return await consent.find_offer(connection, select(t.offer).where(t.offer.c.id == offer_id))

    async def latest_offer(self, person: str) -> Offer | None:
        """The last offer made to a person that they have neither taken nor declined; a handover is signed by its id."""
        o = t.offer.c
        open_ = and_(o.person == person, ~o.taken, o.scope.is_distinct_from(HANDOVER))
        last = select(t.offer).where(open_).order_by(o.at.desc(), o.id).limit(1)
        async with self._database.transaction() as connection:
            return await consent.find_offer(connection, last)

    async def join(
        self,
        claim: Claim,
        offer_id: str,
        *,
        person: str,
        name: str,
        audience: Audience,
        since: datetime,
        days: int = 90,
        notice: Notice,
        then: Iterable[Errand] = (),
        announce: Tell | None = None,
    ) -> Consent | None:
        """Switch an owner's double on in the chat of their own offer, or over to another audience or time.

        `announce` is told if this is the first consent there ever that lets others ask: once for each chat.

        None: no such offer to them, or an admin forbids it there. Delivered or tapped again, it changes nothing.
        """
        now, wish = self._clock(), Wish(name, audience, since, days, notice)
        mine = select(t.offer).where(t.offer.c.id == offer_id, t.offer.c.person == person)
        async with self._database.transaction(owner=person) as connection:
            fresh = await claims.take(connection, claim, now)
            offer = await consent.find_offer(connection, mine)
            if (
                offer is None
                or offer.scope is not None
                or await halted(connection, person)
                or await forbidden(connection, offer.chat)
            ):
                return None
            if fresh and await consent.join(connection, self._vault, self._keyring, offer, wish, now):
                await connection.execute(update(t.offer).where(t.offer.c.id == offer_id).values(taken=True))
                await errands.enqueue(self._queue, connection, *then)
                if announce and audience == "chat" and await claims.announced(connection, offer.chat, now):
                    await errands.enqueue(self._queue, connection, announce)
            standing = await consent.live(connection, person, now)
        await self._keys_changed()
        return next((given for given in standing if given.chat == offer.chat), None)

    async def decline(self, claim: Claim, offer_id: str, person: str, *then: Errand) -> bool:
        """Forget an offer without a trace; False when claimed before."""
        async with self._database.transaction() as connection:
            if not await claims.take(connection, claim, self._clock()):
                return False
            await connection.execute(delete(t.offer).where(t.offer.c.id == offer_id, t.offer.c.person == person))
            await errands.enqueue(self._queue, connection, *then)
            return True

    async def leave(
        self,
        claim: Claim,
        person: str,
        *,
        chat: str | None = None,
        scope: str | None = None,
        receipt: Tell | None = None,
        then: Iterable[Errand] = (),
    ) -> Erasure | None:
        """Switch a double off, for a chat, a scope or all: when this returns, it has stopped, and the erasure is begun.

        None: nothing to leave. Delivered again, it returns the erasure there is. `receipt` is sent when all is
        erased; every Tell gets the erasure's id as `erasure`.
        """
        now = self._clock()
        async with self._database.transaction(owner=person, first=True) as connection:
            if not await claims.take(connection, claim, now):
                return await erasure.latest(connection, person)
            done = await leaving.leave(
                connection,
                self._vault,
                self._keyring,
                person,
                now,
                chat=chat,
                scope=scope,
                kind="withdrawn",
                receipt=receipt,
            )
            if done is not None:
                await errands.enqueue_erasure(self._queue, connection, person, done.id)
                await errands.enqueue(self._queue, connection, *then, erasure=done.id)
        await self._keys_changed()
        return done

    async def consents(self, person: str) -> Sequence[Consent]:
        """What a person has switched on, with how many messages are recorded under each."""
        async with self._database.transaction(owner=person) as connection:
            return await consent.live(connection, person, self._clock())

    async def is_owner(self, person: str) -> bool:
        """Whether a person has a double now."""
        async with self._database.transaction() as connection:
            return await consent.owns(connection, person, self._clock())

    async def spoke(self, person: str, language: Language) -> None:
        """Remember in which language an owner last told the bot anything; of anybody else nothing is kept."""
        o = t.owner.c
        other = and_(o.owner == person, o.key_id.is_not(None), o.language.is_distinct_from(language))
        async with self._database.transaction(owner=person) as connection:
            await connection.execute(update(t.owner).where(other).values(language=language))

    async def language(self, person: str) -> Language | None:
        """That language; None: it is not known."""
        async with self._database.transaction(owner=person) as connection:
            return await owners.language(connection, person)

    async def rename(self, owner: str, name: str, also: Iterable[str] = ()) -> bool:
        """Seal the names by which colleagues know an owner, the one on display first; False for whoever is none."""
        async with self._database.transaction(owner=owner) as connection:
            held = await owners.lock(connection, owner)
            if held is None or held.key_id is None:
                return False
            await owners.rename(connection, self._vault, owner, held.key_id, name, *also)
            return True
