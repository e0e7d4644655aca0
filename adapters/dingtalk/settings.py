"""What one DingTalk app is configured with: credentials, addresses, the card template, and its patience."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

AI_MARKDOWN = "382e4302-551d-4880-bf29-a30acfab2e71.schema"


@dataclass(frozen=True, slots=True)
class Timings:
    """How long to wait, in seconds, and how much to do at once."""

    opening: float = 20.0  # for a ticket and the handshake
    request: float = 10.0  # for one REST request
    taking: float = 20.0  # for `receive`, then the frame is refused
    idle: float = 90.0  # without a frame: the gateway pings every 20 to 30, so the socket is dead
    stable: float = 30.0  # a connection that lived this long is replaced at once
    backoff: float = 1.0  # before the second attempt; doubles with each
    backoff_most: float = 60.0
    draining: float = 0.4  # for what is still being taken when the adapter is closed
    closing: float = 0.3  # for a socket's goodbye
    growing: float = 0.5  # between two updates of a card that grows
    per_second: int = 20  # the standard edition's limit for one API
    qps_pause: float = 2.0  # after the platform said QpsLimit
    departments: float = 600.0  # for which it is believed who belongs where: each question is paid for
    in_flight: int = 64  # frames taken at once; the socket is not read beyond


DINGTALK = "https://api.dingtalk.com"


@dataclass(frozen=True, slots=True)
class Settings:
    """One DingTalk app. `corp` None: each event's own corporation is believed."""

    client_id: str
    client_secret: str = field(repr=False)
    corp: str | None = None
    robot_code: str = ""  # of an internal app it is the client id
    nick: str = ""  # the bot's display name, which HarmonyOS leaves in front of the text
    endpoint: str = DINGTALK
    card_template: str | None = AI_MARKDOWN  # None: text only, with commands for buttons
    growing: bool = False  # whether cards may grow: each update is a metered call
    timings: Timings = Timings()

    @property
    def legacy(self) -> str:
        """Where the older interface is, which alone tells of people: beside the newer one, but at DingTalk itself."""
        return "https://oapi.dingtalk.com" if self.endpoint == DINGTALK else self.endpoint

    @property
    def robot(self) -> str:
        """The robot's code, as REST requests name it."""
        return self.robot_code or self.client_id


def loopback(url: str) -> bool:
    """Whether the URL's host is this machine: there, no proxy is asked and plain HTTP is allowed."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def trusted(url: str) -> bool:
    """Whether a URL that the platform handed out may be followed: encrypted, or on this machine."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.scheme in ("https", "wss") or loopback(url))
    except ValueError:
        return False
