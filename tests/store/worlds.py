"""Random worlds for the decision: an owner's consents, the admins' scopes, one passage, and somebody who asks."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from skills.belonging import told
from skills.decision import House, Kept, Kind, Reading, Standing, under
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources
from skills.words import EVERYBODY, HANDOVER, Audience, Venue, Within

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
WORDS = {"pay": ["pay"], "on call": ["call", "on"]}  # each with the terms that make it
HANDED: tuple[Kind, ...] = ("handed", "signed", "departed", "withdrawn")
KINDS: tuple[Kind, ...] = ("given", "look_back", "narrowed", "paused", "withdrawn", "departed")


@dataclass(frozen=True, slots=True)
class World:
    """One decision to be made: `standings` as their owner gave them, before any ceiling."""

    number: int
    owner: str
    standings: tuple[Standing, ...]
    documents: Mapping[str, ScopeDocument]
    gone: frozenset[str]  # scopes that an admin deleted
    kept: Kept
    terms: frozenset[str]  # of the passage
    reading: Reading
    house: House

    def narrowed(self) -> list[Standing]:
        """The consents under what admins allow and what was agreed."""
        return [under(standing, self.documents, self.house) for standing in self.standings]


def draw_house(dice: random.Random, owner: str) -> House:
    """What stands above all worlds of one database: most often nothing."""
    halted = dice.choices(((), (owner,), (EVERYBODY,), ("lark:t:ou_eve",)), (17, 1, 1, 1))[0]
    limits = _limits(dice) if dice.random() < 0.5 else Ceiling()
    agreed = Ceiling(limits.level, "review" if limits.mode == "review" else None, "model", limits.days)
    return House(frozenset(halted), agreed=agreed)


def draw(dice: random.Random, number: int, owner: str, house: House | None = None) -> World:
    """A world of its own: its chats, people and scopes are nobody else's, so that many can lie in one database."""
    chats = tuple(f"lark:t:oc_{number}{letter}" for letter in "abc")
    direct, people = f"lark:t:oc_{number}p", (f"lark:t:ou_{number}bo", f"lark:t:ou_{number}cy")
    names = [f"s{number}-{n}" for n in range(2)]
    source = dice.choice(chats[:2])
    readers = (*chats, *([direct] if dice.random() < 0.2 else []))
    above = _departments(number)
    alone = dice.random() < 0.15  # by departments and nothing else
    standings = [_default(dice, owner, chat) for chat in chats[:2] if dice.random() < (0.1 if alone else 0.6)]
    for name in names:
        if dice.random() < 0.9:
            some = _named(dice, owner, name, chats[:2], readers, people, tuple(above))
            standings += [replace(one, chats=frozenset(), people=frozenset()) for one in some] if alone else some
    left = not alone and dice.random() < 0.15  # and everything else froze with that
    if left or (not alone and dice.random() < 0.2):
        standings = [replace(one, kind="departed") for one in standings] if left else standings
        standings += _handover(dice, owner, chats[:2], readers, people, tuple(above))
    documents = {
        name: _document(dice, chats[:2], readers, people, tuple(above)) for name in names if dice.random() < 0.93
    }
    documents |= {f"default-{number}-{n}": _ceiling(dice, chats[:2]) for n in range(2) if dice.random() < 0.25}
    terms = frozenset(term for term in ("pay", "call", "on") if dice.random() < 0.7)
    says = frozenset(word for word, parts in WORDS.items() if terms.issuperset(parts))
    kept = Kept(source, dice.choice([1] * 9 + [2]), NOW + DAY * dice.choice([-5, -1, 0, 0, 0, 0, 1, 5]), says)
    venue = dice.choice([*(Venue(chat, False) for chat in (source, *chats)), *[Venue(direct, True)] * 3])
    venue = Venue(direct, True) if left else venue
    if dice.random() < 0.02:
        venue = Venue(source, True)
    venue = replace(venue, within=_within(dice, above, venue.direct, alone))
    asker = dice.choice([*people, *people, *([] if alone else [owner])])
    reading = Reading(asker, venue, NOW + DAY * dice.choice([0, 0, 0, 1, 1, 4, 5, 10, 30]), dice.choice([0, 0, 1, 2]))
    gone = frozenset(names) - set(documents)
    forbidden = frozenset(chat for chat in chats if dice.random() < 0.04)
    house = replace(house or House(), forbidden=forbidden)
    return World(number, owner, tuple(standings), documents, gone, kept, terms, reading, house)


def _departments(number: int) -> Mapping[str, frozenset[str]]:
    """Departments two deep beside one another, each with all that is above it."""
    all_, dev, web, ops = (f"lark:t:od_{number}{name}" for name in ("all", "dev", "web", "ops"))
    above = {all_: (), dev: (all_,), web: (dev, all_), ops: (all_,)}
    return {one: frozenset({one, *higher}) for one, higher in above.items()}


