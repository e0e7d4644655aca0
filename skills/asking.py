"""Asking a double: who may be asked, the grant, what it recalls, and the answer as it goes out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, func, select

from skills import answers, recall
from skills import joined as together
from skills import tables as t
from skills.answers import Earlier
from skills.nearest import Asked
from skills.opening import Opening
from skills.owners import name_place
from skills.permission import askable, asks, left
from skills.vault import Vault
from skills.words import Answered, Double, Grant, Language, Mode, Passage, Recalled, Venue


class Asking(Opening):
    """What can be asked of doubles; every decision is made afresh, in SQL, where the rows are read."""

    async def doubles(self, asker: str, venue: Venue, mode: Mode = "auto") -> Sequence[Double]:
        """The owners whose grant covers these readers, by name; in mode review, those who may be drafted for."""
        async with self._database.transaction() as connection:
            rows = (await connection.execute(askable(venue.direct, mode), asks(asker, venue, self._clock()))).all()
        return sorted(await unsealed(self._vault, rows), key=lambda d: (d.name, d.owner))

    async def grant(
        self, owner: str, *, asker: str, venue: Venue, readers: frozenset[str] | None, mode: Mode = "auto"
    ) -> Grant | None:
        """The permission to ask an owner's double here and now; None for every kind of no.

        `readers` None: the platform does not tell. Words for a chat are for whoever is in it, so no list is needed.
        """
        asked = {"owner": owner, **asks(asker, venue, self._clock())}
        async with self._database.transaction(owner=owner) as connection:
            rows = (await connection.execute(left(venue.direct, mode)[0], asked)).all()
        if not rows or (venue.direct and readers is not None and not readers <= {asker}):
            return None
        full = any(row.level == "full" for row in rows)
        handed = min((row.ends for row in rows), default=None) if all(row.handed for row in rows) else None
        return Grant(owner, asker, venue, rows[0].epoch, "full" if full else "outline", mode, handed)

    async def recall(self, grant: Grant, question: str, limit: int = 8) -> Sequence[Passage]:
        """The best passages for a question, best first; none where too little of it was ever said.

        A stale or made-up grant recalls nothing.
        """
        found = await self.search(grant, question, limit)
        return found.passages if found.evidence.enough else []

    async def search(self, grant: Grant, question: str, limit: int = 8) -> Recalled:
        """The same with the evidence for it, enough or not: for who decides otherwise, and for measuring."""
        meant = await self._meant(question)
        async with self._database.transaction(owner=grant.owner, planned=True) as connection:
            return await recall.recall(connection, self._vault, grant, question, meant, limit, self._clock())

    async def _meant(self, question: str) -> Asked | None:
        vectors = None if self._meaning is None else await self._meaning.of_question(question)
        if self._meaning is None or vectors is None:
            return None
        return Asked(self._meaning.model, vectors, self._meaning.usual(vectors))

    async def joined(self, grant: Grant, passages: Sequence[str]) -> Mapping[str, Sequence[Passage]]:
        """For each passage what was said in one go with it, in order and itself included, as far as it is covered."""
        async with self._database.transaction(owner=grant.owner) as connection:
            return await together.joined(connection, self._vault, grant, passages, self._clock())

    async def holds(self, grant: Grant) -> bool:
        """Whether a grant would be given again, with nothing changed since."""
        async with self._database.transaction(owner=grant.owner) as connection:
            return await answers.holds(connection, grant, self._clock())

    async def deliver(
        self,
        grant: Grant,
        passages: Sequence[str],
        provider: str | None = None,
        sentences: tuple[int, int] = (0, 0),
    ) -> Answered | None:
        """Record an answer as sent: None, and nothing is to be sent, unless every passage may still be read there.

        `provider`: whose model wrote it; then its owner's yes to that still stands as well. `sentences`: how many of
        its own are shown, in other words and inferred.
        """
        async with self._database.transaction(owner=grant.owner, in_turn=True) as connection:
            return await answers.deliver(connection, self._vault, grant, passages, self._clock(), provider, sentences)

    async def shown(
        self,
        answer: str,
        platform: str,
        chat: str,
        message: str,
        language: Language | None = None,
        thread: str | None = None,
    ) -> bool:
        """Remember where an answer stands, in which thread, and in which language it was said.

        False: its owner has withdrawn since, so it must not stand there.
        """
        async with self._database.transaction() as connection:
            owner = await answers.owner_of_answer(connection, answer)
        if owner is None:
            return False
        async with self._database.transaction(owner=owner) as connection:
            now = self._clock()
            where = {"platform": platform, "chat": chat, "message": message, "language": language}
            return await answers.shown(connection, owner, answer, {**where, "thread": thread, "at": now}, now)

    async def earlier(self, chat: str, thread: str | None, message: str | None) -> Earlier | None:
        """The one answer that a message replies to, else the last one of its thread; by ids, and without its words."""
        async with self._database.transaction() as connection:
            found = await answers.last_there(connection, chat, thread, message)
        if found is None:
            return None
        async with self._database.transaction(owner=found[0]) as connection:
            return Earlier(found[0], await answers.cited(connection, *found))

    async def owner_of(self, chat: str, message: str) -> str | None:
        """Whose double gave the answer that stands in this message; None: it is no answer."""
        async with self._database.transaction() as connection:
            return await answers.owner_of(connection, chat, message)

    async def answered(self, owner: str, days: int) -> int:
        """How often an owner's double answered somebody else in the last days; for the owner's eyes alone."""
        a, since = t.answer.c, self._clock() - timedelta(days=days)
        theirs = and_(a.owner == owner, a.asker != owner, a.at > since, a.retracted_at.is_(None))
        async with self._database.transaction(owner=owner) as connection:
            return int((await connection.execute(select(func.count()).where(theirs))).scalar_one())

    async def own(self, owner: str, chat: str | None = None, limit: int = 8) -> Sequence[Passage]:
        """An owner's own latest passages, newest first, for their eyes alone."""
        async with self._database.transaction(owner=owner) as connection:
            return await recall.latest(connection, self._vault, owner, chat, limit, self._clock())


async def unsealed(vault: Vault, rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Double]:
    """Owners with their names, of rows of `standings`; without those whose key is gone."""
    named = [(r.owner, await vault.unseal(r.owner_key_id, name_place(r.owner), r.owner_name)) for r in rows]
    return [Double(owner, *_names(sealed)) for owner, sealed in named if sealed is not None]


def _names(sealed: str) -> tuple[str, tuple[str, ...]]:
    """The name on display and the others, which are sealed together."""
    name, *also = sealed.split("\n")
    return name, tuple(also)
