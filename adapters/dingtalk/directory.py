"""Who somebody is in the company's directory: asked once for each, and not at all for an hour where it is closed."""

import logging
import time
from collections.abc import Mapping
from typing import Any

from adapters.base import PlatformError, Refused
from adapters.dingtalk.recent import Recent
from adapters.dingtalk.rest import Rest

log = logging.getLogger("fenshen.dingtalk")
_CLOSED = 3600.0  # seconds before a directory that refused is asked again: each call is paid for


class Directory:
    """Names as the company enters them, which a nickname on display need not be."""

    def __init__(self, rest: Rest, seconds: float = 600.0) -> None:
        """`seconds`: how long it is believed who belongs where."""
        self._rest, self._seconds = rest, seconds
        self._names: Recent[str, str] = Recent()  # staff id → name, "" for one whom it does not know
        self._belongs: Recent[str, tuple[float, frozenset[str]]] = Recent()  # staff id → departments
        self._called: Recent[str, str] = Recent()  # department → name
        self._open_at = 0.0
        self._tells_at = 0.0  # departments: another permission

    async def name(self, staff: str) -> str:
        """Somebody's name, "" where the directory does not tell it just now."""
        known = self._names.get(staff)
        if known is not None:
            return known
        if not staff or time.monotonic() < self._open_at:
            return ""
        try:
            told = await self._rest.legacy("/topapi/v2/user/get", {"userid": staff, "language": "zh_CN"})
        except PlatformError as error:
            log.info("a name was not told: %s", type(error).__name__)
            if isinstance(error, Refused):
                self._open_at = time.monotonic() + _CLOSED
            return ""
        name = told.get("name")
        self._names.put(staff, name.strip() if isinstance(name, str) else "")
        return self._names.get(staff) or ""

    async def departments(self, staff: str) -> frozenset[str]:
        """Somebody's departments with all above them, the root among them; none where it does not tell just now."""
        since, known = self._belongs.get(staff) or (0.0, frozenset[str]())
        if since and time.monotonic() - since < self._seconds:
            return known
        told = await self._asked("/topapi/v2/department/listparentbyuser", {"userid": staff}) if staff else None
        if told is None:
            return frozenset()
        lists = [one.get("parent_dept_id_list") for one in told.get("parent_list") or [] if isinstance(one, dict)]
        found = frozenset(str(id_) for row in lists if isinstance(row, list) for id_ in row if isinstance(id_, int))
        self._belongs.put(staff, (time.monotonic(), found))
        return found

    async def department_name(self, department: str) -> str:
        """A department's name, "" where the directory does not tell it just now."""
        known = self._called.get(department)
        if known is not None:
            return known
        if not department.isdecimal():
            return ""
        told = await self._asked("/topapi/v2/department/get", {"dept_id": int(department), "language": "zh_CN"})
        name = (told or {}).get("name")
        if isinstance(name, str):
            self._called.put(department, name.strip())
        return self._called.get(department) or ""

    async def _asked(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """What it tells of departments; None where it does not, and is not asked for an hour if it refused."""
        if time.monotonic() < self._tells_at:
            return None
        try:
            return await self._rest.legacy(path, body)
        except PlatformError as error:
            log.info("departments were not told: %s", type(error).__name__)
            if isinstance(error, Refused):
                self._tells_at = time.monotonic() + _CLOSED
            return None
