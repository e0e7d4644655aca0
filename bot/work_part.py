"""The work part of an export's Agent Skill: the pages in use as `work.md`, and what other readers of it look for."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.others import Others
from bot.page_cards import KINDS
from bot.page_lines import PARTS
from bot.sentences import Language, say
from skills.portable import Portable
from skills.titling import beginning

Row = Mapping[str, Any]


def work_part(
    portable: Portable, slug: str, label: str, others: Mapping[str, Others], language: Language
) -> dict[str, bytes]:
    """`work.md`, `meta.json` and `manifest.json` by name; none where no page is in use.

    A line that its owner keeps to themselves is in none of them, nor the name of anybody else in its chat.
    """
    said = {(row["chat"], row["id"]): row for row in portable.messages if not row["withheld"]}
    keys = [(page, [(page["chat"], line) for line in page["lines"]]) for page in _used(portable)]
    pages = [(page, lines) for page, of_it in keys if (lines := [said[key] for key in of_it if key in said])]
    if not pages:
        return {}
    text = "".join(_section(page, lines, others.get(page["chat"], Others()), language) for page, lines in pages)
    head = f"# {say(language, 'work_title', name=portable.name or slug)}\n\n> {label}\n\n"
    meta, manifest = _meta(portable, slug, language), _manifest(portable, slug, label)
    return {"work.md": (head + text).encode(), "meta.json": _json(meta), "manifest.json": _json(manifest)}


def _used(portable: Portable) -> Sequence[Row]:
    return sorted((p for p in portable.pages if p["state"] == "active"), key=lambda p: (p["kind"], p["title"], p["id"]))


def _section(page: Row, lines: Sequence[Row], others: Others, language: Language) -> str:
    """A title is said only where the words that it is taken from are."""
    known = page["named"] or any(page["title"] in row["text"] for row in lines)
    title = others.masked(page["title"] if known else beginning(lines[0]["text"]))
    kind = say(language, KINDS[page["kind"]])
    shown = {row["id"] for row in lines}
    told = [line for line in page["written"] if shown.issuperset(line["cites"])]
    if told:
        made = say(language, "work_told", provider=told[0]["provider"])
        parts = [f"{say(language, PARTS[t['part']])}: {others.masked(t['text'])}" for t in told]
        each = "".join(f"- {part} ({', '.join(t['cites'])})\n" for part, t in zip(parts, told, strict=True))
        kind = f"{kind}\n\n{made}\n\n{each}"
    quotes = "".join(
        f"- {str(row['at'])[:10]} ({row['id']})\n\n{_quoted(others.masked(row['text']))}\n\n" for row in lines
    )
    return f"## {title}\n\n{kind}\n\n{quotes}"


def _quoted(text: str) -> str:
    return "\n".join(f"  > {line}" for line in text.splitlines())


def _meta(portable: Portable, slug: str, language: Language) -> dict[str, Any]:
    """As Colleague Skill's readers know it, version 3; of traits, ranks and moods nothing, for there is none."""
    at, version = portable.at.isoformat(), "v1"
    of_work = {"combined_skill": "SKILL.md", "work_doc": "work.md", "manifest": "manifest.json", "combined_name": slug}
    return {
        "schema_version": "3",
        "id": f"meta-skill.colleague.{slug}",
        "kind": "meta-skill",
        "character": "colleague",
        "name": portable.name or slug,
        "display_name": portable.name or slug,
        "slug": slug,
        "version": version,
        "created_at": at,
        "updated_at": at,
        "classification": {"language": language, "tags": []},
        "source_context": {"is_real_person": True, "is_public_figure": False, "is_fictional": False},
        "artifacts": of_work,
        "generation": {"engine": "fenshen", "created_from": [portable.id]},
        "lifecycle": {"status": "active", "version": version, "created_at": at, "updated_at": at},
        "knowledge_sources": [],
        "AIGC": {"Label": "1", "ContentProducer": "fenshen", "ProduceID": portable.id},
    }


def _manifest(portable: Portable, slug: str, label: str) -> dict[str, Any]:
    return {
        "manifest_version": "1",
        "id": f"meta-skill.colleague.{slug}",
        "kind": "meta-skill",
        "character": "colleague",
        "display_name": portable.name or slug,
        "entrypoints": {"default": "SKILL.md", "work": "work.md"},
        "artifacts": ["SKILL.md", "work.md", "meta.json", "consent.json", "LICENSE-DISTILL.md"],
        "capabilities": ["work"],
        "install": {"min_schema_version": "3"},
        "ai_label": label,
        "AIGC": {"Label": "1", "ContentProducer": "fenshen", "ProduceID": portable.id},
    }


def _json(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
