"""A process of its own that leaves for somebody and does the whole erasure: to be killed at any step of it."""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from skills.database import Database
from skills.keyring import DirectoryKeyring
from skills.queue import Queue
from skills.store import Store
from skills.vault import Vault
from skills.words import Claim


async def leave(url: str, keyring: DirectoryKeyring, person: str, now: datetime) -> None:
    """Leave by one delivery, always the same, and erase."""
    store = Store(Database(url), Vault(keyring), keyring, Queue(url), lambda: now)
    gone = await store.leave(Claim("lark", "the-leaving"), person)
    if gone is not None:
        await store.erase(gone.id)


if __name__ == "__main__":
    _, address, directory, who, moment = sys.argv
    asyncio.run(leave(address, DirectoryKeyring(Path(directory)), who, datetime.fromisoformat(moment)))
