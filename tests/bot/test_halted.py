"""Promises to whoever an admin halts: they are told alone, see it in My double, and askers read what they always do."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest

from adapters.base import Address, Card, Click, Message, Receive
from bot.sentences import say
from skills.scopes import Readers, ScopeDocument, Sources
from skills.store import Store
from skills.words import Language
from tests.bot.signing import Signer

Shown = tuple[Address, Card]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
QUESTION = "ask Ana when the gateway restarts"
NAME = "ops-to-dev"
ANA = {"person": "lark:t:ana"}


@pytest.fixture
async def ana(joins: Joins, receive: Receive, says: Says) -> None:
    """Ana's double answers."""
    await joins("ana", "join_today")
    await receive(says("ana", "the gateway restarts at nine"))


@pytest.mark.parametrize("whom", ["person", "everybody"])
async def test_a_halted_double_is_refused_as_one_that_never_was(
    ana: None, asks: Asks, orders: Signer, whom: str
) -> None:
    """To the letter what is said of somebody without a double, and afterwards the answer again."""
    data = ANA if whom == "person" else {}
    assert (await asks("bo", QUESTION))[1].quotes
    never = (await asks("bo", "ask Cy when the gateway restarts"))[1]
    assert (await orders(f"{whom}.halt", data)).json() == {"type": f"{whom}.halt"}
    refused = (await asks("bo", QUESTION))[1]
    assert (refused.title, refused.text.replace("Ana", "Cy")) == (never.title, never.text)
    await orders(f"{whom}.resume", data)
    assert (await asks("cy", QUESTION))[1].quotes


async def test_an_owner_is_told_privately(ana: None, orders: Signer, settled: Settled, sent: list[Shown]) -> None:
    """By a card to them alone, each time it changes, and to nobody else."""
    sent.clear()
    for _ in range(2):
        for kind in ("person.halt", "person.resume"):
            await orders(kind, ANA)
            await settled()
    assert {(to.person, to.chat) for to, _ in sent} == {("lark:t:ana", None)}
    assert [card.text for _, card in sent] == [say("zh", "halted"), say("zh", "unhalted")] * 2


@pytest.mark.parametrize("whom", ["person", "everybody"])
async def test_my_double_says_so_and_keeps_the_way_out(
    ana: None,
    orders: Signer,
    receive: Receive,
    says: Says,
    settled: Settled,
    sent: list[Shown],
    whom: str,
) -> None:
    """Whether the halt is over its owner or over everybody."""
    await orders(f"{whom}.halt", ANA if whom == "person" else {})
    await settled()
    sent.clear()
    await receive(says("ana", "my double", direct=True))
    await settled()
    ((_, card),) = sent
    assert "halted" in card.text
    assert "leave" in [button.action for button in card.buttons]


@pytest.mark.parametrize(
    ("kind", "data", "back", "state"),
    [
        ("person.halt", ANA, "person.resume", "scope_halted"),
        ("everybody.halt", {}, "everybody.resume", "scope_halted"),
        ("chat.forbid", {"chat": "lark:t:ops"}, "chat.allow", "scope_forbidden"),
        ("person.left", ANA, "person.returned", "scope_left"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_scope_that_an_admin_stopped_is_shown_as_what_it_is(
    ana: None,
    store: Store,
    taps: Callable[..., Click],
    receive: Receive,
    settled: Settled,
    says: Says,
    sent: list[Shown],
    orders: Signer,
    kind: str,
    data: dict[str, str],
    back: str,
    state: str,
    language: Language,
) -> None:
    """On My double and on its own card, until the admin takes it back; the way out stays."""
    await store.put_scope(NAME, ScopeDocument(Sources(("lark:t:ops",)), Readers(("lark:t:dev",))), "ada")
    await receive(says("ana", f"/join {NAME}", direct=True))
    await settled()
    offer = await store.latest_offer("lark:t:ana")
    assert offer is not None
    await receive(taps("ana", "join_today", {"offer": offer.id}))
    await settled()
    shown = dict[str, list[str]]()
    for order in (kind, back):
        await orders(order, data)
        await settled()
        for words in ({"zh": "我的分身", "en": "my double"}[language], f"/narrow {NAME}"):
            sent.clear()
            await receive(says("ana", words, direct=True))
            await settled()
            shown.setdefault(order, []).append(sent[-1][1].text)
            assert f"/leave {NAME}" in {button.command for button in sent[-1][1].buttons}
    told = say(language, state)
    assert [told in text for text in shown[kind]] == [True, True]
    assert [told in text for text in shown[back]] == [False, False]
    if kind == "person.left":  # the chat's own line too, or My double would say that nothing is switched on
        day = datetime.now().astimezone().strftime("%Y-%m-%d")
        assert say(language, "scopes_left", chat="ops", ended=day) in shown[kind][0]


async def test_a_returner_is_told_that_their_double_waits_for_their_word(
    ana: None,
    asks: Asks,
    orders: Signer,
    settled: Settled,
    receive: Receive,
    says: Says,
    sent: list[Shown],
) -> None:
    """Frozen, then paused, and going on by “resume” alone."""
    await orders("person.left", ANA)
    assert (await asks("bo", QUESTION))[1].quotes == ()
    sent.clear()
    await orders("person.returned", ANA)
    await settled()
    assert [to.person for to, _ in sent] == ["lark:t:ana"]
    assert (await asks("bo", QUESTION))[1].quotes == ()
    await receive(says("ana", "resume", direct=True))
    await settled()
    assert (await asks("cy", QUESTION))[1].quotes


@pytest.mark.parametrize("person", ["", "ana", "lark:ana", "lark::ana", "*", "lark:t:", ":t:ana", "LARK:t:ana"])
async def test_whoever_is_not_named_by_an_id_is_nobody(orders: Signer, person: str) -> None:
    """Above all not everybody."""
    for kind in ("person.halt", "person.left"):
        assert (await orders(kind, {"person": person})).status_code == 422
