"""Reading as a colleague who lets the bot: by DingTalk's own command-line client, with their login, for one reading."""

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from adapters.base import Finding, PlatformError, Refused, Turns, Unavailable
from adapters.carried import Carried
from adapters.dingtalk.client import DingTalk
from adapters.dingtalk.dws import Dws, Home, outputs, sweep, trouble
from adapters.dingtalk.reading import Eyes
from adapters.dingtalk.settings import Settings
from adapters.dingtalk.whose import own
from adapters.history import History, Login

log = logging.getLogger("fenshen.dingtalk.lending")

_PAGE = re.compile(r"https://login\.dingtalk\.com/[A-Za-z0-9./_-]+(?:\?[A-Za-z0-9=&%._-]*)?")
_CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")
_CARRIED = re.compile(r"[?&]user_code=([A-Z0-9-]{4,16})\b")
_FOR = re.compile(r"\b(\d{2,4}) ?(?:秒|seconds)")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_VERSION = re.compile(r"\d+\.\d+\.\d+[\w.-]*")
_CURE = "Install DingTalk's official client and name it in DINGTALK_DWS, or unset that: docs/dingtalk.md"
_MOST = 65_536  # bytes of what is written beside a login


@dataclass(slots=True)
class _Under:
    """A login under way: its directory, and the client that waits in it for a yes."""

    home: Home
    waiting: asyncio.Task[int] | None = None
    said: bytearray = field(default_factory=bytearray)
    told: asyncio.Event = field(default_factory=asyncio.Event)  # something was written
    in_: bool = False  # whether somebody is logged in


class Lender:
    """A login of one person's for one reading, in a directory of its own that goes with it."""

    def __init__(self, dws: Dws, nick: str = "") -> None:
        """`nick`: the bot's display name. What a killed bot left goes."""
        self._dws, self._nick = dws, nick
        self._under: dict[str, _Under] = {}
        if removed := sweep(dws.under):
            log.info("logins of a killed bot: %d removed", removed)

    async def ask(self) -> Login:
        """A page for one person. Raises Refused where the company does not allow it, Unavailable without the client."""
        under = _Under(Home(self._dws))
        secret = secrets.token_hex(16)
        self._under[secret] = under
        try:
            under.waiting = asyncio.create_task(_waited(under))
            url, code, seconds = await self._page(under)
        except BaseException:
            await self._forget(secret)
            raise
        return Login(url, code, seconds, 0.0, secret)

    async def lent(self, login: Login, person: str) -> Eyes:
        """Wait for their yes. Raises Refused when it does not come, or comes from somebody else; all of it goes."""
        try:
            under = self._under.get(login.secret)
            if under is None or under.waiting is None:
                raise Refused("not lent: nothing waits for a yes")
            await self._yes(under, login.seconds)
            return Eyes(under.home, await own(under.home, person), self._nick)
        except BaseException:
            await self.forget(login)
            raise

    async def forget(self, login: Login) -> None:
        """Log out and remove the directory; done twice, it is done."""
        await self._forget(login.secret)

    async def aclose(self) -> None:
        """Remove every directory, at once."""
        for secret in list(self._under):
            await self._forget(secret, hastily=True)

    async def finding(self) -> Finding:
        """Whether the client is there, starts, and which version it is. Nobody is logged in for that."""
        what = "DingTalk: reading as an owner (dws)"
        try:
            home = Home(self._dws)
        except PlatformError as error:
            return Finding(what, False, f"{error}: FENSHEN_DATA")
        try:
            ended = await home.run("version", within=self._dws.patience.logout * 2)
        except PlatformError as error:
            return Finding(what, False, f"{error}. {_CURE}")
        finally:
            home.remove()
        version = _VERSION.search(ended.words)
        if ended.code or version is None:
            return Finding(what, False, f"It tells no version. {_CURE}")
        return Finding(what, True, f"version {version[0]}; whether the company allows it shows at the first login")

    async def _page(self, under: _Under) -> tuple[str, str, float]:
        """The link, the code and the seconds that the client tells; what is written under a link may be awaited."""
        patience, waiting = self._dws.patience, under.waiting
        assert waiting is not None
        until, found = time.monotonic() + patience.link, False
        while (left := until - time.monotonic()) > 0 and not waiting.done():
            under.told.clear()
            page = _read(bytes(under.said))
            if page and page[2]:
                break
            if page and not found:  # for how long it is good may stand under it
                until, found = min(until, time.monotonic() + patience.settling), True
                continue
            told = asyncio.create_task(under.told.wait())
            await asyncio.wait({told, waiting}, timeout=left, return_when="FIRST_COMPLETED")
            told.cancel()
        page = _read(bytes(under.said))
        if waiting.done() and (waiting.result() or page is None):  # a yes may be faster than its page is read
            raise trouble(under.said.decode(errors="replace"))
        if page is None:
            raise Unavailable("the command-line client shows no page")
        return page[0], page[1], min(page[2] or patience.longest, patience.longest)

    async def _yes(self, under: _Under, seconds: float) -> None:
        assert under.waiting is not None
        await asyncio.wait({under.waiting}, timeout=seconds)
        if not under.waiting.done():
            raise Refused("not lent: expired")
        if under.waiting.result():
            raise trouble(under.said.decode(errors="replace"))
        under.in_ = True

    async def _forget(self, secret: str, *, hastily: bool = False) -> None:
        under = self._under.pop(secret, None)
        if under is None:
            return
        task = asyncio.current_task()
        try:
            if under.waiting is not None:
                under.waiting.cancel()
                await asyncio.gather(under.waiting, return_exceptions=True)
            if under.in_ and not hastily and not (task and task.cancelling()):
                await under.home.run("auth", "logout", "--yes", within=self._dws.patience.logout)
        except PlatformError as error:
            log.warning("a login was not logged out: %s", type(error).__name__)
        finally:
            under.home.remove()