def _within(dice: random.Random, above: Mapping[str, frozenset[str]], direct: bool, somewhere: bool) -> Within:
    """Up to three readers, some in two departments; one whom the directory does not know belongs nowhere."""
    if dice.random() < (0.05 if somewhere else 0.3):
        return frozenset()
    several = [dice.choices((0, 1, 2), (1, 14, 5))[0] for _ in range(1 if direct else dice.choice([1, 2, 3]))]
    readers = [frozenset[str]().union(*(above[one] for one in dice.sample(sorted(above), n))) for n in several]
    return told(readers, frozenset(above))


def _default(dice: random.Random, owner: str, chat: str) -> Standing:
    kind = dice.choices(KINDS, (12, 1, 1, 1, 1, 1))[0]
    audience: Audience = dice.choice(["chat", "chat", "me"])
    box = _at(dice, Standing(owner, chat, kind, audience, 1, NOW, NOW, NOW))
    review, outline, withheld = (dice.random() < 0.06 for _ in range(3))
    return replace(box, review=review, outline=outline, withheld=withheld)


def _named(
    dice: random.Random,
    owner: str,
    name: str,
    sources: tuple[str, ...],
    readers: tuple[str, ...],
    people: tuple[str, ...],
    departments: tuple[str, ...],
) -> list[Standing]:
    """A consent to a scope: one box for each source chat, all with the same other sides."""
    listed = dice.random() < 0.75  # else departments alone
    words = frozenset(dice.sample(sorted(WORDS), dice.choice([1, 2]))) if dice.random() < 0.3 else None
    box = replace(
        _at(dice, Standing(owner, "", dice.choices(KINDS, (12, 1, 1, 1, 1, 1))[0], "scope", 1, NOW, NOW, NOW, name)),
        chats=frozenset(_some(dice, readers if listed else ())),
        people=frozenset(_some(dice, people if listed else ())),
        departments=frozenset(_few(dice, departments)),
        words=words,
        speech=dice.choice(["quotes", "model"]),
        quota=dice.choice([None, None, 1, 2]),
        withheld=dice.random() < 0.05,
        review=dice.random() < 0.25,
        outline=dice.random() < 0.25,
    )
    return [replace(box, chat=chat) for chat in _some(dice, sources) or sources[:1]]


def _handover(
    dice: random.Random,
    owner: str,
    sources: tuple[str, ...],
    readers: tuple[str, ...],
    people: tuple[str, ...],
    departments: tuple[str, ...],
) -> list[Standing]:
    """A handover, most often begun; what it says of chats, departments and a model is what it can never mean."""
    (box,) = _named(dice, owner, HANDOVER, sources[:1], readers, people, departments)
    box = replace(box, kind=dice.choices(HANDED, (9, 1, 1, 1))[0], words=None, quota=None)
    box = replace(box, review=dice.random() < 0.1, outline=dice.random() < 0.1)
    return [replace(box, chat=chat) for chat in _some(dice, sources) or sources[:1]]


def _at(dice: random.Random, standing: Standing) -> Standing:
    since, until = NOW + DAY * dice.choice([-5, -5, -5, 0, 0, 1]), NOW + DAY * dice.choice([1, 5, 10, 30, 60])
    return replace(standing, since=since, until=until)


def _few(dice: random.Random, among: tuple[str, ...]) -> list[str]:
    """Seldom the one that all are in, which would decide most of it."""
    return [one for one in among[1:] if dice.random() < 0.8] + [one for one in among[:1] if dice.random() < 0.1]


def _some(dice: random.Random, among: tuple[str, ...]) -> list[str]:
    return [one for one in among if dice.random() < 0.8]


def _document(
    dice: random.Random,
    sources: tuple[str, ...],
    readers: tuple[str, ...],
    people: tuple[str, ...],
    departments: tuple[str, ...],
) -> ScopeDocument:
    since = NOW + DAY * dice.choice([-1, 0, 1]) if dice.random() < 0.2 else None
    words = tuple(_some(dice, tuple(WORDS))) if dice.random() < 0.2 else ()
    chats = tuple(_some(dice, sources) or sources) if dice.random() < 0.3 else sources
    readers = tuple(_some(dice, readers)) if dice.random() < 0.3 else readers
    people = tuple(_some(dice, people)) if dice.random() < 0.3 else people
    departments = tuple(dice.sample(departments, 2)) if dice.random() < 0.35 else departments
    return ScopeDocument(Sources(chats, words, since), Readers(readers, people, departments), _limits(dice))


def _ceiling(dice: random.Random, chats: tuple[str, ...]) -> ScopeDocument:
    """A ceiling over the built-in scope; never one over every chat, which would reach into other worlds."""
    audience = Readers((dice.choice(chats),) if dice.random() < 0.2 else (), ("lark:t:ou_x",) * (dice.random() < 0.1))
    return ScopeDocument(Sources((dice.choice(chats),), ("pay",) * (dice.random() < 0.1)), audience, _limits(dice))


def _limits(dice: random.Random) -> Ceiling:
    return Ceiling(
        level=dice.choices(("full", "outline", "withheld"), (12, 2, 1))[0],
        mode=dice.choices(("auto", "review"), (12, 1))[0],
        words=dice.choice(["quotes", "model", "model"]),
        days=dice.choice([None, None, None, 1, 5, 10]),
        quota=dice.choice([None, None, None, 1, 2]),
    )
