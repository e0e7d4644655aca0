"""DingTalk's REST interface: a token that renews itself, a steady pace, and every failure as one of ours."""

import asyncio
import re
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from adapters.base import PlatformError, Refused, Unavailable
from adapters.dingtalk.settings import Settings, loopback, trusted
from adapters.metered import OUTCOMES, Outcome

# The organisation's answers that are no refusal of this request but of its rate, or of any for this month.
_TOO_FAST = "QpsLimit"
_SPENT = ("ApiCountLimitForOrg", "90020")
_DENIED = "AccessTokenPermissionDenied"
_EXPIRED = (40014, 42001)  # of the older interface: the token is no good any more
_UNGRANTED = (88, 60011)  # likewise: a permission is missing, which the message names
_NOBODY = 60121  # likewise: there is no such person


class TooFast(Unavailable):
    """DingTalk's limit of requests per second was met."""


class QuotaSpent(Refused):
    """The organisation's monthly quota of API calls is used up."""


class Denied(Refused):
    """The app lacks a permission; `scopes` names those that would do."""

    def __init__(self, code: str, scopes: tuple[str, ...] = ()) -> None:
        super().__init__(f"{code}: {', '.join(scopes) or 'no scope named'}")
        self.scopes = scopes


class Unauthorised(Refused):
    """The token or the credentials are not accepted."""


class SessionOver(Refused):
    """A session webhook does not answer any more."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where the Stream connection is opened, with a single-use ticket that lives 90 seconds."""

    endpoint: str
    ticket: str


class Pace:
    """At most `most` turns within any second; who comes too early waits."""

    def __init__(self, most: int) -> None:
        self._turns: deque[float] = deque(maxlen=most)
        self._order = asyncio.Lock()

    async def turn(self) -> None:
        """Return when it is this caller's turn."""
        async with self._order:
            if len(self._turns) == self._turns.maxlen:
                await asyncio.sleep(max(0.0, self._turns[0] + 1.0 - time.monotonic()))
            self._turns.append(time.monotonic())


