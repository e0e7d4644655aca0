"""`fenshen import`: a file for its owner, who must read out the one-time code that the bot sends them."""

import asyncio
import secrets
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from adapters.base import Address, Card, Platform, PlatformError
from bot.learning import MOST_BYTES, Learning
from bot.objecting import Objections
from bot.platforms import make_platforms
from bot.sentences import say
from bot.serve import ground_of
from bot.settings import BadSettings, Settings
from bot.tells import Tells
from skills.store import Store


async def import_file(settings: Settings, file: Path, person: str, chat: str | None = None) -> int:
    """Import the owner's own words of a file, for `chat` where it names none.

    Raises BadSettings for a file or person that cannot be.
    """
    data = _read(file)
    platforms = make_platforms(settings).platforms
    platform = platforms.get(person.partition(":")[0])
    if platform is None:
        raise BadSettings(f"the platform of {person} is not set up: ids look like lark:APP:ou_… or dingtalk:CORP:STAFF")
    try:
        async with ground_of(settings) as ground:
            tells = Tells(ground.store, platforms, frozenset(), None)
            learning = Learning(ground.store, platforms, {}, tells, Objections(ground.store, platforms))
            return await confirmed_import(settings, ground.store, platform, learning, person, data, chat, ask=typed)
    finally:
        await asyncio.gather(*(p.aclose() for p in platforms.values()))


async def confirmed_import(
    settings: Settings,
    store: Store,
    platform: Platform,
    learning: Learning,
    person: str,
    data: bytes,
    into: str | None = None,
    *,
    ask: Callable[[], str],
) -> int:
    """Send the owner a code, take it back by `ask`, then import; 1 when any step says no, 0 when it is done."""
    no = await confirmed(
        settings, store, platform, person, ask=ask, text=partial(say, settings.language, "import_code")
    )
    if no is not None:
        return refuse(f"nothing was imported: {no}")
    outcome, counts = await learning.take_in(person, data)
    if outcome == "import_where" and counts["about"] != "0":
        return refuse(say(settings.language, "import_skill_typed"))
    if outcome == "import_where" and into is not None:
        outcome, counts = await learning.take_in(person, data, into)
    if outcome == "import_where":
        return refuse(say(settings.language, "import_where_typed"))
    if outcome != "imported":
        return refuse(say(settings.language, outcome))
    print(say(settings.language, "imported_text", **counts))
    for name, sentence in (("withheld", "imported_withheld"), ("pages", "imported_pages")):
        if counts[name] != "0":
            print(say(settings.language, sentence, **counts))
    return 0


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise BadSettings(f"{file} is larger than {MOST_BYTES // 2**20} MB: split it")
        return file.read_bytes()
    except OSError as error:
        raise BadSettings(f"{file} cannot be read: {error.strerror}") from None


async def confirmed(
    settings: Settings,
    store: Store,
    platform: Platform,
    person: str,
    *,
    ask: Callable[[], str],
    text: Callable[..., str],
) -> str | None:
    """Whether the owner, by the code that only they are sent, says so; None: they do, else why it was not had.

    `text` says what they are asked, with the `code`.
    """
    code = await store.import_code(person)
    if code is not None:
        card = Card(say(settings.language, "nothing_title"), text(code=code))
        try:
            await platform.send(Address(person=person), card, key=f"code:{secrets.token_hex(8)}")
        except PlatformError as error:
            return f"the code could not be sent ({type(error).__name__})"
    # asked for in any case: whoever runs this command must not learn here who has a double
    if not await store.redeem(person, (await asyncio.to_thread(ask)).strip()):
        return "the code is wrong or too old, or nobody was sent one"
    return None


def typed() -> str:
    """The code, from the one who runs the command."""
    return input("The code that the bot sent to the owner: ")


def refuse(why: str) -> int:
    """Say why nothing was done."""
    print(why, file=sys.stderr)
    return 1
