"""The platforms that the settings name, each made only when it is set up: a vendor's SDK is heavy."""

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.base import Platform
from adapters.history import History
from adapters.lark.webhook import Read
from bot.manners import Turns
from bot.settings import Settings
from skills.store import Store


@dataclass(frozen=True, slots=True)
class Connected:
    """The platforms by name, and those of them that let a bot read what was said before."""

    platforms: Mapping[str, Platform]
    histories: Mapping[str, History]
    read_lark: Read | None = None  # what the webhook's guard hands Lark's events to


def make_platforms(settings: Settings, store: Store | None = None) -> Connected:
    """One client for each platform with credentials; none connects before it listens.

    With a store, turns to send are taken in it: they outlive a restart, and replicas take them together.
    """
    platforms: dict[str, Platform] = {}
    histories: dict[str, History] = {}
    read_lark: Read | None = None
    if settings.lark_app_id and settings.lark_app_secret:
        from adapters.lark.client import Lark
        from adapters.lark.settings import Credentials

        lark = Lark(
            Credentials(
                app_id=settings.lark_app_id,
                app_secret=settings.lark_app_secret.get_secret_value(),
                domain=settings.lark_domain,
                mode=settings.lark_mode,
            ),
            turns=None if store is None else Turns(store, f"lark:{settings.lark_app_id}", a_chat=5, an_app=50),
            growing="lark" in settings.streams,
        )
        platforms[lark.name], histories[lark.name], read_lark = lark, lark, lark.read
    if settings.dingtalk_client_id and settings.dingtalk_client_secret:
        dingtalk = _dingtalk(settings, store)
        platforms[dingtalk.name] = dingtalk
    return Connected(platforms, histories, read_lark)


def _dingtalk(settings: Settings, store: Store | None) -> Platform:
    from adapters.dingtalk.client import DingTalk
    from adapters.dingtalk.settings import Settings as DingTalkSettings

    assert settings.dingtalk_client_id
    assert settings.dingtalk_client_secret
    app = DingTalkSettings(
        client_id=settings.dingtalk_client_id,
        client_secret=settings.dingtalk_client_secret.get_secret_value(),
        endpoint=settings.dingtalk_endpoint,
        card_template=None if settings.dingtalk_card_template == "none" else settings.dingtalk_card_template,
        growing="dingtalk" in settings.streams,
    )
    turns = None if store is None else Turns(store, f"dingtalk:{settings.dingtalk_client_id}", a_chat=5, an_app=20)
    if settings.dingtalk_dws is None:
        return DingTalk(app, turns, store)
    from adapters.dingtalk.dws import Dws
    from adapters.dingtalk.lending import LendingDingTalk

    return LendingDingTalk(app, Dws(settings.dingtalk_dws, settings.data / "logins"), turns, store)
