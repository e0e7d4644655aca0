"""DingTalk's own command-line client run as one person: a directory and an environment of theirs, and limits to it."""

import asyncio
import fcntl
import json
import os
import re
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.base import PlatformError, Refused, Unavailable
from adapters.history import NotAllowed

# All that it gets of our environment: no secret of the bot's is among them.
_PASSED = ("PATH", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_HELD = ".held"
_YOUNG = 60.0  # seconds: a directory as young as that may be about to be locked
_CHUNK = 65_536

_STEP = re.compile(r"^\W*Step \d.*$", re.MULTILINE)  # it says of itself what it is about to check
_UNSURE = re.compile(
    r"(?:无法|cannot|unable to|failed to) ?(?:检查|check)[^\n]{0,20}CLI|检查[^\n]{0,20}CLI[^\n]{0,20}失败",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"CLI.{0,20}(?:access|enable|disable|forbid|permission|authori|数据|授权)|us(?:e|ing) (?:the )?CLI|使用 ?CLI"
    r"|user_(?:not_allowed|forbidden)|channel_(?:not_allowed|required)|TOKEN_VERIFIED_FAILED|渠道|\bPAT_",
    re.IGNORECASE,
)
_OVER = re.compile(r"TOKEN_EXPIRED|USER_TOKEN_ILLEGAL|not logged in|未登录|认证已失效", re.IGNORECASE)
_TOO_FAST = re.compile(r"rate.?limit|too many|throttl|QpsLimit|限流|频繁|\b429\b", re.IGNORECASE)


class TooFast(Unavailable):
    """The platform was asked too often."""


class UnknownFlag(Refused):
    """This version of the client does not know one of the words it was given."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds, and how much to take."""

    link: float = 60.0  # for the page to say yes on
    settling: float = 1.0  # for what is written under the link
    longest: float = 600.0  # for somebody's yes: the platform itself lets it go after ten minutes
    order: float = 60.0  # for one command
    logout: float = 5.0
    pause: float = 2.0  # after too many requests, at first
    tries: int = 6
    most: int = 20 * 2**20  # bytes of one answer
    page: int = 100  # messages

    @property
    def pauses(self) -> Sequence[float]:
        """Between one try and the next, after too many requests: ever longer."""
        return [self.pause * 2**n for n in range(self.tries - 1)]


@dataclass(frozen=True, slots=True)
class Dws:
    """The client that the operator named, and where directories for logins are made."""

    path: str
    under: Path
    patience: Patience = Patience()


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command came to. Its words are looked at for what went wrong, and told to nobody."""

    code: int
    out: bytes
    err: bytes

    @property
    def words(self) -> str:
        """Both outputs as text."""
        return f"{self.out.decode(errors='replace')}\n{self.err.decode(errors='replace')}"


class Home:
    """A private directory for one login, theirs as long as this process lives and does not let it go."""

    def __init__(self, dws: Dws) -> None:
        """Raises Unavailable where none can be made."""
        self.dws = dws
        try:
            dws.under.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path = Path(tempfile.mkdtemp(dir=dws.under.absolute()))  # nobody else may enter it
        except OSError:
            raise Unavailable("no directory for a login can be made") from None
        self._lock: int | None = os.open(self.path / _HELD, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    @property
    def environment(self) -> Mapping[str, str]:
        """Nothing of ours but how to find programs and the network."""
        names = (*_PASSED, *_PROXIES, *(name.lower() for name in _PROXIES))
        places = {"CONFIG": "config", "CACHE": "cache", "KEYCHAIN": "keychain"}
        return {
            **{name: os.environ[name] for name in names if name in os.environ},
            **{f"DWS_{name}_DIR": str(self.path / place) for name, place in places.items()},
            "HOME": str(self.path),
            "TMPDIR": str(self.path),
            "TZ": "Asia/Shanghai",  # whoever reads a time without a zone reads China's
            "DWS_DISABLE_KEYCHAIN": "1",
            "DWS_LANG": "en",
            "BROWSER": "true",  # the page is the owner's to open, not this server's
        }

    @asynccontextmanager
    async def started(self, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """A command for as long as the block lasts; then it and all that it started are ended. No shell reads it."""
        path = shutil.which(self.dws.path)
        if path is None:
            raise Unavailable("the command-line client is not there")
        try:
            process = await asyncio.create_subprocess_exec(
                path,
                *words,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=self.environment,
                cwd=self.path,
                start_new_session=True,
            )
        except OSError:
            raise Unavailable("the command-line client does not start") from None
        try:
            yield process
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            await asyncio.shield(asyncio.gather(process.wait(), *(_emptied(s) for s in outputs(process))))

    async def run(self, *words: str, within: float) -> Ended:
        """A command to its end. Raises Unavailable where it takes too long, or says more than anybody asked for."""
        try:
            async with self.started(*words) as process, asyncio.timeout(within), asyncio.TaskGroup() as reading:
                out, err = (reading.create_task(taken(s, self.dws.patience.most)) for s in outputs(process))
                code = await process.wait()
        except TimeoutError:
            raise Unavailable("the command-line client took too long") from None
        except ExceptionGroup as group:
            raise group.exceptions[0] from None
        return Ended(code, out.result(), err.result())

    async def ask(self, *words: str) -> Mapping[str, Any]:
        """What a command answers. Raises Refused or Unavailable; that it was too often is tried again, ever later."""
        for pause in self.dws.patience.pauses:
            with suppress(TooFast):
                return await self._once(*words)
            await asyncio.sleep(pause)
        return await self._once(*words)

    async def _once(self, *words: str) -> Mapping[str, Any]:
        return _answer(await self.run(*words, "--format", "json", within=self.dws.patience.order))

    def remove(self) -> None:
        """Nothing of it is left; done twice, it is done."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def sweep(under: Path) -> int:
    """End and remove what a bot left that was killed; what another process holds stays. Returns how many."""
    left = [path for path in under.absolute().glob("*") if path.is_dir() and _forsaken(path)]
    for path in left:
        for environment in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):
                if f"HOME={path}\0".encode() in environment.read_bytes():
                    os.kill(int(environment.parent.name), signal.SIGKILL)
        shutil.rmtree(path, ignore_errors=True)
    return len(left)


