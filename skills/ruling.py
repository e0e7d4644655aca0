"""What admins order for the whole house, and what follows: words that are older than they may be are deleted."""

from dataclasses import asdict, dataclass

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from skills import agreement, drafts, erasure, errands, ledger, news, owners, rules
from skills import tables as t
from skills.halting import halted
from skills.ordering import Hands, Taken
from skills.parts import Parts
from skills.rules import Rules, chat_table, rule_table
from skills.words import EVERYBODY


@dataclass(frozen=True, slots=True)
class SetRules:
    """The rules from now on, in place of all there were."""

    rules: Rules

    async def take(self, hands: Hands) -> Taken:
        """They act on the next question, and on words within the hour."""
        said = {name: value for name, value in asdict(self.rules).items() if value is not None}
        rows = [{"name": name, "value": value, "at": hands.now, "by": hands.by} for name, value in said.items()]
        await hands.connection.execute(delete(rule_table))
        if rows:
            await hands.connection.execute(insert(rule_table), rows)
        return Taken({})


@dataclass(frozen=True, slots=True)
class ForbidChat:
    """From now on nothing is learned in a chat, nor answered out of what was learned there; nothing is erased."""

    chat: str

    async def take(self, hands: Hands) -> Taken:
        """Whatever scope it was learned under; whose double it touches is told privately."""
        row = {"chat": self.chat, "at": hands.now, "by": hands.by}
        made = upsert(chat_table).values(row).on_conflict_do_nothing().returning(chat_table.c.chat)
        changed = (await hands.connection.execute(made)).one_or_none() is not None
        return Taken({}, {"what": "forbidden", "chat": self.chat} if changed else None)


@dataclass(frozen=True, slots=True)
class AllowChat:
    """Take that back."""

    chat: str

    async def take(self, hands: Hands) -> Taken:
        """What owners consented to there stands again, to its old end."""
        gone = delete(chat_table).where(chat_table.c.chat == self.chat)
        changed = (await hands.connection.execute(gone)).rowcount > 0
        return Taken({}, {"what": "allowed", "chat": self.chat} if changed else None)


@dataclass(frozen=True, slots=True)
class Ruled:
    """What admins have said for everybody; whom they said something about is not read back."""

    rules: Rules
    chats: tuple[str, ...]  # of which nothing may be learned
    halted: bool  # everybody


class Ruling(Parts):
    """Read by admins, and kept to every hour."""

    async def ruled(self) -> Ruled:
        """What is in force."""
        async with self._database.transaction() as connection:
            found = set((await connection.execute(select(chat_table.c.chat))).scalars())
            agreed = await agreement.standing(connection)
            found.update(agreed.forbids.chats if agreed else ())
            stopped = await halted(connection, EVERYBODY)
            return Ruled(await rules.in_force(connection), tuple(sorted(found)), stopped)

    async def outlive(self) -> int:
        """Delete what is older than the house keeps words, with all that was made of it; returns how many passages."""
        async with self._database.transaction() as connection:
            since = await rules.oldest(connection, self._clock())
            found = select(t.owner.c.owner).where(t.owner.c.key_id.is_not(None)).order_by(t.owner.c.owner)
            mine = list((await connection.execute(found)).scalars()) if since else []
        return sum([await self._outlive(owner) for owner in mine])

    async def _outlive(self, owner: str) -> int:
        """Batch by batch; the owner's ledger says how many went, once for each batch."""
        deleted, batch = 0, -1
        while batch:
            async with self._database.transaction(owner=owner) as connection:
                await owners.lock(connection, owner)
                since = await rules.oldest(connection, self._clock())
                if since is None:
                    return deleted
                old = and_(t.passage.c.owner == owner, t.passage.c.at < since)
                batch = (await erasure.delete_passages(connection, owner, old)).get("passages", 0)
                if batch:
                    note: ledger.Payload = {"passages": batch}
                    await ledger.append(connection, self._vault, owner, "outlived", self._clock(), note, None)
            deleted += batch
        return deleted


async def turned(hands: Hands, chat: str, what: str) -> None:
    """Owners there are told; what was granted before a chat was forbidden stays closed."""
    if what == "forbidden":
        await _stale(hands, chat)
    for tell in await news.of_chats(hands.connection, [chat], hands.event):
        await errands.enqueue(hands.queue, hands.connection, tell)


async def _stale(hands: Hands, chat: str) -> None:
    events = select(t.consent_event.c.owner).where(t.consent_event.c.chat == chat)
    raised = update(t.owner).where(t.owner.c.owner.in_(events)).values(epoch=t.owner.c.epoch + 1)
    await hands.connection.execute(raised)
    await drafts.settle_all(hands.connection, hands.now)
