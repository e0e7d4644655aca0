"""Logins of the simulated platform: a device's code, a page to say yes or no on, and a person's token for it."""

import base64
import html
import time
from dataclasses import dataclass
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from adapters.lark.simulated.tenant import Tenant

Json = dict[str, Any]

_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_EXPIRES, _INTERVAL = 240, 5


@dataclass(slots=True)
class Pending:
    """One login under way; `person` has said yes, or `denied` it."""

    code: str
    scopes: str
    asked_at: float
    person: str | None = None
    denied: bool = False
    polled_at: float | None = None


class Logins:
    """OAuth for devices, as strict as RFC 8628: codes are used once, and whoever asks too often is told so."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._pending: dict[str, Pending] = {}
        self.asked = 0  # how often a token was asked for

    def answer(self, code: str, person: str | None) -> None:
        """What somebody says on the page of a code: yes as this person, or no. Raises KeyError for an unknown code."""
        found = next((p for p in self._pending.values() if p.code == code), None)
        if found is None:
            raise KeyError(code)
        found.person, found.denied = person, person is None

    async def begin(self, request: Request) -> Response:
        """POST /oauth/v1/device_authorization: a form, and the app's id and secret as basic authorization"""
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        app, faults = self._tenant, self._tenant.faults
        if failure := faults.failing(request.url.path):
            return JSONResponse(failure.body, failure.status)
        basic = base64.b64encode(f"{app.app_id}:{app.app_secret}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {basic}" or form.get("client_id") != app.app_id:
            return JSONResponse({"error": "invalid_client"}, 401)
        if lacking := [scope for scope in form.get("scope", "").split() if scope in faults.denied]:
            return JSONResponse({"error": "invalid_scope", "error_description": lacking[0]}, 400)
        device, code = token_hex(16), token_hex(3).upper()
        self._pending[device] = Pending(code, form.get("scope", ""), time.monotonic())
        page = f"{request.base_url}oauth/device"
        told = {"verification_uri": page, "verification_uri_complete": f"{page}?user_code={code}"}
        waits = {"expires_in": faults.login_expires or _EXPIRES, "interval": faults.login_interval or _INTERVAL}
        return JSONResponse({"device_code": device, "user_code": code, **told, **waits})

    async def token(self, request: Request) -> Response:
        """POST /open-apis/authen/v2/oauth/token, by a device's code"""
        self.asked += 1
        body, app = await request.json(), self._tenant
        if failure := app.faults.failing(request.url.path):
            return JSONResponse(failure.body, failure.status)
        if (body.get("client_id"), body.get("client_secret")) != (app.app_id, app.app_secret):
            return JSONResponse({"code": 20002, "error": "invalid_client"}, 400)
        pending = self._pending.get(str(body.get("device_code"))) if body.get("grant_type") == _GRANT else None
        if pending is None:
            return JSONResponse({"code": 20003, "error": "invalid_grant"}, 400)
        if error := self._not_yet(pending):
            return JSONResponse({"code": 20083, "error": error}, 400)
        del self._pending[str(body["device_code"])]
        token = f"u-{token_hex(16)}"
        app.lent[token] = (str(pending.person), frozenset(pending.scopes.split()))
        return JSONResponse({"code": 0, "access_token": token, "token_type": "Bearer", "expires_in": 7200})

    def _not_yet(self, pending: Pending) -> str:
        """Why there is no token, as RFC 8628 calls it; "" when there is."""
        faults, now, before = self._tenant.faults, time.monotonic(), pending.polled_at
        pending.polled_at = now
        if pending.denied:
            return "access_denied"
        if now - pending.asked_at > (faults.login_expires or _EXPIRES):
            return "expired_token"
        if before is not None and now - before < (faults.login_interval or _INTERVAL) * 0.9:
            return "slow_down"
        return "" if pending.person else "authorization_pending"

    async def who(self, request: Request, body: Json) -> Json:
        """GET /authen/v1/user_info"""
        person = self._tenant.world.people[request.state.person]
        return {"name": person.name, "open_id": person.id}

    async def page(self, request: Request) -> Response:
        """GET /oauth/device: where somebody would have logged in, they choose who they are; POST: what they say"""
        code = request.query_params.get("user_code", "")
        if request.method == "POST":
            form = parse_qs((await request.body()).decode())
            try:
                self.answer(code, form.get("person", [None])[0])
            except KeyError:
                return HTMLResponse("<p>unknown code</p>", 404)
            return HTMLResponse("<p>OK</p>")
        people = "".join(
            f'<button name="person" value="{html.escape(p.id)}">{html.escape(p.name)}</button> '
            for p in self._tenant.world.people.values()
        )
        said = f"<h1>{html.escape(code)}</h1><form method=post>{people}<button>拒绝 / No</button></form>"
        return HTMLResponse(f"<!doctype html><meta charset=utf-8><title>Login</title>{said}")
