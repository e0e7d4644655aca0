"""Run the whole bot against a simulated company: both simulators, both real SDKs, the real store, and the page."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fastapi import FastAPI
from pydantic import SecretStr

from adapters.dingtalk.simulator import DingTalkSimulator
from adapters.lark.simulator import LarkSimulator
from adapters.serving import served
from adapters.world import Simulator
from bot.agreement import agree
from bot.app import Fenshen
from bot.demo.api import Stage, demo_router
from bot.demo.company import TENANT, Company, load
from bot.demo.folder import NotACompany
from bot.demo.loopback import Loopback
from bot.demo.taking import taken
from bot.demo.week import Week
from bot.embeddings import open_meaning
from bot.platforms import make_platforms
from bot.preparing import Answerer
from bot.running import run_until_stopped
from bot.settings import BadSettings, Settings
from bot.web import create_web
from skills.ground import Ground, open_ground

log = logging.getLogger("fenshen.demo")

AGAIN = 0.5  # seconds until an event comes again that a busy machine did not take in time: on Lark itself, fifteen
SECRET = "made-up"  # noqa: S105 - opens nothing but the simulators


@dataclass(frozen=True, slots=True)
class Simulated:
    """Both platforms of a company, served, and the settings by which a bot reaches them."""

    company: Company
    lark: LarkSimulator
    dingtalk: DingTalkSimulator
    settings: Settings


@dataclass(frozen=True, slots=True)
class Staged:
    """The bot among its simulated platforms, ready to run, and the page to watch it by."""

    app: FastAPI
    fenshen: Fenshen


@asynccontextmanager
async def simulated(settings: Settings, company: Company) -> AsyncIterator[Simulated]:
    """The company's platforms, each on a port of its own."""
    lark = LarkSimulator(company.lark, app_id=TENANT, app_secret=SECRET)
    dingtalk = DingTalkSimulator(company.dingtalk, client_id=TENANT, client_secret=SECRET, corp=TENANT)
    lark.faults.redeliver = AGAIN
    async with served(lark.app) as lark_url, served(dingtalk.app) as dingtalk_url:
        made_up = {
            "lark_app_id": TENANT,
            "lark_app_secret": SecretStr(SECRET),
            "lark_domain": lark_url,
            "dingtalk_client_id": TENANT,
            "dingtalk_client_secret": SecretStr(SECRET),
            "dingtalk_endpoint": dingtalk_url,
        }
        yield Simulated(company, lark, dingtalk, settings.model_copy(update=made_up))


def staged(ground: Ground, among: Simulated, answerer: Callable[[], Answerer] | None = None) -> Staged:
    """The whole bot with both real SDKs, and the page's app on top. Made inside a running loop."""
    connected = make_platforms(among.settings, ground.store)
    fenshen = Fenshen(ground, connected.platforms, connected.histories, among.settings, answerer)

    async def quiet() -> bool:
        return not (among.lark.busy or among.dingtalk.busy) and await fenshen.idle()

    async def offer(week: Week) -> None:
        await ground.store.put_scope(week.scope, week.document, "demo")

    async def take(person: str) -> bytes:
        return await taken(among, ground.store, fenshen.platforms[person.partition(":")[0]], person)

    def slow(seconds: float) -> None:
        among.lark.faults.listing = seconds

    secrets = among.settings.signing
    app = create_web(
        ground.store,
        states=fenshen.states,
        healthy=ground.database.ping,
        secrets=secrets,
        scrape=fenshen.scrape,
        metrics_token=among.settings.metrics_token,
    )
    simulators: Mapping[str, Simulator] = {"lark": among.lark, "dingtalk": among.dingtalk}
    writes = among.settings.model is not None
    app.include_router(demo_router(Stage(simulators, among.company, quiet, offer, take, slow, writes)))
    app.add_middleware(Loopback)
    return Staged(app, fenshen)


async def demo(settings: Settings, directory: Path | None) -> int:
    """`fenshen demo`: serve the page until stopped, everything made anew.

    Raises BadSettings for real credentials, and for a folder that holds no company.
    """
    if settings.real_platform:
        raise BadSettings("the demo refuses real credentials: unset LARK_APP_ID, DINGTALK_CLIENT_ID and their secrets")
    settings = settings.model_copy(update={"dingtalk_dws": None})  # nobody of a made-up company has a login
    try:
        company = load(directory, now=datetime.now().astimezone())
    except NotACompany as error:
        raise BadSettings(str(error)) from None
    if company.skipped:
        log.warning("%d lines of the folder were no messages and were skipped", company.skipped)
    local = settings.model_copy(update={"host": "127.0.0.1"})
    meaning = open_meaning(settings.embeddings)
    async with open_ground(settings.data / "demo", afresh=True, meaning=meaning) as ground:
        await agree(settings, ground.store)
        if settings.admin_token is not None:
            await ground.store.adopt_token("demo", settings.admin_token.get_secret_value())
        async with simulated(local, company) as among:
            stage = staged(ground, among)
            return await run_until_stopped(stage.app, stage.fenshen, local, wait=True)
