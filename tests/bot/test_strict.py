"""Promises of strict JSON: what an admin sends is what it looks like, or it is refused with a reason."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.strict import DEEPEST, MOST_BYTES, BadJson, strict_json


def _deep(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"level": "full", "level": "outline"}', "twice"),
        (b'{"ceiling": {"days": 1, "days": 90}}', "twice"),
        (b'{"days": NaN}', "NaN"),
        (b'{"days": Infinity}', "NaN"),
        (b"[-Infinity]", "NaN"),
        (_deep(DEEPEST + 1), "deeply"),
        (_deep(700), "deeply"),
        (_deep(30_000), "deeply"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "deeply"),
        (b'"' + b"a" * MOST_BYTES + b'"', "larger"),
        (b"\xff\xfe{}", "UTF-8"),
        ('{"a": "é"}'.encode("latin-1"), "UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "UTF-8"),
        (b"", "JSON"),
        (b"{", "JSON"),
        (b"{} {}", "JSON"),
        (b"{'a': 1}", "JSON"),
        (b'{"a": 1,}', "JSON"),
        (b"9" * 10_000, "JSON"),
    ],
)
def test_what_is_not_strict_json_is_refused_with_a_reason(body: bytes, why: str) -> None:
    """Duplicate keys, NaN, depth, size, other encodings and broken syntax each have their sentence."""
    with pytest.raises(BadJson, match=why):
        strict_json(body)


def test_a_refusal_quotes_nothing() -> None:
    """An error message is no way to read back what somebody sent."""
    with pytest.raises(BadJson) as refusal:
        strict_json(b'{"canary-7f3a": oops')
    assert "canary" not in str(refusal.value)


@pytest.mark.parametrize("body", [_deep(DEEPEST), b'"' + b"a" * (MOST_BYTES - 2) + b'"', b'{"a": {"a": 1}}'])
def test_what_is_just_within_the_bounds_is_read(body: bytes) -> None:
    """The bounds are where they say, and the same key may stand in two objects."""
    assert strict_json(body) == json.loads(body)


@given(st.binary(max_size=60))
def test_no_body_breaks_the_reader(body: bytes) -> None:
    """Whatever arrives is read or refused."""
    try:
        value = strict_json(body)
    except BadJson:
        return
    assert json.loads(body) == value
