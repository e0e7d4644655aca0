"""JSON as an admin must send it: bounded, without duplicate keys, without NaN, not nested deeply."""

import json
from typing import Any

MOST_BYTES = 64 * 1024
DEEPEST = 8


class BadJson(Exception):
    """The body is not acceptable JSON."""


def strict_json(body: bytes) -> object:
    """The body's value. Raises BadJson, with a sentence that says what is wrong and quotes nothing."""
    if len(body) > MOST_BYTES:
        raise BadJson(f"the body is larger than {MOST_BYTES} bytes")
    try:
        value: object = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
        too_deep = _depth(value) > DEEPEST
    except RecursionError:
        raise BadJson("the body is nested too deeply") from None
    except ValueError as error:
        raise BadJson(str(error) if isinstance(error, _Fault) else "the body is not JSON in UTF-8") from None
    if too_deep:
        raise BadJson("the body is nested too deeply")
    return value


class _Fault(ValueError):
    """What strict JSON does not allow."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Fault("a key stands twice in one object")
    return found


def _no_constant(name: str) -> None:
    raise _Fault("NaN and Infinity are not JSON")


def _depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0
