"""The words that cross the store's door: frozen, and of plain values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Level = Literal["full", "outline"]
# note, kept, interview: at its owner's own word; title: of a page, and never recalled
Source = Literal["live", "history", "file", "note", "kept", "interview", "title"]
IN_PASSING = ("live", "history", "file")  # what was said to colleagues, not to the double
Speech = Literal["quotes", "model"]  # said word for word, or in sentences by a model
# "here": whoever is in the chat · "only me": the owner alone · whom the scope of that name lists
Audience = Literal["chat", "me", "scope"]
# answered at once · drafted for its owner, who sends it or not · either, for what its owner sends
Mode = Literal["auto", "review", "either"]
DEFAULT = "default"  # the built-in scope: where said, there answered
HANDOVER = "(handover)"  # what goes on after its owner has left the company; no admin can give a scope that name
BUILT_IN = (DEFAULT, HANDOVER)
EVERYBODY = "*"
Within = frozenset[frozenset[str]]  # of each reader the departments, with all above them; whoever has the same, once
UNTOLD: Within = frozenset()
Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One delivery of an event, to be claimed once across replicas and restarts: by its event id and its message id."""

    platform: str
    event: str
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """A card waiting to be sent: which one, to whom, and the ids from which its words are made. Never text."""

    card: str
    platform: str
    chat: str | None = None
    person: str | None = None
    reply_to: str | None = None
    thread: str | None = None
    slot: str | None = None  # tells of one slot are one card: the first is sent, later ones replace it, in order
    language: Language = "zh"
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Backfill:
    """Earlier messages of a chat to be listed, of which only the owner's own are kept."""

    platform: str
    owner: str
    chat: str
    slot: str
    language: Language = "zh"
    scope: str | None = None  # that was joined by its name; None: the built-in one


@dataclass(frozen=True, slots=True)
class Strike:
    """What was recorded in a chat about somebody who objects there, to be erased."""

    platform: str
    chat: str
    person: str


@dataclass(frozen=True, slots=True)
class TakeDown:
    """Answers of an owner whose words are erased, to be replaced where they stand; `language` None: tell nobody."""

    platform: str
    owner: str
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Import:
    """A file that an owner sent, to be fetched and read; `key` is the platform's handle of it."""

    platform: str
    owner: str
    chat: str  # the direct chat, where the outcome is told
    message: str
    key: str
    language: Language = "zh"
    into: str | None = None  # the chat that its owner chose, where the file names none


@dataclass(frozen=True, slots=True)
class Said:
    """A message that may be recorded: the owner's own words, nobody else's."""

    person: str
    chat: str
    message: str
    at: datetime
    text: str
    thread: str | None = None
    source: Source = "live"
    about: tuple[str, ...] = ()  # who is mentioned or named in it, of those who may object
    withheld: bool = False  # kept back by its owner, as far as the file that it comes from says


