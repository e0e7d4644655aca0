"""What is served over HTTP: health, the notice, the ledger's head, the admins' API; metrics and a webhook if set."""

import hmac
import html
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import SecretStr

from adapters.base import Receive
from adapters.lark.webhook import Webhook
from bot.admin import STEP, admin_router
from bot.events import parts
from bot.notice import handover_notice, notice, scope_notice
from bot.sentences import Language, say
from bot.signatures import Signatures
from skills.store import Store

About = Literal["chat", "scope", "handover"]
WELL = ("connected", "webhook", "standby")
MOST_BYTES = 2**20  # of one webhook request
EXPOSITION = "text/plain; version=0.0.4"

Scrape = Callable[[], Awaitable[bytes]]

_PAGE = (
    '<!doctype html><html lang="{language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>{title}</title><body><main><pre>{text}</pre></main></body></html>"
)
_UNFIT: dict[int | str, dict[str, Any]] = {
    422: {
        "description": "There is no such language.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}},
    }
}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def create_web(
    store: Store,
    *,
    states: Callable[[], Mapping[str, str]],
    healthy: Callable[[], Awaitable[bool]],
    webhook: Webhook | None = None,
    receive: Receive | None = None,
    secrets: Sequence[bytes] = (),
    scrape: Scrape | None = None,
    metrics_token: SecretStr | None = None,
    step: float = STEP,
) -> FastAPI:
    """The web application of `fenshen serve`. `receive` takes what the webhook lets through.

    `scrape` makes the metrics, for whoever brings their token; without a token there is no such page.
    `secrets` are those by which admins sign; where there is none, nothing that they might send is taken. What they
    order is answered at a whole `step`, in seconds.
    """
    app = FastAPI(title="Fenshen", docs_url=None, redoc_url=None, openapi_url="/admin/openapi.json")
    app.include_router(admin_router(store, Signatures(secrets, store.now), step))
    _describe(app)
    app.add_exception_handler(RequestValidationError, _refuse)

    @app.get("/healthz", tags=["health"])
    async def health() -> JSONResponse:
        """200 while the database answers and every platform is heard, here or by another replica; else 503."""
        database, platforms = await healthy(), states()
        ok = database and all(state in WELL for state in platforms.values())
        return JSONResponse({"ok": ok, "database": database, "platforms": platforms}, 200 if ok else 503)

    @app.get("/notice", response_class=HTMLResponse, tags=["notice"], responses=_UNFIT)
    async def full_notice(language: Language = "zh", about: About = "chat") -> HTMLResponse:
        """The full notice that the consent card links to: of a chat, of a scope by its name, or of a handover."""
        other = handover_notice(language, None) if about == "handover" else notice(language)
        shown = scope_notice(language, "", 0, {}) if about == "scope" else other
        text = html.escape(shown.full)
        page = _PAGE.format(language=language, title=html.escape(say(language, "notice_title")), text=text)
        return HTMLResponse(page, headers=_HEADERS)

    @app.get("/ledger/head", tags=["ledger"], responses={404: {"description": "nothing was ever written"}})
    async def ledger_head() -> JSONResponse:
        """The newest signed head over all ledgers. Whoever keeps it can show later that nothing before it is gone."""
        head = await store.ledger_head()
        return JSONResponse(head, 200) if head else JSONResponse({"detail": "no head yet"}, 404)

    if webhook is not None and receive is not None:
        _mount(app, webhook, receive)
    if scrape is not None and metrics_token is not None:
        _measure(app, scrape, metrics_token)
    return app


def _describe(app: FastAPI) -> None:
    """The events' bodies are read raw, so FastAPI does not find their parts by itself."""
    made = app.openapi

    def described() -> dict[str, Any]:
        document = made()
        document["components"]["schemas"].update(parts())
        return document

    app.openapi = described  # type: ignore[method-assign]


async def _refuse(_: Request, error: Exception) -> JSONResponse:
    """Say what is wrong with a request and where, without what was in it."""
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    return JSONResponse({"detail": [{"at": ".".join(map(str, e["loc"])), "fault": e["msg"]} for e in found]}, 422)


def _measure(app: FastAPI, scrape: Scrape, token: SecretStr) -> None:
    @app.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        """Numbers of the machine, as Prometheus reads them, for whoever brings the token."""
        wanted = f"Bearer {token.get_secret_value()}".encode()
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), wanted):
            return JSONResponse({"detail": "unauthorized"}, 401, {"WWW-Authenticate": "Bearer"})
        return Response(await scrape(), media_type=EXPOSITION)


def _mount(app: FastAPI, webhook: Webhook, receive: Receive) -> None:
    @app.post("/lark/events", tags=["lark"])
    async def lark_events(request: Request) -> Response:
        """Lark's events and card callbacks, in webhook mode."""
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                break
        status, answer = await webhook.handle(request.headers, body, receive)
        return Response(answer, status, media_type="application/json")
