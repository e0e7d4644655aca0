"""The guided week: what one lacks, the owner answers once; and where she wants to look first, she does."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.world import World
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources

Both = Mapping[str, str]  # in both languages, as it is typed


@dataclass(frozen=True, slots=True)
class Week:
    """Who asks whom where, and every line that is typed; `again` is the same question in other words.

    `scope`: by which the asker may ask alone, after the owner's look; an admin writes it, the owner joins it.
    """

    platform: str
    chat: str  # bare, as the page names it
    owner: str  # whole ids
    asker: str
    next: str
    question: Both
    reply: Both
    again: Both
    correction: Both
    scope: str
    join: str
    alone: Both

    @property
    def document(self) -> ScopeDocument:
        """Her words of that chat, for this one asker, and no answer that she has not seen."""
        tenant = self.owner.rpartition(":")[0]
        return ScopeDocument(Sources((f"{tenant}:{self.chat}",)), Readers((), (self.asker,)), Ceiling(mode="review"))


def read_weeks(home: Path, worlds: Mapping[str, World], tenant: str, bot: str) -> tuple[Week, ...]:
    """The weeks that a company's folder tells; none without a `week.json`."""
    path = home / "week.json"
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return tuple(
        _week(row, platform, world, tenant, bot)
        for platform, world in worlds.items()
        for row in rows
        if row["chat"] in world.chats
    )


def _week(row: Mapping[str, Any], platform: str, world: World, tenant: str, bot: str) -> Week:
    name, whole = world.people[row["owner"]].name, f"{platform}:{tenant}:"
    # on DingTalk a bot hears only what mentions it
    call = {"zh": f"@{bot} ", "en": "@bot "} if platform == "dingtalk" else {"zh": "", "en": ""}
    return Week(
        platform,
        row["chat"],
        whole + row["owner"],
        whole + row["asker"],
        whole + row["next"],
        question=asked(row["question"], name, bot),
        reply={language: call[language] + row["reply"][language] for language in call},
        again=asked(row["again"], name, bot),
        correction={"zh": f"@{bot} 更正：{row['correction']['zh']}", "en": f"@bot correct: {row['correction']['en']}"},
        scope=row["scope"],
        join=f"/join {row['scope']}",
        alone={"zh": f"{name} {row['again']['zh']}", "en": f"ask {name} {row['again']['en']}"},
    )


def asked(words: Both, name: str, bot: str) -> Both:
    """A question to somebody's double, as it is typed in a group."""
    return {"zh": f"@{bot} {name} {words['zh']}", "en": f"@bot ask {name} {words['en']}"}
