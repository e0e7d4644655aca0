"""The decision as one small pure function: what the readers of a reply may have of one passage, and by which words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from skills.belonging import belong
from skills.scopes import Ceiling, ScopeDocument, is_default
from skills.words import DEFAULT, EVERYBODY, HANDOVER, Audience, Level, Mode, Speech, Venue

Kind = Literal["given", "look_back", "narrowed", "paused", "withdrawn", "departed", "expired", "signed", "handed"]
LIVE: tuple[Kind, ...] = ("given", "look_back", "narrowed")
ANSWERING: tuple[Kind, ...] = (*LIVE, "handed")  # a handover that has begun answers, and learns nothing
# not to be erased yet; what is signed is a handover whose owner is still here
KEPT: tuple[Kind, ...] = (*LIVE, "paused", "departed", "signed", "handed")
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one owner's consent to one scope stands for one source chat: the last of its events, and its ceiling.

    A scope with several source chats is consented to in one box for each, all with the same other sides.
    """

    owner: str
    chat: str
    kind: Kind
    audience: Audience
    birth: int
    at: datetime
    since: datetime
    until: datetime
    scope: str = DEFAULT
    chats: frozenset[str] = NOBODY  # the chats whose readers may have it
    people: frozenset[str] = NOBODY  # who may have it alone with the bot
    departments: frozenset[str] = NOBODY  # to one of which each reader has to belong
    words: frozenset[str] | None = None  # of which a passage must say one; None: any passage
    speech: Speech = "quotes"
    quota: int | None = None  # answers to one asker in a day
    halted: bool = False  # an admin halts its owner's double, or the chat is no source
    withheld: bool = False
    review: bool = False
    outline: bool = False
    days: int | None = None


@dataclass(frozen=True, slots=True)
class House:
    """What stands above every scope: whom admins halt, which chats are no source, and what was agreed with workers."""

    halted: frozenset[str] = NOBODY
    forbidden: frozenset[str] = NOBODY
    agreed: Ceiling = field(default_factory=lambda: Ceiling(words="model"))


@dataclass(frozen=True, slots=True)
class Reading:
    """Who asks, where the reply will stand, when, and how often this owner's double has answered them within a day."""

    asker: str
    venue: Venue
    now: datetime
    had: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """A passage, as far as the decision looks at it; `says`: which words of scopes are in it."""

    chat: str
    birth: int
    at: datetime
    says: frozenset[str] = NOBODY


@dataclass(frozen=True, slots=True)
class Use:
    """How much of a passage may be shown, and whether a model may say it in other words."""

    level: Level
    speech: Speech


def decide(standings: Iterable[Standing], kept: Kept, reading: Reading, mode: Mode = "auto") -> Use | None:
    """What the readers may have of a passage; None: nothing, which is what everybody has by default.

    Only a consent that covers every side by itself counts; of those that do, the widest. In mode review: what a draft
    for them may be made of, which its owner sees first.
    """
    held = (standing for standing in standings if holds(standing, kept))
    uses = [use for standing in held if (use := used(standing, reading, mode)) is not None]
    if not uses:
        return None
    full = any(use.level == "full" for use in uses)
    return Use("full" if full else "outline", "model" if Use("full", "model") in uses else "quotes")


def under(given: Standing, documents: Mapping[str, ScopeDocument], house: House) -> Standing:
    """A consent under what admins allow now and what was agreed: each side may become smaller, none larger."""
    narrowed, agreed = _under_documents(given, documents), house.agreed
    halted = bool(house.halted & {given.owner, EVERYBODY}) or given.chat in house.forbidden
    return replace(
        narrowed,
        halted=narrowed.halted or halted,
        withheld=narrowed.withheld or agreed.level == "withheld",
        review=narrowed.review or agreed.mode == "review",
        outline=narrowed.outline or agreed.level == "outline",
        days=_least(narrowed.days, agreed.days),
    )


