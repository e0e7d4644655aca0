"""An export as an operator makes it: by the command, for an owner who reads out the code that the bot sent them."""

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.base import Platform
from bot.exporting import confirmed_export
from skills.store import Store

if TYPE_CHECKING:
    from bot.demo.stage import Simulated

_CODE = re.compile(r"[:：]\s*([0-9A-Z]{4,})")


async def taken(among: "Simulated", store: Store, platform: Platform, person: str) -> bytes:
    """The file that `fenshen export` writes, the code having come to the owner's own chat; b"" where there is none."""
    simulator = among.lark if platform.name == "lark" else among.dingtalk
    direct = simulator.world.direct(person.rpartition(":")[2]).id

    def heard() -> str:
        said = [post for post in simulator.world.read(direct) if post.sender not in simulator.world.people]
        card = simulator.card(said[-1]) if said else None
        found = _CODE.search(card.text if card else said[-1].text if said else "")
        return found[1] if found else ""

    with tempfile.TemporaryDirectory(prefix="fenshen") as directory:
        out = Path(directory) / "export.zip"
        done = await confirmed_export(among.settings, store, platform, person, out, ask=heard)
        return b"" if done else out.read_bytes()
