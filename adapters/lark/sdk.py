"""The few parts of Lark's SDK that the adapter stands on, by name; `client` alone imports them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Sdk:
    """Vendor classes and functions: they, and what they make, stay inside this package."""

    Client: Any  # the long connection's: endpoint lookup and configuration
    Frame: Any
    ping: Callable[[int], Any]
    connect_options: Callable[[], dict[str, Any]]
    raise_handshake: Callable[[Exception], None]
    ClientException: type[Exception]  # the platform said no: asking again soon will not help
    ServerException: type[Exception]
    Transport: Any
    TokenManager: Any
    TokenException: type[Exception]
    verify: Callable[[Any, Any, Any], None]
    BaseRequest: Any
    RequestOption: Any
    Config: Any
    HttpMethod: Any
    AccessTokenType: Any
    LogLevel: Any
