"""Cards about a file that an owner sent: what became of its lines, and in which chat they were said."""

from collections.abc import Mapping, Sequence

from adapters.base import Button, Card
from bot.cards import tries
from bot.sentences import Language, say


def imported(language: Language, counts: Mapping[str, int], questions: Sequence[str]) -> Card:
    """What became of a file's lines, and questions to try on them."""
    text = say(language, "imported_text", **counts)
    if counts["withheld"]:
        text = f"{text}\n{say(language, 'imported_withheld', **counts)}"
    if counts["pages"]:
        text = f"{text}\n{say(language, 'imported_pages', **counts)}"
    if questions:
        text = f"{text}\n\n{say(language, 'imported_try')}"
    return Card(say(language, "imported_title"), text, buttons=tries(language, "", questions))


def import_where(
    language: Language, found: int, file: Mapping[str, str], chats: Mapping[str, str], *, about: bool = False
) -> Card:
    """Where was it said? One button a chat; nothing is kept yet. `chats` is id to name.

    `about`: somebody else wrote it of the owner, who takes it up as their own or not at all.
    """
    here = say(language, "this_chat")
    buttons = tuple(
        Button("import_in", name or here, {**file, "chat": chat, "language": language}) for chat, name in chats.items()
    )
    text = say(language, "import_where_skill" if about else "import_where", found=found)
    return Card(say(language, "imported_title"), text, buttons=buttons)
