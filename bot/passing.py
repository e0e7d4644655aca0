"""What passed while a chat was read: how much of it was kept, why the rest was not, and how long it will take."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from adapters.base import Message
from bot.sentences import Language, say
from skills.earlier import Kept
from skills.readings import COUNTS, Reading
from skills.words import Consent, Tell

_LEFT_OUT = ("others", "to_bot", "empty", "known", "out")
TELLING = 0.02  # of the time that is gone through, from which it tells how long the rest will take


@dataclass(slots=True)
class Passed:
    """Counts of one chat in one reading, from `since` until now."""

    owner: str
    since: datetime
    now: datetime
    read: int = 0
    others: int = 0  # of other people
    to_bot: int = 0  # the owner's own questions and commands
    empty: int = 0  # pictures, forwards: nothing in the owner's own words
    kept: int = 0  # anew
    known: int = 0  # of what may be kept, there already
    gaps: int = 0  # moments of which the platform may not have listed all
    closed: bool = False  # the chat may not be read, or no further
    reached: datetime | None = None  # all that was begun before it is counted, and nothing else
    began: float = field(default_factory=time.monotonic)
    begins: datetime | None = None  # where this run of it goes on from

    @classmethod
    def going_on(cls, owner: str, there: Reading, now: datetime) -> "Passed":
        """What a reading that broke off goes on with."""
        counts = {name: getattr(there, name) for name in COUNTS}
        return cls(owner, there.since, now, **counts, closed=there.closed, reached=there.at, begins=there.at)

    def reading(self, id_: str) -> Reading:
        """The same to be kept."""
        counts = {name: getattr(self, name) for name in COUNTS}
        return Reading(id_, self.since, self.reached, **counts, closed=self.closed)

    def take(self, message: Message) -> bool:
        """Count a message; whether it may be kept: own words, said to colleagues."""
        self.read += 1
        if message.sender != self.owner:
            self.others += 1
        elif message.to_bot:
            self.to_bot += 1
        elif not message.text:
            self.empty += 1
        else:
            return True
        return False

    @property
    def own(self) -> int:
        """What may be kept of it."""
        return self.read - self.others - self.to_bot - self.empty

    def add(self, kept: Kept) -> None:
        """Count what became of some that may be kept."""
        self.kept += kept.new
        self.known += kept.known

    @property
    def out(self) -> int:
        """Own words that their consent does not hold, or that may not be kept: which, would tell who objects."""
        return max(self.own - self.kept - self.known, 0)

    @property
    def minutes(self) -> int | None:
        """Whole ones that the rest will take, by how far the days have come; None where that cannot be told yet."""
        begins = self.begins or self.since
        days = self.now - begins
        if self.reached is None or not days:
            return None
        done = min((self.reached - begins) / days, 1.0)
        gone = time.monotonic() - self.began
        return None if done < TELLING else int(gone * (1 - done) / done / 60)


def far_in(chats: Sequence[Passed]) -> Mapping[str, str]:
    """How far a reading is in the last of these chats, the others being behind it, as a card's ids."""
    minutes = chats[-1].minutes
    left = {} if minutes is None else {"left": str(minutes)}
    return {"read": str(sum(p.read for p in chats)), "own": str(sum(p.own for p in chats)), **_many(chats), **left}


def summary(chats: Sequence[Passed]) -> Mapping[str, str]:
    """What was left out of all these chats and why, as a card's ids; and that some of them may not be read."""
    told = [passed for passed in chats if passed.read or not passed.closed]
    names = {"passed": "read", **{name: name for name in _LEFT_OUT}} if told else {}
    counts = {as_: str(sum(getattr(passed, name) for passed in told)) for as_, name in names.items()}
    return {**counts, **_many(told), **({"why": "history_refused"} if any(passed.closed for passed in chats) else {})}


def _many(chats: Sequence[Passed]) -> Mapping[str, str]:
    return {"chats": str(len(chats))} if len(chats) > 1 else {}


def found(tell: Tell, consent: Consent, *, proposes: bool, listed: bool) -> str:
    """What the receipt of a consent says of the words found so far; `listed`: the platform has a history to read."""
    language, ids = tell.language, tell.ids
    if "read" in ids:
        return _how_far(tell)
    if tell.card == "found" or proposes:
        said = say(language, "found_text" if consent.messages else "found_none", found=consent.messages)
        # what an older version left in the queue does not tell what was out
        left_out = say(language, "found_passed", **ids) if "out" in ids else ""
        partly = say(language, "found_partly", why=say(language, ids["why"])) if "why" in ids else ""
        return "\n\n".join(line for line in (left_out, said, partly) if line)
    if ids.get("look_back") != "yes":
        return say(language, "joined_today")
    if listed:
        return say(language, "joined_reading")
    places = say(language, "joined_file_ids", chat=consent.chat, person=consent.owner)
    return f"{say(language, 'joined_send_file')}\n{places}"


def of_one(tell: Tell) -> str:
    """How far the reading of one of several chats is, or what was left out of it; "" where none is told of."""
    if "read" in tell.ids:
        return _how_far(tell)
    return say(tell.language, "found_passed", **tell.ids) if "out" in tell.ids else ""


def reading_as(language: Language, passed: Passed, before: int, nth: int, of: int) -> str:
    """How far a reading with its owner's own eyes is, in the chat that is read just now."""
    far = say(language, "lend_reading", nth=nth, of=of, read=before + passed.read)
    return far + left_to_do(language, passed.minutes)


def read_as(language: Language, chats: Sequence[Passed]) -> str:
    """What came of it, over all chats: how much was kept, and why the rest was not."""
    gaps = sum(p.gaps for p in chats)
    done = say(language, "lend_done", read=sum(p.read for p in chats), kept=sum(p.kept for p in chats))
    why = {name: int(count) for name, count in summary(chats).items() if name in _LEFT_OUT}
    lines = [done, say(language, "lend_left_out", **why)] if any(why.values()) else [done]
    return "\n\n".join([*lines, say(language, "lend_gaps", moments=gaps)] if gaps else lines)


def left_to_do(language: Language, minutes: int | None) -> str:
    """How long it will take; nothing where that cannot be told yet."""
    if minutes is None:
        return ""
    return say(language, "joined_left", minutes=minutes) if minutes else say(language, "joined_soon")


def _how_far(tell: Tell) -> str:
    far = say(tell.language, "joined_progress", read=tell.ids["read"], found=tell.ids["own"])
    left = tell.ids.get("left")
    return far + left_to_do(tell.language, None if left is None else int(left))
