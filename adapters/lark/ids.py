"""Lark's bare ids and the ids the bot sees: `ou_1` is `lark:cli_a1:ou_1`."""

import re

from adapters.base import Unreachable

# Printable ASCII without a colon: an id never carries what a database, a log line or an id of ours could trip over.
_BARE = re.compile(r"[!-9;-~]{1,128}")


def is_id(bare: object) -> bool:
    """Whether this is an id as Lark writes them."""
    return isinstance(bare, str) and _BARE.fullmatch(bare) is not None


def full(app: str, bare: str) -> str:
    """The person or chat as the bot knows it."""
    return f"lark:{app}:{bare}"


def bare(app: str, known: str) -> str:
    """What Lark calls this person or chat. Raises Unreachable when it is not one of this app's."""
    prefix = full(app, "")
    if not known.startswith(prefix) or not is_id(known[len(prefix) :]):
        raise Unreachable(f"{known} does not belong to this app")
    return known[len(prefix) :]
