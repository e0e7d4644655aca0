"""The blabbermouth repeats all that it can recall, over random lives of doubles: nobody without a grant is heard."""

import asyncio
import os
import random
import re
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.base import Address, Card, Click, Mention, Message
from bot.app import Fenshen
from bot.grounding import Quoted
from bot.preparing import Answerer
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources
from skills.store import Store
from skills.words import Grant, Passage
from tests.bot.conftest import Company
from tests.directory import Directory

Shown = tuple[Address, Card]
Hook = Callable[[Address, Card], Awaitable[None]]
Happens = Callable[[], Awaitable[None]]
DATABASES, AT_ONCE = 8, 6
SEQUENCES = int(os.environ.get("FENSHEN_TEST_LIVES", "400"))  # in all; `make deep` lives more
SEED = int(os.environ.get("FENSHEN_TEST_SEED") or secrets.randbits(32))
PEOPLE, GROUPS = ("ana", "bo", "cy"), ("ops", "dev")
OPEN = (True, True)
CANARY = re.compile(r"zq\d+x\d+")
# what an admin may say of one chat, and whether words are still recorded and shown then; None: to their owner alone
CEILINGS: Sequence[tuple[ScopeDocument, bool, bool | None]] = (
    (ScopeDocument(), True, True),
    (ScopeDocument(ceiling=Ceiling(days=30)), True, True),
    (ScopeDocument(ceiling=Ceiling(mode="review")), True, None),
    (ScopeDocument(ceiling=Ceiling(level="outline")), True, False),
    (ScopeDocument(ceiling=Ceiling(level="withheld")), False, False),
    (ScopeDocument(audience=Readers(chats=("lark:t:elsewhere",))), False, False),
)


class Blabbermouth:
    """Answers with everything it can get: by many questions, by grants it kept, by passages it heard elsewhere."""

    def __init__(self, dice: random.Random) -> None:
        self.recall: Callable[[Grant, str], Awaitable[Sequence[Passage]]] | None = None
        self.thinking: dict[str, Happens] = {}  # chat → what happens while it thinks
        self._dice, self._grants, self._heard = dice, list[Grant](), dict[str, Passage]()

    async def answer(self, grant: Grant, question: str) -> Sequence[Quoted]:
        """All of it, whoever it belongs to."""
        assert self.recall is not None
        self._grants.append(grant)
        greedy = self._dice.random() < 0.1
        grants = [grant, *self._dice.sample(self._grants, min(2, len(self._grants)))] if greedy else [grant]
        found: dict[str, Passage] = {}
        for held in grants:
            found.update((p.id, p) for p in await self.recall(held, "rollback payments gateway"))
        self._heard.update(found)
        if greedy and self._heard:
            found.update(self._dice.sample(sorted(self._heard.items()), 1))
        if happens := self.thinking.pop(grant.venue.chat, None):
            await happens()
        return [Quoted(p.text, p) for p in found.values()]


@dataclass(frozen=True)
class Stage:
    """What stands in all chats, and what happens in a chat at the next moment of its kind."""

    standing: dict[str, Shown]
    thinking: dict[str, Happens]
    sending: dict[str, Happens] = field(default_factory=dict)

    async def on_its_way(self, to: Address, card: Card) -> None:
        """A card leaves for its chat."""
        if happens := self.sending.pop(to.chat or "", None):
            await happens()


@dataclass
class Life:
    """What the plain history says of one person's double in one chat."""

    audience: str | None = None
    since: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    departments: frozenset[str] = frozenset()  # to which it was opened as a scope by its name
    opened: datetime | None = None  # from when on; None: it is not
    said: dict[str, datetime] = field(default_factory=dict)  # canary → when, of what a consent let in


