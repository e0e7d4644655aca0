"""By which keys the bot's own messages in groups are known, to processes that did not send them."""

from adapters.base import Address, Button, Card
from adapters.dingtalk.client import DingTalk
from adapters.dingtalk.settings import Settings
from adapters.dingtalk.simulator import DingTalkSimulator
from adapters.world import World

OPS = "cidOps=="
GROUP = Address(chat=f"dingtalk:demo:{OPS}")
WEI = Address(person="dingtalk:demo:staff_wei")
ASK = Card("分身", "要加入吗？", buttons=(Button("join", "加入", {"offer": "o1"}, command="/optin"),))


class Noted:
    """What is remembered, in the order in which it came; or nothing can be, where it is `down`."""

    def __init__(self, *, down: bool = False) -> None:
        self.rows: list[tuple[str, str]] = []
        self._down = down

    async def carry(self, chat: str, key: str, message: str) -> None:
        """Remember a message of a chat."""
        if self._down:
            raise ConnectionError
        self.rows.append((chat, message))

    async def carried(self, chat: str, key: str) -> str | None:
        """Nothing is asked here."""
        return None


async def test_keys_are_remembered_of_groups_alone(settings: Settings, simulator: DingTalkSimulator) -> None:
    """A chat alone with somebody is called by their id, and nothing is kept of it."""
    noted = Noted()
    platform = DingTalk(settings, carried=noted)
    await platform.send(WEI, ASK, "key1")
    sent = await platform.send(GROUP, ASK, "key2")
    await platform.aclose()
    assert noted.rows == [(sent.chat, sent.message)]


async def test_what_was_sent_is_not_sent_again_where_its_key_cannot_be_remembered(
    settings: Settings, simulator: DingTalkSimulator, world: World
) -> None:
    """It stands in the chat; only a reply to it is not known after a restart."""
    platform = DingTalk(settings, carried=Noted(down=True))
    before = len(list(world.read(OPS)))
    await platform.send(GROUP, ASK, "key1")
    await platform.aclose()
    assert len(list(world.read(OPS))) == before + 1
