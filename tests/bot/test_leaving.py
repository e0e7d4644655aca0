"""Promises of leaving: one word, at once, for here or for everything, with a receipt of what was erased."""

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
ANA, OPS, DEV = "lark:t:ana", "lark:t:ops", "lark:t:dev"


async def _chats(store: Store) -> list[str]:
    return sorted(consent.chat for consent in await store.consents(ANA))


@pytest.fixture
async def joined(joins: Joins, receive: Receive, says: Says) -> None:
    """Ana has a double in two chats and has said one thing in each."""
    await joins("ana", "join_today", chat="ops")
    await joins("ana", "join_today", chat="dev")
    await receive(says("ana", "the gateway restarts at nine", chat="ops"))
    await receive(says("ana", "the build takes an hour", chat="dev"))


async def test_somebody_elses_tap_leaves_nothing_of_anybody_else(
    joined: None, receive: Receive, settled: Settled, taps: Taps, store: Store
) -> None:
    """Bo, with Ana's card in hand, can only leave for himself."""
    await receive(taps("bo", "leave", {"chat": OPS}))
    await receive(taps("bo", "leave", {}))
    await receive(taps(None, "leave", {}))
    await settled()
    assert await _chats(store) == [DEV, OPS]
    assert len(await store.own(ANA)) == 2


@pytest.mark.parametrize("text", ["退出", "leave", "/optout", "/leave"])
async def test_leaving_in_a_group_leaves_that_chat(
    joined: None, receive: Receive, settled: Settled, says: Says, store: Store, text: str
) -> None:
    """What was said there is gone, what was said elsewhere stays readable."""
    await receive(says("ana", text, to_bot=True))
    assert await _chats(store) == [DEV]
    await settled()
    assert [p.text for p in await store.own(ANA)] == ["the build takes an hour"]


@pytest.mark.parametrize("text", ["退出", "/optout"])
async def test_leaving_in_a_direct_chat_leaves_everything(
    joined: None, receive: Receive, settled: Settled, says: Says, store: Store, text: str
) -> None:
    """One word and nothing is left."""
    await receive(says("ana", text, direct=True))
    assert await _chats(store) == []
    await settled()
    assert list(await store.own(ANA)) == []


@pytest.mark.parametrize("platform", ["lark", "dingtalk"])
async def test_the_line_that_stands_for_a_chats_button_leaves_that_chat_alone(
    joins: Joins, receive: Receive, settled: Settled, says: Says, store: Store, sent: list[Shown], platform: str
) -> None:
    """Where a client draws no buttons, it is typed alone with the bot, where the bare word leaves everything."""
    person = f"{platform}:t:ana"
    for chat in ("OPS", "dev"):
        await joins("ana", "join_today", chat=chat, platform=platform)
    sent.clear()
    await receive(says("ana", "my double", direct=True, platform=platform))
    await settled()
    lines = {button.value.get("chat"): button.command for button in sent[0][1].buttons if button.action == "leave"}
    assert len(set(lines.values())) == 3
    await receive(says("ana", str(lines[f"{platform}:t:OPS"]), direct=True, platform=platform))
    await settled()
    assert [consent.chat for consent in await store.consents(person)] == [f"{platform}:t:dev"]
    await receive(says("ana", str(lines[None]), direct=True, platform=platform))
    assert await store.consents(person) == []


async def test_the_button_of_a_chat_leaves_that_chat_and_the_one_of_all_leaves_all(
    joined: None, receive: Receive, taps: Taps, store: Store
) -> None:
    """A tap is as good as the word."""
    await receive(taps("ana", "leave", {"chat": OPS}))
    assert await _chats(store) == [DEV]
    await receive(taps("ana", "leave", {}))
    assert await _chats(store) == []


async def test_one_card_says_stopped_and_then_erased(
    joined: None, receive: Receive, settled: Settled, says: Says, sent: list[Shown], standing: dict[str, Shown]
) -> None:
    """It goes to the owner alone, and ends as the receipt with the counts and what the probe found."""
    sent.clear()
    standing.clear()
    await receive(says("ana", "退出", to_bot=True))
    await settled()
    ((to, card),) = standing.values()
    assert (to.person, to.chat) == (ANA, None)
    assert card.title == say("zh", "erased_title")
    assert "删除 1 条消息" in card.text
    assert len(sent) == 1


async def test_whoever_has_nothing_to_leave_is_told_so_once(
    receive: Receive, settled: Settled, says: Says, sent: list[Shown]
) -> None:
    """Delivered twice, said once, and to nobody else."""
    leaving = says("bo", "退出", to_bot=True)
    for _ in range(2):
        await receive(leaving)
        await settled()
    assert [(to.person, card.text) for to, card in sent] == [("lark:t:bo", say("zh", "leave_nothing"))]


async def test_leaving_where_there_is_nothing_does_not_deny_the_double_elsewhere(
    joined: None, receive: Receive, settled: Settled, says: Says, sent: list[Shown], store: Store
) -> None:
    """It shows what is switched on instead."""
    await receive(says("ana", "退出", to_bot=True, chat="lunch"))
    await settled()
    to, card = sent[-1]
    assert (to.person, card.title) == (ANA, say("zh", "scopes_title"))
    assert [b.value.get("chat") for b in card.buttons if b.action == "leave"] == [OPS, DEV, None]
    assert await _chats(store) == [DEV, OPS]


async def test_what_is_switched_on_is_listed_for_the_owner_alone(
    joined: None, receive: Receive, settled: Settled, says: Says, sent: list[Shown]
) -> None:
    """Asked in the group, answered in private; each chat has its way out."""
    sent.clear()
    await receive(says("ana", "我的分身", to_bot=True))
    await settled()
    ((to, card),) = sent
    assert (to.person, to.chat) == (ANA, None)
    assert "ops" in card.text
    assert "dev" in card.text
    assert sorted(b.value.get("chat", "") for b in card.buttons if b.action == "leave") == ["", DEV, OPS]
