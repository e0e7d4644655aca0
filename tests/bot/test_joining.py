"""Promises of opting in: only the owner's own tap or word does it, and every card says what is so."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from adapters.base import Address, Card, Click, Message, Receive
from bot.notice import notice
from bot.sentences import say
from skills.scopes import Ceiling, ScopeDocument, Sources
from skills.store import Store

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
ANA, BO, OPS = "lark:t:ana", "lark:t:bo", "lark:t:ops"
FORBIDDEN = ScopeDocument(Sources(chats=(OPS,)), ceiling=Ceiling(level="withheld"))


@pytest.fixture
async def offer(receive: Receive, settled: Settled, says: Says, store: Store) -> str:
    """The id of the offer made to Ana when she said /optin in the group, its card sent."""
    await receive(says("ana", "/optin", to_bot=True))
    await settled()
    made = await store.latest_offer(ANA)
    assert made is not None
    return made.id


@pytest.mark.parametrize("action", ["join_me", "join_here", "join_today", "decline", "language"])
async def test_somebody_elses_tap_on_the_consent_card_changes_nothing(
    receive: Receive, settled: Settled, taps: Taps, store: Store, sent: list[Shown], offer: str, action: str
) -> None:
    """Whatever card Bo holds in hand, he opts in neither Ana nor himself with it, nor declines for her."""
    reaction = await receive(taps("bo", action, {"offer": offer}))
    await settled()
    assert reaction is not None
    assert reaction.toast == say("zh", "not_yours")
    assert list(await store.consents(ANA)) == list(await store.consents(BO)) == []
    assert await store.latest_offer(ANA) is not None
    assert len(sent) == 1


async def test_somebody_elses_word_for_the_consent_card_changes_nothing(
    receive: Receive, settled: Settled, says: Says, store: Store, sent: list[Shown], offer: str
) -> None:
    """Typing the id of Ana's offer is no better than tapping it."""
    await receive(says("bo", f"/optin here {offer}", direct=True))
    await settled()
    assert list(await store.consents(ANA)) == list(await store.consents(BO)) == []
    assert sent[-1][1].text == say("zh", "offer_gone")


async def test_a_tap_without_an_identity_opts_in_nobody(receive: Receive, taps: Taps, store: Store, offer: str) -> None:
    """An external contact is a reader, never an owner."""
    reaction = await receive(taps(None, "join_here", {"offer": offer}))
    assert reaction is not None
    assert reaction.toast == say("zh", "no_identity")
    assert list(await store.consents(ANA)) == []


@pytest.mark.parametrize("value", [{}, {"offer": "NOSUCHOFFER"}, {"offer": ""}])
async def test_a_tap_on_a_card_long_gone_says_so(receive: Receive, taps: Taps, value: dict[str, str]) -> None:
    """An offer that is unknown, made up or missing opts in nobody."""
    reaction = await receive(taps("ana", "join_here", value))
    assert reaction is not None
    assert reaction.toast == say("zh", "offer_gone")


async def test_the_admins_no_is_said_to_the_one_who_tapped(
    receive: Receive, taps: Taps, store: Store, offer: str
) -> None:
    """Where doubles are not allowed nothing is switched on, and the toast says who decided."""
    await store.put_scope("default-ops", FORBIDDEN, by="admin")
    reaction = await receive(taps("ana", "join_here", {"offer": offer}))
    assert reaction is not None
    assert reaction.toast == say("zh", "forbidden_here")
    assert list(await store.consents(ANA)) == []


async def test_the_admins_no_is_said_once_to_the_one_who_typed(
    receive: Receive, settled: Settled, says: Says, store: Store, sent: list[Shown], offer: str
) -> None:
    """A refused command is not met with silence, nor twice with the same words."""
    await store.put_scope("default-ops", FORBIDDEN, by="admin")
    typed = says("ana", f"/optin here {offer}", direct=True)
    for _ in range(2):
        await receive(typed)
        await settled()
    assert [card.text for _, card in sent[1:]] == [say("zh", "forbidden_here")]


