"""The directory of random lives: who belongs where, who sits in which chat, and whom departments cover, plainly."""

import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field


@dataclass
class Directory:
    """Two departments under one, and people who move between them, in and out of chats; it decides by itself."""

    dice: random.Random
    people: Sequence[str]
    chats: Sequence[str]
    web: str
    pay: str
    whole: str
    of: dict[str, frozenset[str]] = field(default_factory=dict)  # who is not in it is not told of
    members: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for person in self.people:
            self.of[person] = frozenset({self.web, self.whole})
        for chat in self.chats:
            self.members[chat] = set(self.people)
        for _ in range(self.dice.choice((0, 1, 2))):
            self.move()

    def some(self) -> tuple[str, ...]:
        """Departments that an admin may list."""
        return self.dice.choice(((self.web,), (self.web,), (self.pay, self.web), (self.whole,), (self.pay,)))

    def move(self) -> None:
        """Somebody changes departments or leaves all of them; or comes into a chat, or goes out of it."""
        person = self.dice.choice(self.people)
        if self.dice.random() < 0.4:
            self.members[self.dice.choice(self.chats)] ^= {person}
        elif (to := self.dice.choice((self.web, self.web, self.pay, None))) is None:
            self.of.pop(person, None)
        else:
            self.of[person] = frozenset({to, self.whole})

    def readers(self, asker: str, chat: str | None) -> set[str]:
        """Who will read a reply there; without a chat, the asker alone."""
        return {asker} if chat is None else {asker, *self.members[chat]}

    def covered(self, readers: Iterable[str], departments: Collection[str]) -> bool:
        """Whether there is nobody among them who is in none of these."""
        return not [one for one in readers if not set(departments) & self.of.get(one, frozenset())]
