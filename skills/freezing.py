"""What admins order about people: halting their doubles, and freezing those of people who left the company."""

from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import consent, drafts, errands, leaving, ledger, owners
from skills import tables as t
from skills.halting import halt_table, halted
from skills.ordering import Answer, Hands
from skills.parts import Parts
from skills.words import EVERYBODY, Tell

NOTHING: Answer = {}  # is answered, so that nobody learns here who has a double


@dataclass(frozen=True, slots=True)
class Halt:
    """Stop somebody's double, or everybody's: nothing is answered, recorded or erased."""

    person: str = EVERYBODY

    async def carry_out(self, hands: Hands) -> Answer:
        """An owner who is halted alone is told privately."""
        row = {"person": self.person, "at": hands.now, "by": hands.by}
        await _hold(hands.connection, self.person)
        made = upsert(halt_table).values(row).on_conflict_do_nothing().returning(halt_table.c.person)
        if (await hands.connection.execute(made)).one_or_none() is not None:
            await _changed(hands, self.person, "halted")
        return NOTHING


@dataclass(frozen=True, slots=True)
class Resume:
    """Take a halt back; one over everybody and one over somebody end each by itself."""

    person: str = EVERYBODY

    async def carry_out(self, hands: Hands) -> Answer:
        """Consents stand as they stood, to their old end; what was said meanwhile stays unrecorded."""
        await _hold(hands.connection, self.person)
        gone = delete(halt_table).where(halt_table.c.person == self.person)
        if (await hands.connection.execute(gone)).rowcount:
            await _changed(hands, self.person, "unhalted")
        return NOTHING


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody left the company: frozen now, erased after 30 days."""

    person: str

    async def carry_out(self, hands: Hands) -> Answer:
        """The same whether there is a double or not."""
        await owners.act_for(hands.connection, self.person)
        await leaving.depart(hands.connection, hands.vault, self.person, hands.now)
        return NOTHING


@dataclass(frozen=True, slots=True)
class Returned:
    """Somebody did not leave, or came back: what was frozen is paused, and goes on at its owner's own word."""

    person: str

    async def carry_out(self, hands: Hands) -> Answer:
        """It is not erased then; an admin cannot switch it on again."""
        await owners.act_for(hands.connection, self.person)
        if await leaving.come_back(hands.connection, hands.vault, self.person, hands.now):
            await _tell(hands, self.person, "returned")
        return NOTHING


class Halting(Parts):
    """What an owner may know about it."""

    async def halted(self, person: str) -> bool:
        """Whether an admin halts this person's double; False for whoever has none."""
        async with self._database.transaction(owner=person) as connection:
            return await halted(connection, person) and bool(await consent.kept(connection, person))


async def _hold(connection: AsyncConnection, person: str) -> None:
    """Lock whoever is meant, or everybody, so that no answer is on its way to being recorded."""
    await (owners.touched(connection, []) if person == EVERYBODY else owners.lock(connection, person))


async def _changed(hands: Hands, person: str, what: str) -> None:
    """Every grant of theirs is stale; their ledger says it, and one halted alone is told."""
    raised = update(t.owner).values(epoch=t.owner.c.epoch + 1)
    if person == EVERYBODY:
        await hands.connection.execute(raised)
        await drafts.settle_all(hands.connection, hands.now)
        return
    await owners.act_for(hands.connection, person)
    await drafts.settle(hands.connection, person, hands.now)
    await hands.connection.execute(raised.where(t.owner.c.owner == person))
    if await consent.kept(hands.connection, person):
        await ledger.append(hands.connection, hands.vault, person, what, hands.now, {}, None)
        await _tell(hands, person, what)


async def _tell(hands: Hands, person: str, card: str) -> None:
    """A card for an owner alone, in the language of the notice that they read."""
    kept = await consent.kept(hands.connection, person)
    if kept:
        ids = {"event": hands.event}  # or the next one would be taken for the same card
        card_ = Tell(card, person.split(":")[0], person=person, language=kept[-1].language, ids=ids)
        await errands.enqueue(hands.queue, hands.connection, card_)
