"""What people say to the bot in plain words or after a slash, in Chinese and English."""

from dataclasses import dataclass
from typing import Literal

Verb = Literal["join", "leave", "scopes", "help", "notice", "unknown"]

_WORDS: dict[str, Verb] = {
    "加入": "join",
    "join": "join",
    "/optin": "join",
    "/join": "join",
    "退出": "leave",
    "leave": "leave",
    "/optout": "leave",
    "/leave": "leave",
    "我的分身": "scopes",
    "my double": "scopes",
    "/scopes": "scopes",
    "帮助": "help",
    "help": "help",
    "/help": "help",
    "全文": "notice",
    "/notice": "notice",
}
CHOICES = {"me": "join_me", "here": "join_here", "today": "join_today", "no": "decline"}


@dataclass(frozen=True, slots=True)
class Command:
    """A verb and what follows it: `/optin today` is `Command("join", ("today",))`."""

    verb: Verb
    words: tuple[str, ...] = ()


def parse_command(text: str) -> Command | None:
    """The command that a message to the bot is; None for a question.

    A plain word is a command only when it stands alone, so that a question may contain it; anything after a
    slash is one, and an unknown slash word is `unknown` rather than a question.
    """
    said = text.strip().rstrip("。.!！")
    if verb := _WORDS.get(said.casefold()):
        return Command(verb)
    if not said.startswith("/"):
        return None
    first, *rest = said.split()
    return Command(_WORDS.get(first.casefold(), "unknown"), tuple(rest))