async def test_declining_leaves_nothing_behind(
    receive: Receive, settled: Settled, taps: Taps, store: Store, standing: dict[str, Shown], offer: str
) -> None:
    """The card says that nothing is on; the offer itself is gone."""
    await settled()
    await receive(taps("ana", "decline", {"offer": offer}))
    await settled()
    assert await store.find_offer(offer) is None
    assert list(await store.consents(ANA)) == []
    assert [card.title for _, card in standing.values()] == [say("zh", "declined_title")]


async def test_the_consent_card_goes_to_the_one_who_asked_alone(
    settled: Settled, sent: list[Shown], offer: str
) -> None:
    """In the group nobody sees who is thinking about it."""
    await settled()
    ((to, card),) = sent
    assert (to.person, to.chat) == (ANA, None)
    assert card.text == notice("zh").short
    assert {"join_me", "join_here", "join_today", "decline"} <= {b.action for b in card.buttons}


async def test_whoever_cannot_be_written_to_is_told_where_they_asked_without_saying_what(
    receive: Receive, settled: Settled, says: Says, sent: list[Shown], unreachable: set[str]
) -> None:
    """The group learns that a direct chat has to be opened, not for what."""
    unreachable.add(ANA)
    for text in ("加入", "退出", "我的分身"):
        await receive(says("ana", text, to_bot=True))
        await settled()
    cards = {card for _, card in sent}
    assert {to.chat for to, _ in sent} == {OPS}
    assert [card.text for card in cards] == [say("zh", "unreachable")]
    assert len(sent) == 3


async def test_joining_in_a_direct_chat_asks_for_the_group(
    receive: Receive, settled: Settled, says: Says, store: Store, sent: list[Shown]
) -> None:
    """There is no chat to consent for, so nothing is offered."""
    await receive(says("ana", "加入", direct=True))
    await settled()
    assert [card.text for _, card in sent] == [say("zh", "join_in_group")]
    assert await store.latest_offer(ANA) is None


@pytest.mark.parametrize(
    ("action", "audience", "looks_back"),
    [("join_me", "me", True), ("join_here", "chat", True), ("join_today", "chat", False)],
)
async def test_each_choice_switches_on_what_it_says(
    receive: Receive,
    taps: Taps,
    store: Store,
    offer: str,
    action: str,
    audience: str,
    looks_back: bool,
) -> None:
    """Only me or here; from today or with the last 90 days; for 90 days; and so before the tap is acknowledged."""
    await receive(taps("ana", action, {"offer": offer}))
    (consent,) = await store.consents(ANA)
    assert (consent.owner, consent.chat, consent.audience) == (ANA, OPS, audience)
    now = datetime.now(UTC)
    assert (now - consent.since > timedelta(days=89)) == looks_back
    assert timedelta(days=89) < consent.until - now < timedelta(days=91)


@pytest.mark.parametrize(("typed", "audience"), [("me", "me"), ("HERE", "chat"), ("today", "chat")])
@pytest.mark.parametrize("named", [True, False])
async def test_a_typed_choice_is_as_good_as_a_tap(
    receive: Receive, says: Says, store: Store, offer: str, typed: str, audience: str, named: bool
) -> None:
    """Where no buttons are drawn: with the card's id in large or small letters, or with none for the last one."""
    await receive(says("ana", f"/optin {typed} {offer.lower() if named else ''}".strip(), direct=True))
    (consent,) = await store.consents(ANA)
    assert consent.audience == audience


async def test_a_yes_that_is_typed_in_a_group_brings_the_card_and_opts_in_nobody(
    receive: Receive, settled: Settled, says: Says, store: Store, offer: str, sent: list[Shown]
) -> None:
    """Where others read along nobody says yes; it is said alone, under the card."""
    sent.clear()
    await receive(says("ana", f"/optin here {offer}", to_bot=True))
    await settled()
    assert list(await store.consents(ANA)) == []
    assert [(to.chat, to.person) for to, _ in sent] == [(None, ANA)]


