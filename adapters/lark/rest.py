"""Lark's REST API through the SDK's own transport: paced, retried where that helps, every failure one of ours."""

import asyncio
import json
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import httpx

from adapters.base import Refused, Unavailable, Unreachable
from adapters.lark.pace import Pace
from adapters.lark.sdk import Sdk
from adapters.lark.settings import Credentials, Timings
from adapters.lark.threads import Threads
from adapters.metered import OUTCOMES, Outcome

log = logging.getLogger("fenshen.lark.rest")

_STALE = frozenset((99991661, 99991663, 99991668, 99991677))  # the token is missing, invalid or expired
_BUSY = frozenset((99991400, 99991402, 230020))
_UNREACHABLE = frozenset((230002, 230006, 230013, 230053))
_UPLOAD_SECONDS = 60.0
_CONTENT_TYPE = {"Content-Type": "application/json; charset=utf-8"}


class Rejected(Refused):
    """Lark refused the request with a code of its own."""

    def __init__(self, code: int, path: str, message: str = "") -> None:
        super().__init__(f"lark {code} on {path}")
        self.code = code
        self.message = message  # may quote what was sent: for the doctor, never for a log


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `paths` fill the `:names` of `path`."""

    method: str
    path: str
    paths: Mapping[str, str] = field(default_factory=dict)
    query: Sequence[tuple[str, str]] = ()
    body: Mapping[str, Any] | None = None
    user: str | None = field(default=None, repr=False)  # the token of a person as whom this is asked; None: as the app


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; `code` is None where it was no reply of the API's at all."""

    code: int | None
    body: dict[str, Any]
    wait: float | None = None  # how long the platform says to wait
    busy: bool = False
    content: bytes = b""