@dataclass(frozen=True, slots=True)
class Notice:
    """What the owner was shown: version, language, and the SHA-256 over the card's text and the full notice."""

    version: str
    language: Language
    sha256: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A consent card put to one person for one chat; only that person can take it up."""

    id: str
    person: str
    chat: str
    language: Language
    taken: bool = False
    scope: str | None = None  # joined by its name; None: the built-in one of the chat
    version: int = 0  # of that scope, as it was shown
    chats: tuple[str, ...] = ()  # of a handover: whose words it is about
    people: tuple[str, ...] = ()  # who may ask
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """One live consent of an owner: for a chat, to an audience, for words said since, until."""

    owner: str
    chat: str
    audience: Audience
    since: datetime
    until: datetime
    notice: str
    messages: int = 0  # recorded so far under it
    receipt: str = ""  # the id of the consent event, short enough to be shown
    scope: str = DEFAULT
    outline: bool = False  # date and link alone, by its owner's or an admin's word
    review: bool = False  # shown to its owner first


@dataclass(frozen=True, slots=True)
class Double:
    """An owner who may be asked here and now, with the name by which colleagues know them."""

    owner: str
    name: str
    also: tuple[str, ...] = ()  # what else the directory calls them: nicknames, an English name


@dataclass(frozen=True, slots=True)
class Reach:
    """An owner with the chats in which colleagues may ask their double: whoever is there may write to them too."""

    double: Double
    chats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Venue:
    """Where the reply will stand, and where its readers belong. In a direct chat the asker is the only reader."""

    chat: str
    direct: bool
    within: Within = UNTOLD


@dataclass(frozen=True, slots=True)
class Grant:
    """The computed permission for (owner, asker, readers, now): the only key that opens a double.

    It is a record of a decision, not a capability: recall and delivery decide again from it.
    """

    owner: str
    asker: str
    venue: Venue
    epoch: int
    level: Level
    mode: Mode = "auto"  # "review": for a draft that its owner sees before anybody, and for nothing else
    handed: datetime | None = None  # its owner has left: until when it was handed over


@dataclass(frozen=True, slots=True)
class Passage:
    """What recall found, in the owner's own words; `text` is "" at level outline."""

    id: str
    owner: str
    chat: str
    message: str  # the first message of it, for the link
    thread: str | None
    at: datetime
    text: str
    score: float  # comparable within one recall only
    source: Source = "live"  # how it came here
    speech: Speech = "quotes"  # whether a model may say it in other words, here and to these readers


@dataclass(frozen=True, slots=True)
class Evidence:
    """How sure recall is that the owner said something on the question, from the owner's own passages alone."""

    probability: float
    enough: bool  # whether to quote; else the one sentence
    best: float  # the share of the question, by weight, that one passage says
    three: float  # the same over the first three, on average
    bm25: float  # the highest
    cosine: float | None  # the highest; None where nothing was searched by meaning
    fits: bool | None  # whether the first passage holds the kind of thing asked for; None: no kind was
    named: bool  # whether one of the first three says an identifier that was asked for


@dataclass(frozen=True, slots=True)
class Recalled:
    """What recall found, best first, with the evidence for it."""

    passages: Sequence[Passage]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer recorded as sent, with its short public id (`A7F3C2`)."""

    id: str
    owner: str


@dataclass(frozen=True, slots=True)
class Finish:
    """To do about an answer that was opened, should nobody have completed it: where it is shown, by which key."""

    platform: str
    owner: str
    chat: str
    reply_to: str
    thread: str | None
    key: str
    language: Language
    answer: str = ""


@dataclass(frozen=True, slots=True)
class PutQuestion:
    """A question put to a person in a chat: who asks whom, and where it stands. Ids only, never a word of it."""

    id: str  # short enough to be typed
    platform: str
    chat: str
    asker: str
    person: str | None  # None: called by a name that the platform gave no id for
    asked: str  # the asker's message
    question: str  # the question's id while it is remembered
    language: Language = "zh"
    thread: str | None = None
    reply: str | None = None  # the message that answered it
    at: datetime | None = None  # when it was put
    private: bool = False  # put to an owner alone: `chat` is then the asker's direct chat


@dataclass(frozen=True, slots=True)
class Interview:
    """How far an owner's interview for one chat has come. Ids only: no word that was asked or said."""

    owner: str
    chat: str
    language: Language
    ahead: tuple[str, ...]  # the questions left, the first of them being asked
    given: tuple[tuple[str, str], ...]  # question and message of every answer that is still recorded, oldest first
    open: bool
    asked_at: datetime | None  # since when the first question is shown; None: not yet
    at: datetime  # when anything last happened


@dataclass(frozen=True, slots=True)
class Erasure:
    """How far the removal of an owner's words has come; a time is None until the step is done."""

    id: str
    owner: str
    chat: str | None  # None: everything
    stopped_at: datetime
    key_destroyed_at: datetime | None
    erased_at: datetime | None
    counts: Mapping[str, int]
    residue: int | None  # what the probe still found of samples it had found before
    scope: str | None = None  # the one that was left; None: whichever were of the chat
    since: datetime | None = None  # of the words; None: of whenever they are
    until: datetime | None = None
    leftover: bool = False  # of what no consent covered any more, though none was left
