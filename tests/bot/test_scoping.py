"""Promises of scopes by name: joined by their owner's own hand, shown with every side, taken back in part or whole."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.base import Address, Card, Click, Message, Receive
from bot import cards
from bot.commands import Command, parse_command
from bot.notice import scope_notice
from bot.receipts import controller_of, receipt
from bot.scope_cards import LEVELS, Sides, chats_listed, terms
from bot.sentences import SENTENCES, say
from bot.settings import Settings
from skills.agreement import Agreement, Forbids
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources, plain
from skills.store import Store
from skills.words import Language
from tests.bot.signing import Signer

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Asks = Callable[..., Awaitable[Shown]]
Joins = Callable[..., Awaitable[None]]
ANA, BO, OPS, DEV = "lark:t:ana", "lark:t:bo", "lark:t:ops", "lark:t:dev"
NAME = "ops-to-dev"
SCOPE = ScopeDocument(Sources((OPS,)), Readers((DEV,), (BO,)), Ceiling(mode="auto", days=60, quota=5))
ROLLBACK = "Rollback of the payment service: switch the flag, then redeploy"


@pytest.fixture
async def joined(
    receive: Receive, settled: Settled, says: Says, taps: Taps, store: Store, standing: dict[str, Shown]
) -> Card:
    """Ana joined, from today; the card as it stands then."""
    await store.put_scope(NAME, SCOPE, "ada")
    await receive(says("ana", f"/join {NAME}", direct=True))
    await settled()
    offer = await store.latest_offer(ANA)
    assert offer is not None
    await receive(taps("ana", "join_today", {"offer": offer.id}))
    await settled()
    return list(standing.values())[-1][1]


@pytest.mark.parametrize("text", ["/join no-such", "加入 no-such", "/optin no-such"])
async def test_a_scope_that_is_not_there_is_not_joined(
    receive: Receive, settled: Settled, says: Says, store: Store, sent: list[Shown], text: str
) -> None:
    """It is said, to them alone, and nothing is switched on."""
    await receive(says("ana", text, direct=True))
    await settled()
    assert sent[0][1].text == say("zh", "scope_unknown")
    assert list(await store.joined_scopes(ANA)) == []


async def test_the_consent_card_shows_every_side_to_whoever_asked_for_it_alone(
    receive: Receive, settled: Settled, says: Says, store: Store, sent: list[Shown]
) -> None:
    """Sources, readers, level, how often, until when; asked for in a group, it comes privately."""
    await store.put_scope(NAME, ScopeDocument(Sources((OPS,), ("pay",)), SCOPE.audience, SCOPE.ceiling), "ada")
    await receive(says("ana", f"/join {NAME}", to_bot=True))
    await settled()
    ((to, card),) = sent
    assert (to.person, to.chat) == (ANA, None)
    text = card.text
    assert all(part in text for part in ("ops", "pay", "dev", "Bo", say("zh", "scope_full"), "5", "AI"))
    assert [button.action for button in card.buttons] == [
        "join_here",
        "join_today",
        "decline",
        "scope_notice",
        "language",
    ]
    assert all(button.command or button.url or button.action in ("language", "scope_notice") for button in card.buttons)


@pytest.mark.parametrize(
    ("agreed", "level", "days"),
    [
        (Forbids(level="outline", days=10), "outline", 10),
        (Forbids(level="withheld", days=80, mode="review"), "withheld", 60),
        (Forbids(), "full", 60),
    ],
)
@pytest.mark.parametrize("platform", ["lark", "dingtalk"])
async def test_the_consent_card_shows_what_will_hold_under_what_was_agreed_with_workers(
    receive: Receive,
    settled: Settled,
    says: Says,
    taps: Taps,
    store: Store,
    sent: list[Shown],
    standing: dict[str, Shown],
    platform: str,
    agreed: Forbids,
    level: str,
    days: int,
) -> None:
    """The less of the admin's and the agreement's level, days and mode, in both languages."""
    await store.agree(Agreement(1, "ab" * 32, "约定", "agreed", agreed))
    await store.put_scope(NAME, SCOPE, "ada")
    await receive(says("ana", f"/join {NAME}", direct=True, platform=platform))
    await settled()
    card = sent[0][1]
    (switch,) = [button.value for button in card.buttons if button.action == "language"]
    await receive(taps("ana", "language", switch, platform=platform))
    await settled()
    shown: dict[Language, str] = {"zh": card.text, "en": list(standing.values())[-1][1].text}
    for language, text in shown.items():
        assert say(language, "scope_level", level=say(language, LEVELS[level])) in text
        assert say(language, "scope_until", day=cards.day(store.now() + timedelta(days=days))) in text
        assert (say(language, "scope_review") in text) == (agreed.mode == "review")


async def test_somebody_elses_tap_on_a_scopes_card_changes_nothing(
    receive: Receive, settled: Settled, says: Says, taps: Taps, store: Store
) -> None:
    """Whatever card Bo holds in hand, he joins neither for Ana nor for himself."""
    await store.put_scope(NAME, SCOPE, "ada")
    await receive(says("ana", f"/join {NAME}", direct=True))
    await settled()
    offer = await store.latest_offer(ANA)
    assert offer is not None
    for action in ("join_here", "join_today", "decline"):
        reaction = await receive(taps("bo", action, {"offer": offer.id}))
        assert reaction is not None
        assert reaction.toast == say("zh", "not_yours")
    assert list(await store.joined_scopes(ANA)) == list(await store.joined_scopes(BO)) == []
    assert await store.latest_offer(ANA) is not None


async def test_the_typed_twin_joins_as_the_button_does(
    receive: Receive, settled: Settled, says: Says, store: Store, sent: list[Shown], tmp_path: Path
) -> None:
    """`/optin today ID` is the same yes; the record carries the hash of exactly what was shown, and what limits it."""
    await store.put_scope(NAME, SCOPE, "ada")
    await receive(says("ana", f"加入 {NAME}", direct=True))
    await settled()
    command = next(b.command for b in sent[0][1].buttons if b.action == "join_today")
    await receive(says("ana", command, direct=True))
    await settled()
    (one,) = await store.joined_scopes(ANA)
    assert (one.scope, one.version, one.sources, one.chats, one.people) == (NAME, 1, (OPS,), (DEV,), (BO,))
    record = await store.consent_record(ANA, one.receipt)
    assert record is not None
    assert record.notice_sha256 == scope_notice("zh", NAME, 1, plain(SCOPE)).sha256
    limits = receipt(record, controller_of(Settings(data=tmp_path)), store.now())["processing"]["scope"]
    assert (limits["name"], limits["speech"], limits["quota"]) == (NAME, "quotes", 5)


async def test_a_card_that_is_out_of_date_joins_nothing(
    receive: Receive, settled: Settled, says: Says, taps: Taps, store: Store
) -> None:
    """The admin wrote another version meanwhile: the yes would be to something that was not shown."""
    await store.put_scope(NAME, SCOPE, "ada")
    await receive(says("ana", f"/join {NAME}", direct=True))
    await settled()
    offer = await store.latest_offer(ANA)
    assert offer is not None
    await store.put_scope(NAME, ScopeDocument(Sources((OPS, DEV)), SCOPE.audience), "ada")
    reaction = await receive(taps("ana", "join_today", {"offer": offer.id}))
    assert reaction is not None
    assert reaction.toast != say("zh", "joined_toast")
    assert list(await store.joined_scopes(ANA)) == []


async def test_what_was_said_in_a_source_is_answered_to_the_audience(
    joined: Card, receive: Receive, says: Says, asks: Asks
) -> None:
    """In the chat of the scope, and to the person of it alone with the bot; elsewhere the one sentence."""
    assert joined.title == say("zh", "scope_joined_title", scope=NAME)
    await receive(says("ana", ROLLBACK))
    _, there = await asks("cy", "ask Ana about the payment rollback", chat="dev")
    assert [quote.text for quote in there.quotes] == [ROLLBACK]
    _, alone = await asks("bo", "ask Ana about the payment rollback", chat="p2p", direct=True)
    assert [quote.text for quote in alone.quotes] == [ROLLBACK]
    assert alone.note == say("en", "answer_note", name="Ana")
    _, here = await asks("bo", "ask Ana about the payment rollback")
    assert here.quotes == ()
    _, other = await asks("cy", "ask Ana about the payment rollback", chat="p2q", direct=True)
    assert other.quotes == ()


@pytest.mark.parametrize("words", ["我的分身", "/narrow"])
async def test_my_double_shows_it_and_every_button_has_a_word(
    joined: Card, receive: Receive, settled: Settled, says: Says, sent: list[Shown], words: str
) -> None:
    """Who may ask, how much, until when; to narrow and to leave by one tap or one word."""
    sent.clear()
    await receive(says("ana", words, direct=True))
    await settled()
    card = sent[0][1]
    assert NAME in card.text
    assert say("zh", "scopes_none") not in card.text
    commands = {button.command for button in (*card.buttons, *joined.buttons)}
    assert {f"/leave {NAME}", f"/narrow {NAME}", f"/narrow {NAME} without {DEV}"} <= commands


@pytest.mark.parametrize("way", ["tap", "word"])
async def test_a_tap_or_a_word_narrows(
    joined: Card, receive: Receive, settled: Settled, says: Says, taps: Taps, store: Store, way: str
) -> None:
    """Only date and link from the next question on; what it would widen is refused."""
    button = next(b for b in joined.buttons if b.value.get("level") == "outline")
    event = taps("ana", "narrow", button.value) if way == "tap" else says("ana", button.command, direct=True)
    await receive(event)
    await settled()
    (one,) = await store.joined_scopes(ANA)
    assert one.level == "outline"


async def test_nobody_narrows_for_somebody_else(
    joined: Card, receive: Receive, settled: Settled, taps: Taps, store: Store, sent: list[Shown]
) -> None:
    """A tap by Bo on what Ana was shown is about his own scopes, of which there are none, as he is told."""
    sent.clear()
    await receive(taps("bo", "narrow", {"scope": NAME, "level": "withheld"}))
    await settled()
    assert [card.text for _, card in sent] == [say("zh", "scope_not_joined")]
    (one,) = await store.joined_scopes(ANA)
    assert one.level == "full"


@pytest.mark.parametrize("words", ["level full", "until 2099-01-01", "until soon", "without lark:t:nobody", "louder"])
async def test_what_would_be_no_narrower_is_said_to_be_so(
    joined: Card, receive: Receive, settled: Settled, says: Says, store: Store, sent: list[Shown], words: str
) -> None:
    """Nothing changes, and how to say it is told."""
    before = await store.joined_scopes(ANA)
    sent.clear()
    await receive(says("ana", f"/narrow {NAME} {words}", direct=True))
    await settled()
    assert [card.text for _, card in sent] == [say("zh", "scope_no_less")]
    assert await store.joined_scopes(ANA) == before


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("level outline", "date and link alone"),
        ("mode review", "shown to me first"),
        ("level withheld", "scope_pause_instead"),
        ("until 2099-01-01", "scope_no_less"),
        ("without lark:t:bo", "scope_no_less"),
        ("", "whoever is there can ask"),
    ],
)
async def test_the_built_in_scope_is_narrowed_in_every_chat_and_my_double_shows_it(
    joins: Callable[..., Awaitable[None]],
    receive: Receive,
    settled: Settled,
    says: Says,
    sent: list[Shown],
    words: str,
    shown: str,
) -> None:
    """It is answered by how things stand then; only what would be no less is said to be so."""
    for chat in ("ops", "dev"):
        await joins("ana", "join_today", chat=chat)
    await receive(says("ana", "my double", direct=True))
    await settled()
    sent.clear()
    await receive(says("ana", f"/narrow default {words}", direct=True))
    await settled()
    ((_, card),) = sent
    assert card.text == say("en", shown) if shown in SENTENCES else card.text.count(shown) == 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_chat_whose_name_is_not_known_is_never_shown_by_its_id(language: Language) -> None:
    """As on DingTalk, until somebody has spoken there; with several it is said how many."""
    chats = ("dingtalk:c:cidA", "dingtalk:c:cidB", "dingtalk:c:cidC")
    until = datetime(2026, 3, 1, tzinfo=UTC)
    sides = Sides(chats[:1], chats[1:2], (), (), (), "full", "auto", "quotes", None, None, until)
    one = terms(language, sides, {})
    several = chats_listed(language, chats, {chats[1]: "ops"})
    assert "cid" not in one + several
    assert say(language, "chat_unnamed") in one
    assert say(language, "scope_chat_unnamed") in one
    assert several.startswith("ops")
    assert several.endswith(say(language, "chats_unnamed", n=2))


@pytest.mark.parametrize("way", ["tap", "word", "chinese"])
async def test_leaving_a_scope_stops_it_and_tells_of_the_erasure(
    joined: Card, receive: Receive, settled: Settled, says: Says, taps: Taps, store: Store, way: str
) -> None:
    """One step, and the receipt follows; it is not said to be everything."""
    await receive(says("ana", ROLLBACK))
    words = {"word": f"/leave {NAME}", "chinese": f"退出 {NAME}"}
    event = taps("ana", "leave", {"scope": NAME}) if way == "tap" else says("ana", words[way], direct=True)
    await receive(event)
    assert list(await store.joined_scopes(ANA)) == []
    await settled()
    assert not await store.own(ANA)


def test_a_scopes_name_follows_its_word() -> None:
    """In Chinese after the plain word, in both languages after the slash; a question stays a question."""
    assert parse_command("加入 pay-to-dev") == Command("join", ("pay-to-dev",))
    assert parse_command("收窄 pay until 2026-12-31") == Command("narrow", ("pay", "until", "2026-12-31"))
    assert parse_command("/leave pay-to-dev") == Command("leave", ("pay-to-dev",))
    assert parse_command("join us for lunch?") is None
    assert parse_command("加入 的时候要注意什么") is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (replace(SCOPE, audience=Readers((DEV,))), ("scope_narrowed",)),
        (replace(SCOPE, ceiling=Ceiling(days=60, quota=9)), ("scope_widened",)),
        (replace(SCOPE, audience=Readers((DEV, OPS))), ("scope_narrowed", "scope_widened")),
        (None, ("scope_gone",)),
    ],
)
async def test_an_owner_is_told_once_and_alone_what_an_admins_change_means(
    joined: Card,
    orders: Signer,
    settled: Settled,
    sent: list[Shown],
    changed: ScopeDocument | None,
    said: tuple[str, ...],
) -> None:
    """What narrowed is in force, what widened waits for a new yes by its button; nobody else hears of it."""
    sent.clear()
    data = {"name": NAME, **({"scope": plain(changed)} if changed else {})}
    await orders("scope.put" if changed else "scope.delete", data)
    await settled()
    ((to, card),) = sent
    assert to.person == ANA
    told = [key for key in ("scope_narrowed", "scope_widened", "scope_gone") if say("zh", key) in card.text]
    assert tuple(told) == said
    buttons = {button.action: button.command for button in card.buttons}
    assert buttons.get("scope_join") == (f"/join {NAME}" if "scope_widened" in said else None)
    assert buttons["leave"] == f"/leave {NAME}"


async def test_an_owner_is_told_once_and_alone_what_an_admin_changes_above_the_built_in_scope(
    joins: Joins, orders: Signer, settled: Settled, sent: list[Shown]
) -> None:
    """With how hers stands now, on the card that has the ways out; whoever is elsewhere hears nothing."""
    await joins("ana", "join_today")
    await joins("cy", "join_today", chat="dev")
    outline = {"sources": {"chats": ["lark:t:ops"]}, "ceiling": {"level": "outline"}}
    changes: list[tuple[str, dict[str, Any], str | None]] = [
        ("scope.put", {"name": "default-ops", "scope": outline}, "scopes_outline"),
        ("scope.delete", {"name": "default-ops"}, None),
        ("chat.forbid", {"chat": "lark:t:ops"}, "scopes_forbidden"),
        ("chat.allow", {"chat": "lark:t:ops"}, None),
    ]
    for kind, data, stands in changes:
        sent.clear()
        for _ in range(2):  # the second changes nothing
            await orders(kind, data)
        await settled()
        ((to, card),) = sent
        assert to.person == ANA
        assert say("zh", "ceiling_changed") in card.text
        marks = {key: say("zh", key, chat="ops") in card.text for key in ("scopes_outline", "scopes_forbidden")}
        assert [key for key, there in marks.items() if there] == ([stands] if stands else [])
        assert {"chat": "lark:t:ops", "language": "zh"} in [b.value for b in card.buttons if b.action == "leave"]


async def test_a_change_that_changes_nothing_is_told_to_nobody(
    joined: Card, orders: Signer, settled: Settled, sent: list[Shown]
) -> None:
    """Nor is one of a scope that nobody joined, nor one to an owner who has left it."""
    sent.clear()
    await orders("scope.put", {"name": NAME, "scope": plain(SCOPE)})
    await orders("scope.put", {"name": "other", "scope": plain(SCOPE)})
    await settled()
    assert sent == []


async def test_the_button_of_a_widened_scope_shows_the_new_card(
    joined: Card, orders: Signer, receive: Receive, settled: Settled, taps: Taps, store: Store, sent: list[Shown]
) -> None:
    """And its yes is to the new version."""
    await orders("scope.put", {"name": NAME, "scope": plain(replace(SCOPE, audience=Readers((DEV, OPS), (BO,))))})
    await settled()
    await receive(taps("ana", "scope_join", {"scope": NAME}))
    await settled()
    offer = await store.latest_offer(ANA)
    assert offer is not None
    await receive(taps("ana", "join_today", {"offer": offer.id}))
    await settled()
    (one,) = await store.joined_scopes(ANA)
    assert (one.version, one.chats) == (2, (DEV, OPS))
