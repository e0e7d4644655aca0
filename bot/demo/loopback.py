"""The demo answers this machine alone: a page of another site, or another name for this host, gets nothing."""

from starlette.types import ASGIApp, Receive, Scope, Send

NAMES = ("127.0.0.1", "localhost", "[::1]")


class Loopback:
    """Lets in only what a browser on this machine sends to this page: by Host, and by Origin where there is one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 to anything else, a page of another site included."""
        if scope["type"] != "http" or _ours(scope):
            await self._app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"this page is for this machine alone"})


def _ours(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    port = scope["server"][1]
    hosts = {f"{name}:{port}".encode() for name in NAMES}
    origin = headers.get(b"origin")
    return headers.get(b"host") in hosts and (origin is None or origin.removeprefix(b"http://") in hosts)
