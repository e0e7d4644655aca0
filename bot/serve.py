"""`fenshen serve`: the bot on the real platforms whose credentials are set."""

from contextlib import AbstractAsyncContextManager

from pydantic import SecretStr

from adapters.lark.webhook import Webhook
from bot.agreement import agree
from bot.app import Fenshen
from bot.embeddings import open_meaning
from bot.platforms import Connected, make_platforms
from bot.running import run_until_stopped, say_ready, until_stopped
from bot.settings import BadSettings, Settings
from bot.web import create_web
from skills.ground import Ground, open_ground
from skills.store import Store

NO_PLATFORM = "no platform is set up: set LARK_APP_ID and LARK_APP_SECRET, or DINGTALK_CLIENT_ID and its secret"


async def serve(settings: Settings) -> int:
    """Run until stopped. Raises BadSettings when no platform is set up."""
    if not settings.real_platform:
        raise BadSettings(NO_PLATFORM)
    async with ground_of(settings) as ground:
        await agree(settings, ground.store)
        connected = make_platforms(settings, ground.store)
        fenshen = Fenshen(ground, connected.platforms, connected.histories, settings)
        webhook = make_webhook(settings, connected, ground.store)
        receive, healthy = fenshen.inbox.receive, ground.database.ping
        app = create_web(
            ground.store,
            states=fenshen.states,
            healthy=healthy,
            webhook=webhook,
            receive=receive,
            secrets=settings.signing,
            scrape=fenshen.scrape,
            metrics_token=settings.metrics_token,
        )
        return await run_until_stopped(app, fenshen, settings, wait=False)


async def work(settings: Settings) -> int:
    """Only the background work, beside a `serve` on the same database; raises BadSettings as that does."""
    if not settings.real_platform:
        raise BadSettings(NO_PLATFORM)
    async with ground_of(settings) as ground:
        await agree(settings, ground.store)
        connected = make_platforms(settings, ground.store)
        fenshen = Fenshen(ground, connected.platforms, connected.histories, settings)
        failure = await until_stopped(fenshen.run(listening=False), say_ready("to work"))
    if failure is not None:
        raise failure
    return 0


def ground_of(settings: Settings) -> AbstractAsyncContextManager[Ground]:
    """The store that the settings name, to be opened."""
    return open_ground(
        settings.data,
        database_url=_secret(settings.database_url),
        migrate_url=_secret(settings.migrate_url),
        keyring_url=_secret(settings.keyring_url),
        meaning=open_meaning(settings.embeddings),
        patient=True,
    )


def make_webhook(settings: Settings, connected: Connected, store: Store) -> Webhook | None:
    """The guard of Lark's webhook, where that is how events come; a replay is known to every replica."""
    if settings.lark_mode != "webhook" or connected.read_lark is None:
        return None
    return Webhook(
        _secret(settings.lark_encrypt_key) or "",
        _secret(settings.lark_verification_token) or "",
        read=connected.read_lark,
        remember=store.seen,
        freshness_seconds=settings.lark_freshness_seconds,
    )


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None
