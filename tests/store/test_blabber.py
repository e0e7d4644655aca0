"""A blabbermouth repeats all that recall gives it, over hundreds of random histories: it never says a word too many."""

import asyncio
import os
import random
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from skills.drafting import Asked
from skills.words import Passage, Said, Venue

if TYPE_CHECKING:
    from tests.store.conftest import Company

DATABASES, STEPS = 4, 4
SEQUENCES = int(os.environ.get("FENSHEN_TEST_LIVES", "400")) // DATABASES  # on each database; `make deep` lives more
SEED = int(os.environ.get("FENSHEN_TEST_SEED") or secrets.randbits(32))


@dataclass
class _Consent:
    """What the plain history says about one person in one chat."""

    audience: str
    since: datetime
    until: datetime
    said: dict[str, datetime] = field(default_factory=dict)  # recorded under it: text and when it was said


_NONE = _Consent("", datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


@dataclass
class _World:
    """One random history of three people in two chats, and what follows from it by the plain rules."""

    company: "Company"
    dice: random.Random
    n: int
    consents: dict[tuple[str, str], _Consent] = field(default_factory=dict)
    forbidden: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    spoke: int = 0

    def __post_init__(self) -> None:
        self.people = [f"lark:t{self.n}:ou_{name}" for name in ("ana", "bo", "chen")]
        self.chats = [f"lark:t{self.n}:oc_{name}" for name in ("ops", "dev")]
        self.words = 0

    def some(self) -> tuple[str, str]:
        """A person and a chat, more often one with a consent."""
        if self.consents and self.dice.random() < 0.9:
            return self.dice.choice(list(self.consents))
        return self.dice.choice(self.people), self.dice.choice(self.chats)

    async def step(self) -> None:
        """Do one thing; asking is the commonest."""
        if not self.consents:
            await self.join()
            await self.say()
            return
        weights = {self.ask: 12, self.say: 3, self.join: 2, self.leave: 1, self.admin: 1, self.look_back: 1}
        await self.dice.choices(list(weights), list(weights.values()))[0]()

    async def join(self) -> None:
        """Opt in, over or again."""
        person, chat = self.some()
        audience = self.dice.choice(["chat", "chat", "me"])
        back = self.dice.choice([0, 0, 2])
        days = self.dice.choice([1, 90, 90])
        given = await self.company.join(person, chat, audience=audience, back=back, days=days)  # type: ignore[arg-type]
        assert (given is None) == (self.forbidden.get(chat) == "withheld")
        if given is not None:
            now = self.company.now
            before = self.consents.get((person, chat))
            since, until = now - timedelta(days=back), now + timedelta(days=days)
            self.consents[person, chat] = _Consent(audience, since, until, before.said if before else {})

    async def leave(self) -> None:
        """Opt out of one chat or all, and let the erasure come now or never."""
        person, chat = self.some()
        everything = self.dice.random() < 0.5
        gone = await self.company.leave(person, None if everything else chat)
        for key in [key for key in self.consents if key[0] == person and (everything or key[1] == chat)]:
            del self.consents[key]
        if gone is not None and self.dice.random() < 0.3:
            await self.company.store.erase(gone.id)

    async def say(self) -> None:
        """Say something new."""
        person, chat = self.some()
        self.words += 1
        said = f"canary {self.n} {self.words} {person}"
        await self.company.say(person, said, chat)
        self._heard(person, chat, said, self.company.now)

    async def look_back(self) -> None:
        """A history is listed, with everybody's words in it."""
        person, chat = self.some()
        self.words += 1
        at = self.company.now - timedelta(days=self.dice.choice([1, 3]))
        saids = [Said(p, chat, f"h{self.n}-{self.words}-{p}", at, f"canary {self.words} h {p}") for p in self.people]
        await self.company.store.backfill(person, chat, saids)
        self._heard(person, chat, f"canary {self.words} h {person}", at)

    async def admin(self) -> None:
        """Narrow a chat, or lift it again."""
        chat = self.dice.choice(self.chats)
        name = f"default-{self.n}-{chat[-3:]}"
        if self.forbidden.pop(chat, None):
            await self.company.store.delete_scope(name, "ada")
        else:
            self.forbidden[chat] = how = self.dice.choice(["withheld", "review", "outline"])
            ceiling: dict[str, Any] = {"mode" if how == "review" else "level": how}
            await self.company.ceiling(name, chats=(chat,), **ceiling)

    async def ask(self) -> None:
        """Ask for everything, and hold every word against the plain history; then deliver all of it."""
        owner, chat = self.some()
        alone = self.dice.random() < (0.2 if self.consents.get((owner, chat), _NONE).audience == "chat" else 0.7)
        asker, direct = (owner, True) if alone else (self.dice.choice(self.people), self.dice.random() < 0.1)
        grant = await self.company.store.grant(owner, asker=asker, venue=Venue(chat, direct), readers=None)
        expected = self._readable(owner, asker, chat, direct)
        found: list[Passage] = []
        if grant is not None:
            found = list(await self.company.store.recall(grant, "canary", 1000))
            answered = await self.company.store.deliver(grant, [passage.id for passage in found])
            assert (answered is not None) == bool(found)
        assert sorted(passage.text for passage in found) == sorted(expected)
        await self._draft(owner, asker, Venue(chat, direct))
        assert all(passage.owner == owner for passage in found)
        self.asked += 1
        self.spoke += any(passage.text for passage in found)

    async def _draft(self, owner: str, asker: str, venue: Venue) -> None:
        """The same for a draft: exactly what waits for review, never for its owner; and by itself it sends nothing."""
        store = self.company.store
        grant = await store.grant(owner, asker=asker, venue=venue, readers=None, mode="review")
        life = self.consents.get((owner, venue.chat), _NONE)
        waits = self.forbidden.get(venue.chat) == "review" and asker != owner and not venue.direct
        live = life.audience == "chat" and self.company.now < life.until
        may = [s for s, at in life.said.items() if life.since <= at < life.until] if waits and live else []
        found = [] if grant is None else list(await store.recall(grant, "canary", 1000))
        assert sorted(passage.text for passage in found) == sorted(may)
        if grant is not None and found:
            assert await store.deliver(grant, [found[0].id]) is None
            self.words += 1
            asked = Asked("lark", f"q{self.n}-{self.words}", "q", "en")
            id_ = await store.draft(grant, asked, [[passage.id] for passage in found])
            if id_ is not None and self.dice.random() < 0.5:
                assert await store.send_draft(self.company.claim(), owner, id_) == "sent"

    async def settled(self) -> None:
        """Whatever drafts wait, none is of anything that may not be read any more."""
        for person in self.people:
            for draft in await self.company.store.drafts(person):
                life = self.consents.get((person, draft.venue.chat), _NONE)
                texts = {passage.text for quote in draft.quotes for passage in quote} - {""}
                assert texts <= set(life.said)
                assert self.forbidden.get(draft.venue.chat) != "withheld"

    def _heard(self, person: str, chat: str, said: str, at: datetime) -> None:
        consent = self.consents.get((person, chat))
        learns = consent is not None and self.company.now < consent.until and consent.since <= at < consent.until
        if consent is not None and learns and self.forbidden.get(chat) != "withheld":
            consent.said[said] = at

    def _readable(self, owner: str, asker: str, chat: str, direct: bool) -> list[str]:
        texts = []
        for (person, where), consent in self.consents.items():
            here = not direct and where == chat and consent.audience == "chat"
            if person != owner or not (here or (direct and asker == owner)) or self.company.now >= consent.until:
                continue
            how = self.forbidden.get(where)
            if how == "withheld" or (how == "review" and not (direct and asker == owner)):
                continue
            hidden = self.forbidden.get(where) == "outline"
            covered = [s for s, at in consent.said.items() if consent.since <= at < consent.until]
            texts += ["" if hidden else said for said in covered]
        return texts


@pytest.mark.parametrize("database_number", range(DATABASES))
async def test_a_blabbermouth_never_says_what_no_grant_covers(company: "Company", database_number: int) -> None:
    """Exactly what the history allows comes out, and at least a fifth of the questions return text."""
    print(f"FENSHEN_TEST_SEED={SEED}")  # noqa: T201 - sets the same dice again
    dice = random.Random(SEED + database_number)
    worlds = [_World(company, random.Random(dice.random()), n) for n in range(SEQUENCES)]
    for begin in range(0, SEQUENCES, 100):
        batch = worlds[begin : begin + 100]
        for _ in range(STEPS):
            company.later(hours=dice.choice([1, 1, 1, 30]))
            for ten in range(0, len(batch), 10):
                await asyncio.gather(*(world.step() for world in batch[ten : ten + 10]))
        for world in batch[::5]:
            await world.settled()
    asked, spoke = sum(world.asked for world in worlds), sum(world.spoke for world in worlds)
    assert asked > SEQUENCES
    assert spoke >= asked / 5, f"only {spoke} of {asked} questions returned text"