def trouble(words: str) -> PlatformError:
    """What went wrong, by what the client wrote; none of it goes into what is raised."""
    words = _STEP.sub("", words)
    if "unknown flag" in words:
        return UnknownFlag("an unknown flag")
    if _OVER.search(words) or _UNSURE.search(words):
        return Unavailable("the login is over, or cannot be told to be allowed")
    if _TOO_FAST.search(words):
        return TooFast("asked too often")
    return NotAllowed("the company does not allow it") if _CLOSED.search(words) else Refused("the client refuses")


async def taken(stream: asyncio.StreamReader, most: int) -> bytes:
    """All that comes. Raises Unavailable where that is more than `most` bytes."""
    found = bytearray()
    while chunk := await stream.read(_CHUNK):
        found += chunk
        if len(found) > most:
            raise Unavailable("the command-line client says too much")
    return bytes(found)


def _answer(ended: Ended) -> Mapping[str, Any]:
    if ended.code < 0:
        raise Unavailable("the command-line client died")
    start = ended.out.find(b"{")
    try:
        found = json.loads(ended.out[start:]) if start >= 0 else None
    except (ValueError, RecursionError):
        found = None
    if ended.code or (isinstance(found, dict) and found.get("success") is False):
        raise trouble(ended.words)
    if not isinstance(found, dict):
        raise Unavailable("the command-line client answers something else")
    return found


def outputs(process: asyncio.subprocess.Process) -> Sequence[asyncio.StreamReader]:
    """Standard output and standard error."""
    return [stream for stream in (process.stdout, process.stderr) if stream]


async def _emptied(stream: asyncio.StreamReader) -> None:
    """Let go of a pipe whose writers are gone; one who left the group does not hold it up."""
    with suppress(TimeoutError, OSError):
        async with asyncio.timeout(1):
            while await stream.read(_CHUNK):
                pass


def _forsaken(path: Path) -> bool:
    try:
        lock = os.open(path / _HELD, os.O_RDWR)
    except OSError:
        with suppress(OSError):  # another process may be faster
            return time.time() - path.stat().st_mtime > _YOUNG
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(lock)
    return True
