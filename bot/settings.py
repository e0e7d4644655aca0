"""What an operator can set, read from the environment; a wrong value is named before anything starts."""

import os
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.signatures import secrets_of


class BadSettings(Exception):
    """The settings cannot be used as they stand."""


def _data() -> Path:
    """A short, private directory: PostgreSQL's socket lies in it, and root's must not be under a private home."""
    if os.geteuid() == 0:
        return Path("/var/lib/fenshen")
    return Path.home() / ".fenshen"


def _env(name: str) -> AliasChoices:
    return AliasChoices(name)


class Settings(BaseSettings):
    """Every setting, by its environment variable; `docs/settings.md` explains each one."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, populate_by_name=True)

    data: Path = Field(default_factory=_data, validation_alias=_env("FENSHEN_DATA"))
    host: str = Field(default="127.0.0.1", validation_alias=_env("FENSHEN_HOST"))
    port: int = Field(default=8321, ge=0, le=65535, validation_alias=_env("FENSHEN_PORT"))
    public_url: str | None = Field(default=None, validation_alias=_env("FENSHEN_PUBLIC_URL"))
    language: Literal["zh", "en"] = Field(default="zh", validation_alias=_env("FENSHEN_LANGUAGE"))
    admin_secrets: SecretStr | None = Field(default=None, validation_alias=_env("FENSHEN_ADMIN_SECRETS"))
    admin_token: SecretStr | None = Field(default=None, validation_alias=_env("FENSHEN_ADMIN_TOKEN"))
    metrics_token: SecretStr | None = Field(default=None, min_length=16, validation_alias=_env("FENSHEN_METRICS_TOKEN"))

    agreement: Path | None = Field(default=None, validation_alias=_env("FENSHEN_AGREEMENT"))
    agreement_signer: str | None = Field(default=None, validation_alias=_env("FENSHEN_AGREEMENT_SIGNER"))

    controller_name: str = Field(default="the operator of this bot", validation_alias=_env("FENSHEN_CONTROLLER_NAME"))
    controller_address: str = Field(default="not stated", validation_alias=_env("FENSHEN_CONTROLLER_ADDRESS"))
    controller_contact: str = Field(
        default="the chat platform's admins", validation_alias=_env("FENSHEN_CONTROLLER_CONTACT")
    )
    jurisdiction: str = Field(default="CN", validation_alias=_env("FENSHEN_JURISDICTION"))
    storage_location: str = Field(
        default="the operator's own server", validation_alias=_env("FENSHEN_STORAGE_LOCATION")
    )

    model: str | None = Field(default=None, validation_alias=_env("FENSHEN_MODEL"))
    model_base_url: str | None = Field(default=None, validation_alias=_env("FENSHEN_MODEL_BASE_URL"))
    model_key: SecretStr | None = Field(default=None, validation_alias=_env("FENSHEN_MODEL_KEY"))
    model_fallback: str | None = Field(default=None, validation_alias=_env("FENSHEN_MODEL_FALLBACK"))
    model_fallback_base_url: str | None = Field(default=None, validation_alias=_env("FENSHEN_MODEL_FALLBACK_BASE_URL"))
    model_fallback_key: SecretStr | None = Field(default=None, validation_alias=_env("FENSHEN_MODEL_FALLBACK_KEY"))
    model_seconds: float = Field(default=20, gt=0, validation_alias=_env("FENSHEN_MODEL_SECONDS"))
    model_length: int = Field(default=800, ge=1, validation_alias=_env("FENSHEN_MODEL_LENGTH"))
    model_daily_answers: int = Field(default=2_000, ge=0, validation_alias=_env("FENSHEN_MODEL_DAILY_ANSWERS"))
    model_daily_volume: int = Field(default=5_000_000, ge=0, validation_alias=_env("FENSHEN_MODEL_DAILY_VOLUME"))
    model_daily_cost: float = Field(default=0, ge=0, validation_alias=_env("FENSHEN_MODEL_DAILY_COST"))
    model_price_in: float = Field(default=0, ge=0, validation_alias=_env("FENSHEN_MODEL_PRICE_IN"))
    model_price_out: float = Field(default=0, ge=0, validation_alias=_env("FENSHEN_MODEL_PRICE_OUT"))

    streaming: str = Field(default="lark", validation_alias=_env("FENSHEN_STREAMING"))

    embeddings: str | None = Field(default=None, validation_alias=_env("FENSHEN_EMBEDDINGS"))
    database_url: SecretStr | None = Field(default=None, validation_alias=_env("DATABASE_URL"))
    migrate_url: SecretStr | None = Field(default=None, validation_alias=_env("MIGRATE_URL"))
    keyring_url: SecretStr | None = Field(default=None, validation_alias=_env("KEYRING_URL"))

    lark_app_id: str | None = Field(default=None, validation_alias=_env("LARK_APP_ID"))
    lark_app_secret: SecretStr | None = Field(default=None, validation_alias=_env("LARK_APP_SECRET"))
    lark_domain: str = Field(default="https://open.feishu.cn", validation_alias=_env("LARK_DOMAIN"))
    lark_mode: Literal["websocket", "webhook"] = Field(default="websocket", validation_alias=_env("LARK_MODE"))
    lark_encrypt_key: SecretStr | None = Field(default=None, validation_alias=_env("LARK_ENCRYPT_KEY"))
    lark_verification_token: SecretStr | None = Field(default=None, validation_alias=_env("LARK_VERIFICATION_TOKEN"))
    lark_monthly_calls: int = Field(default=0, ge=0, validation_alias=_env("LARK_MONTHLY_CALLS"))
    lark_freshness_seconds: int = Field(default=8 * 3600, ge=60, validation_alias=_env("LARK_FRESHNESS_SECONDS"))

    dingtalk_client_id: str | None = Field(default=None, validation_alias=_env("DINGTALK_CLIENT_ID"))
    dingtalk_client_secret: SecretStr | None = Field(default=None, validation_alias=_env("DINGTALK_CLIENT_SECRET"))
    dingtalk_card_template: str = Field(
        default="382e4302-551d-4880-bf29-a30acfab2e71.schema", validation_alias=_env("DINGTALK_CARD_TEMPLATE")
    )
    dingtalk_endpoint: str = Field(
        default="https://api.dingtalk.com", validation_alias=_env("DINGTALK_OPENAPI_ENDPOINT")
    )

    dingtalk_dws: str | None = Field(default=None, validation_alias=_env("DINGTALK_DWS"))
    dingtalk_monthly_calls: int = Field(default=10_000, ge=0, validation_alias=_env("DINGTALK_MONTHLY_CALLS"))

    @field_validator("admin_secrets")
    @classmethod
    def _long_enough(cls, said: SecretStr | None) -> SecretStr | None:
        if said is not None:
            secrets_of(said.get_secret_value())
        return said

    @field_validator("streaming")
    @classmethod
    def _known(cls, said: str) -> str:
        named = {name.strip() for name in said.split(",")}
        if named != {"none"} and not named <= {"lark", "dingtalk"}:
            raise ValueError("name lark, dingtalk or both, with a comma between them, or none")
        return said

    @model_validator(mode="after")
    def _consistent(self) -> "Settings":
        if (self.lark_app_id is None) != (self.lark_app_secret is None):
            raise ValueError("LARK_APP_ID and LARK_APP_SECRET belong together: set both or neither")
        if (self.dingtalk_client_id is None) != (self.dingtalk_client_secret is None):
            raise ValueError("DINGTALK_CLIENT_ID and DINGTALK_CLIENT_SECRET belong together: set both or neither")
        if self.lark_mode == "webhook" and not (self.lark_encrypt_key and self.lark_verification_token):
            raise ValueError("LARK_MODE=webhook needs LARK_ENCRYPT_KEY and LARK_VERIFICATION_TOKEN")
        if (self.agreement is None) != (self.agreement_signer is None):
            raise ValueError("FENSHEN_AGREEMENT and FENSHEN_AGREEMENT_SIGNER belong together: set both or neither")
        if self.database_url and not self.keyring_url:
            raise ValueError("DATABASE_URL needs KEYRING_URL: the keys must not lie beside the data they open")
        return self

    @property
    def signing(self) -> tuple[bytes, ...]:
        """The secrets by which admins sign; none: nobody can."""
        return secrets_of(self.admin_secrets.get_secret_value()) if self.admin_secrets else ()

    @property
    def streams(self) -> frozenset[str]:
        """The platforms on which an answer is shown while a model writes it; none where none writes."""
        return frozenset(name.strip() for name in self.streaming.split(",")) if self.model else frozenset()

    @property
    def unstated(self) -> list[str]:
        """What receipts have to say of the controller and nobody has set."""
        said = ("controller_name", "controller_address", "controller_contact", "jurisdiction", "storage_location")
        return [f"FENSHEN_{name.upper()}" for name in said if name not in self.model_fields_set]

    @property
    def real_platform(self) -> bool:
        """Whether credentials of a real platform are set."""
        return bool(self.lark_app_id or self.dingtalk_client_id)


def read_settings() -> Settings:
    """The settings of this process's environment. Raises BadSettings with one line per fault, never with a value."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg']}" for e in error.errors()]
        raise BadSettings("\n".join(lines)) from None
