"""Promises of the cards nobody asked for: what runs out and what the week was, alone with the owner, one tap each."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from adapters.base import Address, Button, Card, Click, Message, Reaction, Receive
from bot.cards import day
from bot.sentences import say
from skills.database import Database
from skills.keyring import DirectoryKeyring
from skills.queue import Queue
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources
from skills.store import Store
from skills.vault import Vault
from skills.words import Tell

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
Told = Callable[..., Awaitable[list[Shown]]]
ANA = "lark:t:ana"


class Clock:
    """A clock that goes on by itself, and further when a test says so."""

    ahead = timedelta(0)

    def __call__(self) -> datetime:
        """The moment it is."""
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    """The store's clock."""
    return Clock()


@pytest.fixture
def store(database: Database, vault: Vault, keyring: DirectoryKeyring, queue: Queue, clock: Clock) -> Store:
    """The store, by a clock that the test can put forward."""
    return Store(database, vault, keyring, queue, clock)


@pytest.fixture
def told(store: Store, settled: Settled, sent: list[Shown]) -> Told:
    """Have one of the two cards made for Ana, and take what is sent."""

    async def tell(card: str) -> list[Shown]:
        sent.clear()
        await store.defer(Tell(card, "lark", person=ANA, language="en", ids={"day": str(store.now())}))
        await settled()
        return list(sent)

    return tell


@pytest.fixture
def writes(receive: Receive, says: Says, settled: Settled, sent: list[Shown]) -> Told:
    """Write to the bot alone, and take what it sends."""

    async def write(person: str, text: str) -> list[Shown]:
        sent.clear()
        await receive(says(person, text, direct=True))
        await settled()
        return list(sent)

    return write


def button(card: Card, action: str) -> Button:
    """The card's first button that does this."""
    return next(b for b in card.buttons if b.action == action)


async def test_renewed_or_left_meanwhile_nobody_is_reminded(joins: Joins, told: Told, clock: Clock) -> None:
    """The card is made from how things stand when it is sent."""
    assert await told("renewal") == []
    await joins("ana")
    assert await told("renewal") == []
    clock.ahead = timedelta(days=121)
    assert await told("renewal") == []


async def test_one_card_for_all_that_ends_renews_it_by_one_tap(
    joins: Joins, told: Told, clock: Clock, receive: Receive, taps: Taps, settled: Settled, store: Store
) -> None:
    """It says what happens otherwise, and turns into how things stand."""
    await joins("ana")
    await joins("ana", chat="dev")
    clock.ahead = timedelta(days=85)
    ((to, card),) = await told("renewal")
    assert (to.person, to.chat) == (ANA, None)
    assert all(line in card.text for line in ("ops: until", "dev: until", "erased 30 days later"))
    assert [b.value.get("chat") for b in card.buttons if b.action == "leave"] == ["lark:t:ops", "lark:t:dev"]
    assert await receive(taps("ana", "renew", button(card, "renew").value)) == Reaction(say("en", "renewed_toast"))
    await settled()
    ends = {day(consent.until) for consent in await store.consents(ANA)}
    assert ends == {day(store.now() + timedelta(days=90))}


async def test_scopes_by_name_stand_on_the_same_card(
    told: Told, writes: Told, receive: Receive, taps: Taps, settled: Settled, store: Store, clock: Clock
) -> None:
    """By their names, each once, with how to see every side; the same tap renews them."""
    document = ScopeDocument(Sources(("lark:t:ops", "lark:t:dev")), Readers((), ("lark:t:bo",)), Ceiling(days=30))
    await store.put_scope("to-bo", document, "ada")
    await writes("ana", "/join to-bo")
    offer = await store.latest_offer(ANA)
    assert offer is not None
    await receive(taps("ana", "join_today", {"offer": offer.id}))
    await settled()
    clock.ahead = timedelta(days=28)
    ((_, card),) = await told("renewal")
    (line,) = [line for line in card.text.splitlines() if "to-bo" in line]
    assert "/narrow to-bo" in line
    before = (await store.joined_scopes(ANA))[0].until
    await receive(taps("ana", "renew", button(card, "renew").value))
    assert (await store.joined_scopes(ANA))[0].until > before


async def test_somebody_elses_tap_renews_nothing_of_hers(
    joins: Joins, told: Told, clock: Clock, receive: Receive, taps: Taps, store: Store
) -> None:
    """A tap is for the one who taps."""
    await joins("ana")
    clock.ahead = timedelta(days=85)
    ((_, card),) = await told("renewal")
    before = await store.consents(ANA)
    reaction = await receive(taps("bo", "renew", button(card, "renew").value))
    assert reaction == Reaction(say("en", "renew_nothing"))
    assert await store.consents(ANA) == before


@pytest.mark.parametrize("word", ["续期", "renew", "/renew"])
async def test_a_word_renews_as_the_button_does(
    joins: Joins, writes: Told, clock: Clock, store: Store, word: str
) -> None:
    """And says so where there is nothing to renew."""
    await joins("ana")
    ((_, card),) = await writes("ana", word)
    assert card.text in (say("zh", "renew_nothing"), say("en", "renew_nothing"))
    clock.ahead = timedelta(days=100)
    ((_, card),) = await writes("ana", word)
    assert day(store.now() + timedelta(days=90)) in card.text


async def test_of_a_week_without_anything_nothing_is_sent(joins: Joins, told: Told) -> None:
    """A card that says nothing is noise."""
    await joins("ana")
    assert await told("weekly") == []


async def test_the_week_is_told_in_numbers_to_the_owner_alone(
    joins: Joins, asks: Asks, told: Told, receive: Receive, says: Says, settled: Settled
) -> None:
    """How often it answered, how often it could not; nobody is named."""
    await joins("ana", "join_today")
    await receive(says("ana", "the stamp cabinet is on the second shelf"))
    await settled()
    await asks("bo", "ask Ana where the stamp cabinet is")
    await asks("bo", "ask Ana what the gateway password policy is")
    ((to, card),) = await told("weekly")
    assert (to.person, to.chat) == (ANA, None)
    assert say("en", "scopes_answered", times=1) in card.text
    assert say("en", "scopes_unanswered", times=1) in card.text
    assert "Bo" not in repr(card)


@pytest.mark.parametrize(("word", "wanted"), [("/weekly off", False), ("weekly", True), ("每周小结", True)])
async def test_a_word_says_whether_the_week_is_told(writes: Told, word: str, wanted: bool) -> None:
    """And the answer says how it is now."""
    ((_, card),) = await writes("ana", word)
    sentence = "weekly_on" if wanted else "weekly_off"
    assert card.text in (say("zh", sentence), say("en", sentence))


async def test_one_tap_stops_the_weekly_note(receive: Receive, taps: Taps) -> None:
    """The card then says so."""
    reaction = await receive(taps("ana", "weekly", {"language": "en"}))
    assert reaction is not None
    assert reaction.card is not None
    assert reaction.card.text == say("en", "weekly_off")