class Lives:
    """One random sequence in a company of its own, and what the plain history of its events lets anybody read."""

    def __init__(
        self, number: int, dice: random.Random, fenshen: Fenshen, store: Store, stage: Stage, company: Company
    ) -> None:
        self.number, self.dice, self.fenshen, self.store, self.stage = number, dice, fenshen, store, stage
        people, chats = ([f"lark:t:{name}{number}" for name in names] for names in (PEOPLE, GROUPS))
        web, pay, whole = (f"lark:t:{unit}{number}" for unit in ("web", "pay", "all"))
        self.company, self.directory = company, Directory(dice, people, chats, web, pay, whole)
        self.listed: frozenset[str] = frozenset()  # the departments of the scope by its name; none: there is no scope
        self.source = dice.choice(GROUPS)  # of that scope
        self.rewritten = False
        self.tell()
        self.lives: dict[tuple[str, str], Life] = {}
        self.ceilings: dict[str, tuple[bool, bool | None]] = {}  # chat → recorded, shown
        self.events = self.asked = self.answered = self.elsewhere = 0

    async def run(self) -> None:
        """One life given, something said, then whatever the dice say."""
        named = self.dice.random() < 0.35
        await (self.open if named else self.join)("ana", self.source)
        await self.say("ana", self.source)
        if named and self.dice.random() < 0.5:
            await self.rewrite()
        steps = (self.say, self.question, self.join, self.leave, self.scope, self.open, self.rewrite, self.move)
        for step in self.dice.choices(steps, (17, 54, 7, 6, 6, 3, 4, 3), k=self.dice.randint(1, 4)):
            await step(self.dice.choice(PEOPLE), self.dice.choice(GROUPS))

    async def say(self, name: str, chat: str) -> None:
        """Words with a canary of their own."""
        canary = f"zq{self.number}x{self.events}"
        message = self.message(name, chat, f"rollback payments gateway, see {canary}")
        await self.fenshen.inbox.receive(message)
        life = self.life(name, chat)
        by_name = life.opened is not None and self.listed
        if by_name or (life.audience is not None and self.ceilings.get(chat, OPEN)[0]):
            life.said[canary] = message.at

    async def join(self, name: str, chat: str) -> None:
        """By the card's button or by its text twin; where an admin forbids it, nothing changes."""
        choice = self.dice.choice(("me", "here", "here", "today", "today"))
        await self.fenshen.inbox.receive(replace(self.message(name, chat, "/optin"), to_bot=True))
        before = datetime.now(UTC)
        if self.dice.random() < 0.5:
            await self.fenshen.inbox.receive(self.message(name, None, f"/optin {choice}"))
        else:
            offer = await self.store.latest_offer(self.id(name))
            assert offer is not None
            await self.fenshen.inbox.receive(self.tap(name, f"join_{choice}", {"offer": offer.id}))
        if self.ceilings.get(chat, OPEN)[0]:
            life = self.life(name, chat)
            life.audience = "me" if choice == "me" else "chat"
            life.since = before if choice == "today" else before - timedelta(days=90)

    async def open(self, name: str, _: str) -> None:
        """An owner joins the scope by its name, as it is listed now."""
        if not self.listed:
            await self.rewrite()
        await self.fenshen.inbox.receive(self.message(name, None, f"/join {self.named}"))
        before, offer = datetime.now(UTC), await self.store.latest_offer(self.id(name))
        choice = self.dice.choice(("here", "today"))
        if self.listed and offer is not None and offer.scope is not None:
            await self.fenshen.inbox.receive(self.tap(name, f"join_{choice}", {"offer": offer.id}))
            life = self.life(name, self.source)
            life.departments = self.listed
            life.opened = before if choice == "today" else before - timedelta(days=90)

    async def rewrite(self, *_: str) -> None:
        """An admin lists other departments in the scope, or takes it away."""
        if self.listed and self.dice.random() < 0.2:
            await self.store.delete_scope(self.named, by="admin")
            self.listed = frozenset()
            return
        listed, sources = self.directory.some(), Sources(chats=(self.id(self.source),))
        units = (self.directory.web, self.directory.pay, self.directory.whole)
        # a scope that nobody joins lists all: where somebody belongs is told whatever the other one lists
        others = () if self.rewritten else ((f"of-all-{self.number}", units),)
        self.rewritten = True
        for name, some in ((self.named, listed), *others):
            document = ScopeDocument(sources, Readers(departments=some), Ceiling(mode="auto"))
            await self.store.put_scope(name, document, by="admin")
        self.listed = frozenset(listed)

    async def move(self, *_: str) -> None:
        """Somebody changes departments, or comes into a chat or goes."""
        self.directory.move()
        self.tell()

    def tell(self) -> None:
        """What the platform tells of it."""
        assert self.company.belongs is not None
        for person in self.directory.people:
            self.company.belongs.pop(person, None)
        self.company.belongs |= self.directory.of
        self.company.members |= {c: dict.fromkeys(sorted(who), "") for c, who in self.directory.members.items()}

    @property
    def named(self) -> str:
        """The name of the scope."""
        return f"to-web-{self.number}"

    async def leave(self, name: str, chat: str) -> None:
        """This chat, all, or the scope by its name, by word or by tap."""
        if self.dice.random() < 0.2:
            await self.fenshen.inbox.receive(self.message(name, None, f"/leave {self.named}"))
            self.life(name, self.source).opened = None
            return
        everything = self.dice.random() < 0.4
        where = None if everything else chat
        if self.dice.random() < 0.5:
            word = self.message(name, where, self.dice.choice(("退出", "/optout", "leave")))
            await self.fenshen.inbox.receive(replace(word, to_bot=True))
        else:
            value = {} if everything else {"chat": self.id(chat)}
            await self.fenshen.inbox.receive(self.tap(name, "leave", value))
        for (owner, group), life in self.lives.items():
            if owner == name and where in (None, group):
                life.audience, life.opened, life.said = None, None, {}

    async def scope(self, name: str, chat: str) -> None:
        """An admin puts a ceiling over one chat, or takes it away."""
        _, chat = self.about(chat)
        scope = f"default-{self.number}-{chat}"
        document, recorded, shown = self.dice.choice(CEILINGS)
        if self.dice.random() < 0.3:
            await self.store.delete_scope(scope, by="admin")
            recorded, shown = OPEN
        else:
            sources = Sources(chats=(self.id(chat),))
            await self.store.put_scope(scope, replace(document, sources=sources), by="admin")
        self.ceilings[chat] = recorded, shown

    async def question(self, name: str, chat: str) -> None:
        """Somebody asks about somebody, here or in private; perhaps an owner leaves meanwhile."""
        owner, chat = self.about(chat)
        where = None if self.dice.random() < 0.2 else self.dice.choice((chat, chat, *GROUPS))
        name = owner if where is None and self.dice.random() < 0.6 else name
        both = f"{owner} and {self.dice.choice(PEOPLE)}" if self.dice.random() < 0.3 else owner
        # numbered, because the same question at once is answered once
        asking = replace(self.message(name, where, f"ask {both} about the rollback {self.asked}"), to_bot=True)
        if self.dice.random() < 0.5:
            asking = replace(asking, mentions=(Mention(self.id(owner), owner),))
        moment = self.dice.choices((None, self.stage.thinking, self.stage.sending), (80, 10, 10))[0]
        if moment is not None:
            # an owner's own words, on their way to themselves, stay though only an outline is allowed meanwhile
            alone = where is None and moment is self.stage.sending
            narrows = self.leave if alone else self.dice.choice((self.leave, self.scope, self.rewrite))
            moment[asking.chat] = lambda: narrows(owner, chat)
        await self.fenshen.inbox.receive(asking)
        while self.fenshen.answering.busy:
            await asyncio.sleep(0.01)
        self.stage.thinking.pop(asking.chat, None)
        self.stage.sending.pop(asking.chat, None)
        self.check(name, where, asking.id)

    def about(self, chat: str) -> tuple[str, str]:
        """Whom to ask where: more often than not somebody whose double has something to say there."""
        live = [place for place, life in self.lives.items() if life.said and self.goes_on(life)]
        return self.dice.choice(live) if live and self.dice.random() < 0.9 else (self.dice.choice(PEOPLE), chat)

    def goes_on(self, life: Life) -> bool:
        """Whether anybody but its owner might have something of it."""
        return life.audience == "chat" or bool(life.opened and life.departments & self.listed)

    def check(self, name: str, chat: str | None, question: str) -> None:
        """One reply stands, and every word in it, or beside it to the asker alone, may be read as things are now."""
        cards = self.stage.standing
        (reply,) = [card for to, card in cards.values() if to.reply_to == question]
        aside = [cards.pop(message)[1] for message, (to, _) in [*cards.items()] if to.person == self.id(name)]
        heard = {where: set(CANARY.findall(repr(shown))) for where, shown in ((chat, reply), (None, aside)) if shown}
        for where, canaries in heard.items():
            stray = canaries - self.there(name, where) - self.by_name(name, where)
            assert not stray, f"seed {SEED}, sequence {self.number}: {stray} reached {where or 'a direct chat'}"
            self.elsewhere += bool(canaries - self.there(name, where))
        self.asked += 1
        self.answered += any(heard.values())

    def there(self, asker: str, chat: str | None) -> set[str]:
        """The canaries that are answered where they were said, or to their owner alone, as the admin has left it."""
        return {
            canary
            for (owner, group), life in self.lives.items()
            if life.audience is not None and self.shown(group, chat)
            if (owner == asker if chat is None else (life.audience, group) == ("chat", chat))
            for canary, at in life.said.items()
            if at >= life.since
        }

    def by_name(self, asker: str, chat: str | None) -> set[str]:
        """Those of whose scope each reader belongs to a department that it lists and its owner said yes to."""
        readers = self.directory.readers(self.id(asker), chat and self.id(chat))
        return {
            canary
            for (owner, _), life in self.lives.items()
            if life.opened is not None and self.listed
            if (chat is None and owner == asker) or self.directory.covered(readers, life.departments & self.listed)
            for canary, at in life.said.items()
            if at >= life.opened
        }

    def shown(self, group: str, chat: str | None) -> bool:
        """Whether words of a group are shown at once in a chat, or to their owner alone with the bot."""
        shown = self.ceilings.get(group, OPEN)[1]
        return chat is None if shown is None else shown

    def life(self, name: str, chat: str) -> Life:
        """The history of one person's double in one chat."""
        return self.lives.setdefault((name, chat), Life())

    def id(self, name: str) -> str:
        """A person's or a chat's id, in this sequence alone."""
        return f"lark:t:{name}{self.number}"

    def message(self, name: str, chat: str | None, text: str) -> Message:
        """Something that somebody writes; without a chat, to the bot alone."""
        self.events += 1
        n, where, direct = f"{self.number}-{self.events}", chat or f"direct-{name}", chat is None
        now = datetime.now(UTC)
        return Message("lark", f"e{n}", f"om_{n}", self.id(where), direct, self.id(name), name, now, text, direct)

    def tap(self, name: str, action: str, value: dict[str, str]) -> Click:
        """A tap on some card."""
        self.events += 1
        chat = self.id(f"direct-{name}")
        return Click("lark", f"c{self.number}-{self.events}", self.id(name), chat, "card", action, value, name=name)


