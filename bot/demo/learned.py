"""The guided chapter of learning: pages of her own words, put right, kept back, gone back on and taken along by her."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.world import World
from bot.demo.week import Both, asked


@dataclass(frozen=True, slots=True)
class Learned:
    """Who learns where, who asks, and every line that is typed; `file` is what the owner hands over, if they must.

    `title`: what the owner calls their page, by which it is opened then. `topic`: what they keep to themselves.
    """

    platform: str
    chat: str  # bare, as the page names it
    owner: str  # whole ids
    asker: str
    title: Both
    opens: Both
    fact: Both
    correction: Both
    withhold: Both
    kept: Both


def read_learned(home: Path, worlds: Mapping[str, World], tenant: str, bot: str) -> tuple[Learned, ...]:
    """The chapters that a company's folder tells; none without a `learned.json`."""
    path = home / "learned.json"
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return tuple(
        _learned(row, platform, world, tenant, bot)
        for platform, world in worlds.items()
        for row in rows
        if row["chat"] in world.chats
    )


def _learned(row: Mapping[str, Any], platform: str, world: World, tenant: str, bot: str) -> Learned:
    name, whole = world.people[row["owner"]].name, f"{platform}:{tenant}:"
    title = row["title"]
    return Learned(
        platform,
        row["chat"],
        whole + row["owner"],
        whole + row["asker"],
        title=title,
        opens=asked({"zh": f"页面 {title['zh']}", "en": f"page {title['en']}"}, name, bot),
        fact=asked(row["fact"], name, bot),
        correction={"zh": f"@{bot} 更正：{row['correction']['zh']}", "en": f"@bot correct: {row['correction']['en']}"},
        withhold={"zh": f"不分享：{row['topic']}", "en": f"withhold: {row['topic']}"},
        kept=asked(row["kept"], name, bot),
    )
