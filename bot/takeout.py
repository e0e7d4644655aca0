"""An owner's export, made and sent to them alone where the platform lets a bot send files; else how it is had."""

from collections.abc import Mapping

from adapters.base import Address, Button, Card, File, Files, Platform, Refused
from bot import archive
from bot.cards import plain
from bot.receipts import Controller, receipt_of
from bot.sentences import Language, say
from skills.signing import EXPORT
from skills.store import Store
from skills.words import Tell


async def exported(
    store: Store, person: str, controller: Controller, language: Language
) -> tuple[str, bytes, int] | None:
    """An owner's export: its id, the signed archive, and how many messages it holds; None for whoever is no owner."""
    portable = await store.portable(person)
    if portable is None:
        return None
    receipts = {}
    for id_ in await store.record_ids(person):
        if (signed := await receipt_of(store, person, id_, controller)) is not None:
            receipts[id_] = signed
    files = archive.files_of(portable, receipts, language)
    signed = await store.signed(archive.manifest(portable, files), EXPORT)
    return portable.id, archive.zipped(files, signed), len(portable.messages)


class Takeout:
    """By the owner's own word or tap, into their direct chat with the bot and nowhere else."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], controller: Controller) -> None:
        self._store = store
        self._platforms = platforms
        self._controller = controller

    async def how(self, tell: Tell) -> Card:
        """What an export is, and the way to one: a tap, or the operator's command where no file can be sent."""
        language, title = tell.language, say(tell.language, "export_title")
        if not isinstance(self._platforms[tell.platform], Files):
            return Card(title, say(language, "export_how", person=tell.person))
        label, value = say(language, "export_button"), {"language": language}
        button = Button("export_file", label, value, style="primary", command="/export file")
        return Card(title, say(language, "export_here"), buttons=(button,))

    async def send(self, tell: Tell) -> Card:
        """Make it and send it; the card says what was sent. Raises PlatformError where another try may help."""
        platform, language, person = self._platforms[tell.platform], tell.language, str(tell.person)
        if not isinstance(platform, Files):
            return await self.how(tell)
        made = await exported(self._store, person, self._controller, language)
        if made is None:
            return plain(language, "export_none", title="export_title")
        id_, data, messages = made
        file = File(f"fenshen-export-{id_}.zip", "")
        try:
            await platform.send_file(Address(person=person), file, data, key=f"export:{id_}")
        except Refused:
            return Card(say(language, "export_title"), say(language, "export_how", person=person))
        text = say(language, "export_sent", file=file.name, messages=messages)
        return Card(say(language, "export_title"), text)
