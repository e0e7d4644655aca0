"""`fenshen export`: everything of one owner's in a file, for whoever they read the one-time code out to."""

import asyncio
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from adapters.base import Platform
from bot import own_key
from bot.importing import confirmed, refuse, typed
from bot.platforms import make_platforms
from bot.receipts import controller_of
from bot.sentences import say
from bot.serve import ground_of
from bot.settings import BadSettings, Settings
from bot.takeout import exported
from skills.store import Store


async def export_file(settings: Settings, person: str, out: Path | None, key: str | None = None) -> int:
    """Write the owner's export, sealed to their key if one is given; nothing is written over.

    Raises BadSettings for a person or a key that cannot be.
    """
    _check(out, key)
    platforms = make_platforms(settings).platforms
    platform = platforms.get(person.partition(":")[0])
    if platform is None:
        raise BadSettings(f"the platform of {person} is not set up: ids look like lark:APP:ou_… or dingtalk:CORP:STAFF")
    try:
        async with ground_of(settings) as ground:
            return await confirmed_export(settings, ground.store, platform, person, out, key, ask=typed)
    finally:
        await asyncio.gather(*(p.aclose() for p in platforms.values()))


async def confirmed_export(
    settings: Settings,
    store: Store,
    platform: Platform,
    person: str,
    out: Path | None,
    key: str | None = None,
    *,
    ask: Callable[[], str],
) -> int:
    """Send the owner a code, take it back by `ask`, then write; 1 when any step says no, 0 when it is done.

    The code comes with the key to which the file will be sealed: a file that others can open needs another word.
    """
    text = partial(say, settings.language, "export_code" if key is None else "export_code_sealed", key=key)
    no = await confirmed(settings, store, platform, person, ask=ask, text=text)
    if no is not None:
        return refuse(f"nothing was exported: {no}")
    made = await exported(store, platform, person, controller_of(settings), settings.language, key)
    if made is None:
        return refuse("nothing was exported: there is nothing of theirs any more")
    name, data, messages = made
    file = out or Path(name)
    try:
        await asyncio.to_thread(_write, file, data)
    except OSError as error:
        return refuse(f"nothing was exported: {file} cannot be written: {error.strerror}")
    print(say(settings.language, "exported", file=file, messages=messages))
    return 0


def _check(out: Path | None, key: str | None) -> None:
    if key is not None:
        try:
            own_key.checked(key)
        except own_key.NoKey as error:
            raise BadSettings(str(error)) from None
    if out is not None and out.exists():
        raise BadSettings(f"{out} exists already: nothing is written over")


def _write(file: Path, data: bytes) -> None:
    """For its owner alone, and never over another file."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(data)
