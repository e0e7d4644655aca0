"""Other people in an owner's words: what everybody else in a chat is called now, and a text without these names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from adapters.base import Platform, PlatformError
from bot.sentences import Language, language_of, say

# Whoever is called on, by whatever name; no mailbox or host, no code in backticks, and not everybody at once.
_CALLED = re.compile(
    r"(?<![A-Za-z0-9._%+/`-])@(?!(?:all|everyone|here|channel|所有人|全体成员)(?![A-Za-z0-9_]))[^\s@,，。:：;；!！?？]+",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Others:
    """Everybody in a chat but one, by name; kept nowhere."""

    name: str = ""  # of that one
    names: re.Pattern[str] | None = None  # theirs among the others', so that no part of it is taken for another's

    def masked(self, text: str, language: Language | None = None) -> str:
        """A text without the names of other people, in its own language if no other is given."""
        somebody = say(language or language_of(text), "page_colleague")
        if self.names is not None:
            text = self.names.sub(lambda found: found[0] if found["name"] == self.name else somebody, text)
        return _CALLED.sub(somebody, text)


async def others_in(platform: Platform | None, owner: str, chat: str, name: str) -> Others:
    """Everybody in a chat but its owner, who is called `name`, as far as the platform tells who is there now."""
    try:
        members = (await platform.members(chat) if platform else None) or {}
    except PlatformError:
        members = {}
    return among((called for person, called in members.items() if person != owner), name)


def among(names: Iterable[str], name: str) -> Others:
    """Those who are called so; a single letter is nobody's name, and what the owner is called too not theirs alone."""
    named = {called for called in names if len(called) > 1 and called != name}
    if not named:
        return Others(name)
    every = sorted(named | ({name} if len(name) > 1 else set()), key=lambda called: (-len(called), called))
    return Others(name, re.compile(f"@?(?P<name>{'|'.join(map(_whole, every))})"))


def _whole(name: str) -> str:
    """Latin names as whole words, beside Chinese ones too, where no `\\b` tells a word's end."""
    before = "(?<![A-Za-z0-9_])" if re.match("[A-Za-z0-9_]", name[0]) else ""
    after = "(?![A-Za-z0-9_])" if re.match("[A-Za-z0-9_]", name[-1]) else ""
    return f"{before}{re.escape(name)}{after}"
