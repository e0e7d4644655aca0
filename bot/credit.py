"""The credit of an owner's double, told to them alone: a card, and a table where the platform lets a bot send files."""

import csv
import io
from collections.abc import Mapping, Sequence

from adapters.base import Address, Button, Card, File, Files, Platform, Refused
from bot import cards
from bot.meant import own_chats
from bot.sentences import say
from skills.credits import Credit
from skills.store import Store
from skills.words import Tell

COLUMNS = ("at", "answer", "chat", "credit")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


class Crediting:
    """What was earned, and nothing of who asked."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform]) -> None:
        self._store = store
        self._platforms = platforms

    async def card(self, tell: Tell) -> Card:
        """How much it is, and the way to the table."""
        language, title = tell.language, say(tell.language, "credit_title")
        earned = await self._store.credits(str(tell.person))
        if not earned:
            return Card(title, say(language, "credit_none"), note=say(language, "credit_note"))
        month = f"{self._store.now().astimezone():%Y-%m}"
        total = sum(one.value for one in earned)
        lately = sum(one.value for one in earned if f"{one.at.astimezone():%Y-%m}" == month)
        text, note = say(language, "credit_text", credit=total, month=lately), say(language, "credit_note")
        if not isinstance(self._platforms[tell.platform], Files):
            return Card(title, f"{text}\n{say(language, 'credit_elsewhere')}", note=note)
        value = {"language": language}
        button = Button("credit_file", say(language, "credit_button"), value, command="/credit file")
        return Card(title, text, note=note, buttons=(button,))

    async def send(self, tell: Tell) -> Card:
        """Send the table to its owner alone; the card says so. Raises PlatformError where another try may help."""
        platform, language, person = self._platforms[tell.platform], tell.language, str(tell.person)
        earned = await self._store.credits(person)
        if not isinstance(platform, Files) or not earned:
            return await self.card(tell)
        names = await own_chats(self._store, platform, person, [one.chat for one in earned if not one.direct])
        file = File(f"fenshen-credit-{cards.day(self._store.now())}.csv", "")
        try:
            key = f"credit:{tell.ids.get('asked', '')}"
            await platform.send_file(Address(person=person), file, table(earned, names), key=key)
        except Refused:
            return Card(say(language, "credit_title"), say(language, "credit_elsewhere"))
        text = say(language, "credit_sent", file=file.name, entries=len(earned))
        return Card(say(language, "credit_title"), text, note=say(language, "credit_note"))


def table(earned: Sequence[Credit], chats: Mapping[str, str]) -> bytes:
    """One line for each entry, as spreadsheets read it; nothing in it is run by one."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for one in earned:
        writer.writerow((one.at.isoformat(), one.answer, _still(chats.get(one.chat) or ""), one.value))
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _still(name: str) -> str:
    return f"'{name}" if name.startswith(_FORMULA) else name
