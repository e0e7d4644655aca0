"""Promises of pause and resume in a chat: one word or one tap of the owner's own, and the card says how it stands."""

from collections.abc import Awaitable, Callable

import pytest

from adapters.base import Address, Card, Click, Message, Receive
from bot.sentences import say
from skills.store import Store

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
ANA, OPS, DEV = "lark:t:ana", "lark:t:ops", "lark:t:dev"
RESTART = "the gateway restarts at nine"


@pytest.fixture
async def ana(joins: Joins, receive: Receive, says: Says) -> None:
    """Ana has a double in two groups, and said something in one."""
    for chat in ("ops", "dev"):
        await joins("ana", "join_today", chat=chat)
    await receive(says("ana", RESTART))


async def quoted(asks: Asks) -> list[str]:
    """What Bo is told."""
    return [q.text for q in (await asks("bo", "ask Ana when the gateway restarts"))[1].quotes]


@pytest.mark.parametrize(("pause", "resume"), [("暂停", "恢复"), ("pause", "resume"), ("/pause", "/resume")])
async def test_a_word_pauses_and_a_word_resumes(
    ana: None, receive: Receive, says: Says, settled: Settled, asks: Asks, sent: list[Shown], pause: str, resume: str
) -> None:
    """The group reads the one sentence meanwhile, and how it stands is told to the owner alone."""
    sent.clear()
    await receive(says("ana", pause, to_bot=True))
    await settled()
    ((to, card),) = sent
    assert to.person == ANA
    assert any("ops" in line and ("暂停" in line or "paused" in line) for line in card.text.splitlines())
    assert await quoted(asks) == []
    await receive(says("ana", resume, to_bot=True))
    assert await quoted(asks) == [RESTART]


async def test_in_a_group_the_word_means_that_group_and_alone_with_the_bot_all(
    ana: None, receive: Receive, says: Says, store: Store
) -> None:
    """As leaving does."""
    await receive(says("ana", "pause", to_bot=True))
    assert await store.paused(ANA) == [OPS]
    await receive(says("ana", "pause", direct=True))
    assert await store.paused(ANA) == [DEV, OPS]


async def test_nobody_pauses_or_resumes_somebody_else(
    ana: None, receive: Receive, says: Says, taps: Taps, settled: Settled, store: Store
) -> None:
    """Neither by word nor by a card that is not theirs."""
    await receive(says("bo", "pause", to_bot=True))
    await receive(taps("bo", "pause", {"language": "en"}))
    await settled()
    assert await store.paused(ANA) == []


async def test_the_card_pauses_and_resumes_all_by_its_buttons(
    ana: None, receive: Receive, says: Says, taps: Taps, settled: Settled, asks: Asks, sent: list[Shown]
) -> None:
    """Each shows only what can be done, and what was answered for the owner is counted."""
    assert await quoted(asks) == [RESTART]
    sent.clear()
    await receive(says("ana", "my double", direct=True))
    await settled()
    ((_, card),) = sent
    assert say("en", "scopes_answered", times=1) in card.text
    (button,) = [b for b in card.buttons if b.action in ("pause", "resume")]
    assert button.action == "pause"
    await receive(taps("ana", "pause", button.value))
    assert await quoted(asks) == []
    await receive(taps("ana", "resume", button.value))
    assert await quoted(asks) == [RESTART]