class Api:
    """One app's REST API. Its threads are its own, so slow requests delay nothing else."""

    def __init__(self, sdk: Sdk, credentials: Credentials, timings: Timings) -> None:
        self.calls = 0
        self.outcomes: dict[Outcome, int] = dict.fromkeys(OUTCOMES, 0)
        self._sdk, self._timings = sdk, timings
        self._threads = Threads("lark-rest", 16)
        self._pace = Pace(50)
        self._tokens = Lock()
        self._config = sdk.Config()
        self._config.app_id, self._config.app_secret = credentials.app_id, credentials.app_secret
        self._config.domain, self._config.timeout = credentials.domain.rstrip("/"), timings.request
        self._as_user = copy(self._config)
        self._as_user.enable_set_token = True

    async def call(self, ask: Ask) -> dict[str, Any]:
        """The reply's whole JSON object. Raises Unavailable, Unreachable or Rejected."""
        return (await self._tried(lambda: self._ask(ask), ask.path, renewable=ask.user is None)).body

    async def download(self, path: str, query: Mapping[str, str], limit: int) -> bytes:
        """A resource's bytes, read no further than `limit`. Raises Refused beyond it, else like `call`."""
        return (await self._tried(lambda: self._download(path, query, limit), path)).content

    async def upload(self, path: str, fields: Mapping[str, str], name: str, data: bytes) -> dict[str, Any]:
        """Send a file as a form; the reply's whole JSON object. Raises like `call`."""
        return (await self._tried(lambda: self._upload(path, fields, name, data), path)).body

    async def _tried(self, once: Callable[[], Reply], path: str, *, renewable: bool = True) -> Reply:
        """The reply to a request, made again while that may help; the app's own token can be had anew."""
        renewed = not renewable
        for tried in range(1, self._timings.tries + 1):
            await self._pace.turn("app")
            self.calls += 1
            reply = await self._threads.run(once)
            self.outcomes[_outcome(reply)] += 1
            if reply.code == 0 and not reply.busy:
                return reply
            if reply.code in _STALE and not renewed:
                renewed = True
                self._forget_token()
            elif not reply.busy and reply.code is not None:
                raise _refusal(reply.code, path, reply.body)
            elif tried < self._timings.tries:
                await self._wait(tried, reply, path)
        raise Unavailable(f"no reply from lark on {path}")

    async def _wait(self, tried: int, reply: Reply, path: str) -> None:
        wait = self._timings.first_retry * 2 ** (tried - 1) * (0.75 + random.random() / 2)  # noqa: S311
        wait = wait if reply.wait is None else reply.wait
        if wait > self._timings.longest_retry:
            raise Unavailable(f"lark asks to wait {wait:.0f} s on {path}")
        await asyncio.sleep(wait)

    def _ask(self, ask: Ask) -> Reply:
        """Runs in a thread: the SDK's transport blocks, and its async twin blocks the loop."""
        sdk = self._sdk
        request, option = sdk.BaseRequest(), sdk.RequestOption()
        request.http_method, request.uri, request.paths = sdk.HttpMethod[ask.method], ask.path, dict(ask.paths)
        request.queries, request.headers = list(ask.query), dict(_CONTENT_TYPE)
        request.body = None if ask.body is None else dict(ask.body)
        kind, config = sdk.AccessTokenType, self._config if ask.user is None else self._as_user
        request.token_types = {kind.TENANT if ask.user is None else kind.USER}
        option.user_access_token = ask.user
        try:
            with self._tokens:  # one fetches a token, the others find it cached
                sdk.verify(config, request, option)
            raw = sdk.Transport.execute(config, request, option)
            return _read(raw.status_code, raw.headers, raw.content)
        except sdk.TokenException as error:
            return _token_refused(error)
        except Exception as error:  # whatever a broken network or gateway makes the SDK stumble over
            log.warning("lark %s %s failed: %s", ask.method, ask.path, type(error).__name__)
            return Reply(None, {})

    def _download(self, path: str, query: Mapping[str, str], limit: int) -> Reply:
        """Through httpx: the SDK's transport reads a whole file into memory before anyone can object."""
        try:
            with self._tokens:
                token = self._sdk.TokenManager.get_self_tenant_token(self._config)
            headers, url = {"Authorization": f"Bearer {token}"}, self._config.domain + path
            with httpx.stream("GET", url, params=query, headers=headers, timeout=self._timings.request) as response:
                return _take(response, limit)
        except self._sdk.TokenException as error:
            return _token_refused(error)
        except (httpx.HTTPError, OSError, ValueError) as error:
            log.warning("lark GET of a file failed: %s", type(error).__name__)
            return Reply(None, {})

    def _upload(self, path: str, fields: Mapping[str, str], name: str, data: bytes) -> Reply:
        """Through httpx: the SDK's transport would bring a second library in to write the form."""
        try:
            with self._tokens:
                token = self._sdk.TokenManager.get_self_tenant_token(self._config)
            headers, url = {"Authorization": f"Bearer {token}"}, self._config.domain + path
            timeout = httpx.Timeout(self._timings.request, write=_UPLOAD_SECONDS, read=_UPLOAD_SECONDS)
            sent = httpx.post(url, data=dict(fields), files={"file": (name, data)}, headers=headers, timeout=timeout)
            return _read(sent.status_code, sent.headers, sent.content)
        except self._sdk.TokenException as error:
            return _token_refused(error)
        except (httpx.HTTPError, OSError, ValueError) as error:
            log.warning("lark POST of a file failed: %s", type(error).__name__)
            return Reply(None, {})

    def _forget_token(self) -> None:
        # The SDK caches tokens for the process under the app's id alone, and never heals a revoked one.
        self._sdk.TokenManager.cache.cache.pop(f"self_tenant_token:{self._config.app_id}", None)


def _outcome(reply: Reply) -> Outcome:
    if reply.busy:
        return "busy"
    return "done" if reply.code == 0 else "failed" if reply.code is None else "refused"


def _read(status: int, headers: Mapping[str, str], content: bytes) -> Reply:
    body = json.loads(content)
    if not isinstance(body, dict) or not isinstance(body.get("code"), int):
        return Reply(None, {})
    reset = {key.lower(): value for key, value in headers.items()}.get("x-ogw-ratelimit-reset", "")
    busy = status >= 500 or status == 429 or body["code"] in _BUSY
    return Reply(body["code"], body, float(reset) if reset.isdigit() else None, busy)


def _take(response: httpx.Response, limit: int) -> Reply:
    if response.status_code != 200:
        return _read(response.status_code, response.headers, response.read())
    taken = bytearray()
    for part in response.iter_bytes():
        taken += part
        if len(taken) > limit:
            raise Refused(f"larger than {limit} bytes")
    return Reply(0, {}, content=bytes(taken))


def _token_refused(error: Exception) -> Reply:
    code = getattr(error, "code", None)
    return Reply(code, {}, busy=code in _BUSY) if isinstance(code, int) else Reply(None, {})


def _refusal(code: int, path: str, body: Mapping[str, Any]) -> Refused | Unreachable:
    if code in _UNREACHABLE:
        return Unreachable(f"lark {code} on {path}")
    return Rejected(code, path, str(body.get("msg", "")))