async def test_a_typed_no_declines(receive: Receive, says: Says, store: Store, offer: str) -> None:
    """The fourth choice has its word, too."""
    await receive(says("ana", "/optin no", direct=True))
    assert await store.find_offer(offer) is None


@pytest.mark.parametrize("again", [False, True])
async def test_a_no_after_a_yes_does_not_say_that_nothing_is_on(
    receive: Receive,
    settled: Settled,
    says: Says,
    store: Store,
    offer: str,
    standing: dict[str, Shown],
    again: bool,
) -> None:
    """Said late, or to a second card: each card shows the double that stands."""
    await receive(says("ana", f"/optin here {offer}", direct=True))
    if again:
        await receive(says("ana", "/optin", to_bot=True))
    await settled()
    latest = await store.latest_offer(ANA)
    await receive(says("ana", f"/optin no {latest.id if latest else offer}", direct=True))
    await settled()
    assert len(await store.consents(ANA)) == 1
    titles = [card.title for _, card in standing.values()]
    assert titles == [say("zh", "joined_title", chat="ops")] * (1 + again)


async def test_a_choice_that_does_not_exist_is_said_to_be_unknown(
    receive: Receive, settled: Settled, says: Says, store: Store, sent: list[Shown], offer: str
) -> None:
    """A typing error opts in nobody."""
    await receive(says("ana", "/optin everywhere", direct=True))
    await settled()
    assert sent[-1][1].text == say("zh", "scope_unknown")
    assert list(await store.consents(ANA)) == []


@pytest.mark.parametrize("platform", ["lark", "dingtalk"])
async def test_the_consent_card_becomes_the_receipt(
    receive: Receive,
    settled: Settled,
    says: Says,
    taps: Taps,
    store: Store,
    standing: dict[str, Shown],
    platform: str,
) -> None:
    """One card from question to receipt, with the record that was written."""
    await receive(says("ana", "加入", to_bot=True, platform=platform))
    await settled()
    offered = await store.latest_offer(f"{platform}:t:ana")
    assert offered is not None
    await receive(taps("ana", "join_here", {"offer": offered.id}, platform=platform))
    await settled()
    ((to, card),) = standing.values()
    (consent,) = await store.consents(f"{platform}:t:ana")
    assert to.person == f"{platform}:t:ana"
    assert card.title == say("zh", "joined_title", chat="ops")
    assert consent.receipt in card.note
    assert [b.action for b in card.buttons][-1] == "leave"


async def test_where_a_card_cannot_be_replaced_the_receipt_is_sent(
    receive: Receive, settled: Settled, taps: Taps, sent: list[Shown], fixed: set[str], offer: str
) -> None:
    """A platform that edits nothing gets one more card, to the owner alone."""
    fixed.add("lark")
    await settled()
    await receive(taps("ana", "join_today", {"offer": offer}))
    await settled()
    assert [card.title for _, card in sent][-1] == say("zh", "joined_title", chat="ops")
    assert {to.person for to, _ in sent} == {ANA}


async def test_a_tap_delivered_again_is_one_consent(
    receive: Receive, settled: Settled, taps: Taps, store: Store, sent: list[Shown], offer: str
) -> None:
    """The same click twice, and a second tap on the same button, are one consent with one receipt."""
    click = taps("ana", "join_today", {"offer": offer})
    for tap in (click, click, taps("ana", "join_today", {"offer": offer})):
        await receive(tap)
        await settled()
    (consent,) = await store.consents(ANA)
    assert consent.receipt
    assert len(sent) == 1


async def test_the_other_language_is_one_tap_away_and_is_what_was_agreed_to(
    receive: Receive, settled: Settled, taps: Taps, standing: dict[str, Shown], offer: str
) -> None:
    """The card turns, and whoever taps there agrees to what they have read."""
    await settled()
    for language in ("en", "zh"):
        await receive(taps("ana", "language", {"offer": offer, "language": language}))
        await settled()
        ((_, card),) = standing.values()
        assert card.text == notice("en" if language == "en" else "zh").short
