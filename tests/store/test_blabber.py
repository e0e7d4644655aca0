"""A blabbermouth repeats all that recall gives it, over hundreds of random histories: it never says a word too many."""

import asyncio
import os
import random
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from skills.belonging import told
from skills.drafting import Asked
from skills.membership import Narrower, Yes
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources
from skills.words import Offer, Passage, Said, Venue
from tests.directory import Directory
from tests.folded import folded

if TYPE_CHECKING:
    from tests.store.conftest import Company

DATABASES, STEPS = 4, 4
SEQUENCES = int(os.environ.get("FENSHEN_TEST_LIVES", "400")) // DATABASES  # on each database; `make deep` lives more
SEED = int(os.environ.get("FENSHEN_TEST_SEED") or secrets.randbits(32))
pytestmark = pytest.mark.once


@dataclass
class _Consent:
    """What the plain history says that one person said yes to in one chat."""

    audience: str
    since: datetime
    until: datetime
    departments: frozenset[str] = frozenset()  # of the scope that was joined by its name
    looks: bool = False  # at each answer first, as the scope was when it was joined


_NONE = _Consent("", datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC))
_Place = tuple[str, str]  # a person and a chat


@dataclass
class _World:
    """One random history of three people in two chats, and what follows from it by the plain rules."""

    company: "Company"
    dice: random.Random
    n: int
    consents: dict[_Place, _Consent] = field(default_factory=dict)  # to the built-in scope
    joined: dict[_Place, _Consent] = field(default_factory=dict)  # to the one that an admin wrote
    said: dict[_Place, dict[str, datetime]] = field(default_factory=dict)  # recorded: text and when it was said
    forbidden: dict[str, str] = field(default_factory=dict)
    listed: frozenset[str] | None = None  # the departments of the scope as it is now; None: there is none
    reviewed: bool = False
    asked: int = 0
    spoke: int = 0
    elsewhere: int = 0  # where nothing but departments covered the readers

    def __post_init__(self) -> None:
        t = f"lark:t{self.n}"
        self.people = [f"{t}:ou_{name}" for name in ("ana", "bo", "chen")]
        self.chats = [f"{t}:oc_{name}" for name in ("ops", "dev")]
        self.directory = Directory(self.dice, self.people, self.chats, f"{t}:od_web", f"{t}:od_pay", f"{t}:0")
        self.scope, self.sources = f"to-web-{self.n}", tuple(self.chats[: self.dice.choice((1, 1, 2))])
        self.words = 0

    def some(self) -> _Place:
        """A person and a chat, more often one with a consent."""
        given = [*self.consents, *self.joined]
        if given and self.dice.random() < 0.9:
            return self.dice.choice(given)
        return self.dice.choice(self.people), self.dice.choice(self.chats)

    async def step(self) -> None:
        """Do one thing; asking is the commonest."""
        if not self.consents and not self.joined:
            await self.dice.choice((self.join, self.join_scope))()
            await self.say()
            return
        weights = {self.ask: 24, self.say: 5, self.join: 3, self.leave: 2, self.admin: 2, self.look_back: 2}
        weights |= {self.join_scope: 3, self.narrow: 1, self.rewrite: 2, self.move: 2}
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
            self.consents[person, chat] = _Consent(audience, now - timedelta(days=back), now + timedelta(days=days))

    async def join_scope(self) -> None:
        """Say yes to the scope as it is now, to its chats and departments."""
        person, _ = self.some()
        if self.listed is None:
            await self.rewrite()
        offer = await self.company.store.offer_scope(self.company.claim(), person, self.scope, "zh")
        if self.listed is None:
            assert offer is False
            return
        assert isinstance(offer, Offer)
        now, back = self.company.now, timedelta(days=self.dice.choice((0, 0, 2)))
        yes = Yes("A", now - back, self.dice.choice((1, 90, 90)), self.company.notice)
        assert await self.company.store.join_scope(self.company.claim(), offer.id, person, yes)
        given = _Consent("scope", yes.since, now + timedelta(days=yes.days), self.listed, self.reviewed)
        self.joined |= {(person, chat): given for chat in self.sources}

    async def narrow(self) -> None:
        """An owner takes a department back."""
        person, gone = self.some()[0], self.dice.choice((self.directory.web, self.directory.whole))
        claim, less = self.company.claim(), Narrower(without=frozenset({gone}))
        held = [place for place, one in self.joined.items() if place[0] == person and gone in one.departments]
        assert bool(await self.company.store.narrow_scope(claim, person, self.scope, less)) == bool(held)
        self.joined |= {p: replace(self.joined[p], departments=self.joined[p].departments - {gone}) for p in held}

    async def rewrite(self) -> None:
        """An admin lists other departments, asks for a look at each answer, or takes the scope away."""
        if self.listed is not None and self.dice.random() < 0.2:
            assert await self.company.store.delete_scope(self.scope, "ada")
            self.listed = None
            return
        self.listed, self.reviewed = frozenset(self.directory.some()), self.dice.random() < 0.2
        readers, ceiling = Readers(departments=tuple(self.listed)), Ceiling(mode="review" if self.reviewed else "auto")
        await self.company.store.put_scope(self.scope, ScopeDocument(Sources(self.sources), readers, ceiling), "ada")

    async def move(self) -> None:
        """Somebody is elsewhere from now on."""
        self.directory.move()

    async def leave(self) -> None:
        """Opt out of one chat, one scope or all, and let the erasure come now or never."""
        person, chat = self.some()
        everywhere = self.dice.random() < 0.4
        scope = self.dice.choice((None, None, self.scope))
        where = None if everywhere or scope else chat
        gone = await self.company.store.leave(self.company.claim(), person, chat=where, scope=scope)
        for each in (self.joined,) if scope else (self.joined, self.consents):
            for key in [key for key in each if key[0] == person and where in (None, key[1])]:
                del each[key]
        for key in [key for key in self.said if key not in self.consents and key not in self.joined]:
            del self.said[key]
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
        alone = self.dice.random() < (0.2 if self.consents.get((owner, chat), _NONE).audience != "me" else 0.7)
        direct = alone or self.dice.random() < (0.6 if (owner, chat) in self.joined else 0.2)
        asker = owner if alone else self.dice.choice(self.people)
        chat = self.dice.choice(self.chats) if self.dice.random() < 0.2 else chat
        readers = self.directory.readers(asker, None if direct else chat)
        named = {self.directory.web, self.directory.pay, self.directory.whole}
        venue = Venue(chat, direct, told([self.directory.of.get(one, frozenset()) for one in readers], named))
        grant = await self.company.store.grant(owner, asker=asker, venue=venue, readers=None)
        expected = self._readable(owner, asker, chat, direct)
        found: list[Passage] = []
        if grant is not None:
            found = list(await self.company.store.recall(grant, "canary", 1000))
            answered = await self.company.store.deliver(grant, [passage.id for passage in found])
            assert (answered is not None) == bool(found)
        assert sorted(passage.text for passage in found) == sorted(expected)
        await self._draft(owner, asker, venue)
        assert all(passage.owner == owner for passage in found)
        self.asked += 1
        self.spoke += any(passage.text for passage in found)
        own = direct and asker == owner
        self.elsewhere += bool(found) and not own and (direct or (owner, chat) not in self.consents)

    async def _draft(self, owner: str, asker: str, venue: Venue) -> None:
        """The same for a draft: exactly what waits for review, never for its owner; and by itself it sends nothing."""
        may = self._readable(owner, asker, venue.chat, venue.direct, drafted=True)
        if not may and self.dice.random() < 0.5:
            return
        store = self.company.store
        grant = await store.grant(owner, asker=asker, venue=venue, readers=None, mode="review")
        found = [] if grant is None else list(await store.recall(grant, "canary", 1000))
        assert sorted(passage.text for passage in found) == sorted(may)
        if grant is not None and found:
            assert await store.deliver(grant, [found[0].id]) is None
            self.words += 1
            asked = Asked("lark", f"q{self.n}-{self.words}", "q", "en")
            id_ = await store.draft(grant, asked, [[passage.id] for passage in found])
            if id_ is not None and self.dice.random() < 0.5:
                assert await store.send_draft(self.company.claim(), owner, id_, within=venue.within) == "sent"

    async def settled(self) -> None:
        """Whatever drafts wait, none is of anything that may not be read any more."""
        for person in self.people:
            for draft in await self.company.store.drafts(person):
                texts = {passage.text for quote in draft.quotes for passage in quote} - {""}
                for text in texts:
                    (place,) = [p for p, said in self.said.items() if p[0] == person and text in said]
                    here = place in self.consents and place[1] == draft.venue.chat
                    built_in = here and self.forbidden.get(place[1]) != "withheld"
                    assert built_in or (place in self.joined and self.listed is not None)

    def _heard(self, person: str, chat: str, said: str, at: datetime) -> None:
        built_in = self.consents.get((person, chat), _NONE) if self.forbidden.get(chat) != "withheld" else _NONE
        by_name = self.joined.get((person, chat), _NONE) if self.listed is not None else _NONE
        if any(self.company.now < one.until and one.since <= at < one.until for one in (built_in, by_name)):
            self.said.setdefault((person, chat), {})[said] = at

    def _readable(self, owner: str, asker: str, chat: str, direct: bool, drafted: bool = False) -> list[str]:
        """All that these readers may have, each text as wide as any yes lets it be; or that may be drafted for them."""
        whole = set[str]()
        outlined = list[str]()
        own = direct and asker == owner
        for (person, where), consent in [*self.consents.items(), *self.joined.items()]:
            how = self.forbidden.get(where)
            if consent.audience == "scope":
                readers = self.directory.readers(asker, None if direct else chat)
                how = "withheld" if self.listed is None else "review" if self.reviewed or consent.looks else None
                covered = self.directory.covered(readers, consent.departments & (self.listed or frozenset()))
            else:
                covered = not direct and where == chat and consent.audience == "chat"
            waits = how == "review" and not own
            may = waits and asker != owner if drafted else not waits
            if person != owner or how == "withheld" or not may or not (own or covered):
                continue
            if self.company.now < consent.until:
                said = self.said.get((person, where), {})
                held = {s for s, at in said.items() if consent.since <= at < consent.until}
                outlined += held if how == "outline" else ()
                whole |= set() if how == "outline" else held
        return [*whole, *("" for said in outlined if said not in whole)]


@pytest.mark.parametrize("database_number", range(DATABASES))
async def test_a_blabbermouth_never_says_what_no_grant_covers(company: "Company", database_number: int) -> None:
    """Exactly what the history allows comes out, and at least a fifth of the questions return text.

    How every consent stands then is what its events come to, folded a second time.
    """
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
    elsewhere = sum(world.elsewhere for world in worlds)
    assert elsewhere >= asked / 50, f"only {elsewhere} of {asked} by nothing but departments"
    assert await folded(company.database) > 0
