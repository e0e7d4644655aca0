"""The one card that a chat gets unasked, when it becomes a source, and the cards of those who object there."""

from collections.abc import Mapping

from adapters.base import Button, Card, Platform
from bot.meant import chat_name
from bot.sentences import Language, language_of, say
from skills.words import Tell


class Announcing:
    """In the language of the chat's name, never in that of whoever joined first: it would point at them."""

    def __init__(self, platforms: Mapping[str, Platform], language: Language) -> None:
        self._platforms, self._language = platforms, language

    async def card(self, tell: Tell) -> Card:
        """The card for everybody in a chat."""
        chat = tell.ids["chat"]
        name = await chat_name(self._platforms[tell.platform], chat)
        return announcement(language_of(name, default=self._language), chat)


def announcement(language: Language, chat: str) -> Card:
    """What is learned here and from whom, without names or numbers; how to join and how to object."""
    value = {"chat": chat, "language": language}
    learn = Button("learn", say(language, "learn_button"), value, command="/optin")
    against = Button("object", say(language, "object_button"), value, command="/object")
    return Card(say(language, "announce_title"), say(language, "announce_text"), buttons=(learn, against))


def objected(language: Language, chat: str, name: str) -> Card:
    """To the one who objects alone, with the way back."""
    value = {"chat": chat, "language": language}
    text = say(language, "objected_text", chat=name or say(language, "this_chat"))
    back = Button("unobject", say(language, "unobject_button"), value)
    return Card(say(language, "objected_title"), text, buttons=(back,))


def unobjected(language: Language, name: str) -> Card:
    """To the one who objected: it is as if they had not."""
    text = say(language, "unobjected_text", chat=name or say(language, "this_chat"))
    return Card(say(language, "unobject_button"), text)
