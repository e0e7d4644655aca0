"""Who somebody is in the company's directory: asked once for each, and not at all for an hour where it is closed."""

import logging
import time

from adapters.base import PlatformError, Refused
from adapters.dingtalk.recent import Recent
from adapters.dingtalk.rest import Rest

_log = logging.getLogger("fenshen.dingtalk")
_CLOSED = 3600.0  # seconds before a directory that refused is asked again: each call is paid for


class Directory:
    """Names as the company enters them, which a nickname on display need not be."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._names: Recent[str, str] = Recent()  # staff id → name, "" for one whom it does not know
        self._open_at = 0.0

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
            _log.info("a name was not told: %s", type(error).__name__)
            if isinstance(error, Refused):
                self._open_at = time.monotonic() + _CLOSED
            return ""
        name = told.get("name")
        self._names.put(staff, name.strip() if isinstance(name, str) else "")
        return self._names.get(staff) or ""
