"""Reading as a colleague who lets the bot: a page of Lark's to say yes on, and a token that is written nowhere."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from adapters.base import Message, Recalled, Refused, Unavailable
from adapters.history import Login, Reached
from adapters.lark.directory import Directory
from adapters.lark.history import history
from adapters.lark.ids import bare
from adapters.lark.rest import Api, Ask
from adapters.lark.settings import Credentials, Timings

log = logging.getLogger("fenshen.lark.lending")

# To read and no more; without offline_access there is no token that would outlast the two hours of this one.
SCOPES = "im:message:readonly im:message.group_msg:get_as_user im:chat:read"
_DEVICE, _TOKEN = "/oauth/v1/device_authorization", "/open-apis/authen/v2/oauth/token"
_WHO = "/open-apis/authen/v1/user_info"
_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_NOT_YET, _NO = frozenset(("authorization_pending", "slow_down")), frozenset(("access_denied", "expired_token"))


@dataclass(frozen=True, slots=True)
class Eyes:
    """A History with one person's eyes, for as long as somebody holds it."""

    directory: Directory
    app: str
    token: str = field(repr=False)

    def history(
        self, chat: str, *, since: datetime, after: datetime | None = None
    ) -> AsyncIterator[Message | Recalled | Reached]:
        """What this person can read of a chat. Raises Refused or Unreachable where they cannot."""
        return history(self.directory, self.app, chat, since, after, self.token)


class Lender:
    """OAuth by a device's code: whoever lends their eyes says so in their own browser, as themselves."""

    def __init__(self, api: Api, directory: Directory, credentials: Credentials, timings: Timings) -> None:
        self._api, self._directory, self._credentials, self._timings = api, directory, credentials, timings

    async def ask(self) -> Login:
        """A page for one person. Raises Refused where the app may not, Unavailable where Lark does not answer."""
        app, domain = self._credentials, self._credentials.domain.rstrip("/").replace("//open.", "//accounts.")
        form = {"client_id": app.app_id, "scope": SCOPES}
        found = await self._posted(domain + _DEVICE, data=form, auth=(app.app_id, app.app_secret))
        url, code, secret = (found.get(name) for name in ("verification_uri", "user_code", "device_code"))
        whole = found.get("verification_uri_complete") or url
        if not (isinstance(whole, str) and whole.startswith(("https://", app.domain)) and code and secret):
            raise Refused("lark gives no login page")
        return Login(whole, str(code), _seconds(found, "expires_in", 240), _seconds(found, "interval", 5), str(secret))

    async def lent(self, login: Login, person: str) -> Eyes:
        """Wait for their yes. Raises Refused when it does not come, or comes from somebody else."""
        token = await self._token(login)
        said = (await self._api.call(Ask("GET", _WHO, user=token))).get("data")
        if not isinstance(said, Mapping) or said.get("open_id") != bare(self._credentials.app_id, person):
            raise Refused("somebody else has said yes")
        return Eyes(self._directory, self._credentials.app_id, token)

    async def _token(self, login: Login) -> str:
        app, wait = self._credentials, login.wait
        asked = {"grant_type": _GRANT, "client_id": app.app_id, "client_secret": app.app_secret}
        try:
            async with asyncio.timeout(login.seconds):
                while True:
                    await asyncio.sleep(wait)
                    try:
                        url = app.domain.rstrip("/") + _TOKEN
                        found = await self._posted(url, json={**asked, "device_code": login.secret})
                    except Unavailable:
                        continue  # its time is not over yet
                    if isinstance(token := found.get("access_token"), str) and token:
                        return token
                    error = found.get("error")
                    if error not in _NOT_YET:
                        raise Refused(f"not lent: {error if error in _NO else 'refused'}")
                    wait += self._timings.slower if error == "slow_down" else 0
        except TimeoutError:
            raise Refused("not lent: expired_token") from None

    async def _posted(self, url: str, **more: Any) -> Mapping[str, Any]:
        """What came back, an OAuth error included; asked anew it may be another answer, so never twice by itself."""
        try:
            async with httpx.AsyncClient(timeout=self._timings.request) as client:
                reply = await client.post(url, **more)
            found = json.loads(reply.content)
        except (httpx.HTTPError, OSError, ValueError) as error:
            log.warning("lark's login was not reached: %s", type(error).__name__)
            raise Unavailable("no reply from lark's login") from None
        if reply.status_code >= 500 or reply.status_code == 429 or not isinstance(found, dict):
            raise Unavailable(f"lark's login answers {reply.status_code}")
        return found


def _seconds(found: Mapping[str, Any], name: str, usual: float) -> float:
    value = found.get(name)
    return float(value) if isinstance(value, int | float) and value > 0 else usual
