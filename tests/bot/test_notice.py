"""Promises of the notice: what was shown can be proved later, word for word."""

import hashlib

import pytest

from bot.notice import notice
from bot.sentences import Language


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_hash_changes_when_either_text_does(language: Language) -> None:
    """It covers the card's sentence and the full notice, and nothing that a reader was not shown."""
    shown = notice(language)

    def digest(short: str, full: str) -> str:
        return hashlib.sha256(f"{short}\n\n{full}".encode()).hexdigest()

    assert shown.sha256 == digest(shown.short, shown.full)
    assert shown.sha256 not in (digest(shown.short + " ", shown.full), digest(shown.short, shown.full + " "))


def test_each_language_is_a_notice_of_its_own() -> None:
    """Whoever tapped under the Chinese text did not agree to the English one."""
    chinese, english = notice("zh"), notice("en")
    assert (chinese.language, english.language) == ("zh", "en")
    assert chinese.version == english.version
    assert chinese.sha256 != english.sha256


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh", ["/optout", "/scopes", "90 天", "钉钉", "谁在处理", "记住", "换成一行说明"]),
        ("en", ["/optout", "/scopes", "90 days", "DingTalk", "notes, corrections", "replaced by one line"]),
    ],
)
def test_the_full_notice_says_who_how_long_and_how_to_leave(language: Language, told: list[str]) -> None:
    """The one page behind the link answers what a careful colleague would ask."""
    shown = notice(language)
    assert all(word in shown.full for word in told)
    assert {"zh": f"（版本 {shown.version}）", "en": f"(version {shown.version})"}[language] in shown.full
