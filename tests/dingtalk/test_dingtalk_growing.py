"""Promises of cards that grow on DingTalk, through its real interface: few calls, and always an end."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

import pytest

from adapters.base import Address, Button, Card
from adapters.dingtalk.client import DingTalk
from adapters.dingtalk.growing import STREAM
from adapters.dingtalk.settings import Timings
from adapters.dingtalk.simulator import DingTalkSimulator
from adapters.growing import Streams
from adapters.world import World
from tests.dingtalk.conftest import FAST

WEI = Address(person="dingtalk:demo:staff_wei")
CARDS = "/v1.0/card/instances"
FIRST = Card("王伟的分身", "先停网关。", note="…", label="AI 分身 · #A7", answer="A7F3C2", growing=True)
SECOND = replace(FIRST, text="先停网关。\n再跑 *rollback.sh*。")
WHOLE = Card(
    "王伟的分身", SECOND.text, label="AI 分身", answer="A7F3C2", buttons=(Button("why", "为什么", {"a": "1"}),)
)
QUOTES = replace(WHOLE, text="王伟 的原话：")
QUICK: Timings = replace(FAST, growing=0.01)

Joined = Callable[..., AbstractAsyncContextManager[DingTalk]]


def cards(simulator: DingTalkSimulator) -> list[tuple[str, str]]:
    """What was asked of the card interface, in order."""
    return [(m, path.removeprefix("/v1.0/card/")) for m, path in simulator.door.requests if "/card/" in path]


def shown(simulator: DingTalkSimulator, track: str) -> Card | None:
    """What the card shows now."""
    return simulator.card(simulator.world.posts[track])


@pytest.mark.parametrize(("end", "failed"), [(WHOLE, False), (QUOTES, True)])
async def test_a_card_grows_and_is_finalised_once(
    joined: Joined, simulator: DingTalkSimulator, end: Card, failed: bool
) -> None:
    """One card; as a failure where what was shown does not stay; then the card as any other, and it spins no more."""
    async with joined(growing=True, timings=QUICK) as platform:
        assert isinstance(platform, Streams)
        assert platform.streams
        sent = await platform.send(WEI, FIRST, "k")
        assert shown(simulator, sent.message) == FIRST
        await platform.update(sent, SECOND)
        assert shown(simulator, sent.message) == SECOND
        await platform.update(sent, end)
        await platform.update(sent, end)
    assert shown(simulator, sent.message) == end
    instance = simulator.cards.instances[sent.message]
    assert (instance.finalised, instance.failed, instance.params["flowStatus"]) == (True, failed, "3")
    streaming, update = ("PUT", "streaming"), ("PUT", "instances")
    assert cards(simulator) == [("POST", "instances/createAndDeliver"), streaming, streaming, update, update]


async def test_by_default_no_card_grows(joined: Joined, simulator: DingTalkSimulator) -> None:
    """Each update would be a metered call: a card that cannot grow and has no buttons is a text like any other."""
    async with joined() as platform:
        assert not platform.streams
        sent = await platform.send(WEI, FIRST, "k")
    assert not sent.editable
    assert cards(simulator) == []


async def test_without_the_permission_a_card_stands_until_it_is_whole(
    joined: Joined, simulator: DingTalkSimulator
) -> None:
    """And nothing is asked to grow again."""
    simulator.faults.denied[STREAM] = ("Card.Streaming.Write",)
    async with joined(growing=True, timings=QUICK) as platform:
        sent = await platform.send(WEI, FIRST, "k")
        for _ in range(3):
            await platform.update(sent, SECOND)
        assert not platform.streams
        await platform.update(sent, WHOLE)
    assert shown(simulator, sent.message) == WHOLE
    assert cards(simulator).count(("PUT", "streaming")) == 1


async def test_a_card_begun_before_a_restart_is_finalised_by_another_process(
    joined: Joined, simulator: DingTalkSimulator, world: World
) -> None:
    """By its key, and ended as a failure; where nothing was sent by it, the card is sent."""
    async with joined(growing=True, timings=QUICK) as platform:
        sent = await platform.send(WEI, FIRST, "k")
        await platform.update(sent, SECOND)
    async with joined(growing=True, timings=QUICK) as other:
        await other.recover(WEI, QUOTES, "k")
        await other.recover(WEI, replace(QUOTES, buttons=()), "never sent")
    assert shown(simulator, sent.message) == QUOTES
    instance = simulator.cards.instances[sent.message]
    assert (instance.finalised, instance.failed) == (True, True)
    assert [post.raw is None for post in world.posts.values()] == [False, True]


async def test_while_calls_are_scarce_no_card_grows(joined: Joined) -> None:
    """What is left of the month is for answers."""
    async with joined(growing=True) as platform:
        platform.spare(True)
        assert not platform.streams


async def test_a_card_is_not_updated_faster_than_the_platform_likes(
    joined: Joined, simulator: DingTalkSimulator
) -> None:
    """There is a pause between two updates, the first one included."""
    async with joined(growing=True, timings=replace(FAST, growing=30.0)) as platform:
        sent = await platform.send(WEI, FIRST, "k")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await platform.update(sent, SECOND)
    assert ("PUT", "streaming") not in cards(simulator)


async def test_the_doctor_asks_for_the_permission_only_where_cards_are_to_grow(
    joined: Joined, simulator: DingTalkSimulator
) -> None:
    """By its name, where it is granted."""
    simulator.faults.denied[STREAM] = ("Card.Streaming.Write",)
    for growing, wanted in ((True, ["DingTalk: cards that grow"]), (False, [])):
        async with joined(growing=growing) as platform:
            bad = [one for one in await platform.diagnose() if not one.ok]
        assert [one.what for one in bad] == wanted
        assert all("Card.Streaming.Write" in one.cure for one in bad)