class Rest:
    """One app's REST calls. `calls` counts those that the organisation's quota pays for."""

    def __init__(self, settings: Settings) -> None:
        self.calls = 0
        self.outcomes: dict[Outcome, int] = dict.fromkeys(OUTCOMES, 0)
        self.quota_spent = False
        self._settings = settings
        self._pace = Pace(settings.timings.per_second)
        self._token: tuple[str, float] | None = None
        self._renewing = asyncio.Lock()
        self._http = httpx.AsyncClient(
            timeout=settings.timings.request,
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=8),
            trust_env=not loopback(settings.endpoint),
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def gateway(self, ua: str, ip: str, topics: list[Mapping[str, str]]) -> Gateway:
        """A ticket for the Stream connection. Raises Unauthorised on a wrong client id or secret."""
        s = self._settings
        body = {"clientId": s.client_id, "clientSecret": s.client_secret, "subscriptions": topics, "ua": ua}
        answer = await self._request("POST", "/v1.0/gateway/connections/open", {**body, "localIp": ip})
        endpoint, ticket = str(answer.get("endpoint")), str(answer.get("ticket"))
        if not trusted(endpoint):
            raise Refused("the gateway's address is not encrypted")
        return Gateway(endpoint, ticket)

    async def call(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The platform's answer. A token that was refused is renewed once; after QpsLimit it is tried twice more."""
        renewed = paused = 0
        while True:
            token = await self._access_token()
            try:
                answer = await self._request(method, path, body, {"x-acs-dingtalk-access-token": token})
            except Unauthorised:
                if self._token and self._token[0] == token:
                    self._token = None
                renewed += 1
                if renewed > 1:
                    raise
            except TooFast:
                paused += 1
                if paused > 2:
                    raise
                await asyncio.sleep(self._settings.timings.qps_pause)
            else:
                self.quota_spent = False
                return answer

    async def legacy(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The result of a call of the older interface; empty for somebody whom the company does not know.

        Raises Refused for what it dresses as a success: a code beside nothing.
        """
        code: Any = _EXPIRED[0]
        for _ in range(2):  # a token that was refused is renewed once
            token = await self._access_token()
            answer = await self._request("POST", f"{path}?access_token={token}", body, base=self._settings.legacy)
            code = answer.get("errcode")
            if code not in _EXPIRED:
                break
            self._token = None
        if code in _UNGRANTED:
            said = f"{answer.get('errmsg')} {answer.get('sub_msg')}"
            raise Denied(f"errcode {code}", tuple(sorted(set(re.findall(r"qyapi_\w+", said)))))
        if code not in (0, _NOBODY):
            raise Refused(f"errcode {code}")
        result = answer.get("result")
        return result if isinstance(result, dict) else {}

    async def renew(self) -> None:
        """Fetch a token now. Raises Unauthorised on a wrong client id or secret."""
        self._token = None
        await self._access_token()

    async def _access_token(self) -> str:
        async with self._renewing:
            if self._token is None or time.monotonic() >= self._token[1]:
                secret = {"appKey": self._settings.client_id, "appSecret": self._settings.client_secret}
                answer = await self._request("POST", "/v1.0/oauth2/accessToken", secret)
                lives = max(60, int(answer.get("expireIn") or 7200) - 300)
                self._token = (str(answer.get("accessToken")), time.monotonic() + lives)
            return self._token[0]

    async def answer_session(self, url: str, body: Mapping[str, Any]) -> None:
        """Post to a session webhook: costs no quota. Raises SessionOver whenever another way should be tried."""
        if not trusted(url):
            raise SessionOver("not an address to follow")
        try:
            response = await self._http.request("POST", **_secretly(url), json=body)
            code = response.json().get("errcode") if response.is_success else response.status_code
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, AttributeError) as error:
            raise SessionOver(type(error).__name__) from None
        if code != 0:  # a failure is often dressed as HTTP 200
            raise SessionOver(f"errcode {code}")

    async def download(self, url: str, limit: int) -> bytes:
        """The bytes behind an address that the platform gave. Raises Refused beyond `limit`, counted as they arrive."""
        if not trusted(url):
            raise Refused("not an address to follow")
        found = bytearray()
        try:
            async with self._http.stream("GET", **_secretly(url)) as response:
                if not response.is_success:
                    raise Refused(f"the file's address answered {response.status_code}")
                async for part in response.aiter_bytes():
                    found += part
                    if len(found) > limit:
                        raise Refused(f"the file is larger than {limit} bytes")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable(type(error).__name__) from None
        return bytes(found)

    async def _request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any],
        headers: Mapping[str, str] | None = None,
        base: str | None = None,
    ) -> dict[str, Any]:
        await self._pace.turn()
        self.calls += 1
        try:
            answer = await self._asked(method, (base or self._settings.endpoint) + path, body, headers)
        except PlatformError as error:
            self.outcomes[_outcome(error)] += 1
            raise
        self.outcomes["done"] += 1
        return answer

    async def _asked(
        self, method: str, url: str, body: Mapping[str, Any], headers: Mapping[str, str] | None
    ) -> dict[str, Any]:
        try:
            response = await self._http.request(method, **_secretly(url), json=body, headers=headers)
            answer = response.json()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable(type(error).__name__) from None
        except (ValueError, RecursionError):
            answer = {}
        if not isinstance(answer, dict):
            answer = {}
        if not response.is_success:
            raise self._failure(response.status_code, answer)
        return answer

    def _failure(self, status: int, answer: Mapping[str, Any]) -> PlatformError:
        code = str(answer.get("code") or f"HTTP {status}")
        if any(spent in code for spent in _SPENT):
            self.quota_spent = True
            return QuotaSpent(code)
        if _TOO_FAST in code or status == 429:
            return TooFast(code)
        if _DENIED in code:
            return Denied(code, _scopes(answer))
        if status == 401:
            return Unauthorised(code)
        return Unavailable(code) if status >= 500 else Refused(code)


def _outcome(error: PlatformError) -> Outcome:
    if isinstance(error, TooFast):
        return "busy"
    return "failed" if isinstance(error, Unavailable) else "refused"


def _scopes(answer: Mapping[str, Any]) -> tuple[str, ...]:
    """The permissions that the platform asks for: a list of its own, or in brackets within the message."""
    detail = answer.get("accessdenieddetail")
    named = detail.get("requiredScopes") if isinstance(detail, dict) else None
    if isinstance(named, list):
        return tuple(str(scope) for scope in named)
    inside = str(answer.get("message") or "").partition("[")[2].partition("]")[0]
    return tuple(scope.strip() for scope in inside.split(",") if scope.strip())


def _secretly(url: str) -> dict[str, Any]:
    """The request's address apart from its secret query, so that the client's log shows only the address."""
    full = httpx.URL(url)
    return {"url": full.copy_with(query=None, fragment=None), "extensions": {"target": full.raw_path}}