class LendingDingTalk(DingTalk):
    """DingTalk where the company lets people read by its command-line client."""

    lends_by_client = True
    lending_pause = 60.0

    def __init__(
        self, settings: Settings, dws: Dws, turns: Turns | None = None, carried: Carried | None = None
    ) -> None:
        """`dws`: the client that the operator installed."""
        super().__init__(settings, turns, carried)
        self._lender = Lender(dws, settings.nick)

    async def ask_login(self) -> Login:
        """A page on which one person lets the bot read as them. Raises Refused where the company does not allow it."""
        return await self._lender.ask()

    async def lent(self, login: Login, person: str) -> History:
        """What this person can read, once they have said yes, as themselves. Raises Refused when they do not."""
        return await self._lender.lent(login, person)

    async def forget(self, login: Login) -> None:
        """Nothing is left of what this login lent."""
        await self._lender.forget(login)

    async def diagnose(self) -> Sequence[Finding]:
        """What an admin still has to set up, the client included."""
        return [*await super().diagnose(), await self._lender.finding()]

    async def aclose(self) -> None:
        """Leave no socket, process or directory behind."""
        await self._lender.aclose()
        await super().aclose()


async def _waited(under: _Under) -> int:
    """The client from its page to somebody's yes or no; returns its exit code."""
    async with under.home.started("auth", "login", "--device") as process:
        hearing = {asyncio.create_task(_heard(stream, under)) for stream in outputs(process)}
        try:
            code = await process.wait()
            await asyncio.wait(hearing, timeout=1)
            return code
        finally:
            for task in hearing:
                task.cancel()
            await asyncio.gather(*hearing, return_exceptions=True)


async def _heard(stream: asyncio.StreamReader, under: _Under) -> None:
    """What it writes, as far as anybody looks at it; the rest is let go of, so that it never has to wait."""
    while chunk := await stream.read(_MOST):
        under.said += chunk[: max(0, _MOST - len(under.said))]
        under.told.set()


def _read(said: bytes) -> tuple[str, str, float] | None:
    """The page, its code and for how long it is good (0: not told), of whole lines alone."""
    text = _ANSI.sub("", said[: said.rfind(b"\n") + 1].decode(errors="replace"))
    pages, code, seconds = _PAGE.findall(text), _CODE.search(text), _FOR.search(text)
    good = float(seconds[1]) if seconds else 0.0
    for page in pages:
        if whole := _CARRIED.search(page):
            return page, whole[1], good
    return (pages[0], code[0], good) if pages and code else None
