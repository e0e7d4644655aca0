"""Which models write, as the settings name them, and how they are named to people; loads none of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.budget import Limits
from bot.settings import Settings

OPENAI = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class Model:
    """One model and where it runs."""

    name: str  # as LangChain's `init_chat_model` reads it
    base_url: str | None = None
    key: SecretStr | None = None

    @property
    def kind(self) -> str:
        """Whose protocol it speaks."""
        return self.name.partition(":")[0] if ":" in self.name else "openai"

    @property
    def url(self) -> str | None:
        """Where it runs. Named here, no other variable of the environment can send words elsewhere."""
        return self.base_url or (OPENAI if self.kind == "openai" else None)

    @property
    def told(self) -> str:
        """The model and whose machine it runs on, as people are told before they say yes."""
        host = urlsplit(self.url or "").hostname
        return f"{self.name} · {host}" if host else self.name


def models_of(settings: Settings) -> Sequence[Model]:
    """The model that writes and the one that takes its place; none where none is named."""
    if settings.model is None:
        return ()
    first = Model(settings.model, settings.model_base_url, settings.model_key)
    if settings.model_fallback is None:
        return (first,)
    url, key = settings.model_fallback_base_url, settings.model_fallback_key
    return (first, Model(settings.model_fallback, url or settings.model_base_url, key or settings.model_key))


def provider_of(models: Sequence[Model]) -> str | None:
    """All that words may be sent to, in one line: what an owner says yes to; None: nothing."""
    return ", ".join(model.told for model in models) or None


def limits_of(settings: Settings) -> Limits:
    """What the operator allows."""
    return Limits(
        seconds=settings.model_seconds,
        tokens=settings.model_length,
        daily_answers=settings.model_daily_answers,
        daily_tokens=settings.model_daily_volume,
        daily_cost=settings.model_daily_cost,
        price_in=settings.model_price_in,
        price_out=settings.model_price_out,
    )