def _under_documents(given: Standing, documents: Mapping[str, ScopeDocument]) -> Standing:
    above = [document for name, document in documents.items() if is_default(name)]
    if given.scope == HANDOVER:  # to people by name, in their words; whatever else its event might say
        return _under_ceilings(replace(given, chats=NOBODY, departments=NOBODY, speech="quotes"), above)
    if given.scope == DEFAULT:
        return _under_ceilings(given, above)
    document = documents.get(given.scope)
    if document is None or given.chat not in document.sources.chats:
        return replace(given, withheld=True)
    sources, audience, ceiling = document.sources, document.audience, document.ceiling
    newly_worded = given.words is None and bool(sources.words)  # which passages these are was never asked
    words = given.words & frozenset(sources.words) if given.words is not None and sources.words else given.words
    return replace(
        given,
        since=given.since if sources.since is None else max(given.since, sources.since),
        chats=given.chats & frozenset(audience.chats),
        people=given.people & frozenset(audience.people),
        departments=given.departments & frozenset(audience.departments),
        words=words,
        speech=given.speech if ceiling.words == "model" else "quotes",
        quota=_least(given.quota, ceiling.quota),
        withheld=given.withheld or newly_worded or ceiling.level == "withheld",
        review=given.review or ceiling.mode == "review",
        outline=given.outline or ceiling.level == "outline",
        days=_least(given.days, ceiling.days),
    )


def ends(standing: Standing) -> datetime:
    """When this consent lapses: the owner's own end, or the ceiling's if that is earlier."""
    if standing.days is None:
        return standing.until
    return min(standing.until, standing.at + timedelta(days=standing.days))


def live(standing: Standing, now: datetime) -> bool:
    """Given, not withdrawn, not yet over (half-open), and not forbidden by an admin."""
    return standing.kind in LIVE and now < ends(standing) and not standing.withheld and not standing.halted


def answers(standing: Standing, now: datetime) -> bool:
    """The same for reading: a handover that has begun, unless somebody would have to look at each answer first."""
    begun = standing.kind == "handed" and not standing.review
    return live(replace(standing, kind="given"), now) if begun else live(standing, now)


def learns(standing: Standing, *, at: datetime, now: datetime, says: frozenset[str] = NOBODY) -> bool:
    """Whether words said at `at` may be recorded now."""
    worded = standing.words is None or bool(standing.words & says)
    return live(standing, now) and standing.since <= at < ends(standing) and worded


def used(standing: Standing, reading: Reading, mode: Mode = "auto") -> Use | None:
    """What the readers may have of what this consent holds; None: nothing.

    A chat's readers are covered by that chat, or by departments to which each of them belongs; of people it is no list,
    for one may be old when the reply is read. Alone with the bot the asker is the only reader. An owner reads all of
    their own there, and needs nobody's review for it; of a handover not even they, for they have left.
    """
    asker, venue = reading.asker, reading.venue
    own = venue.direct and asker == standing.owner and standing.scope != HANDOVER
    if standing.scope == DEFAULT:
        covered = standing.audience == "chat" and not venue.direct and venue.chat == standing.chat
    else:
        named = venue.direct and asker in standing.people
        covered = venue.chat in standing.chats or named or belong(venue.within, standing.departments)
    left = asker == standing.owner or standing.quota is None or reading.had < standing.quota
    waits = standing.review and not own
    there = waits and asker != standing.owner if mode == "review" else not waits or mode == "either"
    if not answers(standing, reading.now) or not there or not (own or (covered and left)):
        return None
    return Use("outline", "quotes") if standing.outline else Use("full", standing.speech)


def holds(standing: Standing, kept: Kept) -> bool:
    """Whether a passage was said under this consent; what was said under one since withdrawn is not."""
    same = standing.chat == kept.chat and standing.birth == kept.birth
    worded = standing.words is None or bool(standing.words & kept.says)
    return same and standing.since <= kept.at < ends(standing) and worded


def _under_ceilings(given: Standing, documents: Sequence[ScopeDocument]) -> Standing:
    """All ceilings over one chat taken together. One that names words or an audience without this chat forbids it."""
    over = [d for d in documents if not d.sources.chats or given.chat in d.sources.chats]
    ceilings = [document.ceiling for document in over]
    closed = [d for d in over if d.sources.words or (any(_named(d)) and given.chat not in d.audience.chats)]
    return replace(
        given,
        withheld=given.withheld or bool(closed) or any(c.level == "withheld" for c in ceilings),
        review=given.review or any(c.mode == "review" for c in ceilings),
        outline=given.outline or any(c.level == "outline" for c in ceilings),
        quota=_least(given.quota, *(c.quota for c in ceilings)),
        days=_least(given.days, *(c.days for c in ceilings)),
    )


def _named(document: ScopeDocument) -> tuple[Sequence[str], ...]:
    return document.audience.chats, document.audience.people, document.audience.departments


def _least(*limits: int | None) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)
