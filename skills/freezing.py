"""What admins order about people: halting their doubles, and freezing those of people who left the company."""

from dataclasses import dataclass

from sqlalchemy import update

from skills import consent, drafts, errands, halting, leaving, ledger, owners
from skills import tables as t
from skills.halting import halted
from skills.ordering import Answer, Hands, Taken
from skills.parts import Parts
from skills.words import EVERYBODY, Tell

NOTHING: Answer = {}  # is answered, so that nobody learns here who has a double


@dataclass(frozen=True, slots=True)
class Halt:
    """Stop somebody's double, or everybody's: nothing is answered, recorded or erased."""

    person: str = EVERYBODY

    async def take(self, hands: Hands) -> Taken:
        """An owner who is halted alone is told privately."""
        row: dict[str, object] = {"person": self.person, "at": hands.now, "by": hands.by}
        new = await halting.halt(hands.connection, row)
        return Taken(NOTHING, {"what": "halted", "person": self.person} if new else None)


@dataclass(frozen=True, slots=True)
class Resume:
    """Take a halt back; one over everybody and one over somebody end each by itself."""

    person: str = EVERYBODY

    async def take(self, hands: Hands) -> Taken:
        """Consents stand as they stood, to their old end; what was said meanwhile stays unrecorded."""
        new = await halting.resume(hands.connection, self.person)
        return Taken(NOTHING, {"what": "unhalted", "person": self.person} if new else None)


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody left the company: frozen now, erased after 30 days."""

    person: str

    async def take(self, hands: Hands) -> Taken:
        """Halted until their consents are frozen; the same whether there is a double or not."""
        row: dict[str, object] = {"person": self.person, "at": hands.now}
        await halting.hold(hands.connection, row, hands.event)
        return Taken(NOTHING, {"what": "left", "person": self.person})


@dataclass(frozen=True, slots=True)
class Returned:
    """Somebody did not leave, or came back: what was frozen is paused, and goes on at its owner's own word."""

    person: str

    async def take(self, hands: Hands) -> Taken:
        """It is not erased then; an admin cannot switch it on again."""
        return Taken(NOTHING, {"what": "returned", "person": self.person})


class Halting(Parts):
    """What an owner may know about it."""

    async def halted(self, person: str) -> bool:
        """Whether an admin halts this person's double; False for whoever has none."""
        async with self._database.transaction(owner=person) as connection:
            return await halted(connection, person) and bool(await consent.kept(connection, person))


async def left(hands: Hands, person: str) -> None:
    """Freeze what they had, and let go of what stopped it until then."""
    await owners.act_for(hands.connection, person)
    await leaving.depart(hands.connection, hands.vault, person, hands.now)
    await halting.release(hands.connection, person, hands.event)


async def returned(hands: Hands, person: str) -> None:
    """Pause what was frozen, and tell them."""
    await owners.act_for(hands.connection, person)
    if await leaving.come_back(hands.connection, hands.vault, person, hands.now):
        await _tell(hands, person, "returned")


async def turned(hands: Hands, person: str, what: str) -> None:
    """After a halt every grant of theirs is stale; of either, their ledger says it, and one halted alone is told."""
    if what == "halted":
        await _stale(hands, person)
    if person == EVERYBODY:
        return
    await owners.act_for(hands.connection, person)
    if await consent.kept(hands.connection, person):
        await ledger.append(hands.connection, hands.vault, person, what, hands.now, {}, None)
        await _tell(hands, person, what)


async def _stale(hands: Hands, person: str) -> None:
    """What was granted to others stays closed when the halt ends; drafts of what nobody may have are dropped."""
    raised = update(t.owner).values(epoch=t.owner.c.epoch + 1)
    if person == EVERYBODY:
        await owners.touched(hands.connection, [])
        await hands.connection.execute(raised)
        await drafts.settle_all(hands.connection, hands.now)
        return
    await owners.act_for(hands.connection, person)
    await owners.lock(hands.connection, person)
    await hands.connection.execute(raised.where(t.owner.c.owner == person))
    await drafts.settle(hands.connection, person, hands.now)


async def _tell(hands: Hands, person: str, card: str) -> None:
    """A card for an owner alone, in the language of the notice that they read."""
    kept = await consent.kept(hands.connection, person)
    if kept:
        ids = {"event": hands.event}  # or the next one would be taken for the same card
        card_ = Tell(card, person.split(":")[0], person=person, language=kept[-1].language, ids=ids)
        await errands.enqueue(hands.queue, hands.connection, card_)
