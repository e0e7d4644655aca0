"""The impact assessment of this very installation: each line rests on a setting, shown with it, or on a test."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from pydantic import SecretStr

from bot.sentences import Language
from bot.settings import Settings

TITLE: Mapping[Language, str] = {"zh": "# 个人信息保护影响评估", "en": "# Impact assessment"}
ABOUT: Mapping[Language, str] = {
    "zh": "由 `fenshen assessment` 按当前设置生成。每行末尾是它的依据：一项设置，或一个测试——这行不成立时它会失败。",
    "en": "Made by `fenshen assessment` from the settings as they are. Each line ends with what it rests on: a setting, or a test that fails when the line is not true.",  # noqa: E501
}


@dataclass(frozen=True, slots=True)
class Line:
    """What is said, in both languages, and the setting or test that it rests on."""

    said: Mapping[Language, str]
    by: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines."""

    heading: Mapping[Language, str]
    lines: Sequence[Line]


def sections() -> Sequence[Section]:
    """All that is said."""
    read = tomllib.loads((files("bot") / "assessment.toml").read_text(encoding="utf-8"))
    return [Section(_both(part), [Line(_both(line), line["by"]) for line in part["lines"]]) for part in read["section"]]


def assessment(settings: Settings, language: Language) -> str:
    """The document as Markdown. Of a secret it says only whether it is set."""
    parts = [TITLE[language], ABOUT[language]]
    for section in sections():
        parts += [f"## {section.heading[language]}"]
        parts += ["\n".join(f"- {_filled(line, settings, language)} `{line.by}`" for line in section.lines)]
    return "\n\n".join(parts) + "\n"


def value_of(settings: Settings, variable: str) -> object:
    """What a setting is set to, by its environment variable. Raises KeyError for one that does not exist."""
    names = {str(field.validation_alias.choices[0]): name for name, field in Settings.model_fields.items()}  # type: ignore[union-attr]
    return getattr(settings, names[variable])


def _filled(line: Line, settings: Settings, language: Language) -> str:
    said = line.said[language]
    if "{}" not in said:
        return said
    value = value_of(settings, line.by)
    unset, some = ("未设置", "已设置") if language == "zh" else ("not set", "set")
    shown = unset if value is None else some if isinstance(value, SecretStr) else str(value)
    return said.replace("{}", shown)


def _both(said: Mapping[str, Any]) -> Mapping[Language, str]:
    return {"zh": said["zh"], "en": said["en"]}
