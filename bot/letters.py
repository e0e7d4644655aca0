"""Cards that carry a person's own words: a reply brought to its asker, and what an owner keeps."""

from collections.abc import Mapping

from adapters.base import Button, Card, Field, Mention, Message, Quote
from bot.sentences import Language, say


def said(message: Message, words: str, *, who: str, where: str) -> Quote:
    """A message as it is quoted to others."""
    return Quote(words, who, where, message.at, message.id)


def replied(language: Language, *, name: str, asker: Mention | None, said: Quote) -> Card:
    """The person's own reply, brought to the one who asked, called on where others read it too.

    No double spoke: it carries no AI label.
    """
    note = say(language, "replied_note", name=name)
    title = say(language, "replied_title", name=name)
    return Card(
        title, say(language, "replied_text", name=name), quotes=(said,), note=note, at=(asker,) if asker else ()
    )


def keep(language: Language, put: str, title: str, said: Quote, chats: Mapping[str, str]) -> Card:
    """Alone with the owner: what they just replied, to be kept by one tap under a title of theirs.

    `chats` is id to name: where it may be kept, one button each.
    """
    value = {"put": put, "language": language}
    buttons = tuple(
        Button("keep", label, {**value, "chat": chat}, style="primary", command=f"/keep {code}")
        for chat, label, code in keepers(language, put, chats)
    )
    field = Field("title", say(language, "keep_field"), title)
    heading = say(language, "keep_proposed", title=title) if title else ""
    text = "\n".join(line for line in (say(language, "keep_text"), heading) if line)
    return Card(say(language, "keep_title"), text, quotes=(said,), fields=(field,), buttons=buttons)


def keepers(
    language: Language, put: str, chats: Mapping[str, str], alone: str = "keep_button", one_of: str = "keep_for"
) -> list[tuple[str, str, str]]:
    """For each chat its id, its button's label, and the code of the text twin: numbered where there are several."""
    if len(chats) == 1:
        return [(chat, say(language, alone), put) for chat in chats]
    here = say(language, "this_chat")
    named = enumerate(chats.items(), 1)
    return [(chat, say(language, one_of, chat=name or here), f"{put}#{n}") for n, (chat, name) in named]


def remembered(language: Language, chat: str, message: str, name: str) -> Card:
    """What was kept for which chat, and the way to undo it."""
    return _done(language, chat, message, name, "remembered_title", "remembered_text")


def corrected(language: Language, chat: str, message: str, name: str) -> Card:
    """What was put right for which chat, and the way to undo it."""
    return _done(language, chat, message, name, "corrected_title", "corrected_text")


def _done(language: Language, chat: str, message: str, name: str, title: str, text: str) -> Card:
    value = {"chat": chat, "message": message, "language": language}
    undo = Button("drop", say(language, "drop_button"), value)
    told = say(language, text, chat=name or say(language, "this_chat"))
    return Card(say(language, title), told, buttons=(undo,))


def remember_where(language: Language, note: Mapping[str, str], chats: Mapping[str, str]) -> Card:
    """Several chats are switched on: one button each. `chats` is id to name; `note` says which message."""
    here = say(language, "this_chat")
    buttons = tuple(
        Button("remember_in", name or here, {**note, "chat": chat, "language": language})
        for chat, name in chats.items()
    )
    return Card(say(language, "remembered_title"), say(language, "remember_where"), buttons=buttons)
