"""`fenshen doctor`: what is well, what is not, and the cure of each, before anybody is disappointed."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from adapters.base import Finding, Platform
from bot.budget import Budget
from bot.manners import SCARCE
from bot.models import limits_of, models_of, provider_of
from bot.platforms import make_platforms
from bot.serve import NO_PLATFORM, ground_of
from bot.settings import Settings
from skills.manners import Calls

MOST_SKEW = 60  # seconds by which this machine's clock may be off


async def doctor(settings: Settings) -> int:
    """Print every finding; 0 when all is well, 1 when something needs a cure."""
    well = True
    async for finding in examine(settings):
        well = well and finding.ok
        print(f"{'ok ' if finding.ok else 'NO '} {finding.what}")
        if finding.cure and not finding.ok:
            print(f"    {finding.cure}")
        elif finding.cure:
            print(f"    ({finding.cure})")
    return 0 if well else 1


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at one thing after the other, and go on whatever is found."""
    yield Finding("settings", ok=settings.real_platform, cure="" if settings.real_platform else NO_PLATFORM)
    unstated = settings.unstated
    yield Finding("who answers for receipts", ok=not unstated, cure=f"set {', '.join(unstated)}" if unstated else "")
    yield await _port(settings)
    for finding in await _database(settings):
        yield finding
    if provider := provider_of(models_of(settings)):
        yield await _model(settings, provider)
    for url in _domains(settings):
        yield await _clock(url)
    platforms = make_platforms(settings).platforms
    for platform in platforms.values():
        for finding in await _platform(platform):
            yield finding
    await asyncio.gather(*(platform.aclose() for platform in platforms.values()))


async def _model(settings: Settings, provider: str) -> Finding:
    """Whether what words answers can be loaded; it is asked nothing, for that would cost something."""

    def load() -> None:
        from bot import writing  # takes its time: only where a model is named

        writing.Writer(models_of(settings), Budget(limits_of(settings), lambda: datetime.now(UTC)))

    try:
        await asyncio.to_thread(load)
    except Exception as error:  # whatever it is, the doctor says it and goes on
        cure = f"{type(error).__name__}: check FENSHEN_MODEL and FENSHEN_MODEL_KEY (docs/settings.md); doubles quote"
        return Finding(f"model {provider}", ok=False, cure=cure)
    return Finding(f"model {provider}", ok=True)


async def _database(settings: Settings) -> Sequence[Finding]:
    try:
        async with ground_of(settings) as ground:
            found = Finding("database and keyring", ok=await ground.database.ping())
            return [found, *(_spent(settings, counted) for counted in await ground.store.calls())]
    except Exception as error:  # whatever it is, the doctor says it and goes on
        said = str(error).splitlines()[0] if str(error) and settings.database_url is None else ""
        cure = "check DATABASE_URL, MIGRATE_URL, KEYRING_URL and FENSHEN_DATA (docs/settings.md)"
        return [Finding("database and keyring", ok=False, cure=f"{type(error).__name__}: {said} – {cure}")]


def _spent(settings: Settings, counted: Calls) -> Finding:
    """Whether a platform's calls last for the month; from four fifths on the bot saves."""
    budget = {"lark": settings.lark_monthly_calls, "dingtalk": settings.dingtalk_monthly_calls}[counted.platform]
    what = f"{counted.platform}: {counted.month} calls this month"
    scarce = bool(budget) and counted.month >= budget * SCARCE
    cure = f"of {budget}: a larger edition, or another DINGTALK_MONTHLY_CALLS or LARK_MONTHLY_CALLS if it is not so"
    return Finding(what, ok=not scarce, cure=cure if scarce else "")


async def _port(settings: Settings) -> Finding:
    """Free, or answering as ourselves: the doctor is asked before the start as well as beside a running bot."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            if await _is_fenshen(settings):
                return Finding(f"port {settings.port}", ok=True, cure="fenshen is running there")
            cure = f"{error.strerror}: choose another FENSHEN_PORT or FENSHEN_HOST"
            return Finding(f"port {settings.port}", ok=False, cure=cure)
    return Finding(f"port {settings.port}", ok=True)


async def _is_fenshen(settings: Settings) -> bool:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - read, not bound
    try:
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            return "database" in (await client.get(f"http://{host}:{settings.port}/healthz")).json()
    except (httpx.HTTPError, ValueError):
        return False


def _domains(settings: Settings) -> Sequence[str]:
    lark = [settings.lark_domain] if settings.lark_app_id else []
    return lark + ([settings.dingtalk_endpoint] if settings.dingtalk_client_id else [])


async def _clock(url: str) -> Finding:
    """Signatures and tickets fail when clocks disagree: compare ours with the platform's."""
    try:
        async with httpx.AsyncClient(timeout=10) as client:
            date = (await client.head(url)).headers.get("date")
    except httpx.HTTPError as error:
        return Finding(f"reach {url}", ok=False, cure=f"{type(error).__name__}: check network, proxy and firewall")
    if date is None:
        return Finding(f"clock against {url}", ok=True, cure="the platform told no time")
    skew = abs(time.time() - parsedate_to_datetime(date).astimezone(UTC).timestamp())
    cure = "" if skew <= MOST_SKEW else "set this machine's clock, e.g. by NTP"
    return Finding(f"clock against {url} ({skew:.0f} s apart)", ok=skew <= MOST_SKEW, cure=cure)


async def _platform(platform: Platform) -> Sequence[Finding]:
    try:
        return [Finding(f"{platform.name}: {f.what}", f.ok, f.cure) for f in await platform.diagnose()]
    except Exception as error:  # a doctor that dies helps nobody
        return [Finding(f"{platform.name}: {type(error).__name__}", ok=False, cure="see the log, then try again")]
