"""Whether an admin's next version of a scope is wider or narrower, side by side."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from skills.news import wider
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources

JANUARY, JUNE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
NARROW = ScopeDocument(
    Sources(("a",), ("pay",), JUNE), Readers(("x",), ("bo",)), Ceiling("outline", "review", "quotes", 30, 3)
)


@pytest.mark.parametrize(
    "wide",
    [
        replace(NARROW, sources=replace(NARROW.sources, chats=("a", "b"))),
        replace(NARROW, sources=replace(NARROW.sources, words=("pay", "ops"))),
        replace(NARROW, sources=replace(NARROW.sources, words=())),
        replace(NARROW, sources=replace(NARROW.sources, since=JANUARY)),
        replace(NARROW, sources=replace(NARROW.sources, since=None)),
        replace(NARROW, audience=Readers(("x", "y"), ("bo",))),
        replace(NARROW, audience=Readers(("x",), ("bo", "cy"))),
        replace(NARROW, ceiling=replace(NARROW.ceiling, level="full")),
        replace(NARROW, ceiling=replace(NARROW.ceiling, mode="auto")),
        replace(NARROW, ceiling=replace(NARROW.ceiling, words="model")),
        replace(NARROW, ceiling=replace(NARROW.ceiling, days=31)),
        replace(NARROW, ceiling=replace(NARROW.ceiling, days=None)),
        replace(NARROW, ceiling=replace(NARROW.ceiling, quota=4)),
        replace(NARROW, ceiling=replace(NARROW.ceiling, quota=None)),
    ],
)
def test_every_side_can_be_wider_and_is_narrower_the_other_way_round(wide: ScopeDocument) -> None:
    """An owner is never told that something narrowed where it widened."""
    assert wider(wide, NARROW)
    assert not wider(NARROW, wide)
    assert not wider(NARROW, NARROW)