@pytest.fixture
def mouth() -> Blabbermouth:
    """The one who answers."""
    return Blabbermouth(random.Random(SEED))


@pytest.fixture
def answerer(mouth: Blabbermouth) -> Callable[[], Answerer]:
    """Nothing of Fenshen's own answers here."""
    return lambda: mouth


@pytest.mark.parametrize("database_number", range(DATABASES))
async def test_a_blabbermouth_tells_nobody_what_no_consent_covers(
    database_number: int,
    composed: Fenshen,
    store: Store,
    mouth: Blabbermouth,
    hooks: list[Hook],
    standing: dict[str, Shown],
    company: Company,
) -> None:
    """Whatever was switched on and off before, between and during; and it does tell what may be told."""
    print(f"FENSHEN_TEST_SEED={SEED}")  # noqa: T201 - sets the same dice again
    stage = Stage(standing, mouth.thinking)
    mouth.recall = store.recall
    hooks.append(stage.on_its_way)
    each = SEQUENCES // DATABASES
    waiting = [
        Lives(n, random.Random(SEED + n), composed, store, stage, company)
        for n in range(database_number * each, (database_number + 1) * each)
    ]
    lives = list(waiting)

    async def work() -> None:
        while waiting:
            await waiting.pop().run()

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(work())
    asked, answered, elsewhere = (sum(getattr(each, w) for each in lives) for w in ("asked", "answered", "elsewhere"))
    assert answered >= 0.2 * asked > 0, f"only {answered} of {asked} questions were answered with words"
    assert elsewhere > 0, f"none of {answered} by a scope that lists departments"
