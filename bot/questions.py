"""What an asker wrote and whom they mean; kept in memory alone, for as long as its buttons may be tapped."""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from adapters.base import Mention, Message, Platform, PlatformError
from bot.asked import JOINS, MOST_NAMED, parse_question
from bot.sentences import Language, language_of
from skills.answers import Earlier
from skills.words import UNTOLD, Venue, Within

MOST_REMEMBERED = 2_000
REMEMBERED = timedelta(hours=24)
LONGEST = (
    2_000  # characters of a question that are read: by the floor and by recall alike, so nothing hides behind them
)


@dataclass(frozen=True, slots=True)
class Question:
    """One question, with the colleague it names: by name as written, by id where the platform vouches for one."""

    message: Message
    text: str
    name: str | None
    person: str | None
    language: Language
    id: str = field(default_factory=lambda: secrets.token_hex(6))
    earlier: Earlier | None = None  # the answer that it goes on from
    also: "tuple[Question, ...]" = ()  # the same asked of others, each with an id of its own
    within: Within = UNTOLD  # where those belong who will read the reply
    aside: bool = False  # asked in a group, to be answered to its asker alone

    @property
    def asker(self) -> str | None:
        """The one who asks; None for somebody without a stable id."""
        return self.message.sender

    @property
    def venue(self) -> Venue:
        """Where the reply will stand."""
        return Venue(self.message.chat, self.message.direct, self.within)

    def alone(self) -> "tuple[Question, ...]":
        """The same of each who is named, for an answer that nobody but the asker will read."""
        named = [each for each in (self, *self.also) if each.name or each.person]
        told = [(q, replace(q.message, direct=True)) for q in named]
        return tuple(replace(q, message=m, also=(), within=UNTOLD, aside=True) for q, m in told)


async def understand(message: Message, platform: Platform, default: Language) -> Question:
    """Read a message as a question: mentions name people first, then the words, then the message replied to.

    Of an endless one its first 2,000 characters are the question.
    """
    message = replace(message, text=message.text[:LONGEST])
    language = language_of(message.text, message.chat_name, default=default)
    if message.mentions:
        return _of(_mentioned(message, language))
    asked = parse_question(message.text)
    person = None
    if asked.name is None and message.reply_to and not message.direct:
        person = await _author(platform, message.chat, message.reply_to)
    names = [asked.name, *asked.also]
    return _of([Question(message, asked.question, name, person, language) for name in names])


def _mentioned(message: Message, language: Language) -> list[Question]:
    """The one mentioned first, and those whose mentions follow at once ("@Ana 和 @Bo"); later ones are talked of."""
    rest, meant = message.text, list[Mention]()
    for mention in message.mentions[:MOST_NAMED]:
        before, found, after = rest.partition(f"@{mention.name}") if mention.name else (rest, "", "")
        if meant and (not found or not JOINS.fullmatch(before)):
            break
        meant.append(mention)
        rest = f"{before} {after}" if len(meant) == 1 else after
    text = rest.strip() or message.text
    return [Question(message, text, mention.name or None, mention.person, language) for mention in meant]


def _of(questions: Sequence[Question]) -> Question:
    return replace(questions[0], also=tuple(questions[1:]))


async def _author(platform: Platform, chat: str, message: str) -> str | None:
    try:
        return await platform.author(chat, message)
    except PlatformError:
        return None


class Questions:
    """The latest questions by id, bounded in number and age."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, tuple[datetime, Question]] = OrderedDict()
        self._put: set[str] = set()

    def remember(self, question: Question) -> None:
        """Keep a question for its buttons, and what it asks of each."""
        for each in (question, *question.also):
            self._kept[each.id] = (self._clock(), each)
        while len(self._kept) > MOST_REMEMBERED:
            gone, _ = self._kept.popitem(last=False)
            self._put.discard(gone)

    def find(self, question_id: str) -> Question | None:
        """The question, while it is remembered."""
        since, question = self._kept.get(question_id, (None, None))
        return question if since and self._clock() - since < REMEMBERED else None

    def choose(self, question: Question, person: str) -> Question:
        """The question as its asker has put it to one of several; its buttons mean that one from now on."""
        since, chosen = self._clock(), replace(question, person=person, also=())
        self._kept[question.id] = (since, chosen)
        return chosen

    def forget(self, chat: str, message: str) -> None:
        """Drop what was asked in a message that its author took back."""
        for id_ in [i for i, (_, q) in self._kept.items() if (q.message.chat, q.message.id) == (chat, message)]:
            del self._kept[id_]

    def forget_asker(self, person: str) -> None:
        """Drop whatever a person asked."""
        for id_ in [id_ for id_, (_, question) in self._kept.items() if question.asker == person]:
            del self._kept[id_]

    def first_put(self, question_id: str) -> bool:
        """True once: when a question is put to the person for the first time."""
        first = question_id not in self._put
        self._put.add(question_id)
        return first
