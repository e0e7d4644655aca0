"""What an owner does about a draft: sent, or answered by themselves, or never; decided again under their lock."""

from typing import Any, Literal

from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from skills import answers, claims, drafting, errands, owners, putting
from skills import tables as t
from skills.belonging import plain
from skills.drafting import Drafting
from skills.drafts import KEPT, draft
from skills.errands import Errand
from skills.onward import Onward, go_onward
from skills.withholding import Withholding
from skills.words import UNTOLD, Claim, PutQuestion, Within

Outcome = Literal["sent", "gone", "not_any_more", "again"]


class Reviewing(Drafting, Withholding):
    """At the owner's own word alone, and once: whoever else learns of it learns it from the answer."""

    async def send_draft(
        self,
        claim: Claim,
        owner: str,
        id_: str,
        *then: Errand,
        own: str = "",
        onward: Onward | None = None,
        sentences: tuple[int, int] = (0, 0),
        within: Within = UNTOLD,
    ) -> Outcome:
        """Record a draft as the answer it becomes, decided again under its owner's lock, and enqueue what brings it.

        `own`: the owner's own words in its place. `onward`: the same is answered at once from now on. `sentences`: how
        many of a model's reword, and how many are inferred. `within`: where its readers belong now. What
        may not be sent any more is dropped.
        """
        now = self._clock()
        async with self._database.transaction(owner=owner) as connection:
            if not await claims.take(connection, claim, now):
                return "again"
            held = await owners.lock(connection, owner)
            row = await drafting.find(connection, owner, id_)
            if held is None or row is None or row.state != "open" or row.at <= now - KEPT:
                return "gone"
            await drafting.mark(connection, row, within=plain(within))
            row = await drafting.find(connection, owner, id_) or row
            grant, ids = drafting.grant_of(row, held.epoch), await drafting.cited_by(connection, row)
            provider = None if own else row.provider
            door = (connection, self._vault, grant, [str(one) for one in ids], now, provider, sentences)
            answered = await answers.deliver(*door, reviewed=True)
            if answered is None:
                await connection.execute(delete(draft).where(draft.c.owner == owner, draft.c.id == id_))
                return "not_any_more"
            await drafting.mark(connection, row, state="sent", answer=answered.id)
            if own:
                await drafting.seal(connection, self._vault, owner, id_, own, own=True)
            if onward is not None:
                await go_onward(connection, self._vault, row, ids, onward, now)
            await errands.enqueue(self._queue, connection, *then)
            return "sent"

    async def decline_draft(self, claim: Claim, owner: str, id_: str, *then: Errand) -> bool | None:
        """Send nothing, and tell nobody; None when claimed before, False: there is no such draft that waits."""
        async with self._database.transaction(owner=owner) as connection:
            row = await self._open(connection, claim, owner, id_)
            if row is None or row is False:
                return row
            await drafting.mark(connection, row, state="declined", sealed=None, key_id=None)
            await errands.enqueue(self._queue, connection, *then)
            return True

    async def withhold_draft(self, claim: Claim, owner: str, id_: str, *then: Errand) -> bool | None:
        """Keep back what a draft cites from everybody, and with it every draft that cites it.

        None when claimed before, False: there is no such draft that waits.
        """
        async with self._database.transaction(owner=owner) as connection:
            row = await self._open(connection, claim, owner, id_)
            if row is None or row is False:
                return row
            m, ids = t.message.c, await drafting.cited_by(connection, row)
            said = select(m.chat, m.message).where(m.owner == owner, m.passage.in_(ids)).distinct()
            rows = (await connection.execute(said.order_by(m.chat, m.message))).all()
            await self._hold_messages(connection, owner, [(row.chat, row.message) for row in rows])
            await self._done(connection, owner, "withheld", {"draft": id_}, *then)
            return True

    async def put_draft(self, claim: Claim, owner: str, id_: str) -> PutQuestion | Literal[False] | None:
        """Let an owner answer by themselves what a draft was for, as if it had been put to them alone.

        None when claimed before, False: there is no such draft that waits.
        """
        async with self._database.transaction(owner=owner) as connection:
            row = await self._open(connection, claim, owner, id_)
            if row is None or row is False:
                return row
            await drafting.mark(connection, row, state="put", sealed=None, key_id=None)
            ids = (row.platform, row.chat, row.asker, owner, row.asked, row.question)
            put = PutQuestion("", *ids, row.language, row.thread, private=row.direct)
            return await putting.keep(connection, put, self._clock())

    async def _open(
        self, connection: AsyncConnection, claim: Claim, owner: str, id_: str
    ) -> Row[Any] | Literal[False] | None:
        """The draft that waits, under its owner's lock."""
        if not await claims.take(connection, claim, self._clock()):
            return None
        await owners.lock(connection, owner)
        row = await drafting.find(connection, owner, id_)
        return row if row is not None and row.state == "open" else False
