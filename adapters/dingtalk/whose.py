"""Whose login it is: the person by the company's ids, and what messages call them, never told by a name alone."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from adapters.base import Refused, Unavailable
from adapters.dingtalk.dws import Home
from adapters.dingtalk.wire import bare, corp_of

_STAFF = re.compile(r"[A-Za-z0-9_.@][A-Za-z0-9_.@-]{0,63}")
_OPEN_IDS = ("openDingTalkId", "openDingtalkId")
_STAFF_IDS = ("userId", "orgUserId", "staffId")


@dataclass(frozen=True, slots=True)
class Own:
    """Whose eyes these are, and what they are called where messages name their senders."""

    person: str
    open_id: str


async def own(home: Home, person: str) -> Own:
    """Whoever is logged in, if it is this person. Raises Refused when it is anybody else."""
    corp, staff = corp_of(person), bare(person)
    found = await home.ask("contact", "user", "get-self")
    me = _identity(found)
    if (me.get("corpId"), next((me[key] for key in _STAFF_IDS if key in me), None)) != (corp, staff):
        raise Refused("somebody else has said yes")
    open_ids = _open_ids(found, staff)
    name = me.get("orgUserName")
    asking = [("get", f"--ids={staff}")] if _STAFF.fullmatch(staff) else []
    asking += [("search", f"--query={name}")] if isinstance(name, str) and name.isprintable() else []
    for words in asking:
        if not open_ids:
            with suppress(Refused):
                open_ids = _open_ids(await home.ask("contact", "user", *words), staff)
    if len(open_ids) != 1:  # a name alone is nobody's id
        raise Unavailable("which messages are theirs is not told")
    return Own(person, open_ids.pop())


def _identity(found: Mapping[str, Any]) -> Mapping[str, Any]:
    result = found.get("result")
    one = result[0] if isinstance(result, list) and len(result) == 1 else result
    model = one.get("orgEmployeeModel", one) if isinstance(one, dict) else {}
    return model if isinstance(model, dict) else {}


def _open_ids(found: Mapping[str, Any], staff: str) -> set[str]:
    """What messages call the one with this staff id; whoever has only the same name is passed over."""
    theirs = [one for one in walked(found) if any(one.get(key) == staff for key in _STAFF_IDS)]
    return {one[key] for one in theirs for key in _OPEN_IDS if isinstance(one.get(key), str) and one[key]}


def walked(found: object) -> Iterator[Mapping[str, Any]]:
    """Every object within an answer: versions of the client wrap them differently."""
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
