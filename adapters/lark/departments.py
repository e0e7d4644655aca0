"""Who belongs to which department, as Lark's directory tells; remembered for a few minutes, and guessed never."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from typing import Any

from adapters.base import Refused, Unavailable, Unreachable
from adapters.lark.content import clean
from adapters.lark.directory import Directory, items
from adapters.lark.ids import bare, full, is_id
from adapters.lark.rest import Api, Ask
from adapters.lark.settings import Timings

log = logging.getLogger("fenshen.lark.departments")

ROOT = "0"  # the whole company, which no list of parents names
AT_ONCE = 50  # people in one question
MOST = 10_000
_PARENTS = "/open-apis/contact/v3/departments/parent"
_BY_OPEN_ID = ("department_id_type", "open_department_id")


class Departments:
    """Only what the directory tells now, or told a few minutes ago: of whoever it does not, nothing is known."""

    def __init__(self, api: Api, directory: Directory, app: str, timings: Timings) -> None:
        self._api, self._directory, self._app = api, directory, app
        self._seconds = timings.departments
        self._of: dict[str, tuple[float, frozenset[str]]] = {}
        self._above: dict[str, tuple[float, frozenset[str]]] = {}
        self._names: dict[str, tuple[float, str]] = {}

    async def of(self, people: Collection[str]) -> Mapping[str, frozenset[str]]:
        """The departments of each of these people, with all above them; without those of whom Lark tells none."""
        known = {who: self._fresh(self._of, who) for who in people}
        late = [who for who, found in known.items() if found is None]
        try:
            for start in range(0, len(late), AT_ONCE):
                known |= await self._learn(late[start : start + AT_ONCE])
        except (Refused, Unavailable, Unreachable) as error:
            log.warning("departments not told: %s", type(error).__name__)
        return {who: found for who, found in known.items() if found}

    async def name(self, department: str) -> str:
        """A department's name, "" where Lark does not tell it."""
        known = self._fresh(self._names, department)
        if known is not None:
            return str(known)
        path = "/open-apis/contact/v3/departments/:department_id"
        try:
            ask = Ask("GET", path, {"department_id": bare(self._app, department)}, (_BY_OPEN_ID,))
            data = (await self._api.call(ask)).get("data")
        except (Refused, Unavailable, Unreachable):
            return ""
        told = data.get("department") if isinstance(data, Mapping) else None
        name = clean(told.get("name")) if isinstance(told, Mapping) else ""
        self._keep(self._names, department, name)
        return name

    async def _learn(self, people: Collection[str]) -> dict[str, frozenset[str]]:
        """Ask for these; whoever is not in the answer, or left, belongs nowhere until asked for again."""
        query = (*(("user_ids", bare(self._app, who)) for who in people), ("user_id_type", "open_id"), _BY_OPEN_ID)
        told = items(await self._api.call(Ask("GET", "/open-apis/contact/v3/users/batch", query=query)))
        own = {full(self._app, str(item.get("open_id"))): _own(item) for item in told}
        learned = {who: await self._with_above(own.get(who, [])) for who in people}
        for who, found in learned.items():
            self._keep(self._of, who, found)
        return learned

    async def _with_above(self, own: Collection[str]) -> frozenset[str]:
        found = {one for department in own for one in (department, *await self._parents(department), ROOT)}
        return frozenset(full(self._app, one) for one in found)

    async def _parents(self, department: str) -> frozenset[str]:
        known = self._fresh(self._above, department)
        if known is not None or department == ROOT:
            return known or frozenset()
        asked = (("department_id", department), _BY_OPEN_ID)
        listed = [item.get("open_department_id") async for item in self._directory.pages(_PARENTS, {}, asked, 50)]
        found = frozenset(one for one in listed if isinstance(one, str) and is_id(one))
        self._keep(self._above, department, found)
        return found

    def _fresh(self, kept: Mapping[str, tuple[float, Any]], key: str) -> Any:
        since, found = kept.get(key, (0.0, None))
        return found if found is not None and asyncio.get_running_loop().time() - since < self._seconds else None

    def _keep(self, kept: dict[str, tuple[float, Any]], key: str, found: object) -> None:
        kept.pop(key, None)
        kept[key] = (asyncio.get_running_loop().time(), found)
        while len(kept) > MOST:
            del kept[next(iter(kept))]


def _own(item: Mapping[str, Any]) -> list[str]:
    """Somebody's own departments; none for whoever left, or of whom the app may not know."""
    status, listed = item.get("status"), item.get("department_ids")
    gone = isinstance(status, Mapping) and any(status.get(name) for name in ("is_resigned", "is_exited", "is_frozen"))
    return [one for one in listed if is_id(one)] if isinstance(listed, list) and not gone else []
