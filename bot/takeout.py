"""An owner's export, made and sent to them alone where the platform lets a bot send files; else how it is had."""

import asyncio
from collections.abc import Mapping

from adapters.base import Address, Button, Card, File, Files, Platform, Refused
from bot import archive, own_key
from bot.cards import plain
from bot.others import others_in
from bot.own_key import NoKey
from bot.receipts import Controller, receipt_of
from bot.sentences import Language, say
from skills.signing import EXPORT
from skills.store import Store
from skills.words import Tell


async def exported(
    store: Store,
    platform: Platform | None,
    person: str,
    controller: Controller,
    language: Language,
    key: str | None = None,
) -> tuple[str, bytes, int] | None:
    """An owner's export: a name for it, the signed archive, how many messages it holds; None for whoever is no owner.

    `platform`: theirs, which tells who else is in their chats. With a `key`, sealed to it. Raises NoKey.
    """
    key = None if key is None else own_key.checked(key)
    portable = await store.portable(person)
    if portable is None:
        return None
    receipts = {}
    for id_ in await store.record_ids(person):
        if (signed := await receipt_of(store, person, id_, controller)) is not None:
            receipts[id_] = signed
    chats = dict.fromkeys(str(row["chat"]) for row in portable.messages)
    others = {chat: await others_in(platform, person, chat, portable.name) for chat in chats}
    files = archive.files_of(portable, receipts, others, language)
    signed = await store.signed(archive.manifest(portable, files), EXPORT)
    name, data = f"fenshen-export-{portable.id}.zip", archive.zipped(files, signed)
    if key is not None:
        name, data = f"{name}.age", await asyncio.to_thread(own_key.sealed, data, key)
    return name, data, len(portable.messages)


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
            return _by_command(tell)
        label, value = say(language, "export_button"), {"language": language}
        button = Button("export_file", label, value, style="primary", command="/export file")
        return Card(title, say(language, "export_here"), buttons=(button,))

    async def send(self, tell: Tell) -> Card:
        """Make it and send it; the card says what was sent. Raises PlatformError where another try may help."""
        platform, language, person = self._platforms[tell.platform], tell.language, str(tell.person)
        key = tell.ids.get("key")
        try:
            if not isinstance(platform, Files):
                return _by_command(tell)
            made = await exported(self._store, platform, person, self._controller, language, key)
            if made is None:
                return plain(language, "export_none", title="export_title")
            name, data, messages = made
            await platform.send_file(Address(person=person), File(name, ""), data, key=f"export:{name}")
        except NoKey:
            return plain(language, "export_no_key", title="export_title")
        except Refused:
            return _by_command(tell)
        text = say(language, "export_sent", file=name, messages=messages)
        sealed = f"\n\n{say(language, 'export_sealed', key=key)}" if key else ""
        return Card(say(language, "export_title"), f"{text}{sealed}")


def _by_command(tell: Tell) -> Card:
    """How the operator writes it. Raises NoKey."""
    key = tell.ids.get("key")
    named = f"{tell.person} --to {own_key.checked(key)}" if key else tell.person
    return Card(say(tell.language, "export_title"), say(tell.language, "export_how", person=named))
